"""Everything a display hangs on: built in two places, on real wires and on simulated ones."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Generic, TypeVar

from agent.clock import Clock
from agent.store import Store
from content.broker import Broker
from content.work import Work
from drivers.accelerometers import Accelerometer
from drivers.doors import DoorSensor
from drivers.screens import Screen

T = TypeVar("T")


@dataclass(frozen=True)
class Wired(Generic[T]):
    """Something on a wire: how to bring it up, and the thread that owns its wire."""

    probe: Callable[[], T]
    """Raises BusError. Blocks."""
    work: Work


@dataclass(frozen=True, slots=True)
class Board:
    """All wires of a device."""

    accelerometer: Wired[Accelerometer]
    door: Wired[DoorSensor] | None
    screen: Screen
    broker: Broker
    clock: Clock
    store: Store
    disk: Work
    drawing: Work
    random: Random = field(default_factory=Random)
