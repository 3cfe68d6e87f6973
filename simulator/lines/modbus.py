"""A simulated Modbus RTU input module; constants typed from "MODBUS over Serial Line" 1.02 and its protocol 1.1b3.

Inputs can be read as coils (function 01), as discrete inputs (02), and as registers (03, 04) of 16 inputs each, the
lowest bit first. Not modelled: writing, parity, and the silence within a frame that a strict module would not accept.
"""

from collections.abc import Callable

from simulator.lines import BITS, Transmitter

REQUEST = 8
ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE = 1, 2, 3


class MODBUS:
    """The module at the end of a line."""

    def __init__(
        self,
        low: Callable[[float], int],
        *,
        unit: int = 1,
        count: int = 16,
        start: int = 0,
        turnround_s: float = 0.005,
        baud: int = 9600,
    ) -> None:
        """low gives the inputs that are switched to ground at a time, s, as a mask: they read 1. There are count
        of them, from address start on.

        The answer begins turnround_s after the request.
        """
        self.baud = baud
        self._low = low
        self._unit, self._count, self._start = unit, count, start
        self._turnround_s = turnround_s
        self.power_on(0.0)

    def power_on(self, now: float) -> None:
        """Supply switched on."""
        self._line = Transmitter(self.baud)
        self._request = b""
        self._heard = now

    def receive(self, data: bytes, now: float) -> None:
        """A silence of 3.5 characters before it began makes a new frame of it."""
        character_s = BITS / self.baud
        if now - len(data) * character_s - self._heard > 3.5 * character_s:
            self._request = b""
        self._request, self._heard = self._request + data, now
        frame = self._request
        if len(frame) == REQUEST and _crc(frame[:-2]) == frame[-2:] and frame[0] == self._unit:
            answer = bytes((self._unit,)) + self._answer(frame[1], frame[2:6], now)
            self._line.put(answer + _crc(answer), now + self._turnround_s)

    def send(self, now: float) -> bytes:
        """Answers."""
        return self._line.out(now)

    def _answer(self, function: int, where: bytes, now: float) -> bytes:
        start, count = int.from_bytes(where[:2], "big") - self._start, int.from_bytes(where[2:], "big")
        if function not in (1, 2, 3, 4):
            return bytes((0x80 | function, ILLEGAL_FUNCTION))
        in_registers = function > 2
        if not 1 <= count <= (125 if in_registers else 2000):
            return bytes((0x80 | function, ILLEGAL_VALUE))
        if start < 0 or start + count > (self._count + 15) // 16 * (1 if in_registers else 16):
            return bytes((0x80 | function, ILLEGAL_ADDRESS))
        if in_registers:
            values = (self._low(now) >> 16 * start) & (1 << 16 * count) - 1
            registers = ((values >> 16 * index & 0xFFFF).to_bytes(2, "big") for index in range(count))
            return bytes((function, 2 * count)) + b"".join(registers)
        values = (self._low(now) >> start) & (1 << count) - 1
        return bytes((function, (count + 7) // 8)) + values.to_bytes((count + 7) // 8, "little")


def _crc(data: bytes) -> bytes:
    """The frame's check, low byte first."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc.to_bytes(2, "little")
