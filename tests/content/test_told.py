"""What displays told is held once, in order, for as long as somebody asks for it."""

from datetime import timedelta
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.desk import Desk
from content.told import MOST_AT_ONCE
from content.wire import Event, Received, Status
from tests.content_rig import DAY, NOW, event

CAR = "lift-2"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "desk.sqlite")


def told(sequence: int, days_ago: float, clock: str = "good") -> Event:
    return msgspec.structs.replace(event(sequence), utc=NOW - timedelta(days=days_ago), clock=clock)


def kept(desk: Desk) -> list[int]:
    return [event.sequence for event in desk.events(CAR)]


def test_an_event_is_held_once_however_often_it_is_told(desk: Desk) -> None:
    several = [(CAR, event(1)), (CAR, event(2)), (CAR, event(1))]
    assert desk.hold(several).fresh == several[:2]
    assert desk.hold(several).fresh == []
    assert desk.events(CAR) == [event(1), event(2)]


def test_received_counts_up_to_the_first_gap_and_on_when_it_closes(desk: Desk) -> None:
    def received(*sequences: int) -> Received:
        return desk.hold([(CAR, event(n)) for n in sequences]).received[CAR]

    assert received(3, 1) == Received("box", 1)
    assert received(5) == Received("box", 1)
    assert received(2) == Received("box", 3)
    assert received(4) == Received("box", 5)
    assert desk.received() == [(CAR, Received("box", 5))]


def test_the_same_numbers_of_another_car_and_of_another_outbox_are_other_events(desk: Desk) -> None:
    several = [(CAR, event(1)), ("lift-3", event(1)), (CAR, event(1, "new-box"))]
    assert desk.hold(several).fresh == several
    assert desk.received() == [
        (CAR, Received("box", 1)),
        (CAR, Received("new-box", 1)),
        ("lift-3", Received("box", 1)),
    ]


def test_a_will_keeps_what_the_car_last_said(desk: Desk) -> None:
    alive = Status(online=True, session=4, version="0.1.0", page="idle", since=NOW)
    desk.hold([], [(CAR, alive)])
    desk.hold([], [(CAR, Status(online=False, session=4))])
    assert desk.statuses() == {
        CAR: Status(online=False, session=4, version="0.1.0", page="idle", since=NOW),
    }


def test_a_will_of_a_car_never_seen_is_kept(desk: Desk) -> None:
    desk.hold([], [(CAR, Status(online=False, session=4))])
    assert not desk.statuses()[CAR].online


def test_a_car_that_is_gone_is_not_waited_for_but_seen_while_it_is_still_there(desk: Desk) -> None:
    desk.hold([(CAR, event(1))], [(CAR, Status(online=True, session=1, area="cn"))])
    desk.say_gone(CAR, gone=True)
    assert list(desk.statuses()) == [CAR]
    desk.hold([], [(CAR, Status(online=False, session=1))])
    assert list(desk.statuses()) == []
    assert desk.events(CAR) == [event(1)]
    desk.say_gone(CAR, gone=False)
    assert list(desk.statuses()) == [CAR]


def test_what_is_older_than_somebody_asks_for_is_forgotten(desk: Desk) -> None:
    desk.hold([(CAR, told(1, 9)), (CAR, told(2, 8)), (CAR, told(3, 1)), ("lift-3", told(1, 1))])
    assert desk.forget(NOW - 2 * DAY) == 2
    assert desk.forget(NOW - 2 * DAY) == 0
    assert kept(desk) == [3]
    assert len(desk.events("lift-3")) == 1


def test_what_was_forgotten_is_no_news_when_it_is_told_again(desk: Desk) -> None:
    desk.hold([(CAR, told(1, 9)), (CAR, told(2, 1))])
    desk.forget(NOW - 2 * DAY)
    held = desk.hold([(CAR, told(1, 9))])
    assert (held.fresh, held.received) == ([], {CAR: Received("box", 2)})


def test_a_clock_of_1970_makes_nothing_old(desk: Desk) -> None:
    desk.hold([(CAR, told(1, 20_000, "doubtful")), (CAR, told(2, 1))])
    assert desk.forget(NOW - 2 * DAY) == 0
    assert kept(desk) == [1, 2]


def test_a_doubtful_time_before_an_old_one_is_old(desk: Desk) -> None:
    desk.hold([(CAR, told(1, 20_000, "doubtful")), (CAR, told(2, 9)), (CAR, told(3, 1))])
    assert desk.forget(NOW - 2 * DAY) == 2
    assert kept(desk) == [3]


def test_what_is_old_goes_also_after_many_doubtful_times(desk: Desk) -> None:
    doubtful = [told(n, 20_000, "doubtful") for n in range(1, MOST_AT_ONCE + 10)]
    old = [told(n, 9) for n in range(len(doubtful) + 1, len(doubtful) + 20)]
    desk.hold([(CAR, event) for event in (*doubtful, *old)])
    while desk.forget(NOW - 2 * DAY):
        pass
    assert kept(desk) == []


def test_what_waits_for_a_gap_to_close_is_not_forgotten(desk: Desk) -> None:
    desk.hold([(CAR, told(1, 9)), (CAR, told(3, 9))])
    assert desk.forget(NOW - 2 * DAY) == 1
    assert desk.hold([(CAR, told(2, 9))]).received == {CAR: Received("box", 3)}


def test_much_is_forgotten_in_several_commits(desk: Desk) -> None:
    desk.hold([(CAR, told(n, 9)) for n in range(1, MOST_AT_ONCE + 3)])
    assert [desk.forget(NOW - 2 * DAY) for _ in range(3)] == [MOST_AT_ONCE, 2, 0]


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    days_ago=st.lists(st.integers(0, 10), max_size=12).map(lambda days: sorted(days, reverse=True)),
    told_in=st.randoms(use_true_random=False),
    again=st.booleans(),
)
def test_whatever_comes_in_whatever_order_each_is_news_once_and_nothing_young_goes(
    days_ago: list[int], told_in: Random, again: bool
) -> None:
    desk = Desk(":memory:")
    every = [(CAR, told(n, days)) for n, days in enumerate(days_ago, start=1)]
    shuffled = list(every)
    told_in.shuffle(shuffled)
    fresh = []
    for one in shuffled:
        fresh += desk.hold([one]).fresh
        desk.forget(NOW - 5 * DAY - DAY / 2)
        fresh += desk.hold([one]).fresh if again else []
    assert sorted(event.sequence for _, event in fresh) == list(range(1, len(every) + 1))
    young = [n for n, days in enumerate(days_ago, start=1) if days <= 5]
    assert kept(desk) == young
    desk.close()
