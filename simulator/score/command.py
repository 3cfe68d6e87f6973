"""The command `hoistway-simulator score`: runs all, prints the table, writes JSON and plots."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from zipfile import BadZipFile

from simulator.recordings import Recording, load
from simulator.score import days, disturbances, earthquakes, riding, table, tradeoff
from simulator.score.batch import batches, judge, spread
from simulator.score.outcome import Outcome, PeerOutcome, Scaled, write
from simulator.score.protocol import Case, Scored

DONE, USAGE, STOPPED = 0, 2, 130
SEEDS, DAYS = 100, 10
QUICK_SEEDS, QUICK_DAYS = 10, 1
CURVE_DAYS = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `score` understands."""
    parser.add_argument(
        "folder", type=Path, nargs="?", help="index.json and records.npz (default: the recordings shipped)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every record's times and a summary")
    parser.add_argument("--plots", type=Path, metavar="DIR", help="draw two pictures into it")
    parser.add_argument("--peers", action="store_true", help="the detectors of others on the same inputs")
    parser.add_argument("--days", type=_whole, help=f"simulated car-days (default: {DAYS})")
    parser.add_argument("--seeds", type=_whole, help=f"of each kind of disturbance (default: {SEEDS})")
    parser.add_argument(
        "--quick", action="store_true", help=f"{QUICK_SEEDS} seeds, {QUICK_DAYS} day, no buildings"
    )
    jobs = min(2, os.cpu_count() or 1)
    parser.add_argument("--jobs", type=_whole, default=jobs, help=f"processes (default: {jobs})")


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Score and report; gives the exit code. Errors of the user are one line."""
    try:
        recordings = list(load(options.folder).values())
        if options.json:
            options.json.open("a").close()  # an hour's work is not lost to a wrong path
        if options.plots:
            options.plots.mkdir(parents=True, exist_ok=True)
    except (OSError, KeyError, TypeError, ValueError, BadZipFile) as error:
        return _refuse(_reason(options.folder, error))
    if not recordings:
        return _refuse(f"{options.folder}: index.json names no recordings")
    began = time.perf_counter()
    try:
        peers = _peers(recordings, options) if options.peers else []
    except ModuleNotFoundError as error:
        return _refuse(f"--peers needs {error.name}: pip install 'hoistway[dev]'")
    except KeyboardInterrupt:
        return _stopped()
    try:
        outcome = replace(measure(recordings, options), peers=peers, curve=_curve(recordings, options))
    except KeyboardInterrupt:
        return _stopped()
    print("\n".join(table.lines(outcome)))
    print(f"{time.perf_counter() - began:.0f} s in {options.jobs} processes")
    return _written(outcome, recordings, options)


def _peers(recordings: Sequence[Recording], options: argparse.Namespace) -> list[PeerOutcome]:
    from simulator.score import versus  # noqa: PLC0415 - needs ObsPy and SciPy, of the development tools

    return versus.run(recordings, _singles(options), _days(options), options.jobs)


def _curve(recordings: Sequence[Recording], options: argparse.Namespace) -> list[Scaled]:
    """Only for the plot: it takes a minute."""
    if not options.plots or options.quick:
        return []
    return tradeoff.curve(recordings, min(CURVE_DAYS, _days(options)), options.jobs)


def _written(outcome: Outcome, recordings: Sequence[Recording], options: argparse.Namespace) -> int:
    if options.json:
        write(outcome, options.json)
    if options.plots:
        from simulator.score import plots  # noqa: PLC0415 - matplotlib takes a second to import

        plots.draw(outcome, recordings, options.plots)
    return DONE


def _reason(folder: Path | None, error: Exception) -> str:
    match error:
        case OSError():
            return f"{error.filename or folder}: {error.strerror or error}"
        case json.JSONDecodeError():
            return f"{folder}/index.json is no JSON: {error}"
        case KeyError():
            return f"{folder}: {error} is missing in index.json or records.npz"
    return f"{folder}: {error}; it holds index.json and records.npz in the form of the recordings shipped"


def _stopped() -> int:
    print("\nhoistway-simulator: stopped; nothing is written", file=sys.stderr)
    return STOPPED


def _refuse(reason: str) -> int:
    print(f"hoistway-simulator: {reason}", file=sys.stderr)
    return USAGE


def _singles(options: argparse.Namespace) -> int:
    return int(options.seeds if options.seeds is not None else QUICK_SEEDS if options.quick else SEEDS)


def _days(options: argparse.Namespace) -> int:
    return int(options.days if options.days is not None else QUICK_DAYS if options.quick else DAYS)


def measure(recordings: Sequence[Recording], options: argparse.Namespace) -> Outcome:
    """All five kinds."""
    jobs = options.jobs
    scored = _judged(earthquakes.parked(recordings), 16, jobs, "recordings")
    if not options.quick:
        scored += _judged(earthquakes.in_buildings(recordings), 8, jobs, "buildings")
    scored += _judged(riding.riding(recordings), 16, jobs, "riding")
    scored += _judged(disturbances.singles(_singles(options)), 1, jobs, "disturbances")
    lived = spread(days.live, days.shares(_days(options), jobs), jobs, "car-days")
    return Outcome(scored, [day for batch in lived for day in batch])


def _judged(cases: Sequence[Case], inputs: int, jobs: int, name: str) -> list[Scored]:
    found = spread(judge, batches(cases, inputs), jobs, name)
    return [one for batch in found for one in batch]
