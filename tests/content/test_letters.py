"""What is known of single characters is true of every text that they make."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content import layouts
from content.drawing import letters
from content.drawing.shaping import extent, outer, runs
from content.drawing.typefaces import Face, covered, font
from content.languages import JP, LANGUAGES, SC, TC, Language

UNSHAPED = [language for language in LANGUAGES if not language.shaped]
FACES = st.sampled_from([Face.REGULAR, Face.BOLD])
USUAL = st.sampled_from(sorted(covered(SC) & covered(TC) & covered(JP)))
LETTERS = st.sampled_from([*"AjgyÅÇǛ|@_(,，、。：？（》ー“”・—0 19:字𠮷🏮"])
TEXTS = st.lists(USUAL | LETTERS, max_size=20).map("".join)


@settings(derandomize=True, deadline=None)  # the first example opens the fonts
@given(st.sampled_from(UNSHAPED), FACES, st.integers(8, 320), TEXTS)
def test_a_text_measures_what_its_characters_do(language: Language, face: Face, size: int, text: str) -> None:
    whole = sum(run.length(face, size) for run in runs(language, face, size, text))
    assert letters.width(language, face, size, text) == whole


@settings(derandomize=True, deadline=None)  # the first example opens the fonts
@given(st.sampled_from(LANGUAGES), FACES, st.integers(8, 320), TEXTS)
def test_the_outer_box_holds_the_ink(language: Language, face: Face, size: int, text: str) -> None:
    around, ink = (box(language, face, size, text) for box in (outer, extent))
    assert not text or all(a <= b for a, b in zip(around[:2], ink[:2], strict=True))
    assert not text or all(a >= b for a, b in zip(around[2:], ink[2:], strict=True))


@pytest.mark.parametrize("family", [SC, TC, JP])
@pytest.mark.parametrize("face", [Face.REGULAR, Face.BOLD])
def test_square_characters_are_as_wide_as_their_size_whatever_it_is(family: str, face: Face) -> None:
    square = sorted(filter(letters.SQUARE.match, covered(family)))
    assert len(square) > 6000
    usual = [character for character in square if not "\u3400" <= character <= "\u9fff"]
    for size in (8, 33, 64, 97, 190):
        of_size = font(face, size, family)
        assert {of_size.getlength(character) for character in usual + square[size % 20 :: 20]} == {size}


def test_new_chinese_words_open_no_font_to_be_measured() -> None:
    layouts.forget()
    assert letters.width(LANGUAGES[0], Face.BOLD, 64, "电梯停用，请走楼梯") == 9 * 64
    assert letters.outer(LANGUAGES[0], Face.BOLD, 64, "电梯停用")[2] >= 4 * 64
    assert font.cache_info().misses == 0
