"""What a layout needs to know of the car, and which advice follows from it."""

from dataclasses import dataclass
from enum import Enum


class Doorway(Enum):
    """The car door as passengers see it."""

    CLOSED = "closed"
    MOVING = "moving"
    OPEN = "open"
    BLOCKED = "blocked"


class Advice(Enum):
    """What the earthquake page tells the people in the car."""

    RIDING = "riding"
    """Press every floor button, leave at the first stop; with seismic control, wait until it stops."""
    LEAVE = "leave"
    """Leave now: only when the car is known to stand and the door is known to be open."""
    CLOSED = "closed"
    """Try the door-open button; else call, wait, never force the door."""
    UNSURE = "unsure"
    """Hold on, press every floor button or with seismic control wait, leave once the car stands and the door is open."""


@dataclass(frozen=True, slots=True)
class Cabin:
    """Motion and door; None is not known."""

    moving: bool | None
    door: Doorway | None


_TABLE = {
    (True, Doorway.CLOSED): Advice.RIDING,
    (True, Doorway.MOVING): Advice.RIDING,
    (True, Doorway.OPEN): Advice.UNSURE,  # a contradiction: one of the two sensors is wrong
    (True, Doorway.BLOCKED): Advice.UNSURE,
    (True, None): Advice.RIDING,
    (False, Doorway.CLOSED): Advice.CLOSED,
    (False, Doorway.MOVING): Advice.CLOSED,
    (False, Doorway.OPEN): Advice.LEAVE,
    (False, Doorway.BLOCKED): Advice.CLOSED,  # the door-open button is what frees a blocked door
    (False, None): Advice.UNSURE,
    (None, Doorway.CLOSED): Advice.UNSURE,
    (None, Doorway.MOVING): Advice.UNSURE,
    (None, Doorway.OPEN): Advice.UNSURE,
    (None, Doorway.BLOCKED): Advice.UNSURE,
    (None, None): Advice.UNSURE,
}


def advice(cabin: Cabin) -> Advice:
    """The earthquake page for a car: a total table, where nothing unknown says "leave now"."""
    return _TABLE[cabin.moving, cabin.door]
