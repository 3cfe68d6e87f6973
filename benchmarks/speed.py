"""How fast the parts are: the detector beside SciPy's filter, drawing, and putting a frame on the glass."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sosfilt

from agent.detection.detector import BANDS_HZ, MOTION_HZ, Detector
from agent.detection.filters import Bank, Sections, band_pass, low_pass
from agent.detection.motion import DOOR_CLOSED
from agent.glass import Glass
from agent.stage import ALARM_PAGES
from benchmarks import speed_pages
from benchmarks.display import SIZE, Memory
from benchmarks.report import Row, milliseconds
from benchmarks.timing import times
from content.message import Text
from content.page import Site
from content.work import Inline
from simulator.recordings import load
from simulator.score.protocol import at_rate, peak_gal

Floats = NDArray[np.float64]

RATE_HZ, BLOCK, CARS = 125.0, 10, 1000
REPEATS, TRIES, PASSES = 200, 30, 5
MANY = 400
"""Blocks for a thousand cars."""
"""A try is so many calls: one alone is shorter than the clock is exact."""
GRAVITY = np.array((0.0, 0.0, 9.80665))
PARKED = 0.003
"""RMS an axis, m/s²."""
QUIET_BLOCKS = 600
"""A car has to stand for a while before it is known to be parked."""
SITE = Site(Text("锦江花园 A座", "Jinjiang Garden, Tower A"), Text("A座 2号梯", "Tower A, lift 2"))
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def measure(_records: Path | None = None) -> Iterator[Row]:
    """Detection, then drawing."""
    yield from _detector()
    yield from _kernel()
    yield from speed_pages.measure()
    yield _ready()


def _each(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median seconds of one call."""
    return float(np.median(times(TRIES, lambda: [work() for _ in range(repeats)]))) / repeats


def _parked() -> Floats:
    return np.asarray(np.random.default_rng(6).normal(0.0, PARKED, (QUIET_BLOCKS, BLOCK, 3)) + GRAVITY)


def _earthquake() -> Floats:
    """The strongest recording that is shipped, in blocks."""
    recordings = [one for one in load().values() if one.kind == "earthquake"]
    strongest = max(recordings, key=peak_gal)
    samples = at_rate(strongest.shaking(), strongest.rate_hz) + GRAVITY
    return np.asarray(samples[: len(samples) // BLOCK * BLOCK].reshape(-1, BLOCK, 3))


def _step_s(cars: int, blocks: Floats) -> float:
    """Mean seconds of a block, from a parked car on: the median of several passes."""
    door = np.full(cars, DOOR_CLOSED, dtype=np.int8)
    passes = []
    for _ in range(PASSES):
        detector = Detector(RATE_HZ, cars)
        for block in _parked():
            detector.step(np.broadcast_to(block, (cars, BLOCK, 3)), door)
        copies = [np.tile(block, (cars, 1, 1)) for block in blocks]
        passes += times(1, lambda d=detector, c=copies: [d.step(block, door) for block in c])  # type: ignore[misc]
    return float(np.median(passes)) / len(blocks)


def _sosfilt(filters: list[Sections], columns: int) -> Callable[[], object]:
    """SciPy on the same block, state carried along."""
    samples = np.random.default_rng(7).normal(0.0, PARKED, (BLOCK, columns))
    states = [np.zeros((len(sections), 2, columns)) for sections in filters]

    def run() -> None:
        for number, sections in enumerate(filters):
            _, states[number] = sosfilt(sections, samples, axis=0, zi=states[number])

    return run


def _filters() -> list[Sections]:
    """Those of the detector."""
    return [*(band_pass(2, low, high, RATE_HZ) for low, high in BANDS_HZ), low_pass(2, MOTION_HZ, RATE_HZ)]


def _detector() -> Iterator[Row]:
    scipy_s = _each(_sosfilt(_filters(), 3))
    inputs = (("parked", _parked()), ("in an earthquake", _earthquake()))
    for name, blocks in inputs:
        step_s = _step_s(1, blocks)
        measured = f"{1e6 * step_s:.0f} µs, {step_s / scipy_s:.2f} of SciPy's filters alone"
        yield Row(f"whole step, {BLOCK} samples, one car, {name}", measured, "40 µs", step_s <= 40e-6)
    for name, blocks in inputs:
        each_s = _step_s(CARS, blocks[:MANY]) / CARS
        measured = f"{1e6 * each_s:.2f} µs a car"
        yield Row(f"whole step, {BLOCK} samples, {CARS} cars, {name}", measured, "2 µs a car", each_s <= 2e-6)


def _kernel() -> Iterator[Row]:
    """The same sections, the same block, in the same run."""
    for name, filters in (("one band-pass", _filters()[:1]), ("all filters", _filters())):
        for cars in (1, CARS):
            columns, repeats = 3 * cars, REPEATS if cars == 1 else 2
            samples = np.random.default_rng(8).normal(0.0, PARKED, (BLOCK, columns))
            bank = Bank(filters, columns)

            def run(bank: Bank = bank, samples: Floats = samples) -> object:
                return bank.run(samples)

            ours, theirs = _each(run, repeats), _each(_sosfilt(filters, columns), repeats)
            measured = f"{1e6 * ours / cars:.2f} µs a car, {theirs / ours:.1f} times SciPy's speed"
            asked = cars == 1 and len(filters) > 1  # of the sections that the detector runs
            required, met = ("15 times", theirs >= 15 * ours) if asked else ("-", True)
            yield Row(f"{name}, {BLOCK} samples, 3 axes, {cars} car(s)", measured, required, met)


def _ready() -> Row:
    glass, page = Glass(Memory(SIZE), SITE), ALARM_PAGES[0]
    asyncio.run(glass.prepare((page,), (), Inline()))
    seconds = times(10 * TRIES, lambda: glass.show(page, NOON))
    return Row("a ready frame with its minute, onto a screen in memory", milliseconds(seconds))
