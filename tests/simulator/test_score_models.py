"""The models and the mathematics behind the score: buildings, resampling, simulated cars, intervals."""

import numpy as np
import pytest

from agent.detection.motion import DOOR_CLOSED, DOOR_MOVING, DOOR_OPEN, DOOR_UNKNOWN
from simulator.building import storeys
from simulator.elevator import Elevator
from simulator.recordings import Recording
from simulator.score.building_model import PERIODS_S, Floor
from simulator.score.days import live, plan
from simulator.score.disturbances import KINDS, Disturbed
from simulator.score.elevators import POLL_S, door_codes
from simulator.score.intervals import median, poisson_upper, quantile, wilson
from simulator.score.protocol import at_rate
from simulator.score.riding import PHASES, riding


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(18, 18, 0.824, 1.0), (0, 28, 0.0, 0.1206), (5, 10, 0.2366, 0.7634)]
)
def test_wilson_gives_known_intervals(hits: int, of: int, low: float, high: float) -> None:
    assert wilson(hits, of) == pytest.approx((low, high), abs=5e-4)


@pytest.mark.parametrize(("events", "mean"), [(0, 2.9957), (1, 4.7439), (10, 16.962), (2400, 2482.6)])
def test_poisson_gives_known_limits(events: int, mean: float) -> None:
    assert poisson_upper(events) == pytest.approx(mean, rel=1e-3)


def test_quantiles_take_misses_as_infinite() -> None:
    assert quantile([1.0, 2.0, np.inf], 0.5) == 2.0
    assert quantile([1.0, 2.0, np.inf], 0.9) == np.inf
    assert median([1.0, np.inf]) == np.inf
    assert median([3.0, 1.0, 2.0]) == 2.0


@pytest.mark.parametrize("period_s", PERIODS_S)
def test_a_building_amplifies_its_own_period_most(period_s: float) -> None:
    frequency = np.linspace(0.05, 10, 2000)
    response = np.abs(Floor(period_s, "top").response(frequency))
    low = frequency < 2 / period_s
    assert frequency[low][np.argmax(response[low])] == pytest.approx(1 / period_s, rel=0.05)
    assert response.max() == pytest.approx(4 / np.pi / (2 * 0.05), rel=0.1)


def test_a_building_follows_slow_ground_and_leaves_the_vertical_alone() -> None:
    t = np.arange(6000) / 100
    slow = np.sin(2 * np.pi * 0.05 * t)
    ground = np.stack((slow, 0 * slow, slow), axis=1)
    floor = Floor(0.3, "top").moved(ground, 100.0)
    np.testing.assert_allclose(floor[500:, 0], ground[500:, 0], atol=0.03)
    np.testing.assert_array_equal(floor[:, 2], ground[:, 2])


def test_a_building_moves_more_at_the_top() -> None:
    mid, top = (np.abs(Floor(1.0, height).response(np.array([1.0])))[0] for height in ("mid", "top"))
    assert top > 1.3 * mid


@pytest.mark.parametrize("rate_hz", [30.06, 55.0, 100.0, 200.0, 500.0])
def test_resampling_keeps_what_both_rates_carry(rate_hz: float) -> None:
    t = np.arange(round(20 * rate_hz)) / rate_hz
    wave = np.sin(2 * np.pi * 4.3 * t) * np.clip(t, 0, 1)
    made = at_rate(np.stack((wave, wave, wave), axis=1), rate_hz)
    to = np.arange(len(made)) / 125.0
    middle = (to > 2) & (to < 18)
    expected = np.sin(2 * np.pi * 4.3 * to) * np.clip(to, 0, 1)
    np.testing.assert_allclose(made[middle, 0], expected[middle], atol=0.01)


def test_resampling_takes_away_what_the_chip_cannot_carry() -> None:
    t = np.arange(4000) / 200
    wave = np.sin(2 * np.pi * 80 * t) * np.clip(t, 0, 1)
    made = at_rate(np.stack((wave, wave, wave), axis=1), 200.0)
    assert np.abs(made[250:-250]).max() < 0.01


def test_the_door_sensor_says_what_the_door_does() -> None:
    elevator = Elevator(storeys(5))
    elevator.open_door(3.0, 4.0)
    codes = door_codes(elevator, 0, 200)
    openings = np.array([elevator.door_opening(poll * POLL_S) for poll in range(200)])
    np.testing.assert_array_equal(codes == DOOR_CLOSED, openings == 0)
    np.testing.assert_array_equal(codes == DOOR_OPEN, openings == 1)
    assert DOOR_MOVING in codes


@pytest.mark.parametrize("kind", KINDS)
def test_a_disturbance_comes_with_a_working_door_or_alone(kind: str) -> None:
    alone, seen = (Disturbed(kind, 1, with_door).render() for with_door in (False, True))
    assert set(alone.doors.ravel()) == {DOOR_UNKNOWN}
    assert {DOOR_CLOSED, DOOR_MOVING, DOOR_OPEN} <= set(seen.doors.ravel())
    quiet = alone.samples[0, : 99 * 125]
    assert quiet.std(axis=0).max() < 0.01
    assert np.abs(alone.samples[0] - quiet.mean(axis=0)).max() > 0.05


def test_an_earthquake_begins_in_its_phase_of_the_ride() -> None:
    t = np.arange(2000) / 100
    strong = np.outer(np.sin(2 * np.pi * 2 * t) * (t > 5), (1.0, 0.5, 0.5))
    cases = riding([Recording("made", "made", "earthquake", 100.0, 3, strong)])
    assert [case.phase for case in cases] == list(PHASES)
    assert all(case.render().samples.shape[0] == 16 for case in cases)


def test_a_day_has_its_rides_and_all_kinds_of_disturbance() -> None:
    day = plan(3, rides=20)
    assert day.rides >= 20
    assert {kind for _, kind in day.log} == set(KINDS)


def test_days_are_lived_side_by_side_and_again_alike() -> None:
    first, second = live([1, 2], rides=4)
    assert live([1, 2], rides=4) == [first, second]
    assert first.rides >= 4
