"""Acceleration through every simulated chip and its driver: how exact, how complete, how robust."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Row
from benchmarks.timing import progress
from drivers import accelerometers
from drivers.accelerometers import Accelerometer
from drivers.errors import BusError
from drivers.samples import Samples
from simulator import chips
from simulator.chips import Chip
from simulator.i2c import Nack, SimulatedI2C, Sometimes, TimedOut

Floats = NDArray[np.float64]

STANDARD_GRAVITY = 9.80665
HOUR_S = 3600.0
VECTORS = 1000
WRAP, SPAN = 128, 1.8 * STANDARD_GRAVITY
"""A sawtooth of so many samples between plus and minus so much: every sample carries its number."""
FAILING = 0.01
FUZZED_READS = 100_000


def measure(_records: Path | None = None) -> Iterator[Row]:
    """Noise off."""
    names = accelerometers.names()
    for name in progress("chip", names):
        yield _exactness(name)
        yield _hour(name, -0.05)
        yield _hour(name, +0.05)
        yield _unacknowledged(name)
        yield _lost_answers(name)
        yield _fuzz(name, -(-FUZZED_READS // len(names)))


@dataclass
class Rig:
    """A driver at one end of a simulated bus, its chip at the other; the driver is read in step with the clock."""

    bus: SimulatedI2C
    address: int
    driver: Accelerometer
    clock: list[float]
    failures: int = 0

    def runs(self, seconds: float) -> Iterator[Samples]:
        """All that it gives in so long; a read that fails gives nothing."""
        end = self.clock[0] + seconds
        while self.clock[0] < end:
            self.clock[0] += self.driver.poll_s
            try:
                yield self.driver.read()
            except BusError:
                self.failures += 1


def _rig(name: str, chip: Chip, range_g: int = 2) -> Rig:
    module, clock = accelerometers.find(name), [0.0]
    address = module.ADDRESSES[0]
    bus = SimulatedI2C(lambda: clock[0], {address: chip})
    driver = module.probe(bus, address, range_g=range_g)
    clock[0] = bus.now()  # setting it up took its time
    return Rig(bus, address, driver, clock)


def _numbered(name: str, rate_error: float = 0.0) -> Rig:
    rate_hz = accelerometers.find(name).RATE_HZ * (1 + rate_error)

    def signal(t: Floats) -> Floats:
        return np.outer(SPAN * (2 * ((t * rate_hz) % WRAP) / WRAP - 1), (1.0, -1.0, 0.5))

    return _rig(name, chips.accelerometer(name)(signal, noise_density=0.0, rate_error=rate_error))


def _numbers(run: Samples) -> Floats:
    """The sawtooth back to sample numbers, modulo WRAP."""
    return np.asarray((run.acceleration[:, 0] / SPAN + 1) / 2 * WRAP)


def _off(numbers: Floats | float) -> Floats:
    """How far from 0, modulo WRAP."""
    return np.abs((np.asarray(numbers) + WRAP / 2) % WRAP - WRAP / 2)


def _wrong_steps(runs: list[Samples]) -> int:
    numbers = np.concatenate([_numbers(run) for run in runs])
    return int(np.count_nonzero(_off(np.diff(numbers) - 1) > 0.45))


def _exactness(name: str) -> Row:
    """Vectors one after the other in every range; what the chip made of one is read at the second poll."""
    rng, worst, ranges = np.random.default_rng(1), 0.0, accelerometers.find(name).RANGES_G
    felt = np.zeros(3)

    def signal(t: Floats) -> Floats:
        return np.tile(felt, (len(t), 1))

    for range_g in ranges:
        rig = _rig(name, chips.accelerometer(name)(signal, noise_density=0.0), range_g)
        for _ in range(VECTORS):
            felt = rng.uniform(-0.99 * range_g, 0.99 * range_g, 3) * STANDARD_GRAVITY
            *_, run = rig.runs(1.5 * rig.driver.poll_s)
            error = np.abs(run.acceleration[-1] - felt).max() / rig.driver.count
            worst = max(worst, float(error))
    what = f"{name}, ±{', ±'.join(map(str, ranges))} g, {VECTORS} vectors each: largest error"
    return Row(what, f"{worst:.3f} count", "1 count", worst <= 1)


def _hour(name: str, rate_error: float) -> Row:
    rig = _numbered(name, rate_error)
    began = rig.bus.now()
    runs = list(rig.runs(HOUR_S))
    read = sum(len(run.acceleration) for run in runs)
    # The newest sample may not be whole yet when the last run is read.
    made = (runs[-1].end - began) * rig.driver.rate_hz * (1 + rate_error)
    wrong, gaps = _wrong_steps(runs), sum(run.gap for run in runs)
    return Row(
        f"{name}, samples of an hour at {rig.driver.rate_hz:g} Hz, chip's clock {100 * rate_error:+.0f} %",
        f"{wrong} lost or doubled, {gaps} gaps ({read} read, {made:.1f} made)",
        "0 lost, 0 doubled",
        wrong == gaps == rig.failures == 0 and abs(made - read) <= 2,
    )


def _unacknowledged(name: str) -> Row:
    rig = _numbered(name)
    rig.bus.faults.append(Nack(rig.address, Sometimes(FAILING)))
    runs = list(rig.runs(HOUR_S))
    wrong, gaps = _wrong_steps(runs), sum(run.gap for run in runs)
    return Row(
        f"{name}, an hour with {FAILING:.0%} of transfers not acknowledged",
        f"{wrong} lost or doubled, {gaps} gaps ({rig.failures} reads failed)",
        "0 lost, 0 doubled",
        wrong == gaps == 0,
    )


def _lost_answers(name: str) -> Row:
    """The ends of two runs tell how many samples are missing between them, to within one: the newest sample is up
    to a period older, and a little more while it enters the FIFO."""
    rig = _numbered(name)
    rig.bus.faults.append(TimedOut(rig.address, Sometimes(FAILING)))
    runs = [run for run in rig.runs(HOUR_S) if len(run.acceleration)]
    wrong, silent, worst = 0, 0, 0.0
    for before, after in pairwise(runs):
        wrong += _wrong_steps([after])
        step = _numbers(after)[0] - _numbers(before)[-1]
        silent += not after.gap and bool(_off(step - 1) > 0.45)
        missing = (after.end - before.end) / after.period - len(after.acceleration)
        worst = max(worst, float(_off(step - 1 - missing)))
    gaps = sum(run.gap for run in runs)
    return Row(
        f"{name}, an hour with {FAILING:.0%} of answers lost",
        f"{gaps} gaps, their lengths right within {worst:.2f} samples; {wrong + silent} lost or doubled elsewhere",
        "1 sample, 0",
        wrong + silent == 0 and worst < 1.5,
    )


class Scrambled:
    """A chip of which every third answer has random bytes in it, some all of them."""

    def __init__(self, chip: Chip) -> None:
        self._chip = chip
        self._rng = np.random.default_rng(1)
        self.wild = False

    def power_on(self, now: float) -> None:
        """As the chip's."""
        self._chip.power_on(now)

    def write(self, data: bytes, now: float) -> None:
        """As the chip's."""
        self._chip.write(data, now)

    def read(self, count: int, now: float) -> bytes:
        """The chip's answer, or what became of it."""
        answer = self._chip.read(count, now)
        if not self.wild or self._rng.random() > 1 / 3:
            return answer
        noise = self._rng.bytes(count)
        changed = self._rng.random(count) < self._rng.random()
        return bytes(np.where(changed, np.frombuffer(noise, np.uint8), np.frombuffer(answer, np.uint8)))


def _fuzz(name: str, reads: int) -> Row:
    """Whatever the registers hold, nothing but a BusError leaves the driver."""
    chip = Scrambled(chips.accelerometer(name)(lambda t: np.tile((0.0, 0.0, STANDARD_GRAVITY), (len(t), 1))))
    rig = _rig(name, chip)
    chip.wild = True
    began = rig.bus.transfers[rig.address]
    others = 0  # any other exception ends the benchmark
    while rig.bus.transfers[rig.address] - began < reads:
        try:
            for run in rig.runs(10 * rig.driver.poll_s):
                others += run.acceleration.shape[1:] != (3,)
            rig.driver.temperature()
            rig.driver.self_test()
        except BusError:
            rig.failures += 1
    return Row(
        f"{name}, {reads} reads of random registers",
        f"no other exception, {others} wrong shapes ({rig.failures} bus errors)",
        "only bus errors",
        others == 0,
    )
