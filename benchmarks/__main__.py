"""Measure all that the project promises in numbers, or one part: `python -m benchmarks [NAME]`."""

import argparse
import platform
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import numpy as np

from benchmarks.report import Row, table
from benchmarks.timing import fixed_work, ratio, times

NAMES = (
    "jitter",
    "chip",
    "sampling",
    "alarm",
    "hour",
    "memory",
    "speed",
    "precision",
    "screens",
    "stage",
    "repository",
    "payloads",
    "delivery",
    "wires",
    "enrolled",
    "serial_fuzz",
    "intensity",
)
AROUND = 40
"""So often the fixed work is timed before and after each benchmark."""


def main(arguments: list[str] | None = None) -> int:
    """Run, and print one table. A number that is missed is said, not failed: machines differ."""
    options = _parser().parse_args(arguments)
    rows: list[Row] = []
    for name in [options.name] if options.name else NAMES:
        print(f"{name} ...", file=sys.stderr, flush=True)
        rows += _measured(name, options.records)
    today = datetime.now(UTC).date()
    print(f"\n{today}, Python {platform.python_version()}, NumPy {np.__version__}, {_cpu()}\n")
    print(table(rows))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="?", choices=NAMES, metavar="NAME", help=", ".join(NAMES))
    parser.add_argument(
        "--records", type=Path, metavar="FOLDER", help="recordings for intensity instead of those shipped"
    )
    return parser


def _measured(name: str, records: Path | None) -> list[Row]:
    """The rows of one benchmark, with the jitter around it."""
    measure: Callable[[Path | None], Iterable[Row]] = import_module(f"benchmarks.{name}").measure
    before = times(AROUND, fixed_work)
    rows = list(measure(records))
    jitter = ratio(before + times(AROUND, fixed_work))
    return [replace(row, jitter=jitter) for row in rows]


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    model = models[0] if models else platform.processor() or "unknown processor"
    return f"{model}, {platform.machine()}, {max(1, len(models))} cores"


if __name__ == "__main__":
    sys.exit(main())
