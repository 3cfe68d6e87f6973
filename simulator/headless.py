"""The story in simulated time: the glass at each change, a plot of the trace, and a list of the steps."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from agent.detection.felt import Seismoscope
from content.work import Inline
from drivers.samples import Samples
from drivers.screens import pictures
from simulator import loop
from simulator.broker import InProcessBroker
from simulator.building import storeys
from simulator.elevator import Elevator
from simulator.story import Story
from simulator.world import Surroundings, World, build

BEGINNING = datetime(2026, 11, 21, 6, 27, tzinfo=UTC)
"""14:27 in Chengdu."""


@dataclass
class Trace:
    """What the chip measured and what the detector made of it."""

    times: list[NDArray[np.float64]] = field(default_factory=list)
    accelerations: list[NDArray[np.float64]] = field(default_factory=list)
    states: list[tuple[float, bool, bool]] = field(default_factory=list)
    """Time, tremor, shaking."""

    def tap(self, samples: Samples, scope: Seismoscope) -> None:
        """Keep a run of samples."""
        count = len(samples.acceleration)
        self.times.append(np.linspace(samples.end - samples.period * (count - 1), samples.end, count))
        self.accelerations.append(samples.acceleration)
        self.states.append((samples.end, scope.tremor, scope.shaking))


async def play(
    out: Path, size: tuple[int, int], seed: int, progress: Callable[[float], None]
) -> tuple[Story, Trace]:
    """Play the story; must run in simulated time. Pictures and stores go below out."""
    now = asyncio.get_running_loop().time

    def utc() -> datetime:
        return BEGINNING + timedelta(seconds=now())

    story, trace = Story(now), Trace()
    screen = pictures.open_screen(str(out / "glass"), size)
    around = Surroundings(
        now=now, utc=utc, work=lambda _name: Inline(), broker=InProcessBroker(),
        folder=out / "state", screen=screen, seed=seed,
    )  # fmt: skip
    around.folder.mkdir(parents=True, exist_ok=True)
    elevator = Elevator(storeys(18), seed=seed, floor=2)
    world = build(elevator, around, told=story.told, tap=trace.tap)
    try:
        await tell(story, world, utc, progress)
    finally:
        world.close()
    return story, trace


async def tell(
    story: Story, world: World, utc: Callable[[], datetime], progress: Callable[[float], None]
) -> None:
    """Run the display and its content service for as long as the story takes."""
    parts = [asyncio.create_task(world.agent.run()), asyncio.create_task(world.service.run())]
    telling = asyncio.create_task(story.run(world, utc))
    try:
        while not telling.done():
            await asyncio.wait([telling, *parts], timeout=1.0, return_when=asyncio.FIRST_COMPLETED)
            if broken := [part for part in parts if part.done()]:
                broken[0].result()
            progress(story.now() - story.began)
        telling.result()
    finally:
        for task in (telling, *parts):
            task.cancel()
        await asyncio.gather(telling, *parts, return_exceptions=True)


def clear(out: Path) -> None:
    """Remove what an earlier run left, and nothing else."""
    for name in ("glass", "state"):
        for path in (out / name).glob("**/*"):
            if path.suffix == ".png" or path.name.startswith(("hoistway.sqlite", "desk.sqlite")):
                path.unlink()


def write_steps(story: Story, path: Path) -> None:
    """Each step: when it was due, within how long, and when it came."""
    rows = [
        {"step": s.name, "due_s": s.due, "within_s": s.within, "came_s": s.came, "good": s.good}
        for s in story.steps
    ]
    path.write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n")


def run(
    out: Path, size: tuple[int, int], seed: int, progress: Callable[[float], None]
) -> tuple[Story, Trace]:
    """Play the story in simulated time."""
    return loop.run(play(out, size, seed, progress))
