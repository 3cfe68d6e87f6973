"""Who is behind is sent everything again, but never all at once and never for ever at the same pace."""

from random import Random

from content.behind import MOST_AT_ONCE, MOST_S, Behind, Expected, is_narrowest
from content.wire import Status, digest

ALERT = ("cn", "alert", "rain", 1)
WATER = ("cn/sichuan/tower-a", "message", "water", 2)


def status(area: str, known: str = "else") -> Status:
    return Status(online=True, session=1, area=area, known=known)


def test_a_place_should_know_what_is_for_it_and_for_every_area_around_it() -> None:
    expected = Expected([ALERT, WATER])
    assert expected.digest("cn/sichuan/tower-a/lift-2") == digest([ALERT[1:], WATER[1:]])
    assert expected.digest("cn/sichuan/tower-ab/lift-2") == digest([ALERT[1:]])
    assert expected.digest("jp") == digest([])


def test_a_whole_city_is_sent_to_in_portions_and_nobody_is_forgotten() -> None:
    cars = {f"lift-{number}": status(f"cn/lift-{number}") for number in range(100)}
    behind, expected = Behind(Random(1), behind_s=10.0), Expected([ALERT])
    due = [behind.look(cars, expected, float(now)) for now in range(0, 22, 2)]
    assert max(map(len, due)) <= MOST_AT_ONCE
    assert due[:5] == [[]] * 5
    assert {car for portion in due for car in portion} == set(cars)


def test_the_pause_grows_up_to_an_hour_or_so() -> None:
    cars, expected = {"lift-2": status("cn")}, Expected([ALERT])
    behind, now = Behind(Random(1), behind_s=10.0), 0.0
    behind.look(cars, expected, now)
    for _ in range(2000):
        now = behind.cars["lift-2"].due
        assert behind.look(cars, expected, now) == ["lift-2"]
        assert behind.cars["lift-2"].due - now <= 1.5 * MOST_S
    assert behind.cars["lift-2"].due - now >= MOST_S


def test_who_has_caught_up_begins_anew_the_next_time() -> None:
    expected = Expected([ALERT])
    behind = Behind(Random(1), behind_s=10.0)
    for now in range(100):
        behind.look({"lift-2": status("cn")}, expected, float(now))
    assert behind.cars["lift-2"].sent > 1
    behind.look({"lift-2": status("cn", expected.digest("cn"))}, expected, 100.0)
    assert behind.cars == {}


def test_what_is_sent_to_a_place_reaches_others_only_where_they_share_it() -> None:
    statuses = [status("cn/a/lift-1"), status("cn/a/lift-1"), status("cn/a/lift-10"), status("cn/a")]
    assert is_narrowest("cn/a/lift-1", statuses)
    assert not is_narrowest("cn/a", statuses)
