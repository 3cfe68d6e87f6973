"""A simulated serial port: the wire's own calls, ending in a simulated device, with faults by script."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from drivers.errors import BusError
from simulator.i2c import Between
from simulator.lines import BITS, Device

BUFFER = 4096
"""So much the kernel keeps of what nobody reads; what comes after is lost."""


@dataclass(frozen=True, slots=True)
class Unplugged:
    """The adapter is out: every call fails, and the device at its far end is cut off."""

    when: Between


@dataclass(frozen=True, slots=True)
class Cut:
    """The wire is cut: nothing passes, either way, and nobody is told."""

    when: Between


@dataclass(frozen=True, slots=True)
class Noise:
    """Each byte that arrives at the host is lost, doubled or spoiled with these probabilities."""

    when: Between
    lost: float = 0.0
    doubled: float = 0.0
    spoiled: float = 0.0


Fault = Unplugged | Cut | Noise


class SimulatedSerial:
    """drivers.serial.Serial in simulated time: bytes come at the line's pace, nothing waits."""

    def __init__(
        self, clock: Callable[[], float], device: Device | None, *, baud: int | None = None, seed: int = 0
    ) -> None:
        """clock gives simulated time, s. Without baud the device's own; at any other both sides hear rubbish."""
        self.faults: list[Fault] = []
        self._clock = clock
        self._random = Random(seed)
        self._now = self._seen = clock()
        self._buffer = bytearray()
        self._written: deque[tuple[float, bytes]] = deque()
        self._free = self._now
        self.baud = baud or (device.baud if device else 9600)
        self._device: Device | None = None
        self.plug(device)

    def plug(self, device: Device | None) -> None:
        """Connect and power a device; the same one again is a power cycle, None leaves the line open."""
        self._pass(self.now())
        self._device = device
        if device is not None:
            device.power_on(self.now())

    def now(self) -> float:
        """Simulated time, s: the clock's, or later where somebody has slept ahead of it."""
        self._now = max(self._now, self._clock())
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let simulated time pass."""
        self._now = self.now() + seconds

    def write(self, data: bytes) -> None:
        """Send: it leaves at the line's rate, after what was written before. Raises BusError."""
        self._check()
        self._free = max(self._free, self.now()) + len(data) * BITS / self.baud
        self._written.append((self._free, bytes(data)))

    def read(self) -> bytes:
        """All that has arrived since the last call. Raises BusError."""
        self._check()
        self._pass(self.now())
        data, self._buffer = bytes(self._buffer), bytearray()
        return data

    def _check(self) -> None:
        if any(isinstance(fault, Unplugged) for fault in self._active(self.now())):
            self._pass(self.now())
            self._buffer.clear()
            raise BusError("simulated port: the port is gone")

    def _active(self, at: float) -> list[Fault]:
        return [fault for fault in self.faults if fault.when.start <= at < fault.when.end]

    def _pass(self, now: float) -> None:
        """Let the line work until now, in steps in which nothing begins or ends."""
        edges = {edge for fault in self.faults for edge in (fault.when.start, fault.when.end)}
        edges |= {arrival for arrival, _ in self._written}
        for edge in sorted(edge for edge in edges | {now} if self._seen < edge <= now):
            self._step(edge, self._active(self._seen))
            self._seen = edge

    def _step(self, until: float, active: list[Fault]) -> None:
        cut = any(not isinstance(fault, Noise) for fault in active)
        heard = b"" if self._device is None else self._garbled(self._device.send(until))
        for fault in active:
            if isinstance(fault, Noise):
                heard = self._noisy(heard, fault)
        if not cut:
            self._buffer += heard[: BUFFER - len(self._buffer)]
        while self._written and self._written[0][0] <= until:
            arrival, data = self._written.popleft()
            if self._device is not None and not cut:
                self._device.receive(self._garbled(data), arrival)

    def _noisy(self, data: bytes, noise: Noise) -> bytes:
        out = bytearray()
        for byte in data:
            chance = self._random.random()
            if chance < noise.lost:
                continue
            spoiled = self._random.random() < noise.spoiled
            heard = byte ^ self._random.randrange(1, 256) if spoiled else byte
            out += bytes((heard,)) * (2 if chance < noise.lost + noise.doubled else 1)
        return bytes(out)

    def _garbled(self, data: bytes) -> bytes:
        """At another rate than the sender's other bits are heard, and other numbers of bytes."""
        if self._device is None or self._device.baud == self.baud:
            return data
        count = len(data) * self.baud // self._device.baud
        return self._random.randbytes(count)
