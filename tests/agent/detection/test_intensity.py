"""Intensity by the standards' formulas, and block by block against the whole record."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import signal

from agent.detection.filters import Sections, band_pass
from agent.detection.intensity import (
    GBT_BAND_HZ,
    GBT_LOWEST,
    GBT_ORDER,
    JMA_LOWEST,
    GbtIntensity,
    JmaIntensity,
    gbt_intensity,
    integrated,
    jma_weighting,
)
from benchmarks.intensity import at_rate, felt, gbt_reference, jma_reference, prepared
from simulator.recordings import load

Floats = NDArray[np.float64]
Device = type[JmaIntensity] | type[GbtIntensity]

GRAVITY = np.array((0.0, 0.0, 9.80665))
RATES_HZ = (31.25, 50.0, 62.5, 100.0, 104.0, 125.0, 208.0, 400.0)
DEVICES = (JmaIntensity, GbtIntensity)
EARTHQUAKES = [key for key, one in load().items() if one.kind == "earthquake"]
both = pytest.mark.parametrize("device", DEVICES)


def shaking(seconds: float, rate_hz: float = 125.0, seed: int = 0, level: float = 0.5) -> Floats:
    """Still for 2 s, then noise; shape (n, 3), m/s², gravity included."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(0.0, level, (round(seconds * rate_hz), 3))
    noise[: round(2 * rate_hz)] = 0.0
    return np.asarray(noise + GRAVITY)


def sine(frequency_hz: float, amplitude: float, rate_hz: float = 125.0) -> Floats:
    """Still for 2 s, then a minute of this on x that grows for 20 s; shape (n, 3), m/s²."""
    t = np.arange(round(62 * rate_hz)) / rate_hz - 2
    wave = np.zeros((len(t), 3))
    wave[:, 0] = amplitude * np.clip(t / 20, 0, 1) * np.sin(2 * np.pi * frequency_hz * t)
    return np.asarray(wave + GRAVITY)


def gain(sections: Sections, frequency_hz: float, rate_hz: float) -> float:
    return float(np.abs(signal.sosfreqz(sections, [frequency_hz], fs=rate_hz)[1][0]))


@pytest.mark.parametrize(
    ("pga", "pgv", "expected"),
    [
        (0.0, 0.0, 1.0),
        (0.457, 0.0381, 5.5),  # where class VI begins by both
        (0.1, 0.01, (3.42 + 3.77) / 2),
        (1.0, 0.1, 6.77),  # both above 6: velocity alone
        (10.0, 0.01, (9.76 + 3.77) / 2),
        (100.0, 100.0, 12.0),
    ],
)
def test_gbt_joins_acceleration_and_velocity_as_the_standard_does(
    pga: float, pgv: float, expected: float
) -> None:
    assert gbt_intensity(np.square([[pga], [pgv]]))[0] == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("rate_hz", [100.0, 104.0, 125.0, 208.0, 400.0])
def test_the_sections_weigh_as_the_agency_does(rate_hz: float) -> None:
    frequency = np.linspace(0.1, 10.0, 200)
    ratio = frequency / 10
    high_cut = 1 + 0.694 * ratio**2 + 0.241 * ratio**4 + 0.0557 * ratio**6
    high_cut += 0.009664 * ratio**8 + 0.00134 * ratio**10 + 0.000155 * ratio**12
    low_cut = 1 - np.exp(-((frequency / 0.5) ** 3))
    _, ours = signal.sosfreqz(jma_weighting(rate_hz), frequency, fs=rate_hz)
    np.testing.assert_allclose(np.abs(ours), np.sqrt(low_cut / frequency / high_cut), rtol=0.035)


@pytest.mark.parametrize("rate_hz", np.arange(22.0, 420.0, 3.7))
def test_the_sections_are_stable_at_every_rate(rate_hz: float) -> None:
    for section in jma_weighting(rate_hz):
        assert np.abs(np.roots(section[3:])).max() < 1


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_integrates_what_the_band_pass_lets_through(rate_hz: float) -> None:
    sections = band_pass(GBT_ORDER, *GBT_BAND_HZ, rate_hz)
    samples = np.random.default_rng(3).normal(0.0, 1.0, 4000)
    passed = signal.sosfilt(sections, samples)
    before = np.concatenate(([0.0], passed[:-1]))
    velocity = np.cumsum(passed + before) / (2 * rate_hz)
    ours = signal.sosfilt(integrated(sections, rate_hz), samples)
    np.testing.assert_allclose(ours, velocity, atol=1e-9)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("frequency_hz", [0.5, 1.3, 3.1])
def test_a_sine_has_the_jma_intensity_of_the_formula(rate_hz: float, frequency_hz: float) -> None:
    # 40 s of full sine: the level exceeded for 0.3 s is its peak but for a part of a thousand.
    level = 100 * 0.8 * gain(jma_weighting(rate_hz), frequency_hz, rate_hz)
    got = JmaIntensity(rate_hz).step(sine(frequency_hz, 0.8, rate_hz)[None])[0]
    assert got == pytest.approx(2 * np.log10(level) + 0.94, abs=0.02)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("frequency_hz", [0.5, 1.3, 3.1])
def test_a_sine_has_the_gbt_intensity_of_the_formula(rate_hz: float, frequency_hz: float) -> None:
    pga = 0.8 * gain(band_pass(GBT_ORDER, *GBT_BAND_HZ, rate_hz), frequency_hz, rate_hz)
    by_acceleration = 3.17 * np.log10(pga) + 6.59
    by_velocity = 3.0 * np.log10(pga / (2 * np.pi * frequency_hz)) + 9.77
    strong = by_acceleration >= 6 and by_velocity >= 6
    expected = by_velocity if strong else (by_acceleration + by_velocity) / 2
    got = GbtIntensity(rate_hz).step(sine(frequency_hz, 0.8, rate_hz)[None])[0]
    assert got == pytest.approx(expected, abs=0.05)


def test_ten_times_the_shaking_is_two_jma_degrees_more() -> None:
    weak, strong = (JmaIntensity(125.0).step(shaking(10, level=level)[None])[0] for level in (0.1, 1.0))
    assert strong - weak == pytest.approx(2.0, abs=1e-6)


@pytest.mark.parametrize("key", EARTHQUAKES)
@pytest.mark.parametrize("rate_hz", [104.0, 125.0])
@pytest.mark.parametrize(
    ("device", "reference"), [(JmaIntensity, jma_reference), (GbtIntensity, gbt_reference)]
)
def test_a_shipped_earthquake_is_within_a_tenth(
    device: Device, reference: Callable[[Floats, float], float], rate_hz: float, key: str
) -> None:
    recording = load()[key]
    samples = prepared(recording)
    expected = reference(at_rate(samples, recording.rate_hz, 200.0), 200.0)
    got = felt(device(rate_hz), at_rate(samples, recording.rate_hz, rate_hz) + GRAVITY, rate_hz)
    assert got == pytest.approx(expected, abs=0.1)


@given(
    lengths=st.lists(st.integers(0, 90), min_size=1, max_size=30),
    rate_hz=st.sampled_from(RATES_HZ),
    device=st.sampled_from(DEVICES),
    seed=st.integers(0, 2**32 - 1),
)
@settings(derandomize=True, deadline=None, max_examples=40)
def test_the_length_of_the_blocks_does_not_matter(
    lengths: list[int], rate_hz: float, device: Device, seed: int
) -> None:
    samples = np.random.default_rng(seed).normal(0.0, 0.3, (sum(lengths), 3)) + GRAVITY
    whole, parts = device(rate_hz), device(rate_hz)
    got = parts.step(samples[None, :0])
    for end, length in zip(np.cumsum(lengths), lengths, strict=True):
        got = parts.step(samples[None, end - length : end])
    np.testing.assert_array_equal(got, whole.step(samples[None]))


@both
def test_many_cars_are_felt_as_each_alone(device: Device) -> None:
    cars = np.stack([shaking(8, seed=seed, level=10.0 ** (seed - 3)) for seed in range(5)])
    together, alone = device(125.0, 5), [device(125.0) for _ in cars]
    for first in range(0, 1000, 10):
        block = cars[:, first : first + 10]
        expected = [one.step(samples[None])[0] for one, samples in zip(alone, block, strict=True)]
        np.testing.assert_allclose(together.step(block), expected, rtol=0, atol=1e-9)


@both
@given(
    gravity=st.tuples(*[st.floats(-20, 20)] * 3),
    device_seed=st.integers(0, 100),
)
@settings(derandomize=True, deadline=None, max_examples=20)
def test_gravity_and_the_way_the_chip_lies_do_not_matter(
    device: Device, gravity: tuple[float, float, float], device_seed: int
) -> None:
    felt_here = shaking(6, seed=device_seed, level=0.05) - GRAVITY
    expected = device(125.0).step(felt_here[None])
    np.testing.assert_allclose(device(125.0).step(felt_here[None] + gravity), expected, atol=1e-6)


@both
def test_stillness_has_the_lowest_intensity_forever(device: Device) -> None:
    lowest = {JmaIntensity: JMA_LOWEST, GbtIntensity: GBT_LOWEST}[device]
    running = device(125.0)
    for _ in range(60):
        assert running.step(np.broadcast_to(GRAVITY, (1, 1250, 3)))[0] == lowest


@both
def test_the_chips_own_noise_is_not_felt(device: Device) -> None:
    noise = np.random.default_rng(5).normal(0.0, 0.0017, (1, 125 * 300, 3)) + GRAVITY
    assert device(125.0).step(noise)[0] < 1.5


@both
def test_a_slow_drift_of_the_chip_is_not_felt(device: Device) -> None:
    drift = np.linspace(0.0, 0.5, 125 * 600)[:, None] + GRAVITY
    assert device(125.0).step(drift[None])[0] < 1.5


@both
def test_the_intensity_of_an_event_never_falls(device: Device) -> None:
    running, samples = device(125.0), shaking(20)
    samples[1250:] = GRAVITY
    got = [running.step(samples[None, first : first + 10])[0] for first in range(0, 2500, 10)]
    assert np.all(np.diff(got) >= 0)
    assert got[-1] > 3.5


@both
def test_a_new_event_forgets_the_old_one_in_its_cars_only(device: Device) -> None:
    running = device(125.0, 2)
    before = running.step(np.stack([shaking(10)] * 2))
    running.begin(np.array([True, False]))
    after = running.step(np.broadcast_to(GRAVITY, (2, 2500, 3)))
    assert after[1] == pytest.approx(before[1], abs=0.1)
    running.begin(np.array([True, False]))
    quiet = running.step(np.broadcast_to(GRAVITY, (2, 2500, 3)))
    assert quiet[0] < 1.5
    assert quiet[1] == after[1]


@both
@pytest.mark.parametrize("waiting", [0, 7])
def test_a_restarted_car_knows_nothing_of_before(device: Device, waiting: int) -> None:
    running = device(125.0, 2)
    running.step(np.stack([shaking(10)[: 1200 + waiting]] * 2))
    running.restart(np.array([True, False]))
    turned = np.tile(GRAVITY[[2, 1, 0]], (2, 1500, 1))
    lowest = {JmaIntensity: JMA_LOWEST, GbtIntensity: GBT_LOWEST}[device]
    assert running.step(turned)[0] == lowest
    assert running.step(turned)[1] > 3.5


@both
@given(
    samples=st.lists(st.tuples(*[st.floats(-400, 400)] * 3), min_size=1, max_size=60),
    times=st.integers(1, 20),
)
@settings(derandomize=True, deadline=None, max_examples=40)
def test_never_nan_and_always_within_its_scale(
    device: Device, samples: list[tuple[float, float, float]], times: int
) -> None:
    got = device(104.0).step(np.tile(np.array(samples), (times, 1))[None])
    assert np.isfinite(got).all()
    lowest, highest = {JmaIntensity: (JMA_LOWEST, 12.0), GbtIntensity: (1.0, 12.0)}[device]
    assert lowest <= got[0] <= highest
