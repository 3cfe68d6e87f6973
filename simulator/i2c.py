"""A simulated I2C bus: the wire's own calls, ending in simulated chips, with faults by script."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from drivers.errors import BusError, NoAnswer
from simulator.chips import Chip

CLOCKS_PER_BYTE = 9
"""Eight bits and the acknowledge."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """The n-th transfer to an address, counted from 1."""

    number: int


@dataclass(frozen=True, slots=True)
class Between:
    """From one time, s, up to another."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Sometimes:
    """This share of the transfers to an address, spread at random, the same ones for the same seed."""

    share: float
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Nack:
    """Nobody acknowledges the address: the chip does not notice the transfer."""

    address: int
    when: Transfer | Between | Sometimes


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The chip does its part, but the answer is lost on the way: what a FIFO gave away is gone."""

    address: int
    when: Transfer | Between | Sometimes


class SimulatedI2C:
    """drivers.i2c.I2C in simulated time: a transfer takes its nine clocks a byte, nothing waits."""

    def __init__(self, clock: Callable[[], float], chips: Mapping[int, Chip], *, hz: float = 400_000) -> None:
        """Chips by their 7 bit address, switched on now; clock gives simulated time, s."""
        self.faults: list[Nack | TimedOut] = []
        self.transfers: Counter[int] = Counter()
        """How many there were, by address."""
        self._clock = clock
        self._byte_s = CLOCKS_PER_BYTE / hz
        self.hz = hz
        self._now = clock()
        self._chips: dict[int, Chip] = {}
        for address, chip in chips.items():
            self.plug(address, chip)

    def plug(self, address: int, chip: Chip) -> None:
        """Connect and power a chip; the same chip again is a power cycle."""
        self._chips[address] = chip
        chip.power_on(self.now())

    def unplug(self, address: int) -> None:
        """Take a chip away. Raises KeyError when there is none."""
        del self._chips[address]

    def now(self) -> float:
        """Simulated time, s: the clock's, or later while transfers have run ahead of it."""
        self._now = max(self._now, self._clock())
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let simulated time pass."""
        self._now = self.now() + seconds

    def write(self, address: int, data: bytes) -> None:
        """Send data to a 7 bit address. Raises BusError."""
        chip, lost = self._addressed(address)
        self.sleep((1 + len(data)) * self._byte_s)
        chip.write(data, self._now)
        if lost:
            raise BusError(_text(address, "the transfer timed out"))

    def read(self, address: int, register: int, count: int) -> bytes:
        """Write the register pointer, restart, read count bytes. Raises BusError."""
        chip, lost = self._addressed(address)
        # Two addresses and the pointer come before the chip puts its first byte on the wire.
        self._now = now = self.now() + 3 * self._byte_s
        chip.write(bytes((register,)), now)
        answer = chip.read(count, now)
        self._now += count * self._byte_s
        if lost:
            raise BusError(_text(address, "the transfer timed out"))
        return answer

    def receive(self, address: int, count: int) -> bytes:
        """Read on from where the chip's pointer is, as drivers do that are not ours. Raises BusError."""
        chip, lost = self._addressed(address)
        self.sleep(self._byte_s)
        answer = chip.read(count, self._now)
        self._now += count * self._byte_s
        if lost:
            raise BusError(_text(address, "the transfer timed out"))
        return answer

    def _addressed(self, address: int) -> tuple[Chip, bool]:
        """The chip at an address, and whether its answer is going to be lost."""
        self.transfers[address] += 1
        fault = self._fault(address) if self.faults else None
        chip = self._chips.get(address)
        if chip is None or isinstance(fault, Nack):
            self.sleep(self._byte_s)
            raise NoAnswer(_text(address, "no acknowledge"))
        return chip, fault is not None

    def _fault(self, address: int) -> Nack | TimedOut | None:
        for fault in self.faults:
            if fault.address == address and self._strikes(address, fault.when):
                return fault
        return None

    def _strikes(self, address: int, when: Transfer | Between | Sometimes) -> bool:
        match when:
            case Transfer(number):
                return self.transfers[address] == number
            case Between(start, end):
                return start <= self.now() < end
            case Sometimes(share, seed):
                return Random(f"{seed} {self.transfers[address]}").random() < share


def _text(address: int, reason: str) -> str:
    return f"simulated bus address 0x{address:02x}: {reason}"
