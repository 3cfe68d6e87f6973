"""The built-in words: in every language, in fonts that have them, whole on every glass, and right for the lift."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import combinations

import numpy as np
import pytest

from content import layouts, wording
from content.cabin import Advice
from content.dates import date
from content.drawing.linebreaking import pieces
from content.drawing.pictograms import floor_buttons
from content.drawing.shaping import uncovered
from content.drawing.typefaces import JOINER, covered
from content.drawing.typesetting import fit_name
from content.languages import (
    ARABIC,
    BESIDE_ENGLISH,
    DEVANAGARI,
    ENGLISH,
    LANGUAGES,
    SC,
    TAGS,
    Language,
    Pair,
    only,
    pair_of,
    ranked,
    words,
)
from content.layouts.earthquake import steps_for
from content.message import Text
from content.page import Page, Pixels, Site
from content.pages import SOMEWHERE
from scripts.make_golden import BUILT_IN

SMALL = (480, 800)
ALONE: list[Pair] = [(language,) for language in LANGUAGES]
BESIDE = list(BESIDE_ENGLISH)
OTHER_PAIRS: list[Pair] = [pair for pair in combinations(LANGUAGES, 2) if ENGLISH not in pair]
SIZES = [(480, 800), (1024, 600)]
"""The smallest and the flattest; the golden pictures add the largest."""
NEARLY_SQUARE = [(768, 1024), (1280, 800), (1280, 1024)]
PAGES = {**BUILT_IN, **{f"drill-{advice.value}": Page("drill", advice.value) for advice in Advice}}
FULLEST = ("earthquake-closed", "trapped", "drill-closed", "do_not_use")
CONTROLLED = replace(SOMEWHERE, seismic_control=True)
BUTTON = {"zh": "按钮", "en": "button", "zh-Hant": "按鈕", "ja": "ボタン", "ar": "زر", "hi": "बटन"}


def texts(found: object) -> Iterator[Text]:
    """Every Text in something."""
    match found:
        case Text():
            yield found
        case dict():
            yield from texts(tuple(found.values()))
        case tuple():
            for one in found:
                yield from texts(one)


FIXED = {name: list(texts(value)) for name, value in vars(wording).items() if list(texts(value))}
DAYS = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=days) for days in range(365)]


def drawn(page: Page, site: Site = SOMEWHERE, size: tuple[int, int] = SMALL) -> Pixels:
    return layouts.draw(page, site, size).pixels


def tags(pair: Pair) -> str:
    return " ".join(language.tag for language in pair)


@pytest.mark.parametrize("name", FIXED)
@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.tag)
def test_every_fixed_word_is_there_in_every_language_and_in_its_own_font(
    name: str, language: Language
) -> None:
    lent = (SC,) if language.fonts[0] in (ARABIC, DEVANAGARI) else ()
    known = frozenset().union(*(covered(family) for family in (language.fonts[0], *lent)))
    for text in FIXED[name]:
        said = words(text, language)
        assert said
        assert uncovered(said, language) == []
        assert known.issuperset(said.replace(JOINER, ""))


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.tag)
def test_every_date_is_in_the_language_s_own_font(language: Language) -> None:
    for day in DAYS:
        said = words(date(day), language)
        assert covered(language.fonts[0]).issuperset(said)
        assert str(day.day) in said


def test_no_two_days_have_the_same_date() -> None:
    for language in LANGUAGES:
        assert len({words(date(day), language) for day in DAYS}) == len(DAYS)


@pytest.mark.parametrize("name", sorted(set(layouts.names()) - {"check"}))  # check.py is the installer's
def test_no_layout_has_words_of_its_own(name: str) -> None:
    own = vars(import_module(f"content.layouts.{name}"))
    builtin = [text for found in FIXED.values() for text in found]
    for title, value in own.items():
        examples = title.startswith("_") or title in ("CATEGORY", "SENDER", "NOTHING")
        assert examples or all(text in builtin for text in texts(value)), title


def test_lines_of_chinese_and_japanese_break_where_their_hints_say() -> None:
    assert pieces(wording.PRESS_ALL.zh_hant) == ("按下", "所有", "樓層", "按鈕")
    assert pieces(wording.PRESS_ALL.ja) == ("すべての", "階の", "ボタンを", "押す")


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("pair", ALONE + BESIDE, ids=tags)
def test_every_built_in_page_is_drawn_in_one_language_and_beside_english(
    pair: Pair, size: tuple[int, int]
) -> None:
    site = replace(SOMEWHERE, languages=pair)
    for page in BUILT_IN.values():
        assert drawn(page, site, size).shape == (size[1], size[0], 3)


@pytest.mark.parametrize("size", [(480, 800), (1280, 800)], ids=str)
@pytest.mark.parametrize("pair", OTHER_PAIRS, ids=tags)
def test_the_fullest_pages_are_drawn_in_every_other_pair(pair: Pair, size: tuple[int, int]) -> None:
    site = replace(SOMEWHERE, languages=pair)
    for name in FULLEST:
        drawn(PAGES[name], site, size)


@pytest.mark.parametrize("size", NEARLY_SQUARE, ids=str)
@pytest.mark.parametrize("tag", TAGS)
def test_the_fullest_pages_are_drawn_on_a_glass_that_is_nearly_square(
    tag: str, size: tuple[int, int]
) -> None:
    for languages in ((TAGS[tag],), ranked({TAGS[tag], ENGLISH})):
        site = replace(SOMEWHERE, languages=languages)
        for name in FULLEST:
            drawn(PAGES[name], site, size)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_one_language_has_nothing_of_another(name: str) -> None:
    for languages in ALONE[::2]:
        site = replace(SOMEWHERE, languages=languages)
        other = Text(zh="别处", en="Elsewhere", zh_hant="別處", ja="別の所", ar="مكان آخر", hi="कहीं और")
        building, lift = (with_only(own, other, languages) for own in (site.building, site.lift))
        mixed = replace(site, building=building, lift=lift)
        assert np.array_equal(drawn(PAGES[name], site), drawn(PAGES[name], mixed))


def with_only(own: Text, other: Text, languages: Pair) -> Text:
    """The own words in these languages, and other ones in all the rest."""
    return Text(**{one.field: words(own if one in languages else other, one) for one in LANGUAGES})


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_page_looks_otherwise_in_every_pair(name: str) -> None:
    looks = {
        drawn(PAGES[name], replace(SOMEWHERE, languages=pair)).tobytes()
        for pair in [
            *ALONE,
            *(pair_of([language.tag, "en"]) for language in LANGUAGES if language is not ENGLISH),
        ]
    }
    assert len(looks) == 11


def test_names_are_in_the_languages_of_the_page_where_they_have_them() -> None:
    japanese = replace(SOMEWHERE, languages=pair_of(["ja", "en"]))
    assert japanese.says(japanese.lift) == Text(en="Tower A, lift 2", ja="A棟 2号機")
    assert japanese.says(Text("2号梯")) == Text("2号梯")


@pytest.mark.parametrize("pair", BESIDE, ids=tags)
def test_a_name_too_long_for_one_line_takes_two_in_every_script(pair: Pair) -> None:
    block = fit_name("lift name", only(SOMEWHERE.lift, pair), 240, (30, 40))
    assert [line.language for line in block.lines] == list(pair)
    assert block.size >= 30


def test_a_pair_is_in_the_order_of_the_glass_with_english_second() -> None:
    assert pair_of(["en", "ar"]) == pair_of(["ar", "en"]) == (TAGS["ar"], ENGLISH)
    assert pair_of(["ja", "zh"]) == (TAGS["zh"], TAGS["ja"])
    assert pair_of(["hi"]) == (TAGS["hi"],)
    with pytest.raises(KeyError):
        pair_of(["zh", "tlh"])


@pytest.mark.parametrize("size", [(480, 800), (800, 480)], ids=str)
def test_signs_stand_where_one_begins_to_read(size: tuple[int, int]) -> None:
    for tag, at_the_right in (("ar", True), ("hi", False)):
        pixels = drawn(Page("trapped"), replace(SOMEWHERE, languages=(TAGS[tag],)), size)
        steps = pixels[:, size[0] // 2 :] if tag == "hi" else pixels[:, : size[0] // 2]
        columns = (steps if size[0] > size[1] else pixels).min(axis=2) > 250
        dense = np.flatnonzero(columns[: size[1] * 7 // 10].mean(axis=0) > 0.3)
        assert (dense.mean() > columns.shape[1] / 2) == at_the_right


# Seismic control


@pytest.mark.parametrize("advice", [Advice.RIDING, Advice.UNSURE], ids=str)
def test_with_seismic_control_nobody_is_told_of_floor_buttons(advice: Advice) -> None:
    usual, controlled = (steps_for(advice, site) for site in (SOMEWHERE, CONTROLLED))
    assert wording.PRESS_ALL in [step.text for step in usual]
    for step in controlled:
        assert floor_buttons not in step.signs
        for language in LANGUAGES:
            assert BUTTON[language.tag] in words(wording.PRESS_ALL, language).replace(JOINER, "")
            assert BUTTON[language.tag] not in words(step.text, language).replace(JOINER, "")
    assert controlled[0].text == wording.HOLD_ON
    assert controlled[1].text == wording.WAIT_FOR_STOP


@pytest.mark.parametrize("advice", [Advice.LEAVE, Advice.CLOSED], ids=str)
def test_with_seismic_control_the_advice_for_a_car_that_stands_is_the_same(advice: Advice) -> None:
    assert steps_for(advice, SOMEWHERE) == steps_for(advice, CONTROLLED)


@pytest.mark.parametrize("layout", ["earthquake", "drill"])
def test_an_exercise_exercises_what_the_page_will_say(layout: str) -> None:
    for advice in Advice:
        page = Page(layout, advice.value)
        same = np.array_equal(drawn(page), drawn(page, CONTROLLED))
        assert same == (steps_for(advice, SOMEWHERE) == steps_for(advice, CONTROLLED))


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("pair", ALONE + BESIDE, ids=tags)
def test_pages_of_seismic_control_are_drawn_in_every_language(pair: Pair, size: tuple[int, int]) -> None:
    site = replace(CONTROLLED, languages=pair)
    for advice in (Advice.RIDING, Advice.UNSURE):
        drawn(Page("earthquake", advice.value), site, size)
        drawn(Page("drill", advice.value), site, size)
