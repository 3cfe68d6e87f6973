"""Which page is on the glass: the order of the design, and nothing else decides."""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.car import Car, Hold
from agent.clock import Reading
from agent.detection.events import Motion, ShakingFelt
from agent.known import Entry, Known, key
from agent.stage import ALARM_PAGES, DO_NOT_USE, EARTHQUAKE, IDLE, choose
from content.cabin import Advice
from content.message import Publication
from content.page import Page
from content.pages import page_of
from drivers.doors import Door
from tests.agent_rig import BEGINNING, alert, message, reading

ZONE = ZoneInfo("Asia/Shanghai")
FELT = ShakingFelt(1.0, 0.5, 0.9, 4.1, 7.0)
HOLD = Hold("h", BEGINNING, clock_good=True)
RIDING = Car(Motion.UP, Door.CLOSED)
QUAKE = alert("quake", event="earthquake", severity=1)


def known(*publications: Publication) -> Known:
    return {key(publication): Entry(publication, 0.0) for publication in publications}


def chosen(car: Car, *publications: Publication, time: Reading | None = None) -> Page:
    return choose(car, known(*publications), time or reading(), ZONE).page


SHAKING = "shaking now"
NETWORK = "earthquake alert quake"
INSIDE = "door not open since hold h"
HELD = "hold h"
ALERT = "alert rain"
MESSAGE = "message water"
ORDER = [SHAKING, NETWORK, INSIDE, HELD, ALERT, MESSAGE]


def given_that(conditions: set[str]) -> tuple[Car, Known]:
    """A car and publications for which these conditions hold."""
    car = replace(RIDING, shaking=FELT if SHAKING in conditions else None)
    if {INSIDE, HELD} & conditions:
        car = replace(car, hold=replace(HOLD, door_opened=INSIDE not in conditions))
    wanted: dict[str, Publication] = {NETWORK: QUAKE, ALERT: alert(severity=4), MESSAGE: message(priority=9)}
    return car, known(*(wanted[name] for name in wanted if name in conditions))


@pytest.mark.parametrize(
    "conditions", [set(some) for n in range(1, 7) for some in combinations(ORDER, n)], ids=" + ".join
)
def test_the_highest_of_all_that_holds_has_the_glass(conditions: set[str]) -> None:
    car, publications = given_that(conditions)
    choice = choose(car, publications, reading(), ZONE)
    assert choice.rule == next(name for name in ORDER if name in conditions)


def test_with_nothing_to_say_the_idle_page_is_shown() -> None:
    assert choose(Car(), {}, reading(), ZONE).rule == "nothing else"
    assert chosen(Car()) == IDLE


def test_shaking_and_an_alert_from_the_network_show_the_page_of_the_cars_state() -> None:
    assert chosen(replace(RIDING, shaking=FELT)) == EARTHQUAKE[Advice.RIDING]
    assert chosen(RIDING, QUAKE) == EARTHQUAKE[Advice.RIDING]
    parked = Car(Motion.PARKED, Door.OPEN)
    assert chosen(parked, QUAKE) == EARTHQUAKE[Advice.LEAVE]


@pytest.mark.parametrize(
    ("door", "opened", "page"),
    [
        (Door.CLOSED, False, EARTHQUAKE[Advice.CLOSED]),
        (Door.MOVING, False, EARTHQUAKE[Advice.CLOSED]),
        (Door.BLOCKED, False, EARTHQUAKE[Advice.CLOSED]),
        (Door.OPEN, False, DO_NOT_USE),
        (None, False, DO_NOT_USE),
        (Door.CLOSED, True, DO_NOT_USE),
        (Door.MOVING, True, DO_NOT_USE),
    ],
)
def test_a_hold_helps_whoever_may_be_inside_until_the_door_was_open(
    door: Door | None, opened: bool, page: Page
) -> None:
    car = Car(Motion.PARKED, door, hold=replace(HOLD, door_opened=opened))
    assert chosen(car) == page


def test_the_gravest_alert_is_shown_and_of_equal_ones_the_newest() -> None:
    old, new, grave = (
        alert("old"),
        alert("new", sent=BEGINNING + timedelta(seconds=1)),
        alert("g", severity=4),
    )
    assert choose(Car(), known(old, new), reading(), ZONE).rule == "alert new"
    assert choose(Car(), known(old, new, grave), reading(), ZONE).rule == "alert g"
    assert chosen(Car(), old, grave) == page_of(grave)


def test_a_doubtful_clock_shows_no_message_but_alerts() -> None:
    assert chosen(Car(), message()) == page_of(message())
    assert chosen(Car(), message(), time=reading(good=False)) == IDLE
    assert chosen(Car(), message(), alert(), time=reading(good=False)) == page_of(alert())


def test_messages_of_the_same_priority_take_turns() -> None:
    one, two = message("one", body=alert().body), message("two")
    pages = {chosen(Car(), one, two, time=reading(at)) for at in (0.0, 12.0)}
    assert pages == {page_of(one), page_of(two)}


def test_what_is_withdrawn_or_expired_is_not_shown() -> None:
    assert chosen(Car(), message(withdrawn=True), alert(withdrawn=True)) == IDLE
    assert chosen(Car(), message(), alert(), time=reading(7200.0)) == IDLE


CARS = st.builds(
    Car,
    motion=st.sampled_from([None, *Motion]),
    door=st.sampled_from([None, *Door]),
    shaking=st.sampled_from([None, FELT]),
    hold=st.sampled_from([None, HOLD, replace(HOLD, door_opened=True)]),
)
ALL: list[Publication] = [QUAKE, alert(), alert("b", severity=4), message(), message("b", priority=3)]
PUBLICATIONS = st.lists(st.sampled_from(ALL), unique_by=key)


@given(CARS, PUBLICATIONS, st.floats(0, 1e9), st.booleans())
def test_there_is_always_a_page_and_it_never_says_leave_unless_that_is_known_to_be_safe(
    car: Car, publications: list[Publication], at: float, good: bool
) -> None:
    choice = choose(car, known(*publications), reading(at, good=good), ZONE)
    messages = {page_of(message()), page_of(alert()), page_of(alert(severity=4))}
    assert choice.page in {IDLE, *ALARM_PAGES, *messages}
    assert choice.rule
    if choice.page == EARTHQUAKE[Advice.LEAVE]:
        assert car.motion is Motion.PARKED
        assert car.door is Door.OPEN


def test_the_earthquake_page_outlasts_the_shaking_for_as_long_as_the_site_says() -> None:
    car = Car(motion=Motion.PARKED, door=Door.OPEN, ended=100.0)
    pages = [choose(car, {}, reading(at), ZONE, stays_s=10.0).page for at in (100.0, 109.9, 110.0)]
    assert pages == [EARTHQUAKE[Advice.LEAVE], EARTHQUAKE[Advice.LEAVE], IDLE]
