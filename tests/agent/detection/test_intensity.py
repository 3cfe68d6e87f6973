"""Intensity by the standard's own table."""

import pytest

from agent.detection.intensity import intensity


@pytest.mark.parametrize(
    ("peak_gal", "level"),
    [(0.0, 1), (1.0, 1), (5.0, 2), (5.2, 3), (15, 4), (31, 5), (65, 6), (135, 7), (99999, 12)],
)
def test_intensity_follows_the_standard(peak_gal: float, level: int) -> None:
    assert intensity(peak_gal / 100) == level
