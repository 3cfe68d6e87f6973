"""An in-process broker for simulated time: retained state, wills, wildcards, and faults on demand.

The contract suite runs on it and on real brokers alike; simulator/README.md says what it does not model.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from content.broker import BrokerLost, Delivery, matches


class InProcessConnection:
    """One client's connection."""

    def __init__(self, broker: "InProcessBroker", client: str, will: Delivery | None) -> None:
        self.client, self.will = client, will
        self.patterns: list[str] = []
        self.queue: asyncio.Queue[Delivery | None] = asyncio.Queue()
        self.open = True
        self._broker = broker

    async def subscribe(self, topic: str, qos: int = 0) -> None:
        """Ask for a topic; what is retained there comes at once, also when asked again."""
        await self._turn("subscribing " + topic)
        if topic not in self.patterns:
            self.patterns.append(topic)
        for name, payload in self._broker.retained.items():
            if matches(topic, name) and self._broker.may_read(self.client, name):
                self.queue.put_nowait(Delivery(name, payload, retained=True))

    async def unsubscribe(self, topic: str) -> None:
        """Ask for a topic no more."""
        await self._turn("unsubscribing " + topic)
        if topic in self.patterns:
            self.patterns.remove(topic)

    async def publish(self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> None:
        """Publish; what is denied is acknowledged all the same, as real brokers do."""
        await self._turn("publishing " + topic)
        if self._broker.may_write(self.client, topic):
            self._broker.deliver(Delivery(topic, payload), retain)

    async def deliveries(self) -> AsyncIterator[Delivery]:
        """What comes in."""
        while (delivery := await self.queue.get()) is not None:
            yield delivery
        raise BrokerLost("the broker went away")

    def drop(self) -> None:
        """The connection dies; the client finds out where it waits."""
        self.open = False
        self.queue.put_nowait(None)

    async def _turn(self, doing: str) -> None:
        await asyncio.sleep(0)
        if not self.open:
            raise BrokerLost(f"{doing}: the broker went away")


class InProcessBroker:
    """A broker made of two dictionaries."""

    def __init__(self) -> None:
        self.retained: dict[str, bytes] = {}
        self.up = True
        self.may_write: Callable[[str, str], bool] = lambda _client, _topic: True
        """Client, topic: permissions, changed at will."""
        self.may_read: Callable[[str, str], bool] = lambda _client, _topic: True
        self._connections: dict[str, InProcessConnection] = {}

    @asynccontextmanager
    async def connect(self, client: str, will: Delivery | None = None) -> AsyncIterator[InProcessConnection]:
        """Connect; another connection of the same client is dropped, as MQTT asks."""
        await asyncio.sleep(0)
        if not self.up:
            raise BrokerLost("no broker in this process: it was killed")
        self.cut(client)
        connection = InProcessConnection(self, client, will)
        self._connections[client] = connection
        try:
            yield connection
        finally:
            if connection.open:
                connection.open = False
                del self._connections[client]

    def deliver(self, delivery: Delivery, retain: bool) -> None:
        """Keep it if it is to be retained, and give it to who asked for it."""
        if retain and delivery.payload:
            self.retained[delivery.topic] = delivery.payload
        elif retain:
            self.retained.pop(delivery.topic, None)
        for connection in self._connections.values():
            wanted = any(matches(pattern, delivery.topic) for pattern in connection.patterns)
            if wanted and self.may_read(connection.client, delivery.topic):
                connection.queue.put_nowait(delivery)

    def cut(self, client: str) -> None:
        """Break one client's connection; its will is published."""
        connection = self._connections.pop(client, None)
        if connection is not None:
            connection.drop()
            if connection.will is not None:
                self.deliver(Delivery(connection.will.topic, connection.will.payload), retain=True)

    def kill(self) -> None:
        """The broker dies and forgets everything."""
        self.up = False
        for connection in self._connections.values():
            connection.drop()
        self._connections.clear()
        self.retained.clear()

    def restart(self) -> None:
        """It is back, empty."""
        self.up = True
