"""A real MQTT broker, through aiomqtt."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import aiomqtt
from paho.mqtt.reasoncodes import ReasonCode

from content.broker import BrokerLost, Delivery
from content.tls import BadTls, Tls, reason

log = logging.getLogger("hoistway.broker")

REASON_S = 3.0
"""A broker that accepts our certificate says nothing: so long is waited for its refusal."""


def _cancellations() -> int:
    """How often the present task was asked to end."""
    task = asyncio.current_task()
    return 0 if task is None else task.cancelling()


@contextmanager
def _cancellable() -> Iterator[None]:
    """Around a call of aiomqtt: its wait_for, before Python 3.12, forgets a cancellation that comes together with the
    broker's answer (bpo-37658), and whoever cancelled would wait for ever."""
    before = _cancellations()
    yield
    if _cancellations() > before:
        raise asyncio.CancelledError


def _ask_why(session: aiomqtt.Client) -> None:
    """aiomqtt keeps why a connection broke in a future of its own, and asyncio complains on stderr of one whose exception
    nobody asked for. Who was using the connection has been told; an aiomqtt without this future has none to complain of."""
    broke = getattr(session, "_disconnected", None)
    if isinstance(broke, asyncio.Future) and broke.done() and not broke.cancelled():
        broke.exception()


class MqttConnection:
    """An open connection through aiomqtt. Its incoming queue is unbounded: a bounded one drops in silence."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client

    async def subscribe(self, topic: str, qos: int = 0) -> None:
        """Ask for a topic. NATS says when it denies one, mosquitto does not."""
        try:
            with _cancellable():
                granted = await self._client.subscribe(topic, qos=qos)
        except aiomqtt.MqttError as error:
            raise BrokerLost(f"subscribing {topic}: {error}") from error
        if any(code.is_failure for code in granted if isinstance(code, ReasonCode)):
            log.warning("%s: the broker does not let us read it", topic)

    async def unsubscribe(self, topic: str) -> None:
        """Ask for a topic no more."""
        try:
            with _cancellable():
                await self._client.unsubscribe(topic)
        except aiomqtt.MqttError as error:
            raise BrokerLost(f"unsubscribing {topic}: {error}") from error

    async def publish(self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> None:
        """Publish; at QoS 1, until the broker's word."""
        try:
            with _cancellable():
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
    """A broker at an address, MQTT 3.1.1 over TCP, or over TLS with a certificate on both sides."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        tls: Tls | None = None,
        username: str | None = None,
        password: str | None = None,
        keepalive_s: int = 20,
        timeout_s: float = 10.0,
    ) -> None:
        self.address = f"{host}:{port}"
        self._host, self._port, self._tls = host, port, tls
        self._username, self._password = username, password
        self._keepalive_s, self._timeout_s = keepalive_s, timeout_s

    @asynccontextmanager
    async def connect(self, client: str, will: Delivery | None = None) -> AsyncIterator[MqttConnection]:
        """Connect with a clean session."""
        context = await self._context()
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
            tls_context=context,
            will=None if will is None else aiomqtt.Will(will.topic, will.payload, qos=1, retain=True),
        )
        cancelled = _cancellations()
        try:
            await session.__aenter__()
        except (aiomqtt.MqttError, OSError, ValueError) as error:
            raise BrokerLost(f"no broker at {self.address}: {await self._why(error, context)}") from error
        try:
            if _cancellations() > cancelled:
                raise asyncio.CancelledError
            yield MqttConnection(session)
        finally:
            _ask_why(session)
            # Where the connection broke, leaving it fails too; who was using it has been told already.
            with suppress(aiomqtt.MqttError):
                await session.__aexit__(None, None, None)

    async def _context(self) -> ssl.SSLContext | None:
        if self._tls is None:
            return None
        try:
            # In a thread: no page waits for the disk.
            return await asyncio.to_thread(self._tls.context)
        except BadTls as error:
            raise BrokerLost(f"no broker at {self.address}: {error}") from error

    async def _why(self, error: Exception, context: ssl.SSLContext | None) -> str:
        """The MQTT client's words, or better ones."""
        if "Not authorized" in str(error):
            return (
                "it does not know this name: is it enrolled or renewed, and has the broker been told? "
                "Or look at username and password"
            )
        if context is None:
            return str(error)
        return await asyncio.to_thread(reason, self._host, self._port, context, REASON_S) or str(error)
