"""What was felt, in the past tense. Times are monotonic seconds; accelerations m/s², car frame, z up."""

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from drivers.doors import Door


class Motion(Enum):
    """What the car does. A motion that cannot be known is None, never PARKED."""

    PARKED = "parked"
    UP = "up"
    DOWN = "down"


Axes: TypeAlias = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class MotionFound:
    """The car, whose motion was unknown, turned out to be parked."""

    at: float


@dataclass(frozen=True, slots=True)
class MotionLost:
    """From now on the motion is unknown: samples were lost, or a ride did not end."""

    at: float


@dataclass(frozen=True, slots=True)
class RideStarted:
    at: float
    direction: Motion


@dataclass(frozen=True, slots=True)
class RideEnded:
    at: float


@dataclass(frozen=True, slots=True)
class TremorFelt:
    """Early and sensitive: a person or a door can cause it too. For the network, never for the glass alone."""

    at: float
    onset: float
    peak: Axes
    """Largest magnitude an axis since the onset, 1-10 Hz."""
    bands: dict[str, Axes]
    """RMS an axis since the onset, by band."""
    motion: Motion | None
    door: Door | None
    """What the car and its door did when it was felt."""


@dataclass(frozen=True, slots=True)
class ShakingFelt:
    """Strong or lasting enough to be believed."""

    at: float
    onset: float
    peak_m_s2: float
    """Largest magnitude of the vector since the onset, 1-10 Hz."""
    jma: float
    """JMA instrumental intensity of the event so far."""
    gbt: float | None
    """Intensity of GB/T 17742-2020 of the event so far, 1 to 12; None when the car rode, as a ride's own start
    would count."""


@dataclass(frozen=True, slots=True)
class ShakingEnded:
    """The car has been at rest for a while; the rest is part of the duration."""

    at: float
    duration_s: float
    peak_m_s2: float
    jma: float
    gbt: float | None


Felt: TypeAlias = MotionFound | MotionLost | RideStarted | RideEnded | TremorFelt | ShakingFelt | ShakingEnded
