"""Programs on simulated wires: the real command, the real shim, and a way to tell the board what happens to it."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
DEADLINE_S = 20.0
SERVES_CODE = """
import gc, json, sys
for line in sys.stdin:
    names = {}
    gc.collect()
    try:
        exec(json.loads(line), names)
        answer = {"value": names.get("value")}
    except Exception as error:
        answer = {"error": type(error).__name__, "text": str(error), "errno": getattr(error, "errno", None)}
    print(json.dumps(answer), flush=True)
"""
"""A program that runs the code it is given, and tells what `value` became or what was raised."""


class Raised(Exception):
    """What the code on the wires raised."""

    def __init__(self, kind: str, text: str, number: int | None) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind, self.text, self.errno = kind, text, number


def command(*options: str, program: Sequence[str]) -> list[str]:
    """The command line that runs a program on simulated wires."""
    return [sys.executable, "-m", "simulator", "wires", *options, "--", *program]


def environment(folder: Path) -> dict[str, str]:
    """With temporary files in a folder, so that what is left behind is seen."""
    return {**os.environ, "TMPDIR": str(folder), "PYTHONPATH": str(ROOT)}


class Board:
    """A simulated board with a program on it."""

    def __init__(self, process: subprocess.Popen[str], control: Path) -> None:
        self.process, self._control = process, control
        self.buses: dict[str, str] = {}
        """Where a test put its chips, by their names."""

    def tell(self, line: str) -> str:
        """One line to the board; gives its answer."""
        with socket.socket(socket.AF_UNIX) as wire:
            wire.connect(str(self._control))
            wire.sendall(line.encode() + b"\n")
            return wire.makefile().readline().strip()

    def run(self, code: str) -> Any:
        """What `value` became in the program that serves code. Raises Raised."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(json.dumps(code), file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise Raised(answer["error"], answer["text"], answer["errno"])
        return answer["value"]


@contextmanager
def board(
    scenario: str, program: Sequence[str] = (sys.executable, "-c", SERVES_CODE), **files: Any
) -> Iterator[Board]:
    """Run a program on the wires of a scenario, until left; `files` are those of Popen."""
    with tempfile.TemporaryDirectory(prefix="hw-") as name:
        folder = Path(name)
        (folder / "scenario.toml").write_text(scenario, encoding="utf-8")
        options = ("--scenario", str(folder / "scenario.toml"), "--control", str(folder / "control"))
        pipes: Mapping[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, **files}
        process = subprocess.Popen(
            command(*options, program=program), text=True, cwd=ROOT, env=environment(folder), **pipes
        )
        try:
            until(lambda: (folder / "control").exists() or process.poll() is not None, "the board")
            yield Board(process, folder / "control")
        finally:
            process.terminate()
            process.communicate(timeout=DEADLINE_S)
        assert sorted(path.name for path in folder.iterdir()) == ["scenario.toml"], (
            "something was left behind"
        )


def until(condition: Callable[[], bool], what: str, within_s: float = DEADLINE_S) -> None:
    """Wait for a condition of other processes, with a deadline."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"did not come within {within_s:.0f} s: {what}"
        time.sleep(0.01)
