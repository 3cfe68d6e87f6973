"""A display's link and a content service on one broker, which can be killed, emptied and made to deny."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from securesystemslib.signer import CryptoSigner

from agent.events import Happening
from agent.link import Ears, Link
from agent.outbox import Outbox
from agent.store import Store
from content.behind import Behind
from content.broker import Broker, Delivery
from content.certificates import CONTENT
from content.desk import Desk
from content.envelope import look_inside
from content.message import Message, Text, kind_of
from content.mqtt import MqttBroker
from content.permissions import nats_users
from content.service import Service
from content.wire import Event, Status, digest
from content.work import OneThread
from simulator.broker import InProcessBroker
from simulator.servers import HOST, Mosquitto, Nats, certificates, issue, shipped, tls
from tests import needed

CAR = "lift-2"
OTHER = "lift-3"
CARS = (CAR, OTHER)
AREA = "cn/sichuan/chengdu/tower-a/lift-2"
DEADLINE_S = 40.0


async def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition of real servers, with a deadline."""
    try:
        async with asyncio.timeout(DEADLINE_S):
            while not condition():
                await asyncio.sleep(0.02)
    except TimeoutError:
        pytest.fail(f"did not come within {DEADLINE_S:.0f} s: {what}")


class InProcess:
    """The in-process broker behind the handles of a server."""

    def __init__(self) -> None:
        self.broker = InProcessBroker()

    async def start(self) -> None:
        self.broker.restart()

    def kill(self) -> None:
        self.broker.kill()

    def empty(self) -> None:
        self.broker.retained.clear()

    def deny(self, *topics: str) -> None:
        self.broker.may_write = lambda client, topic: client != CAR or topic not in topics

    def connectable(self, name: str = CAR) -> Broker:
        return self.broker


class Real:
    """A real server as deploy/ configures it: TLS, names by certificate, and permissions."""

    def __init__(self, server: Nats | Mosquitto) -> None:
        assert server.etc is not None
        self.server, self.etc = server, server.etc

    async def start(self) -> None:
        await self.server.start()

    def kill(self) -> None:
        self.server.kill()

    def empty(self) -> None:
        self.server.empty()

    def deny(self, *topics: str) -> None:
        """The car may not write there; its other permissions stay as they are shipped."""
        subjects = ", ".join(f'"{topic.replace("/", ".")}"' for topic in topics)
        users = nats_users(certificates(self.etc, CARS)).replace(
            "publish: { allow", f"publish: {{ deny: [{subjects}], allow"
        )
        (self.etc / "users.conf").write_text(users)
        rules = "".join(f"topic deny {topic}\n" for topic in topics)
        (self.etc / "acl").write_text(f"{shipped('acl', {})}\nuser {CAR}\n{rules}")
        self.server.reload()

    def connectable(self, name: str = CAR, papers: Path | None = None) -> Broker:
        """The broker, as somebody with the papers for a name."""
        return MqttBroker(
            HOST, self.server.port, tls=tls(papers or self.etc, name), keepalive_s=5, timeout_s=5.0
        )


def real(kind: str, folder: Path) -> Real:
    """A NATS or mosquitto with papers for two cars, not yet started."""
    etc, store = folder / "etc", folder / "broker"
    etc.mkdir()
    store.mkdir()
    issue(etc, CARS)
    if kind == "nats":
        return Real(Nats(store, etc=etc))
    needed.program("mosquitto", "mosquitto")
    return Real(Mosquitto(store, etc=etc))


class Rig:
    """One display's link and one content service."""

    def __init__(self, server: InProcess | Real, folder: Path) -> None:
        self.server, self.folder = server, folder
        self.happened: list[Happening] = []
        self.deliveries: list[Delivery] = []
        self.told: list[Event] = []
        self.signer = CryptoSigner.generate_ed25519()
        self.desk = Desk(folder / "desk.sqlite")
        self.content_work, self.disk = OneThread("desk"), OneThread("disk")
        self.store = Store(folder / "display")
        self.outbox = Outbox(self.store, self.disk, resend_s=0.5)
        self.service = self.new_service()
        self.deaf = False
        """The display loses what is delivered to it."""
        self.lost_deliveries = 0
        ears = Ears(self._took, self.happened.append, self._status)
        self.link = Link(
            server.connectable(), CAR, AREA, outbox=self.outbox, store=self.store, disk=self.disk,
            ears=ears, random=Random(1), now=time.monotonic, proven_s=2.0,
        )  # fmt: skip
        self.tasks: dict[str, asyncio.Task[None]] = {}

    def new_service(self) -> Service:
        return Service(
            self.server.connectable(CONTENT), self.desk, self.content_work,
            utc=lambda: datetime.now(UTC), told=lambda _car, event: self.told.append(event),
            behind=Behind(Random(1), behind_s=0.5),
        )  # fmt: skip

    def _took(self, delivery: Delivery) -> None:
        if self.deaf:
            self.lost_deliveries += 1
        else:
            self.deliveries.append(delivery)
            self.link.status_changed()

    def _status(self, session: int) -> Status:
        known = {(p.id, p.revision): p for p in (look_inside(d.payload) for d in self.deliveries)}
        said = digest((kind_of(p), p.id, p.revision) for p in known.values())
        return Status(online=True, session=session, version="1", area=AREA, known=said)

    def begin(self) -> None:
        self.tasks = {
            "service": asyncio.create_task(self.service.run()),
            "link": asyncio.create_task(self.link.run()),
            "outbox": asyncio.create_task(self.outbox.write()),
        }

    async def stop(self, *names: str) -> None:
        for name in names or tuple(self.tasks):
            task = self.tasks.pop(name)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def tell(self, number: int) -> None:
        body = {"number": number}
        self.outbox.put(Event("", "none", 0, "ride-started", datetime.now(UTC), "good", body))

    def numbers(self) -> list[int]:
        """The numbers told, as the collector holds them."""
        return [event.body["number"] for event in self.desk.events(CAR)]

    def message(self, name: str = "water", revision: int = 1) -> Message:
        now = datetime.now(UTC)
        return Message(
            name, revision, "cn/sichuan", now, now + timedelta(days=1),
            Text("明日停水检修", "Water off tomorrow"), Text("请提前储水", "Please store water."),
        )  # fmt: skip

    async def heard(self, name: str, *, beyond: int = 0) -> None:
        """Wait until the display got a message, after its first deliveries up to beyond."""
        await until(lambda: any(d.topic.endswith(name) for d in self.deliveries[beyond:]), f"message {name}")

    def close(self) -> None:
        self.content_work.close()
        self.disk.close()
        self.desk.close()
        self.store.close()
        self.server.kill()
