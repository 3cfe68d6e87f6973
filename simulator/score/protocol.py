"""Recordings as the chip would have measured them: after a minute of quiet, at its rate, with its noise and counts.

The chip is the ADXL355 (Analog Devices datasheet, table 1): 125 samples a second, 22.5 µg/√Hz, 256 000 counts a g,
polled every 10 samples.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from agent.detection.motion import DOOR_CLOSED, DOOR_UNKNOWN
from simulator.elevator import STANDARD_GRAVITY
from simulator.recordings import Recording

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]

GAL = 0.01
GRAVITY = np.array((0.0, 0.0, STANDARD_GRAVITY))
RATE_HZ = 125.0
POLL = 10
"""Samples a poll; a decision is known at the end of the poll that brought its last sample."""
NOISE = 22.5e-6 * STANDARD_GRAVITY * np.sqrt(RATE_HZ / 2)
"""Standard deviation a sample, m/s²: white up to half the rate, worse than the real chip's low pass makes it."""
COUNT = STANDARD_GRAVITY / 256_000
QUIET_S, SCORED_S = 60.0, 2.0
"""Quiet before a recording, and how long after the joint nothing is scored."""
ANGLES = tuple(range(0, 360, 45))
ONSET, STRONG = 5 * GAL, 80 * GAL
DOORS = {"closed": DOOR_CLOSED, "unknown": DOOR_UNKNOWN}
END_S = 1.0


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a detector is given in one case, k times over (rotations, with and without the door's signal)."""

    samples: Floats
    """Shape (k, n, 3), m/s², gravity included."""
    doors: Codes
    """Shape (k, polls): the door's code at each poll."""


@dataclass(frozen=True, slots=True)
class Found:
    """When tremor and alarm were on: pairs of begin and end, s since the first sample of the input."""

    tremor: tuple[tuple[float, float], ...]
    alarm: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """One vote. Times in s after the joint, infinite for never; one a rotation."""

    group: str
    key: str
    door: str
    tremor_s: tuple[float, ...]
    alarm_s: tuple[float, ...]
    peak_gal: float = 0.0
    onset_s: float = np.inf
    strong_s: float = np.inf
    """First horizontal sample above 80 gal."""
    false_tremor: bool = False
    false_alarm: bool = False
    """In the quiet before, at any rotation."""

    @property
    def tremor(self) -> float:
        """Of the worst rotation; infinite if one misses it."""
        return max(self.tremor_s)

    @property
    def alarm(self) -> float:
        return max(self.alarm_s)

    @property
    def ever_alarmed(self) -> bool:
        """At any rotation, the quiet included."""
        return self.false_alarm or min(self.alarm_s) < np.inf

    @property
    def ever_tremored(self) -> bool:
        return self.false_tremor or min(self.tremor_s) < np.inf

    @property
    def warning(self) -> float:
        """From the worst rotation's alarm to the first horizontal sample above 80 gal, s; a miss is minus
        infinity."""
        return self.strong_s - self.alarm if np.isfinite(self.alarm) else -np.inf


class Case(Protocol):
    """Something to be felt; small enough to be sent to another process, rendered there."""

    @property
    def cost(self) -> float:
        """About how many seconds of one car."""

    def render(self) -> Inputs:
        """The same for the same case, whatever else is scored."""

    def judge(self, found: list[Found]) -> list[Scored]:
        """One Found for each of the k inputs."""


def first_on(spans: tuple[tuple[float, float], ...], joint: float, since: float) -> float:
    """When it is first on, from `since` on; infinite for never. What began after the joint and lasts counts from
    `since`; what began before the joint is false and never a hit."""
    return min((max(begin, since) for begin, end in spans if begin >= joint and end > since), default=np.inf)


def began(spans: tuple[tuple[float, float], ...], before: float) -> bool:
    return any(begin < before for begin, _ in spans)


def still(recording: Recording) -> Floats:
    """The recording without the median of its first 2 s, shape (n, 3), m/s², at its own rate."""
    start = recording.acceleration[: round(2 * recording.rate_hz)]
    return np.asarray(recording.acceleration - np.median(start, axis=0))


def peak_gal(recording: Recording, seconds: float = np.inf) -> float:
    """Of the vector, in so much of the beginning."""
    count = max(1, int(min(seconds, recording.duration_s) * recording.rate_hz))
    return float(np.linalg.norm(still(recording)[:count], axis=1).max()) / GAL


def first_above(signal: Floats, level: float, rate_hz: float) -> float:
    """Time of the first row longer than the level, s; infinite for never."""
    above = np.linalg.norm(signal, axis=1) > level
    return float(np.argmax(above)) / rate_hz if above.any() else np.inf


def at_rate(signal: Floats, rate_hz: float, to_hz: float = RATE_HZ) -> Floats:
    """Band-limited at another rate by its Fourier series, shape (m, 3): what is above the new half rate is gone,
    and nothing is added above the old one.

    The end fades out into silence, so that it does not ring into the beginning; the length is padded until the
    ratio is exact.
    """
    ratio = Fraction(to_hz / rate_hz).limit_denominator(4000)
    fade = round(END_S * rate_hz)
    tail = signal[-1] * (0.5 + 0.5 * np.cos(np.pi * np.arange(1, fade + 1) / fade))[:, None]
    count = -(-(len(signal) + 2 * fade) // ratio.denominator) * ratio.denominator
    padded = np.zeros((count, 3))
    padded[: len(signal)] = signal
    padded[len(signal) : len(signal) + fade] = tail
    whole = count // ratio.denominator * ratio.numerator
    spectrum = np.fft.rfft(padded, axis=0)
    made = np.fft.irfft(spectrum, whole, axis=0) * (whole / count)
    return np.asarray(made[: round(len(signal) * to_hz / rate_hz)])


def turned(signal: Floats, degrees: float) -> Floats:
    """About the vertical, shape (n, 3)."""
    angle = np.deg2rad(degrees)
    cos, sin = np.cos(angle), np.sin(angle)
    return np.asarray(signal @ np.array(((cos, sin, 0.0), (-sin, cos, 0.0), (0.0, 0.0, 1.0))))


def measured(acceleration: Floats, rng: np.random.Generator) -> Floats:
    """What the chip reads of this, gravity included: with its noise, in its counts; any shape (…, 3), m/s²."""
    noisy = acceleration + NOISE * rng.standard_normal(acceleration.shape)
    return np.asarray(np.rint(noisy / COUNT) * COUNT)


def after_quiet(shaking: Floats) -> Floats:
    """Behind a minute in which nothing moves, shape (n, 3)."""
    return np.concatenate((np.zeros((round(QUIET_S * RATE_HZ), 3)), shaking))


def polls(samples: int) -> int:
    return -(-samples // POLL)


def constant_doors(codes: list[int], samples: int) -> Codes:
    """Shape (k, polls)."""
    return np.repeat(np.array(codes, dtype=np.int8)[:, None], polls(samples), axis=1)
