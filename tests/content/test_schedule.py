"""Messages show when their time has come, and nothing changes before the next change."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.message import Dates, Message, Window
from content.schedule import due, edges, holds, is_on, next_edge, timetable
from tests.content_rig import DAY, NOW, message

CHENGDU, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
ZONES = [CHENGDU, BERLIN, *map(ZoneInfo, ("America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"))]
EVERY_ZONE = [ZoneInfo(name) for name in sorted(available_timezones())]
MINUTE = timedelta(minutes=1)


def at(hour: int, minute: int = 0, *, day: int = 22) -> datetime:
    """A time on a day of November 2026 in Chengdu; the 22nd is a Sunday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=CHENGDU).astimezone(UTC)


def shows(windows: list[Window], utc: datetime) -> bool:
    return is_on(message(sent=NOW - 9 * DAY, expires=NOW + 9 * DAY, windows=tuple(windows)), utc, CHENGDU)


def test_a_message_shows_until_it_expires_and_not_then() -> None:
    assert is_on(message(expires=NOW + MINUTE), NOW, CHENGDU)
    assert not is_on(message(expires=NOW), NOW, CHENGDU)


def test_a_message_shows_from_its_start() -> None:
    assert not is_on(message(starts=NOW + MINUTE), NOW, CHENGDU)
    assert is_on(message(starts=NOW), NOW, CHENGDU)


def test_a_withdrawn_message_does_not_show() -> None:
    assert not is_on(message(withdrawn=True), NOW, CHENGDU)


def test_a_window_holds_from_its_start_until_its_end() -> None:
    window = Window(time(9), time(17))
    assert [shows([window], at(*t)) for t in ((8, 59), (9, 0), (16, 59), (17, 0))] == [
        False,
        True,
        True,
        False,
    ]


def test_any_of_several_windows_is_enough() -> None:
    windows = [Window(time(7), time(9)), Window(time(17), time(19))]
    assert [shows(windows, at(hour)) for hour in (8, 12, 18)] == [True, False, True]


def test_a_window_holds_on_its_weekdays_only() -> None:
    sunday = Window(time(9), time(17), (7,))
    assert [shows([sunday], at(12, day=day)) for day in (21, 22, 23)] == [False, True, False]


def test_a_window_over_midnight_belongs_to_the_day_it_began_on() -> None:
    night = Window(time(22), time(6), (7,))
    times = [
        at(23, day=21),
        at(3, day=22),
        at(21, 59),
        at(22),
        at(5, 59, day=23),
        at(6, day=23),
        at(22, day=23),
    ]
    assert [shows([night], t) for t in times] == [False, False, False, True, True, False, False]


def test_a_window_until_midnight_ends_there() -> None:
    evening = Window(time(18), time(0), (7,))
    assert [shows([evening], t) for t in (at(23, 59), at(0, day=23))] == [True, False]


def test_a_repeated_hour_shows_a_daily_window_twice() -> None:
    daily = message(sent=NOW - 99 * DAY, windows=(Window(time(2, 15), time(2, 45)),))
    begin = datetime(2026, 10, 24, 22, tzinfo=UTC)  # Berlin goes back at 1:00 UTC on the 25th
    shown = [begin + n * MINUTE for n in range(25 * 60) if is_on(daily, begin + n * MINUTE, BERLIN)]
    assert len(shown) == 2 * 30
    assert shown[30] - shown[0] == timedelta(hours=1)


def test_a_skipped_hour_shows_no_window_that_lies_in_it() -> None:
    daily = message(sent=NOW - 999 * DAY, windows=(Window(time(2, 15), time(2, 45)),))
    begin = datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert not any(is_on(daily, begin + n * MINUTE, BERLIN) for n in range(23 * 60))


def test_the_highest_priority_goes_first_and_then_the_newest() -> None:
    old, new = message("old"), message("new", sent=NOW + MINUTE)
    high = message("high", priority=1)
    assert due([old, high, new], NOW, CHENGDU) == [high, new, old]


def test_a_message_that_only_a_playlist_shows_wants_nothing_by_itself() -> None:
    assert due([message(scheduled=False)], NOW, CHENGDU) == []
    assert is_on(message(scheduled=False), NOW, CHENGDU)


def on_days(*days: int, **fields: Any) -> list[bool]:
    """Whether a message is on at noon on days of November."""
    plain = message(sent=NOW - 30 * DAY, expires=NOW + 30 * DAY, **fields)
    return [is_on(plain, at(12, day=day), CHENGDU) for day in days]


def test_dates_hold_from_the_first_to_the_last() -> None:
    dates = (Dates(date(2026, 11, 22), date(2026, 11, 23)), Dates(date(2026, 11, 25), date(2026, 11, 25)))
    assert on_days(21, 22, 23, 24, 25, 26, dates=dates) == [False, True, True, False, True, False]


def test_dates_are_those_of_the_building() -> None:
    one_day = message(sent=NOW - 9 * DAY, dates=(Dates(date(2026, 11, 22), date(2026, 11, 22)),))
    assert [is_on(one_day, at(hour, minute, day=day), CHENGDU) for hour, minute, day in (
        (23, 59, 21), (0, 0, 22), (23, 59, 22), (0, 0, 23),
    )] == [False, True, True, False]  # fmt: skip


def test_an_exception_silences_its_day_whatever_dates_and_windows_say() -> None:
    exceptions = (date(2026, 11, 23),)
    assert on_days(22, 23, 24, exceptions=exceptions) == [True, False, True]
    dates = (Dates(date(2026, 11, 20), date(2026, 11, 30)),)
    assert on_days(22, 23, 24, exceptions=exceptions, dates=dates) == [True, False, True]
    windows = (Window(time(9), time(17)),)
    assert on_days(22, 23, 24, exceptions=exceptions, windows=windows) == [True, False, True]


def test_a_night_counts_for_the_day_it_began_on_in_dates_and_exceptions_too() -> None:
    night = (Window(time(22), time(6)),)
    only = message(sent=NOW - 9 * DAY, expires=NOW + 9 * DAY, windows=night,
                   dates=(Dates(date(2026, 11, 22), date(2026, 11, 22)),))  # fmt: skip
    times = [at(23, day=21), at(3), at(23), at(3, day=23), at(23, day=23)]
    assert [is_on(only, t, CHENGDU) for t in times] == [False, False, True, True, False]
    without = message(sent=NOW - 9 * DAY, expires=NOW + 9 * DAY, windows=night,
                      exceptions=(date(2026, 11, 22),))  # fmt: skip
    assert [is_on(without, t, CHENGDU) for t in times] == [True, True, False, False, True]


def test_a_window_that_begins_in_a_skipped_hour_begins_when_the_hour_is_skipped() -> None:
    window = message(sent=NOW - 999 * DAY, windows=(Window(time(2, 30), time(4)),))
    skipped = datetime(2026, 3, 29, 1, tzinfo=UTC)  # Berlin goes from 2:00 to 3:00
    assert not is_on(window, skipped - timedelta(microseconds=1), BERLIN)
    assert is_on(window, skipped, BERLIN)
    assert not is_on(window, skipped + timedelta(hours=1), BERLIN)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_a_date_on_which_the_clocks_change_has_one_hour_less_or_more(day: date, hours: int) -> None:
    one_day = message(sent=NOW - 999 * DAY, dates=(Dates(day, day),))
    begin = datetime(day.year, day.month, day.day, tzinfo=BERLIN).astimezone(UTC) - DAY
    shown = [n for n in range(4 * 24 * 3) if is_on(one_day, begin + n * timedelta(minutes=15), BERLIN)]
    assert len(shown) == 4 * hours


MOMENTS = st.timedeltas(-366 * DAY, 366 * DAY).map(lambda since: NOW + since)
TWO_YEARS = [datetime(2026, 1, 1, tzinfo=UTC) + n * timedelta(hours=6) for n in range(2 * 365 * 4)]
DST = sorted(
    (before, zone.key)
    for zone in ZONES
    for before, then in pairwise(TWO_YEARS)
    if before.astimezone(zone).utcoffset() != then.astimezone(zone).utcoffset()
)
"""Six hours in which the clocks of a zone change."""
NEAR = st.timedeltas(-2 * MINUTE, 2 * MINUTE)
WALLS = st.times() | st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
WINDOWS = st.builds(
    Window, WALLS, WALLS, st.sets(st.integers(1, 7), min_size=1).map(lambda d: tuple(sorted(d)))
)


DAYS = st.integers(-2, 2)


@st.composite
def near_messages(draw: st.DrawFn, utc: datetime, zone: ZoneInfo) -> Message:
    """A message with something that changes near a time."""
    wall = (utc + draw(NEAR)).astimezone(zone).time()
    today = utc.astimezone(zone).date()
    windows = st.lists(
        WINDOWS | st.builds(Window, st.just(wall), WALLS) | st.builds(Window, WALLS, st.just(wall)),
        max_size=3,
    )
    days = DAYS.map(lambda n: today + n * DAY)
    dates = st.lists(st.tuples(days, days).map(lambda pair: Dates(min(pair), max(pair))), max_size=2)
    return message(
        sent=utc - 30 * DAY, expires=utc + draw(NEAR | st.just(DAY)),
        starts=draw(st.none() | NEAR.map(lambda n: utc + n)), windows=tuple(draw(windows)),
        dates=tuple(draw(dates)), exceptions=tuple(draw(st.sets(days, max_size=2))),
    )  # fmt: skip


@st.composite
def moments(draw: st.DrawFn) -> tuple[datetime, ZoneInfo, Message]:
    """Some time in some zone, or near a change of its clocks, and a message for then."""
    if draw(st.booleans()):
        before, name = draw(st.sampled_from(DST))
        utc, zone = before + draw(st.timedeltas(-DAY / 4, DAY / 2)), ZoneInfo(name)
    else:
        utc, zone = draw(MOMENTS), draw(st.sampled_from(EVERY_ZONE))
    return utc, zone, draw(near_messages(utc, zone))


@settings(deadline=None, derandomize=True, max_examples=600)
@given(moments(), st.lists(st.floats(0, 1), max_size=8))
def test_nothing_begins_or_ends_before_the_first_edge(
    moment: tuple[datetime, ZoneInfo, Message], parts: list[float]
) -> None:
    utc, zone, near = moment
    edge = min(edges(near, utc, zone), default=utc + DAY)
    assert edge > utc
    last = edge - timedelta(microseconds=1)
    between = [utc + part * (last - utc) for part in (*parts, 0.5, 1.0)]
    assert {is_on(near, t, zone) for t in between} == {is_on(near, utc, zone)}


@settings(deadline=None, derandomize=True, max_examples=300)
@given(moments())
def test_the_next_edge_of_a_timetable_comes_within_a_day_and_is_its_very_moment(
    moment: tuple[datetime, ZoneInfo, Message],
) -> None:
    utc, zone, near = moment
    table = timetable(near)
    if table is None:
        return
    local = utc.astimezone(zone)
    edge = next_edge(table, utc, local)
    assert utc < edge <= utc + DAY
    wall = edge.astimezone(zone).replace(tzinfo=None).time()
    walls = {wall for window in table.windows for wall in (window.start, window.end)} or {time()}
    assert wall in walls or edge.astimezone(zone).utcoffset() != local.utcoffset()


@settings(deadline=None, derandomize=True, max_examples=200)
@given(moments())
def test_a_timetable_is_asked_by_the_wall_alone(moment: tuple[datetime, ZoneInfo, Message]) -> None:
    """So a repeated hour answers twice the same."""
    utc, zone, near = moment
    table = timetable(near)
    if table is not None:
        local = utc.astimezone(zone)
        assert holds(table, local) == holds(table, local.replace(fold=1 - local.fold))


def test_a_message_that_is_over_has_no_edges() -> None:
    assert edges(message(withdrawn=True), NOW, CHENGDU) == []
    assert edges(message(expires=NOW), NOW, CHENGDU) == []
    assert edges(message(expires=NOW + DAY, starts=NOW + MINUTE), NOW, CHENGDU) == [NOW + DAY, NOW + MINUTE]
