"""Frames are ready before they are needed, a page is one show, a minute one patch."""

import asyncio
import types
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from PIL import Image

from agent.glass import MOST_PACKED, Glass
from agent.stage import ALARM_PAGES, DO_NOT_USE, IDLE
from content import layouts
from content.drawing.burn_in import HOUR_S, REACH
from content.message import BadMessage, Text
from content.page import Page
from content.pages import page_of
from content.work import Inline
from drivers.screens import ScreenError
from tests.agent_rig import SITE, SIZE, MemoryScreen, drawn, looks_like, message

NOON = datetime(2026, 12, 1, 12, 0, 40, tzinfo=UTC)
NOTICE = page_of(message())
FULL = (1080, 1920)
FRAME = FULL[0] * FULL[1] * 3


def size_of(*roots: Any) -> int:
    """Bytes of all pixels and packed frames that are kept alive by something, each counted once."""
    seen: set[int] = set()
    total, todo = 0, list(roots)
    while todo:
        one = todo.pop()
        if id(one) in seen or isinstance(one, type | types.ModuleType | MemoryScreen):
            continue
        seen.add(id(one))
        match one:
            case np.ndarray():
                total += one.nbytes if one.base is None else 0
                todo.append(one.base)
            case bytes():
                total += len(one)
            case Image.Image():
                total += one.width * one.height * 4
            case types.FunctionType():
                todo += [cell.cell_contents for cell in one.__closure__ or ()]
            case dict():
                todo += [*one.keys(), *one.values()]
            case list() | tuple():
                todo += one
            case _ if type(one).__module__.startswith(("agent.", "content.", "functools")):
                todo += [getattr(one, name, None) for name in getattr(type(one), "__slots__", ())]
                todo += [*getattr(one, "__dict__", {}).values(), *getattr(one, "args", ())]
    return total


def prepared(screen: MemoryScreen, pages: tuple[Page, ...] = ALARM_PAGES) -> Glass:
    glass = Glass(screen, SITE)
    asyncio.run(glass.prepare(pages, (), Inline()))
    return glass


@pytest.mark.parametrize("page", [*ALARM_PAGES, IDLE, NOTICE])
def test_without_a_clock_a_page_is_shown_as_it_was_drawn(page: Page) -> None:
    screen = MemoryScreen()
    Glass(screen, SITE).show(page, None)
    (shown,) = screen.shown
    assert np.array_equal(shown.pixels, drawn(page).pixels)


@pytest.mark.parametrize("page", [*ALARM_PAGES, IDLE])
def test_a_page_with_the_minute_is_one_show(page: Page) -> None:
    screen = MemoryScreen()
    prepared(screen).show(page, NOON)
    (shown,) = screen.shown
    assert looks_like(shown.pixels, page)
    for patch in drawn(page).patches:
        part = patch.draw(NOON)
        height, width = part.shape[:2]
        assert np.array_equal(shown.pixels[patch.y : patch.y + height, patch.x : patch.x + width], part)
    assert not np.array_equal(shown.pixels, drawn(page).pixels)


def test_showing_the_minute_does_not_write_it_into_the_ready_frame() -> None:
    screen = MemoryScreen()
    glass = prepared(screen)
    glass.show(DO_NOT_USE, NOON)
    glass.show(DO_NOT_USE, None)
    assert np.array_equal(screen.shown[-1].pixels, drawn(DO_NOT_USE).pixels)


def test_a_screen_that_refused_a_page_leaves_no_minute_in_the_ready_frame() -> None:
    screen = MemoryScreen()
    glass = prepared(screen)
    screen.errors = [ScreenError("busy")]
    with pytest.raises(ScreenError):
        glass.show(DO_NOT_USE, NOON)
    glass.show(DO_NOT_USE, None)
    assert np.array_equal(screen.shown[-1].pixels, drawn(DO_NOT_USE).pixels)


def test_a_page_that_waited_compressed_is_shown_with_its_minute() -> None:
    screen = MemoryScreen()
    glass = Glass(screen, SITE)
    glass.check(IDLE)
    glass.show(IDLE, NOON)
    assert looks_like(screen.shown[-1].pixels, IDLE)
    assert not np.array_equal(screen.shown[-1].pixels, drawn(IDLE).pixels)


class AskedAgain(MemoryScreen):
    """Counts how often everything was to be put on the glass again."""

    refreshed = 0

    def refresh(self) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.refreshed += 1


def test_a_refresh_asks_the_screen_and_shows_no_page_anew() -> None:
    screen = AskedAgain()
    glass = prepared(screen)
    glass.show(IDLE, NOON)
    glass.refresh()
    assert (len(screen.shown), screen.refreshed) == (1, 1)
    screen.errors = [ScreenError("gone")]
    with pytest.raises(ScreenError, match="gone"):
        glass.refresh()


def test_within_a_minute_nothing_is_drawn_and_the_next_one_is_a_patch() -> None:
    screen = MemoryScreen()
    glass = prepared(screen)
    glass.show(IDLE, NOON)
    glass.show_minute(IDLE, NOON + timedelta(seconds=19))
    assert len(screen.shown) == 1
    glass.show_minute(IDLE, NOON + timedelta(seconds=20))
    (patch,) = drawn(IDLE).patches
    shown = screen.shown[-1]
    assert (shown.x, shown.y) == (patch.x, patch.y)
    assert np.array_equal(shown.pixels, patch.draw(NOON + timedelta(minutes=1)))
    glass.show_minute(IDLE, NOON + timedelta(seconds=59))
    assert len(screen.shown) == 2


def test_a_clock_that_is_lost_or_found_shows_the_page_anew() -> None:
    screen = MemoryScreen()
    glass = prepared(screen)
    glass.show(IDLE, NOON)
    glass.show_minute(IDLE, None)
    assert np.array_equal(screen.shown[-1].pixels, drawn(IDLE).pixels)
    glass.show_minute(IDLE, None)
    assert len(screen.shown) == 2
    glass.show_minute(IDLE, NOON)
    assert looks_like(screen.shown[-1].pixels, IDLE)
    assert len(screen.frames) == 3


def test_after_a_screen_refused_a_minute_it_is_shown_at_the_next_look() -> None:
    screen = MemoryScreen()
    glass = prepared(screen)
    glass.show(IDLE, NOON)
    screen.errors = [ScreenError("busy")]
    later = NOON + timedelta(minutes=1)
    with pytest.raises(ScreenError):
        glass.show_minute(IDLE, later)
    glass.show_minute(IDLE, later)
    assert len(screen.shown) == 2


def test_a_page_that_was_checked_is_shown_without_drawing_it_again() -> None:
    screen = MemoryScreen()
    glass = Glass(screen, SITE)
    glass.check(NOTICE)
    glass.show(NOTICE, NOON)
    assert np.array_equal(screen.shown[0].pixels, drawn(NOTICE).pixels)


def test_a_page_that_cannot_be_shown_whole_is_refused_and_not_kept() -> None:
    glass = Glass(MemoryScreen(), SITE)
    before = size_of(glass)
    with pytest.raises(BadMessage, match="U\\+13000"):
        glass.check(page_of(message(body=Text("水𓀀"))))
    assert size_of(glass) == before


def test_ready_frames_and_the_present_one_take_at_most_40_mb() -> None:
    glass = prepared(MemoryScreen(FULL))
    glass.show(IDLE, NOON)
    glass.show(NOTICE, NOON)
    glass.show(DO_NOT_USE, NOON)
    glass.show(IDLE, NOON)
    assert 4 * FRAME < size_of(glass) < 40_000_000


def test_packed_pages_are_few_and_small() -> None:
    glass = Glass(MemoryScreen(), SITE)
    for number in range(MOST_PACKED + 20):
        glass.check(page_of(message(title=Text(f"第{number}号"))))
    frame = SIZE[0] * SIZE[1] * 3
    assert size_of(glass) < MOST_PACKED * frame / 10


@pytest.mark.parametrize("page", [*ALARM_PAGES, IDLE, NOTICE])
def test_a_patch_does_not_keep_the_picture_that_it_was_cut_from(page: Page) -> None:
    frame = layouts.draw(page, SITE, FULL)
    assert size_of(frame.patches) < FRAME // 2


@pytest.mark.parametrize("page", [IDLE, DO_NOT_USE, NOTICE])
def test_a_page_that_stays_moves_a_little_each_hour_with_its_minute(page: Page) -> None:
    screen, now = MemoryScreen(), [0.0]
    glass = Glass(screen, SITE, lambda: now[0])
    glass.show(page, NOON)
    now[0] = HOUR_S
    glass.show_minute(page, NOON)
    first, second = screen.shown
    assert np.array_equal(second.pixels[:, REACH:], first.pixels[:, :-REACH])
    glass.show_minute(page, NOON)
    assert len(screen.shown) == 2, "once an hour"
    glass.show_minute(page, NOON + timedelta(minutes=1))
    patches = drawn(page).patches
    assert [(patch.x, patch.y) for patch in screen.shown[2:]] == [(p.x + REACH, p.y) for p in patches]


def test_without_a_clock_it_moves_too() -> None:
    screen, now = MemoryScreen(), [0.0]
    glass = Glass(screen, SITE, lambda: now[0])
    glass.show(IDLE, None)
    now[0] = HOUR_S
    glass.show_minute(IDLE, None)
    assert len(screen.shown) == 2


def test_an_alarm_never_moves() -> None:
    screen, now = MemoryScreen(), [0.0]
    glass = Glass(screen, SITE, lambda: now[0])
    now[0] = HOUR_S
    for page in ALARM_PAGES:
        if page != DO_NOT_USE:
            glass.show(page, None)
            assert np.array_equal(screen.shown[-1].pixels, drawn(page).pixels)
