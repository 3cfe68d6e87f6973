"""The serial wire: what a driver asks of a port, and the port of a Linux board."""

import time
from typing import Protocol

import serial

from drivers.errors import BusError


class Serial(Protocol):
    """One port, 8 data bits. Calls never wait, so no thread is needed: a sensor is read in step with its `poll_s`,
    and what arrives meanwhile lies in the port's buffer.

    The port carries the time it is read at, like a bus; a simulated port brings simulated time.
    """

    def write(self, data: bytes) -> None:
        """Send. Raises BusError."""

    def read(self) -> bytes:
        """All that has arrived since the last call, perhaps nothing. Raises BusError."""

    def now(self) -> float:
        """Monotonic time, s."""

    def sleep(self, seconds: float) -> None:
        """Wait for an answer."""


class LinuxSerial:
    """A port through pyserial, 8 data bits, no parity, one stop bit."""

    def __init__(self, path: str, baud: int) -> None:
        """Open the port, for instance "/dev/ttyUSB0", for nobody else. Raises BusError."""
        self._path = path
        try:
            self._port = serial.Serial(path, baud, timeout=0, write_timeout=0.2, exclusive=True)
        except (OSError, ValueError) as error:
            raise BusError(f"cannot open {path}: {error}") from error

    def write(self, data: bytes) -> None:
        """Send."""
        try:
            self._port.write(data)
        except OSError as error:
            raise BusError(f"{self._path}: {error}") from error

    def read(self) -> bytes:
        """All that has arrived since the last call."""
        try:
            return bytes(self._port.read(4096))
        except OSError as error:
            raise BusError(f"{self._path}: {error}") from error

    def now(self) -> float:
        """Monotonic time, s."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait for an answer."""
        time.sleep(seconds)

    def close(self) -> None:
        """Give the port back."""
        self._port.close()
