"""Receipts say what was on the glass, for how long, and how far the clock could be believed."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import cycle
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.clock import Reading
from agent.events import DayShown, Happening, PageShown, Shown, Tally, body, kind
from agent.receipts import MOST_EXACT, MOST_ITEMS, Ledger, Receipts
from content.wire import LARGEST, Event
from tests.agent_rig import BEGINNING, reading

ZONE = ZoneInfo("Asia/Shanghai")
MIDNIGHT_S = 34_350.0
"""The building's next midnight after the beginning, which is at 14:27:30."""
Told = list[Shown | DayShown]


def show(receipts: Receipts, item: str, at: float, *, exact: bool = False, good: bool = True) -> Told:
    return list(receipts.shown(item, item, reading(at, good=good), exact=exact))


def tallies(receipts: Receipts) -> dict[str, tuple[int, float]]:
    return {name: (t.showings, t.seconds) for name, t in receipts.ledger.tallies.items()}


def again(receipts: Receipts) -> Receipts:
    """After a restart, from what the disk gives back."""
    return Receipts(ZONE, msgspec.json.decode(msgspec.json.encode(receipts.ledger), type=Ledger))


def test_what_the_schedule_shows_is_counted_and_told_when_its_day_is_over() -> None:
    receipts = Receipts(ZONE)
    for at, item in ((0.0, "water"), (10.0, "lamps"), (25.0, "water"), (30.0, "idle")):
        assert show(receipts, item, at) == []
    assert tallies(receipts) == {"water": (2, 15.0), "lamps": (1, 15.0), "idle": (1, 0.0)}
    (day,) = receipts.looked(reading(MIDNIGHT_S))
    assert isinstance(day, DayShown)
    assert day.day == "2026-12-01"
    assert day.items["water"] == Tally(2, 15.0, BEGINNING, BEGINNING + timedelta(seconds=30), "good")
    assert day.items["idle"].seconds == MIDNIGHT_S - 30.0


def test_the_same_page_again_is_the_same_showing() -> None:
    receipts = Receipts(ZONE)
    for at in (0.0, 5.0, 10.0):
        show(receipts, "water", at)
    show(receipts, "idle", 12.0)
    assert tallies(receipts)["water"] == (1, 12.0)


def test_a_page_that_stays_over_midnight_counts_on_both_days() -> None:
    receipts = Receipts(ZONE)
    show(receipts, "water", MIDNIGHT_S - 10.0)
    (first,) = receipts.looked(reading(MIDNIGHT_S))
    show(receipts, "idle", MIDNIGHT_S + 20.0)
    assert isinstance(first, DayShown)
    assert (first.items["water"].showings, first.items["water"].seconds) == (1, 10.0)
    assert tallies(receipts)["water"] == (0, 20.0)


def test_an_alert_has_a_receipt_of_its_own_from_when_to_when() -> None:
    receipts = Receipts(ZONE)
    show(receipts, "water", 0.0)
    assert show(receipts, "alert rain 1", 10.0, exact=True) == []
    assert list(receipts.looked(reading(15.0))) == []
    since, until = BEGINNING + timedelta(seconds=10), BEGINNING + timedelta(seconds=70)
    assert show(receipts, "water", 70.0) == [
        Shown("alert rain 1", "alert rain 1", since, until, 60.0, "good", False)
    ]
    assert set(tallies(receipts)) == {"water"}


def test_a_page_that_the_screen_did_not_take_is_on_no_receipt() -> None:
    receipts = Receipts(ZONE)
    show(receipts, "alert rain 1", 0.0, exact=True)
    (ended,) = receipts.dark(reading(5.0))
    assert isinstance(ended, Shown)
    assert ended.seconds == 5.0
    assert list(receipts.dark(reading(50.0))) == []
    show(receipts, "idle", 60.0)
    show(receipts, "water", 61.0)
    assert tallies(receipts)["idle"] == (1, 1.0)


def test_after_a_power_cut_an_alert_was_shown_until_it_was_last_seen_and_that_is_said() -> None:
    receipts = Receipts(ZONE)
    show(receipts, "water", 0.0)
    show(receipts, "alert rain 1", 10.0, exact=True)
    list(receipts.looked(reading(40.0)))
    after = again(receipts)
    (cut,) = after.begun()
    assert cut == Shown(
        "alert rain 1", "alert rain 1", BEGINNING + timedelta(seconds=10),
        BEGINNING + timedelta(seconds=40), 30.0, "good", True,
    )  # fmt: skip
    assert list(after.begun()) == []
    assert tallies(after)["water"] == (1, 10.0)


def test_after_a_restart_the_monotonic_clock_of_before_is_not_counted_with() -> None:
    receipts = Receipts(ZONE)
    show(receipts, "water", 5000.0)
    list(receipts.looked(reading(5010.0)))
    after = again(receipts)
    assert list(after.begun()) == []
    list(after.shown("water", "notice", Reading(3.0, BEGINNING + timedelta(seconds=5100), True), exact=False))
    list(after.looked(Reading(8.0, BEGINNING + timedelta(seconds=5105), True)))
    list(after.dark(Reading(9.0, BEGINNING + timedelta(seconds=5106), True)))
    assert tallies(after)["water"] == (2, 16.0)


def test_the_ledger_is_kept_once_an_hour_and_when_something_exact_begins_or_ends() -> None:
    receipts = Receipts(ZONE)
    show(receipts, "water", 0.0)
    kept = receipts.to_be_kept(reading(0.0))
    assert kept is not None
    show(receipts, "idle", 10.0)
    assert receipts.to_be_kept(reading(10.0)) is None
    assert kept.tallies["water"].seconds == 0.0, "what goes to the disk no longer changes"
    assert receipts.to_be_kept(reading(3600.0)) is not None
    for at, item, exact in ((3700.0, "alert rain 1", True), (3800.0, "idle", False)):
        show(receipts, item, at, exact=exact)
        assert receipts.to_be_kept(reading(at)) is not None
        assert receipts.to_be_kept(reading(at + 1.0)) is None


@pytest.mark.parametrize("doubtful", [0, 1, 2])
def test_a_receipt_is_as_good_as_the_worst_clock_it_saw(doubtful: int) -> None:
    receipts = Receipts(ZONE)
    for n, item in enumerate(("alert rain 1", "alert rain 1", "idle")):
        told = show(receipts, item, float(n), exact=item != "idle", good=n != doubtful)
    (shown,) = told
    assert isinstance(shown, Shown)
    assert shown.clock == "doubtful"


def test_a_clock_that_is_set_begins_another_day_and_the_seconds_stay_true() -> None:
    receipts = Receipts(ZONE)
    in_1970 = datetime(1970, 1, 1, tzinfo=BEGINNING.tzinfo)
    list(receipts.shown("water", "notice", Reading(0.0, in_1970, False), exact=False))
    (day,) = receipts.looked(Reading(60.0, BEGINNING, True))
    assert isinstance(day, DayShown)
    assert (day.day, day.items["water"].seconds, day.items["water"].clock) == ("1970-01-01", 60.0, "doubtful")


def test_a_day_with_too_many_items_or_alarms_stays_bounded_and_loses_no_second() -> None:
    receipts = Receipts(ZONE)
    told: Told = []
    for n in range(MOST_EXACT + 10):
        told += show(receipts, f"alert a-{n} 1", 2.0 * n, exact=True)
    for n in range(MOST_ITEMS + 10):
        told += show(receipts, f"message {'m' * 58}{n} 1", 2000.0 + 2.0 * n)
    assert sum(isinstance(one, Shown) for one in told) == MOST_EXACT
    assert len(receipts.ledger.tallies) == MOST_ITEMS + 1
    end = 2000.0 + 2.0 * (MOST_ITEMS + 10)
    list(receipts.dark(reading(end)))
    seconds = sum(t.seconds for t in receipts.ledger.tallies.values())
    assert seconds + sum(one.seconds for one in told if isinstance(one, Shown)) == pytest.approx(end)
    (day,) = receipts.looked(reading(MIDNIGHT_S))
    assert stored(day, MIDNIGHT_S) < LARGEST


STEPS = st.lists(
    st.tuples(st.floats(0.1, 9e4), st.sampled_from(["water", "idle", "alert", "look", "dark"])), max_size=30
)


@settings(derandomize=True, deadline=None)
@given(STEPS, st.booleans())
def test_every_second_is_on_exactly_one_receipt(steps: list[tuple[float, str]], restarts: bool) -> None:
    receipts, told, at, on = Receipts(ZONE), list[Shown | DayShown](), 0.0, 0.0
    standing = False
    for pause, what in [*steps, (1.0, "dark"), (9e4, "look")]:
        at, on = at + pause, on + (pause if standing else 0.0)
        if what == "look":
            told += receipts.looked(reading(at))
        elif what == "dark":
            told, standing = [*told, *receipts.dark(reading(at))], False
        else:
            told, standing = [*told, *show(receipts, what, at, exact=what == "alert")], True
        if restarts and not standing:
            receipts = again(receipts)
            told += receipts.begun()
    seconds = [one.seconds for one in told if isinstance(one, Shown)]
    seconds += [tally.seconds for one in told if isinstance(one, DayShown) for tally in one.items.values()]
    assert sum(seconds) == pytest.approx(on, abs=0.1 * len(steps) + 0.1)


def stored(event: Happening, at: float) -> int:
    """Bytes on the display's disk."""
    time = reading(at)
    full = Event("", "none", 0, kind(event), time.utc, time.quality, body(event, time))
    return len(msgspec.json.encode(full))


def month() -> Iterable[tuple[float, str, bool]]:
    """Thirty days: 50 messages in rotation, ten seconds each, by day; at night idle; three alerts a day."""
    messages = cycle([f"message notice-of-the-building-{n} 12" for n in range(50)])
    for day in range(30):
        for turn in range(8640):
            at = 86_400.0 * day + 10.0 * turn
            if turn % 2880 < 6:
                yield at, f"alert heavy-rain-in-the-city-{day}-{turn // 2880} 1", True
            else:
                yield at, "idle" if turn > 6000 else next(messages), False


def test_a_month_offline_with_fifty_messages_in_rotation_fits_in_a_megabyte() -> None:
    receipts, told_bytes, days = Receipts(ZONE), 0, 0
    for at, item, exact in month():
        if exact or receipts.is_new(item):
            told_bytes += stored(PageShown("notice", item), at)
        for event in show(receipts, item, at, exact=exact):
            told_bytes += stored(event, at)
            days += isinstance(event, DayShown)
    assert days == 30
    assert told_bytes < 1_000_000
