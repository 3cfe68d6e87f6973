"""A car in its building, scheduled ahead of time: what shakes it, where it is, how far its door is open."""

from bisect import bisect_right, insort
from dataclasses import dataclass

import numpy as np

from simulator.building import Building
from simulator.disturbances import brake_shock, cruising, door_moving
from simulator.recordings import Recording
from simulator.ride import Braked, Profile
from simulator.sources import RATE_HZ, Endless, Floats, Rendered, Source, Vertical, fade, noise, resampled

STANDARD_GRAVITY = 9.80665
AMBIENT_S, AMBIENT_HZ = 40.0, 100.0
ROLLER_M = 0.15


class Busy(Exception):
    """The car cannot do this at that time: it is riding, or its door is not closed."""


@dataclass(frozen=True, slots=True)
class Trip:
    """A scheduled ride; times in monotonic seconds, heights in m."""

    start: float
    end: float
    from_m: float
    to_m: float
    profile: Profile | Braked


class Elevator:
    """One car. Rides and doors are scheduled in the order of their times; sources in any order."""

    def __init__(
        self, building: Building, seed: int = 0, floor: int = 0, mounting: Floats | None = None
    ) -> None:
        """`mounting`: rotation (3, 3) from the car's axes into the chip's."""
        self.building = building
        self.free_at = -np.inf
        """The car stands with a closed door from this time on, s."""
        self._rng = np.random.default_rng(seed)
        self._mounting = None if mounting is None else np.asarray(mounting, dtype=np.float64)
        self._height_m = building.heights_m[floor]
        self._first_m = self._height_m
        self._trips: list[Trip] = []
        self._door_times: list[float] = []
        self._door_openings: list[float] = []
        ambient = noise(self._rng, AMBIENT_S, 0.5, 20.0, (building.ambient,) * 3, rate_hz=AMBIENT_HZ)
        self._ambient = Endless(ambient, AMBIENT_HZ)
        self._sources: list[Source] = []
        self._active: list[Source] = []
        self._next, self._now = 0, -np.inf

    def ride(self, at: float, to_floor: int) -> float:
        """Depart; gives the time of arrival. Raises Busy, IndexError."""
        return self._depart(at, self._profile(to_floor))

    def emergency_stop(
        self, at: float, to_floor: int, after_s: float, deceleration_m_s2: float = 3.0
    ) -> float:
        """Depart, and be stopped by the brake underway; gives the time of rest. Raises Busy, IndexError.

        Machine brakes slow a car by 1-5 m/s², safety gear by 2-10 m/s² (EN 81-50: 0.2-1 g)."""
        braked = Braked(self._profile(to_floor), after_s, deceleration_m_s2)
        end = self._depart(at, braked)
        self.add(brake_shock(at + after_s, self._rng, deceleration_m_s2))
        return end

    def _profile(self, to_floor: int) -> Profile:
        if not 0 <= to_floor < len(self.building.heights_m):
            raise IndexError(f"no floor {to_floor} among {len(self.building.heights_m)}")
        return Profile(self.building.heights_m[to_floor] - self._height_m, self.building.limits)

    def _depart(self, at: float, profile: Profile | Braked) -> float:
        self._claim(at)
        way_m = float(profile.way(np.array([profile.duration_s]))[0])
        trip = Trip(at, at + profile.duration_s, self._height_m, self._height_m + way_m, profile)
        self._trips.append(trip)
        self._height_m = trip.to_m
        self.free_at = trip.end
        self.add(Vertical(at, profile.duration_s, profile.acceleration))
        self.add(cruising(at, self._rng, profile, self.building.rails, ROLLER_M))
        return trip.end

    def open_door(self, at: float, stay_s: float = 4.0) -> float:
        """Open, stay, close; gives the time at which the door is closed. Raises Busy."""
        self._claim(at)
        door = self.building.door
        opened, closes = at + door.opens_s, at + door.opens_s + stay_s
        self.free_at = closes + door.closes_s
        self._door_times += [at, opened, closes, self.free_at]
        self._door_openings += [0.0, 1.0, 1.0, 0.0]
        self.add(door_moving(at, self._rng, door, door.opens_s))
        self.add(door_moving(closes, self._rng, door, door.closes_s))
        return self.free_at

    def _claim(self, at: float) -> None:
        if at < self.free_at:
            raise Busy(f"the car is busy until {self.free_at:.2f} s, not free at {at:.2f} s")

    def play(
        self, recording: Recording, at: float, rotation: Floats | None = None, gain: float = 1.0
    ) -> float:
        """Shake the car as the recording was; gives the time of its end. `rotation`: (3, 3), recording to car."""
        turned = gain * (np.eye(3) if rotation is None else np.asarray(rotation))

        def render() -> Floats:
            shaking = recording.shaking()
            shaking = shaking * fade(len(shaking), round(0.5 * recording.rate_hz))
            return resampled(shaking @ turned.T, recording.rate_hz, RATE_HZ)

        self.add(Rendered(at, recording.duration_s, render))
        return at + recording.duration_s

    def add(self, source: Source) -> None:
        """Let something shake the car."""
        insort(self._sources, source, key=lambda one: one.start)
        self._now = np.inf

    def acceleration(self, t: Floats) -> Floats:
        """Of the car, without gravity, at rising times (n,); shape (n, 3), m/s², car frame, z up."""
        total = self._ambient.at(t)
        if not len(t):
            return total
        self._reach(float(t[0]), float(t[-1]))
        for source in self._active:
            source.add(t, total)
        return total

    def specific_force(self, t: Floats) -> Floats:
        """What an accelerometer in the car's frame reads: acceleration and gravity, shape (n, 3), m/s²."""
        total = self.acceleration(t)
        total[:, 2] += STANDARD_GRAVITY
        return total

    def at_chip(self, t: Floats) -> Floats:
        """The same in the chip's own axes, by its mounting."""
        force = self.specific_force(t)
        return force if self._mounting is None else np.asarray(force @ self._mounting.T)

    def _reach(self, first: float, last: float) -> None:
        """Keep ready what sounds between these times. Fast while time goes on; going back is allowed."""
        if first < self._now:
            self._active, self._next = [], 0
        self._now = first
        for source in self._active[:]:
            if source.end < first:
                self._active.remove(source)
                source.release()
        while self._next < len(self._sources) and self._sources[self._next].start <= last:
            if self._sources[self._next].end >= first:
                self._active.append(self._sources[self._next])
            self._next += 1

    def door_opening(self, t: float) -> float:
        """0 closed to 1 open."""
        place = bisect_right(self._door_times, t)
        if not 0 < place < len(self._door_times):
            return 0.0
        start, end = self._door_times[place - 1 : place + 1]
        low, high = self._door_openings[place - 1 : place + 1]
        return low + (high - low) * (t - start) / (end - start) if end > start else high

    def height(self, t: float) -> float:
        """Of the car above the lowest floor, m."""
        trip = self._trip(t)
        if trip is None:
            return self._first_m
        if t >= trip.end:
            return trip.to_m
        return trip.from_m + float(trip.profile.way(np.array([t - trip.start]))[0])

    def floor(self, t: float) -> int:
        """The nearest floor."""
        heights = np.array(self.building.heights_m)
        return int(np.argmin(np.abs(heights - self.height(t))))

    def moving(self, t: float) -> bool:
        """Underway between two stops."""
        trip = self._trip(t)
        return trip is not None and t < trip.end

    def _trip(self, t: float) -> Trip | None:
        """The last that departed until then."""
        place = bisect_right(self._trips, t, key=lambda trip: trip.start)
        return self._trips[place - 1] if place else None
