"""One I2C bus as an adapter serves it: transfers in real time, an errno for each that fails, faults that last."""

import errno
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from drivers.errors import BusError, NoAnswer
from simulator.chips import Chip
from simulator.i2c import SimulatedI2C

ENDLESSLY_FAST_HZ = float("inf")
READ = 0x0001
"""I2C_M_RD of linux/i2c.h."""


@dataclass(frozen=True, slots=True)
class Message:
    """One of the messages of a transfer."""

    address: int
    count: int
    data: bytes | None
    """What is written; None for one that reads."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """Every transfer fails: a chip or a short circuit holds the bus."""

    error: int
    """errno: ETIMEDOUT or EBUSY."""
    seconds: float
    """Until the adapter gives up."""


class Wire:
    """A bus, its chips, and what is wrong with them. Calls come from any thread."""

    def __init__(
        self,
        chips: Mapping[int, Chip],
        clock: Callable[[], float],
        lock: Lock,
        *,
        hz: float | None = None,
        no_answer: int = errno.ENXIO,
    ) -> None:
        """Chips by their 7 bit address, switched on now; `clock` gives real seconds since some time; `lock` guards
        all that is simulated; with `hz`, a byte takes nine clocks of real time, without, none."""
        self.bus = SimulatedI2C(clock, chips, hz=hz or ENDLESSLY_FAST_HZ)
        self.stuck: Stuck | None = None
        self.latency_s = 0.0
        """What each transfer takes longer."""
        self.silent_until = 0.0
        """No transfer ends before, s: a chip that stretches the clock."""
        self.claimed: set[int] = set()
        """Addresses that a driver of the kernel has."""
        self._chips = dict(chips)
        self._absent: set[int] = set()
        self._clock, self._lock, self._turn = clock, lock, Lock()
        self._real_time, self._no_answer = hz is not None, no_answer

    def transfer(self, messages: Sequence[Message]) -> tuple[int, bytes]:
        """The errno, 0 for none, and what was read. Blocks for as long as it takes."""
        with self._turn:
            stuck = self.stuck
            if stuck is not None:
                _wait(stuck.seconds)
                return stuck.error, b""
            _wait(self.silent_until - self._clock())
            _wait(self.latency_s)
            with self._lock:
                answer = self._answered(messages)
                ahead = self.bus.now() - self._clock() if self._real_time else 0.0
            _wait(ahead)
            return answer

    def claim(self, address: int) -> int:
        """The errno of a program that wants an address for itself."""
        return errno.EBUSY if address in self.claimed else 0

    def unplug(self, address: int) -> None:
        """Pull a chip out; one that is not there stays away."""
        if address in self._chips and address not in self._absent:
            self.bus.unplug(address)
            self._absent.add(address)

    def plug(self, address: int) -> None:
        """Put it back; one that is there has its power cut for a moment."""
        if address in self._chips:
            self.bus.plug(address, self._chips[address])
            self._absent.discard(address)

    def swap(self, address: int, chip: Chip) -> None:
        """Put another chip at the address."""
        self._chips[address] = chip
        self.plug(address)

    def _answered(self, messages: Sequence[Message]) -> tuple[int, bytes]:
        try:
            return 0, self._carried(messages)
        except NoAnswer:
            return self._no_answer, b""
        except BusError:
            return errno.ETIMEDOUT, b""

    def _carried(self, messages: Sequence[Message]) -> bytes:
        """A register pointer and the read after it are one transfer of the simulated bus."""
        answer, pointer = b"", None
        for number, message in enumerate(messages):
            follows = messages[number + 1 : number + 2]
            if message.data is None:
                answer += self._read(message, pointer)
                pointer = None
            elif len(message.data) == 1 and follows and _reads(follows[0], message.address):
                pointer = message.data[0]
            elif message.data:
                self.bus.write(message.address, message.data)
            else:
                self.bus.receive(message.address, 0)  # the address alone: is somebody there?
        return answer

    def _read(self, message: Message, pointer: int | None) -> bytes:
        if pointer is None:
            return self.bus.receive(message.address, message.count)
        return self.bus.read(message.address, pointer, message.count)


def _reads(message: Message, address: int) -> bool:
    return message.data is None and message.address == address


def _wait(seconds: float) -> None:
    if seconds > 0:
        time.sleep(seconds)
