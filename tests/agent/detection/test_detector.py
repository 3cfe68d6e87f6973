"""The detector on made-up and on real shaking."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from agent.detection.detector import Detector, Hop
from agent.detection.motion import (
    DOOR_CLOSED,
    DOOR_MOVING,
    DOOR_OPEN,
    DOOR_UNKNOWN,
    DOWN,
    PARKED,
    UNKNOWN,
    UP,
)
from simulator.building import storeys
from simulator.elevator import STANDARD_GRAVITY, Elevator
from simulator.recordings import Recording, load

Floats = NDArray[np.float64]
RATE_HZ = 125.0
SHIPPED = load()
EARTHQUAKES = [one for one in SHIPPED.values() if one.kind == "earthquake"]


def quiet(seconds: float, rate_hz: float = RATE_HZ, seed: int = 0) -> Floats:
    noise = np.random.default_rng(seed).normal(0.0, 0.002, (round(seconds * rate_hz), 3))
    return np.asarray(noise + np.array((0.0, 0.0, STANDARD_GRAVITY)))


def pushed(seconds: float, *push: float) -> Floats:
    """Quiet, with this constant acceleration."""
    return np.asarray(quiet(seconds) + np.array(push))


def shaken(rms: float, seconds: float, rate_hz: float = RATE_HZ, axes: tuple[int, ...] = (0, 1, 2)) -> Floats:
    """A 3 Hz shaking of this RMS an axis, gravity included."""
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    still = quiet(seconds, rate_hz, 1)
    for axis in axes:
        still[:, axis] += np.sqrt(2) * rms * np.sin(2 * np.pi * 3 * t + axis)
    return still


def doors(code: int, cars: int = 1) -> NDArray[np.int8]:
    return np.full(cars, code, dtype=np.int8)


def parked(rate_hz: float = RATE_HZ) -> Detector:
    """A detector that has seen its car stand with an open door."""
    detector = Detector(rate_hz)
    detector.step(quiet(10, rate_hz)[None], doors(DOOR_OPEN))
    detector.step(quiet(5, rate_hz)[None], doors(DOOR_CLOSED))
    return detector


def feel(detector: Detector, samples: Floats, door: int = DOOR_CLOSED) -> list[Hop]:
    return detector.step(samples[None], doors(door))


def codes(hops: list[Hop]) -> list[int]:
    """Motion codes in their order, repetitions left out."""
    seen = [int(hop.motion[0]) for hop in hops]
    return [code for code, before in zip(seen, [None, *seen], strict=False) if code != before]


def anything(hops: list[Hop]) -> bool:
    return any(hop.tremor.any() or hop.alarm.any() for hop in hops)


def test_does_not_know_the_motion_of_a_car_it_has_just_met() -> None:
    hops = feel(Detector(RATE_HZ), quiet(20), DOOR_CLOSED)
    assert codes(hops) == [UNKNOWN]


def test_knows_a_car_parked_after_half_a_minute_of_quiet() -> None:
    detector = Detector(RATE_HZ)
    assert codes(feel(detector, quiet(29))) == [UNKNOWN]
    assert codes(feel(detector, quiet(2))) == [UNKNOWN, PARKED]


@pytest.mark.parametrize("door", [DOOR_OPEN, DOOR_MOVING])
def test_knows_a_car_parked_when_its_door_is_not_closed(door: int) -> None:
    assert codes(feel(Detector(RATE_HZ), quiet(3), door)) == [UNKNOWN, PARKED]


@pytest.mark.parametrize("rate_hz", [31.25, 62.5, 100.0, 125.0, 400.0])
@pytest.mark.parametrize(("start", "target", "code"), [(0, 12, UP), (12, 0, DOWN), (3, 4, UP)])
def test_feels_a_ride_from_start_to_end(rate_hz: float, start: int, target: int, code: int) -> None:
    elevator = Elevator(storeys(20), seed=3, floor=start)
    arrival = elevator.ride(20.0, target)
    t = np.arange(0, round((arrival + 7) * rate_hz)) / rate_hz
    samples = elevator.specific_force(t)
    detector = Detector(rate_hz)
    feel(detector, samples[t < 10], DOOR_OPEN)
    hops = feel(detector, samples[t >= 10])
    assert codes(hops) == [PARKED, code, PARKED]
    moving = [
        10 + (number + 1) * detector.hop / rate_hz for number, hop in enumerate(hops) if hop.motion[0] == code
    ]
    assert 20.0 < moving[0] < 21.5
    assert arrival < moving[-1] < arrival + 5.0
    assert not anything(hops)


def test_remembers_a_ride_through_a_cruise_of_two_minutes() -> None:
    pulse = np.concatenate([quiet(1), pushed(2, 0, 0, 0.8), quiet(120), pushed(2, 0, 0, -0.8), quiet(8)])
    assert codes(feel(parked(), pulse)) == [PARKED, UP, PARKED]


def test_a_ride_ends_at_the_door() -> None:
    detector = parked()
    assert codes(feel(detector, np.concatenate([quiet(1), pushed(2, 0, 0, -0.8), quiet(5)]))) == [
        PARKED,
        DOWN,
    ]
    assert codes(feel(detector, quiet(1), DOOR_OPEN)) == [PARKED]


def test_a_ride_without_an_end_becomes_unknown() -> None:
    hops = feel(parked(), np.concatenate([pushed(2, 0, 0, 0.8), quiet(185)]))
    assert codes(hops) == [PARKED, UP, UNKNOWN]


def test_a_new_offset_of_the_sensor_is_no_ride_for_ever() -> None:
    hops = feel(parked(), pushed(200, 0, 0, 0.3))
    assert codes(hops) == [PARKED, UP, UNKNOWN, PARKED]


def test_an_offset_that_changes_with_the_temperature_is_no_ride() -> None:
    warming = quiet(600)
    warming[:, 2] += np.linspace(0.0, 0.1, len(warming))
    detector = parked()
    assert codes(feel(detector, warming)) == [PARKED]
    assert codes(feel(detector, pushed(1, 0, 0, 0.1 + 0.2))) == [PARKED, UP]


def test_finds_gravity_again_after_waking_up_in_a_departure() -> None:
    hops = feel(Detector(RATE_HZ), np.concatenate([pushed(4, 0, 0, 0.9), quiet(100)]))
    assert codes(hops) == [UNKNOWN, PARKED]


@pytest.mark.parametrize("recording", EARTHQUAKES, ids=lambda one: one.key)
def test_no_earthquake_passes_for_a_ride(recording: Recording) -> None:
    hops = feel(parked(recording.rate_hz), recording.shaking() + np.array((0, 0, STANDARD_GRAVITY)))
    assert codes(hops) == [PARKED]
    assert any(hop.alarm[0] for hop in hops)


def test_a_slow_vertical_wave_within_shaking_is_no_ride() -> None:
    slow = 0.2 * np.sin(2 * np.pi * 0.3 * np.arange(round(20 * RATE_HZ)) / RATE_HZ)
    samples = shaken(0.3, 20)
    samples[round(3 * RATE_HZ) :, 2] += slow[: -round(3 * RATE_HZ)]
    assert codes(feel(parked(), samples)) == [PARKED]


def test_a_tremor_needs_half_a_second() -> None:
    detector = parked()
    assert not anything(feel(detector, np.concatenate([shaken(0.03, 0.15), quiet(3)])))
    hops = feel(detector, shaken(0.03, 2))
    first = next(number for number, hop in enumerate(hops) if hop.tremor[0])
    assert 3 <= first <= 6
    assert not any(hop.alarm[0] for hop in hops)


def test_a_tremor_is_over_after_five_seconds_of_rest() -> None:
    detector = parked()
    hops = feel(detector, np.concatenate([shaken(0.03, 3), quiet(7)]))
    assert hops[60].tremor[0]
    assert not hops[-1].tremor[0]


@pytest.mark.parametrize("door", [DOOR_MOVING, DOOR_OPEN])
def test_suspects_the_door_of_what_it_does_itself(door: int) -> None:
    detector = parked()
    feel(detector, quiet(1), DOOR_MOVING)
    assert not anything(feel(detector, shaken(0.03, 5), door))
    assert not anything(feel(detector, shaken(0.03, 2)))
    assert anything(feel(detector, shaken(0.1, 2)))


def test_feels_small_shaking_again_when_the_door_has_been_still() -> None:
    detector = parked()
    feel(detector, quiet(1), DOOR_MOVING)
    feel(detector, quiet(4))
    assert anything(feel(detector, shaken(0.03, 2)))


@pytest.mark.parametrize(("rms", "seconds"), [(0.25, 2.0), (0.08, 4.0)])
def test_a_parked_car_alarms_when_it_is_strong_or_lasting(rms: float, seconds: float) -> None:
    assert any(hop.alarm[0] for hop in feel(parked(), shaken(rms, seconds)))


def test_jumping_is_no_alarm() -> None:
    assert not anything(feel(parked(), shaken(1.0, 10, axes=(2,))))


def test_a_riding_car_alarms_only_when_it_is_strong_horizontally() -> None:
    start = np.concatenate([quiet(1), pushed(2, 0, 0, 0.8)])
    detector = parked()
    feel(detector, start)
    assert not anything(feel(detector, shaken(0.12, 5, axes=(0, 1))))
    assert any(hop.alarm[0] for hop in feel(detector, shaken(0.3, 4, axes=(0, 1))))


def test_a_riding_car_does_not_alarm_when_it_is_as_strong_vertically() -> None:
    detector = parked()
    feel(detector, np.concatenate([quiet(1), pushed(2, 0, 0, 0.8)]))
    assert not any(hop.alarm[0] for hop in feel(detector, shaken(0.3, 4, axes=(0, 2))))


def test_a_car_of_unknown_motion_is_judged_like_a_riding_one() -> None:
    detector = Detector(RATE_HZ)
    assert not anything(feel(detector, np.concatenate([quiet(5), shaken(0.12, 5, axes=(0, 1))])))
    assert any(hop.alarm[0] for hop in feel(detector, shaken(0.3, 4, axes=(0, 1))))


def test_an_alarm_is_over_after_ten_seconds_of_rest() -> None:
    hops = feel(parked(), np.concatenate([shaken(0.5, 3), quiet(12)]))
    assert hops[120].alarm[0]
    assert not hops[-1].alarm[0]


@pytest.mark.parametrize("offset", [(0.0, 0.0, 0.0), (3.0, -2.0, 1.0)])
def test_starting_never_fires(offset: tuple[float, float, float]) -> None:
    assert not anything(feel(Detector(RATE_HZ), pushed(70, *offset), DOOR_OPEN))


def test_a_gap_never_fires() -> None:
    detector = parked()
    feel(detector, shaken(0.02, 0.3))
    hops = detector.step(pushed(5, 0.5, 0.0, 0.5)[None], doors(DOOR_CLOSED), gap=True)
    assert not anything(hops)
    assert codes(hops) == [UNKNOWN]


def test_an_alarm_outlasts_a_gap() -> None:
    detector = parked()
    feel(detector, shaken(0.5, 3))
    hops = detector.step(shaken(0.5, 3)[None], doors(DOOR_CLOSED), gap=True)
    assert all(hop.alarm[0] for hop in hops)


def test_quiet_buildings_are_quiet() -> None:
    for recording in SHIPPED.values():
        if recording.kind == "ambient":
            assert not anything(feel(Detector(recording.rate_hz), recording.acceleration, DOOR_OPEN))


@given(lengths=st.lists(st.integers(1, 80), min_size=1, max_size=60))
@settings(derandomize=True, deadline=None, max_examples=15)
def test_decides_the_same_whatever_the_blocks(lengths: list[int]) -> None:
    samples = np.concatenate([quiet(4), shaken(0.1, 10), pushed(2, 0, 0, 0.8), quiet(3)])
    whole = feel(Detector(RATE_HZ), samples, DOOR_OPEN)
    detector, pieces = Detector(RATE_HZ), []
    cuts = [end for end in np.cumsum(lengths) if end < len(samples)]
    for block in np.split(samples, cuts):
        pieces += feel(detector, block, DOOR_OPEN)
    assert len(pieces) == len(whole)
    for one, other in zip(pieces, whole, strict=True):
        assert (one.motion[0], one.tremor[0], one.alarm[0]) == (
            other.motion[0],
            other.tremor[0],
            other.alarm[0],
        )
        np.testing.assert_allclose(one.bands, other.bands, atol=1e-12)


def test_many_cars_are_judged_as_if_each_were_alone() -> None:
    cars = [
        np.concatenate([quiet(5, seed=1), shaken(0.1, 10), quiet(10, seed=2)]),
        np.concatenate([quiet(8, seed=3), pushed(2, 0, 0, 0.8), quiet(8), pushed(2, 0, 0, -0.8), quiet(5)]),
        quiet(25, seed=4),
    ]
    door = np.array([DOOR_OPEN, DOOR_CLOSED, DOOR_UNKNOWN], dtype=np.int8)
    together = Detector(RATE_HZ, cars=3).step(np.stack(cars), door)
    for car, samples in enumerate(cars):
        alone = feel(Detector(RATE_HZ), samples, int(door[car]))
        for one, other in zip(alone, together, strict=True):
            assert one.motion[0] == other.motion[car]
            assert (one.tremor[0], one.alarm[0]) == (other.tremor[car], other.alarm[car])
            np.testing.assert_allclose(one.peak[0], other.peak[car], rtol=1e-9, atol=1e-12)


def test_a_gap_of_one_car_leaves_the_others_alone() -> None:
    samples = np.stack([quiet(10), quiet(10)])
    detector = Detector(RATE_HZ, cars=2)
    detector.step(samples, doors(DOOR_OPEN, 2))
    hop = detector.step(samples, doors(DOOR_CLOSED, 2), gap=np.array([True, False]))[0]
    assert hop.motion.tolist() == [UNKNOWN, PARKED]
    assert hop.settled.tolist() == [False, True]


def test_tells_levels_in_si_units_and_by_axis() -> None:
    hop = feel(parked(), shaken(0.2, 5, axes=(1,)))[-1]
    assert hop.rms.shape == (1, 3)
    assert hop.rms[0, 1] == pytest.approx(0.2, rel=0.25)
    assert hop.rms[0, 0] < 0.01
    assert hop.peak_vector[0] == pytest.approx(hop.peak[0].max(), rel=0.05)
