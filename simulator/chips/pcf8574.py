"""A simulated PCF8574 (or PCF8574A, at its own addresses): no registers, only a latch and quasi-bidirectional pins."""

from collections.abc import Callable


class PCF8574:
    """The chip at the end of a simulated bus."""

    def __init__(self, low: Callable[[float], int]) -> None:
        """low gives the pins that are switched to ground at a time, s, as a mask; nothing else is connected."""
        self._low = low
        self.power_on(0.0)

    def power_on(self, now: float) -> None:
        """Supply switched on: every pin is high."""
        self._latch = 0xFF

    def write(self, data: bytes, now: float) -> None:
        """Each byte goes to the latch; the last one stays."""
        self._latch = data[-1]

    def read(self, count: int, now: float) -> bytes:
        """The pins, again and again. A pin whose latch is 0 is driven low, whatever hangs on it."""
        return bytes((self._latch & ~self._low(now) & 0xFF,)) * count
