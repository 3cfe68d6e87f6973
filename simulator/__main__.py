"""The command `hoistway-simulator`, for CI and for whoever wants to see it: plays simulated elevators."""

import argparse
import asyncio
import errno
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from content.command_line import USAGE, Parser, until_stopped

if TYPE_CHECKING:
    from simulator.story import Story

DONE, FAILED = 0, 1
REMEDY = {
    errno.ENOENT: "name one that is there",
    errno.EEXIST: "name a folder",
    errno.ENOTDIR: "name a folder",
    errno.EISDIR: "name a file",
    errno.EACCES: "name one that you may write",
    errno.EPERM: "name one that you may write",
    errno.EROFS: "name one that can be written",
    errno.ENOSPC: "make room on the disk",
}


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and run; errors of the user are one line and exit code 2, and an early Ctrl-C is 130."""
    return until_stopped("hoistway-simulator", lambda: _main(arguments))


def _main(arguments: list[str] | None) -> int:
    # Loading takes a while, and Ctrl-C must not show where it was: so no import of ours stands at the top, but
    # of the one that loads nothing.
    from agent.commands import InUse  # noqa: PLC0415
    from agent.config import ConfigError  # noqa: PLC0415
    from agent.store import StoreError  # noqa: PLC0415
    from drivers.screens import ScreenError  # noqa: PLC0415
    from simulator.servers import NoServer  # noqa: PLC0415

    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    try:
        code: int = options.do(options)
    except ModuleNotFoundError as error:
        return _refuse(f"{error.name} is missing: pip install 'hoistway[simulator]'")
    except OSError as error:
        return _refuse(_told(error))
    except (NoServer, InUse, ConfigError, StoreError, ScreenError) as error:
        return _refuse(str(error))
    return code


def _refuse(reason: str) -> int:
    print(f"hoistway-simulator: {reason}", file=sys.stderr)
    return USAGE


def _told(error: OSError) -> str:
    """Which file, what is wrong with it, and what to do."""
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}; {REMEDY.get(error.errno or 0, 'name another')}"


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="hoistway-simulator", description="Simulated elevators for Hoistway.")
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser(
        "demo", help="one car: a ride, a message, an earthquake; on a local page, or headless into a folder"
    )
    demo.set_defaults(do=_demo)
    demo.add_argument("--headless", action="store_true", help="in simulated time, without a page or a broker")
    demo.add_argument("--out", type=Path, default=Path("out"), help="folder for --headless (default: out)")
    display = commands.add_parser(
        "display", help="an enrolled display in a simulated car, its glass on a local page"
    )
    display.set_defaults(do=_display)
    display.add_argument(
        "bundle", type=Path, metavar="BUNDLE", help="the folder that hoistway-content enrol wrote"
    )
    display.add_argument("--folder", type=Path, metavar="FOLDER",
                         help="what it keeps, and its glass (default: display/ and the bundle's name)")  # fmt: skip
    display.add_argument("--earthquake", type=_seconds, metavar="SECONDS",
                         help="a recorded earthquake shakes the car so long after the start (default: none)")  # fmt: skip
    for page in (demo, display):
        page.add_argument(
            "--size", type=_size, default=(1080, 1920), help="of the glass (default: 1080x1920)"
        )
        page.add_argument("--seed", type=_seed, default=0, help="of all that is random (default: 0)")
        page.add_argument("--port", type=_port, default=0, help="of the local page (default: a free one)")
    broker = commands.add_parser("broker", help="a broker as deploy/ has it, with the papers of an office")
    broker.set_defaults(do=_broker)
    broker.add_argument(
        "papers", type=Path, metavar="FOLDER", help="what hoistway-content init --broker made"
    )
    broker.add_argument("--port", type=_port, default=8883, help="(default: %(default)s)")
    _tools(commands.add_parser)
    return parser


def _tools(add: Callable[..., argparse.ArgumentParser]) -> None:
    """The commands that have a module of their own."""
    from simulator.score import command as score  # noqa: PLC0415 - as in _main
    from simulator.wires import command as wires  # noqa: PLC0415

    scoring = add("score", help="how early and how quiet the detector is")
    wiring = add("wires", help="run a program where /dev/i2c-1 and others are a simulated board")
    for command, module in ((scoring, score), (wiring, wires)):
        module.arguments(command)
        command.set_defaults(do=module.run)


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no seed; write 0 or a larger whole number")
    return int(text)


def _seconds(text: str) -> float:
    if not text.isdecimal() or not 10 <= int(text) <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r}: write a whole number of seconds, 10 to 86400")
    return float(text)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; write 0 to 65535")
    return int(text)


def _size(text: str) -> tuple[int, int]:
    try:
        width, height = (int(part) for part in text.split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write it like 1080x1920") from None
    if not (320 <= width <= 4096 and 320 <= height <= 4096):
        raise argparse.ArgumentTypeError(f"{text}: a glass has 320 to 4096 pixels a side")
    return width, height


def _demo(options: argparse.Namespace) -> int:
    if options.headless:
        return _headless(options)
    from simulator import demo  # noqa: PLC0415 - aiohttp is needed only here

    return _until_stopped(partial(demo.run, options.size, options.seed, options.port))


def _headless(options: argparse.Namespace) -> int:
    from simulator import headless, plot  # noqa: PLC0415 - matplotlib takes a second to import

    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    headless.clear(out)
    story, trace = headless.run(out, options.size, options.seed, _bar)
    plot.draw(story, trace, out / "trace.png")
    return report(story, out)


def report(story: "Story", out: Path) -> int:
    """Write and print each step; gives the exit code, which fails when one did not come in time."""
    from simulator.headless import write_steps  # noqa: PLC0415 - with the rest of the story

    write_steps(story, out / "story.json")
    for step in story.steps:
        came = "did not come" if step.came is None else f"{step.came:6.2f} s"
        print(f"{'ok  ' if step.good else 'MISS'} {step.name:38} due {step.due:6.2f} s   {came}")
    missed = [step for step in story.steps if not step.good]
    print(f"{len(story.steps) - len(missed)} of {len(story.steps)} steps came in time; see {out}/")
    return FAILED if missed else DONE


def _bar(at: float) -> None:
    """A progress bar, only where somebody looks."""
    from simulator.story import LENGTH_S  # noqa: PLC0415 - with the rest of the story

    if sys.stderr.isatty():
        done = min(1.0, at / LENGTH_S)
        end = "\n" if done >= 1.0 else ""
        print(
            f"\r[{'#' * round(done * 40):40}] {at:5.0f} s of the story", end=end, file=sys.stderr, flush=True
        )


def _broker(options: argparse.Namespace) -> int:
    from simulator import office  # noqa: PLC0415 - aiohttp is needed only here

    return _until_stopped(partial(office.run_broker, options.papers, options.port))


def _display(options: argparse.Namespace) -> int:
    from simulator import office  # noqa: PLC0415 - aiohttp is needed only here

    folder = options.folder or Path("display") / options.bundle.resolve().name
    return _until_stopped(
        partial(
            office.run_display,
            options.bundle,
            folder,
            options.size,
            options.seed,
            options.port,
            earthquake_s=options.earthquake,
        )
    )


def _until_stopped(work: Callable[[], Awaitable[None]]) -> int:
    """Ctrl-C and SIGTERM end the work cleanly: it stops its broker and removes its folder."""
    asyncio.run(_stoppable(work))
    return DONE


async def _stoppable(work: Callable[[], Awaitable[None]]) -> None:
    task = asyncio.ensure_future(work())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        print("\nStopped.")


if __name__ == "__main__":
    sys.exit(main())
