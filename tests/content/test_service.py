"""The service carries the desk to the broker, in simulated time, and no stranger's payload ends it."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from securesystemslib.signer import CryptoSigner

from content.adoption import PUT_BACK_S
from content.broker import SUBSCRIBE_AGAIN_S
from content.desk import Desk
from content.envelope import seal, unseal
from content.message import Alert, Publication, Text
from content.service import SERVING_S, Service
from content.wire import (
    SERVICE_TOPIC,
    Received,
    Serving,
    Status,
    decode,
    digest,
    encode,
    event_topic,
    received_topic,
    status_topic,
)
from content.work import Inline
from simulator import loop
from simulator.broker import InProcessBroker
from tests.content.test_envelope import KEY, SIGNER
from tests.content_rig import AREA, NOW, event, message

TOPIC = f"hoistway/1/area/{AREA}/message/water"


def play(
    folder: Path,
    script: Callable[["Scene"], Awaitable[None]],
    prepare: Callable[["Scene"], None] = lambda _scene: None,
) -> None:
    """Run a service, and a script beside it."""

    async def run() -> None:
        scene = Scene(folder)
        prepare(scene)
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


def knows(*publications: Publication, area: str = f"{AREA}/lift-2", online: bool = True) -> bytes:
    known = digest((type(p).__name__.lower(), p.id, p.revision) for p in publications)
    return encode(Status(online=online, session=1, version="1", area=area, known=known))


async def sendings(scene: Scene, seconds: float) -> list[float]:
    """When lift-2's own area was sent the message, in simulated s from now."""
    began, times = asyncio.get_running_loop().time(), []
    async with scene.broker.connect("ear") as ear:
        await ear.subscribe(f"hoistway/1/area/{AREA}/lift-2/message/+")
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                async for delivery in ear.deliveries():
                    assert (delivery.payload, delivery.retained) == (b"one", False)
                    times.append(asyncio.get_running_loop().time() - began)
    return times


def test_sends_again_to_a_display_that_stays_behind_in_ever_longer_pauses(tmp_path: Path) -> None:
    async def script(scene: Scene) -> None:
        scene.desk.publish(message(), b"one")
        await scene.tell(status_topic("lift-2"), knows())
        times = await sendings(scene, 1000)
        assert 10 <= times[0] <= 18
        pauses = [after - before for before, after in pairwise(times)]
        assert all(20 * 2**n <= pause <= 30 * 2**n + 3 for n, pause in enumerate(pauses))
        assert len(times) >= 4

    play(tmp_path, script)


def test_what_is_sent_again_is_not_left_standing_at_the_broker(tmp_path: Path) -> None:
    async def script(scene: Scene) -> None:
        scene.desk.publish(message(), b"one")
        await scene.tell(status_topic("lift-2"), knows())
        await asyncio.sleep(60)
        assert [topic for topic in scene.broker.retained if "/area/" in topic] == [TOPIC]

    play(tmp_path, script)


@pytest.mark.parametrize(
    "status",
    [knows(message()), knows(online=False), encode(Status(online=True, session=1)), knows(area="cn/sichuan-2/lift-2")],
    ids=["knows it", "is offline", "says nothing", "is elsewhere"],
)  # fmt: skip
def test_sends_nothing_to_a_display_that_is_not_behind(tmp_path: Path, status: bytes) -> None:
    async def script(scene: Scene) -> None:
        scene.desk.publish(message(), b"one")
        await scene.tell(status_topic("lift-2"), status)
        assert await sendings(scene, 600) == []

    play(tmp_path, script)


def test_hears_of_a_display_whose_status_the_broker_lost_while_we_subscribed(tmp_path: Path) -> None:
    def losing(scene: Scene) -> None:
        scene.broker.retained[status_topic("lift-2")] = knows()
        scene.broker.may_read = lambda _client, topic: topic != status_topic("lift-2")

    async def script(scene: Scene) -> None:
        scene.broker.may_read = lambda _client, _topic: True
        assert "lift-2" not in scene.desk.statuses()
        await asyncio.sleep(SUBSCRIBE_AGAIN_S + 1)
        assert scene.desk.statuses()["lift-2"].online

    play(tmp_path, script, losing)


def test_stops_sending_once_the_display_knows(tmp_path: Path) -> None:
    async def script(scene: Scene) -> None:
        scene.desk.publish(message(), b"one")
        await scene.tell(status_topic("lift-2"), knows())
        assert len(await sendings(scene, 20)) == 1
        await scene.tell(status_topic("lift-2"), knows(message()))
        assert await sendings(scene, 600) == []

    play(tmp_path, script)


def test_a_display_that_says_it_is_a_whole_city_does_not_get_the_city_sent_to(tmp_path: Path) -> None:
    async def script(scene: Scene) -> None:
        scene.desk.publish(message(), b"one")
        await scene.tell(status_topic("lift-2"), knows(message()))
        await scene.tell(status_topic("liar"), knows(area=AREA))
        async with scene.broker.connect("ear") as ear:
            await ear.subscribe("hoistway/1/area/#")
            await asyncio.sleep(600)
            assert ear.queue.qsize() == 1  # what stands there

    play(tmp_path, script)


def test_a_display_that_never_takes_it_is_told_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def script(scene: Scene) -> None:
        scene.desk.publish(message(), b"one")
        await scene.tell(status_topic("lift-2"), knows())
        await asyncio.sleep(600)

    play(tmp_path, script)
    assert [r.message for r in caplog.records if "stays behind" in r.message] == [
        "lift-2 stays behind: `hoistway-content events lift-2` says what it refuses"
    ]


def test_two_services_at_one_broker_say_so_once_each(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def script(scene: Scene) -> None:
        other = Service(scene.broker, scene.desk, Inline(), utc=scene.utc)
        task = asyncio.create_task(other.run())
        await asyncio.sleep(60)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    play(tmp_path, script)
    assert len([r for r in caplog.records if "another `hoistway-content serve`" in r.message]) == 2


def test_a_service_that_is_alone_complains_of_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def script(scene: Scene) -> None:
        broker = InProcessBroker()
        broker.retained[SERVICE_TOPIC] = encode(Serving("predecessor", "here", 7))
        alone = asyncio.create_task(Service(broker, scene.desk, Inline(), utc=scene.utc).run())
        for _ in range(3):
            await asyncio.sleep(10)
            broker.cut(next(iter(broker._connections)))
        alone.cancel()
        await asyncio.gather(alone, return_exceptions=True)
        assert decode(broker.retained[SERVICE_TOPIC], Serving).token != "predecessor"

    play(tmp_path, script)
    assert not [r for r in caplog.records if "another" in r.message]


STRANGER = CryptoSigner.generate_ed25519()
RAIN = Alert("rain", 1, AREA, NOW, NOW + timedelta(hours=1), "rain", Text("暴雨"), Text("请勿前往"))
RAIN_TOPIC = f"hoistway/1/area/{AREA}/alert/rain"


def believing(scene: Scene) -> None:
    scene.service = Service(
        scene.broker, scene.desk, Inline(), utc=scene.utc, believed=lambda data: unseal(data, KEY)
    )


async def puts(scene: Scene, data: bytes, topic: str = RAIN_TOPIC) -> None:
    async with scene.broker.connect("somebody") as connection:
        await connection.publish(topic, data, retain=True)
    await asyncio.sleep(0.2)


def test_takes_onto_the_desk_what_others_publish_if_it_may_be_believed(tmp_path: Path) -> None:
    async def script(scene: Scene) -> None:
        sealed = seal(RAIN, SIGNER)
        await puts(scene, sealed)
        assert scene.desk.standing("alert") == [sealed]
        await puts(scene, b"")
        assert scene.broker.retained[RAIN_TOPIC] == sealed, "an empty payload withdraws nothing"
        ended = seal(msgspec.structs.replace(RAIN, revision=2, withdrawn=True), SIGNER)
        await puts(scene, ended)
        assert scene.desk.standing("alert") == [ended]

    play(tmp_path, script, believing)


@pytest.mark.parametrize("put", [b"", b"{}", seal(RAIN, STRANGER), seal(RAIN, SIGNER)])
def test_what_the_desk_says_is_put_back_where_others_wrote(tmp_path: Path, put: bytes) -> None:
    async def script(scene: Scene) -> None:
        newer = msgspec.structs.replace(RAIN, revision=2)
        await scene.service.publish(newer, SIGNER)
        await asyncio.sleep(0.2)
        await puts(scene, put)
        assert scene.broker.retained[RAIN_TOPIC] == seal(newer, SIGNER)

    play(tmp_path, script, believing)


def test_what_nobody_is_believed_for_is_left_alone_and_not_taken(tmp_path: Path) -> None:
    async def script(scene: Scene) -> None:
        await puts(scene, seal(RAIN, STRANGER))
        await puts(scene, seal(RAIN, SIGNER), "hoistway/1/area/cn/sichuan/alert/rain")
        await puts(scene, b"", "hoistway/1/area/cn/alert/none")
        assert scene.desk.standing("alert") == []

    play(tmp_path, script, believing)


def test_what_the_service_sends_again_for_one_display_is_no_news(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def script(scene: Scene) -> None:
        await scene.service.publish(RAIN, SIGNER)
        await asyncio.sleep(0.2)
        await puts(scene, seal(RAIN, SIGNER), f"hoistway/1/area/{AREA}/lift-2/alert/rain")
        assert not [record for record in caplog.records if "rain" in record.getMessage()]

    with caplog.at_level("INFO"):
        play(tmp_path, script, believing)


def test_a_service_says_on_its_desk_that_it_has_its_broker(tmp_path: Path) -> None:
    def named(scene: Scene) -> None:
        scene.service = Service(
            scene.broker, scene.desk, Inline(), utc=scene.utc, address="broker.example:8883"
        )

    async def script(scene: Scene) -> None:
        await asyncio.sleep(2 * SERVING_S)
        served = scene.desk.served()
        assert served is not None
        assert (scene.utc() - served.utc).total_seconds() <= SERVING_S
        assert (served.broker, served.there) == ("broker.example:8883", True)
        scene.broker.kill()
        await asyncio.sleep(5 * SERVING_S)
        later = scene.desk.served()
        assert later is not None
        assert later.utc - served.utc <= timedelta(seconds=SERVING_S), "without its broker it says nothing"
        assert not later.there, "but at once that it is away"

    play(tmp_path, script, named)


def test_what_displays_told_is_kept_for_as_long_as_was_said(tmp_path: Path) -> None:
    def keeping(scene: Scene) -> None:
        scene.desk.hold([("lift-2", event(1))])
        scene.service = Service(scene.broker, scene.desk, Inline(), utc=scene.utc, keep=timedelta(hours=3))

    async def script(scene: Scene) -> None:
        await asyncio.sleep(2 * 3600)
        assert len(scene.desk.events("lift-2")) == 1
        await asyncio.sleep(3 * 3600)
        assert scene.desk.events("lift-2") == []

    play(tmp_path, script, keeping)


def test_two_services_that_do_not_agree_do_not_fight_as_fast_as_they_can(tmp_path: Path) -> None:
    async def script(scene: Scene) -> None:
        await scene.service.publish(RAIN, SIGNER)
        await asyncio.sleep(0.2)
        for _ in range(40):
            await puts(scene, b"{}")
        # 8 s: put back at the beginning, and not once more.
        assert scene.broker.retained[RAIN_TOPIC] == b"{}"
        await asyncio.sleep(PUT_BACK_S)
        await puts(scene, b"{ }")
        assert scene.broker.retained[RAIN_TOPIC] == seal(RAIN, SIGNER)

    play(tmp_path, script, believing)
