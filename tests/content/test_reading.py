"""How long it takes to read a message, and what is refused because nobody could."""

from datetime import time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.languages import CHINESE, ENGLISH, LANGUAGES
from content.message import BadMessage, Text, Window
from content.reading import (
    CHARACTERS_A_MINUTE,
    NOTICE_S,
    SHORTEST_S,
    page_s,
    pairs,
    reading_s,
    require_time_to_read,
)
from tests.content_rig import NOW, message

LONG = Text("电动自行车及其电池不得进入电梯、楼道和住户室内。" * 4, "No electric bicycles in the lift. " * 2)


def test_every_language_of_the_glass_has_its_speed() -> None:
    assert CHARACTERS_A_MINUTE.keys() == {language.tag for language in LANGUAGES}


def test_a_minute_of_chinese_takes_two_with_old_eyes() -> None:
    assert reading_s(Text("字" * 255)) == pytest.approx(120 + NOTICE_S)


def test_two_hundred_words_of_english_take_two_minutes() -> None:
    words = "water " * 200  # 5 letters each, as the study's 4.3 with some to spare
    assert 110 < reading_s(Text(en=words)) < 130


def test_title_and_body_are_read_one_after_the_other_and_languages_are_not() -> None:
    title, body = Text("停水", "Water off"), Text("请储水", "Store water")
    both = reading_s(title, body) - NOTICE_S
    assert both == pytest.approx(reading_s(title) + reading_s(body) - 2 * NOTICE_S, rel=0.2)
    one = [reading_s(title, body, pair=(language,)) for language in (CHINESE, ENGLISH)]
    assert reading_s(title, body, pair=(CHINESE, ENGLISH)) == max(one)


def test_nothing_takes_no_time_and_blanks_take_none() -> None:
    assert reading_s(Text()) == 0.0
    assert reading_s(Text(" \n ")) == 0.0
    assert reading_s(Text("停 水")) == reading_s(Text("停水"))


@settings(deadline=None, derandomize=True)
@given(st.text(max_size=200), st.text(max_size=200))
def test_more_words_never_take_less_time(one: str, more: str) -> None:
    assert reading_s(Text(one)) <= reading_s(Text(one + more))
    assert reading_s(Text(one), Text(en=more)) >= reading_s(Text(one))


def test_a_page_stays_as_long_as_it_takes_to_read_but_never_flits() -> None:
    short, long = message(), message(title=LONG, body=LONG)
    assert page_s(short, pairs(short)[0]) == SHORTEST_S
    assert page_s(long, pairs(long)[0]) >= reading_s(LONG, LONG)
    assert page_s(message(reading_s=4.5), ()) == 5


def test_a_showing_shorter_than_its_reading_is_refused_and_says_both() -> None:
    with pytest.raises(BadMessage, match=r"Chinese and English takes \d+ s to read and is shown for 10 s"):
        require_time_to_read(message(title=LONG, reading_s=10.0))
    require_time_to_read(message(title=LONG, reading_s=120.0))
    require_time_to_read(message())


def test_a_message_that_expires_before_it_is_read_once_is_refused() -> None:
    with pytest.raises(BadMessage, match="expiry"):
        require_time_to_read(message(expires=NOW + timedelta(seconds=SHORTEST_S - 1)))
    starts = NOW + timedelta(hours=1)
    with pytest.raises(BadMessage, match="expiry"):
        require_time_to_read(message(starts=starts, expires=starts + timedelta(seconds=3)))


def test_a_window_shorter_than_one_reading_is_refused() -> None:
    with pytest.raises(BadMessage, match=r"window 09:00-09:00"):
        require_time_to_read(message(windows=(Window(time(9), time(9, 0, 5)),)))
    with pytest.raises(BadMessage, match="window"):
        require_time_to_read(message(windows=(Window(time(23, 59, 58), time(0, 0, 3)),)))
    require_time_to_read(message(windows=(Window(time(23), time(1)), Window(time(9), time(9, 1)))))
