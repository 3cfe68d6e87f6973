"""The fonts that are shipped have the characters that are promised, and draw fast."""

import json

import pytest
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import flagOverlapSimple

from content.drawing.typefaces import FOLDER, JOINER, Face, covered, uncovered


def cmap(face: Face) -> set[str]:
    return set(map(chr, TTFont(FOLDER / face.value).getBestCmap()))


@pytest.mark.parametrize("face", [Face.REGULAR, Face.BOLD])
def test_coverage_lists_exactly_what_both_text_fonts_have(face: Face) -> None:
    assert cmap(face) == covered()


def test_the_clock_font_has_digits_and_colon_only() -> None:
    clock = json.loads((FOLDER / "coverage.json").read_text())["clock"]
    assert cmap(Face.LIGHT) == set("0123456789:")
    assert clock == [[ord("0"), ord(":")]]


def test_all_of_gb_2312_can_be_shown() -> None:
    hanzi = [bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)]
    text = "".join(code.decode("gb2312", "ignore") for code in hanzi)
    assert len(text) == 6763
    assert uncovered(text) == []


def test_signs_of_notices_can_be_shown() -> None:
    assert uncovered("℃ ㎡ № € ￥ × ÷ ± → ← “”‘’《》【】…—·①② Ā é ñ ü ǚ door\u2011open") == []


def test_a_character_outside_is_named_once() -> None:
    assert uncovered("电梯\n🚪🚪 a" + JOINER) == ["🚪"]


@pytest.mark.parametrize("face", list(Face))
def test_no_outline_carries_the_slow_overlap_flag(face: Face) -> None:
    font = TTFont(FOLDER / face.value)
    for name in font.getGlyphOrder():
        glyph = font["glyf"][name]
        if glyph.isComposite():
            assert not any(component.flags & 0x0400 for component in glyph.components)
        elif glyph.numberOfContours > 0:
            assert not any(flag & flagOverlapSimple for flag in glyph.flags)


@pytest.mark.parametrize("face", list(Face))
def test_a_font_file_stays_small(face: Face) -> None:
    assert (FOLDER / face.value).stat().st_size <= 2.6e6


def test_the_licence_lies_beside_the_fonts() -> None:
    text = (FOLDER / "OFL.txt").read_text()
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert "Reserved Font Name 'Source'" in text
