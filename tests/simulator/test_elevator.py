"""The simulated car: where it is, what it feels, how its door stands."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulator import disturbances
from simulator.building import Building, Limits, storeys
from simulator.day import schedule_day
from simulator.elevator import STANDARD_GRAVITY, Busy, Elevator
from simulator.recordings import load

Floats = NDArray[np.float64]
STILL = Building((0.0, 4.0, 7.5, 11.0), rails=0.0, ambient=0.0)


def clock(start: float, end: float, rate_hz: float = 200.0) -> Floats:
    return start + np.arange(round((end - start) * rate_hz)) / rate_hz


def rms(samples: Floats) -> Floats:
    return np.asarray(np.sqrt(np.mean(samples**2, axis=0)))


@given(
    heights_m=st.lists(st.floats(2.5, 8.0), min_size=2, max_size=30).map(
        lambda steps: tuple(np.cumsum(steps))
    ),
    speed_m_s=st.floats(0.5, 6.0),
    seed=st.integers(0, 1000),
)
@settings(derandomize=True, deadline=None, max_examples=30)
def test_what_it_feels_brings_it_to_the_floor(
    heights_m: tuple[float, ...], speed_m_s: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    start, target = (int(floor) for floor in rng.choice(len(heights_m), 2, replace=False))
    building = Building(heights_m, Limits(speed_m_s), rails=0.0, ambient=0.0)
    elevator = Elevator(building, seed, floor=start)
    arrival = elevator.ride(5.0, target)
    t = clock(0.0, arrival + 1.0, 500.0)
    vertical = elevator.acceleration(t)[:, 2]
    way = np.sum(np.cumsum(vertical)) / 500.0**2
    assert way == pytest.approx(heights_m[target] - heights_m[start], abs=0.05)
    assert elevator.floor(arrival) == target
    assert elevator.height(arrival) == pytest.approx(heights_m[target])


def test_is_moving_between_departure_and_arrival_only() -> None:
    elevator = Elevator(STILL)
    arrival = elevator.ride(10.0, 3)
    assert [elevator.moving(t) for t in (0.0, 9.99, 10.01, arrival - 0.01, arrival)] == [
        False,
        False,
        True,
        True,
        False,
    ]
    assert [elevator.floor(t) for t in (0.0, 10.1, arrival)] == [0, 0, 3]


def test_does_not_depart_with_an_open_door_or_underway() -> None:
    elevator = Elevator(STILL)
    closed = elevator.open_door(1.0)
    with pytest.raises(Busy):
        elevator.ride(closed - 0.1, 2)
    arrival = elevator.ride(closed, 2)
    with pytest.raises(Busy):
        elevator.open_door(arrival - 0.1)
    with pytest.raises(IndexError):
        elevator.ride(arrival, 4)


def test_its_door_opens_stays_and_closes() -> None:
    elevator = Elevator(STILL)
    closed = elevator.open_door(10.0, stay_s=5.0)
    door = STILL.door
    middle = 10.0 + door.opens_s / 2
    moments = (0.0, 10.0, middle, 10.0 + door.opens_s, 14.0, closed - door.closes_s / 2, closed, closed + 100)
    assert [elevator.door_opening(t) for t in moments] == pytest.approx([0, 0, 0.5, 1, 1, 0.5, 0, 0])


def test_its_door_shakes_it_while_it_moves() -> None:
    elevator = Elevator(STILL)
    elevator.open_door(10.0, stay_s=6.0)
    assert not elevator.acceleration(clock(5, 9.9)).any()
    assert rms(elevator.acceleration(clock(10.2, 12.0)))[0] == pytest.approx(STILL.door.motor, rel=0.3)
    assert not elevator.acceleration(clock(13, 17)).any()


def test_a_cruise_shakes_horizontally_and_stops_with_the_car() -> None:
    elevator = Elevator(storeys(30), seed=4)
    arrival = elevator.ride(10.0, 29)
    cruise = rms(elevator.acceleration(clock(18, arrival - 8)))
    assert 0.03 < cruise[0] < 0.06
    after = rms(elevator.acceleration(clock(arrival + 1, arrival + 10)))
    assert after.max() < 0.002


def test_feels_gravity_upwards_in_its_own_frame_and_as_mounted_in_the_chips() -> None:
    mounting = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    elevator = Elevator(STILL, mounting=mounting)
    t = clock(0, 1)
    np.testing.assert_allclose(elevator.specific_force(t)[0], (0, 0, STANDARD_GRAVITY))
    np.testing.assert_allclose(elevator.at_chip(t)[0], (STANDARD_GRAVITY, 0, 0))


def test_the_same_seed_is_the_same_day() -> None:
    first, second = (Elevator(storeys(10), seed=7) for _ in range(2))
    assert schedule_day(first, 60, 8, hours=0.2) == schedule_day(second, 60, 8, hours=0.2)
    t = clock(0, 600, 20.0)
    np.testing.assert_array_equal(first.acceleration(t), second.acceleration(t))


def test_going_back_in_time_feels_the_same_again() -> None:
    elevator = Elevator(storeys(10), seed=7)
    elevator.open_door(2.0)
    t = clock(0, 12)
    whole = elevator.acceleration(t)
    np.testing.assert_allclose(np.vstack([elevator.acceleration(part) for part in np.split(t, 100)]), whole)


@pytest.mark.parametrize("key", ["anchorage-2018", "oaxaca-2020", "ride-tall-building"])
def test_plays_a_recording_as_it_was(key: str) -> None:
    recording = load()[key]
    elevator = Elevator(STILL)
    assert elevator.play(recording, 100.0) == 100.0 + recording.duration_s
    played = elevator.acceleration(100.0 + np.arange(len(recording.acceleration)) / recording.rate_hz)
    inside = slice(round(recording.rate_hz), -round(recording.rate_hz))
    np.testing.assert_allclose(
        played[inside], recording.shaking()[inside], atol=0.02 * np.abs(recording.shaking()).max()
    )
    assert not elevator.acceleration(clock(90, 100)).any()


def test_turns_and_scales_a_recording() -> None:
    recording = load()["anchorage-2018"]
    quarter = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    straight, turned = Elevator(STILL), Elevator(STILL)
    straight.play(recording, 1.0)
    turned.play(recording, 1.0, rotation=quarter, gain=2.0)
    t = clock(20, 60)
    np.testing.assert_allclose(turned.acceleration(t), 2 * straight.acceleration(t) @ quarter.T, atol=1e-12)


def test_shakes_a_riding_car_as_well() -> None:
    elevator = Elevator(STILL)
    elevator.ride(50.0, 3)
    alone = elevator.acceleration(clock(50, 55))
    elevator.play(load()["oaxaca-2020"], 20.0)
    together = elevator.acceleration(clock(50, 55))
    assert rms(together - alone).max() > 0.05


def test_an_emergency_stop_leaves_it_between_floors() -> None:
    elevator = Elevator(STILL)
    rest = elevator.emergency_stop(10.0, 3, after_s=3.5, deceleration_m_s2=3.0)
    assert 13.5 < rest < 14.5
    assert 0.5 < elevator.height(rest) < 10.5
    assert np.abs(elevator.acceleration(clock(13, 15))[:, 2]).max() > 2.5
    arrival = elevator.ride(rest + 60, 0)
    assert elevator.height(arrival) == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("kind", "axis", "least", "most"),
    [("knock", 0, 0.2, 1.4), ("slam", 0, 0.2, 1.2), ("walking", 2, 0.05, 0.3), ("jumping", 2, 0.5, 2.5)],
)
def test_people_and_doors_shake_it_for_a_while(kind: str, axis: int, least: float, most: float) -> None:
    for seed in range(10):
        elevator = Elevator(STILL)
        source = getattr(disturbances, kind)(10.0, np.random.default_rng(seed))
        elevator.add(source)
        shaking = np.abs(elevator.acceleration(clock(9, 20)))
        assert least < shaking[:, axis].max() < most
        assert shaking[:, axis].max() == shaking.max()
        assert not elevator.acceleration(clock(source.end + 0.1, 30)).any()


def test_a_day_has_its_rides_and_never_two_at_once() -> None:
    elevator = Elevator(storeys(12), seed=1)
    rides = schedule_day(elevator, 60, 2, hours=10)
    assert 400 < len(rides) < 640
    assert all(start < end < after for (start, end), (after, _) in pairwise(rides))
    for start, end in rides[:50]:
        assert elevator.door_opening((start + end) / 2) == 0.0
