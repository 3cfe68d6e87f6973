"""Acceleration through the simulated chip and the driver: how exact, and how complete."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Row
from benchmarks.timing import progress
from drivers.accelerometers import adxl355
from drivers.samples import Samples
from simulator.chips.adxl355 import ADXL355, STANDARD_GRAVITY
from simulator.i2c import SimulatedI2C

Floats = NDArray[np.float64]

ADDRESS = 0x1D
LONG_S, HOUR_S = 120.0, 3600.0
MARKS = 65_536
"""Sample number n shows n modulo this, in counts."""


def measure(_records: Path | None = None) -> Iterator[Row]:
    """Noise off."""
    for range_g in progress("chip", adxl355.RANGES_G):
        yield _exactness(range_g)
    for rate_error in progress("chip", (-0.02, 0.02)):
        yield _completeness(rate_error)


def _read(chip: ADXL355, range_g: int, seconds: float) -> tuple[list[Samples], float]:
    """All runs of so long, and the size of a count, m/s²."""
    time = 0.0

    def clock() -> float:
        return time

    driver = adxl355.probe(SimulatedI2C(clock, {ADDRESS: chip}), ADDRESS, range_g=range_g)
    runs = []
    for poll in range(1, round(seconds / driver.poll_s)):
        time = poll * driver.poll_s
        runs.append(driver.read())
    return runs, driver.count


def _exactness(range_g: int) -> Row:
    """The signal remembers what it was asked for, so put in and got are compared one by one."""
    rng, put = np.random.default_rng(range_g), []

    def signal(t: Floats) -> Floats:
        put.append(rng.uniform(-range_g, range_g, (len(t), 3)) * STANDARD_GRAVITY)
        return np.asarray(put[-1])

    runs, count = _read(ADXL355(signal, noise_density=0.0), range_g, LONG_S)
    got = np.concatenate([run.acceleration for run in runs])
    error = float(np.abs(got - np.concatenate(put)[: len(got)]).max()) / count
    what = f"chip and driver, ±{range_g} g, {len(got)} vectors: largest error"
    return Row(what, f"{error:.3f} count", "1 count", error <= 1 and not any(run.gap for run in runs))


def _completeness(rate_error: float) -> Row:
    """Every sample carries its number, so a lost one, a doubled one or a wrong order shows."""
    rate_hz, first = 125.0 * (1 + rate_error), np.nan
    count = STANDARD_GRAVITY / 256_000

    def signal(t: Floats) -> Floats:
        nonlocal first
        first = float(t[0]) if np.isnan(first) else first
        number = np.rint((t - first) * rate_hz)
        return np.outer(number % MARKS, (count, 0.0, 0.0))

    runs, _ = _read(ADXL355(signal, noise_density=0.0, rate_error=rate_error), 2, HOUR_S)
    marks = np.rint(np.concatenate([run.acceleration[:, 0] for run in runs]) / count).astype(np.int64)
    # The newest sample may not be whole yet when the last run is read.
    expected = int((runs[-1].end - first) * rate_hz) + 1
    lost = max(0, expected - 1 - len(marks)) + int(np.count_nonzero(np.diff(marks) % MARKS != 1))
    gaps = sum(run.gap for run in runs)
    return Row(
        f"samples of an hour, chip's clock {100 * rate_error:+.0f} %",
        f"{lost} lost, {gaps} gaps ({len(marks)} read, {expected} made)",
        "0 lost",
        lost == 0 and gaps == 0,
    )
