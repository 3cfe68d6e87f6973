"""The true rate of a chip, and the times of its samples, from counts that are read late."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.sampling import RATES_HZ, Chip, counted
from drivers.samples import Samples
from drivers.sampling import BELIEVED, POINTS, Estimate, Read, SampleClock, lower_hull, supporting_line

REQUIRED = 100e-6
ENTERS_S = 0.25 / 125
"""The simulated ADXL355 has a sample's last axis in its FIFO so long after the first."""
SHORTEST_S = 2e-4
"""From count to look: the transfer itself, and what is always delayed."""


def after(runs: list[Samples], rate_hz: float) -> Estimate:
    clock = SampleClock(rate_hz)
    for run in runs:
        clock.timed(run)
    assert clock.estimate is not None
    return clock.estimate


def run(count: int, end: float, *, gap: bool = False) -> Samples:
    return Samples(end, 0.01, np.zeros((count, 3)), gap)


@pytest.mark.parametrize("rate_error", [-0.05, -0.0003, 0.0, 0.02, 0.05])
@pytest.mark.parametrize("lost", [0.0, 0.01])
def test_a_minute_through_the_driver_tells_the_rate_and_each_samples_time(
    rate_error: float, lost: float
) -> None:
    """With delays of up to 60 ms, before a read and between a count and its time; and with reads that fail."""
    chip, clock, judged = Chip(rate_error, seed=3, lost=lost), SampleClock(125.0), 0
    for reading in chip.readings(60.0):
        timed = clock.timed(reading.samples)
        if clock.estimate is None or not len(reading.samples.acceleration):
            continue
        period, error, late_s = clock.estimate
        assert abs(clock.estimate.rate_hz / chip.rate_hz - 1) < error <= BELIEVED
        if late_s < period:  # else a gap was right before, and the read may have had any delay
            judged += 1
            assert abs(timed.end - reading.entered - ENTERS_S) < late_s + SHORTEST_S
        assert timed.period == period
    assert judged > 300
    assert clock.estimate is not None
    assert abs(clock.estimate.rate_hz / chip.rate_hz - 1) < REQUIRED


@settings(derandomize=True, deadline=None, max_examples=40)
@given(st.sampled_from(RATES_HZ), st.floats(-0.1, 0.1), st.integers(0, 1000))
def test_every_rate_is_known_within_100_ppm_after_a_minute(
    rate_hz: float, rate_error: float, seed: int
) -> None:
    estimate = after(list(counted(rate_hz, rate_error, seed, 60.0)), rate_hz)
    assert abs(estimate.rate_hz / (rate_hz * (1 + rate_error)) - 1) < min(REQUIRED, estimate.error)


def test_it_is_not_believed_while_a_read_too_late_could_explain_it() -> None:
    clock = SampleClock(125.0)
    first = next(
        samples.end for samples in counted(125.0, 0.04, 1, 60.0) if clock.timed(samples) and clock.estimate
    )
    assert 2.0 < first < 10.0


def test_until_then_samples_have_the_nominal_period_and_the_time_of_the_read() -> None:
    samples = run(10, 5.0)
    assert SampleClock(100.0).timed(samples) is samples


def test_after_a_gap_the_rate_is_held_and_the_count_begins_anew() -> None:
    """The chip was off for a while, so the line of before is wrong by as much."""
    runs = list(counted(125.0, 0.03, 5, 60.0))
    clock = SampleClock(125.0)
    for samples in runs:
        clock.timed(samples)
    before = clock.estimate
    assert before is not None
    timed = clock.timed(run(4, 1000.0, gap=True))
    assert timed.end == pytest.approx(1000.0)
    assert timed.period == before.period
    assert clock.estimate == before._replace(late_s=before.period)
    for k in range(1, 40):
        timed = clock.timed(run(10, 1000.0 + 10 * k * before.period + 0.002 * (k % 3)))
        assert clock.estimate.period == before.period
        assert timed.end == pytest.approx(1000.0 + 10 * k * before.period, abs=1e-6)
    assert clock.estimate.late_s < 0.005


def test_a_long_delay_moves_no_sample() -> None:
    clock = SampleClock(100.0)
    random = np.random.default_rng(1)
    for k in range(1, 400):
        clock.timed(run(10, 0.1 * k + random.uniform(0, 0.01)))
    before = clock.estimate
    timed = clock.timed(run(10, 40.0 + 0.5))
    assert timed.end == pytest.approx(40.0, abs=0.001)
    assert clock.estimate == pytest.approx(before, abs=1e-3)


def test_a_clock_that_wanders_is_followed() -> None:
    """200 ppm faster, as after a change of temperature: four minutes later nothing of before counts."""
    clock, time = SampleClock(100.0), 0.0
    for period in (0.01, 0.01 * (1 - 2e-4)):
        for _ in range(2400):
            time += 10 * period
            clock.timed(run(10, time))
        assert clock.estimate is not None
        assert clock.estimate.period == pytest.approx(period, rel=1e-6)


def test_an_hour_takes_no_more_memory_than_a_minute() -> None:
    clock = SampleClock(100.0)
    for k in range(1, 36_000):
        clock.timed(run(10, 0.1 * k))
    assert len(clock._points) <= POINTS


def test_no_samples_change_nothing() -> None:
    clock = SampleClock(100.0)
    for k in range(1, 400):
        clock.timed(run(10, 0.1 * k))
        before = clock.estimate
        clock.timed(run(0, 0.1 * k + 0.05))
        assert clock.estimate == before


@settings(derandomize=True, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 20), st.floats(0.0, 1.0)), min_size=2, max_size=40))
def test_no_point_lies_under_the_line_and_two_lie_on_it(steps: list[tuple[int, float]]) -> None:
    numbers = np.cumsum([count for count, _ in steps]).tolist()
    points = [Read(number, 0.1 * number + late) for number, (_, late) in zip(numbers, steps, strict=True)]
    period, mean = supporting_line(points)
    start = min(point.beyond(period) for point in points)
    assert sum(point.beyond(period) - start < 1e-6 for point in points) >= 2
    assert mean == pytest.approx(np.mean([point.beyond(period) - start for point in points]), abs=1e-6)
    assert set(lower_hull(points)) <= set(points)
