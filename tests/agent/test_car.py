"""What each event changes in the car, and which releases end a hold."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.car import TRAPPED_S, Car, Hold, after, cabin, releases, timed_out, trapped_from
from agent.clock import Reading
from agent.detection.events import (
    Motion,
    MotionFound,
    MotionLost,
    RideEnded,
    RideStarted,
    ShakingEnded,
    ShakingFelt,
    TremorFelt,
)
from agent.events import (
    ClockDoubted,
    ClockTrusted,
    DayShown,
    DoorMoved,
    GravityWrong,
    Happening,
    HoldBegan,
    HoldEnded,
    LinkLost,
    LinkRefused,
    LinkUp,
    MountingChanged,
    MountingFound,
    PageShown,
    RateMeasured,
    Refused,
    SamplesLost,
    ScreenFailed,
    SensorFound,
    SensorLost,
    Shown,
    Started,
    StoreLost,
    TaskFailed,
    Took,
    body,
    kind,
)
from content.cabin import Cabin, Doorway
from drivers.doors import Door
from tests.agent_rig import BEGINNING, reading, release

FELT = ShakingFelt(1.0, 0.5, 0.9, 4.1, 7.0)
TREMOR = TremorFelt(1.0, 0.5, (0.1, 0.1, 0.1), {"1-10 Hz": (0.1, 0.1, 0.1)}, None, None)
BEGAN = HoldBegan("h1", BEGINNING, True, ("old",))
KNOWN = Car(Motion.UP, Door.CLOSED, FELT, Hold("h1", BEGINNING, True), {"door": "MCP23017"})

CHANGES: list[tuple[Happening, dict[str, object]]] = [
    (RideStarted(1.0, Motion.DOWN), {"motion": Motion.DOWN}),
    (RideEnded(1.0), {"motion": Motion.PARKED, "arrived": 1.0}),
    (MotionFound(1.0), {"motion": Motion.PARKED}),
    (MotionLost(1.0), {"motion": None}),
    (DoorMoved(Door.MOVING), {"door": Door.MOVING}),
    (DoorMoved(None), {"door": None}),
    (ShakingFelt(2.0, 1.5, 1.0, 4.2, None), {"shaking": ShakingFelt(2.0, 1.5, 1.0, 4.2, None)}),
    (ShakingEnded(2.0, 1.0, 1.0, 4.2, None), {"shaking": None, "ended": 2.0}),
    (HoldBegan("h2", BEGINNING, False, ("r",)), {"hold": Hold("h2", BEGINNING, False, ("r",))}),
    (HoldEnded("h1", "r"), {"hold": None}),
    (SensorFound("accelerometer", "ADXL355"), {"sensors": {"door": "MCP23017", "accelerometer": "ADXL355"}}),
    (SensorLost("door", "gone"), {"door": None, "sensors": {"door": "lost: gone"}}),
    (
        SensorLost("accelerometer", "gone"),
        {"motion": None, "shaking": None, "sensors": {"door": "MCP23017", "accelerometer": "lost: gone"}},
    ),
    (TaskFailed("door", "odd"), {"door": None, "sensors": {"door": "lost: odd"}}),
    (
        TaskFailed("accelerometer", "odd"),
        {"motion": None, "shaking": None, "sensors": {"door": "MCP23017", "accelerometer": "lost: odd"}},
    ),
]


def held(hours: float, *, good: bool = True) -> tuple[Hold, Reading]:
    return Hold("h1", BEGINNING, good), reading(hours * 3600)


def test_a_hold_ends_by_time_only_where_the_site_says_so() -> None:
    hold, time = held(73)
    assert not timed_out(hold, time, None)
    assert timed_out(hold, time, 72)
    assert not timed_out(*held(71), 72)


def test_a_hold_does_not_end_by_a_clock_that_cannot_be_believed() -> None:
    assert not timed_out(*held(73, good=False), 72)


NO_CHANGE: list[Happening] = [
    Started("1"),
    SamplesLost("accelerometer"),
    RateMeasured("accelerometer", 126.2, 0.01, 0.001),
    MountingFound((0.0, 0.0, 1.0), None),
    MountingChanged((0.0, 0.0, 1.0), 12.0),
    GravityWrong(4.9),
    TREMOR,
    Took("alert", "a", 1),
    Refused("t", "r"),
    PageShown("idle", "nothing else"),
    Shown("trapped", "trapped", BEGINNING, BEGINNING, 1.0, "good", False),
    DayShown("2026-12-01", {}),
    ScreenFailed("r"),
    ClockDoubted(BEGINNING, BEGINNING),
    ClockTrusted(),
    LinkUp(1),
    LinkLost("r"),
    LinkRefused("r"),
    StoreLost("r"),
    TaskFailed("link", "r"),
]


def fields(car: Car) -> dict[str, object]:
    return {name: getattr(car, name) for name in Car.__dataclass_fields__}


@pytest.mark.parametrize(("event", "changes"), CHANGES)
def test_an_event_changes_what_it_tells_and_nothing_else(
    event: Happening, changes: dict[str, object]
) -> None:
    assert fields(after(KNOWN, event)) == {**fields(KNOWN), **changes}


@pytest.mark.parametrize("event", NO_CHANGE)
def test_an_event_that_tells_nothing_of_the_car_leaves_it_as_it_is(event: Happening) -> None:
    assert after(KNOWN, event) == KNOWN


def test_every_kind_of_event_is_tried_here() -> None:
    tried = {type(event) for event, _ in CHANGES} | {type(event) for event in NO_CHANGE}
    assert tried == set(Happening.__args__)


EVENTS = st.sampled_from([event for event, _ in CHANGES] + NO_CHANGE)
MOTIONS = (RideStarted, RideEnded, MotionFound)


@given(st.lists(EVENTS, max_size=30))
def test_nothing_unknown_becomes_known_by_itself(events: list[Happening]) -> None:
    car = Car()
    for event in events:
        before, car = car, after(car, event)
        if before.motion is None and car.motion is not None:
            assert isinstance(event, MOTIONS)
        if before.door is None and car.door is not None:
            assert isinstance(event, DoorMoved)
        if before.shaking is None and car.shaking is not None:
            assert isinstance(event, ShakingFelt)
        if before.arrived is None and car.arrived is not None:
            assert isinstance(event, RideEnded)
            assert before.door not in (None, Door.OPEN)
        if before.hold is None and car.hold is not None:
            assert isinstance(event, HoldBegan)


@given(st.lists(EVENTS, max_size=30), st.sampled_from(["lost", "failed"]))
def test_a_lost_sensor_makes_unknown_what_it_told_whatever_was_before(
    events: list[Happening], how: str
) -> None:
    car = Car()
    for event in events:
        car = after(car, event)
    lose = SensorLost if how == "lost" else TaskFailed
    without = after(after(car, lose("door", "gone")), lose("accelerometer", "gone"))
    assert (without.door, without.motion, without.shaking) == (None, None, None)
    assert without.hold == car.hold
    assert cabin(without) == Cabin(None, None)


@given(st.lists(EVENTS, max_size=30))
def test_only_a_release_ends_a_hold(events: list[Happening]) -> None:
    car = after(Car(), BEGAN)
    for event in events:
        if not isinstance(event, HoldEnded):
            car = after(car, event)
    assert car.hold is not None


def test_a_hold_remembers_that_the_door_was_open_since() -> None:
    car = after(after(Car(), DoorMoved(Door.CLOSED)), BEGAN)
    assert car.hold is not None
    assert not car.hold.door_opened
    for event in (DoorMoved(Door.MOVING), DoorMoved(Door.OPEN), DoorMoved(Door.CLOSED)):
        car = after(car, event)
    assert car.hold is not None
    assert car.hold.door_opened


def test_a_hold_that_begins_with_an_open_door_lets_people_out_at_once() -> None:
    car = after(after(Car(), DoorMoved(Door.OPEN)), BEGAN)
    assert car.hold is not None
    assert car.hold.door_opened


@pytest.mark.parametrize("door", [None, Door.MOVING, Door.CLOSED])
def test_only_an_open_door_lets_people_out(door: Door | None) -> None:
    car = after(after(Car(), BEGAN), DoorMoved(door))
    assert car.hold is not None
    assert not car.hold.door_opened


@pytest.mark.parametrize(
    ("motion", "moving"), [(None, None), (Motion.PARKED, False), (Motion.UP, True), (Motion.DOWN, True)]
)
@pytest.mark.parametrize("door", [None, *Door])
def test_a_layout_knows_what_the_car_knows(
    motion: Motion | None, moving: bool | None, door: Door | None
) -> None:
    assert cabin(Car(motion, door)) == Cabin(moving, None if door is None else Doorway(door.value))


def rode(*events: Happening, door: Door | None = Door.CLOSED) -> Car:
    """A car that arrived at 100 s, and what happened then."""
    car = after(after(Car(door=door), RideStarted(80.0, Motion.UP)), RideEnded(100.0))
    for event in events:
        car = after(car, event)
    return car


def test_people_count_as_trapped_a_while_after_a_ride_whose_door_did_not_open() -> None:
    assert trapped_from(rode()) == 100.0 + TRAPPED_S
    assert trapped_from(rode(DoorMoved(Door.MOVING), DoorMoved(Door.CLOSED))) == 100.0 + TRAPPED_S


@pytest.mark.parametrize(
    "event",
    [
        DoorMoved(Door.OPEN),
        DoorMoved(None),
        RideStarted(101.0, Motion.DOWN),
        MotionLost(101.0),
        SensorLost("door", "gone"),
        SensorLost("accelerometer", "gone"),
        TaskFailed("door", "odd"),
    ],
)
def test_whoever_can_leave_or_of_whom_nothing_is_known_is_not_trapped(event: Happening) -> None:
    assert trapped_from(rode(event)) is None
    closed_again = rode(event, DoorMoved(Door.CLOSED), MotionFound(102.0))
    assert trapped_from(closed_again) is None, "nothing begins to be known by itself"


@pytest.mark.parametrize("door", [None, Door.OPEN])
def test_a_ride_that_ends_with_an_open_or_unknown_door_traps_nobody(door: Door | None) -> None:
    assert trapped_from(rode(door=door)) is None


def test_a_car_found_parked_with_its_door_closed_traps_nobody() -> None:
    assert trapped_from(after(Car(door=Door.CLOSED), MotionFound(1.0))) is None


def test_under_a_hold_people_are_trapped_while_the_door_has_not_opened() -> None:
    car = after(after(rode(), FELT), BEGAN)
    assert trapped_from(car) is None, "while it shakes, the page for that is shown"
    ended = after(replace(car, arrived=None), ShakingEnded(200.0, 9.0, 1.0, 4.0, None))
    assert trapped_from(ended) == 200.0 + TRAPPED_S
    assert trapped_from(after(ended, DoorMoved(Door.OPEN))) is None
    assert trapped_from(after(ended, DoorMoved(None))) is None
    assert trapped_from(after(ended, RideStarted(201.0, Motion.UP))) is None
    assert trapped_from(after(ended, HoldEnded("h1", "r"))) is None


def test_a_hold_that_outlived_a_restart_traps_at_once_when_the_door_turns_out_to_be_shut() -> None:
    car = Car(hold=Hold("h1", BEGINNING, True))
    assert trapped_from(car) is None
    assert trapped_from(after(car, DoorMoved(Door.CLOSED))) == -math.inf


HOLD = Hold("h", BEGINNING, clock_good=True, spent=("spent",))


def test_a_release_sent_after_the_hold_began_ends_it() -> None:
    assert releases(release(sent=BEGINNING + timedelta(seconds=1)), HOLD, reading())
    assert releases(release(sent=BEGINNING), HOLD, reading())


def test_a_release_sent_before_the_hold_began_does_not_end_it() -> None:
    assert not releases(release(sent=BEGINNING - timedelta(seconds=1)), HOLD, reading())


@pytest.mark.parametrize("good", [True, False])
def test_a_release_known_when_the_hold_began_never_ends_it(good: bool) -> None:
    spent = release("spent", sent=BEGINNING + timedelta(days=1))
    assert not releases(spent, HOLD, reading(good=good))
    assert not releases(spent, Hold("h", BEGINNING, False, ("spent",)), reading(good=good))


def test_with_a_doubtful_clock_a_release_not_known_before_ends_the_hold() -> None:
    early = release(sent=BEGINNING - timedelta(days=1))
    assert releases(early, HOLD, reading(good=False))
    since_1970 = Hold("h", datetime(1970, 1, 1, tzinfo=UTC), clock_good=False)
    assert releases(early, since_1970, reading())


@pytest.mark.parametrize("event", [event for event, _ in CHANGES] + NO_CHANGE)
def test_an_event_has_a_name_on_the_wire_and_its_fields_as_body(event: Happening) -> None:
    assert kind(event).replace("-", "") == type(event).__name__.lower()
    assert set(body(event, reading())) == set(type(event).__dataclass_fields__)


def test_a_kind_has_a_hyphen_before_each_word() -> None:
    assert kind(RideStarted(1.0, Motion.UP)) == "ride-started"


def test_times_are_told_in_utc() -> None:
    told = body(RideStarted(100.0, Motion.UP), reading(103.5))
    assert told == {"at": (BEGINNING + timedelta(seconds=100)).isoformat(), "direction": "up"}
