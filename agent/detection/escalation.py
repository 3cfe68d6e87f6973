"""When a parked car's shaking is believed early: it has lasted, it grew, and nothing moved the car slowly.

An earthquake that matters begins with a P wave: quick motion, a few gal, growing within a second or two, while
the ground has hardly moved yet. What people and machines do to a car begins at its full strength, or is over
within a second, or pushes the car slowly (a ride's start, jumping, a hand): 0.6 cm against a P wave's 0.02 cm.
"""

from dataclasses import dataclass

import numpy as np

from agent.detection.motion import Flags, Floats, any_of

LEVEL_HOPS, NEEDED_HOPS, FIRST_HOPS = 5, 4, 8
"""The level of now is what four of the last five hops exceed; the first eight hops are what it grew from."""


@dataclass(frozen=True, slots=True)
class EscalationSettings:
    """Levels are RMS of the three-axis vector in m/s², 1-10 Hz. None of the ratios is critical: between half
    and twice the level, and 1 and 2 s, recordings give the same answers (docs/detector.md)."""

    onset: float = 0.015
    """The shaking has begun: the level of a tremor."""
    level: float = 0.05
    """Worth an alarm when it grows: begins to be felt by everybody in a quiet room (GB/T 17742 class III-IV)."""
    lasting_s: float = 1.5
    """Longer than a knock, a slam or a step."""
    share: float = 0.8
    """Of the hops since the onset that exceed it: steps leave pauses."""
    growth: float = 1.75
    """Over its own first 0.8 s: what begins at full strength is local."""
    slow: float = 0.4
    """At most so much 0.1-1 Hz since the onset, over the level: a ride's start has 1 and more, a P wave 0.05-0.4."""
    heavy: float = 1.2
    """At most so much 0.5-3 Hz over 3-10 Hz: jumping has 1.7 and more, a P wave 0.2-0.9."""
    pause_s: float = 1.0
    """A shorter pause belongs to the shaking."""


class Escalation:
    """Follows the shaking of many cars from its onset."""

    def __init__(self, cars: int, hop_s: float, settings: EscalationSettings) -> None:
        self._set = settings
        self._least = round(settings.lasting_s / hop_s)
        self._pause = round(settings.pause_s / hop_s)
        self._smooth = 1 - np.exp(-hop_s)
        self._cars = cars
        self._age = np.zeros(cars, dtype=np.int64)
        """Hops since the onset, 0 before it."""
        self._above = np.zeros(cars, dtype=np.int64)
        self._silent = np.zeros(cars, dtype=np.int64)
        self._first = np.zeros(cars)
        """Energy of the first hops, summed."""
        self._slowest = np.zeros(cars)
        self._last = np.zeros((LEVEL_HOPS, cars))
        self._shape = np.zeros((2, cars))
        """Energy of 0.5-3 and of 3-10 Hz, with a time constant of 1 s."""
        self._hop = 0
        self._idle = True

    def restart(self, cars: Flags) -> None:
        """Nothing new can grow from what was before."""
        for state in (self._age, self._above, self._silent, self._first, self._slowest):
            state[cars] = 0
        self._last[:, cars] = 0.0
        self._shape[:, cars] = 0.0

    def step(self, vector: Floats, slow: Floats, shape: Floats, followed: Flags) -> Flags:
        """Which cars escalate. `vector`, `slow`: RMS of this hop, 1-10 and 0.1-1 Hz, shape (cars,); `shape`:
        energies of 0.5-3 and 3-10 Hz, (2, cars). Only what begins while a car is `followed` counts."""
        above = vector > self._set.onset
        if self._idle and not any_of(above & followed):
            return np.zeros(self._cars, dtype=np.bool_)
        self._follow(vector, slow, shape, above, followed)
        self._idle = not np.count_nonzero(self._age)
        old = self._age >= self._least
        return self._judge() & old if any_of(old) else old

    def _follow(self, vector: Floats, slow: Floats, shape: Floats, above: Flags, followed: Flags) -> None:
        going = (self._age > 0) | above
        self._silent = np.where(above, 0, self._silent + 1)
        going &= (self._silent <= self._pause) & followed
        self._age = (self._age + 1) * going
        self._above = (self._above + above) * going
        self._first = (self._first + np.square(vector) * (self._age <= FIRST_HOPS)) * going
        self._slowest = np.maximum(self._slowest, slow) * going
        self._shape = (self._shape + self._smooth * (shape - self._shape)) * going
        self._last[self._hop] = vector
        self._hop = (self._hop + 1) % LEVEL_HOPS

    def _judge(self) -> Flags:
        limits = self._set
        level = np.partition(self._last, LEVEL_HOPS - NEEDED_HOPS, axis=0)[LEVEL_HOPS - NEEDED_HOPS]
        first = np.sqrt(self._first / FIRST_HOPS)
        return np.asarray(
            (level > limits.level)
            & (level > limits.growth * np.maximum(first, limits.onset))
            & (self._above >= limits.share * self._age)
            & (self._slowest < limits.slow * level)
            & (self._shape[0] < limits.heavy**2 * self._shape[1])
        )
