"""Simulated car-days: 200 rides with doors and passengers, and all seven kinds of disturbance, in many cars at once.

A day is as long as its rides: 60 calls an hour until there are 200, in four shifts; the night, in which nothing
happens, is left out. After each shift come the disturbances of `SHIFTS`, an emergency stop and a safety-gear trip
every day among them, which a real car sees once in months or years: a hard day, not a usual one. Each car is in a
building of its own. The detector feels each day twice: with the door's signal and without.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from agent.detection.detector import Settings
from agent.detection.motion import DOOR_UNKNOWN
from simulator.building import storeys
from simulator.day import schedule_day
from simulator.elevator import Elevator
from simulator.score.batch import CHUNK_POLLS, Watch
from simulator.score.disturbances import disturb
from simulator.score.elevators import door_codes
from simulator.score.protocol import POLL, QUIET_S, RATE_HZ, Found, measured

RIDES, CALLS_AN_HOUR = 200, 60.0
SHIFTS = (
    ("jumping", "knock", "door slam", "walking"),
    ("emergency stop", "knock", "walking", "jumping"),
    ("knock", "door slam", "jumping", "walking"),
    ("safety gear", "knock", "door slam", "walking"),
)
PAUSES_S = (15.0, 60.0)
"""Between such disturbances."""
CARS = 64
"""Days side by side in one process; twice as many inputs."""
CAUSE_S = 15.0
"""What began so recently is named beside a decision."""


@dataclass(frozen=True, slots=True)
class Day:
    """A car with its day ahead."""

    elevator: Elevator
    rides: int
    end: float
    log: list[tuple[float, str]]
    """What happened when, in order."""


@dataclass(frozen=True, slots=True)
class Lived:
    """What the detector made of a day; decisions as (time, s, since its beginning; what had just begun)."""

    seed: int
    rides: int
    hours: float
    alarms: list[tuple[float, str]] = field(default_factory=list)
    tremors: list[tuple[float, str]] = field(default_factory=list)
    alarms_no_door: list[tuple[float, str]] = field(default_factory=list)
    tremors_no_door: list[tuple[float, str]] = field(default_factory=list)


def plan(seed: int, rides: int = RIDES) -> Day:
    """The same day for the same seed."""
    rng = np.random.default_rng([77, seed])
    elevator = Elevator(storeys(int(rng.integers(5, 40))), seed)
    log: list[tuple[float, str]] = []
    now, done = QUIET_S + 2.0, 0
    for shift, kinds in enumerate(SHIFTS):
        while done < rides * (shift + 1) // len(SHIFTS):
            made = schedule_day(elevator, CALLS_AN_HOUR, int(rng.integers(2**31)), now, hours=0.1)
            log += [(departs, "ride") for departs, _ in made]
            done += len(made)
            now = max(now + 360.0, elevator.free_at)
        for kind in kinds:
            now += float(rng.uniform(*PAUSES_S))
            log.append((now, kind))
            now = disturb(kind, elevator, now, rng)
        done += sum(kind in ("emergency stop", "safety gear") for kind in kinds)
    return Day(elevator, done, now + 30.0, sorted(log))


def live(seeds: Sequence[int], rides: int = RIDES, settings: Settings | None = None) -> list[Lived]:
    """These days, side by side."""
    days = [plan(seed, rides) for seed in seeds]
    watch = Watch(2 * len(days), settings)
    noises = [np.random.default_rng([78, seed]) for seed in seeds]
    chunk = CHUNK_POLLS * POLL
    for start in range(0, round(max(day.end for day in days) * RATE_HZ), chunk):
        t = np.arange(start, start + chunk) / RATE_HZ
        forces = (day.elevator.specific_force(t) for day in days)
        felt = np.stack([measured(force, noise) for force, noise in zip(forces, noises, strict=True)])
        seen = np.stack([door_codes(day.elevator, start // POLL, CHUNK_POLLS) for day in days])
        doors = np.concatenate((seen, np.full_like(seen, DOOR_UNKNOWN)))
        watch.step(np.concatenate((felt, felt)), doors)
    found = watch.found([day.end for day in days] * 2)
    pairs = zip(found[: len(days)], found[len(days) :], strict=True)
    return [_lived(seed, day, *pair) for seed, day, pair in zip(seeds, days, pairs, strict=True)]


def _lived(seed: int, day: Day, seen: Found, unseen: Found) -> Lived:
    return Lived(
        seed,
        day.rides,
        day.end / 3600,
        _causes(seen.alarm, day.log),
        _causes(seen.tremor, day.log),
        _causes(unseen.alarm, day.log),
        _causes(unseen.tremor, day.log),
    )


def _causes(spans: tuple[tuple[float, float], ...], log: list[tuple[float, str]]) -> list[tuple[float, str]]:
    """The last thing that began before each, if recently."""
    causes = []
    for begin, _ in spans:
        place = bisect_right(log, (begin, "~")) - 1
        recent = place >= 0 and begin - log[place][0] < CAUSE_S
        causes.append((round(begin, 3), log[place][1] if recent else "between rides"))
    return causes


def shares(days: int, jobs: int) -> list[list[int]]:
    """Seeds by batch: as many batches as keep all processes busy."""
    size = max(1, min(CARS, -(-days // jobs)))
    return [list(range(start, min(start + size, days))) for start in range(0, days, size)]
