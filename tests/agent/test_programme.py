"""The programme answers what the plain functions say of the same publications, after whatever came and went."""

import math
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.clock import Reading
from agent.known import Catalogue, entry_of, key, messages, playlists, warned
from agent.programme import Programme
from agent.ranked import Ranked
from content.message import Dates, Item, Playlist, Publication, Text, Window
from content.playing import scheduled
from tests.agent_rig import AREA, BEGINNING, alert, message, reading

BERLIN = ZoneInfo("Europe/Berlin")
SECOND = timedelta(seconds=1)
MANY = Text("停水", "Water off", "停水", "断水", "قطع", "पानी")

MOMENTS = st.integers(-90, 90).map(lambda s: BEGINNING + s * SECOND)
LOCAL = BEGINNING.astimezone(BERLIN)
WALLS = st.integers(-90, 90).map(lambda s: (LOCAL + s * SECOND).time()) | st.sampled_from([time(), time(9)])
WINDOWS = st.lists(st.builds(Window, WALLS, WALLS), max_size=2).map(tuple)
TODAY = LOCAL.date()
DATES = st.sampled_from([(), (Dates(TODAY, TODAY),), (Dates(TODAY - timedelta(3), TODAY - timedelta(2)),)])
NUMBERS, REVISIONS = st.integers(0, 4), st.integers(1, 3)
ENDS = MOMENTS.filter(lambda t: t > BEGINNING - 90 * SECOND)
MESSAGES = st.builds(
    lambda number, revision, **fields: message(
        f"m-{number}", revision, sent=BEGINNING - timedelta(days=2), body=MANY, **fields
    ),
    NUMBERS, REVISIONS, expires=ENDS, starts=st.none() | MOMENTS, windows=WINDOWS, dates=DATES,
    priority=st.integers(0, 1), withdrawn=st.booleans(), scheduled=st.booleans(),
    reading_s=st.none() | st.floats(2, 40), exceptions=st.sampled_from([(), (TODAY,)]),
)  # fmt: skip
ALERTS = st.builds(
    lambda number, revision, sent, lasts, **fields: alert(
        f"a-{number}", revision, sent=sent, expires=sent + lasts * SECOND, **fields
    ),
    NUMBERS, REVISIONS, MOMENTS, st.integers(1, 90), severity=st.integers(1, 4), withdrawn=st.booleans(),
    event=st.sampled_from(["earthquake", "rain"]), exercise=st.booleans(),
    cancels=st.lists(NUMBERS.map("a-{}".format), max_size=2).map(tuple),
)  # fmt: skip
PLAYLISTS = st.builds(
    lambda number, numbers, **fields: Playlist(
        f"p-{number}", 1, sent=BEGINNING, items=tuple(Item(f"m-{n}") for n in numbers), **fields
    ),
    st.integers(0, 1), st.lists(NUMBERS, max_size=3), area=st.sampled_from([AREA, "cn"]), expires=ENDS,
    withdrawn=st.booleans(),
)  # fmt: skip
LOOKS = st.builds(
    lambda now, since, good: Reading(now, BEGINNING + since, good),
    st.floats(0, 200), st.timedeltas(-timedelta(seconds=100), timedelta(seconds=100))
    | st.integers(-90, 90).map(lambda s: s * SECOND), st.booleans(),
)  # fmt: skip
FAR = st.timedeltas(-timedelta(days=400), timedelta(days=400)).map(
    lambda since: Reading(1.0, BEGINNING + since, True)
)
DROPS = st.sampled_from(
    [(kind, f"{kind[0]}-{n}") for kind in ("message", "alert", "playlist") for n in range(5)]
)


def same(programme: Programme, known: Catalogue, time: Reading) -> None:
    ours, plain = programme.alerts.warned(time), warned(known, time)
    assert (ours.earthquake, ours.other, ours.drill, ours.ended) == (
        plain.earthquake, plain.other, plain.drill, plain.ended,
    )  # fmt: skip
    assert ours.lasts_s == pytest.approx(plain.lasts_s, abs=1e-6)
    good = Reading(time.now, time.utc, good=True)
    now = scheduled(messages(known, good), playlists(known, good), time.utc, BERLIN)
    fast = programme.scheduled(time.utc)
    assert (fast.showing, fast.playlist) == (now.showing, now.playlist)
    assert time.utc < fast.until
    last = scheduled(messages(known, good), playlists(known, good), fast.until - SECOND / 10**6, BERLIN)
    assert (last.showing, last.playlist) == (fast.showing, fast.playlist)


@settings(deadline=None, derandomize=True, max_examples=400)
@given(st.lists(MESSAGES | ALERTS | PLAYLISTS | LOOKS | FAR | DROPS, max_size=25))
def test_it_says_what_the_plain_functions_say_whatever_came_and_went_and_however_the_clock_was_set(
    steps: list[Publication | Reading | tuple[str, str]],
) -> None:
    known, programme = Catalogue(), Programme(BERLIN)
    known.follow(programme)
    time = reading()
    for step in steps:
        match step:
            case Reading():
                time = step
            case tuple():
                known.pop(step, None)
            case _:
                known[key(step)] = entry_of(step, known, time)
        same(programme, known, time)


def test_it_says_the_same_at_every_second_of_some_minutes() -> None:
    known, programme = Catalogue(), Programme(BERLIN)
    known.follow(programme)
    minute = timedelta(minutes=1)
    for publication in (
        message("long", title=MANY, body=MANY), message("usual"), message("ends", expires=BEGINNING + minute),
        message("begins", starts=BEGINNING + 2 * minute, reading_s=5.0),
        alert("ends", expires=BEGINNING + minute), alert("later", severity=1, expires=BEGINNING + 2 * minute),
    ):  # fmt: skip
        known[key(publication)] = entry_of(publication, known, reading())
    for second in range(240):
        same(programme, known, reading(float(second)))
        same(programme, known, reading(float(second), good=False))


def test_who_follows_late_is_told_of_all_there_is() -> None:
    known, programme = Catalogue(), Programme(BERLIN)
    known["alert", "rain"] = entry_of(alert(), known, reading())
    known.follow(programme)
    assert programme.alerts.warned(reading()).other == alert()
    del known["alert", "rain"]
    assert programme.alerts.warned(reading()).other is None
    assert programme.alerts.warned(reading()).lasts_s == math.inf


def test_timetables_that_nobody_has_any_more_make_room_for_others() -> None:
    programme, known = Programme(BERLIN), Catalogue()
    known.follow(programme)
    for number in range(300):
        window = Window(time(number // 60, number % 60), time(23))
        known["message", "water"] = entry_of(message(windows=(window,)), known, reading())
        programme.scheduled(BEGINNING)
    assert len(programme.timetables) == 1


def test_a_clock_set_back_by_a_year_and_forth_again_is_followed() -> None:
    programme, known = Programme(BERLIN), Catalogue()
    known.follow(programme)
    plain = message(sent=BEGINNING - timedelta(days=800), expires=BEGINNING + timedelta(days=800),
                    windows=(Window(time(9), time(17)),))  # fmt: skip
    known["message", "water"] = entry_of(plain, known, reading())
    noon, night = datetime(2026, 12, 1, 11, tzinfo=UTC), datetime(2026, 12, 1, 23, tzinfo=UTC)
    year = timedelta(days=365)
    times = [noon, night, noon, noon - year, night - year, noon, night + year]
    shown = [programme.scheduled(t).showing is not None for t in times]
    assert shown == [True, False, True, True, False, True, False]


def test_ranked_things_keep_their_order_and_their_numbers() -> None:
    ranked: Ranked[int] = Ranked(lambda thing: -thing, half="d")
    assert not len(ranked.column("half"))
    for thing in (3, 9, 1, 5):
        ranked.put(thing, half=thing / 2)
    ranked.drop(3)
    ranked.set(5, "half", 0.0)
    assert ranked.things == [9, 5, 1]
    assert ranked.column("half").tolist() == [4.5, 0.0, 0.5]
