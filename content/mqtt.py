"""A real MQTT broker, through aiomqtt."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiomqtt

from content.broker import BrokerLost, Delivery


class MqttConnection:
    """An open connection through aiomqtt. Its incoming queue is unbounded: a bounded one drops in silence."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client

    async def subscribe(self, topic: str, qos: int = 0) -> None:
        """Ask for a topic."""
        try:
            await self._client.subscribe(topic, qos=qos)
        except aiomqtt.MqttError as error:
            raise BrokerLost(f"subscribing {topic}: {error}") from error

    async def publish(self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> None:
        """Publish; at QoS 1, until the broker's word."""
        try:
            await self._client.publish(topic, payload, qos=qos, retain=retain)
        except aiomqtt.MqttError as error:
            raise BrokerLost(f"publishing {topic}: {error}") from error

    async def deliveries(self) -> AsyncIterator[Delivery]:
        """What comes in."""
        try:
            async for message in self._client.messages:
                payload = message.payload if isinstance(message.payload, bytes) else b""
                yield Delivery(str(message.topic), payload, message.retain)
        except aiomqtt.MqttError as error:
            raise BrokerLost(str(error)) from error


class MqttBroker:
    """A broker at an address, MQTT 3.1.1 over TCP."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        username: str | None = None,
        password: str | None = None,
        keepalive_s: int = 20,
        timeout_s: float = 10.0,
    ) -> None:
        self.address = f"{host}:{port}"
        self._host, self._port = host, port
        self._username, self._password = username, password
        self._keepalive_s, self._timeout_s = keepalive_s, timeout_s

    @asynccontextmanager
    async def connect(self, client: str, will: Delivery | None = None) -> AsyncIterator[MqttConnection]:
        """Connect with a clean session."""
        session = aiomqtt.Client(
            self._host,
            self._port,
            identifier=client,
            username=self._username,
            password=self._password,
            clean_session=True,
            protocol=aiomqtt.ProtocolVersion.V311,
            keepalive=self._keepalive_s,
            timeout=self._timeout_s,
            will=None if will is None else aiomqtt.Will(will.topic, will.payload, qos=1, retain=True),
        )
        try:
            await session.__aenter__()
        except (aiomqtt.MqttError, OSError, ValueError) as error:
            raise BrokerLost(f"no broker at {self.address}: {error}") from error
        try:
            yield MqttConnection(session)
        finally:
            # Where the connection broke, leaving it fails too; who was using it has been told already.
            with suppress(aiomqtt.MqttError):
                await session.__aexit__(None, None, None)
