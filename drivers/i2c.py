"""The I2C wire: what a chip's driver asks of a bus, and the bus of a Linux board."""

import errno
import time
from typing import Protocol

from smbus2 import SMBus, i2c_msg

from drivers.errors import BusError, NoAnswer

STANDARD_HZ = 100_000.0
"""Every bus carries this."""


class I2C(Protocol):
    """One bus. Calls block, so exactly one thread owns a bus and all its chips.

    The bus carries the time its chips are read at, so that a sample can be stamped right where it was
    counted; a simulated bus brings simulated time.
    """

    hz: float
    """The bus's clock, Hz: nine of them carry a byte."""

    def write(self, address: int, data: bytes) -> None:
        """Send data to a 7 bit address. Raises BusError."""

    def read(self, address: int, register: int, count: int) -> bytes:
        """Write the register pointer, restart, read count bytes. Raises BusError."""

    def now(self) -> float:
        """Monotonic time, s."""

    def sleep(self, seconds: float) -> None:
        """Let a chip settle."""


class LinuxI2C:
    """`/dev/i2c-N` through smbus2. A FIFO does not fit SMBus blocks of 32 bytes: all reads are I2C_RDWR."""

    def __init__(self, path: str) -> None:
        """Open the bus, for instance "/dev/i2c-1". Raises BusError."""
        self.hz = STANDARD_HZ
        self._path = path
        try:
            self._bus = SMBus(path)
        except OSError as error:
            raise BusError(f"cannot open {path}: {error.strerror}; is I2C enabled on this board?") from error

    def write(self, address: int, data: bytes) -> None:
        """Send data to a 7 bit address."""
        self._transfer(address, i2c_msg.write(address, data))

    def read(self, address: int, register: int, count: int) -> bytes:
        """Write the register pointer, restart, read count bytes."""
        answer = i2c_msg.read(address, count)
        self._transfer(address, i2c_msg.write(address, [register]), answer)
        return bytes(answer)

    def now(self) -> float:
        """Monotonic time, s."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let a chip settle."""
        time.sleep(seconds)

    def close(self) -> None:
        """Give the bus back."""
        self._bus.close()

    def _transfer(self, address: int, *messages: i2c_msg) -> None:
        try:
            self._bus.i2c_rdwr(*messages)
        except OSError as error:
            # A missing acknowledge is ENXIO, on some adapters EREMOTEIO.
            kind = NoAnswer if error.errno in (errno.ENXIO, errno.EREMOTEIO) else BusError
            raise kind(f"{self._path} address 0x{address:02x}: {error.strerror}") from error
