"""Memory of a display at rest, and what importing the agent costs; each in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.report import Row, milliseconds

TOO_HEAVY = ("scipy", "matplotlib", "aiohttp", "pandas", "obspy")
"""Belongs to tests, plots and the demo, not to the device."""
TRIES = 5
IMPORT = "import agent.__main__"
TELL = """
import json, sys
from benchmarks.timing import rss_mb
heavy = sorted({name.split('.')[0] for name in sys.modules} & set(sys.argv[1:]))
print(json.dumps({'rss': rss_mb(), 'heavy': heavy, 'modules': len(sys.modules)}))
"""
REST = """
import asyncio, agent.__main__
from benchmarks.display import SCREENS, running, scratch
from simulator import loop
from simulator.building import storeys
from simulator.elevator import Elevator

async def rest():
    with scratch() as folder:
        async with running(Elevator(storeys(18)), folder, SCREENS['memory'](folder)):
            await asyncio.sleep(120.0)

loop.run(rest())
"""


def measure(_records: Path | None = None) -> Iterator[Row]:
    """NumPy alone, the agent's imports, and a display at rest in a simulated car."""
    numpy, found = _child("import numpy"), _child(IMPORT)
    yield Row("memory: Python and NumPy", f"{numpy['rss']:.0f} MB")
    yield Row("memory: all that the agent imports", f"{found['rss']:.0f} MB ({found['modules']} modules)")
    took = [_import_s() for _ in range(TRIES)]
    yield Row("importing the agent, fresh process", milliseconds(took))
    heavy = ", ".join(found["heavy"]) or "none"
    yield Row(f"of {', '.join(TOO_HEAVY)}: imported", heavy, "none", not found["heavy"])
    rest = _child(REST)
    yield Row("memory: display at rest, 1080x1920, with its simulated car", f"{rest['rss']:.0f} MB")


def _child(code: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(_python(code + TELL).splitlines()[-1])
    return answer


def _import_s() -> float:
    """Seconds from starting Python to the end, without those of Python itself."""
    began = perf_counter()
    _python(IMPORT)
    between = perf_counter()
    _python("")
    return (between - began) - (perf_counter() - between)


def _python(code: str) -> str:
    command = [sys.executable, "-c", code, *TOO_HEAVY]
    return subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1]
    ).stdout
