"""The fonts that are shipped have the characters that are promised, and draw fast."""

import json
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import flagOverlapSimple

from content.drawing.shaping import uncovered
from content.drawing.typefaces import FOLDER, JOINER, Face, covered, path, sequences
from content.languages import CHINESE, EMOJI, ENGLISH, JP, LANGUAGES, SC, TC, Language

FILES = sorted(FOLDER.glob("*.ttf"))
FAMILIES = sorted({family for language in LANGUAGES for family in language.fonts})
BY_TAG = {language.tag: language for language in LANGUAGES}


def cmap(file: Path) -> set[str]:
    return set(map(chr, TTFont(file).getBestCmap()))


def decoded(encoding: str, rows: range, cells: range) -> str:
    return "".join(bytes((row, cell)).decode(encoding, "ignore") for row in rows for cell in cells)


def test_every_file_belongs_to_a_family_and_every_family_has_its_files() -> None:
    wanted = {path(family, face) for family in FAMILIES for face in (Face.REGULAR, Face.BOLD)}
    assert wanted | {path(SC, Face.LIGHT)} == set(FILES)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("face", [Face.REGULAR, Face.BOLD])
def test_coverage_lists_exactly_what_the_fonts_of_a_family_have(family: str, face: Face) -> None:
    assert cmap(path(family, face)) == covered(family)


def test_the_clock_font_has_digits_and_colon_only() -> None:
    clock = json.loads((FOLDER / "coverage.json").read_text())["clock"]
    assert cmap(path(SC, Face.LIGHT)) == set("0123456789:")
    assert clock == [[ord("0"), ord(":")]]


def test_all_of_gb_2312_can_be_shown() -> None:
    text = decoded("gb2312", range(0xB0, 0xF8), range(0xA1, 0xFF))
    assert len(text) == 6763
    assert covered(SC).issuperset(text)


def test_the_first_level_of_big5_has_its_own_shapes() -> None:
    cells = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    text = "".join(bytes((row, cell)).decode("big5", "ignore") for row in range(0xA4, 0xC7) for cell in cells)
    hanzi = [character for character in text if "\u4e00" <= character <= "\u9fff"]
    assert len(hanzi) == 5401
    assert covered(TC).issuperset(hanzi)


def test_all_of_jis_x_0208_has_its_own_shapes() -> None:
    kanji = decoded("euc_jp", range(0xB0, 0xF5), range(0xA1, 0xFF))
    kana = decoded("euc_jp", range(0xA4, 0xA6), range(0xA1, 0xFF))
    assert len(kanji) == 6355
    assert covered(JP).issuperset(kanji + kana)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.tag)
def test_signs_of_notices_can_be_shown_in_every_language(language: Language) -> None:
    signs = "A B9:00 ℃ ㎡ № € ￥ × ÷ ± → ← “”‘’…—· Ā é ñ ü door\u2011open ⚠️"
    assert uncovered(signs, language) == []


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("zh", "《电梯》【检修】①②"),
        ("zh", "堃喆，樓"),
        ("zh-Hant", "臺灣樓層電梯，請勿乘搭；里面"),
        ("ja", "髙﨑さん、エレベーター「点検」中です。々"),
        ("ar", "المصعد ٢ خارج الخدمة، غدًا؟ «A-12»"),
        ("hi", "लिफ़्ट २ बंद है। ₹ क्ष\u200dज्ञ"),
    ],
)
def test_usual_words_can_be_shown(tag: str, text: str) -> None:
    assert uncovered(text, BY_TAG[tag]) == []


def test_a_character_outside_is_named_once() -> None:
    assert uncovered("电梯\n한한 a" + JOINER, CHINESE) == ["한"]
    assert uncovered("lift ا", ENGLISH) == ["ا"]


def test_private_characters_are_no_way_around() -> None:
    private = sequences()["🇨🇳"]
    assert uncovered("中" + private, CHINESE) == [private]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_outline_carries_the_slow_overlap_flag(file: Path) -> None:
    font = TTFont(file)
    for name in font.getGlyphOrder():
        glyph = font["glyf"][name]
        if glyph.isComposite():
            assert not any(component.flags & 0x0400 for component in glyph.components)
        elif glyph.numberOfContours > 0:
            assert not any(flag & flagOverlapSimple for flag in glyph.flags)


def test_the_fonts_stay_small() -> None:
    assert max(file.stat().st_size for file in FILES) <= 2.7e6
    assert sum(file.stat().st_size for file in FILES) <= 16e6
    assert path(EMOJI, Face.BOLD).stat().st_size <= 1.5e6


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_licence_lies_beside_the_fonts_with_the_copyright_of_each(file: Path) -> None:
    text = (FOLDER / "OFL.txt").read_text()
    notice = TTFont(file)["name"].getDebugName(0).replace("(c)", "Copyright").split(" (http")[0]
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert "Reserved Font Name 'Source'" in text
    assert notice in text
    assert "SIL Open Font License, Version 1.1" in TTFont(file)["name"].getDebugName(13)


def test_the_readme_counts_what_is_there() -> None:
    readme = (FOLDER / "README.md").read_text()
    for family in FAMILIES:
        count = len([c for c in covered(family) if ord(c) < 0xF0000])
        assert f"{count:,}".replace(",", " ") in readme
    assert f"{len(sequences())} sequences" in readme
    assert f"Together {sum(file.stat().st_size for file in FOLDER.iterdir()) / 1e6:.1f} MB" in readme
