"""Door sensors, one file a sensor, found by its name."""

from enum import Enum
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from drivers.i2c import I2C


class Door(Enum):
    """The car door. A door that cannot be known is None, never OPEN."""

    CLOSED = "closed"
    MOVING = "moving"
    OPEN = "open"


class DoorSensor(Protocol):
    """A sensor that was found and set up."""

    name: str
    poll_s: float
    """Read again after this long; it may change with each reading."""

    def read(self) -> Door | None:
        """The debounced door; None when the sensor's answer makes no sense. Raises BusError."""


class DoorModule(Protocol):
    """What a sensor's file offers."""

    ADDRESSES: tuple[int, ...]

    def probe(self, bus: I2C, address: int) -> DoorSensor:
        """Find the sensor and set it up. Raises NoAnswer, WrongChip, BusError."""


def names() -> list[str]:
    """The door sensors there are drivers for."""
    return sorted(module.name for module in iter_modules(__path__))


def find(name: str) -> DoorModule:
    """The driver of a door sensor by its file's name. Raises KeyError."""
    if name not in names():
        raise KeyError(name)
    return cast("DoorModule", import_module(f"{__name__}.{name}"))
