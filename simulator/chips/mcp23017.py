"""A simulated MCP23017 at register level; constants typed from its datasheet, independent of the driver.

Modelled: both register layouts (IOCON.BANK), the moving pointer, direction, pull-ups, polarity, latches.
Not modelled: interrupts (INTF and INTCAP stay 0) and the spoiled bus of GPA7 as an input.
"""

from collections.abc import Callable

# Registers by their addresses in bank 0; port B's follow port A's.
IODIR, IPOL, IOCON, GPPU, INTF, GPIO, OLAT = 0x00, 0x02, 0x0A, 0x0C, 0x0E, 0x12, 0x14
COUNT = 0x16
BANK, SEQOP = 0x80, 0x20


class MCP23017:
    """The chip at the end of a simulated bus."""

    def __init__(self, low: Callable[[float], int]) -> None:
        """What hangs on port A: low gives the pins that are switched to ground at a time, s, as a mask.

        All other pins are connected to nothing. With its pull-up such a pin reads 1; without, it floats: here
        it reads 0 and 1 in turns, so that a driver which forgets the pull-ups sees a door that rattles.
        """
        self._low = low
        self.power_on(0.0)

    def power_on(self, now: float) -> None:
        """Supply switched on: all pins are inputs, all else is 0."""
        self._registers = bytearray(COUNT)
        self._registers[IODIR : IODIR + 2] = b"\xff\xff"
        self._floating = [0x00, 0x00]
        self._pointer = 0

    def write(self, data: bytes, now: float) -> None:
        """The register pointer, then values."""
        self._pointer = data[0]
        for value in data[1:]:
            self._write_register(self._index(self._pointer), value)
            self._pointer = self._next(self._pointer)

    def read(self, count: int, now: float) -> bytes:
        """Registers, as the pointer moves."""
        if not self._registers[IOCON] & (BANK | SEQOP) and self._pointer + count <= COUNT:
            return self._read_in_order(count, now)
        answer = bytearray()
        for _ in range(count):
            answer.append(self._read_register(self._index(self._pointer), now))
            self._pointer = self._next(self._pointer)
        return bytes(answer)

    def _read_in_order(self, count: int, now: float) -> bytes:
        """The usual layout and pointer, much faster than register by register."""
        register, end = self._pointer, self._pointer + count
        self._pointer = end % COUNT
        answer = self._registers[register:end]
        for port in (0, 1):
            if register <= GPIO + port < end:
                answer[GPIO + port - register] = self._pins(port, now)
        return bytes(answer)

    def _write_register(self, index: int | None, value: int) -> None:
        if index is None or INTF <= index < GPIO:
            return
        if index in (IOCON, IOCON + 1):  # one register at two addresses
            self._registers[IOCON : IOCON + 2] = bytes((value & 0xFE,)) * 2
        elif index in (GPIO, GPIO + 1):
            self._registers[index + OLAT - GPIO] = value
        else:
            self._registers[index] = value

    def _read_register(self, index: int | None, now: float) -> int:
        if index is None:
            return 0
        if index in (GPIO, GPIO + 1):
            return self._pins(index - GPIO, now)
        return self._registers[index]

    def _pins(self, port: int, now: float) -> int:
        registers = self._registers
        inputs, polarity = registers[IODIR + port], registers[IPOL + port]
        pulled, latch = registers[GPPU + port], registers[OLAT + port]
        low = self._low(now) if port == 0 else 0x00
        self._floating[port] ^= 0xFF
        levels = (pulled | self._floating[port]) & ~low & 0xFF
        return ((levels ^ polarity) & inputs) | (latch & ~inputs & 0xFF)

    def _index(self, pointer: int) -> int | None:
        """A register's address in bank 0; None where there is no register."""
        if self._registers[IOCON] & BANK:
            port, kind = divmod(pointer, 0x10)
            pointer = 2 * kind + port if port < 2 and kind < COUNT // 2 else COUNT
        return pointer if pointer < COUNT else None

    def _next(self, pointer: int) -> int:
        banked = self._registers[IOCON] & BANK
        if self._registers[IOCON] & SEQOP:
            return pointer if banked else pointer ^ 1
        return (pointer + 1) % (0x20 if banked else COUNT)
