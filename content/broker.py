"""What we ask of a broker: the part of MQTT 3.1.1 that the contract uses, behind an interface of our own."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

SUBSCRIBE_AGAIN_S = 5.0
"""A retained message that is published in the same 3 ms as it is subscribed is not delivered by NATS 2.15 in 1 to 3 of
100 tries, at either QoS; mosquitto lost none of 1 500. It stands at the broker and comes when it is asked for again."""


class BrokerLost(Exception):
    """The broker is not there, refused the connection, or the connection broke; the text says which."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message at a topic."""

    topic: str
    payload: bytes
    retained: bool = False
    """It stood there before we subscribed."""


class Connection(Protocol):
    """An open connection; every call raises BrokerLost when it breaks."""

    async def subscribe(self, topic: str, qos: int = 0) -> None:
        """Ask for a topic; + and # are wildcards. Subscribing again brings the retained state again."""

    async def unsubscribe(self, topic: str) -> None:
        """Ask for a topic no more. What is under way may still come."""

    async def publish(self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> None:
        """Publish. At QoS 1 it returns on the broker's word, which proves nothing: it also acknowledges
        what it drops. An empty retained payload clears the topic."""

    def deliveries(self) -> AsyncIterator[Delivery]:
        """What comes in, without end."""


class Broker(Protocol):
    """A broker that can be connected to."""

    def connect(self, client: str, will: Delivery | None = None) -> AbstractAsyncContextManager[Connection]:
        """Connect with a clean session; the will is published, retained, when the connection dies.

        Raises BrokerLost.
        """


def matches(pattern: str, topic: str) -> bool:
    """Whether an MQTT topic filter takes a topic (MQTT 3.1.1, 4.7)."""
    wanted, parts = pattern.split("/"), topic.split("/")
    if topic.startswith("$") and wanted[0] in ("#", "+"):
        return False  # 4.7.2: the broker's own topics must be asked for by name
    for n, level in enumerate(wanted):
        if level == "#":
            return True
        if n >= len(parts) or level not in ("+", parts[n]):
            return False
    return len(wanted) == len(parts)
