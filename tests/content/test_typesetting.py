"""Lines break where they may, everything set fits its room, and what cannot fit is refused with a reason."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from uniseg.linebreak import line_break_units

from content.drawing.linebreaking import BREAKABLE, balance, keep, pieces, wrap
from content.drawing.shaping import advance
from content.drawing.typefaces import JOINER, Face
from content.drawing.typesetting import (
    BODY,
    Block,
    Manner,
    compose,
    fit,
    fit_line,
    fit_name,
    largest,
    on_one_line,
)
from content.languages import LANGUAGES
from content.message import BadMessage, Text

WORDS = st.sampled_from(
    [*"电梯请勿乘坐，。：（）", " ", " ", "\n", "lift", "Å", "door-open", "24", "9:00", "gj", "℃", "”", "“"]
)
TEXTS = st.lists(WORDS, max_size=40).map("".join)
PLAIN = st.sampled_from(
    [*"电梯请ァnबء9 ", "b ", "22日", "，请", "a.b", "门\u2060开\u2060，", "है। ", "ांं ", "ب، "]
)
STOPS = "-‐–—/.,:;!?，。：（）()[]“”‘’'«»%$·।،؟"
OTHERS = "Åéーぁあんッ किँ्ा\n\r\x85\u200b\u2060\u200d\u00a0€٣①…℃→👍🏽🇨🇳\ufe0f"
BETWEEN_PLAIN = st.tuples(PLAIN, st.sampled_from(STOPS + OTHERS), PLAIN).map("".join)
ANYTHING = st.lists(BETWEEN_PLAIN, max_size=5).map("".join)
CHINESE = TEXTS.filter(str.strip)


def measure(text: str) -> float:
    return advance(LANGUAGES[0], Face.REGULAR, 40, text)


def solid(text: str) -> str:
    """A text without the white space at which lines may end."""
    return re.sub(f"[{BREAKABLE}]", "", text)


@settings(deadline=None)  # the first example opens the fonts
@given(TEXTS, st.integers(220, 900))
def test_broken_lines_keep_every_word_and_stay_in_the_column(text: str, limit: int) -> None:
    for lines in (wrap(text, limit, measure), balance(text, limit, measure)):
        assert lines is None or solid("".join(lines)) == solid(text)
        assert all(measure(line) <= limit for line in lines or [])


@settings(deadline=None)  # the first example opens the fonts
@given(TEXTS.filter(lambda text: "\n" not in text), st.integers(220, 900))
def test_even_lines_are_as_few_as_full_ones(text: str, limit: int) -> None:
    full, even = wrap(text, limit, measure), balance(text, limit, measure)
    assert full is None or even is None or len([*filter(None, full)]) == len([*filter(None, even)])


@settings(derandomize=True, max_examples=700, deadline=None)
@given(ANYTHING)
def test_lines_break_where_unicode_says(text: str) -> None:
    assert pieces(text) == tuple(unit.replace(JOINER, "") for unit in line_break_units(text))


def test_a_line_never_begins_with_closing_punctuation() -> None:
    lines = wrap("请提前储水，谢谢。", measure("请提前储水"), measure)
    assert lines == ["请提前储", "水，谢谢。"]


def test_english_breaks_between_words_only() -> None:
    assert wrap("Take the stairs", measure("Take the"), measure) == ["Take the", "stairs"]


def test_even_lines_leave_no_last_word_alone() -> None:
    assert balance("按下所有楼层按钮", round(measure("按下所有楼层按")), measure) == ["按下所有", "楼层按钮"]


def test_kept_words_break_only_at_the_bars() -> None:
    assert wrap(keep("停稳、|门开后|离开"), measure("停稳、门"), measure) == ["停稳、", "门开后", "离开"]


def test_a_word_wider_than_the_column_has_no_lines() -> None:
    assert wrap("a Donaudampfschiff", 100, measure) is None


def test_an_empty_line_between_paragraphs_stays() -> None:
    assert balance("一\n\n二", 100, measure) == ["一", "", "二"]


def test_the_largest_size_is_found() -> None:
    assert largest((10, 100), lambda size: size if size <= 37 else None) == 37
    assert largest((10, 100), lambda size: None) is None


def ink_is_inside(block: Block) -> bool:
    """Whether the box of a block holds everything drawn."""
    boxes = [line.ink() for line in block.lines if line.text]
    return all(x0 >= 0 and y0 >= 0 and x1 <= block.width and y1 <= block.height for x0, y0, x1, y1 in boxes)


def lines_are_apart(block: Block) -> bool:
    """Whether no line's ink reaches into the next one's."""
    boxes = [line.ink() for line in block.lines if line.text]
    return all(upper[3] <= lower[1] for upper, lower in pairwise(boxes))


@settings(deadline=None)  # the first example opens the fonts
@given(CHINESE, TEXTS, st.integers(300, 900), st.booleans())
def test_what_is_set_is_neither_cut_off_nor_overlapping(zh: str, en: str, width: int, centred: bool) -> None:
    block = compose(Text(zh, en), width, 64, Manner(centred=centred))
    if block:
        assert block.width <= width
        assert ink_is_inside(block)
        assert lines_are_apart(block)


@settings(deadline=None)  # the first example opens the fonts
@given(CHINESE, TEXTS)
def test_text_fits_its_room_or_is_refused_in_one_line(zh: str, en: str) -> None:
    manner, room, sizes = Manner(main_leading=BODY), (500, 300), (30, 80)
    smallest = compose(Text(zh, en), room[0], sizes[0], manner)
    if smallest and smallest.width <= room[0] and smallest.height <= room[1]:
        block = fit("body", Text(zh, en), room, manner, sizes)
        assert ink_is_inside(block)
        assert block.width <= room[0]
        assert block.height <= room[1]
    else:
        with pytest.raises(BadMessage, match=r"^body: shorten .* by about \d+[^\n]*$"):
            fit("body", Text(zh, en), room, manner, sizes)


@settings(derandomize=True, deadline=None)  # the first example opens the fonts
@given(CHINESE, TEXTS, st.integers(20, 120), st.booleans())
def test_whether_ink_ends_within_a_width_is_known_to_the_pixel(
    zh: str, en: str, size: int, centred: bool
) -> None:
    block = compose(Text(zh, en), 900, size, Manner(centred=centred))
    for line in block.lines if block else ():
        ends = line.ink()[2]
        assert [line.ends_within(ends + more) for more in (-1, 0, 1, 9)] == [False, True, True, True]


def test_small_type_keeps_its_line_height() -> None:
    block = compose(Text("水"), 200, 20, Manner())
    assert block
    assert block.height == round(20 * 0.93) + round(20 * 0.25)


def test_tall_accents_are_not_cut_off() -> None:
    block = compose(Text("ǛÅÇ"), 500, 100, Manner())
    assert block
    assert ink_is_inside(block)


def test_short_text_takes_the_largest_size() -> None:
    assert fit("title", Text("停水", "No water"), (900, 500), Manner(), (40, 120)).size == 120


def test_a_refusal_says_which_language_and_how_much() -> None:
    with pytest.raises(BadMessage, match=r"title: shorten the Chinese by about \d+ of its 30 characters"):
        fit("title", Text("水" * 30, "Water"), (400, 200), Manner(), (40, 80))
    with pytest.raises(BadMessage, match="title: shorten the English by about"):
        fit("title", Text("水水水水", "no water " * 30), (400, 200), Manner(), (40, 80))
    with pytest.raises(BadMessage, match="title: shorten both"):
        fit("title", Text("水" * 60, "no water " * 60), (400, 200), Manner(), (40, 80))


def test_a_refusal_names_a_word_that_is_too_long() -> None:
    with pytest.raises(BadMessage, match="Donaudampfschifffahrt"):
        fit("title", Text("水", "Donaudampfschifffahrtsgesellschaft"), (300, 400), Manner(), (40, 80))


def test_shortened_as_told_the_text_fits() -> None:
    text = Text("水" * 30, "Water")
    with pytest.raises(BadMessage) as refusal:
        fit("title", text, (400, 200), Manner(), (40, 80))
    over = re.search(r"about (\d+)", str(refusal.value))
    assert over
    fit("title", Text(text.zh[: -int(over[1])], text.en), (400, 200), Manner(), (40, 80))


def test_unknown_characters_are_named_with_their_place() -> None:
    with pytest.raises(
        BadMessage, match=r"body \(English\): .*문 U\+BB38 HANGUL SYLLABLE MUN \(character 5\)"
    ):
        fit("body", Text("门", "the 문"), (400, 200), Manner(), (40, 80))
    with pytest.raises(BadMessage, match=r"U\+0009 control character"):
        fit("body", Text("门\t"), (400, 200), Manner(), (40, 80))


def test_an_empty_text_is_refused_and_one_language_is_enough() -> None:
    with pytest.raises(BadMessage, match="title: is empty, write it in one language"):
        fit("title", Text(" "), (400, 200), Manner(), (40, 80))
    assert [
        line.second for line in fit("title", Text("", "Water"), (400, 200), Manner(), (40, 80)).lines
    ] == [False]


def test_a_name_in_two_languages_takes_two_lines_where_one_is_too_short() -> None:
    name = Text("A座 12号梯", "Tower A, lift 12")
    together, apart = (fit_name("lift name", name, width, (30, 40)) for width in (600, 330))
    assert len({line.baseline for line in together.lines}) == 1
    assert len({line.baseline for line in apart.lines}) == 2
    with pytest.raises(BadMessage, match="lift name: shorten the English"):
        fit_name("lift name", Text("1号梯", "Tower A, lift 1, on the north side"), 330, (30, 40))


def test_a_name_shrinks_to_its_line_or_is_refused() -> None:
    assert fit_line("lift name", Text("2号梯"), 400, Face.REGULAR, (30, 40)).size == 40
    assert 30 <= fit_line("lift name", Text("一二三四五六七八九十一"), 400, Face.REGULAR, (30, 40)).size < 40
    with pytest.raises(BadMessage, match=r"lift name: shorten the Chinese by about \d+ of its 30 characters"):
        fit_line("lift name", Text("一" * 30), 400, Face.REGULAR, (30, 40))


def test_both_languages_go_on_one_line() -> None:
    block = on_one_line(Text("2号梯", "Lift 2"), 400, Face.REGULAR, 40)
    assert block
    assert [line.text for line in block.lines] == ["2号梯", " · ", "Lift 2"]
    assert all(left.ink()[2] <= right.ink()[0] + 1 for left, right in pairwise(block.lines))
    assert len({line.baseline for line in block.lines}) == 1


def test_marks_that_keep_words_whole_take_no_room_on_one_line() -> None:
    plain, kept = (on_one_line(text, 400, Face.BOLD, 40) for text in (Text("走楼梯"), Text(keep("走楼梯"))))
    assert plain == kept
