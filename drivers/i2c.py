"""The I2C wire: what a chip's driver asks of a bus, and the bus of a Linux board."""

import errno
import time
from pathlib import Path
from typing import Protocol

from smbus2 import SMBus, i2c_msg

from drivers.errors import BusError, NoAnswer

STANDARD_HZ = 100_000.0
"""Every bus carries this, and an adapter that is not told otherwise runs at it."""
MOST_BYTES = 8192
"""In one message, by the kernel's i2c-dev.c."""

OPENING = {
    errno.EACCES: "this user needs the group i2c",
    errno.ENOTTY: "this is no I2C bus",
    errno.ENODEV: "the adapter is gone",
}
TRANSFERRING = {
    errno.ENXIO: "no acknowledge; is the chip connected and powered, and is this its address?",
    errno.EREMOTEIO: "no acknowledge; is the chip connected and powered, and is this its address?",
    errno.ETIMEDOUT: "the bus timed out; does a chip or a short circuit hold SDA or SCL low?",
    errno.EBUSY: "the bus or the address is busy; a driver of the kernel may have the chip: unbind it, or take its "
    "overlay out of the boot configuration",
    errno.EAGAIN: "another master won the bus",
    errno.ENODEV: "the adapter is gone",
}


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
    """`/dev/i2c-N` through smbus2. A FIFO does not fit SMBus blocks of 32 bytes: all reads are I2C_RDWR.

    After a failure that is more than a missing acknowledge the device file is closed, and opened again by the next
    transfer: an adapter that was pulled out of its USB port, or whose driver was loaded again, is found so.
    """

    def __init__(self, path: str) -> None:
        """Open the bus, for instance "/dev/i2c-1". Raises BusError."""
        self.hz = clock_hz(path)
        self._path = path
        self._bus = SMBus()
        self._open()

    def write(self, address: int, data: bytes) -> None:
        """Send data to a 7 bit address."""
        self._check(len(data))
        self._transfer(address, i2c_msg.write(address, data))

    def read(self, address: int, register: int, count: int) -> bytes:
        """Write the register pointer, restart, read count bytes."""
        self._check(count)
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
        """Give the bus back; a transfer would open it again."""
        self._bus.close()

    def _open(self) -> None:
        try:
            self._bus.open(self._path)
        except OSError as error:
            self._bus.close()
            hint = OPENING.get(error.errno or 0, "is I2C enabled on this board?")
            raise BusError(f"cannot open {self._path}: {error.strerror}; {hint}") from error

    def _check(self, count: int) -> None:
        if count > MOST_BYTES:
            raise BusError(f"{self._path}: {count} bytes in one message, but Linux takes {MOST_BYTES}")

    def _transfer(self, address: int, *messages: i2c_msg) -> None:
        if self._bus.fd is None:
            self._open()
        try:
            self._bus.i2c_rdwr(*messages)
        except OSError as error:
            # A missing acknowledge is ENXIO, on some adapters EREMOTEIO.
            kind = NoAnswer if error.errno in (errno.ENXIO, errno.EREMOTEIO) else BusError
            if kind is BusError:
                self._bus.close()
            reason = TRANSFERRING.get(error.errno or 0, error.strerror)
            raise kind(f"{self._path} address 0x{address:02x}: {reason}") from error


def clock_hz(path: str) -> float:
    """The clock that the device tree gives a bus, Hz; where it says nothing, what every bus carries."""
    clock = Path("/sys/class/i2c-adapter", Path(path).name, "of_node", "clock-frequency")
    try:
        return float(int.from_bytes(clock.read_bytes(), "big")) or STANDARD_HZ
    except OSError:
        return STANDARD_HZ
