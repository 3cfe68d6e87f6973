"""A million random bytes into each serial door sensor, 100 000 readings of random registers from each on a bus.

What leaves the driver, and which doors did it invent?

`python -m benchmarks.serial_fuzz`
"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.report import Row, table
from benchmarks.timing import progress
from drivers import doors
from drivers.doors import Door
from drivers.errors import BusError
from simulator.doors import chip, device
from simulator.i2c import SimulatedI2C
from simulator.serial import SimulatedSerial

BYTES, READINGS = 1_000_000, 100_000
ADDRESS = 0x20
SETTLING_S = 0.5


class RandomBytes:
    """Something that talks all the time, at the line's pace."""

    def __init__(self, baud: int, seed: int) -> None:
        self.baud = baud
        self.sent = 0
        self._random = np.random.default_rng(seed)
        self._began = 0.0

    def power_on(self, now: float) -> None:
        """Begin."""
        self._began = now

    def receive(self, data: bytes, now: float) -> None:
        """Do not listen."""

    def send(self, now: float) -> bytes:
        """What the line could carry since the last call."""
        count = int((now - self._began) * self.baud / 10) - self.sent
        self.sent += count
        return self._random.bytes(count)


class RandomRegisters:
    """A chip that answers every read with something else."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)

    def power_on(self, now: float) -> None:
        """Begin."""

    def write(self, data: bytes, now: float) -> None:
        """Forget it."""

    def read(self, count: int, now: float) -> bytes:
        """Anything."""
        return self._random.bytes(count)


def measure(_records: Path | None = None) -> Iterator[Row]:
    """Each sensor is found on a closed door first, so that anything else it says is invented."""
    for name in progress("serial_fuzz", doors.names()):
        yield (_talked_to if doors.find(name).WIRE == "serial" else _misread)(name)


def _misread(name: str) -> Row:
    """Pins may say anything here, so any door may come of it."""
    module = doors.find(name)
    bus = SimulatedI2C(lambda: 0.0, {ADDRESS: chip(name, lambda _now: 0.0)})
    sensor = module.probe(bus, ADDRESS, module.Settings())
    bus.plug(ADDRESS, RandomRegisters(seed=1))
    told: Counter[str] = Counter()
    for _ in range(READINGS):
        bus.sleep(sensor.poll_s)
        told[_outcome(sensor.read)] += 1
    what = f"{name}: {READINGS} readings of random registers"
    return Row(what, _counts(told), "no exception but BusError", not _others(told))


def _talked_to(name: str) -> Row:
    module = doors.find(name)
    line = device(name, lambda _now: 0.0)
    port = SimulatedSerial(lambda: 0.0, line)
    sensor = module.probe(port, 0, module.Settings())
    while port.now() < SETTLING_S:
        port.sleep(sensor.poll_s)
        sensor.read()
    rubbish = RandomBytes(line.baud, seed=1)
    port.plug(rubbish)
    told: Counter[str] = Counter()
    while rubbish.sent < BYTES:
        port.sleep(sensor.poll_s)
        told[_outcome(sensor.read)] += 1
    invented = {"MOVING", "OPEN", "BLOCKED"} & told.keys()
    return Row(
        f"{name}: {rubbish.sent} random bytes to a driver that knows a closed door",
        _counts(told),
        "no invented door, no exception but BusError",
        not invented and not _others(told),
    )


def _counts(told: Counter[str]) -> str:
    return ", ".join(f"{number} {what}" for what, number in told.most_common())


def _others(told: Counter[str]) -> set[str]:
    """Exceptions that should not leave a driver."""
    return {what for what in told if what.startswith("!")}


def _outcome(read: Callable[[], Door | None]) -> str:
    """What a reading ended in; what should not leave a driver begins with "!"."""
    try:
        door = read()
    except BusError:
        return "BusError"
    except Exception as error:  # noqa: BLE001 - what else leaves the driver is what this looks for
        return f"!{type(error).__name__}"
    return door.name if door else "unknown"


if __name__ == "__main__":
    print(table(list(measure())))
