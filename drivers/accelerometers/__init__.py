"""Accelerometers, one file a chip, found by the chip's name.

A chip's module has `ADDRESSES` (7 bit, the usual one first) and
`probe(bus, address, *, range_g) -> Accelerometer`.
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from drivers.i2c import I2C
from drivers.samples import Samples


class Accelerometer(Protocol):
    """A chip that was found, identified and set up, and is measuring."""

    name: str
    """Part name as printed on it, for instance "ADXL355"."""
    rate_hz: float
    """The rate it was set to, samples per second; the chip's own clock is a few percent off."""
    count: float
    """One digit, m/s²."""
    noise_density: float
    """Typical noise, m/s²/√Hz."""
    poll_s: float
    """Read at least this often: at most a third of the time in which the FIFO fills."""

    def read(self) -> Samples:
        """Everything measured since the last call, in the chip's own axes. Raises BusError."""


class AccelerometerModule(Protocol):
    """What a chip's file offers."""

    ADDRESSES: tuple[int, ...]
    RANGES_G: tuple[int, ...]

    def probe(self, bus: I2C, address: int, *, range_g: int) -> Accelerometer:
        """Identify, reset and start the chip. Raises NoAnswer, WrongChip, BusError."""


def names() -> list[str]:
    """The chips there are drivers for."""
    return sorted(module.name for module in iter_modules(__path__))


def find(name: str) -> AccelerometerModule:
    """The driver of a chip by its file's name. Raises KeyError."""
    if name not in names():
        raise KeyError(name)
    return cast("AccelerometerModule", import_module(f"{__name__}.{name}"))
