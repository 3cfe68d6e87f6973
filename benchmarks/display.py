"""A simulated display to measure on, as the headless story builds it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NoReturn

import numpy as np

from content.wire import Event
from content.work import Inline, T, Work
from drivers.screens import Pixels, Screen, pictures
from simulator.broker import InProcessBroker
from simulator.elevator import Elevator
from simulator.headless import BEGINNING
from simulator.world import Surroundings, World, build

SIZE = (1080, 1920)


class Memory:
    """A screen that is one copy in memory."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = width, height = size
        self._glass = np.zeros((height, width, 3), np.uint8)

    def show(self, pixels: Pixels, x: int = 0, y: int = 0) -> None:
        """Copy."""
        height, width = pixels.shape[:2]
        self._glass[y : y + height, x : x + width] = pixels

    def refresh(self) -> None:
        """Nothing gets lost in memory."""

    def read(self) -> Pixels:
        """A copy."""
        return self._glass.copy()


SCREENS: dict[str, Callable[[Path], Screen]] = {
    "pictures": lambda folder: pictures.open_screen(str(folder), SIZE),
    "memory": lambda _folder: Memory(SIZE),
}


class Watched:
    """A screen, and when each of its frames was on it."""

    def __init__(self, screen: Screen, now: Callable[[], float]) -> None:
        self.size = screen.size
        self.shown: list[tuple[float, float]] = []
        """Simulated s, and real s by perf_counter."""
        self._screen, self._now = screen, now

    def show(self, pixels: Pixels, x: int = 0, y: int = 0) -> None:
        """Pass on, then look at both clocks."""
        self._screen.show(pixels, x, y)
        self.shown.append((self._now(), perf_counter()))

    def refresh(self) -> None:
        """Pass on."""
        self._screen.refresh()

    def read(self) -> Pixels:
        """Pass on."""
        return self._screen.read()


class Never:
    """Work that never gets done: a display that has not drawn its pages yet."""

    async def __call__(self, job: Callable[[], T]) -> T:
        """Wait."""
        return await self._wait()

    async def repeat(self, job: Callable[[], float | None]) -> None:
        """Wait."""
        await self._wait()

    async def _wait(self) -> NoReturn:
        while True:
            await asyncio.Event().wait()

    def close(self) -> None:
        """Nothing was begun."""


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for pictures and stores, gone afterwards."""
    with TemporaryDirectory(prefix="hoistway-bench-") as folder:
        yield Path(folder)


@asynccontextmanager
async def running(
    elevator: Elevator,
    folder: Path,
    screen: Screen,
    *,
    drawing: Work | None = None,
    told: Callable[[str, Event], None] = lambda _car, _event: None,
) -> AsyncIterator[World]:
    """Display and content service, running in simulated time."""
    now = asyncio.get_running_loop().time

    def utc() -> datetime:
        return BEGINNING + timedelta(seconds=now())

    def work(name: str) -> Work:
        return drawing if drawing is not None and name == "drawing" else Inline()

    (folder / "state").mkdir(parents=True)
    around = Surroundings(
        now=now, utc=utc, work=work, broker=InProcessBroker(), folder=folder / "state", screen=screen
    )
    world = build(elevator, around, told=told)
    parts = [asyncio.create_task(world.agent.run()), asyncio.create_task(world.service.run())]
    try:
        yield world
    finally:
        for part in parts:
            part.cancel()
        await asyncio.gather(*parts, return_exceptions=True)
        world.close()
