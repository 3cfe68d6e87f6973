"""The link comes back after any time, whatever the disk does; what it says is told once."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from random import Random
from typing import Any

from agent.events import Happening, LinkLost, LinkRefused, LinkUp
from agent.link import BACKOFF_S, Ears, Link
from agent.outbox import Outbox
from agent.store import Store
from content.broker import Delivery
from content.wire import Status, status_topic
from content.work import Inline
from simulator import loop
from simulator.broker import InProcessBroker
from tests.agent_rig import CAR, PLACE

DAY_S = 86_400.0


class Rig:
    """A link alone with its broker."""

    def __init__(self, folder: Path) -> None:
        self.broker, self.store = InProcessBroker(), Store(folder)
        self.happened: list[Happening] = []
        self.took: list[Delivery] = []
        ears = Ears(self.took.append, self.happened.append, lambda s: Status(online=True, session=s))
        self.link = Link(
            self.broker, CAR, PLACE, outbox=Outbox(self.store, Inline()), store=self.store, disk=Inline(),
            ears=ears, random=Random(1), now=asyncio.get_running_loop().time,
        )  # fmt: skip


def play(scenario: Callable[[Rig], Coroutine[Any, Any, None]], folder: Path) -> None:
    async def main() -> None:
        rig = Rig(folder)
        link = asyncio.create_task(rig.link.run())
        await scenario(rig)
        assert not link.done(), link
        link.cancel()
        await asyncio.gather(link, return_exceptions=True)
        rig.store.close()

    loop.run(main())


def test_a_broker_away_for_days_is_told_once_and_found_again(tmp_path: Path) -> None:
    async def scenario(rig: Rig) -> None:
        rig.broker.kill()
        await asyncio.sleep(7 * DAY_S)
        assert [type(event) for event in rig.happened] == [LinkLost]
        rig.broker.restart()
        await asyncio.sleep(BACKOFF_S[1] + 1)
        assert [type(event) for event in rig.happened] == [LinkLost, LinkUp]

    play(scenario, tmp_path)


def test_a_status_that_does_not_come_back_is_told_once(tmp_path: Path) -> None:
    async def scenario(rig: Rig) -> None:
        rig.broker.may_write = lambda _client, topic: topic != status_topic(CAR)
        await asyncio.sleep(DAY_S)
        assert [type(event) for event in rig.happened] == [LinkRefused]

    play(scenario, tmp_path)


def test_alerts_come_although_the_disk_is_gone(tmp_path: Path) -> None:
    async def scenario(rig: Rig) -> None:
        rig.store.close()
        rig.broker.retained["hoistway/1/area/cn/alert/a"] = b"signed"
        await asyncio.sleep(1.0)
        assert [delivery.payload for delivery in rig.took] == [b"signed"]
        assert [type(event) for event in rig.happened] == [LinkUp]

    play(scenario, tmp_path)


def test_an_empty_payload_withdraws_nothing(tmp_path: Path) -> None:
    async def scenario(rig: Rig) -> None:
        await asyncio.sleep(1.0)
        rig.broker.deliver(Delivery("hoistway/1/area/cn/alert/a", b""), retain=True)
        await asyncio.sleep(1.0)
        assert rig.took == []

    play(scenario, tmp_path)
