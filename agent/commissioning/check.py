"""The guided check of a display: one finding after the other, on the terminal and on the glass."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from agent.board import Board
from agent.commissioning import sensors, surroundings
from agent.commissioning.findings import Record, failed, passed, skipped
from agent.config import Config, site_of
from agent.mounting import KEPT, Left, Up
from content import layouts
from content.layouts.check import ASK, NAMES
from content.message import BadMessage, Text
from content.page import NOTHING, Page
from content.requests import Finding
from content.wire import Event
from drivers.screens import ScreenError


class Person(Protocol):
    """Whoever stands before the display."""

    def say(self, words: str) -> None:
        """Tell them what to do."""

    async def ask(self, question: str) -> bool:
        """Yes or no."""


DOOR = "Open and close the car door once now."
READ = "Is the frame on the glass whole along all four edges, are all grey steps different, and can you read it from 2 m?"


@dataclass(slots=True)
class Check:
    """One check of one display. It may be ended at any moment and begun again: it changes nothing but its record."""

    board: Board
    config: Config
    person: Person | None
    """None: nobody is there, and what needs one is skipped."""
    told: Callable[[Finding], None]
    findings: list[Finding] = field(default_factory=list)
    up: Up | None = None
    """How the accelerometer hangs; None when that is not known."""

    async def run(self) -> Record:
        """Everything, in the order in which an installer can mend it."""
        self._show()
        async for finding in self._all():
            self.findings.append(finding)
            self.told(finding)
            self._show()
        record = self._record()
        self._show(record.summary)
        return record

    async def _all(self) -> AsyncIterator[Finding]:
        board, folder = self.board, Path(self.config.store.folder)
        up = self.config.accelerometer.up
        async for finding in sensors.accelerometer(board.accelerometer, up, self._hangs):
            yield finding
        if board.door is not None and self.person is not None:
            self._show(ask=ASK)
            self.person.say(DOOR)
        async for finding in sensors.door(board.door, self.person is not None):
            yield finding
        self._show()
        yield await self._screen()
        yield await surroundings.broker(board.broker, self.config.car.name)
        yield surroundings.clock(board.clock)
        yield await board.disk(partial(surroundings.disk, folder))
        yield await board.disk(partial(surroundings.space, folder))

    def _hangs(self, up: Up) -> None:
        self.up = up

    async def _screen(self) -> Finding:
        try:
            self._draw(Page("check", self._variant("")))
        except (ScreenError, BadMessage) as error:
            return failed("screen", str(error), "look at [screen] in the configuration and at the cable")
        width, height = self.board.screen.size
        if self.person is None:
            return skipped("screen", f"{width}x{height} shown; nobody is here to read it")
        if await self.person.ask(READ):
            return passed("screen", f"{width}x{height}, read from 2 m")
        return failed(
            "screen",
            f"{width}x{height}, but not whole or not legible",
            "set width, height and rotation as the panel is; look at its brightness",
        )

    def _show(self, payload: str = "", *, ask: Text = NOTHING) -> None:
        """What is known so far. A screen that fails is a finding of its own, and no reason to stop."""
        try:
            self._draw(Page("check", self._variant(payload), body=ask))
        except (ScreenError, BadMessage):
            return

    def _draw(self, page: Page) -> None:
        site = site_of(self.config.car)
        self.board.screen.show(layouts.draw(page, site, self.board.screen.size).pixels)

    def _variant(self, payload: str) -> str:
        known = {finding.check: finding.verdict for finding in self.findings}
        return ",".join(f"{name}={known.get(name, '')}" for name in NAMES) + f"|{payload}"

    def _record(self) -> Record:
        time = self.board.clock.read()
        return Record(self.config.car.name, time.utc, time.quality, tuple(self.findings))


async def remember(board: Board, record: Record, up: Up | None) -> None:
    """Keep the record and the mounting, and put the record into the outbox as an event. Raises StoreError."""
    body = {"ready": record.ready, "findings": [_plain(one) for one in record.findings]}
    event = Event("", "none", 0, "checked", record.utc, record.clock, body)
    await board.disk(partial(board.store.keep, "check", record))
    if up is not None:
        await board.disk(partial(board.store.keep, KEPT, Left(up)))
    await board.disk(partial(board.store.append, [event]))


def _plain(finding: Finding) -> dict[str, str]:
    return {"check": finding.check, "verdict": finding.verdict, "said": finding.said, "todo": finding.todo}
