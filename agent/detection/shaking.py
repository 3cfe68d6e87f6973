"""When shaking is a tremor, and when it is an alarm: levels held over the last hops.

*Sustained K above L* means that 80 % of the hops of the last K seconds exceed L: one step or one knock
fills no second, and one quiet hop does not hide an earthquake.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from agent.detection.escalation import Escalation, EscalationSettings
from agent.detection.motion import (
    DOOR_MOVING,
    DOOR_OPEN,
    DOOR_UNKNOWN,
    PARKED,
    UNKNOWN,
    Codes,
    Flags,
    Floats,
    any_of,
)


@dataclass(frozen=True, slots=True)
class ShakingSettings:
    """Levels of the 1-10 Hz RMS of a hop, m/s²."""

    tremor: float = 0.015
    """Three axes, 0.6 s, parked: a parked car stays below 0.006, and every earthquake of 0.1 m/s² passes it."""
    tremor_at_door: float = 0.08
    """The same near the door's own movement: a door motor shakes at 0.03-0.05."""
    door_s: float = 3.0
    """How long a movement of the door stays in the car, ..."""
    open_s: float = 10.0
    """... and how long people walk through a door that has opened."""
    horizontal_share: float = 0.15
    """Of the three axes, for a tremor and the alarm on three axes: jumping is vertical, and no earthquake only."""
    alarm_parked: float = 0.30
    """Three axes, 1 s, parked."""
    alarm_horizontal: float = 0.08
    """Horizontal, 3 s, parked."""
    alarm_riding: float = 0.24
    """Horizontal, 1 s, riding or not: real rides sustain at most 0.13 on a fixed sensor and 0.21 in a phone that is
    held or lies loose, ..."""
    riding_vertical: float = 0.8
    """... as long as the vertical stays below this share of the horizontal: such a phone can reach 0.25 with more.
    The S waves of strong earthquakes have 0.2-0.6."""
    over_parked: float = 0.02
    """Below this, three axes, a parked car has come to rest: people cannot feel it."""
    over_riding: float = 0.15
    """Below this, horizontal, a riding car shakes only by itself."""
    escalation: EscalationSettings = field(default_factory=EscalationSettings)
    """Parked: the early alarm."""
    tremor_over_s: float = 5.0
    over_s: float = 10.0
    """So long below: the pause between P and S of an earthquake 80 km away."""


SLOW, SHAPE = 1, slice(3, 5)
"""Bands of the detector: 0.1-1 Hz; 0.5-3 and 3-10 Hz."""
HORIZONTAL, ALL = 0, 2
"""Of the three ways in which the detector adds up axes."""
SHARE = 0.8
WINDOWS_S = (0.6, 1.0, 3.0, 1.0)
"""Tremor; alarm on three axes, horizontally, riding."""

PAUSE_S = 1.0
"""A shorter pause belongs to the shaking."""


class Sustained:
    """Counts how many of the last hops met each condition."""

    def __init__(self, cars: int, windows: tuple[int, ...]) -> None:
        self._needed = np.ceil(SHARE * np.array(windows) - 1e-9)[:, None]
        self._past = np.zeros((max(windows), len(windows), cars), dtype=np.bool_)
        slots = np.arange(len(self._past))[:, None]
        self._leaving = (slots - windows) % len(self._past)
        """By slot of this hop: where each condition's oldest hop lies."""
        self._rows = np.arange(len(windows))
        self._count = np.zeros((len(windows), cars), dtype=np.int64)
        self._slot = 0

    def step(self, met: Flags) -> Flags:
        """`met` and the answer have shape (conditions, cars)."""
        self._count += met
        self._count -= self._past[self._leaving[self._slot], self._rows]
        self._past[self._slot] = met
        self._slot = (self._slot + 1) % len(self._past)
        return np.asarray(self._count >= self._needed)

    def restart(self, cars: Flags) -> None:
        self._past[:, :, cars] = False
        self._count[:, cars] = 0


class Shaking:
    """Tremor and alarm of many cars; each stays on until the car has been at rest for a while."""

    def __init__(self, cars: int, hop_s: float, settings: ShakingSettings) -> None:
        self.tremor: Flags = np.zeros(cars, dtype=np.bool_)
        self.alarm: Flags = np.zeros(cars, dtype=np.bool_)
        self.since_s: Floats = np.zeros(cars)
        """How long the level of a tremor has been exceeded, short pauses included."""
        self._set = settings
        self._hop_s = hop_s
        self._sustained = Sustained(cars, tuple(max(1, round(window / hop_s)) for window in WINDOWS_S))
        self._longest = round((max(WINDOWS_S) + PAUSE_S) / hop_s) + 2
        self._escalation = Escalation(cars, hop_s, settings.escalation)
        self._busy = 0
        """Hops for which something that was above its level is still remembered."""
        self._on: Flags = np.zeros(cars, dtype=np.bool_)
        """A tremor or an alarm."""
        self._door = np.full(cars, DOOR_UNKNOWN, dtype=np.int8)
        self._moving: NDArray[np.intp] = np.zeros(0, dtype=np.intp)
        """The cars whose doors move."""
        self._door_s = np.full(cars, np.inf)
        self._rest_s, self._pause_s = np.zeros(cars), np.zeros(cars)

    def restart(self, cars: Flags) -> None:
        """Samples were lost: what was on stays on, nothing new can begin from what was before."""
        self._sustained.restart(cars)
        self._escalation.restart(cars)
        self.since_s = np.where(cars, 0.0, self.since_s)

    def step(self, rms: Floats, energy: Floats, code: Codes, door: NDArray[np.int8], judged: Flags) -> None:
        """One hop, horizontally, vertically and of all three axes. `rms`: 1-10 Hz, shape (3, cars), m/s²; `energy`:
        shape (bands, 3, cars), in the detector's order, (m/s²)². Only cars that are `judged` can begin to shake."""
        self._watch(door)
        vector = rms[ALL]
        above = vector > self._set.tremor
        if not (self._busy or any_of(above)):
            return
        horizontal, parked = rms[HORIZONTAL], code == PARKED
        # What a ride shakes by itself is no beginning of anything.
        above &= parked | self._on | (horizontal > self._set.alarm_riding)
        if any_of(above):
            self._busy = self._longest
        elif not self._busy:
            return
        self._rest(vector, horizontal, parked | (code == UNKNOWN))
        self._since(above)
        self.tremor = self.tremor & (self._rest_s < self._set.tremor_over_s)
        self.alarm = self.alarm & (self._rest_s < self._set.over_s)
        fresh = judged & ~self.alarm
        if any_of(fresh):
            self._begin(rms, energy, parked, fresh)
        self._on = self.tremor | self.alarm
        if not any_of(self._on):
            self._busy -= 1

    def _begin(self, rms: Floats, energy: Floats, parked: Flags, fresh: Flags) -> None:
        """What begins in cars without an alarm; one that is on needs nothing to go on."""
        horizontal, vector = rms[HORIZONTAL], rms[ALL]
        suspect = self._near_door()
        exceeded = self._sustained.step(self._met(horizontal, vector, suspect, parked) & fresh)
        followed = parked & fresh & ~suspect
        escalates = self._escalation.step(vector, np.sqrt(energy[SLOW, ALL]), energy[SHAPE, ALL], followed)
        strong = exceeded[1] | exceeded[2] | escalates | exceeded[3]
        self.tremor |= exceeded[0] | strong
        if any_of(strong):
            self.alarm |= strong
            self._sustained.restart(strong)
            self._escalation.restart(strong)

    def _met(self, horizontal: Floats, vector: Floats, suspect: Flags, parked: Flags) -> Flags:
        limits = self._set
        across = (horizontal > limits.horizontal_share * vector) & parked
        # Of the energies: vertical² = vector² - horizontal².
        lying = vector < np.sqrt(1 + limits.riding_vertical**2) * horizontal
        return np.array(
            (
                (vector > np.where(suspect, limits.tremor_at_door, limits.tremor)) & across,
                (vector > limits.alarm_parked) & across,
                (horizontal > limits.alarm_horizontal) & parked,
                (horizontal > limits.alarm_riding) & lying,
            )
        )

    def _watch(self, door: NDArray[np.int8]) -> None:
        """How long ago the door moved; a sensor with two positions shows only that it has changed."""
        self._door_s += self._hop_s
        if door.tobytes() != self._door.tobytes():
            self._door_s[(door != self._door) & (door != DOOR_UNKNOWN) & (self._door != DOOR_UNKNOWN)] = 0.0
            self._door, self._moving = door.copy(), np.flatnonzero(door == DOOR_MOVING)
        if len(self._moving):
            self._door_s[self._moving] = 0.0

    def _near_door(self) -> Flags:
        walking = (self._door == DOOR_OPEN) & (self._door_s < self._set.open_s)
        return np.asarray(walking | (self._door_s < self._set.door_s))

    def _rest(self, vector: Floats, horizontal: Floats, parked: Flags) -> None:
        limits = self._set
        resting = np.where(parked, vector < limits.over_parked, horizontal < limits.over_riding)
        self._rest_s += self._hop_s
        self._rest_s *= resting

    def _since(self, above: Flags) -> None:
        self._pause_s += self._hop_s
        self._pause_s *= ~above
        going = above | ((self.since_s > 0) & (self._pause_s < PAUSE_S))
        self.since_s = (self.since_s + self._hop_s) * going
