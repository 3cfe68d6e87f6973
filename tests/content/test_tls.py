"""A handshake that fails says in one line why, and what to do."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from content.broker import BrokerLost
from content.certificates import make_ca, make_client_certificate, make_server_certificate
from content.mqtt import MqttBroker
from content.tls import BadTls, Tls, reason

HOST = "127.0.0.1"


@pytest.fixture
def mine(tmp_path: Path) -> Tls:
    make_ca(tmp_path)
    car = Tls(tmp_path / "ca.pem", tmp_path / "car.pem", tmp_path / "car.key")
    make_client_certificate(tmp_path, "lift-2", datetime.now(UTC)).write(car.certificate, car.private_key)
    return car


@asynccontextmanager
async def broker(folder: Path, names: Sequence[str] = (HOST,)) -> AsyncIterator[int]:
    """A server that shakes hands, wants a certificate, and hangs up; gives its port."""
    make_server_certificate(folder, names).write(folder / "server.pem", folder / "server.key")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    context.load_verify_locations(folder / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    async with await asyncio.start_server(_hang_up, HOST, 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def plain_broker() -> AsyncIterator[int]:
    async with await asyncio.start_server(_answer, HOST, 0) as server:
        yield server.sockets[0].getsockname()[1]


async def _hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"this is no TLS record")
    writer.close()


async def told(port: int, mine: Tls) -> str:
    """Asked for itself: after a failed handshake the MQTT client leaves its socket to the garbage collector."""
    said = await asyncio.to_thread(reason, HOST, port, mine.context(), 2.0)
    assert said is not None
    assert "\n" not in said
    return said


async def lost(port: int, mine: Tls) -> str:
    with pytest.raises(BrokerLost) as error:
        async with MqttBroker(HOST, port, tls=mine, timeout_s=2.0).connect("lift-2"):
            pass
    return str(error.value)


async def test_a_handshake_that_succeeds_has_no_reason(mine: Tls, tmp_path: Path) -> None:
    async with broker(tmp_path) as port:
        assert await asyncio.to_thread(reason, HOST, port, mine.context(), 2.0) is None


async def test_a_broker_with_another_name_is_refused(mine: Tls, tmp_path: Path) -> None:
    async with broker(tmp_path, ["broker.example", "10.0.0.1"]) as port:
        assert f"the broker's certificate is not for {HOST}" in await told(port, mine)


async def test_a_broker_of_another_authority_is_refused(mine: Tls, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    make_ca(foreign)
    async with broker(foreign) as port:
        assert "the broker's certificate is not trusted" in await told(port, mine)


async def test_a_port_without_tls_is_named(mine: Tls) -> None:
    async with plain_broker() as port:
        assert "no TLS at this port" in await told(port, mine)


async def test_a_broker_that_is_not_there_is_no_matter_of_certificates(mine: Tls) -> None:
    async with plain_broker() as port:
        pass
    assert "refused" in await lost(port, mine)


async def test_files_that_are_missing_are_named_at_connecting(mine: Tls) -> None:
    for path in (mine.ca, mine.certificate, mine.private_key):
        kept = path.read_bytes()
        path.unlink()
        assert f"{path}: No such file" in await lost(1, mine)
        path.write_bytes(kept)


@pytest.mark.parametrize("which", ["ca", "certificate", "private_key"])
@pytest.mark.parametrize(
    "damage", [b"", b"no PEM", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_files_that_are_damaged_are_named(mine: Tls, which: str, damage: bytes) -> None:
    getattr(mine, which).write_bytes(damage)
    with pytest.raises(BadTls, match=str(getattr(mine, which))):
        mine.context()


def test_a_key_of_another_certificate_is_named(mine: Tls, tmp_path: Path) -> None:
    other = make_client_certificate(tmp_path, "lift-3", datetime.now(UTC))
    mine.private_key.write_bytes(other.private_key)
    with pytest.raises(BadTls, match="do not belong together"):
        mine.context()


def test_a_key_with_a_password_does_not_ask_for_it(mine: Tls) -> None:
    from cryptography.hazmat.primitives import serialization as s  # noqa: PLC0415

    key = s.load_pem_private_key(mine.private_key.read_bytes(), None)
    locked = key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.BestAvailableEncryption(b"secret"))
    mine.private_key.write_bytes(locked)
    with pytest.raises(BadTls, match="enrol this car again"):
        mine.context()
