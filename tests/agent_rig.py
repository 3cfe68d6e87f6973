"""A whole display in simulated time: its screen remembers, its wall clock can be set, its broker broken."""

import asyncio
import shutil
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from agent.agent import Agent
from agent.clock import Reading
from agent.stage import DO_NOT_USE, EARTHQUAKE, IDLE
from agent.store import Store
from content import layouts
from content.envelope import public_text
from content.message import Alert, Message, Publication, Release, Text
from content.page import Frame, Page, Pixels, Site
from content.pages import page_of
from content.wire import Event
from content.work import Inline
from drivers.screens import ScreenError
from simulator import loop
from simulator.broker import InProcessBroker
from simulator.building import storeys
from simulator.elevator import Elevator
from simulator.recordings import load
from simulator.story import earthquake
from simulator.world import Surroundings, build, configuration

SIZE = (480, 800)
BEGINNING = datetime(2026, 12, 1, 6, 27, 30, tzinfo=UTC)
CAR, PLACE, AREA = "tower-a-lift-2", "cn/sichuan/chengdu/tower-a/lift-2", "cn/sichuan/chengdu"
ALARM_S = 12.0
"""So long after the beginning of the recorded earthquake there is an alarm."""


def reading(at: float = 0.0, *, good: bool = True, utc: datetime | None = None) -> Reading:
    """The clock at seconds from the beginning."""
    return Reading(at, utc or BEGINNING + timedelta(seconds=at), good)


def message(name: str = "water", revision: int = 1, *, sent: datetime = BEGINNING, **changes: Any) -> Message:
    """A message for an hour."""
    plain = Message(
        name, revision, AREA, sent, sent + timedelta(hours=1), Text("明日停水", "Water off"), Text("请储水")
    )
    return _changed(plain, changes)


def alert(name: str = "rain", revision: int = 1, *, sent: datetime = BEGINNING, **changes: Any) -> Alert:
    """An alert for a minute; of heavy rain, if not told otherwise."""
    until = sent + timedelta(minutes=1)
    plain = Alert(name, revision, AREA, sent, until, "rain", Text("暴雨预警"), Text("请勿前往地下楼层"))
    return _changed(plain, changes)


def release(name: str = "inspected", *, sent: datetime = BEGINNING, **changes: Any) -> Release:
    """A release in force for a day."""
    return _changed(Release(name, 1, AREA, sent, sent + timedelta(days=1)), changes)


P = TypeVar("P", Message, Alert, Release)


def _changed(publication: P, changes: dict[str, Any]) -> P:
    fields = {name: getattr(publication, name) for name in publication.__struct_fields__}
    return type(publication)(**{**fields, **changes})


class Wall:
    """The wall clock: runs with simulated time, and can be set."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.set(BEGINNING)

    def set(self, utc: datetime) -> None:
        self._zero = utc - timedelta(seconds=self._now())

    def utc(self) -> datetime:
        return self._zero + timedelta(seconds=self._now())


@dataclass(frozen=True)
class Shown:
    """One call of the screen."""

    now: float
    pixels: Pixels
    x: int
    y: int


class MemoryScreen:
    """Remembers what it was given; raises what it is told to raise instead."""

    def __init__(self, size: tuple[int, int] = SIZE, now: Callable[[], float] = lambda: 0.0) -> None:
        self.size = size
        self.shown: list[Shown] = []
        self.errors: list[Exception] = []
        self._now = now

    def show(self, pixels: Pixels, x: int = 0, y: int = 0) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.shown.append(Shown(self._now(), pixels.copy(), x, y))

    def refresh(self) -> None:
        if self.errors:
            raise self.errors.pop(0)

    def read(self) -> Pixels:
        glass = np.zeros((*self.size[::-1], 3), np.uint8)
        for one in self.shown:
            height, width = one.pixels.shape[:2]
            glass[one.y : one.y + height, one.x : one.x + width] = one.pixels
        return glass

    @property
    def frames(self) -> list[Shown]:
        """What covered the whole glass."""
        return [one for one in self.shown if one.pixels.shape[:2] == self.size[::-1]]


class BrokenScreen(MemoryScreen):
    """Takes nothing."""

    def show(self, pixels: Pixels, x: int = 0, y: int = 0) -> None:
        raise ScreenError("the panel does not answer")

    def refresh(self) -> None:
        raise ScreenError("the panel does not answer")


SITE = Site(Text("锦江花园 A座", "Jinjiang Garden, Tower A"), Text("A座 2号梯", "Tower A, lift 2"))


@cache
def drawn(page: Page) -> Frame:
    """A page as the layouts draw it, without the minute."""
    return layouts.draw(page, SITE, SIZE)


def looks_like(pixels: Pixels, page: Page) -> bool:
    """Whether a frame is this page, whatever minute it shows."""
    frame = drawn(page)
    same = np.all(pixels == frame.pixels, axis=2)
    for patch in frame.patches:
        part = patch.draw(BEGINNING)
        same[patch.y : patch.y + part.shape[0], patch.x : patch.x + part.shape[1]] = True
    return bool(same.all())


def page_on(pixels: Pixels) -> Page:
    """Which of the pages used here a frame is."""
    pages = (IDLE, DO_NOT_USE, *EARTHQUAKE.values(), page_of(message()), page_of(alert()))
    (page,) = (page for page in pages if looks_like(pixels, page))
    return page


class Rig:
    """One display with its content service; nothing runs before begin()."""

    def __init__(self, folder: Path) -> None:
        self.now = asyncio.get_running_loop().time
        self.folder, self.wall = folder, Wall(self.now)
        self.broker = InProcessBroker()
        self.screen = MemoryScreen(now=self.now)
        self.elevator = Elevator(storeys(18), floor=2)
        self.told: list[Event] = []
        self.around = Surroundings(
            now=self.now, utc=self.wall.utc, work=lambda _name: Inline(), broker=self.broker,
            folder=folder, screen=self.screen,
        )  # fmt: skip
        self.world = build(self.elevator, self.around, told=lambda _car, event: self.told.append(event))
        self.config = configuration(self.around, public_text(self.world.signer))
        self.agent, self.store = self.world.agent, self.world.board.store
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def begin(self, *, service: bool = True) -> None:
        """Switch on."""
        self._tasks["agent"] = asyncio.create_task(self.agent.run())
        if service:
            self.serve()

    def serve(self) -> None:
        """Start the content service."""
        self._tasks["service"] = asyncio.create_task(self.world.service.run())

    async def stop(self, name: str) -> None:
        """End the agent or the service."""
        task = self._tasks.pop(name)
        assert not task.done(), f"the {name} ended by itself: {task}"
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def until(self, at: float) -> None:
        """Let simulated time pass."""
        await asyncio.sleep(at - self.now())
        for name, task in self._tasks.items():
            assert not task.done(), f"the {name} ended by itself: {task}"

    async def cut_power(self) -> None:
        """The display dies, and starts again from what was on its disk at that moment."""
        disk = self.folder / f"disk at {self.now()} s"
        shutil.copytree(self.folder / "display", disk)
        await self.stop("agent")
        self.store.close()
        self.store = Store(disk)
        board = replace(self.world.board, store=self.store)
        self.agent = Agent(board, self.config)

    async def publish(self, publication: Publication) -> None:
        """From the content side, signed with the key that the display trusts."""
        await self.world.service.publish(publication, self.world.signer)

    def events(self, *kinds: str) -> list[Event]:
        """What the display told so far, of some kinds or all, wherever it is by now."""
        held = {event.id: event for event in (*self.told, *self.store.waiting(0, 100_000))}
        told = sorted(held.values(), key=lambda event: event.sequence)
        return [event for event in told if not kinds or event.kind in kinds]

    def at(self, event: Event) -> float:
        """When an event happened, s; only while the wall clock was not set."""
        return (event.utc - BEGINNING).total_seconds()

    @property
    def page(self) -> Page:
        """The page on the glass."""
        return page_on(self.screen.frames[-1].pixels)

    def shake(self, at: float) -> None:
        """Play the recorded earthquake to a car whose door has moved just before, so that it is known to stand."""
        self.elevator.open_door(at - 9.0, stay_s=1.0)
        self.elevator.play(earthquake(load()), at)

    async def close(self) -> None:
        """End all that runs; the agent must still be alive."""
        for name in tuple(self._tasks):
            await self.stop(name)
        self.store.close()
        self.world.close()


def in_simulated_time(scenario: Callable[[Rig], Coroutine[Any, Any, None]]) -> Callable[[Path], None]:
    """A test that is given a rig and runs in simulated time."""

    async def play(folder: Path) -> None:
        rig = Rig(folder)
        await scenario(rig)
        await rig.close()

    def test(tmp_path: Path) -> None:
        loop.run(play(tmp_path))

    test.__name__, test.__doc__ = scenario.__name__, scenario.__doc__
    return test
