"""The contract with the broker, version 1: topics, and the payloads that are not signed.

Downstream is state, upstream is events. Every payload is JSON of at most 256 kB over plain MQTT 3.1.1.
"""

import hashlib
from collections.abc import Iterable
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from content.message import BadMessage, Moment, Name, Path, is_name

ROOT = "hoistway/1"
LARGEST = 256_000
"""Bytes of a payload, at most."""

Sequence = Annotated[int, Meta(ge=0, le=2**53)]
"""Every JSON reader has integers up to here, and so has the desk."""

S = TypeVar("S", bound=Struct)


class Event(Struct, frozen=True):
    """One thing that happened, from a display to the collector."""

    id: str
    """Stream and sequence: an event is counted once by its id, however often it is sent."""
    stream: Name
    """Names the display's outbox; another one after its disk was lost."""
    sequence: Sequence
    kind: Name
    utc: Moment
    clock: str
    """Quality of utc: "good" or "doubtful"."""
    body: dict[str, Any]


class Received(Struct, frozen=True):
    """Retained, from the collector: it holds everything of the stream up to here."""

    stream: Name
    sequence: Sequence


class Status(Struct, frozen=True):
    """Retained, from a display; its last will is the same with online false."""

    online: bool
    session: int
    """Counts the display's connections, so that a late will does not bury a new birth."""
    version: str = ""
    area: Path = "unknown"
    sensors: dict[str, str] = {}
    clock: str = "doubtful"
    known: str = ""
    """Digest of the publications known that have not expired: who publishes sees who is behind."""
    page: str = ""
    rule: str = ""
    since: Moment | None = None


class Serving(Struct, frozen=True):
    """Retained, from a collector: who serves at this broker, so that a second one is noticed."""

    token: str
    host: str
    process: int


SERVICE_TOPIC = f"{ROOT}/service"
"""Where a collector says that it serves."""


def status_topic(car: str) -> str:
    """Where a display says how it is."""
    return f"{ROOT}/car/{car}/status"


def event_topic(car: str, kind: str) -> str:
    """Where a display tells what happened; kind may be +."""
    return f"{ROOT}/car/{car}/event/{kind}"


def received_topic(car: str) -> str:
    """Where the collector says what it holds."""
    return f"{ROOT}/car/{car}/received"


def request_topic(car: str, name: str) -> str:
    """Where a display is asked something; name may be +."""
    return f"{ROOT}/car/{car}/request/{name}"


def reply_topic(car: str, name: str) -> str:
    """Where it answers; name is the request's."""
    return f"{ROOT}/car/{car}/reply/{name}"


def area_topic(area: str, kind: str, name: str) -> str:
    """Where a signed message, alert or release for an area stands; kind and name may be +."""
    return f"{ROOT}/area/{area}/{kind}/{name}"


AREA_TOPICS = f"{ROOT}/area/#"
"""Everything that stands for any area."""


def place_of(topic: str) -> tuple[str, str, str]:
    """Area, kind and name in a topic below hoistway/1/area."""
    above, _, name = topic.removeprefix(f"{ROOT}/area/").rpartition("/")
    area, _, kind = above.rpartition("/")
    return area, kind, name


def car_of(topic: str) -> str:
    """The car in a topic below hoistway/1/car. Raises BadMessage."""
    car, _ = _parts_of(topic)
    return car


def is_event(topic: str) -> bool:
    """Whether a car's topic is one of its events. Raises BadMessage."""
    _, what = _parts_of(topic)
    return what == "event"


def _parts_of(topic: str) -> tuple[str, str]:
    """The car, and the word after it."""
    parts = topic.removeprefix(f"{ROOT}/car/").split("/")
    if not topic.startswith(f"{ROOT}/car/") or len(parts) < 2 or not is_name(parts[0]):
        raise BadMessage(f"{topic}: not a car's topic of contract version 1")
    return parts[0], parts[1]


def digest(known: Iterable[tuple[str, str, int]]) -> str:
    """Names a set of publications, in any order, by kind, id and revision: the `known` of a status."""
    lines = sorted(f"{kind.capitalize()} {name} {revision}" for kind, name, revision in known)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def encode(payload: Struct) -> bytes:
    """The payload as it travels."""
    return msgspec.json.encode(payload)


def decode(data: bytes, kind: type[S]) -> S:
    """A payload as it came. Raises BadMessage with the place that is wrong."""
    if len(data) > LARGEST:
        raise BadMessage(f"{len(data)} bytes; at most {LARGEST} are read")
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage(f"not a {kind.__name__}: {error}") from error
