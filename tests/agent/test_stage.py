"""Which page is on the glass: the order of the design, and nothing else decides."""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.car import TRAPPED_S, Car, Hold
from agent.clock import Reading
from agent.detection.events import Motion, ShakingFelt
from agent.known import Entry, Known, entry_of, key
from agent.stage import (
    ALARM_PAGES,
    DO_NOT_USE,
    EARTHQUAKE,
    IDLE,
    STAND_DOWN,
    STAND_DOWN_S,
    TRAPPED,
    WAITING_PAGES,
    choose,
    is_routine,
    name_of,
)
from content import layouts
from content.cabin import Advice
from content.languages import showings
from content.message import Instructions, Item, NamedPicture, Playlist, Publication, Text
from content.page import NOTHING, Page
from content.pages import page_of, page_of_alert, page_of_message
from drivers.doors import Door
from tests.agent_rig import AREA, BEGINNING, alert, message, reading

ZONE = ZoneInfo("Asia/Shanghai")
FELT = ShakingFelt(1.0, 0.5, 0.9, 4.1, 7.0)
HOLD = Hold("h", BEGINNING, clock_good=True)
RIDING = Car(Motion.UP, Door.CLOSED)
QUAKE = alert("quake", event="earthquake", severity=1)


def known(*publications: Publication) -> dict[tuple[str, str], Entry]:
    return {key(publication): Entry(publication, 0.0) for publication in publications}


def chosen(car: Car, *publications: Publication, time: Reading | None = None) -> Page:
    return choose(car, known(*publications), time or reading(), ZONE).choice.page


SHAKING = "shaking now"
NETWORK = "earthquake alert quake"
CAUGHT = "door not open for too long"
HELD = "hold h"
EXTREME = "alert fire"
OVER = "earthquake alert taken back"
ALERT = "alert rain"
DRILL = "drill exercise"
MESSAGE = "message water"
PLAYS = "playlist usual: picture festival"
ORDER = [SHAKING, NETWORK, CAUGHT, HELD, EXTREME, OVER, ALERT, DRILL, MESSAGE, PLAYS]
USUAL = Playlist(
    "usual", 1, AREA, BEGINNING, BEGINNING + timedelta(hours=1),
    (Item(picture=NamedPicture("festival", "0" * 64)),),
)  # fmt: skip
PUBLISHED: dict[str, Publication] = {
    NETWORK: QUAKE,
    EXTREME: alert("fire", severity=4),
    ALERT: alert(severity=3),
    DRILL: alert("exercise", event="earthquake", severity=4, exercise=True),
    MESSAGE: message(priority=9),
    PLAYS: USUAL,
}


def given_that(conditions: set[str]) -> tuple[Car, Known]:
    """A car and publications for which these conditions hold."""
    car = Car(Motion.PARKED, Door.CLOSED, FELT if SHAKING in conditions else None)
    car = replace(car, arrived=-TRAPPED_S if CAUGHT in conditions else None)
    car = replace(car, hold=replace(HOLD, door_opened=True) if HELD in conditions else None)
    entries = known(*(PUBLISHED[name] for name in PUBLISHED if name in conditions))
    if OVER in conditions:
        entries["alert", "past"] = Entry(alert("past", event="earthquake", withdrawn=True), 0.0, ended=0.0)
    return car, entries


@pytest.mark.parametrize(
    "conditions", [set(some) for n in range(1, 11) for some in combinations(ORDER, n)], ids=" + ".join
)
def test_the_highest_of_all_that_holds_has_the_glass(conditions: set[str]) -> None:
    car, publications = given_that(conditions)
    choice = choose(car, publications, reading(), ZONE).choice
    assert choice.rule == next(name for name in ORDER if name in conditions)


def test_with_nothing_to_say_the_idle_page_is_shown() -> None:
    assert choose(Car(), {}, reading(), ZONE).choice.rule == "nothing else"
    assert chosen(Car()) == IDLE


def test_shaking_and_an_alert_from_the_network_show_the_page_of_the_cars_state() -> None:
    assert chosen(replace(RIDING, shaking=FELT)) == EARTHQUAKE[Advice.RIDING]
    parked = Car(Motion.PARKED, Door.OPEN)
    for car, state in ((RIDING, Advice.RIDING), (parked, Advice.LEAVE), (Car(), Advice.UNSURE)):
        assert chosen(car, QUAKE) == Page("earthquake", state.value, level="1")


@pytest.mark.parametrize(
    ("door", "opened", "page"),
    [
        (Door.CLOSED, False, TRAPPED),
        (Door.MOVING, False, TRAPPED),
        (Door.BLOCKED, False, TRAPPED),
        (Door.OPEN, False, DO_NOT_USE),
        (None, False, DO_NOT_USE),
        (Door.CLOSED, True, DO_NOT_USE),
        (Door.MOVING, True, DO_NOT_USE),
    ],
)
def test_a_hold_helps_whoever_may_be_inside_until_the_door_was_open(
    door: Door | None, opened: bool, page: Page
) -> None:
    car = Car(Motion.PARKED, door, hold=replace(HOLD, door_opened=opened), ended=-TRAPPED_S)
    assert chosen(car) == page
    earlier = EARTHQUAKE[Advice.CLOSED] if page == TRAPPED else page
    assert chosen(replace(car, ended=-TRAPPED_S + 0.1)) == earlier


def test_a_car_that_rides_under_a_hold_shows_the_page_for_riding_not_trapped() -> None:
    car = replace(RIDING, hold=HOLD, ended=-1000.0)
    assert choose(car, {}, reading(), ZONE).choice.page == EARTHQUAKE[Advice.RIDING]


def test_people_are_trapped_once_the_door_stayed_shut_for_too_long_after_a_ride() -> None:
    car = Car(Motion.PARKED, Door.CLOSED, arrived=100.0)
    first = choose(car, {}, reading(100.0), ZONE)
    assert first.choice.page == IDLE
    assert first.lasts_s == pytest.approx(TRAPPED_S)
    assert choose(car, {}, reading(100.0 + TRAPPED_S), ZONE).choice.page == TRAPPED


def test_the_gravest_alert_is_shown_and_of_equal_ones_the_newest() -> None:
    old, new, grave = (
        alert("old"),
        alert("new", sent=BEGINNING + timedelta(seconds=1)),
        alert("g", severity=4),
    )
    assert choose(Car(), known(old, new), reading(), ZONE).choice.rule == "alert new"
    assert choose(Car(), known(old, new, grave), reading(), ZONE).choice.rule == "alert g"
    assert chosen(Car(), old, grave) == page_of(grave)


def test_a_doubtful_clock_shows_no_message_but_alerts() -> None:
    assert chosen(Car(), message()) == page_of(message())
    assert chosen(Car(), message(), time=reading(good=False)) == IDLE
    assert chosen(Car(), message(), alert(), time=reading(good=False)) == page_of(alert())


def test_messages_of_the_same_priority_take_turns() -> None:
    one, two = message("one", body=alert().body), message("two")
    pages = {chosen(Car(), one, two, time=reading(at)) for at in (0.0, 8.0)}
    assert pages == {page_of(one), page_of(two)}


FOUR = Text("停水", "Water off", "停水", "断水")


def test_a_message_in_four_languages_has_two_pages_in_turn() -> None:
    four = message(title=FOUR, body=FOUR)
    pages = {chosen(Car(), four, time=reading(at)) for at in (0.0, 8.0, 16.0)}
    assert pages == {page_of_message(four, pair) for pair in showings([FOUR])}
    assert len(pages) == 2


def test_an_alert_in_four_languages_takes_turns_with_itself_and_never_with_a_message() -> None:
    four = msgspec.structs.replace(alert(), title=FOUR, body=FOUR)
    pages = {chosen(Car(), four, alert("b", severity=2), message(), time=reading(n)) for n in range(40)}
    assert pages == {page_of_alert(four, Advice.UNSURE, pair) for pair in showings([FOUR])}
    assert len(pages) == 2
    first = choose(Car(), known(four), reading(), ZONE)
    assert first.lasts_s <= 8.0
    then = choose(Car(), known(four), reading(first.lasts_s), ZONE)
    assert first.choice.page != then.choice.page
    assert first.choice.item == then.choice.item, "receipts count it once"


def test_an_instruction_for_the_cars_state_stands_in_place_of_the_body_and_of_the_built_in_page() -> None:
    stay = Text("请留在轿厢内", "Stay in the car")
    rain = alert(instructions=Instructions(riding=stay))
    assert chosen(RIDING, rain).body == stay
    assert chosen(Car(), rain).body == alert().body
    quake = alert("quake", event="earthquake", severity=4, instructions=Instructions(riding=stay))
    assert chosen(RIDING, quake) == Page("other_alert", "4", title=quake.title, body=stay)
    assert chosen(Car(), quake) == Page("earthquake", "unsure", level="4")


def test_instructions_are_named_as_the_states_of_the_car() -> None:
    assert set(Instructions.__struct_fields__) == {advice.value for advice in Advice}


def test_a_drill_has_its_own_page_whatever_it_exercises() -> None:
    quake = alert("x", event="earthquake", severity=4, exercise=True)
    assert chosen(RIDING, quake) == Page("drill", "riding")
    rain = alert("x", exercise=True)
    assert chosen(RIDING, rain) == Page("drill", title=rain.title, body=rain.body)
    told = alert("x", event="earthquake", exercise=True, instructions=Instructions(riding=Text("练习")))
    assert chosen(RIDING, told).layout == "drill"


def test_a_drill_gives_way_to_any_real_alert() -> None:
    assert chosen(Car(), alert("x", severity=4, exercise=True), alert(severity=1)).layout == "other_alert"


def test_the_all_clear_is_shown_for_a_minute_after_an_earthquake_alert_was_taken_back() -> None:
    entries = known(QUAKE)
    back = msgspec.structs.replace(QUAKE, revision=2, withdrawn=True)
    entries[key(back)] = entry_of(back, entries, reading(10.0))
    pages = [choose(Car(), entries, reading(10.0 + n), ZONE).choice.page for n in (0.0, 59.9, 60.0)]
    assert pages == [STAND_DOWN, STAND_DOWN, IDLE]
    assert choose(Car(), entries, reading(10.0), ZONE).lasts_s == pytest.approx(STAND_DOWN_S)


def test_a_hold_says_do_not_use_and_not_that_all_is_clear() -> None:
    entries = known()
    entries["alert", "past"] = Entry(alert("past", event="earthquake", withdrawn=True), 0.0, ended=0.0)
    assert choose(Car(hold=HOLD), entries, reading(), ZONE).choice.page == DO_NOT_USE


def test_what_is_withdrawn_or_expired_is_not_shown() -> None:
    assert chosen(Car(), message(withdrawn=True), alert(withdrawn=True)) == IDLE
    assert chosen(Car(), message(), alert(), time=reading(7200.0)) == IDLE


CARS = st.builds(
    Car,
    motion=st.sampled_from([None, *Motion]),
    door=st.sampled_from([None, *Door]),
    shaking=st.sampled_from([None, FELT]),
    hold=st.sampled_from([None, HOLD, replace(HOLD, door_opened=True)]),
    ended=st.none() | st.floats(-100, 100),
    arrived=st.none() | st.floats(-100, 100),
)
ALL: list[Publication] = [
    QUAKE, alert(), alert("b", severity=4), message(), message("b", priority=3), USUAL,
    alert("c", exercise=True), msgspec.structs.replace(alert("d"), title=FOUR, body=FOUR),
    alert("e", event="earthquake", expires=BEGINNING + timedelta(seconds=7)),
    message("f", priority=3, starts=BEGINNING + timedelta(seconds=30), title=FOUR),
]  # fmt: skip
PUBLICATIONS = st.lists(st.sampled_from(ALL), unique_by=key)
GONE = Entry(alert("past", event="earthquake", withdrawn=True), 0.0, ended=5.0)


@settings(derandomize=True, deadline=None)
@given(CARS, PUBLICATIONS, st.floats(0, 1e8), st.booleans())
def test_there_is_always_a_page_and_it_never_says_leave_unless_that_is_known_to_be_safe(
    car: Car, publications: list[Publication], at: float, good: bool
) -> None:
    choice = choose(car, known(*publications), reading(at, good=good), ZONE).choice
    assert choice.page.layout in layouts.names()
    assert choice.rule
    assert choice.item
    if choice.page.variant == "leave":
        assert car.motion is Motion.PARKED
        assert car.door is Door.OPEN
    if choice.page.title == choice.page.body == NOTHING and choice.page.picture is None:
        assert choice.item in (name_of(choice.page), "alert quake 1", "alert e 1", "alert c 1")


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    CARS, PUBLICATIONS, st.booleans(), st.builds(reading, st.floats(0, 120), good=st.booleans()),
    st.lists(st.floats(0, 1), max_size=6),
)  # fmt: skip
def test_until_the_next_moment_nothing_but_an_event_changes_the_page(
    car: Car, publications: list[Publication], gone: bool, begin: Reading, parts: list[float]
) -> None:
    entries = known(*publications) | ({("alert", "past"): GONE} if gone else {})
    now = choose(car, entries, begin, ZONE, stays_s=7.0)
    assert now.lasts_s > 0
    most_s = min(now.lasts_s, 1000.0) - 1e-5
    for part in (*parts, 0.5, 1.0):
        time = reading(begin.now + part * max(most_s, 0.0), good=begin.good)
        assert choose(car, entries, time, ZONE, stays_s=7.0).choice == now.choice


@settings(derandomize=True, deadline=None)
@given(CARS, PUBLICATIONS, st.floats(0, 120))
def test_while_an_alert_is_in_force_no_message_has_the_glass(
    car: Car, publications: list[Publication], at: float
) -> None:
    choice = choose(car, known(alert(), *publications), reading(at % 60), ZONE).choice
    assert not is_routine(choice)


def test_the_earthquake_page_outlasts_the_shaking_for_as_long_as_the_site_says() -> None:
    car = Car(motion=Motion.PARKED, door=Door.OPEN, ended=100.0)
    times = [choose(car, {}, reading(at), ZONE, stays_s=10.0) for at in (100.0, 109.9, 110.0)]
    pages = [decision.choice.page for decision in times]
    assert pages == [EARTHQUAKE[Advice.LEAVE], EARTHQUAKE[Advice.LEAVE], IDLE]
    assert times[0].lasts_s == pytest.approx(10.0)


def test_all_alarm_pages_are_kept_ready() -> None:
    assert set(EARTHQUAKE.values()) == set(ALARM_PAGES)
    assert DO_NOT_USE in WAITING_PAGES
