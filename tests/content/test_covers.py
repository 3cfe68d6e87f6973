"""Rendered text: as Pillow draws it, kept up to a sum of bytes, and freed between pages."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from content import layouts
from content.drawing.covers import BESIDE, Covers, Lettering, covers
from content.drawing.typefaces import Face, font
from content.languages import ARABIC, DEVANAGARI, SC
from content.page import Page
from scripts.make_golden import SITE

ROOM = (600, 200)
LATIN = Lettering("Lift 2", SC, Face.BOLD, 60, None, None, 0.0)
LETTERINGS = [
    LATIN,
    Lettering("电梯, 梯", SC, Face.REGULAR, 41, None, None, 0.4),
    Lettering("المصعد", ARABIC, Face.BOLD, 60, "rtl", "ar", 0.7),
    Lettering("लिफ़्ट ", DEVANAGARI, Face.REGULAR, 52, "ltr", "hi", 0.25),
    Lettering(" ", SC, Face.REGULAR, 41, None, None, 0.0),
]


def by_pillow(lettering: Lettering) -> Image.Image:
    """The same words, drawn at once."""
    image = Image.new("RGB", ROOM, (0, 80, 200))
    letters = font(lettering.face, lettering.size, lettering.family, lettering.direction is not None)
    ImageDraw.Draw(image).text(
        (50 + lettering.start, 120), lettering.text, (255, 250, 9), letters, "ls",
        direction=lettering.direction, language=lettering.tag,
    )  # fmt: skip
    return image


@pytest.mark.parametrize("lettering", LETTERINGS, ids=lambda lettering: lettering.text)
def test_a_cover_gives_the_pixels_that_pillow_draws(lettering: Lettering) -> None:
    cover = Covers(100_000)(lettering)
    image = Image.new("RGB", ROOM, (0, 80, 200))
    image.paste((255, 250, 9), (50 + cover.x, 120 + cover.y), cover.ink)
    assert np.array_equal(np.asarray(image), np.asarray(by_pillow(lettering)))


def test_what_was_wanted_last_is_kept_up_to_a_sum_of_bytes() -> None:
    small = Covers(100_000)  # some eight of these
    first = small(LATIN)
    for size in range(30, 90):
        small(Lettering("Lift 2", SC, Face.REGULAR, size, None, None, 0.0))
        assert small(LATIN) is first  # wanted again and again
        assert BESIDE < small.held <= 100_000
    for size in range(30, 90):
        small(Lettering("Lift 2", SC, Face.REGULAR, size, None, None, 0.0))
    again = small(LATIN)
    assert again is not first
    assert np.array_equal(np.asarray(again.ink), np.asarray(first.ink))


def test_a_cover_larger_than_the_sum_is_not_kept() -> None:
    none = Covers(BESIDE)
    assert none(LATIN).ink.width > 100
    assert none.held == 0


def test_blanks_count_too() -> None:
    small = Covers(5 * BESIDE)
    for size in range(30, 60):
        small(Lettering(" ", SC, Face.REGULAR, size, None, None, 0.0))
        assert BESIDE <= small.held <= 5 * BESIDE


def test_words_are_freed_between_pages() -> None:
    layouts.draw(Page("trapped"), SITE, (480, 800))
    kept = covers(LATIN)
    assert covers.held > BESIDE
    layouts.forget()
    assert covers.held == 0
    assert covers(LATIN) is not kept
