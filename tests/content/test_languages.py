"""Six languages: who shares a page, letters that join, lines from the right, emoji that stay whole."""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from content import layouts
from content.drawing.bidi import LIBRARY, available, levels, visual
from content.drawing.emoji import joined
from content.drawing.linebreaking import pieces
from content.drawing.shaping import advance, draw, extent, runs, uncovered
from content.drawing.typefaces import Face, sequences
from content.drawing.typesetting import BODY, Manner, compose, fit, on_one_line
from content.languages import (
    ARABIC,
    CHINESE,
    EMOJI,
    ENGLISH,
    LANGUAGES,
    SC,
    Language,
    first,
    only,
    showings,
    shown,
)
from content.message import BadMessage, Text
from content.page import Page
from scripts.make_golden import SITE

ZH, EN, HANT, JA, AR, HI = LANGUAGES
ALL = Text("水", "water", "水", "みず", "ماء", "पानी")
WORDS = {
    HANT: ["暴雨警報", "，", "樓層", " ", "9:00", "Å"],
    JA: ["エレベーター", "点検中", "。", "ご", " ", "24"],
    AR: ["المصعد", " ", "غدًا", "،", "A-12", "028-1234 5678", "؟", "لله", "(ب)", "9:00"],
    HI: ["लिफ़्ट", " ", "पार्किंग", "।", "9:00", "कृपया", "Tower", "ट्रांस्क्रिप्ट"],
}


def ink(language_tag: str, text: str, face: Face = Face.REGULAR) -> np.ndarray:
    """What is drawn of a text, size 60, as a picture."""
    language = next(one for one in LANGUAGES if one.tag == language_tag)
    image = Image.new("RGB", (900, 140))
    draw(image, (20, 90), text, (language, face, 60), (255, 255, 255))
    return np.asarray(image.convert("L"))


def columns(picture: np.ndarray) -> tuple[int, int]:
    """The first and the last column with ink."""
    found = np.flatnonzero(picture.max(axis=0) > 40)
    return int(found[0]), int(found[-1])


# Who shares a page


def test_two_languages_share_a_page_and_more_take_turns() -> None:
    assert showings([ALL]) == [(ZH, EN), (HANT, JA), (AR, HI)]
    assert showings([Text("水", "water")]) == [(ZH, EN)]
    assert showings([Text("水", ja="みず", hi="पानी")]) == [(ZH, JA), (HI,)]
    assert showings([Text(), Text(" ")]) == []


@pytest.mark.parametrize("language", [ZH, HANT, JA, AR, HI])
def test_english_stands_second_beside_any_other(language: Language) -> None:
    text = only(ALL, (language, EN))
    assert showings([text]) == [(language, EN)]


def test_texts_that_belong_together_show_the_same_languages() -> None:
    title, body, sender = Text(ja="みず", ar="ماء"), Text("", "water"), Text("物业", "Office")
    assert showings([title, body]) == [(JA, EN), (AR,)]
    assert only(sender, (JA, EN)) == Text("", "Office")
    assert only(sender, (AR,)) == sender


def test_another_order_begins_with_other_languages() -> None:
    assert showings([ALL], (AR, EN, ZH, HANT, JA, HI))[0] == (AR, EN)


def test_every_language_of_a_text_is_shown_once() -> None:
    for n in range(64):
        text = only(ALL, tuple(one for bit, one in enumerate(LANGUAGES) if n >> bit & 1)) if n else Text()
        pages = [language for pair in showings([text]) for language in pair]
        assert sorted(one.tag for one in pages) == sorted(
            one.tag for bit, one in enumerate(LANGUAGES) if n >> bit & 1
        )


def test_payloads_name_languages_by_their_tags() -> None:
    assert msgspec.json.decode(b'{"zh":"\xe6\xb0\xb4","en":"water"}', type=Text) == Text("水", "water")
    assert msgspec.json.decode(msgspec.json.encode(ALL), type=Text) == ALL
    assert set(msgspec.json.decode(msgspec.json.encode(ALL))) == {one.tag for one in LANGUAGES}
    with pytest.raises(msgspec.ValidationError, match="zh-Hant"):
        msgspec.json.decode(msgspec.json.encode({"zh-Hant": "水" * 801}), type=Text)


def test_a_page_of_two_languages_looks_the_same_whatever_else_the_message_says() -> None:
    pages = [Page("notice", "", ALL, text, text, ALL) for text in (ALL, Text("水", "water"))]
    first_, second = (layouts.draw(page, SITE, (480, 800)).pixels for page in pages)
    assert np.array_equal(first_, second)
    assert first(ALL) == (ZH, EN)


# Shapes and directions


def test_this_machine_can_shape_text() -> None:
    assert available(), "apt-get install libfribidi0"


def test_without_fribidi_arabic_and_hindi_are_refused_and_chinese_is_drawn(tmp_path: Path) -> None:
    (tmp_path / LIBRARY).write_bytes(b"")  # found first, and no library
    program = """
from content.drawing.typesetting import Manner, fit
from content.message import BadMessage, Text
for text in (Text(ar="ماء"), Text("水", hi="पानी"), Text("水", "water", "水", "みず")):
    try:
        fit("title", text, (400, 200), Manner(), (40, 80))
        print("drawn")
    except BadMessage as error:
        print(error)
"""
    environment = os.environ | {"LD_LIBRARY_PATH": str(tmp_path), "PYTHONIOENCODING": "utf-8"}
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=root, capture_output=True, text=True, check=True
    )
    arabic, hindi, chinese = done.stdout.splitlines()
    assert (
        arabic == "title (Arabic): needs FriBiDi to be drawn right, install it: apt-get install libfribidi0"
    )
    assert hindi.startswith("title (Hindi): needs FriBiDi")
    assert chinese == "drawn"


def test_arabic_letters_join_and_devanagari_letters_combine() -> None:
    apart = sum(advance(AR, Face.REGULAR, 60, letter) for letter in "سبيل")
    assert advance(AR, Face.REGULAR, 60, "سبيل") < 0.8 * apart
    assert advance(HI, Face.REGULAR, 60, "क्ष") < advance(HI, Face.REGULAR, 60, "क") + advance(
        HI, Face.REGULAR, 60, "ष"
    )
    # The sign for i is written after its consonant and drawn before it.
    short_i, letter = ink("hi", "कि"), ink("hi", "क")
    assert columns(short_i)[0] < columns(letter)[0] + 3
    assert np.abs(short_i[:, 20:40].astype(int) - letter[:, 20:40]).mean() > 10


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.tag)
@pytest.mark.parametrize("size", [30, 47, 120])
def test_what_is_measured_is_what_is_drawn(language: Language, size: int) -> None:
    text = {"ar": "للاستفسار: 028-1234 (A) 👍🏽", "hi": "पार्किंग Tower 9:00"}.get(language.tag, "水Åg，👍🏽 9")
    image = Image.new("RGB", (2600, 500))
    draw(image, (100, 250), text, (language, Face.BOLD, size), (255, 255, 255))
    box = image.getbbox()
    left, top, right, bottom = extent(language, Face.BOLD, size, text)
    assert box
    assert (box[0] >= 100 + left - 1, box[1] >= 250 + top, box[2] <= 101 + right, box[3] <= 250 + bottom) == (
        True,
        True,
        True,
        True,
    )
    assert abs(box[2] - 100 - advance(language, Face.BOLD, size, text)) < 0.2 * size


def test_numbers_and_latin_run_to_the_right_inside_arabic() -> None:
    order = [run.text for run in runs(AR, Face.REGULAR, 60, "من 9:00 إلى A-12.")]
    assert order == [".", "A", "-12", " إلى ", "9:00", "من "]


def test_a_telephone_number_keeps_its_order() -> None:
    parts = [run.text for run in runs(AR, Face.REGULAR, 60, "اتصل 028-1234 5678.")]
    assert parts == [".", "028-1234 5678", "اتصل "]


def test_a_bracket_from_right_to_left_embraces_what_stands_at_its_left() -> None:
    picture = ink("ar", "(ب")
    rows = np.flatnonzero(picture[:, columns(picture)[1] - 3 :].max(axis=1) > 40)
    bracket = picture[:, columns(picture)[1] - 16 :]
    whole = np.flatnonzero(bracket.max(axis=1) > 40)
    assert whole[0] + 5 < rows[0] < rows[-1] < whole[-1] - 5  # its middle reaches furthest to the right


def test_levels_are_reordered_as_uax_9_says() -> None:
    assert levels("ا 12") == [1, 1, 2, 2]
    assert levels(joined("ا 🇨🇳👍🏽")) == [1, 1, 1, 1]  # emoji go along with the text around them
    assert visual([1, 2, 1]) == [2, 1, 0]
    assert visual([0, 1, 1, 0]) == [0, 2, 1, 3]
    assert visual([1, 2, 2, 3, 1]) == [4, 1, 2, 3, 0]
    assert visual([]) == []


def test_lines_of_arabic_end_at_the_right_and_english_begins_at_the_left() -> None:
    block = compose(Text("", "Water off", ar="انقطاع المياه غدًا"), 400, 60, Manner())
    assert block
    arabic, english = ([line for line in block.lines if line.language is one] for one in (AR, EN))
    assert len(arabic) > 1
    assert all(abs(line.x + line.advance - 400) <= 2 for line in arabic)
    assert all(line.x == 0 for line in english)
    flush = compose(Text("", "Water off", ar="ماء"), 400, 60, Manner(flush=True))
    assert flush
    assert all(abs(line.ink()[2] - 400) <= 4 for line in flush.lines)


def test_on_one_line_the_arabic_stands_at_the_right_of_the_english() -> None:
    block = on_one_line(Text("", "Notice", ar="إشعار"), 900, Face.BOLD, 60)
    assert block
    english, _, arabic = block.lines
    assert (english.language, arabic.language) == (EN, AR)
    assert english.x < arabic.x
    assert arabic.ink()[2] <= 900


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.data(), st.sampled_from(list(WORDS)), st.integers(300, 900))
def test_lines_of_every_script_are_whole_and_apart(
    data: st.DataObject, language: Language, width: int
) -> None:
    said = "".join(data.draw(st.lists(st.sampled_from(WORDS[language]), max_size=14)))
    text = only(Text(**{language.field: said}), (language,)) if said.strip() else Text()
    block = compose(text, width, 60, Manner(main_leading=BODY))
    if block:
        boxes = [line.ink() for line in block.lines if line.text]
        assert all(box[0] >= 0 and box[2] <= width and box[3] <= block.height for box in boxes)
        assert all(upper[3] <= lower[1] + 1 for upper, lower in pairwise(boxes))
        assert "".join("".join(line.text for line in block.lines).split()) == "".join(said.split())


# Emoji


@pytest.mark.parametrize(
    "sequence", ["👨‍👩‍👧‍👦", "🇨🇳", "1️⃣", "👍🏽", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏳️‍🌈", "❤️", "🧑🏻‍🤝‍🧑🏿", "🫱🏻‍🫲🏿"]
)
def test_an_emoji_sequence_is_one_glyph_that_never_breaks(sequence: str) -> None:
    assert uncovered(sequence, ENGLISH) == []
    assert len(joined(sequence)) == 1
    assert [run.family for run in runs(ENGLISH, Face.BOLD, 60, sequence)] == [EMOJI]
    assert sequence in "".join(pieces(f"a {sequence} b"))
    assert [piece.strip() for piece in pieces(f"楼 {sequence} 层")] == ["楼", sequence, "层"]


def test_every_sequence_that_the_font_has_is_one_piece_of_a_line() -> None:
    assert [text for text in sequences() if len(pieces(text)) > 1] == []


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.tag)
def test_emoji_stand_in_lines_of_every_language(language: Language) -> None:
    said = dict(shown(only(ALL, (language,))))[language]
    text = Text(**{language.field: f"{said} 👨‍👩‍👧 {said} 🎉"})
    block = fit("title", text, (500, 400), Manner(), (40, 80))
    assert "🎉" in "".join(line.text for line in block.lines)


def test_digits_and_signs_are_not_drawn_as_emoji() -> None:
    assert [run.family for run in runs(ENGLISH, Face.REGULAR, 60, "1 # * © ™ →")] == [SC]


def test_an_unknown_sequence_is_refused_as_a_whole_by_its_names() -> None:
    with pytest.raises(
        BadMessage, match=r"title \(English\): .*U\+1F680 U\+200D U\+1F354 ROCKET \+ ZERO WIDTH"
    ):
        fit("title", Text("", "a 🚀‍🍔"), (500, 400), Manner(), (40, 80))
    with pytest.raises(BadMessage, match=r"U\+1F1E6 REGIONAL INDICATOR SYMBOL LETTER A"):
        fit("title", Text("", "🇦"), (500, 400), Manner(), (40, 80))


# Fonts lend each other what one lacks


def test_a_hanzi_of_another_standard_is_lent_by_the_font_that_has_it() -> None:
    assert [run.family for run in runs(CHINESE, Face.REGULAR, 60, "电梯樓层")] == [
        "NotoSansSC",
        "NotoSansTC",
        "NotoSansSC",
    ]
    assert [run.family for run in runs(AR, Face.REGULAR, 60, "ماء")] == [ARABIC]


def test_the_same_character_has_the_shape_of_its_language() -> None:
    assert not np.array_equal(ink("zh", "直骨"), ink("ja", "直骨"))
    assert not np.array_equal(ink("zh", "，"), ink("zh-Hant", "，"))


def test_letters_of_another_script_are_refused_by_name_and_language() -> None:
    with pytest.raises(
        BadMessage, match=r"body \(Chinese\): cannot be shown, replace م U\+0645 ARABIC LETTER MEEM"
    ):
        fit("body", Text("水م"), (500, 400), Manner(), (40, 80))
    with pytest.raises(BadMessage, match=r"body \(Hindi\): .*U\+202E RIGHT-TO-LEFT OVERRIDE"):
        fit("body", Text(hi="पानी\u202e"), (500, 400), Manner(), (40, 80))


@pytest.mark.parametrize(
    ("field", "name"),
    [("ja", "Japanese"), ("ar", "Arabic"), ("hi", "Hindi"), ("zh_hant", "traditional Chinese")],
)
def test_a_text_that_is_too_long_is_refused_in_its_language(field: str, name: str) -> None:
    said = {"ja": "水", "ar": "ماء ", "hi": "पानी ", "zh_hant": "水"}[field] * 60
    with pytest.raises(BadMessage, match=f"body: shorten the {name} by about"):
        fit("body", Text("", "Water", **{field: said}), (400, 300), Manner(), (40, 80))
