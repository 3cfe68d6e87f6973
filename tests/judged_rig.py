"""A whole display of which is asked what it told and whether anything changed, its wall clock right or wrong."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from agent.agent import Agent
from agent.config import TrustSection
from agent.fetching import JUDGE_AGAIN_S
from content.broker import Delivery
from content.repository.names import content_topic
from content.wire import Event
from content.work import Inline
from simulator import loop
from simulator.world import CHIP, SENSOR, configuration
from tests.agent_rig import BEGINNING, Rig
from tests.repository_rig import Publishing

T = TypeVar("T")

MOMENT_S = 0.2
"""Whatever comes is judged by then: in simulated time only waiting takes time."""


class Clock(Enum):
    """What the display's wall clock says; the truth is late in 2026."""

    GOOD = "good"
    PAST = "1970"
    FUTURE = "2099"


WRONG = {Clock.PAST: datetime(1970, 1, 1, tzinfo=UTC), Clock.FUTURE: datetime(2099, 1, 1, tzinfo=UTC)}


class Busy(Inline):
    """Drawing that never ends with its first job: the pages that wait to be ready would take half of the time here."""

    def __init__(self) -> None:
        self._begun = False

    async def __call__(self, job: Callable[[], T]) -> T:
        if not self._begun:
            self._begun = True
            await asyncio.Event().wait()
        return job()


class Judged:
    """A whole agent that believes one key, or the root of a repository."""

    def __init__(self, rig: Rig, clock: Clock, trust: TrustSection) -> None:
        self.rig, self.clock = rig, clock
        board = replace(rig.world.board, drawing=Busy())
        rig.agent = Agent(board, msgspec.structs.replace(configuration(rig.around, ""), trust=trust))
        self._heard = 0

    async def begin(self) -> None:
        """Switch it on, with a good clock; then its clock goes wrong."""
        self.rig.begin(service=False)
        await self.wait(MOMENT_S)
        if self.clock in WRONG:
            self.rig.wall.set(WRONG[self.clock])
            await self.wait(JUDGE_AGAIN_S + MOMENT_S)  # by 2099 the repository has expired: that is told now

    async def wait(self, seconds: float) -> None:
        """Let simulated time pass."""
        await self.rig.until(self.rig.now() + seconds)

    @property
    def truth(self) -> datetime:
        """What time it is, whatever the display believes."""
        return BEGINNING + timedelta(seconds=self.rig.now())

    async def hear(self, payload: bytes, topic: str) -> list[Event]:
        """Deliver it, and give what the display told of it."""
        self.told()
        self.rig.broker.deliver(Delivery(topic, payload), retain=False)
        await self.wait(MOMENT_S)
        return self.told()

    def told(self) -> list[Event]:
        """What it took and refused since the last call."""
        events = self.rig.store.waiting(self._heard, 10_000)
        self._heard = max((event.sequence for event in events), default=self._heard)
        self.rig.store.forget(self._heard)  # as a collector would have it
        return [event for event in events if event.kind in ("took", "refused")]

    def state(self) -> tuple[object, ...]:
        """What must not change: the page and its rule, the frames drawn, all that is known, the hold."""
        known = {name: entry.publication for name, entry in self.rig.agent.library.known.items()}
        return self.rig.agent.shown, len(self.rig.screen.frames), known, self.rig.agent.car.hold


def pinned(rig: Rig, publishing: Publishing, files: dict[str, bytes]) -> TrustSection:
    """These files stand at the broker, and the display is to pin their root."""
    rig.broker.retained |= {content_topic(name): data for name, data in files.items()}
    root = rig.folder / "root.json"
    root.write_bytes(publishing.pinned)
    return TrustSection(root=str(root))


def play(folder: Path, scenario: Callable[[Rig], Coroutine[Any, Any, None]]) -> None:
    """A scenario in simulated time, on a display without sensors: nothing is felt here, and time passes faster."""

    async def run() -> None:
        rig = Rig(folder)
        for address in (CHIP, SENSOR):
            rig.world.bus.unplug(address)
        await scenario(rig)
        await rig.close()

    loop.run(run())
