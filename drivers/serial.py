"""The serial wire: what a driver asks of a port, and the port of a Linux board."""

import errno
import termios
import time
from typing import Any, Literal, Protocol

import serial

from drivers.errors import BusError

Parity = Literal["none", "even", "odd"]
PARITIES: dict[str, tuple[str, int]] = {
    "none": (serial.PARITY_NONE, 0),
    "even": (serial.PARITY_EVEN, termios.PARENB),
    "odd": (serial.PARITY_ODD, termios.PARENB | termios.PARODD),
}
"""What pyserial calls them, and the bits of the port's c_cflag."""
BITS = 10
"""That carry a byte: start, eight, stop; a parity bit is one more."""
WRITE_S = 0.2
"""Requests are a few bytes: a port that does not take them for so long is stuck."""

REASONS = {
    errno.ENOENT: "no such port; is the adapter plugged in?",
    errno.EACCES: "permission denied; this user needs the group dialout",
    errno.EPERM: "permission denied; this user needs the group dialout",
    errno.EBUSY: "in use by another program",
    errno.EAGAIN: "in use by another program",
    errno.ENOTTY: "not a serial port",
    errno.EISDIR: "not a serial port",
    errno.ENXIO: "the port is gone; plug the adapter in again",
    errno.EIO: "the port is gone; plug the adapter in again",
}


class Serial(Protocol):
    """One port, 8 data bits. `read` never waits: what arrives meanwhile lies in the port's buffer. Some sensors
    `sleep` until their answer is there, so exactly one thread owns a port.

    The port carries the time it is read at, like a bus; a simulated port brings simulated time.
    """

    baud: int
    """Ten bits carry a byte."""

    def write(self, data: bytes) -> None:
        """Send. Raises BusError."""

    def read(self) -> bytes:
        """All that has arrived since the last call, perhaps nothing. Raises BusError."""

    def now(self) -> float:
        """Monotonic time, s."""

    def sleep(self, seconds: float) -> None:
        """Wait for an answer."""


class LinuxSerial:
    """A port through pyserial, 8 data bits, one stop bit, no flow control."""

    def __init__(self, path: str, baud: int, parity: Parity = "none") -> None:
        """Open the port, for instance "/dev/ttyUSB0", for nobody else. Raises BusError, also for a baud or a
        parity that the port took but did not set."""
        self.baud = baud
        self._path = path
        if baud <= 0:
            raise BusError(f"cannot open {path}: it cannot do {baud} baud")
        self._port, set_to = _open(path, baud, parity)
        if refused := refusal(set_to, baud, parity):
            self._port.close()
            raise BusError(f"cannot open {path}: {refused}")

    def write(self, data: bytes) -> None:
        """Send."""
        try:
            self._port.write(data)
        except (OSError, termios.error) as error:
            raise BusError(f"{self._path}: {reason(error)}") from error

    def read(self) -> bytes:
        """All that has arrived since the last call. A port that was unplugged says so at once."""
        try:
            return bytes(self._port.read(4096))
        except (OSError, termios.error) as error:
            raise BusError(f"{self._path}: {reason(error)}") from error

    def now(self) -> float:
        """Monotonic time, s."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait for an answer."""
        time.sleep(seconds)

    def close(self) -> None:
        """Give the port back; once more does nothing."""
        self._port.close()


def refusal(set_to: list[Any], baud: int, parity: Parity) -> str | None:
    """What a port did not do of what it was asked for: a port drops in silence what it cannot do.

    set_to is what termios.tcgetattr says. It has no number for an unusual rate, so that one is believed.
    """
    if set_to[2] & (termios.PARENB | termios.PARODD) != PARITIES[parity][1]:
        return f"this port cannot do {parity} parity; set the sensor to none, or use another adapter"
    rate = getattr(termios, f"B{baud}", None)
    if rate is not None and set_to[5] != rate:
        return f"it cannot do {baud} baud"
    return None


def reason(error: Exception) -> str:
    """One line for what pyserial raises, whose own texts are made of nested exceptions."""
    if isinstance(error, serial.SerialTimeoutException):
        return f"nothing could be sent for {WRITE_S} s"
    number = next((arg for arg in error.args if isinstance(arg, int)), None)
    if number is None and isinstance(error.__context__, (OSError, termios.error)):
        return reason(error.__context__)
    return REASONS.get(number or errno.EIO, str(error))


def _open(path: str, baud: int, parity: Parity) -> tuple[serial.Serial, list[Any]]:
    """The port, and what it says that it is set to."""
    try:
        port = serial.Serial(
            path, baud, parity=PARITIES[parity][0], timeout=0, write_timeout=WRITE_S, exclusive=True
        )
        return port, termios.tcgetattr(port.fileno())
    except (ValueError, OverflowError) as error:  # what pyserial makes of a rate that the port refuses
        raise BusError(f"cannot open {path}: it cannot do {baud} baud") from error
    except (OSError, termios.error) as error:
        raise BusError(f"cannot open {path}: {reason(error)}") from error
