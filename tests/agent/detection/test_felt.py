"""One car's events and their times."""

import numpy as np
import pytest
from numpy.typing import NDArray

from agent.detection.detector import BAND_NAMES
from agent.detection.events import (
    Felt,
    Motion,
    MotionFound,
    MotionLost,
    RideEnded,
    RideStarted,
    ShakingEnded,
    ShakingFelt,
    TremorFelt,
)
from agent.detection.felt import Seismoscope
from drivers.doors import Door
from drivers.samples import Samples
from simulator.building import storeys
from simulator.elevator import Elevator
from simulator.recordings import load

RATE_HZ = 125.0
BEGIN = 1000.0


def live(
    elevator: Elevator, seconds: float, poll: int = 9, gaps: tuple[int, ...] = ()
) -> tuple[Seismoscope, list[Felt]]:
    """The car from BEGIN on, its door seen, in polls of so many samples."""
    seismoscope, felt = Seismoscope(RATE_HZ), list[Felt]()
    for number in range(round(seconds * RATE_HZ / poll)):
        t = BEGIN + (number * poll + np.arange(poll)) / RATE_HZ
        opening = elevator.door_opening(float(t[-1]))
        door = Door.CLOSED if opening == 0 else Door.OPEN if opening == 1 else Door.MOVING
        samples = Samples(float(t[-1]), 1 / RATE_HZ, elevator.specific_force(t), gap=number in gaps)
        felt += seismoscope.feel(samples, door)
    return seismoscope, felt


def kinds(felt: list[Felt]) -> list[type]:
    return [type(event) for event in felt]


def turned(degrees: float) -> NDArray[np.float64]:
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])


def test_tells_a_ride_between_two_stops() -> None:
    elevator = Elevator(storeys(20), seed=1)
    closed = elevator.open_door(BEGIN + 5.0)
    arrival = elevator.ride(closed + 2.0, 15)
    elevator.open_door(arrival + 1.0)
    seismoscope, felt = live(elevator, arrival + 12 - BEGIN)
    assert kinds(felt) == [MotionFound, RideStarted, RideEnded]
    _, started, ended = felt
    assert isinstance(started, RideStarted)
    assert started.direction is Motion.UP
    assert closed + 2.0 < started.at < closed + 3.5
    assert arrival < ended.at < arrival + 3.0
    assert seismoscope.motion is Motion.PARKED


@pytest.mark.parametrize("degrees", [0.0, 30.0, 75.0])
def test_tells_an_earthquake_once_with_its_times_and_peaks(degrees: float) -> None:
    recording = load()["anchorage-2018"]
    elevator = Elevator(storeys(20), seed=2)
    elevator.open_door(BEGIN + 3.0)
    elevator.play(recording, BEGIN + 20.0, rotation=turned(degrees))
    _, felt = live(elevator, 160.0)
    tremors = [event for event in felt if isinstance(event, TremorFelt)]
    (shaking,) = [event for event in felt if isinstance(event, ShakingFelt)]
    strong = BEGIN + 20.0 + 20.0
    assert strong - 1 < tremors[0].onset < tremors[0].at < strong + 2.0
    assert tremors[0].motion is Motion.PARKED
    assert 0.03 < max(tremors[0].peak) < 0.5
    assert set(tremors[0].bands) == set(BAND_NAMES)
    assert tremors[0].at < shaking.at < strong + 10.0
    assert shaking.onset == pytest.approx(tremors[0].onset, abs=1.0)
    assert tremors[0].door is Door.CLOSED
    assert 1.0 < shaking.jma < 5.0
    assert shaking.gbt is not None
    assert 2.0 < shaking.gbt < 9.0
    assert not any(isinstance(event, RideStarted | MotionLost) for event in felt)


def test_tells_when_the_shaking_is_over() -> None:
    elevator = Elevator(storeys(20), seed=2)
    elevator.open_door(BEGIN + 3.0)
    end = elevator.play(load()["oaxaca-2020"], BEGIN + 20.0)
    seismoscope, felt = live(elevator, end + 20 - BEGIN)
    (ended,) = [event for event in felt if isinstance(event, ShakingEnded)]
    (begun,) = [event for event in felt if isinstance(event, ShakingFelt)]
    assert ended.at - ended.duration_s == pytest.approx(begun.onset)
    assert 1.0 < ended.peak_m_s2 < 2.2
    assert ended.jma >= begun.jma
    assert ended.jma == pytest.approx(4.4, abs=0.4)
    assert ended.peak_m_s2 >= begun.peak_m_s2
    assert not seismoscope.shaking


def test_a_gap_loses_the_motion_and_nothing_else() -> None:
    elevator = Elevator(storeys(20), seed=2)
    elevator.open_door(BEGIN + 3.0)
    seismoscope, felt = live(elevator, 40.0, gaps=(400,))
    assert kinds(felt) == [MotionFound, MotionLost]
    assert seismoscope.motion is None


@pytest.mark.parametrize("poll", [1, 7, 12, 40])
def test_times_do_not_depend_on_the_polls(poll: int) -> None:
    elevator = Elevator(storeys(20), seed=1)
    closed = elevator.open_door(BEGIN + 4.0)
    elevator.ride(closed + 1.0, 5)
    _, felt = live(elevator, 25.0, poll)
    (started,) = [event for event in felt if isinstance(event, RideStarted)]
    assert started.at == pytest.approx(closed + 1.4, abs=0.4)


def test_shows_the_last_level() -> None:
    seismoscope, _ = live(Elevator(storeys(20)), 5.0)
    rms = seismoscope.rms
    assert rms is not None
    assert 0 < max(rms) < 0.01
    assert not seismoscope.tremor


def test_knows_nothing_before_the_first_samples() -> None:
    seismoscope = Seismoscope(RATE_HZ)
    assert seismoscope.feel(Samples(BEGIN, 1 / RATE_HZ, np.zeros((0, 3))), None) == []
    assert seismoscope.motion is None
    assert seismoscope.rms is None


def test_an_onset_is_so_long_ago_as_the_samples_true_period_says() -> None:
    """A chip whose clock is a tenth slow: all times are a tenth longer, as in the detector's count."""
    t = np.arange(40 * 125) / RATE_HZ
    shaking = np.where(t > 20, 0.5 * np.sin(2 * np.pi * 3 * t), 0.0)
    acceleration = np.column_stack((shaking, 0 * t, np.full_like(t, 9.80665)))
    onsets = []
    for period in (1 / RATE_HZ, 1.1 / RATE_HZ):
        seismoscope = Seismoscope(RATE_HZ)
        for first in range(0, len(t), 10):
            samples = Samples((first + 10) * period, period, acceleration[first : first + 10])
            onsets += [e.onset for e in seismoscope.feel(samples, None) if isinstance(e, ShakingFelt)]
    assert len(onsets) == 2
    assert onsets[1] == pytest.approx(1.1 * onsets[0], abs=1e-6)
