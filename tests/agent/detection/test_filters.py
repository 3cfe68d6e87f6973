"""Filters against SciPy's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from agent.detection.filters import Bank, Sections, band_pass, cascade, low_pass, resting_state

RATES_HZ = (31.25, 50.0, 62.5, 100.0, 125.0, 208.0, 400.0)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("order", [1, 2, 3, 4, 5])
def test_designs_what_scipy_designs(rate_hz: float, order: int) -> None:
    frequencies = np.linspace(0.01, rate_hz / 2 * 0.99, 400)
    for ours, theirs in (
        (
            band_pass(order, 1.0, 10.0, rate_hz),
            signal.butter(order, (1.0, 10.0), "band", fs=rate_hz, output="sos"),
        ),
        (low_pass(order, 0.6, rate_hz), signal.butter(order, 0.6, fs=rate_hz, output="sos")),
    ):
        _, response = signal.sosfreqz(ours, frequencies, fs=rate_hz)
        _, expected = signal.sosfreqz(theirs, frequencies, fs=rate_hz)
        np.testing.assert_allclose(response, expected, atol=1e-10)


@pytest.mark.parametrize(("low_hz", "high_hz"), [(0.0, 10.0), (10.0, 1.0), (1.0, 50.0), (1.0, 60.0)])
def test_refuses_a_band_that_does_not_fit(low_hz: float, high_hz: float) -> None:
    with pytest.raises(ValueError, match="Hz"):
        band_pass(2, low_hz, high_hz, 100.0)


def filters(rate_hz: float) -> list[Sections]:
    return [band_pass(2, 1.0, 10.0, rate_hz), band_pass(3, 0.1, 1.0, rate_hz), low_pass(2, 0.6, rate_hz)]


@given(
    lengths=st.lists(st.integers(1, 60), min_size=1, max_size=20),
    rate_hz=st.sampled_from(RATES_HZ),
    columns=st.integers(1, 5),
    seed=st.integers(0, 2**32 - 1),
)
@settings(derandomize=True, deadline=None, max_examples=40)
def test_equals_scipy_whatever_the_blocks(
    lengths: list[int], rate_hz: float, columns: int, seed: int
) -> None:
    samples = np.random.default_rng(seed).normal(9.8, 1.0, (sum(lengths), columns))
    bank = Bank(filters(rate_hz), columns)
    ends = np.cumsum(lengths)
    blocks = [bank.run(samples[end - length : end]) for end, length in zip(ends, lengths, strict=True)]
    together = np.concatenate(blocks, axis=1)
    for ours, sections in zip(together, filters(rate_hz), strict=True):
        expected = signal.sosfilt(sections, samples, axis=0)
        np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-10 * np.abs(expected).max())


def test_rests_where_an_endless_level_would_have_brought_it() -> None:
    sections = low_pass(2, 0.6, 125.0)
    output, after = cascade(sections, np.full((50, 1), 9.8), resting_state(sections)[:, None] * 9.8)
    np.testing.assert_allclose(output, 9.8, rtol=1e-9)
    np.testing.assert_allclose(after[:, 0], resting_state(sections) * 9.8, rtol=1e-9)


def test_gives_back_only_its_own_column() -> None:
    bank = Bank(filters(125.0), 3)
    bank.rest(np.array([5.0]), np.array([False, True, False]))
    answer = bank.run(np.zeros((10, 3)))
    assert not answer[:, :, [0, 2]].any()
    assert answer[2, 0, 1] == pytest.approx(5.0, rel=0.01)
