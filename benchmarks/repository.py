"""The repository at its size: bytes for a change, time until it is known, memory of the client."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
from securesystemslib.signer import CryptoSigner

from agent.clock import Clock
from agent.events import Happening
from agent.fetching import Fetching, Told
from agent.files import Files
from agent.library import Library, Shelf
from agent.link import Ears, Link
from agent.outbox import Outbox
from agent.repository import Content, Repository
from agent.store import Store
from benchmarks.report import Row, milliseconds
from content.broker import Delivery
from content.message import Message
from content.mqtt import MqttBroker
from content.repository.broadcast import Broadcast
from content.repository.keyring import KeyRing
from content.repository.publisher import Publisher, create, opened
from content.wire import Status
from content.work import Inline, OneThread
from simulator.servers import HOST, Mosquitto, Nats, Server, mosquitto_program
from tests.content_rig import message
from tests.repository_rig import Display

PROVINCES, CITIES, BUILDINGS = 19, 80, 400
MESSAGES = 20
"""Of each area: with the country 500 areas and 10 000 messages."""
CHANGES = 100
MOST_BYTES, MOST_S = 50_000, 1.0


def measure(_records: Path | None) -> Iterator[Row]:
    """Bytes, seconds, and memory."""
    with TemporaryDirectory() as folder, _large(Path(folder)) as large:
        yield from _bytes(large)
        yield asyncio.run(_seconds(large, "NATS", Nats))
        if mosquitto_program() is None:
            yield Row(
                "message published → in the library: mosquitto",
                "not installed: apt-get install mosquitto",
                met=False,
            )
        else:
            yield asyncio.run(_seconds(large, "mosquitto", Mosquitto))
        yield _memory(large)


class Large:
    """10 000 messages over 500 areas, and one display in one of them."""

    def __init__(self, folder: Path, pinned: bytes, publisher: Publisher, area: str, now: datetime) -> None:
        self.folder, self.pinned, self.publisher, self.area = folder, pinned, publisher, area
        self.place = f"{area}/lift-1"
        self.now = now
        self.revision = 1

    def change(self, area: str) -> Message:
        """Another revision of the area's first message, published."""
        self.revision += 1
        changed = _message(area, 0, datetime.now(UTC), self.revision)
        self.publisher.add_publication(changed)
        self.publisher.publish(datetime.now(UTC))
        return changed


def _message(area: str, number: int, now: datetime, revision: int = 1) -> Message:
    name = f"{area.replace('/', '-')}-{number}"
    return message(name, revision, area=area, sent=now, expires=now.replace(year=now.year + 1))


def _areas() -> list[str]:
    provinces = [f"cn/province-{n}" for n in range(PROVINCES)]
    cities = [f"{provinces[n % PROVINCES]}/city-{n}" for n in range(CITIES)]
    buildings = [f"{cities[n % CITIES]}/building-{n}" for n in range(BUILDINGS)]
    return ["cn", *provinces, *cities, *buildings]


@contextmanager
def _large(folder: Path) -> Iterator[Large]:
    now = datetime.now(UTC)
    keys = KeyRing(folder / "keys")
    pinned = create(folder / "repository", keys, [CryptoSigner.generate_ed25519() for _ in range(3)], now)
    with opened(folder / "repository", keys) as publisher:
        areas = _areas()
        for area in areas:
            publisher.appoint(area)
            for number in range(MESSAGES):
                publisher.add_publication(_message(area, number, now))
        publisher.publish(now)
        yield Large(folder, pinned, publisher, areas[-1], now)


def _bytes(large: Large) -> Iterator[Row]:
    display = Display(large.pinned, large.folder / "display", large.place)
    display.fetch(large.publisher.folder, datetime.now(UTC))
    first = sum(display.fetched.values())
    for what, area in (("its building", large.area), ("the country", "cn")):
        large.change(area)
        display.fetch(large.publisher.folder, datetime.now(UTC))
        fetched = sum(display.fetched.values())
        snapshot = sum(size for name, size in display.fetched.items() if "snapshot" in name)
        yield Row(
            f"10 000 messages over 500 areas: a message of {what} changes, fetched",
            f"{fetched / 1000:.1f} kB in {len(display.fetched)} files (snapshot {snapshot / 1000:.1f} kB)",
            "50 kB", fetched <= MOST_BYTES,
        )  # fmt: skip
    large.publisher.appoint(f"{large.area.rpartition('/')[0]}/new")
    large.publisher.publish(datetime.now(UTC))
    display.fetch(large.publisher.folder, datetime.now(UTC))
    fetched = sum(display.fetched.values())
    yield Row(
        "a building of its city gets a publisher, fetched",
        f"{fetched / 1000:.1f} kB",
        "50 kB",
        fetched <= MOST_BYTES,
    )
    yield Row("all of it at enrolment, 100 messages, fetched", f"{first / 1000:.1f} kB")


class Reader:
    """A display's link, fetching and library, in real time."""

    def __init__(self, large: Large, port: int, folder: Path) -> None:
        folder = folder / "reader"
        self.disk = OneThread("disk")
        self.store = Store(folder)
        self.clock = Clock(time.monotonic, lambda: datetime.now(UTC))
        repository = Repository(large.pinned, large.place, Files(folder / "repository"))
        shelf = Shelf(self.store, self.disk, Inline(), lambda _publication: None)
        self.library = Library(repository.content.alert_keys.unseal, large.place, self.clock, shelf)
        self.refused: list[str] = []
        outbox = Outbox(self.store, self.disk)
        ears = Ears(self._took, _ignored, lambda session: Status(True, session))
        self.link = Link(
            MqttBroker(HOST, port), "lift-1", large.place, outbox=outbox, store=self.store, disk=self.disk,
            ears=ears, random=Random(1), now=time.monotonic,
        )  # fmt: skip
        told = Told(
            self.link.want, self._content, lambda topic, reason: self.refused.append(f"{topic}: {reason}")
        )
        self.fetching = Fetching(repository, self.clock, self.disk, told)

    def _took(self, delivery: Delivery) -> None:
        self.fetching.came(delivery)

    async def _content(self, content: Content) -> None:
        await self.library.publish(content.published)

    def has(self, wanted: Message) -> bool:
        entry = self.library.known.get(("message", wanted.id))
        return entry is not None and entry.publication == wanted


def _ignored(_event: Happening) -> None:
    return


async def _seconds(large: Large, kind: str, made: Callable[[Path], Server]) -> Row:
    folder = large.folder / kind
    folder.mkdir()
    server = made(folder)
    await server.start()
    reader = Reader(large, server.port, folder)
    work = OneThread("repository")
    broadcast = Broadcast(large.publisher.folder.path, large.folder / "keys", work, lambda: datetime.now(UTC))
    try:
        async with (
            MqttBroker(HOST, server.port).connect("service") as connection,
            asyncio.TaskGroup() as tasks,
        ):
            began = [
                tasks.create_task(part)
                for part in (broadcast.run(connection), reader.link.run(), reader.fetching.run())
            ]
            await _until_known(reader, _message(large.area, 1, large.now))
            taken = [await _taken(large, reader) for _ in range(CHANGES)]
            for task in began:
                task.cancel()
    finally:
        server.kill()
        work.close()
        reader.disk.close()
        reader.store.close()
    p99 = float(np.percentile(taken, 99))
    what = f"message published → verified and in the library ({kind}, loopback)"
    return Row(what, f"{milliseconds(taken)}, p99 {p99:.2f} s", "p99 1 s", p99 <= MOST_S)


async def _taken(large: Large, reader: Reader) -> float:
    """From the publisher's signing on; its own 500 files are read before."""
    began = time.monotonic()
    changed = large.change(large.area)
    await _until_known(reader, changed)
    return time.monotonic() - began


async def _until_known(reader: Reader, wanted: Message) -> None:
    async with asyncio.timeout(120):
        while not reader.has(wanted):
            await asyncio.sleep(0.005)


CLIENT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
import agent.agent
from agent.board import Board
def resident():
    return int(next(l for l in open("/proc/self/status") if l.startswith("VmRSS")).split()[1])
before = resident()
from agent.files import Files
from agent.repository import Repository
from content.repository.disk import Folder
pinned, place, repository, kept = sys.argv[1:]
display = Repository(Path(pinned).read_bytes(), place, Files(Path(kept)))
display.update(Folder(Path(repository)), datetime.now(UTC))
assert len(display.content.published) == 80, len(display.content.published)
print(before, resident())
"""


def _memory(large: Large) -> Row:
    """A process of its own, with the agent imported, before and after the client took everything."""
    repository = large.publisher.folder.path
    command = [sys.executable, "-c", CLIENT, str(repository / "1.root.json"), large.place, str(repository),
               str(large.folder / "kept")]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    before, after = (int(word) / 1000 for word in done.stdout.split())
    return Row(
        "memory of the agent's modules and the repository's client",
        f"{after:.0f} MB, of it {after - before:.0f} MB its copy of the content",
    )
