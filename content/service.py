"""The collector and publisher: one service that holds what displays tell and keeps the truth at the broker."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

from securesystemslib.signer import CryptoSigner

from content.broker import Broker, BrokerLost, Connection, Delivery
from content.desk import Change, Desk, DeskError
from content.envelope import seal
from content.message import BadMessage, Publication
from content.wire import (
    Event,
    Received,
    Status,
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
    ) -> None:
        """told is called with every event once it is held."""
        self._broker, self._desk, self._work = broker, desk, work
        self._utc, self._told, self._name = utc, told, name
        self._look_s = look_s
        self._changed = asyncio.Event()
        self._said = ""

    async def run(self) -> None:
        """Serve until cancelled."""
        while True:
            try:
                async with self._broker.connect(self._name) as connection:
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
        await connection.subscribe(status_topic("+"))
        for car, received in await self._work(self._desk.received):
            await self._say_received(connection, car, received)
        waiting: asyncio.Queue[Delivery] = asyncio.Queue()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._publish(connection), name="publish")
            tasks.create_task(self._hold(connection, waiting), name="hold")
            async for delivery in connection.deliveries():
                waiting.put_nowait(delivery)
            raise BrokerLost("the connection ended")

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

    async def _say_received(self, connection: Connection, car: str, received: Received) -> None:
        await connection.publish(received_topic(car), encode(received), qos=1, retain=True)
