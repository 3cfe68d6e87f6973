"""The car: what is known of it, and how each event changes that. Pure."""

import math
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from agent.clock import Reading
from agent.detection.events import (
    Motion,
    MotionFound,
    MotionLost,
    RideEnded,
    RideStarted,
    ShakingEnded,
    ShakingFelt,
)
from agent.events import DoorMoved, Happening, HoldBegan, HoldEnded, SensorFound, SensorLost, TaskFailed
from content.cabin import Cabin, Doorway
from content.message import Release
from drivers.doors import Door

TRAPPED_S = 30.0
"""A car that has stopped at a floor opens within a few seconds; re-levelling and three attempts of a door drive take
about twenty. Whoever is still inside then does not get out alone. A car that parks empty with its door closed says so
too: nobody is there to read it, and the page goes with the next ride or when the door opens."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Do not use: begins with an alarm, ends by a signed release, survives restarts and power cuts."""

    id: str
    since: datetime
    clock_good: bool
    """Whether since may be believed."""
    spent: tuple[str, ...] = ()
    """Releases known when it began: they were for another one."""
    door_opened: bool = False
    """The door has been open since, so whoever was inside could leave."""


@dataclass(frozen=True, slots=True)
class Car:
    """The cabin. None is not known."""

    motion: Motion | None = None
    door: Door | None = None
    shaking: ShakingFelt | None = None
    hold: Hold | None = None
    sensors: dict[str, str] = field(default_factory=dict)
    """Name of each sensor: its part, or why it is lost."""
    ended: float | None = None
    """When the last shaking ended, monotonic, s."""
    arrived: float | None = None
    """When the last ride ended, monotonic, s, as long as the door was known ever since and never open."""


_DOORWAYS = {None: None} | {door: Doorway(door.value) for door in Door}


def cabin(car: Car) -> Cabin:
    """The car as the layouts know it."""
    moving = None if car.motion is None else car.motion is not Motion.PARKED
    return Cabin(moving, _DOORWAYS[car.door])


def after(car: Car, event: Happening) -> Car:
    """The car after an event."""
    match event:
        case RideStarted() | RideEnded() | MotionFound() | MotionLost():
            return _moved(car, event)
        case DoorMoved(door=door):
            car = replace(car, door=door)
            return _opened(car if is_shut(car) else replace(car, arrived=None))
        case ShakingFelt():
            return replace(car, shaking=event, ended=None)
        case ShakingEnded(at=at):
            return replace(car, shaking=None, ended=at)
        case HoldBegan(id=name, since=since, clock_good=good, spent=spent):
            return _opened(replace(car, hold=Hold(name, since, good, spent)))
        case HoldEnded():
            return replace(car, hold=None)
        case SensorFound(sensor=sensor, part=part):
            return replace(car, sensors={**car.sensors, sensor: part})
        case SensorLost(sensor=sensor, reason=reason):
            return _without(car, sensor, reason)
        case TaskFailed(task=("accelerometer" | "door") as sensor, reason=reason):
            return _without(car, sensor, reason)
        case _:
            return car


def _moved(car: Car, event: RideStarted | RideEnded | MotionFound | MotionLost) -> Car:
    match event:
        case RideStarted(direction=direction):
            return replace(car, motion=direction, arrived=None)
        case RideEnded(at=at):
            return replace(car, motion=Motion.PARKED, arrived=at if is_shut(car) else None)
        case MotionFound():
            return replace(car, motion=Motion.PARKED)
        case MotionLost():
            return replace(car, motion=None, arrived=None)


def _opened(car: Car) -> Car:
    if car.hold is None or car.door is not Door.OPEN or car.hold.door_opened:
        return car
    return replace(car, hold=replace(car.hold, door_opened=True))


def releases(release: Release, hold: Hold, time: Reading) -> bool:
    """Whether a release in force ends a hold: one sent after it began, as far as clocks can tell."""
    if release.id in hold.spent:
        return False
    return release.sent >= hold.since or not (hold.clock_good and time.good)


def timed_out(hold: Hold, time: Reading, hold_h: float | None) -> bool:
    """Whether the site lets a hold end by itself after so long; only where both clocks may be believed."""
    if hold_h is None or not (hold.clock_good and time.good):
        return False
    return time.utc - hold.since >= timedelta(hours=hold_h)


def _without(car: Car, sensor: str, reason: str) -> Car:
    """What a lost sensor told is no longer known; the hold of a shaking that was felt stays."""
    car = replace(car, sensors={**car.sensors, sensor: f"lost: {reason}"})
    car = replace(car, arrived=None)
    if sensor == "door":
        return replace(car, door=None)
    return replace(car, motion=None, shaking=None)


def is_shut(car: Car) -> bool:
    """Whether the door is known, and not open."""
    return car.door not in (Door.OPEN, None)


def waits_inside(car: Car) -> bool:
    """Whether a hold stands and the door has not been open since: whoever was inside may be there still."""
    return car.hold is not None and not car.hold.door_opened and is_shut(car)


def trapped_from(car: Car) -> float | None:
    """From when on people inside count as trapped, monotonic, s; None: as far as is known, they do not.

    Two ways: a ride ended and the door did not open; or a hold stands, the car does not ride, and the door did not open
    since (after a restart nothing says when that began: then at once). What is unknown traps nobody.
    """
    if car.motion in (Motion.UP, Motion.DOWN) or not is_shut(car) or car.shaking is not None:
        return None
    since = [] if car.arrived is None else [car.arrived]
    if waits_inside(car):
        since.append(-math.inf if car.ended is None else car.ended)
    return min(since) + TRAPPED_S if since else None
