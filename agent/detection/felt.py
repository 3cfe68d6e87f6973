"""One car's samples in, what was felt out."""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent.detection.detector import BAND_NAMES, HOP_S, Detector, Hop, Settings
from agent.detection.events import (
    Axes,
    Felt,
    Motion,
    MotionFound,
    MotionLost,
    RideEnded,
    RideStarted,
    ShakingEnded,
    ShakingFelt,
    TremorFelt,
)
from agent.detection.motion import (
    DOOR_CLOSED,
    DOOR_MOVING,
    DOOR_OPEN,
    DOOR_UNKNOWN,
    DOWN,
    PARKED,
    UNKNOWN,
    UP,
)
from agent.detection.strength import BEFORE_S, Strength
from drivers.doors import Door
from drivers.samples import Samples

MOTIONS = {PARKED: Motion.PARKED, UP: Motion.UP, DOWN: Motion.DOWN, UNKNOWN: None}
DOORS = {
    door: np.array([code], dtype=np.int8)
    for door, code in (
        (Door.CLOSED, DOOR_CLOSED),
        (Door.MOVING, DOOR_MOVING),
        (Door.OPEN, DOOR_OPEN),
        (Door.BLOCKED, DOOR_MOVING),  # somebody or something is in it, as when it moves
        (None, DOOR_UNKNOWN),
    )
}
MEMORY_S = 10.0
"""Peaks and bands of an onset longer ago are not looked up any more."""


class _Past(NamedTuple):
    at: float
    hop: Hop


class Seismoscope:
    """Feels the motion and the shaking of one car."""

    def __init__(self, rate_hz: float, settings: Settings | None = None) -> None:
        self._detector = Detector(rate_hz, settings=settings)
        self._past: deque[_Past] = deque(maxlen=round(MEMORY_S * rate_hz / self._detector.hop))
        self._motion: Motion | None = None
        self._tremor = self._alarm = False
        self._began = self._peak = 0.0
        self._rate_hz = rate_hz
        self._stretch = 1.0
        """True seconds in a second of the nominal rate, by which the detector counts."""
        self._recent: deque[NDArray[np.float64]] = deque()
        """Blocks of the last seconds, whatever their lengths."""
        self._kept = 0
        """Samples in them."""
        self._strength: Strength | None = None
        self._parked = False
        """All through this event."""
        self._door: Door | None = None

    @property
    def motion(self) -> Motion | None:
        """What the car does, None when unknown."""
        return self._motion

    @property
    def tremor(self) -> bool:
        """A tremor is on."""
        return self._tremor

    @property
    def shaking(self) -> bool:
        """An alarm is on."""
        return self._alarm

    @property
    def rms(self) -> Axes | None:
        """Of the last hop, 1-10 Hz, m/s²; None before the first."""
        return _axes(self._past[-1].hop.rms[0]) if self._past else None

    def feel(self, samples: Samples, door: Door | None) -> list[Felt]:
        """Everything felt in these samples, in its order."""
        hops = self._detector.step(samples.acceleration[None], DOORS[door], samples.gap)
        self._door = door
        self._stretch = samples.period * self._rate_hz
        self._follow(hops, samples.acceleration)
        felt: list[Felt] = []
        for hop in hops:
            felt += self._hop(hop, samples.end - hop.behind * samples.period)
        if not (self._tremor or self._alarm):
            self._strength = None
        return felt

    def _follow(self, hops: list[Hop], acceleration: NDArray[np.float64]) -> None:
        """The intensities of what is being felt; between events nothing but a few seconds are kept."""
        if self._strength is None and any(hop.tremor[0] or hop.alarm[0] for hop in hops):
            self._strength = Strength(
                self._rate_hz / self._stretch, np.concatenate(self._recent or [acceleration[:0]])
            )
            self._parked = True
        if self._strength is not None:
            self._strength.add(acceleration)
            self._parked = self._parked and all(hop.motion[0] == PARKED for hop in hops)
        self._recent.append(acceleration)
        self._kept += len(acceleration)
        while self._kept - len(self._recent[0]) > BEFORE_S * self._rate_hz:
            self._kept -= len(self._recent.popleft())

    def _hop(self, hop: Hop, at: float) -> Iterator[Felt]:
        self._past.append(_Past(at, hop))
        yield from self._moved(MOTIONS[int(hop.motion[0])], at)
        if hop.tremor[0] and not self._tremor:
            yield self._tremor_felt(hop, at)
        self._tremor = bool(hop.tremor[0])
        if hop.alarm[0]:
            self._peak = max(self._peak, float(hop.peak_vector[0]))
        yield from self._shaken(hop, at)

    def _moved(self, motion: Motion | None, at: float) -> Iterator[Felt]:
        before, self._motion = self._motion, motion
        if motion is before:
            return
        if motion is None:
            yield MotionLost(at)
        elif motion is not Motion.PARKED:
            yield RideStarted(at, motion)
        else:
            yield MotionFound(at) if before is None else RideEnded(at)

    def _tremor_felt(self, hop: Hop, at: float) -> TremorFelt:
        onset = at - self._stretch * float(hop.since_s[0])
        past = self._since(onset)
        bands = np.sqrt(np.mean([one.hop.energy[:, 0] for one in past], axis=0))
        return TremorFelt(
            at=at,
            onset=onset,
            peak=_axes(np.max([one.hop.peak[0] for one in past], axis=0)),
            bands={name: _axes(band) for name, band in zip(BAND_NAMES, bands, strict=True)},
            motion=self._motion,
            door=self._door,
        )

    def _shaken(self, hop: Hop, at: float) -> Iterator[Felt]:
        before, self._alarm = self._alarm, bool(hop.alarm[0])
        if self._alarm and not before:
            self._began = at - self._stretch * float(hop.since_s[0])
            self._peak = max(float(one.hop.peak_vector[0]) for one in self._since(self._began))
            yield ShakingFelt(at, self._began, self._peak, *self._intensities())
        elif before and not self._alarm:
            yield ShakingEnded(at, at - self._began, self._peak, *self._intensities())

    def _intensities(self) -> tuple[float, float | None]:
        strength = self._strength
        assert strength is not None, "an alarm is on"
        return round(strength.jma, 2), round(strength.gbt, 2) if self._parked else None

    def _since(self, onset: float) -> list[_Past]:
        """The hops that ended after the onset; at least the last."""
        # Times are a little off, each by itself: half a hop tells which hop it is.
        return [one for one in self._past if one.at > onset + HOP_S / 2] or [self._past[-1]]


def _axes(values: NDArray[np.float64]) -> Axes:
    x, y, z = values.tolist()
    return x, y, z
