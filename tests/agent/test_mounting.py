"""The chip may sit in any direction; the car's z is always up."""

import numpy as np
import pytest

from agent.mounting import rotation

AXES = {"x": (1, 0, 0), "y": (0, 1, 0), "z": (0, 0, 1)}
UPS = ["x", "-x", "y", "-y", "z", "-z"]


@pytest.mark.parametrize("up", UPS)
def test_a_mounting_is_a_right_handed_rotation(up: str) -> None:
    turn = rotation(up)
    assert np.array_equal(turn @ turn.T, np.eye(3))
    assert np.linalg.det(turn) == pytest.approx(1.0)


@pytest.mark.parametrize("up", UPS)
def test_the_axis_that_points_up_becomes_z(up: str) -> None:
    pointing = np.array(AXES[up[-1]]) * (-1 if up.startswith("-") else 1)
    assert np.array_equal(pointing @ rotation(up).T, (0, 0, 1))


def test_a_chip_mounted_upright_is_not_turned() -> None:
    assert np.array_equal(rotation("z"), np.eye(3))
