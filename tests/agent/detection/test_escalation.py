"""The early alarm: what lasts and grows quickly is believed, what is local is not."""

import numpy as np
import pytest

from agent.detection.escalation import Escalation, EscalationSettings

HOP_S = 0.096


def level(*runs: tuple[float, float]) -> list[float]:
    """RMS of each hop, m/s², by level and seconds."""
    return [rms for rms, seconds in runs for _ in range(round(seconds / HOP_S))]


def first(
    levels: list[float], *, slow: float = 0.0, heavy: float = 0.25, followed: bool = True, cars: int = 1
) -> float | None:
    """When it escalates, s; slow is over the level, heavy the energy of 0.5-3 over that of 3-10 Hz."""
    escalation = Escalation(cars, HOP_S, EscalationSettings())
    for number, rms in enumerate(levels):
        vector = np.full(cars, rms)
        shape = np.array((vector**2 * heavy, vector**2))
        if escalation.step(vector, slow * vector, shape, np.full(cars, followed)).any():
            return number * HOP_S
    return None


GROWING = level((0.0, 1.0), (0.02, 0.5), (0.04, 0.7), (0.08, 3.0))


def test_what_lasts_and_grows_is_believed_within_two_seconds() -> None:
    at = first(GROWING)
    assert at is not None
    assert 2.3 < at < 3.0  # it began at 1.0


def test_what_begins_at_full_strength_is_not() -> None:
    assert first(level((0.0, 1.0), (0.08, 5.0))) is None


def test_what_is_over_in_a_second_is_not() -> None:
    assert first(level((0.0, 1.0), (0.02, 0.3), (0.3, 0.6), (0.0, 3.0))) is None


def test_steps_with_pauses_between_them_are_not() -> None:
    steps = [(0.1, 0.2), (0.005, 0.4)] * 10
    assert first(level((0.02, 0.5), *steps)) is None


def test_a_slow_push_tells_a_ride() -> None:
    assert first(GROWING, slow=1.0) is None


def test_heavy_shaking_tells_jumping() -> None:
    assert first(GROWING, heavy=2.0) is None


def test_a_car_that_is_not_followed_does_not_escalate() -> None:
    assert first(GROWING, followed=False) is None


def test_what_does_not_reach_the_level_is_a_tremor_only() -> None:
    assert first(level((0.016, 0.5), (0.045, 5.0))) is None


def test_a_pause_begins_it_anew() -> None:
    assert first(level((0.02, 1.0), (0.0, 1.5), (0.08, 5.0))) is None


def test_nothing_before_a_gap_counts() -> None:
    escalation = Escalation(1, HOP_S, EscalationSettings())
    one = np.ones(1, dtype=np.bool_)
    for rms in level((0.02, 0.5), (0.08, 0.8)):
        escalation.step(np.array([rms]), np.zeros(1), np.array([[0.2 * rms**2], [rms**2]]), one)
    escalation.restart(one)
    vector = np.array([0.08])
    shape = np.array((0.2 * vector**2, vector**2))
    assert not any(escalation.step(vector, np.zeros(1), shape, one)[0] for _ in range(40))


@pytest.mark.parametrize("cars", [1, 7])
def test_many_cars_decide_as_one_does(cars: int) -> None:
    assert first(GROWING, cars=cars) == first(GROWING)
