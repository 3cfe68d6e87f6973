"""The collector and publisher: one service that holds what displays tell and keeps the truth at the broker."""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from securesystemslib.signer import CryptoSigner

from content.adoption import Adoption
from content.behind import TOLD_AFTER, Behind, is_narrowest
from content.broker import SUBSCRIBE_AGAIN_S, Broker, BrokerLost, Connection, Delivery, matches
from content.database import DeskError
from content.desk import Change, Desk
from content.envelope import seal
from content.message import BadMessage, Publication
from content.told import KEPT
from content.wire import (
    AREA_TOPICS,
    SERVICE_TOPIC,
    Event,
    Received,
    Serving,
    Status,
    area_topic,
    car_of,
    decode,
    encode,
    event_topic,
    is_event,
    received_topic,
    status_topic,
)
from content.work import Work

log = logging.getLogger("hoistway.content")

RETRY_S = 1.0
LOOK_S = 0.5
"""How often the desk is looked at for what other processes published there, and for what has expired."""
BEHIND_LOOK_S = 2.0
FORGET_S = 3600.0
SERVING_S = 5.0
"""How often the desk is told that it is served."""


class Service:
    """Connects again whenever the broker was lost, and then puts back all that should stand there."""

    def __init__(
        self,
        broker: Broker,
        desk: Desk,
        work: Work,
        *,
        utc: Callable[[], datetime],
        told: Callable[[str, Event], None] = lambda _car, _event: None,
        name: str = "hoistway-content",
        look_s: float = LOOK_S,
        behind: Behind | None = None,
        believed: Callable[[bytes], Publication] | None = None,
        beside: Callable[[Connection], Coroutine[Any, Any, None]] | None = None,
        address: str = "",
        keep: timedelta = KEPT,
    ) -> None:
        """told is called with every event once it is held; believed: what an envelope holds that others published, if
        it may be believed, raises BadMessage; beside: runs on every connection too, as a broker that knows its clients
        by their certificates lets each have one only; address: of the broker, for whoever reads on the desk that it is
        served; keep: for how long what displays told is kept."""
        self._broker, self._desk, self._work = broker, desk, work
        self._utc, self._told = utc, told
        self._adoption = None if believed is None else Adoption(desk, believed)
        self._beside, self._address, self._keep = beside, address, keep
        self._look_s = look_s
        # The same spread each time: it is among this service's displays, and simulated days repeat.
        self._behind = behind or Behind(Random(0))
        self._statuses: dict[str, Status] = {}
        self._serving = Serving(secrets.token_hex(4), socket.gethostname(), os.getpid())
        # Of its own, so that a second service shows as one, and does not throw this one out again and again.
        self._client = f"{name}-{self._serving.token}"
        self._announced = False
        self._others: set[str] = set()
        self._changed = asyncio.Event()
        self._said = ""

    async def run(self) -> None:
        """Serve until cancelled."""
        while True:
            try:
                async with self._broker.connect(self._client) as connection:
                    await self._serve(connection)
            except* (BrokerLost, DeskError) as lost:
                self._warn(str(lost.exceptions[0]))
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                # A group of tasks that fails just while it is cancelled forgets that it was.
                raise asyncio.CancelledError
            await asyncio.sleep(RETRY_S)

    def _warn(self, reason: str) -> None:
        """Once for each reason, however often it is tried."""
        if reason != self._said:
            log.warning("%s; trying again", reason)
        self._said = reason

    async def publish(self, publication: Publication, signer: CryptoSigner) -> str:
        """Sign and remember; published at once, or as soon as there is a broker. Gives the topic."""
        envelope = seal(publication, signer)
        topic = await self._work(lambda: self._desk.publish(publication, envelope))
        self._changed.set()
        return topic

    async def _serve(self, connection: Connection) -> None:
        await connection.subscribe(event_topic("+", "+"), qos=1)
        await self._ask_what_stands(connection)
        await self._announce(connection)
        for car, received in await self._work(self._desk.received):
            await self._say_received(connection, car, received)
        waiting: asyncio.Queue[Delivery] = asyncio.Queue()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._publish(connection), name="publish")
            tasks.create_task(self._hold(connection, waiting), name="hold")
            tasks.create_task(self._send_again(connection), name="send again")
            tasks.create_task(self._ask_again(connection), name="ask again")
            tasks.create_task(self._forget(), name="forget")
            if self._address:
                tasks.create_task(self._say_serving(), name="serving")
            if self._beside is not None:
                tasks.create_task(self._beside(connection), name="beside")
            async for delivery in connection.deliveries():
                if delivery.topic == SERVICE_TOPIC:
                    await self._hear_of(delivery, connection)
                elif self._adoption is not None and matches(AREA_TOPICS, delivery.topic):
                    await self._judge(self._adoption, delivery, connection)
                else:
                    waiting.put_nowait(delivery)
            raise BrokerLost("the connection ended")

    async def _ask_what_stands(self, connection: Connection) -> None:
        await connection.subscribe(status_topic("+"))
        await connection.subscribe(SERVICE_TOPIC)
        if self._adoption is not None:
            await connection.subscribe(AREA_TOPICS)

    async def _ask_again(self, connection: Connection) -> None:
        """A display whose status was lost in the moment of our subscribing would be unknown until its next one."""
        await asyncio.sleep(SUBSCRIBE_AGAIN_S)
        await self._ask_what_stands(connection)

    async def _judge(self, adoption: Adoption, delivery: Delivery, connection: Connection) -> None:
        """Somebody wrote where what we publish stands; mostly we did."""
        now = asyncio.get_running_loop().time()
        change = await self._work(partial(adoption.judge, delivery, now))
        if change is not None:
            await connection.publish(change.topic, change.envelope, qos=1, retain=True)

    async def _say_serving(self) -> None:
        try:
            await self._say_there()
            log.info(
                "the broker %s is there: what the desk says stands there, and what displays tell is kept",
                self._address,
            )
            while True:
                await asyncio.sleep(SERVING_S)
                await self._say_there()
        finally:
            await self._work(self._desk.say_away)

    async def _say_there(self) -> None:
        await self._work(lambda: self._desk.say_serving(self._utc(), self._address))

    async def _announce(self, connection: Connection) -> None:
        await connection.publish(SERVICE_TOPIC, encode(self._serving), qos=1, retain=True)

    async def _hear_of(self, delivery: Delivery, connection: Connection) -> None:
        """Somebody serves: another one, if it said so after us. What stood there before is of one that is gone."""
        try:
            other = decode(delivery.payload, Serving)
        except BadMessage:
            return
        predecessor = delivery.retained and not self._announced
        self._announced = True
        if other.token in {self._serving.token, *self._others} or predecessor:
            return
        self._others.add(other.token)
        log.warning(
            "another `hoistway-content serve` is at this broker: process %d on %s. Stop one of them: each takes only "
            "its own desk for the truth, and displays delete what either of them holds", other.process, other.host,
        )  # fmt: skip
        # It may have come later, and not know of us.
        await self._announce(connection)

    async def _send_again(self, connection: Connection) -> None:
        """To displays that stay behind, all that they should know: a delivery at QoS 0 may be lost, and a broker
        may forget. It goes to the display's own area, whose topics carry what is signed for any area around it."""
        clock = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(BEHIND_LOOK_S)
            for car in await self._work(partial(self._due, dict(self._statuses), clock())):
                area = self._statuses[car].area
                for kind, name, envelope in await self._work(partial(self._desk.envelopes, area)):
                    await connection.publish(area_topic(area, kind, name), envelope, qos=1)

    def _due(self, statuses: dict[str, Status], now: float) -> list[str]:
        due = self._behind.look(statuses, self._desk.expected(self._utc()), now)
        for car in due:
            sent = self._behind.cars[car].sent
            if sent == TOLD_AFTER:
                log.warning("%s stays behind: `hoistway-content events %s` says what it refuses", car, car)
            elif sent < TOLD_AFTER:
                log.info("%s is behind: it is sent again all that it should know", car)
        return [car for car in due if is_narrowest(statuses[car].area, statuses.values())]

    async def _publish(self, connection: Connection) -> None:
        """Say all that must stand at the broker, which may have lost what it acknowledged; then what changes."""
        published = 0
        while True:
            self._changed.clear()
            for change in await self._work(partial(self._changes, published)):
                await connection.publish(change.topic, change.envelope, qos=1, retain=True)
                published = change.number
            self._said = ""
            with suppress(TimeoutError):
                async with asyncio.timeout(self._look_s):
                    await self._changed.wait()

    def _changes(self, after: int) -> list[Change]:
        return self._desk.changes(after, self._utc())

    async def _hold(self, connection: Connection, waiting: asyncio.Queue[Delivery]) -> None:
        """One commit holds all that came in while the last one was written."""
        while True:
            deliveries = [await waiting.get()]
            while not waiting.empty():
                deliveries.append(waiting.get_nowait())
            told = [pair for delivery in deliveries if (pair := self._read(delivery)) is not None]
            events = [(car, event) for car, event in told if isinstance(event, Event)]
            statuses = [(car, status) for car, status in told if isinstance(status, Status)]
            self._statuses.update(statuses)
            held = await self._work(partial(self._desk.hold, events, statuses))
            for car, event in held.fresh:
                self._told(car, event)
            for car, received in held.received.items():
                await self._say_received(connection, car, received)

    def _read(self, delivery: Delivery) -> tuple[str, Event | Status] | None:
        try:
            kind: type[Event | Status] = Event if is_event(delivery.topic) else Status
            return car_of(delivery.topic), decode(delivery.payload, kind)
        except BadMessage as error:
            log.warning("%s: not taken: %s", delivery.topic, error)
            return None

    async def _forget(self) -> None:
        """What is older than anybody asks for goes, lest the disk fills up."""
        while True:
            while await self._work(lambda: self._desk.forget(self._utc() - self._keep)):
                await asyncio.sleep(0)
            await asyncio.sleep(FORGET_S)

    async def _say_received(self, connection: Connection, car: str, received: Received) -> None:
        await connection.publish(received_topic(car), encode(received), qos=1, retain=True)
