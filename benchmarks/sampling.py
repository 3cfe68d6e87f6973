"""How near the estimate of a chip's true rate comes, and its timestamps, when reads and clock looks are delayed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Row
from benchmarks.timing import progress
from drivers.accelerometers import adxl355
from drivers.errors import BusError
from drivers.samples import Samples
from drivers.sampling import SampleClock
from simulator.chips.adxl355 import ADXL355, STANDARD_GRAVITY
from simulator.i2c import Between, SimulatedI2C, TimedOut

Floats = NDArray[np.float64]

ADDRESS = 0x1D
SEEDS, LONG_SEEDS = 40, 8
AFTER_S, LONG_S = (8, 12, 24, 60), 600
RATES_HZ = (50.0, 100.0, 125.0, 208.0, 416.0, 800.0, 1600.0)
OFF = 0.05
"""How far a chip's clock may be off; ADXL345 and LIS3DH have more, but it is the same arithmetic."""
REQUIRED_PPM = 100.0
MARKS = 65_536
"""Sample number n shows n modulo this, in counts."""


class Delays:
    """What a busy system does: mostly a little, one time in twenty much more; s."""

    def __init__(self, rng: np.random.Generator, usual_s: float, rare_s: float) -> None:
        """Means of the two."""
        self._rng, self._usual_s, self._rare_s = rng, usual_s, rare_s

    def __call__(self) -> float:
        rare = self._rng.random() < 0.05
        return float(min(self._rng.exponential(self._rare_s if rare else self._usual_s), 0.06))


class LateClock:
    """A bus whose looks at the clock come late: the system did something else first."""

    def __init__(self, bus: SimulatedI2C, delay: Callable[[], float]) -> None:
        self.hz, self._bus, self._delay = bus.hz, bus, delay
        self.sleep, self.read, self.write = bus.sleep, bus.read, bus.write

    def now(self) -> float:
        """Simulated time, s, or later."""
        return self._bus.now() + self._delay()


@dataclass(frozen=True, slots=True)
class Reading:
    """A run of samples, and what nobody but the simulator knows."""

    samples: Samples
    entered: float
    """When the newest sample entered the FIFO, s; the driver sees it when all its axes have."""


@dataclass
class Chip:
    """A chip at 125 Hz whose samples carry their number, read through its driver with delays."""

    rate_error: float
    seed: int
    spread: bool = True
    """Reads fall anywhere in a sample's period, as the agent's do."""
    lost: float = 0.0
    """Share of the reads of which the answer is lost."""
    _first: float = field(default=np.nan, init=False)

    @property
    def rate_hz(self) -> float:
        """True samples per second."""
        return adxl355.RATE_HZ * (1 + self.rate_error)

    def _signal(self, t: Floats) -> Floats:
        self._first = float(t[0]) if np.isnan(self._first) else self._first
        number = np.rint((t - self._first) * self.rate_hz)
        return np.outer(number % MARKS, (STANDARD_GRAVITY / 256_000, 0.0, 0.0))

    def readings(self, seconds: float) -> Iterator[Reading]:
        """All runs of so long."""
        rng, time = np.random.default_rng(self.seed), 0.0
        bus = SimulatedI2C(
            lambda: time, {ADDRESS: ADXL355(self._signal, noise_density=0.0, rate_error=self.rate_error)}
        )
        driver = adxl355.probe(LateClock(bus, Delays(rng, 2e-4, 0.015)), ADDRESS, range_g=2)
        late, number = Delays(rng, 5e-4, 0.01), -1
        for poll in count(1):
            early = rng.random() / driver.rate_hz if self.spread else 0.0
            time = poll * driver.poll_s - early + late()
            if time > seconds:
                return
            bus.faults[:] = [TimedOut(ADDRESS, Between(time, time + 1))] if rng.random() < self.lost else []
            try:
                samples = driver.read()
            except BusError:
                continue
            if len(samples.acceleration):
                mark = round(samples.acceleration[-1, 0] / driver.count)
                number += (mark - number) % MARKS
            yield Reading(samples, self._first + number / self.rate_hz)


def counted(rate_hz: float, rate_error: float, seed: int, seconds: float) -> Iterator[Samples]:
    """The same of any rate: only counts, as a FIFO gives them; read every ten samples."""
    rng, true_hz, before = np.random.default_rng(seed), rate_hz * (1 + rate_error), 0
    late, look, began = Delays(rng, 5e-4, 0.01), Delays(rng, 2e-4, 0.015), rng.random() / rate_hz
    end = 0.0
    for poll in range(1, round(seconds * rate_hz / 10)):
        time = max((10 * poll - rng.random()) / rate_hz + late(), end)
        number, end = max(before, int((time - began) * true_hz)), time + look()
        yield Samples(end, 1 / rate_hz, np.empty((number - before, 3)))
        before = number


def measure(_records: Path | None = None) -> Iterator[Row]:
    """Worst and median over many chips, each up to 5 % off."""
    yield from _after([float(after) for after in AFTER_S], SEEDS)
    yield from _after([float(LONG_S)], LONG_SEEDS)
    for rate_hz in progress("sampling", RATES_HZ):
        ppm = []
        for seed in range(SEEDS // 4):
            off, clock = _off(seed), SampleClock(rate_hz)
            for samples in counted(rate_hz, off, seed, 60.0):
                clock.timed(samples)
            ppm.append(_ppm(clock, rate_hz * (1 + off)))
        yield _row(f"true rate after 60 s, {rate_hz:g} Hz, reads delayed", ppm, "", REQUIRED_PPM)


def _off(seed: int) -> float:
    return float(np.random.default_rng((7, seed)).uniform(-OFF, OFF))


def _after(marks: list[float], seeds: int) -> Iterator[Row]:
    estimated: dict[float, list[float]] = {mark: [] for mark in marks}
    naive: dict[float, list[float]] = {mark: [] for mark in marks}
    errors_ms: list[float] = []
    for seed in progress("sampling", range(seeds)):
        chip, clock, left = Chip(_off(seed), seed), SampleClock(adxl355.RATE_HZ), list(marks)
        number, first = 0, (0, 0.0)
        for reading in chip.readings(marks[-1] + 1):
            number += len(reading.samples.acceleration)
            timed = clock.timed(reading.samples)
            first = first if first[0] else (number, reading.samples.end)
            if len(reading.samples.acceleration) and reading.samples.end > 60.0:
                errors_ms.append(1000 * (timed.end - reading.entered))
            if left and reading.samples.end >= left[0]:
                counted_hz = (number - first[0]) / (reading.samples.end - first[1])
                naive[left[0]].append(1e6 * abs(counted_hz / chip.rate_hz - 1))
                estimated[left.pop(0)].append(_ppm(clock, chip.rate_hz))
    for mark in marks:
        beside = f"; count over time {np.median(naive[mark]):.0f}, worst {max(naive[mark]):.0f}"
        required = REQUIRED_PPM if mark >= 60 else np.inf
        yield _row(f"true rate after {mark:g} s, ADXL355, reads delayed", estimated[mark], beside, required)
    if marks[-1] > 60:
        low, high = min(errors_ms), max(errors_ms)
        yield Row(
            f"newest sample's time, 60 to {marks[-1]:g} s", f"{low:+.2f} to {high:+.2f} ms after it entered the FIFO"
        )  # fmt: skip


def _ppm(clock: SampleClock, true_hz: float) -> float:
    """Error of the estimate; NaN while it is not believed."""
    return np.nan if clock.estimate is None else 1e6 * abs(clock.estimate.rate_hz / true_hz - 1)


def _row(what: str, ppm: list[float], beside: str, required: float) -> Row:
    known = [one for one in ppm if not np.isnan(one)]
    measured = "believed by none" if not known else f"{np.median(known):.1f} ppm, worst {max(known):.1f}"
    if known and len(known) < len(ppm):
        measured += f" (believed by {len(known)} of {len(ppm)})"
    if np.isinf(required):
        return Row(what, measured + beside)
    met = len(known) == len(ppm) and max(known) <= required
    return Row(what, measured + beside, f"{required:.0f} ppm", met)
