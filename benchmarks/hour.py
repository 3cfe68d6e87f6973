"""One simulated hour with 60 rides, agent and content side included, on one core.

Real SQLite stores, a picture screen at 1080x1920 and an in-process broker; doors, people and rides as
`simulator.day` schedules them. A shorter run of its own is profiled, so that the profile costs the number nothing.
"""

import asyncio
import cProfile
import io
import pstats
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time

from benchmarks.display import SCREENS, running, scratch
from benchmarks.report import Row
from benchmarks.timing import rss_mb, show
from content.wire import Event
from simulator import loop
from simulator.building import storeys
from simulator.day import schedule_day
from simulator.elevator import Elevator

RIDES, SEED = 60, 3
"""This seed gives exactly so many rides."""
BEGIN_S, HOUR_S, LOOK_S = 65.0, 3600.0, 600.0
"""Rides begin when the detector knows that the car is parked."""
PROFILED_S, MOST_LINES = 600.0, 12
TRIES = 3
MOST_S, FLAT_MB = 10.0, 1.0
UNWANTED = ("samples-lost", "sensor-lost", "shaking-felt", "task-failed", "screen-failed", "refused")


@dataclass
class Hour:
    """What one run took and what was told of it."""

    cpu_s: float = 0.0
    wall_s: float = 0.0
    rides: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    rss: list[float] = field(default_factory=list)
    """MB, every ten simulated minutes."""

    def told(self, _car: str, event: Event) -> None:
        """Count; keeping the events would be memory of the benchmark's own."""
        self.kinds[event.kind] += 1


def measure(_records: Path | None = None) -> Iterator[Row]:
    """The hour several times. Memory is that of the first: later ones find what it left."""
    hours = [_run(HOUR_S) for _ in range(TRIES)]
    first = hours[0]
    hours.sort(key=lambda hour: hour.cpu_s)
    print(_profile())
    middle = hours[len(hours) // 2]
    cpu, wall = ([round(getattr(hour, name), 1) for hour in hours] for name in ("cpu_s", "wall_s"))
    what = f"an hour with {middle.rides} rides"
    yield Row(f"{what}: CPU", f"{middle.cpu_s:.1f} s (of {cpu})", "10 s", middle.cpu_s <= MOST_S)
    yield Row(f"{what}: wall", f"{middle.wall_s:.1f} s (of {wall})", "10 s", middle.wall_s <= MOST_S)
    grown = max(first.rss) - first.rss[0]
    seen = ", ".join(f"{mb:.1f}" for mb in first.rss)
    yield Row("... memory: growth after 10 minutes", f"{grown:.1f} MB (RSS {seen})", "flat", grown <= FLAT_MB)
    unwanted = {kind: middle.kinds[kind] for kind in UNWANTED if middle.kinds[kind]}
    felt = middle.kinds["ride-ended"]
    yield Row("... rides felt", f"{felt}", f"{middle.rides}", felt == middle.rides)
    yield Row("... samples lost, alarms, failures", str(unwanted or "none"), "none", not unwanted)


def _run(length_s: float) -> Hour:
    cpu, wall = process_time(), perf_counter()
    hour = loop.run(_play(length_s))
    hour.cpu_s, hour.wall_s = process_time() - cpu, perf_counter() - wall
    return hour


async def _play(length_s: float) -> Hour:
    hour = Hour()
    elevator = Elevator(storeys(18), seed=1)
    rides = schedule_day(elevator, RIDES, SEED, BEGIN_S, length_s / 3600)
    hour.rides = len(rides)
    end, now = max(BEGIN_S + length_s, elevator.free_at) + 5.0, asyncio.get_running_loop().time
    with scratch() as folder:
        async with running(elevator, folder, SCREENS["pictures"](folder / "glass"), told=hour.told):
            while now() < end:
                await asyncio.sleep(min(LOOK_S, end - now()))
                hour.rss.append(rss_mb())
                show("hour", now() / end)
    return hour


def _profile() -> str:
    """Where the time goes, by the functions' own time."""
    profile, text = cProfile.Profile(), io.StringIO()
    profile.runcall(_run, PROFILED_S)
    stats = pstats.Stats(profile, stream=text).strip_dirs().sort_stats("tottime")
    stats.print_stats(MOST_LINES)
    return text.getvalue().strip()
