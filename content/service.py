"""The collector and publisher: one service that holds what displays tell and keeps the truth at the broker."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from content.broker import Broker, BrokerLost, Connection, Delivery
from content.desk import Desk
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
    received_topic,
    status_topic,
)
from content.work import Work

log = logging.getLogger("hoistway.content")

RETRY_S = 1.0


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
    ) -> None:
        """told is called with every event once it is held."""
        self._broker, self._desk, self._work = broker, desk, work
        self._utc, self._told, self._name = utc, told, name
        self._connection: Connection | None = None

    async def run(self) -> None:
        """Serve until cancelled."""
        while True:
            try:
                async with self._broker.connect(self._name) as connection:
                    await self._serve(connection)
            except* BrokerLost as lost:
                log.warning("%s; trying again", lost.exceptions[0])
            finally:
                self._connection = None
            await asyncio.sleep(RETRY_S)

    async def publish(self, publication: Publication, signer: Any) -> str:
        """Sign, remember and publish; without a broker, as soon as there is one. Gives the topic."""
        envelope = seal(publication, signer)
        topic = await self._work(lambda: self._desk.publish(publication, envelope))
        if self._connection is not None:
            try:
                await self._connection.publish(topic, envelope, qos=1, retain=True)
            except BrokerLost as error:
                log.warning("%s; published as soon as the broker is back", error)
        return topic

    async def _serve(self, connection: Connection) -> None:
        await connection.subscribe(event_topic("+", "+"), qos=1)
        await connection.subscribe(status_topic("+"))
        await self._assert_truth(connection)
        self._connection = connection
        waiting: asyncio.Queue[Delivery] = asyncio.Queue()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._hold(connection, waiting), name="hold")
            async for delivery in connection.deliveries():
                waiting.put_nowait(delivery)
        raise BrokerLost("the connection ended")

    async def _assert_truth(self, connection: Connection) -> None:
        """A broker may have lost what it acknowledged: say again all that must stand there."""
        for topic in await self._work(lambda: self._desk.drop_expired(self._utc())):
            await connection.publish(topic, b"", qos=1, retain=True)
        for topic, envelope in await self._work(self._desk.published):
            await connection.publish(topic, envelope, qos=1, retain=True)
        for car, received in await self._work(self._desk.received):
            await self._say_received(connection, car, received)

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
            if "/event/" in delivery.topic:
                return car_of(delivery.topic), decode(delivery.payload, Event)
            return car_of(delivery.topic), decode(delivery.payload, Status)
        except BadMessage as error:
            log.warning("%s: not taken: %s", delivery.topic, error)
            return None

    async def _say_received(self, connection: Connection, car: str, received: Received) -> None:
        await connection.publish(received_topic(car), encode(received), qos=1, retain=True)
