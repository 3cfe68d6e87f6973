"""What deploy/ ships lets a car write its own topics and nothing else, and nobody in without the right papers."""

import asyncio
import shutil
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from content.broker import BrokerLost, Connection
from content.certificates import CONTENT, MANAGER, hosts_in, make_ca, make_client_certificate, revoke
from content.mqtt import MqttBroker
from content.permissions import nats_users
from content.tls import Tls, reason
from simulator.servers import DEPLOY, HOST, Mosquitto, Nats, certificates, tls
from tests import needed
from tests.commands_rig import Office
from tests.contract_rig import CAR, DEADLINE_S, OTHER, Real, real

OWN = f"hoistway/1/car/{CAR}"
OTHERS = f"hoistway/1/car/{OTHER}"
LAST = f"{OWN}/event/last"
ALERT = "hoistway/1/area/cn/alert/last"


@pytest.fixture(params=["nats", "mosquitto"])
async def server(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Real]:
    server = real(request.param, tmp_path)
    await server.start()
    yield server
    server.kill()


async def heard(connection: Connection, last: str) -> list[str]:
    """The topics that come in, up to one."""
    topics: list[str] = []
    async with asyncio.timeout(DEADLINE_S):
        async for delivery in connection.deliveries():
            topics.append(delivery.topic)
            if delivery.topic == last:
                break
    return topics


async def refusal(server: Real, mine: Tls) -> str:
    """What a display is told."""
    with pytest.raises(BrokerLost) as lost:
        async with MqttBroker(HOST, server.server.port, tls=mine, timeout_s=1.0).connect(CAR):
            pass
    return str(lost.value)


def papers(folder: Path, authority: Path, name: str, lasts: timedelta = timedelta(days=1)) -> Tls:
    """A car's papers from an authority, trusted or not."""
    issued = make_client_certificate(authority, name, datetime.now(UTC), lasts)
    issued.write(folder / "mine.pem", folder / "mine.key")
    return Tls(folder / "etc" / "ca.pem", folder / "mine.pem", folder / "mine.key")


async def test_a_car_writes_its_own_topics_and_no_others(server: Real) -> None:
    own = [f"{OWN}/status", f"{OWN}/event/door-moved", f"{OWN}/reply/7"]
    others = [f"{OWN}/received", f"{OWN}/request/7", f"{OTHERS}/status", f"{OTHERS}/event/x", f"{OTHERS}/reply/7",
              "hoistway/1/area/cn/alert/x", "hoistway/1/content/root", "hoistway/1/service", "elsewhere"]  # fmt: skip
    async with (
        server.connectable(CONTENT).connect("content") as content,
        server.connectable().connect(CAR) as car,
    ):
        await content.subscribe("hoistway/1/#", qos=1)
        for topic in (*others, *own, LAST):
            await car.publish(topic, b"by a car", qos=1)
        assert sorted(await heard(content, LAST)) == sorted([*own, LAST])


async def test_a_car_reads_what_is_for_it_and_no_other_cars_topics(server: Real) -> None:
    own = [f"{OWN}/status", f"{OWN}/received", f"{OWN}/request/7", "hoistway/1/content/root"]
    async with (
        server.connectable(CONTENT).connect("content") as content,
        server.connectable().connect(CAR) as car,
    ):
        for topic in (
            *own,
            ALERT,
            f"{OTHERS}/status",
            f"{OTHERS}/event/x",
            f"{OTHERS}/received",
            "hoistway/1/#",
        ):
            await car.subscribe(topic)
        for topic in (f"{OTHERS}/status", f"{OTHERS}/event/x", f"{OTHERS}/received", *own, ALERT):
            await content.publish(topic, b"by the content side", qos=1)
        assert {*await heard(car, ALERT)} == {*own, ALERT}


async def test_a_manager_asks_and_publishes_and_does_not_speak_for_a_car_or_the_service(server: Real) -> None:
    may = [f"{OWN}/request/7", f"{OTHERS}/request/7", ALERT]
    may_not = [
        f"{OWN}/status",
        f"{OWN}/reply/7",
        f"{OWN}/received",
        "hoistway/1/content/root",
        "hoistway/1/service",
    ]
    async with (
        server.connectable(CONTENT).connect("content") as content,
        server.connectable(MANAGER).connect("manager") as manager,
    ):
        await content.subscribe("hoistway/1/#", qos=1)
        for topic in (*may_not, *may):
            await manager.publish(topic, b"by a manager", qos=1)
        assert sorted(await heard(content, ALERT)) == sorted(may)
        await manager.subscribe(f"{OWN}/reply/+")
        await content.publish(f"{OWN}/reply/7", b"", qos=1)
        assert await heard(manager, f"{OWN}/reply/7") == [f"{OWN}/reply/7"]


def connect_packet(client: str, topic: str, will: bytes) -> bytes:
    """MQTT 3.1.1, 3.1: a clean session with a will at QoS 0."""
    texts = b"".join(len(t).to_bytes(2) + t for t in (client.encode(), topic.encode(), will))
    body = b"\x00\x04MQTT\x04" + bytes([0b110]) + (60).to_bytes(2) + texts
    assert len(body) < 128
    return bytes([0x10, len(body)]) + body


async def die_with_a_will(server: Real, topic: str) -> None:
    """Connect, and let the connection break."""
    context = tls(server.etc, CAR).context()
    reader, writer = await asyncio.open_connection(HOST, server.server.port, ssl=context)
    writer.write(connect_packet(CAR, topic, b"my will"))
    await reader.read(4)
    writer.transport.abort()


@pytest.mark.parametrize(
    ("will", "heard_of"), [(f"{OTHERS}/status", []), (f"{OWN}/status", [f"{OWN}/status"])]
)
async def test_a_cars_last_will_is_its_own(server: Real, will: str, heard_of: list[str]) -> None:
    async with server.connectable(CONTENT).connect("content") as content:
        await content.subscribe("hoistway/1/#", qos=1)
        for topic in (will, f"{OWN}/event/last"):
            await die_with_a_will(server, topic)
        assert await heard(content, LAST) == [*heard_of, LAST]


async def test_an_expired_certificate_is_refused_by_name(server: Real, tmp_path: Path) -> None:
    mine = papers(tmp_path, tmp_path / "etc", CAR, -timedelta(days=1))
    assert "our certificate has expired" in await refusal(server, mine)


async def test_a_certificate_of_another_authority_is_refused_by_name(server: Real, tmp_path: Path) -> None:
    (tmp_path / "foreign").mkdir()
    make_ca(tmp_path / "foreign")
    assert "from another authority" in await refusal(server, papers(tmp_path, tmp_path / "foreign", CAR))


async def test_nobody_gets_in_without_tls(server: Real) -> None:
    with pytest.raises(BrokerLost):
        async with MqttBroker(HOST, server.server.port, timeout_s=1.0).connect(CAR):
            pass


async def test_a_car_that_was_enrolled_gets_in_and_one_that_was_revoked_does_not(
    server: Real, tmp_path: Path
) -> None:
    async with server.connectable().connect(CAR) as stays:
        mine = papers(tmp_path, tmp_path / "etc", "lift-9")
        enrol(server, mine.certificate.read_bytes())
        async with asyncio.timeout(DEADLINE_S):
            await gets_in(server, mine)
        revoke(server.etc, mine.certificate.read_bytes(), datetime.now(UTC))
        enrol(server)
        async with asyncio.timeout(DEADLINE_S):
            said = await is_refused(server, mine)
        assert "revoked" in said or "does not know this name" in said
        await stays.publish(LAST, b"{}", qos=1)


def enrol(server: Real, *more: bytes) -> None:
    (server.etc / "users.conf").write_text(nats_users([*certificates(server.etc, [CAR]), *more]))
    server.server.reload()


async def gets_in(server: Real, mine: Tls, name: str = "lift-9") -> None:
    """Until the broker has read its files anew."""
    while True:
        try:
            async with MqttBroker(HOST, server.server.port, tls=mine, timeout_s=1.0).connect(name):
                return
        except BrokerLost:
            await asyncio.sleep(0.05)


async def is_refused(server: Real, mine: Tls, name: str = "lift-9") -> str:
    while True:
        try:
            async with MqttBroker(HOST, server.server.port, tls=mine, timeout_s=1.0).connect(name):
                await asyncio.sleep(0.05)
        except BrokerLost as lost:
            return str(lost)


class Fleet:
    """An office with a broker that has just the files that the commands wrote."""

    def __init__(self, kind: str, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.office, self.folder = Office(folder, capture), folder / "office"
        self.office.does("init", str(self.folder), "--area", "cn/sichuan", "--broker", HOST)
        shutil.copy(DEPLOY / "acl", self.folder / "broker")
        (folder / "server").mkdir()
        if kind == "mosquitto":
            needed.program("mosquitto", "mosquitto")
        made = Nats if kind == "nats" else Mosquitto
        self.server = Real(made(folder / "server", etc=self.folder / "broker"))

    def enrol(self, car: str) -> Tls:
        self.office.does(
            "enrol", car, "--office", str(self.folder), "--area", f"cn/sichuan/tower/{car}",
            "--broker", f"{HOST}:8883", "--building-zh", "花园", "--lift-zh", "梯", "--time-zone", "Asia/Shanghai",
        )  # fmt: skip
        kept = shutil.copytree(
            self.folder / "bundles" / car, self.folder.parent / f"in-{car}", dirs_exist_ok=True
        )
        return Tls(kept / "ca.pem", kept / "car.pem", kept / "car.key")

    def revoke(self, car: str) -> Tls:
        """Gives the papers that whoever stole them has."""
        stolen = (self.folder.parent / f"in-{car}").rename(self.folder.parent / f"stolen-{car}")
        self.office.does("revoke", car, "--yes", "--office", str(self.folder))
        return Tls(stolen / "ca.pem", stolen / "car.pem", stolen / "car.key")

    def renew(self, name: str, *words: str) -> Tls:
        """Gives the papers that somebody copied before."""
        stolen = shutil.copytree(self.folder / "broker", self.folder.parent / f"copied-{name}")
        self.office.does("renew", name, "--yes", "--office", str(self.folder), *words)
        return tls(stolen, f"hoistway.{name}")

    async def shows(self) -> list[str]:
        """For which names the broker's certificate is at this moment."""
        mine = tls(self.folder / "broker", CONTENT).context()
        _, writer = await asyncio.open_connection(HOST, self.server.server.port, ssl=mine)
        encoded: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.transport.abort()
        return hosts_in(ssl.DER_cert_to_PEM_cert(encoded).encode())


@pytest.mark.parametrize("kind", ["nats", "mosquitto"])
async def test_a_car_that_the_office_revokes_is_out_for_good_and_comes_back_with_new_papers(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet = Fleet(kind, tmp_path, capsys)
    mine, others = fleet.enrol(CAR), fleet.enrol(OTHER)
    server = fleet.server
    await server.start()
    try:
        async with (
            MqttBroker(HOST, server.server.port, tls=others).connect(OTHER) as stays,
            asyncio.timeout(DEADLINE_S),
        ):
            await gets_in(server, mine, CAR)
            stolen = fleet.revoke(CAR)
            server.server.reload()
            said = await is_refused(server, stolen, CAR)
            assert "revoked" in said or "does not know this name" in said
            again = fleet.enrol(CAR)
            server.server.reload()
            await gets_in(server, again, CAR)
            await is_refused(server, stolen, CAR)
            await stays.publish(f"{OTHERS}/event/last", b"{}", qos=1)
            await gets_in(server, others, OTHER)
    finally:
        server.kill()


async def test_nats_closes_the_connection_of_a_car_that_is_revoked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet = Fleet("nats", tmp_path, capsys)
    mine, server = fleet.enrol(CAR), fleet.server
    await server.start()
    try:
        async with (
            asyncio.timeout(DEADLINE_S),
            MqttBroker(HOST, server.server.port, tls=mine).connect(CAR) as connection,
        ):
            fleet.revoke(CAR)
            server.server.reload()
            with pytest.raises(BrokerLost):
                await anext(aiter(connection.deliveries()))
    finally:
        server.kill()


@pytest.mark.parametrize("name", ["content", "manager"])
@pytest.mark.parametrize("kind", ["nats", "mosquitto"])
async def test_papers_of_the_office_that_were_copied_are_out_for_good_once_they_are_renewed(
    kind: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet = Fleet(kind, tmp_path, capsys)
    own, server = tls(fleet.folder / "broker", f"hoistway.{name}"), fleet.server
    await server.start()
    try:
        async with asyncio.timeout(DEADLINE_S):
            await gets_in(server, own, name)
            stolen = fleet.renew(name)
            await gets_in(server, stolen, name)
            server.server.reload()
            said = await is_refused(server, stolen, name)
            assert "revoked" in said or "does not know this name" in said
            await gets_in(server, own, name)
            server.kill()
            await server.start()
            await is_refused(server, stolen, name)
            await gets_in(server, own, name)
    finally:
        server.kill()


@pytest.mark.parametrize("kind", ["nats", "mosquitto"])
async def test_a_broker_that_is_renewed_has_one_more_name_after_a_reload_and_nobody_is_thrown_out(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet = Fleet(kind, tmp_path, capsys)
    mine, server = fleet.enrol(CAR), fleet.server
    there = MqttBroker("localhost", server.server.port, tls=mine, timeout_s=1.0)
    await server.start()
    try:
        async with server.connectable(CONTENT).connect("content") as stays, asyncio.timeout(DEADLINE_S):
            before = await asyncio.to_thread(
                reason, "localhost", server.server.port, mine.context(), DEADLINE_S
            )
            assert "is not for localhost" in str(before)
            fleet.renew("broker", "--name", "localhost")
            server.server.reload()
            while await fleet.shows() != ["localhost", HOST]:
                await asyncio.sleep(0.05)
            async with there.connect(CAR):
                await stays.publish("hoistway/1/service", b"{}", qos=1)
            await gets_in(server, mine, CAR)
    finally:
        server.kill()


async def test_a_car_cannot_take_another_ones_connection_at_mosquitto(server: Real) -> None:
    if isinstance(server.server, Nats):
        return  # NATS does not tie the client id to the certificate; deploy/README.md says so
    async with (
        server.connectable().connect(CAR) as car,
        server.connectable(OTHER).connect(CAR),
    ):
        await car.subscribe(f"{OWN}/status")
        await car.publish(f"{OWN}/status", b"still here", qos=1)
        assert await heard(car, f"{OWN}/status")
