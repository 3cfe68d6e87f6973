"""The twin of every door sensor at a simulated door, found by the sensor's name, and wired as its defaults say."""

from collections.abc import Callable
from inspect import signature
from typing import TypeVar

from simulator import chips, lines
from simulator.chips import Chip
from simulator.lines import Device

T = TypeVar("T")
Opening = Callable[[float], float]
"""Time, s, to how far the door is open: 0 closed, 1 open."""
REACH = 0.01
"""The switches' magnets reach a hundredth of the door's way."""
AT_CLOSED, AT_OPEN, OFF_CLOSED, OFF_OPEN = 1, 2, 4, 8


def contacts(opening: float) -> int:
    """Which contacts of the end switches a door makes, as a mask: the normally open one of the closed end and of
    the open end, then the normally closed ones."""
    closed, opened = opening <= REACH, opening >= 1 - REACH
    return (AT_CLOSED if closed else OFF_CLOSED) | (AT_OPEN if opened else OFF_OPEN)


def chip(name: str, opening: Opening) -> Chip:
    """A simulated door sensor for a bus, at a door. Raises KeyError."""
    return _at_door(chips.find(name), opening)


def device(name: str, opening: Opening) -> Device:
    """A simulated door sensor for a serial line, at a door. Raises KeyError."""
    return _at_door(lines.find(name), opening)


def _at_door(make: Callable[..., T], opening: Opening) -> T:
    """With what it asks for: `opening`, or `low`, the contacts to ground."""
    around = {"opening": opening, "low": lambda now: contacts(opening(now))}
    asked = signature(make).parameters
    return make(**{key: value for key, value in around.items() if key in asked})
