"""How far the wall clock is believed."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from agent.clock import BUILT, Clock


def clock(utc: datetime) -> Clock:
    return Clock(lambda: 7.0, lambda: utc)


def test_a_clock_in_1970_is_doubtful() -> None:
    time = clock(datetime(1970, 1, 1, tzinfo=UTC)).read()
    assert not time.good
    assert time.quality == "doubtful"
    assert time.now == 7.0


def test_a_clock_at_the_build_date_may_be_right_and_just_before_it_cannot() -> None:
    assert clock(BUILT).read().good
    assert clock(BUILT).read().quality == "good"
    assert not clock(BUILT - timedelta(microseconds=1)).read().good


def test_reading_a_time_far_ahead_does_not_raise_the_floor() -> None:
    times = iter([datetime(2090, 1, 1, tzinfo=UTC), BUILT])
    watched = Clock(lambda: 0.0, lambda: next(times))
    assert watched.read().good
    assert watched.read().good
    assert watched.floor == BUILT


def test_a_signed_time_makes_a_clock_behind_it_doubtful() -> None:
    watched = clock(BUILT + timedelta(days=1))
    watched.at_least(BUILT + timedelta(days=2))
    assert not watched.read().good


@given(st.lists(st.datetimes(timezones=st.just(UTC))))
def test_the_floor_only_rises(signed: list[datetime]) -> None:
    watched = clock(BUILT)
    for time in signed:
        before = watched.floor
        watched.at_least(time)
        assert watched.floor >= before
    assert watched.floor == max([BUILT, *signed])


def test_a_signed_time_in_another_zone_is_compared_as_a_moment() -> None:
    watched = clock(BUILT)
    watched.at_least(datetime.fromisoformat("2026-11-21T05:00:00+08:00"))
    assert watched.floor == BUILT
