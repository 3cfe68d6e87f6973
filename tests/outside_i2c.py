"""The simulated bus with the calls that other people's drivers make, so that they can read our simulated chips.

`OutsideI2C` is CircuitPython's busio.I2C, `OutsideSMBus` smbus2's SMBus. Both raise OSError, as those do.
"""

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from smbus2 import i2c_msg

from drivers.errors import BusError, NoAnswer
from simulator.i2c import SimulatedI2C

I2C_M_RD = 0x01
MOST_BLOCK = 32


@contextmanager
def linux_errors() -> Iterator[None]:
    """Our errors as a Linux adapter tells them."""
    try:
        yield
    except NoAnswer as error:
        raise OSError(errno.ENXIO, str(error)) from error
    except BusError as error:
        raise OSError(errno.ETIMEDOUT, str(error)) from error


class OutsideI2C:
    """busio.I2C over a simulated bus."""

    def __init__(self, bus: SimulatedI2C) -> None:
        self._bus = bus

    def try_lock(self) -> bool:
        """Nobody else is on this bus."""
        return True

    def unlock(self) -> None:
        """Nothing to give back."""

    def scan(self) -> list[int]:
        """The addresses that acknowledge."""
        return [address for address in range(0x08, 0x78) if self._acknowledges(address)]

    def writeto(
        self, address: int, buffer: Any, *, start: int = 0, end: int | None = None, stop: bool = True
    ) -> None:
        """Send; nothing to send is the address alone, which asks whether somebody is there."""
        data = bytes(buffer[start:end])
        with linux_errors():
            if data:
                self._bus.write(address, data)
            else:
                self._bus.receive(address, 0)

    def readfrom_into(
        self, address: int, buffer: Any, *, start: int = 0, end: int | None = None, stop: bool = True
    ) -> None:
        """Read on from where the chip's pointer is."""
        count = len(buffer[start:end])
        with linux_errors():
            buffer[start:end] = self._bus.receive(address, count)

    def writeto_then_readfrom(
        self,
        address: int,
        out_buffer: Any,
        in_buffer: Any,
        *,
        out_start: int = 0,
        out_end: int | None = None,
        in_start: int = 0,
        in_end: int | None = None,
        stop: bool = False,
    ) -> None:
        """Send, restart, read."""
        self.writeto(address, out_buffer, start=out_start, end=out_end)
        self.readfrom_into(address, in_buffer, start=in_start, end=in_end)

    def _acknowledges(self, address: int) -> bool:
        try:
            self.writeto(address, b"")
        except OSError:
            return False
        return True


class OutsideSMBus:
    """smbus2.SMBus over a simulated bus."""

    def __init__(self, bus: SimulatedI2C) -> None:
        self._bus = bus

    @linux_errors()
    def read_byte(self, i2c_addr: int, force: bool | None = None) -> int:
        """One byte from where the chip's pointer is."""
        return self._bus.receive(i2c_addr, 1)[0]

    @linux_errors()
    def write_byte(self, i2c_addr: int, value: int, force: bool | None = None) -> None:
        """One byte without a register."""
        self._bus.write(i2c_addr, bytes((value,)))

    @linux_errors()
    def read_byte_data(self, i2c_addr: int, register: int, force: bool | None = None) -> int:
        """One register."""
        return self._bus.read(i2c_addr, register, 1)[0]

    @linux_errors()
    def write_byte_data(self, i2c_addr: int, register: int, value: int, force: bool | None = None) -> None:
        """One register."""
        self._bus.write(i2c_addr, bytes((register, value)))

    @linux_errors()
    def read_word_data(self, i2c_addr: int, register: int, force: bool | None = None) -> int:
        """Two registers, the first one the low byte."""
        return int.from_bytes(self._bus.read(i2c_addr, register, 2), "little")

    @linux_errors()
    def read_i2c_block_data(
        self, i2c_addr: int, register: int, length: int, force: bool | None = None
    ) -> list[int]:
        """Registers, 32 at most. Raises ValueError for more."""
        if length > MOST_BLOCK:
            raise ValueError(f"an SMBus block has {MOST_BLOCK} bytes, not {length}")
        return list(self._bus.read(i2c_addr, register, length))

    @linux_errors()
    def write_i2c_block_data(
        self, i2c_addr: int, register: int, data: Sequence[int], force: bool | None = None
    ) -> None:
        """Registers, 32 at most. Raises ValueError for more."""
        if len(data) > MOST_BLOCK:
            raise ValueError(f"an SMBus block has {MOST_BLOCK} bytes, not {len(data)}")
        self._bus.write(i2c_addr, bytes((register, *data)))

    @linux_errors()
    def i2c_rdwr(self, *i2c_msgs: i2c_msg) -> None:
        """Messages one after another; what is read goes into them."""
        for message in i2c_msgs:
            if message.flags & I2C_M_RD:
                self._fill(message)
            else:
                self._bus.write(message.addr, bytes(message))

    def close(self) -> None:
        """Nothing to give back."""

    def _fill(self, message: i2c_msg) -> None:
        answer = self._bus.receive(message.addr, message.len)
        for place, value in enumerate(answer):
            message.buf[place] = bytes((value,))


def outside_driver(module: str) -> Any:
    """Somebody else's driver; Adafruit's also on a machine that is no board they know. Raises ImportError."""
    os.environ.setdefault("BLINKA_OS_AGNOSTIC", "1")
    return import_module(module)
