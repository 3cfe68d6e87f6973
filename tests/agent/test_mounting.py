"""The chip may sit in any direction; the car's z is always up, and a chip that was knocked is told."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from agent.events import GravityWrong, MountingChanged, MountingFound
from agent.mounting import G0, NAMED_DEG, Mounting, Told, Up, axis, direction, rotation, tilt_deg

AXES = {"x": (1, 0, 0), "y": (0, 1, 0), "z": (0, 0, 1)}
UPS = ["x", "-x", "y", "-y", "z", "-z"]
RATE_HZ = 100.0
Floats = NDArray[np.float64]

directions = st.tuples(st.floats(-1, 1), st.floats(0, 2 * math.pi)).map(
    lambda one: (
        math.sqrt(1 - one[0] ** 2) * math.cos(one[1]),
        math.sqrt(1 - one[0] ** 2) * math.sin(one[1]),
        one[0],
    )
)


def leaning(degrees: float) -> Up:
    return math.sin(math.radians(degrees)), 0.0, math.cos(math.radians(degrees))


def rest(up: Up, seconds: float = 11.0, *, size: float = G0, push: float = 0.0) -> Floats:
    """A car at rest, or one that is pushed sideways to and fro, with the noise of a cheap chip."""
    count = round(seconds * RATE_HZ)
    noise = 0.05 * np.random.default_rng(1).standard_normal((count, 3))
    noise[:, 1] += push * np.sin(2 * np.pi * 0.2 * np.arange(count) / RATE_HZ)
    return size * np.array(up) + noise


def feed(mounting: Mounting, samples: Floats) -> tuple[list[Told], int]:
    """In runs of ten: what is told, and how often a detector has to begin anew."""
    told, anew = [], 0
    for run in samples.reshape(-1, 10, 3):
        other, one = mounting.see(run, gap=False)
        anew += other
        told += [] if one is None else [one]
    return told, anew


def started(kept: Up | None, limit_deg: float = 5.0) -> Mounting:
    mounting = Mounting(kept, limit_deg)
    mounting.begin(RATE_HZ)
    return mounting


@settings(derandomize=True, deadline=None)
@given(directions)
def test_a_mounting_is_a_right_handed_rotation_that_brings_up_to_z(up: Up) -> None:
    turn = rotation(up)
    assert np.allclose(turn @ turn.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(turn) == pytest.approx(1.0)
    assert np.allclose(np.array(up) @ turn.T, (0, 0, 1), atol=1e-12)


@settings(derandomize=True, deadline=None)
@given(directions)
def test_it_is_the_smallest_rotation_for_a_chip_that_does_not_hang_head_down(up: Up) -> None:
    if up[2] >= -0.5:
        angle = math.degrees(math.acos(min(1.0, (np.trace(rotation(up)) - 1) / 2)))
        assert angle == pytest.approx(tilt_deg(up, (0, 0, 1)), abs=1e-4)


@pytest.mark.parametrize("name", UPS)
def test_the_axis_that_points_up_becomes_z(name: str) -> None:
    pointing = np.array(AXES[name[-1]]) * (-1 if name.startswith("-") else 1)
    assert np.array_equal(pointing, axis(name))
    assert np.allclose(pointing @ rotation(axis(name)).T, (0, 0, 1))


def test_a_chip_mounted_upright_is_not_turned() -> None:
    assert np.array_equal(rotation(axis("z")), np.eye(3))


@pytest.mark.parametrize("name", UPS)
def test_a_little_tilt_turns_a_little(name: str) -> None:
    for change in ((0.01, 0.01, 0.01), (-0.01, 0.01, -0.01), (0.01, -0.01, -0.01)):
        near = rotation(direction(np.array(axis(name)) + np.array(change)))
        assert np.linalg.norm(near - rotation(axis(name))) < 0.05


@settings(derandomize=True, deadline=None, max_examples=30)
@given(directions)
def test_the_first_run_gives_the_vertical_and_ten_still_seconds_confirm_it(up: Up) -> None:
    mounting = started(None)
    samples = rest(up)
    mounting.see(samples[:10], gap=False)
    assert tilt_deg(mounting.up, up) < 0.5
    ((found,), anew) = feed(mounting, samples[10:])
    assert isinstance(found, MountingFound)
    assert found.tilt_deg is None
    assert mounting.kept is not None
    assert tilt_deg(mounting.kept, up) < 0.05
    assert anew == 0


def test_a_mounting_is_told_once_a_start() -> None:
    mounting = started(leaning(0))
    told, anew = feed(mounting, rest(leaning(0), 60.0))
    assert [one.tilt_deg for one in told if isinstance(one, MountingFound)] == [pytest.approx(0.0, abs=0.1)]
    assert (len(told), anew) == (1, 0)
    mounting.begin(RATE_HZ)
    assert len(feed(mounting, rest(leaning(0)))[0]) == 1


def test_what_is_kept_is_used_while_the_chip_is_near_it() -> None:
    mounting = started(leaning(0))
    feed(mounting, rest(leaning(4.0)))
    assert mounting.up == leaning(0)


@pytest.mark.parametrize(("tilt", "kind"), [(4.0, MountingFound), (6.0, MountingChanged)])
def test_five_degrees_from_where_it_was_left_is_knocked(tilt: float, kind: type) -> None:
    ((told,), _) = feed(started(leaning(0)), rest(leaning(tilt)))
    assert type(told) is kind
    assert isinstance(told, MountingFound | MountingChanged)
    assert told.tilt_deg == pytest.approx(tilt, abs=0.1)


def test_a_knocked_chip_is_used_as_it_hangs_from_the_first_run_and_kept_as_it_was() -> None:
    mounting = started(leaning(0))
    mounting.see(rest(leaning(40.0))[:10], gap=False)
    assert tilt_deg(mounting.up, leaning(40.0)) < 0.5
    feed(mounting, rest(leaning(40.0)))
    assert mounting.kept == leaning(0)


def test_a_chip_knocked_later_is_told_and_the_detector_begins_anew_once_and_back_again() -> None:
    mounting = started(leaning(0))
    feed(mounting, rest(leaning(0)))
    ((changed,), anew) = feed(mounting, rest(leaning(20.0), 60.0))
    assert (type(changed), anew) == (MountingChanged, 1)
    ((back,), anew) = feed(mounting, rest(leaning(0.0), 60.0))
    assert (type(back), anew) == (MountingFound, 1)


def test_a_tilt_at_the_limit_is_not_told_to_and_fro() -> None:
    mounting = started(leaning(0))
    told = []
    for tilt in (5.2, 4.8, 5.2, 4.8, 5.2):
        told += feed(mounting, rest(leaning(tilt), 20.0))[0]
    assert [type(one) for one in told] == [MountingChanged]


def test_shaking_is_not_taken_for_the_vertical() -> None:
    mounting = started(leaning(0))
    assert feed(mounting, rest(leaning(0), 60.0, push=0.3)) == ([], 0)


def test_a_gap_begins_the_ten_seconds_anew() -> None:
    mounting = started(None)
    samples = rest(leaning(0), 19.0).reshape(-1, 10, 3)
    told = [mounting.see(run, gap=number == 95)[1] for number, run in enumerate(samples)]
    assert told == [None] * len(samples)


@pytest.mark.parametrize(("size", "wrong"), [(0.5, 1), (0.8, 1), (0.9, 0), (1.1, 0), (1.2, 1), (2.0, 1)])
def test_gravity_has_one_size_give_or_take_an_offset(size: float, wrong: int) -> None:
    mounting = started(None)
    told, _ = feed(mounting, rest(leaning(30.0), 40.0, size=size * G0))
    assert sum(isinstance(one, GravityWrong) for one in told) == wrong
    assert (mounting.kept is None) == bool(wrong)


def test_a_first_run_of_nothing_is_not_the_vertical() -> None:
    mounting = started(None)
    assert mounting.see(np.zeros((10, 3)), gap=False) == (False, None)
    mounting.see(rest(leaning(50.0))[:10], gap=False)
    assert tilt_deg(mounting.up, leaning(50.0)) < 0.5


@pytest.mark.parametrize(("tilt", "kind"), [(9.0, MountingFound), (11.0, MountingChanged)])
def test_a_named_axis_may_be_off_by_the_chips_whole_offset(tilt: float, kind: type) -> None:
    mounting = started(axis("z"), NAMED_DEG)
    ((told,), _) = feed(mounting, rest(leaning(tilt)))
    assert type(told) is kind
    assert tilt_deg(mounting.up, leaning(tilt if tilt > NAMED_DEG else 0.0)) < 0.5
