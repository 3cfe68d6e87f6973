"""A page that stays for days moves by a few pixels each hour; nothing of it gets lost."""

from itertools import pairwise

import numpy as np
import pytest

from content import layouts
from content.drawing.burn_in import HOUR_S, PATH, REACH, STILL, moved, offset
from content.page import Page
from scripts.make_golden import LOCAL, SITE


def test_stays_for_an_hour_and_then_moves_a_little() -> None:
    assert len({offset(HOUR_S + minute * 60.0) for minute in range(60)}) == 1
    places = [offset(hour * HOUR_S) for hour in range(200)]
    for (x, y), (next_x, next_y) in pairwise(places):
        assert 0 < max(abs(next_x - x), abs(next_y - y)) <= REACH
    assert len(set(places)) == len(PATH)


def test_each_place_is_as_frequent_as_any_other() -> None:
    places = [offset(hour * HOUR_S) for hour in range(9 * 24)]
    assert {places.count(place) for place in set(places)} == {24}


@pytest.mark.parametrize("by", [(x * REACH, y * REACH) for x, y in PATH[1:]])
@pytest.mark.parametrize("layout", ["idle", "do_not_use", "notice"])
def test_moves_all_of_a_page_with_its_minute(layout: str, by: tuple[int, int]) -> None:
    frame = layouts.draw(layouts.find(layout).samples()[0], SITE, (480, 800))
    shifted = moved(frame, by)
    assert shifted.pixels.shape == frame.pixels.shape
    x, y = by
    inner = frame.pixels[REACH:-REACH, REACH:-REACH]
    there = shifted.pixels[REACH + y : 800 - REACH + y, REACH + x : 480 - REACH + x]
    assert np.array_equal(there, inner)
    rows, columns = np.clip(np.arange(800) - y, 0, 799), np.clip(np.arange(480) - x, 0, 479)
    assert np.array_equal(shifted.pixels, frame.pixels[rows][:, columns]), "an edge goes on in its own colour"
    for before, after in zip(frame.patches, shifted.patches, strict=True):
        assert (after.x - before.x, after.y - before.y) == by
        assert np.array_equal(after.draw(LOCAL), before.draw(LOCAL))


def test_a_page_in_its_place_is_not_copied() -> None:
    frame = layouts.draw(Page("idle"), SITE, (480, 800))
    assert moved(frame, (0, 0)) is frame


def test_every_alert_stays_still() -> None:
    assert set(STILL) < set(layouts.names())
