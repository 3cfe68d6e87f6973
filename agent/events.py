"""What can happen, in the past tense: the only way in to the car, and what is reported of it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from agent.clock import Reading
from agent.detection.events import Axes, Felt
from drivers.doors import Door


@dataclass(frozen=True, slots=True)
class Started:
    """The agent began."""

    version: str


@dataclass(frozen=True, slots=True)
class SensorFound:
    """A sensor answers and is set up."""

    sensor: str
    part: str


@dataclass(frozen=True, slots=True)
class SensorLost:
    """A sensor cannot be read; tried again until it can."""

    sensor: str
    reason: str


@dataclass(frozen=True, slots=True)
class SamplesLost:
    """The accelerometer was read too late; the detector began anew."""

    sensor: str


@dataclass(frozen=True, slots=True)
class RateMeasured:
    """The true rate of the samples, by the monotonic clock: what their times are as good as."""

    sensor: str
    rate_hz: float
    error_hz: float
    late_s: float
    """A sample's time is at most so much too late, the chip's own filter aside."""


@dataclass(frozen=True, slots=True)
class MountingFound:
    """The chip was found where it was left, or for the first time."""

    up: Axes
    """Unit vector in the chip's axes, measured."""
    tilt_deg: float | None
    """From where it was left; None the first time."""


@dataclass(frozen=True, slots=True)
class MountingChanged:
    """The chip does not hang as it was left: the display was knocked, or mounted anew."""

    up: Axes
    tilt_deg: float


@dataclass(frozen=True, slots=True)
class GravityWrong:
    """What the accelerometer shows in a car that stands is not gravity: it is damaged, or wrongly set."""

    m_s2: float


@dataclass(frozen=True, slots=True)
class DoorMoved:
    """The door is in another state; None is not known."""

    door: Door | None


@dataclass(frozen=True, slots=True)
class HoldBegan:
    """The car must not be used until somebody releases it."""

    id: str
    since: datetime
    clock_good: bool
    spent: tuple[str, ...] = ()
    """Releases known by then, which must not end it."""


@dataclass(frozen=True, slots=True)
class HoldEnded:
    """A signed release ended the hold."""

    id: str
    release: str


@dataclass(frozen=True, slots=True)
class Took:
    """A signed publication was verified and is known from now on."""

    kind: str
    id: str
    revision: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A payload was not taken; what was known before stays."""

    topic: str
    reason: str


@dataclass(frozen=True, slots=True)
class PageShown:
    """Another page is on the glass."""

    page: str
    rule: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A page that no schedule planned was on the glass until now."""

    item: str
    """The publication with its revision, or the page where it is built in."""
    page: str
    since: datetime
    until: datetime
    seconds: float
    """By the monotonic clock."""
    clock: str
    """Quality of both times: "doubtful" when either is."""
    cut: bool
    """The display was cut off: it was on the glass until then at least."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How often and for how long an item was on the glass on one day."""

    showings: int
    seconds: float
    first: datetime
    last: datetime
    clock: str


@dataclass(frozen=True, slots=True)
class DayShown:
    """A day in the building's time zone is over, or the clock was set: what the schedule showed on it."""

    day: str
    items: dict[str, Tally]


@dataclass(frozen=True, slots=True)
class ScreenFailed:
    """The screen did not take a frame."""

    reason: str


@dataclass(frozen=True, slots=True)
class ClockDoubted:
    """The wall clock says a time that cannot be."""

    says: datetime
    floor: datetime


@dataclass(frozen=True, slots=True)
class ClockTrusted:
    """The wall clock can be right again."""


@dataclass(frozen=True, slots=True)
class LinkUp:
    """Our own status came back from the broker."""

    session: int


@dataclass(frozen=True, slots=True)
class LinkLost:
    """The broker is gone."""

    reason: str


@dataclass(frozen=True, slots=True)
class LinkRefused:
    """The broker took the connection, but our status does not come back."""

    reason: str


@dataclass(frozen=True, slots=True)
class StoreLost:
    """The disk's content could not be read and was set aside."""

    reason: str


@dataclass(frozen=True, slots=True)
class TaskFailed:
    """A part of the agent failed and was started again."""

    task: str
    reason: str


Happening = (
    Started
    | SensorFound
    | SensorLost
    | SamplesLost
    | RateMeasured
    | MountingFound
    | MountingChanged
    | GravityWrong
    | DoorMoved
    | Felt
    | HoldBegan
    | HoldEnded
    | Took
    | Refused
    | PageShown
    | Shown
    | DayShown
    | ScreenFailed
    | ClockDoubted
    | ClockTrusted
    | LinkUp
    | LinkLost
    | LinkRefused
    | StoreLost
    | TaskFailed
)


def kind(event: Happening) -> str:
    """The event's name on the wire: RideStarted is ride-started."""
    return re.sub(r"(?<!^)([A-Z])", r"-\1", type(event).__name__).lower()


def body(event: Happening, time: Reading) -> dict[str, Any]:
    """The event's fields as JSON has them. Monotonic times mean nothing outside: they become UTC."""
    fields: dict[str, Any] = msgspec.to_builtins(event)
    for name in ("at", "onset"):
        if name in fields:
            fields[name] = (time.utc - timedelta(seconds=time.now - fields[name])).isoformat()
    return fields
