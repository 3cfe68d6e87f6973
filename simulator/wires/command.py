"""The command `hoistway-simulator wires`: runs a program where the device files are those of a simulated board."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

from simulator.wires import scenario as scenarios
from simulator.wires.compiler import NoShim, compile_shim
from simulator.wires.play import Play
from simulator.wires.scenario import Scenario, ScenarioError

USAGE, NOT_FOUND, SIGNALLED = 2, 127, 128
HANDED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LONGEST_FOLDER = 80
"""The path of a Unix socket has 107 bytes at most."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What `wires` understands."""
    parser.add_argument("--scenario", type=Path, metavar="FILE", help="what is on the wires (default: an "
                        "ADXL355 and reed switches on /dev/i2c-1, in a car that rides now and then)")  # fmt: skip
    parser.add_argument("--control", type=Path, metavar="SOCKET", help="a Unix socket that takes lines such as "
                        "'unplug /dev/i2c-1 0x1d'; the program finds it as $HOISTWAY_WIRES/control")  # fmt: skip
    parser.add_argument(
        "program", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="what to run, and its arguments"
    )


def run(options: argparse.Namespace) -> int:
    """Run the program; gives its exit code, or 128 + the signal that ended it. Errors of the user are one line."""
    program = options.program[1:] if options.program[:1] == ["--"] else options.program
    if not program:
        return _refuse("say what to run: hoistway-simulator wires [--scenario FILE] -- COMMAND …")
    try:
        scenario = scenarios.load(options.scenario) if options.scenario else Scenario()
        return _run(scenario, options.control, program)
    except (ScenarioError, NoShim) as error:
        return _refuse(str(error))


def _refuse(reason: str) -> int:
    print(f"hoistway-simulator: {reason}", file=sys.stderr)
    return USAGE


def _run(scenario: Scenario, control: Path | None, program: Sequence[str]) -> int:
    folder = Path(tempfile.mkdtemp(prefix="hoistway-wires-", dir=_short(tempfile.gettempdir())))
    try:
        play = Play(scenario, folder, control)
        try:
            environment = _environment(folder, compile_shim(folder))
            return _attend(program, environment, play)
        finally:
            play.stop()
    finally:
        shutil.rmtree(folder)


def _short(folder: str) -> str:
    return folder if len(folder) < LONGEST_FOLDER else "/tmp"


def _environment(folder: Path, shim: Path) -> Mapping[str, str]:
    before = os.environ.get("LD_PRELOAD", "")
    return {**os.environ, "HOISTWAY_WIRES": str(folder), "LD_PRELOAD": f"{shim} {before}".strip()}


def _attend(program: Sequence[str], environment: Mapping[str, str], play: Play) -> int:
    """Run a program to its end, handing signals on to it."""
    process: subprocess.Popen[bytes] | None = None
    early: list[int] = []

    def hand_on(number: int, _frame: FrameType | None) -> None:
        if process is None:
            early.append(number)
        elif number != signal.SIGINT or not _on_a_terminal():
            process.send_signal(number)

    before = {number: signal.signal(number, hand_on) for number in HANDED_ON}
    try:
        play.start()
        process = subprocess.Popen(program, env=environment)
        for number in early:
            process.send_signal(number)
        code = process.wait()
    except OSError as error:
        print(f"hoistway-simulator: cannot run {program[0]}: {error.strerror}", file=sys.stderr)
        return NOT_FOUND
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else SIGNALLED - code


def _on_a_terminal() -> bool:
    """Whether Ctrl-C reaches the program by itself, as it does all who are in the terminal's foreground."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
