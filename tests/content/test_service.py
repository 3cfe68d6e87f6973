"""The service carries the desk to the broker, in simulated time, and no stranger's payload ends it."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from content.desk import Desk
from content.envelope import unseal
from content.service import Service
from content.wire import Received, decode, encode, event_topic, received_topic
from content.work import Inline
from simulator import loop
from simulator.broker import InProcessBroker
from tests.content.test_envelope import KEY, SIGNER
from tests.content_rig import AREA, NOW, event, message

TOPIC = f"hoistway/1/area/{AREA}/message/water"


def play(folder: Path, script: Callable[["Scene"], Awaitable[None]]) -> None:
    """Run a service, and a script beside it."""

    async def run() -> None:
        scene = Scene(folder)
        service = asyncio.create_task(scene.service.run())
        try:
            await asyncio.sleep(0.1)
            await script(scene)
            assert not service.done()
        finally:
            service.cancel()
            await asyncio.gather(service, return_exceptions=True)
            scene.desk.close()

    loop.run(run())


class Scene:
    """A service on an in-process broker."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "desk.sqlite"
        self.broker = InProcessBroker()
        self.desk = Desk(self.path)
        self.service = Service(self.broker, self.desk, Inline(), utc=self.utc)

    def utc(self) -> datetime:
        return NOW + timedelta(seconds=asyncio.get_running_loop().time())

    async def tell(self, topic: str, payload: bytes) -> None:
        async with self.broker.connect("lift-2") as connection:
            await connection.publish(topic, payload)


def test_publishes_what_another_process_put_on_the_desk(tmp_path: Path) -> None:
    async def script(scene: Scene) -> None:
        Desk(scene.path).publish(message(), b"one")
        await asyncio.sleep(1.0)
        assert scene.broker.retained[TOPIC] == b"one"

    play(tmp_path, script)


def test_publishes_at_once_what_it_is_given(tmp_path: Path) -> None:
    async def script(scene: Scene) -> None:
        await scene.service.publish(message(), SIGNER)
        await asyncio.sleep(0.01)
        assert unseal(scene.broker.retained[TOPIC], KEY) == message()

    play(tmp_path, script)


def test_clears_what_has_expired(tmp_path: Path) -> None:
    async def script(scene: Scene) -> None:
        scene.desk.publish(message(expires=NOW + timedelta(minutes=10)), b"one")
        await asyncio.sleep(9 * 60)
        assert TOPIC in scene.broker.retained
        await asyncio.sleep(61)
        assert TOPIC not in scene.broker.retained

    play(tmp_path, script)


def test_says_everything_again_to_a_broker_that_lost_it(tmp_path: Path) -> None:
    async def script(scene: Scene) -> None:
        scene.desk.publish(message(), b"one")
        scene.desk.hold([("lift-2", event(1))])
        await asyncio.sleep(1.0)
        scene.broker.kill()
        scene.broker.restart()
        await asyncio.sleep(3.0)
        assert scene.broker.retained[TOPIC] == b"one"
        assert decode(scene.broker.retained[received_topic("lift-2")], Received) == Received("box", 1)

    play(tmp_path, script)


def test_goes_on_after_what_strangers_send(tmp_path: Path) -> None:
    huge = msgspec.json.encode(msgspec.to_builtins(event(1)) | {"sequence": 2**70 - 2**69})

    async def script(scene: Scene) -> None:
        for topic in (
            "hoistway/1/car//event/x",
            "hoistway/1/car/A b/status",
            event_topic("lift-2", "ride-started"),
        ):
            for payload in (b"", b"\xff", b"[]", huge, b"{" * 10_000):
                await scene.tell(topic, payload)
        await scene.tell(event_topic("lift-2", "ride-started"), encode(event(1)))
        await asyncio.sleep(0.1)
        assert scene.desk.events("lift-2") == [event(1)]

    play(tmp_path, script)


def test_goes_on_when_the_database_can_be_used_again(tmp_path: Path) -> None:
    async def script(scene: Scene) -> None:
        other = sqlite3.connect(scene.path)
        other.execute("ALTER TABLE held RENAME TO lost")
        await scene.tell(event_topic("lift-2", "ride-started"), encode(event(1)))
        await asyncio.sleep(3.0)
        assert scene.desk.events("lift-2") == []
        other.execute("ALTER TABLE lost RENAME TO held")
        other.close()
        await asyncio.sleep(3.0)
        await scene.tell(event_topic("lift-2", "ride-started"), encode(event(1)))
        await asyncio.sleep(0.1)
        assert scene.desk.events("lift-2") == [event(1)]

    play(tmp_path, script)


def test_can_be_stopped_in_the_moment_in_which_the_broker_is_lost(tmp_path: Path) -> None:
    async def run() -> None:
        scene = Scene(tmp_path)
        service = asyncio.create_task(scene.service.run())
        await asyncio.sleep(0.1)
        scene.broker.kill()
        await asyncio.sleep(0)
        service.cancel()
        await asyncio.wait([service], timeout=10)
        assert service.cancelled()
        scene.desk.close()

    loop.run(run())
