"""A ride keeps its limits and arrives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.building import Building, Limits, storeys
from simulator.ride import Braked, Profile

limits = st.builds(
    Limits,
    speed_m_s=st.floats(0.3, 12.0),
    acceleration_m_s2=st.floats(0.3, 2.0),
    jerk_m_s3=st.floats(0.4, 3.0),
)
distances_m = st.one_of(st.floats(0.5, 600.0), st.floats(-600.0, -0.5))


@given(distances_m, limits)
@settings(derandomize=True, deadline=None)
def test_keeps_jerk_acceleration_and_speed(distance_m: float, limits: Limits) -> None:
    profile = Profile(distance_m, limits)
    t = np.linspace(-1.0, profile.duration_s + 1.0, 2001)
    acceleration = profile.acceleration(t)
    assert np.abs(profile.speed(t)).max() <= limits.speed_m_s * (1 + 1e-9)
    assert np.abs(acceleration).max() <= limits.acceleration_m_s2 * (1 + 1e-9)
    assert np.abs(np.diff(acceleration) / np.diff(t)).max() <= limits.jerk_m_s3 * (1 + 1e-6)


@given(distances_m, limits)
@settings(derandomize=True, deadline=None)
def test_starts_and_arrives_at_rest_exactly_there(distance_m: float, limits: Limits) -> None:
    profile = Profile(distance_m, limits)
    ends = np.array([0.0, profile.duration_s])
    np.testing.assert_allclose(profile.way(ends), (0.0, distance_m), atol=1e-7)
    np.testing.assert_allclose(profile.speed(ends), 0.0, atol=1e-7)
    np.testing.assert_allclose(profile.acceleration(ends), 0.0, atol=1e-7)


@given(distances_m, limits)
@settings(derandomize=True, deadline=None)
def test_way_and_speed_are_the_integrals_of_the_acceleration(distance_m: float, limits: Limits) -> None:
    profile = Profile(distance_m, limits)
    t = np.linspace(0.0, profile.duration_s, 20_001)
    error = limits.jerk_m_s3 * (t[1] - t[0]) ** 2
    speed = np.concatenate(([0.0], np.cumsum(np.diff(t) * _middle(profile.acceleration(t)))))
    way = np.concatenate(([0.0], np.cumsum(np.diff(t) * _middle(speed))))
    np.testing.assert_allclose(profile.speed(t), speed, atol=error + 1e-9)
    np.testing.assert_allclose(profile.way(t), way, atol=error * profile.duration_s + 1e-9)


def _middle(values: np.ndarray) -> np.ndarray:
    return np.asarray((values[1:] + values[:-1]) / 2)


def test_reaches_the_speed_of_the_building_on_a_long_way() -> None:
    profile = Profile(100.0, Limits(2.5, 1.0, 1.2))
    assert profile.speed(np.array([profile.duration_s / 2]))[0] == pytest.approx(2.5)


def test_a_brake_stops_a_ride_underway() -> None:
    braked = Braked(Profile(-50.0, Limits(2.0, 1.0, 1.0)), 6.0, 4.0)
    t = np.linspace(0.0, braked.duration_s + 1.0, 5001)
    assert braked.duration_s == pytest.approx(6.5)
    assert braked.speed(t)[-1] == pytest.approx(0.0, abs=1e-9)
    assert braked.acceleration(np.array([6.2]))[0] == pytest.approx(4.0)
    np.testing.assert_allclose(np.gradient(braked.way(t), t), braked.speed(t), atol=0.01)


@pytest.mark.parametrize("heights_m", [(), (0.0, 3.0, 3.0), (3.0, 0.0)])
def test_floors_rise(heights_m: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="rise"):
        Building(heights_m)


def test_limits_are_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        Limits(speed_m_s=0.0)


@pytest.mark.parametrize(("count", "speed_m_s"), [(4, 1.0), (20, 2.5), (80, 6.0)])
def test_a_higher_building_has_a_faster_car(count: int, speed_m_s: float) -> None:
    assert storeys(count).limits.speed_m_s == pytest.approx(speed_m_s, abs=0.26)
