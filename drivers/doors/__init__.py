"""Door sensors, one file a sensor, found by its name.

A sensor's module has `WIRE` ("i2c" or "serial"), `ADDRESSES` (7 bit, the usual one first; none on a serial line),
`Settings` (what an installer may say about its wiring, all with defaults) and `probe`.
"""

from enum import Enum
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Literal, Protocol, cast

from drivers.i2c import I2C
from drivers.serial import Serial


class Door(Enum):
    """The car door. A door that cannot be known is None, never OPEN."""

    CLOSED = "closed"
    MOVING = "moving"
    OPEN = "open"
    BLOCKED = "blocked"
    """Between its ends, and longer so than any door takes to move."""


class DoorSensor(Protocol):
    """A sensor that was found and set up."""

    name: str

    @property
    def poll_s(self) -> float:
        """Read again after this long; it may change with each reading."""

    def read(self) -> Door | None:
        """The debounced door; None when the sensor's answer makes no sense. Raises BusError. May block until a
        serial sensor has answered."""


class DoorModule(Protocol):
    """What a sensor's file offers."""

    WIRE: Literal["i2c", "serial"]
    ADDRESSES: tuple[int, ...]
    BAUD: int
    """Of a serial sensor as it leaves the factory; 0 on I2C."""
    Settings: type[Any]
    """A msgspec.Struct; its field names are the keys of [door.settings] in the configuration. Raises ValueError for
    values that contradict each other (ValidationError out of a configuration)."""

    def probe(self, wire: I2C | Serial, address: int, settings: Any) -> DoorSensor:
        """Find the sensor and set it up; `address` means nothing on a serial line. Raises NoAnswer, WrongChip,
        BusError. Blocks, on a serial line for up to a second."""


def names() -> list[str]:
    """The door sensors there are drivers for."""
    return sorted(module.name for module in iter_modules(__path__))


def find(name: str) -> DoorModule:
    """The driver of a door sensor by its file's name. Raises KeyError."""
    if name not in names():
        raise KeyError(name)
    return cast("DoorModule", import_module(f"{__name__}.{name}"))
