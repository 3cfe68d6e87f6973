"""Simulated devices on serial lines, one file a device, found by its name.

Like the chips they type their constants again from the datasheet. A device paces itself: what `send` gives has left
its transmitter, bit by bit, by then. So the same device serves a port in simulated time and a real one.
"""

from collections import deque
from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

BITS = 10
"""Start, eight, stop."""


class Device(Protocol):
    """What hangs on a serial line. Times are s; they never go back."""

    baud: int

    def power_on(self, now: float) -> None:
        """Supply switched on."""

    def receive(self, data: bytes, now: float) -> None:
        """What the host wrote; the last of it arrives now."""

    def send(self, now: float) -> bytes:
        """What has gone out on the line since the last call."""


class Transmitter:
    """A UART's sending half: bytes leave one after the other, at the line's rate."""

    def __init__(self, baud: int) -> None:
        self._byte_s = BITS / baud
        self._queue: deque[tuple[float, int]] = deque()
        self._free = float("-inf")

    def put(self, data: bytes, at: float) -> None:
        """Send this from then on, or once what was put before has left."""
        self._free = max(self._free, at)
        for byte in data:
            self._free += self._byte_s
            self._queue.append((self._free, byte))

    def out(self, now: float) -> bytes:
        """The bytes that have left whole since the last call."""
        gone = bytearray()
        while self._queue and self._queue[0][0] <= now:
            gone.append(self._queue.popleft()[1])
        return bytes(gone)


def names() -> list[str]:
    """The devices that can be simulated."""
    return sorted(module.name for module in iter_modules(__path__))


def find(name: str) -> Callable[..., Device]:
    """The class of a simulated device by its file's name. Raises KeyError."""
    if name not in names():
        raise KeyError(name)
    return cast("Callable[..., Device]", getattr(import_module(f"{__name__}.{name}"), name.upper()))
