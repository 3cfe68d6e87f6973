"""What a whole display tells of what it shows: receipts, and no event for every turn of a rotation."""

from datetime import timedelta

import pytest

from agent.receipts import Ledger
from agent.stage import DO_NOT_USE, IDLE, STAND_DOWN, TRAPPED
from content.broker import Delivery
from content.envelope import seal
from content.message import Alert, BadMessage, Item, Playlist, Text
from content.page import Page
from content.wire import area_topic
from drivers.screens import ScreenError
from tests.agent_rig import (
    ALARM_S,
    AREA,
    BEGINNING,
    Rig,
    alert,
    in_simulated_time,
    looks_like,
    message,
)


def shows(rig: Rig, page: Page) -> bool:
    return looks_like(rig.screen.frames[-1].pixels, page)


def pages(rig: Rig) -> list[str]:
    return [event.body["page"] for event in rig.events("page-shown")]


def brings(rig: Rig, publication: Alert) -> None:
    """Somebody else than the service, with the key that the display trusts."""
    topic = area_topic(publication.area, "alert", publication.id)
    rig.broker.deliver(Delivery(topic, seal(publication, rig.world.signer)), retain=True)


@in_simulated_time
async def test_an_alert_has_a_receipt_when_it_is_over(rig: Rig) -> None:
    rig.begin()
    await rig.until(5.0)
    await rig.publish(alert(sent=rig.wall.utc(), expires=BEGINNING + timedelta(seconds=65)))
    await rig.until(80.0)
    (shown,) = rig.events("shown")
    assert shown.body["item"] == "alert rain 1"
    assert shown.body["until"] == (BEGINNING + timedelta(seconds=65)).isoformat().replace("+00:00", "Z")
    assert 59.0 < shown.body["seconds"] <= 60.0
    assert (shown.body["clock"], shown.body["cut"]) == ("good", False)


@in_simulated_time
async def test_messages_in_rotation_are_told_once_and_summed_up_at_midnight(rig: Rig) -> None:
    later = BEGINNING + timedelta(hours=12)
    rig.begin()
    await rig.until(5.0)
    for name in ("one", "two"):
        await rig.publish(message(name, title=Text(f"{name}"), expires=later))
    rig.wall.set(BEGINNING.replace(hour=15, minute=50, second=0))
    await rig.until(400.0)
    assert pages(rig).count("notice") <= 4, "once each before the clock was set, and once each after"
    await rig.until(700.0)
    *_, day = rig.events("day-shown")
    assert day.body["day"] == "2026-12-01"
    counts = [day.body["items"][f"message {name} 1"]["showings"] for name in ("one", "two")]
    assert all(35 <= count <= 40 for count in counts), counts


@in_simulated_time
async def test_a_playlist_plays_its_messages_while_nothing_is_scheduled(rig: Rig) -> None:
    rig.begin()
    tips = message("tips", scheduled=False, expires=BEGINNING + timedelta(hours=9))
    await rig.until(5.0)
    await rig.publish(tips)
    await rig.until(6.0)
    assert rig.page == IDLE
    entry = rig.agent.library.known["message", "tips"]
    plays = Playlist("p", 1, AREA, BEGINNING, BEGINNING + timedelta(hours=9), (Item("tips"),))
    rig.agent.library.known["playlist", "p"] = type(entry)(plays, 0.0)
    await rig.until(20.0)
    assert pages(rig)[-1] == "notice"
    assert rig.events("page-shown")[-1].body["rule"] == "playlist p: message tips"


@in_simulated_time
async def test_an_alert_on_the_glass_at_a_power_cut_has_its_receipt_afterwards(rig: Rig) -> None:
    rig.begin()
    await rig.until(5.0)
    await rig.publish(alert(sent=rig.wall.utc(), expires=BEGINNING + timedelta(hours=2)))
    await rig.until(20.0)
    await rig.cut_power()
    kept: Ledger = rig.store.kept("receipts", Ledger)
    assert kept.standing is not None
    assert kept.standing.item == "alert rain 1"
    rig.begin(service=False)
    await rig.until(25.0)
    (shown,) = rig.events("shown")
    assert (shown.body["item"], shown.body["cut"]) == ("alert rain 1", True)


@in_simulated_time
async def test_an_earthquake_alert_that_is_taken_back_is_followed_by_the_all_clear(rig: Rig) -> None:
    rig.begin()
    await rig.until(5.0)
    lasts = BEGINNING + timedelta(hours=1)
    await rig.publish(alert("quake", event="earthquake", expires=lasts))
    await rig.until(10.0)
    assert pages(rig)[-1].startswith("earthquake")
    await rig.publish(alert("over", cancels=("quake",), withdrawn=True, expires=lasts))
    await rig.until(12.0)
    assert shows(rig, STAND_DOWN)
    again = alert("quake", 2, event="earthquake", expires=lasts)
    with pytest.raises(BadMessage, match="cancelled for good"):
        await rig.publish(again)
    brings(rig, again)
    await rig.until(80.0)
    assert rig.page == IDLE
    assert any("cancelled for good" in event.body["reason"] for event in rig.events("refused"))
    assert [event.body["item"] for event in rig.events("shown")] == ["alert quake 1", "stand_down"]


@in_simulated_time
async def test_a_drill_shows_its_own_page_and_begins_no_hold(rig: Rig) -> None:
    rig.begin()
    await rig.until(5.0)
    await rig.publish(alert("x", event="earthquake", severity=4, exercise=True))
    await rig.until(10.0)
    assert pages(rig)[-1].startswith("drill")
    assert rig.agent.car.hold is None


@in_simulated_time
async def test_a_door_that_stays_shut_after_a_ride_shows_that_people_are_trapped(rig: Rig) -> None:
    rig.elevator.open_door(2.0, stay_s=1.0)
    arrives = rig.elevator.ride(20.0, to_floor=9)
    rig.begin()
    await rig.until(arrives + 25.0)
    assert rig.page == IDLE
    await rig.until(arrives + 45.0)
    assert shows(rig, TRAPPED)
    rig.elevator.open_door(arrives + 50.0, stay_s=3.0)
    await rig.until(arrives + 60.0)
    assert rig.page == IDLE


@in_simulated_time
async def test_people_in_a_car_that_shook_and_did_not_open_are_trapped_until_it_opens(rig: Rig) -> None:
    rig.shake(10.0)
    rig.begin()
    await rig.until(10.0 + ALARM_S)
    assert pages(rig)[-1] == "earthquake closed"
    await rig.until(160.0)
    assert shows(rig, TRAPPED)
    rig.elevator.open_door(165.0, stay_s=3.0)
    await rig.until(175.0)
    assert rig.page == DO_NOT_USE


@in_simulated_time
async def test_a_screen_that_takes_nothing_ends_the_receipt_until_it_takes_the_page_again(rig: Rig) -> None:
    rig.begin()
    await rig.until(5.0)
    await rig.publish(alert(sent=rig.wall.utc(), expires=BEGINNING + timedelta(seconds=65)))
    await rig.until(20.0)
    rig.screen.errors = [ScreenError("unplugged"), ScreenError("unplugged")]
    await rig.until(80.0)
    first, second = rig.events("shown")
    assert [one.body["item"] for one in (first, second)] == ["alert rain 1"] * 2
    assert first.body["until"] < second.body["since"]
    assert 45.0 < first.body["seconds"] + second.body["seconds"] < 58.0


@in_simulated_time
async def test_what_cancelled_an_alert_outlives_its_own_expiry_so_that_it_never_comes_back(rig: Rig) -> None:
    rig.begin()
    await rig.until(5.0)
    lasts = BEGINNING + timedelta(seconds=100)
    await rig.publish(alert(expires=lasts))
    soon = BEGINNING + timedelta(seconds=30)
    await rig.publish(alert("over", cancels=("rain",), withdrawn=True, expires=soon))
    await rig.until(60.0)
    assert rig.page == IDLE
    brings(rig, alert(revision=2, expires=BEGINNING + timedelta(hours=1)))
    await rig.until(70.0)
    assert rig.page == IDLE
    await rig.until(130.0)
    assert rig.page == IDLE
    assert list(rig.agent.library.known) == [("alert", "over")]
