"""Messages show when their time has come, and nothing changes before the next change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from content.message import Message, Window
from content.schedule import TURN, due, is_due, next_change, on_turn
from tests.content_rig import DAY, NOW, message

CHENGDU, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
ZONES = [CHENGDU, BERLIN, *map(ZoneInfo, ("America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"))]
MINUTE = timedelta(minutes=1)


def at(hour: int, minute: int = 0, *, day: int = 22) -> datetime:
    """A time on a day of November 2026 in Chengdu; the 22nd is a Sunday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=CHENGDU).astimezone(UTC)


def shows(windows: list[Window], utc: datetime) -> bool:
    return is_due(message(sent=NOW - 9 * DAY, expires=NOW + 9 * DAY, windows=tuple(windows)), utc, CHENGDU)


def test_a_message_shows_until_it_expires_and_not_then() -> None:
    assert is_due(message(expires=NOW + MINUTE), NOW, CHENGDU)
    assert not is_due(message(expires=NOW), NOW, CHENGDU)


def test_a_message_shows_from_its_start() -> None:
    assert not is_due(message(starts=NOW + MINUTE), NOW, CHENGDU)
    assert is_due(message(starts=NOW), NOW, CHENGDU)


def test_a_withdrawn_message_does_not_show() -> None:
    assert not is_due(message(withdrawn=True), NOW, CHENGDU)


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
    shown = [begin + n * MINUTE for n in range(25 * 60) if is_due(daily, begin + n * MINUTE, BERLIN)]
    assert len(shown) == 2 * 30
    assert shown[30] - shown[0] == timedelta(hours=1)


def test_a_skipped_hour_shows_no_window_that_lies_in_it() -> None:
    daily = message(sent=NOW - 999 * DAY, windows=(Window(time(2, 15), time(2, 45)),))
    begin = datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert not any(is_due(daily, begin + n * MINUTE, BERLIN) for n in range(23 * 60))


def test_the_highest_priority_goes_first_and_then_the_newest() -> None:
    old, new = message("old"), message("new", sent=NOW + MINUTE)
    high = message("high", priority=1)
    assert due([old, high, new], NOW, CHENGDU) == [high, new, old]


def test_messages_of_the_highest_priority_take_turns() -> None:
    wanted = due([message("a"), message("b"), message("c"), message("d", priority=0)], NOW, CHENGDU)
    shown = [on_turn(wanted, NOW + n * TURN) for n in range(8)]
    assert {m.id for m in shown if m} == {"a", "b", "c", "d"}
    assert shown[:4] == shown[4:]
    assert on_turn(due([message("a"), message("b", priority=2)], NOW, CHENGDU), NOW) == message(
        "b", priority=2
    )


def test_nothing_due_gives_nobody_the_glass() -> None:
    assert on_turn([], NOW) is None


MOMENTS = st.timedeltas(-366 * DAY, 366 * DAY).map(lambda since: NOW + since)
NEAR = st.timedeltas(-2 * MINUTE, 2 * MINUTE)
WALLS = st.times() | st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
WINDOWS = st.builds(
    Window, WALLS, WALLS, st.sets(st.integers(1, 7), min_size=1).map(lambda d: tuple(sorted(d)))
)


@st.composite
def near_messages(draw: st.DrawFn, utc: datetime, zone: ZoneInfo, number: int) -> Message:
    """A message with something that changes near a time."""
    wall = (utc + draw(NEAR)).astimezone(zone).time()
    windows = st.lists(
        WINDOWS | st.builds(Window, st.just(wall), WALLS) | st.builds(Window, WALLS, st.just(wall))
    )
    return message(
        f"m-{number}", sent=utc - 30 * DAY, expires=utc + draw(NEAR | st.just(DAY)),
        starts=draw(st.none() | NEAR.map(lambda n: utc + n)), windows=tuple(draw(windows)),
        priority=draw(st.integers(0, 2)), withdrawn=draw(st.booleans()),
    )  # fmt: skip


@st.composite
def moments(draw: st.DrawFn) -> tuple[datetime, ZoneInfo, list[Message]]:
    utc, zone = draw(MOMENTS), draw(st.sampled_from(ZONES))
    return utc, zone, [draw(near_messages(utc, zone, n)) for n in range(draw(st.integers(1, 4)))]


@settings(deadline=None, derandomize=True, max_examples=400)
@given(moments(), st.lists(st.floats(0, 1), max_size=5))
@example((NOW, CHENGDU, [message(windows=(Window(time(12, 0, 5), time(12, 0, 7)),))]), [0.45, 0.55])
def test_nothing_changes_before_the_next_change(
    moment: tuple[datetime, ZoneInfo, list[Message]], parts: list[float]
) -> None:
    utc, zone, messages = moment
    change = next_change(messages, utc)
    assert utc < change <= utc + TURN
    last = change - timedelta(microseconds=1)
    between = [utc + part * (last - utc) for part in (*parts, 0.5, 1.0)]
    now = on_turn(due(messages, utc, zone), utc)
    assert [on_turn(due(messages, t, zone), t) for t in between] == [now] * len(between)


def test_the_next_change_is_not_after_a_start_or_an_expiry() -> None:
    soon = NOW + timedelta(seconds=1, microseconds=1)
    assert next_change([message(starts=soon)], NOW) == soon
    assert next_change([message(expires=soon)], NOW) == soon


def test_a_moment_before_a_turn_belongs_to_the_old_one_however_late_the_year() -> None:
    utc = datetime(9000, 1, 1, tzinfo=UTC)
    assert next_change([], utc - timedelta(microseconds=1)) == utc
