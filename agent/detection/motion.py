"""The elevator's motion from its vertical acceleration below 0.6 Hz, one code a car.

A ride begins with a vertical pulse that the horizontal shaking does not explain, is remembered through
its cruise as an integrated speed, and ends with the opposite pulse, at the door, or by a timeout.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int8]

PARKED: Final = 0
UP: Final = 1
DOWN: Final = -1
UNKNOWN: Final = 2

DOOR_CLOSED: Final = 0
DOOR_MOVING: Final = 1
DOOR_OPEN: Final = 2
DOOR_UNKNOWN: Final = 3


def any_of(flags: Flags) -> bool:
    """Whether one is set, in a third of the time that NumPy takes to count them: a hop asks this five to ten times."""
    return 1 in flags.tobytes()


@dataclass(frozen=True, slots=True)
class MotionSettings:
    """Levels in m/s², of the vertical below 0.6 Hz unless the name says more."""

    pulse: float = 0.04
    """A ride begins above this: rides reach 0.2-1.5 m/s², a parked car stays below 0.005."""
    dominance: float = 3.0
    """... and above this many times the horizontal shaking of the last second (1-10 Hz RMS): real rides reach
    5 to 80 times, earthquakes at most 2.6, so an earthquake cannot pass for a ride."""
    vertical_share: float = 0.3
    """... and above this share of the vertical 1-10 Hz RMS: jumping at 2 Hz leaks a tenth into the low band."""
    still: float = 0.02
    """Below this nothing pushes: no integration, so a long cruise gathers no drift."""
    quiet: float = 0.015
    """Nothing pushes, and horizontal and vertical 1-10 Hz RMS are below this: a cruise shakes more, a parked car
    a third of it."""
    stop_s: float = 1.0
    """A ride has ended after so long a quiet at less than `stopped` of its highest speed, ..."""
    stopped: float = 0.2
    long_stop_s: float = 4.0
    """... or so long at less than `slow` of it: an inexact integral; a levelling creep is shorter."""
    slow: float = 0.5
    timeout_s: float = 180.0
    """600 m at 3.3 m/s; after that the motion is unknown."""
    shortest_s: float = 2.5
    """A door that is still reported moving ends no ride younger than this: it has just closed."""
    quiet_s: float = 30.0
    """Unknown motion is parked after so long a quiet: the smoothest cruise shakes more."""
    fresh_s: float = 10.0
    """After so long a quiet a speed gathered in unknown motion is forgotten."""
    longest_push_s: float = 15.0
    """No car accelerates for so long: the offset of the sensor has changed."""
    settle_s: float = 2.0
    """The median of so long a start is the sensor's offset and gravity; meanwhile the filters settle."""
    drift_s: float = 30.0
    """Time constant with which offset and gravity are followed while parked and quiet."""


class Motion:
    """Motion codes of many cars, hop by hop."""

    def __init__(self, cars: int, hop_s: float, settings: MotionSettings) -> None:
        self.code: Codes = np.full(cars, UNKNOWN, dtype=np.int8)
        self.settled: Flags = np.zeros(cars, dtype=np.bool_)
        """Whether this car is judged."""
        self._settling: NDArray[np.int64] = np.zeros(cars, dtype=np.int64)
        """Hops until it is."""
        self._set = settings
        self._hop_s = hop_s
        self._first = np.zeros((max(1, round(settings.settle_s / hop_s)), cars))
        """The hops during which some car was settling, in a ring."""
        self._baseline = np.full(cars, np.nan)
        self._speed, self._fastest = np.zeros(cars), np.zeros(cars)
        self._push_s, self._quiet_s, self._ride_s = np.zeros(cars), np.zeros(cars), np.zeros(cars)
        self._follow_share = hop_s / settings.drift_s
        self._idle = self._pushed = False
        """All cars are parked, and nothing pushes any; something pushed one in the last hop."""
        self._hops = 0
        """In that ring."""
        self._unsettled = 0
        """Hops until all cars are."""
        self.restart(np.ones(cars, dtype=np.bool_))

    def restart(self, cars: Flags) -> None:
        """Forget the motion of these cars (first samples, or samples were lost); a known offset stays."""
        self._idle = False
        self.code[cars] = UNKNOWN
        self._settling[cars] = self._unsettled = len(self._first)
        self.settled = self._settling == 0
        for counter in (self._speed, self._fastest, self._push_s, self._quiet_s, self._ride_s):
            counter[cars] = 0.0

    def step(self, low: Floats, horizontal: Floats, vertical: Floats, door: NDArray[np.int8]) -> Codes:
        """One hop; all of shape (cars,). `low`: the vertical below 0.6 Hz, gravity included;
        `horizontal`: RMS of the last second, `vertical`: of the last second or the hop, 1-10 Hz. All m/s²."""
        if self._unsettled:
            self._settle(low)
        push = low - self._baseline
        strength = np.abs(push)
        pushing = strength > self._set.still
        pushed = any_of(pushing)
        calm = np.maximum(horizontal, vertical) < self._set.quiet
        if pushed:
            calm &= ~pushing
        self._follow(push, calm)
        if self._idle and not pushed:
            return self.code
        self._quiet_s += self._hop_s
        self._quiet_s *= calm
        if pushed or self._pushed:
            self._integrate(push, pushing)
        self._pushed = pushed
        if np.count_nonzero(self.code):
            self._end(door)
        if pushed:
            self._begin(push, strength, horizontal, vertical)
        self._idle = not (pushed or np.count_nonzero(self.code))
        return self.code

    def _settle(self, low: Floats) -> None:
        self._first[self._hops % len(self._first)] = low
        self._hops += 1
        self._unsettled -= 1
        self._settling -= self._settling > 0
        self.settled = self._settling == 0
        new = self.settled & np.isnan(self._baseline)
        if any_of(new):
            self._baseline[new] = np.median(self._first[:, new], axis=0)

    def _follow(self, push: Floats, calm: Flags) -> None:
        """Follow the offset of parked, calm cars. Unsettled cars have none and are not parked."""
        resting = calm if self._idle else calm & (self.code == PARKED)
        if any_of(resting):
            self._baseline += push * (resting * self._follow_share)

    def _integrate(self, push: Floats, pushing: Flags) -> None:
        """Speed and highest speed by what pushes; once more after that, to forget what led to nothing."""
        same = pushing & (push * self._push_s >= 0)
        self._push_s += np.copysign(self._hop_s, push)
        self._push_s = np.where(same, self._push_s, 0.0)
        self._speed += np.where(pushing, push * self._hop_s, 0.0)
        np.maximum(self._fastest, np.abs(self._speed), out=self._fastest)
        forget = (self.code == PARKED) & ~pushing
        if any_of(forget):
            self._speed[forget] = 0.0
            self._fastest[forget] = 0.0
        if np.abs(self._push_s).max() > self._set.longest_push_s:
            self._rebase(np.abs(self._push_s) > self._set.longest_push_s)

    def _rebase(self, cars: Flags) -> None:
        self.restart(cars)
        self._baseline[cars] = np.nan

    def _begin(self, push: Floats, strength: Floats, horizontal: Floats, vertical: Floats) -> None:
        limits = self._set
        begun = strength > limits.pulse
        if not any_of(begun):
            return
        begun &= (
            (self.code == PARKED)
            & (strength > limits.dominance * horizontal)
            & (strength > limits.vertical_share * vertical)
        )
        if any_of(begun):
            self.code[begun] = np.where(push[begun] > 0, UP, DOWN)
            self._ride_s[begun] = 0.0

    def _end(self, door: NDArray[np.int8]) -> None:
        moving = np.abs(self.code) == 1
        self._ride_s = (self._ride_s + self._hop_s) * moving
        ajar = (door == DOOR_OPEN) | (door == DOOR_MOVING)
        if not (
            any_of(ajar) or self._quiet_s.max() > self._set.stop_s or self._ride_s.max() > self._set.timeout_s
        ):
            return  # in the middle of their rides, as nearly always
        unknown = self.code == UNKNOWN
        early = moving & (self._ride_s < self._set.shortest_s)
        at_door = (door == DOOR_OPEN) | ((door == DOOR_MOVING) & ~early)
        stopped = (moving | unknown) & self._stopped()
        if any_of(unknown):
            stopped |= self._come_to_rest(unknown)
        arrived = (stopped | at_door) & self.settled
        late = moving & ~arrived & (self._ride_s > self._set.timeout_s)
        self.code[arrived] = PARKED
        self._speed[arrived] = 0.0
        self._fastest[arrived] = 0.0
        if any_of(late):
            self.code[late] = UNKNOWN
            self._quiet_s[late] = 0.0

    def _come_to_rest(self, unknown: Flags) -> Flags:
        """Which cars of unknown motion a long quiet tells parked; a shorter one forgets their speed."""
        forget = unknown & (self._quiet_s > self._set.fresh_s)
        self._speed[forget] = 0.0
        self._fastest[forget] = 0.0
        return np.asarray(unknown & (self._quiet_s >= self._set.quiet_s))

    def _stopped(self) -> Flags:
        speed, fastest = np.abs(self._speed), self._fastest
        stopped = (self._quiet_s > self._set.stop_s) & (speed < self._set.stopped * fastest)
        slow = (self._quiet_s > self._set.long_stop_s) & (speed < self._set.slow * fastest)
        return np.asarray(stopped | slow)
