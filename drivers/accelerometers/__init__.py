"""Accelerometers, one file a chip, found by the chip's name.

A chip's module has `ADDRESSES` (7 bit, the usual one first), `RANGES_G`, `RATES_HZ`, `RATE_HZ` (what it is set to
when nobody says) and `probe(bus, address, *, range_g, rate_hz) -> Accelerometer`.
"""

from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from drivers.i2c import I2C
from drivers.samples import Samples


@dataclass(frozen=True, slots=True)
class SelfTest:
    """How far the chip moved its own proof mass. All of shape (3,), m/s², the chip's own axes."""

    change: NDArray[np.float64]
    lowest: NDArray[np.float64]
    """What the datasheet allows."""
    highest: NDArray[np.float64]

    @property
    def passed(self) -> bool:
        """Whether every axis moved as far as the datasheet says."""
        return bool(np.all((self.lowest <= self.change) & (self.change <= self.highest)))


BUS_SHARE = 0.6
"""So much of a bus's time may go into samples; the rest is for the others on it and for trying again."""


def check_range(part: str, range_g: int, ranges_g: tuple[int, ...]) -> None:
    """Raises ValueError for a range that the part does not have."""
    if range_g not in ranges_g:
        raise ValueError(f"{part} has no range of {range_g} g; choose one of {_listed(ranges_g)}")


def check_rate(
    part: str, rate_hz: float, rates_hz: tuple[float, ...], *, bus_hz: float, clocks: float
) -> None:
    """Raises ValueError for a rate that the part does not have or the bus cannot carry. clocks: what one sample
    costs on the bus."""
    if rate_hz not in rates_hz:
        raise ValueError(f"{part} has no rate of {rate_hz:g} Hz; choose one of {_listed(rates_hz)}")
    carried = BUS_SHARE * bus_hz / clocks
    if rate_hz > carried:
        raise ValueError(
            f"{part} at {rate_hz:g} Hz needs more than this bus of {bus_hz / 1000:g} kHz carries, which is "
            f"{carried:.0f} samples a second; choose a lower rate or a faster bus"
        )


def _listed(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:g}" for value in values)


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
    """Read at least this often: at most a third of the time in which the FIFO fills. It may change with each reading."""

    def read(self) -> Samples:
        """Everything measured since the last call, in the chip's own axes. Raises BusError."""

    def temperature(self) -> float | None:
        """Of the chip, °C; None where it has no thermometer, or one that tells changes only. Raises BusError."""

    def self_test(self) -> SelfTest | None:
        """Let the chip deflect itself; None where it cannot. Blocks for up to a second; leaves the chip
        measuring as before, and the next run has a gap. Raises BusError."""


class AccelerometerModule(Protocol):
    """What a chip's file offers."""

    ADDRESSES: tuple[int, ...]
    RANGES_G: tuple[int, ...]
    RATES_HZ: tuple[float, ...]
    """All rates that the chip can be set to, samples per second, ascending."""
    RATE_HZ: float
    """The one of them for detection: 100 to 125."""

    def probe(self, bus: I2C, address: int, *, range_g: int, rate_hz: float | None = None) -> Accelerometer:
        """Identify, reset and start the chip, at RATE_HZ when no rate is given. Raises NoAnswer, WrongChip,
        BusError; ValueError, with the reason, for a range or rate that the chip does not have or the bus cannot
        carry."""


def names() -> list[str]:
    """The chips there are drivers for."""
    return sorted(module.name for module in iter_modules(__path__))


def find(name: str) -> AccelerometerModule:
    """The driver of a chip by its file's name. Raises KeyError."""
    if name not in names():
        raise KeyError(name)
    return cast("AccelerometerModule", import_module(f"{__name__}.{name}"))
