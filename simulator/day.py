"""A day of an elevator: calls at random, doors, and people who come and go."""

import numpy as np

from simulator.disturbances import knock, standing, walking
from simulator.elevator import Elevator

PAUSE_S = 1.0
"""From a closed door to the departure, and from the arrival to the door."""


def schedule_day(
    elevator: Elevator, rides_per_hour: float, seed: int, start: float = 0.0, hours: float = 24.0
) -> list[tuple[float, float]]:
    """Schedule rides until the hours are over; gives departure and arrival of each.

    They come at random (exponential pauses). Three in ten are empty, called from another floor; before the
    others one to four people walk in, in one of ten somebody knocks at the wall; after each the door opens.
    """
    rng = np.random.default_rng(seed)
    rides: list[tuple[float, float]] = []
    called = start
    floors = len(elevator.building.heights_m)
    while True:
        called += rng.exponential(3600 / rides_per_hour)
        at = max(called, elevator.free_at + PAUSE_S)
        if at > start + hours * 3600:
            return rides
        target = int((elevator.floor(at) + rng.integers(1, floors)) % floors)
        if rng.random() < 0.3:
            rides.append((at, elevator.ride(at, target)))
        else:
            _board(elevator, rng, at)
            rides.append(_carry(elevator, rng, target))
        _board(elevator, rng, elevator.free_at + PAUSE_S)


def _board(elevator: Elevator, rng: np.random.Generator, opens: float) -> None:
    """Open the door; one to four people walk through it."""
    stay_s = float(rng.uniform(3.0, 9.0))
    elevator.open_door(opens, stay_s)
    opened = opens + elevator.building.door.opens_s
    for _ in range(int(rng.integers(1, 5))):
        elevator.add(walking(opened + float(rng.uniform(0.0, max(0.1, stay_s - 2.0))), rng, steps=3))


def _carry(elevator: Elevator, rng: np.random.Generator, target: int) -> tuple[float, float]:
    """Ride with people who shift their weight and sometimes knock."""
    departure = elevator.free_at + PAUSE_S
    arrival = elevator.ride(departure, target)
    elevator.add(standing(departure, rng, max(2.0, arrival - departure)))
    if rng.random() < 0.1:
        elevator.add(knock(float(rng.uniform(departure, arrival)), rng, peak=0.4))
    return departure, arrival
