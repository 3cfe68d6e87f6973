"""One ride from stop to stop: the fastest that keeps jerk, acceleration and speed, in seven segments."""

from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from simulator.building import Limits

Floats = NDArray[np.float64]


def _peaks(distance_m: float, limits: Limits) -> tuple[float, float]:
    """Highest acceleration and speed of a ride of this length."""
    jerk, speed = limits.jerk_m_s3, limits.speed_m_s
    acceleration = min(limits.acceleration_m_s2, sqrt(speed * jerk))
    if distance_m >= speed * (speed / acceleration + acceleration / jerk):
        return acceleration, speed
    ramp = acceleration / jerk
    reached = acceleration / 2 * (sqrt(ramp**2 + 4 * distance_m / acceleration) - ramp)
    if reached >= acceleration * ramp:
        return acceleration, reached
    acceleration = (distance_m * jerk**2 / 2) ** (1 / 3)
    return acceleration, acceleration**2 / jerk


class Profile:
    """Vertical motion over the time since departure, s. The distance, m, is negative downwards."""

    def __init__(self, distance_m: float, limits: Limits) -> None:
        length = abs(distance_m)
        acceleration, speed = _peaks(length, limits) if length else (0.0, 0.0)
        ramp = acceleration / limits.jerk_m_s3
        steady = max(0.0, speed / acceleration - ramp) if length else 0.0
        cruise = max(0.0, length / speed - speed / acceleration - ramp) if length else 0.0
        jerk = limits.jerk_m_s3 * (1 if distance_m > 0 else -1)
        spans = (ramp, steady, ramp, cruise, ramp, steady, ramp)
        self.top_speed_m_s = speed
        self._knots, self._states = _integrate(spans, (jerk, 0, -jerk, 0, -jerk, 0, jerk))
        self.duration_s = float(self._knots[-1])

    def acceleration(self, t: Floats) -> Floats:
        """m/s², zero before and after."""
        return np.asarray(np.interp(t, self._knots, self._states[1]))

    def speed(self, t: Floats) -> Floats:
        """m/s, up is positive."""
        jerk, acceleration, speed, _, since = self._at(t)
        return np.asarray(speed + since * (acceleration + since * jerk / 2))

    def way(self, t: Floats) -> Floats:
        """m from the departure, up is positive."""
        jerk, acceleration, speed, way, since = self._at(t)
        return np.asarray(way + since * (speed + since * (acceleration / 2 + since * jerk / 6)))

    def _at(self, t: Floats) -> Floats:
        """Jerk, acceleration, speed and way at the last knot, and the time since; shape (5, n)."""
        inside = np.clip(t, 0.0, self.duration_s)
        segment = np.searchsorted(self._knots, inside, side="right") - 1
        return np.vstack((self._states[:, segment], inside - self._knots[segment]))


def _integrate(spans: Sequence[float], jerks: Sequence[float]) -> tuple[Floats, Floats]:
    """Times of the knots, shape (8,), and jerk, acceleration, speed, way from each on, shape (4, 8)."""
    acceleration = speed = way = 0.0
    states = []
    for span, jerk in zip(spans, jerks, strict=True):
        states.append((jerk, acceleration, speed, way))
        way += span * (speed + span * (acceleration / 2 + span * jerk / 6))
        speed += span * (acceleration + span * jerk / 2)
        acceleration += span * jerk
    states.append((0.0, 0.0, 0.0, way))
    return np.concatenate(([0.0], np.cumsum(spans))), np.array(states).T


class Braked:
    """A ride that an emergency brake ends underway, at a constant deceleration, m/s²."""

    def __init__(self, profile: Profile, stop_s: float, deceleration_m_s2: float) -> None:
        self._profile = profile
        self._stop_s = stop_s
        instant = np.array([stop_s])
        self._speed = float(profile.speed(instant)[0])
        self._way = float(profile.way(instant)[0])
        self._brake = -np.sign(self._speed) * deceleration_m_s2
        self._braking_s = abs(self._speed) / deceleration_m_s2
        self.top_speed_m_s = profile.top_speed_m_s
        self.duration_s = stop_s + self._braking_s

    def acceleration(self, t: Floats) -> Floats:
        braking = np.where(t < self.duration_s, self._brake, 0.0)
        return np.where(t < self._stop_s, self._profile.acceleration(t), braking)

    def speed(self, t: Floats) -> Floats:
        since = np.clip(t - self._stop_s, 0.0, self._braking_s)
        return np.where(t < self._stop_s, self._profile.speed(t), self._speed + self._brake * since)

    def way(self, t: Floats) -> Floats:
        since = np.clip(t - self._stop_s, 0.0, self._braking_s)
        braked = self._way + since * (self._speed + since * self._brake / 2)
        return np.where(t < self._stop_s, self._profile.way(t), braked)
