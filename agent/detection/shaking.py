"""When shaking is a tremor, and when it is an alarm: levels held over the last hops.

*Sustained K above L* means that 80 % of the hops of the last K seconds exceed L: one step or one knock
fills no second, and one quiet hop does not hide an earthquake.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from agent.detection.escalation import Escalation, EscalationSettings
from agent.detection.motion import DOOR_MOVING, DOOR_OPEN, DOOR_UNKNOWN, PARKED, UNKNOWN, Codes, Flags, Floats


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
        self._door = np.full(cars, DOOR_UNKNOWN, dtype=np.int8)
        self._door_s = np.full(cars, np.inf)
        self._rest_s, self._pause_s = np.zeros(cars), np.zeros(cars)

    def restart(self, cars: Flags) -> None:
        """Samples were lost: what was on stays on, nothing new can begin from what was before."""
        self._sustained.restart(cars)
        self._escalation.restart(cars)
        self.since_s = np.where(cars, 0.0, self.since_s)

    def step(
        self, across: Floats, energy: Floats, code: Codes, door: NDArray[np.int8], judged: Flags
    ) -> None:
        """One hop. `across`: horizontal energy, 1-10 Hz, shape (cars,); `energy`: of all three axes, shape
        (bands, cars), in the detector's order; (m/s²)². Only cars that are `judged` can begin to shake."""
        self._watch(door)
        vector = np.sqrt(energy[0])
        above = vector > self._set.tremor
        if not (self._busy or np.count_nonzero(above)):
            return
        horizontal, parked = np.sqrt(across), code == PARKED
        # What a ride shakes by itself is no beginning of anything.
        above &= parked | self.tremor | self.alarm | (horizontal > self._set.alarm_riding)
        if np.count_nonzero(above):
            self._busy = self._longest
        elif not self._busy:
            return
        self._rest(vector, horizontal, parked | (code == UNKNOWN))
        self._since(above)
        self.tremor = self.tremor & (self._rest_s < self._set.tremor_over_s)
        self.alarm = self.alarm & (self._rest_s < self._set.over_s)
        fresh = judged & ~self.alarm
        if np.count_nonzero(fresh):
            self._begin(horizontal, vector, energy, parked, fresh)
        if not (np.count_nonzero(self.alarm) or np.count_nonzero(self.tremor)):
            self._busy -= 1

    def _begin(self, horizontal: Floats, vector: Floats, energy: Floats, parked: Flags, fresh: Flags) -> None:
        """What begins in cars without an alarm; one that is on needs nothing to go on."""
        suspect = self._near_door()
        exceeded = self._sustained.step(self._met(horizontal, vector, suspect, parked) & fresh)
        followed = parked & fresh & ~suspect
        escalates = self._escalation.step(vector, np.sqrt(energy[SLOW]), energy[SHAPE], followed)
        strong = exceeded[1] | exceeded[2] | escalates | exceeded[3]
        self.tremor |= exceeded[0] | strong
        if np.count_nonzero(strong):
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
        moved = door == DOOR_MOVING
        other = door != self._door
        if np.count_nonzero(other):
            moved |= other & (door != DOOR_UNKNOWN) & (self._door != DOOR_UNKNOWN)
            self._door = door.copy()
        self._door_s += self._hop_s
        if np.count_nonzero(moved):
            self._door_s[moved] = 0.0

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
