"""The whole agent in simulated time, on simulated wires."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from securesystemslib.signer import CryptoSigner

from agent.agent import Agent
from agent.detection.felt import Seismoscope
from agent.events import HoldBegan
from agent.stage import ALARM_PAGES, DO_NOT_USE, EARTHQUAKE, IDLE, WAITING_PAGES
from content.cabin import Advice
from content.envelope import public_text, seal
from content.message import Text
from content.pages import page_of
from content.wire import area_topic, event_topic
from drivers.samples import Samples
from drivers.screens import ScreenError
from simulator.chips import accelerometer
from simulator.chips.mcp23017 import MCP23017
from simulator.doors import chip as door_chip
from simulator.i2c import Nack, Transfer
from simulator.world import CHIP, SENSOR, configuration
from tests.agent_rig import (
    ALARM_S,
    AREA,
    BEGINNING,
    CAR,
    BrokenScreen,
    Rig,
    alert,
    in_simulated_time,
    looks_like,
    message,
    page_on,
    release,
)

ALERT = area_topic(AREA, "alert", "rain")


def complete(rig: Rig) -> None:
    """Every event is at the collector once, and none is missing."""
    held = rig.world.desk.events(CAR)
    assert len(rig.told) == len({event.id for event in rig.told}) == len(held)
    assert [event.sequence for event in held] == list(range(1, len(held) + 1))


@in_simulated_time
async def test_the_first_page_is_the_idle_page_and_comes_at_once(rig: Rig) -> None:
    rig.begin()
    await rig.until(3.0)
    assert rig.page == IDLE
    assert [one.now for one in rig.screen.frames] == [0.0]


@in_simulated_time
async def test_the_earthquake_page_comes_in_the_step_of_the_alarm(rig: Rig) -> None:
    rig.shake(10.0)
    rig.begin()
    await rig.until(10.0 + ALARM_S)
    (felt,) = rig.events("shaking-felt")
    shown = rig.screen.frames[-1]
    assert page_on(shown.pixels) == EARTHQUAKE[Advice.CLOSED]
    assert BEGINNING + timedelta(seconds=shown.now) == felt.utc
    assert len(rig.screen.frames) == 2


@in_simulated_time
async def test_the_page_follows_the_car_until_a_release_ends_the_hold(rig: Rig) -> None:
    rig.shake(10.0)
    rig.elevator.open_door(30.0, stay_s=10.0)
    rig.begin()
    await rig.until(34.0)
    assert rig.page == EARTHQUAKE[Advice.LEAVE]
    await rig.until(75.0)
    assert rig.page == DO_NOT_USE
    await rig.publish(release(sent=rig.wall.utc()))
    await rig.until(77.0)
    assert rig.page == IDLE
    assert [event.body["release"] for event in rig.events("hold-ended")] == ["inspected"]


@in_simulated_time
async def test_a_release_sent_before_the_hold_does_not_end_it(rig: Rig) -> None:
    rig.shake(10.0)
    rig.begin()
    await rig.until(60.0)
    await rig.publish(release(sent=BEGINNING))
    await rig.until(70.0)
    assert rig.agent.car.hold is not None
    assert [event.body["id"] for event in rig.events("took")] == ["inspected"]


@in_simulated_time
async def test_a_release_known_before_the_hold_does_not_end_it_even_without_a_clock(rig: Rig) -> None:
    rig.wall.set(datetime(1970, 1, 1, tzinfo=UTC))
    rig.shake(10.0)
    rig.begin()
    await rig.publish(release())
    await rig.until(60.0)
    assert rig.agent.car.hold is not None
    assert rig.agent.car.hold.spent == ("inspected",)
    await rig.publish(release("looked-at"))
    await rig.until(62.0)
    assert rig.agent.car.hold is None


@in_simulated_time
async def test_shaking_again_needs_a_release_sent_after_it(rig: Rig) -> None:
    rig.shake(10.0)
    rig.begin()
    await rig.until(60.0)
    inspected = release(sent=rig.wall.utc())
    rig.shake(70.0)
    await rig.until(120.0)
    await rig.publish(inspected)
    await rig.until(130.0)
    assert rig.agent.car.hold is not None
    await rig.publish(release("looked-at", sent=rig.wall.utc()))
    await rig.until(132.0)
    assert rig.agent.car.hold is None


@in_simulated_time
async def test_no_release_ends_a_hold_while_the_car_shakes(rig: Rig) -> None:
    rig.shake(10.0)
    rig.begin()
    await rig.until(10.0 + ALARM_S)
    await rig.publish(release(sent=rig.wall.utc()))
    await rig.until(40.0)
    assert rig.agent.car.hold is not None
    await rig.until(60.0)
    assert rig.agent.car.hold is None


@in_simulated_time
async def test_a_hold_is_on_the_first_frame_after_a_power_cut_and_ends_by_its_release(rig: Rig) -> None:
    rig.shake(10.0)
    rig.elevator.open_door(30.0, stay_s=10.0)
    rig.begin()
    await rig.until(60.0)
    assert rig.agent.car.hold is not None
    await rig.cut_power()
    frames = len(rig.screen.frames)
    await rig.until(90.0)
    rig.begin(service=False)
    await rig.until(100.0)
    assert page_on(rig.screen.frames[frames].pixels) == DO_NOT_USE
    assert rig.screen.frames[frames].now == pytest.approx(90.0)
    await rig.publish(release(sent=rig.wall.utc()))
    await rig.until(130.0)
    assert rig.page == IDLE
    await rig.cut_power()
    rig.begin(service=False)
    await rig.until(140.0)
    assert rig.page == IDLE
    await rig.until(500.0)
    complete(rig)


@in_simulated_time
async def test_a_hold_is_on_the_disk_in_the_step_in_which_it_began(rig: Rig) -> None:
    rig.shake(10.0)
    rig.begin()
    await rig.until(10.0 + ALARM_S)
    assert rig.store.kept("hold", dict)["id"] == rig.events("hold-began")[0].body["id"]


@in_simulated_time
async def test_a_message_kept_on_the_disk_is_shown_after_a_power_cut_without_a_broker(rig: Rig) -> None:
    rig.begin()
    await rig.publish(message())
    await rig.until(5.0)
    await rig.cut_power()
    rig.broker.kill()
    rig.begin(service=False)
    await rig.until(6.0)
    assert rig.page == page_of(message())


@in_simulated_time
async def test_another_chip_is_named_by_what_it_answered(rig: Rig) -> None:
    rig.world.bus.plug(CHIP, MCP23017(lambda _now: 0))
    rig.begin()
    await rig.until(30.0)
    (lost,) = rig.events("sensor-lost")
    assert lost.body["sensor"] == "accelerometer"
    assert "an ADXL355 answers AD 1D ED, this chip answered FF FF 00" in lost.body["reason"]
    assert rig.page == IDLE


@in_simulated_time
async def test_a_chip_that_is_not_there_is_lost_once_and_found_when_it_is_plugged_in(rig: Rig) -> None:
    rig.world.bus.unplug(CHIP)
    rig.begin()
    await rig.until(30.0)
    (lost,) = rig.events("sensor-lost")
    assert "0x1d: no acknowledge" in lost.body["reason"]
    rig.world.bus.plug(CHIP, accelerometer("adxl355")(rig.elevator.at_chip))
    await rig.until(32.0)
    assert rig.agent.car.sensors == {"accelerometer": "ADXL355", "door": "MCP23017"}
    assert [one.now for one in rig.screen.frames] == [0.0]


@pytest.mark.parametrize(("nacks", "lost"), [(3, 0), (4, 1)])
def test_three_failed_transfers_in_a_row_are_forgiven_and_a_fourth_is_not(
    nacks: int, lost: int, tmp_path: Path
) -> None:
    @in_simulated_time
    async def scenario(rig: Rig) -> None:
        rig.begin()
        await rig.until(10.0)
        done = rig.world.bus.transfers[CHIP]
        rig.world.bus.faults += [Nack(CHIP, Transfer(done + n + 1)) for n in range(nacks)]
        await rig.until(20.0)
        assert len(rig.events("sensor-lost")) == lost
        assert [e.body["sensor"] for e in rig.events("sensor-found")].count("accelerometer") == 1 + lost
        assert rig.agent.car.sensors["accelerometer"] == "ADXL355"
        assert rig.page == IDLE

    scenario(tmp_path)


@in_simulated_time
async def test_a_sensor_unplugged_and_back_is_lost_and_found_and_the_page_stays(rig: Rig) -> None:
    rig.begin()
    await rig.publish(message())
    await rig.until(5.0)
    rig.world.bus.unplug(CHIP)
    await rig.until(10.0)
    assert rig.agent.car.motion is None
    rig.world.bus.plug(CHIP, accelerometer("adxl355")(rig.elevator.at_chip))
    rig.shake(30.0)
    await rig.until(12.0)
    assert [e.body["sensor"] for e in rig.events("sensor-lost")] == ["accelerometer"]
    assert [e.body["sensor"] for e in rig.events("sensor-found")].count("accelerometer") == 2
    assert rig.page == page_of(message())
    await rig.until(30.0 + ALARM_S)
    assert rig.page == EARTHQUAKE[Advice.CLOSED]


@in_simulated_time
async def test_a_display_without_its_door_sensor_never_says_leave(rig: Rig) -> None:
    rig.shake(10.0)
    rig.elevator.open_door(30.0, stay_s=60.0)
    rig.begin()
    await rig.until(34.0)
    assert rig.page == EARTHQUAKE[Advice.LEAVE]
    rig.world.bus.unplug(SENSOR)
    await rig.until(35.0)
    assert rig.agent.car.door is None
    assert rig.page == EARTHQUAKE[Advice.UNSURE]
    since = len(rig.screen.frames)
    await rig.until(44.0)
    assert not any(looks_like(f.pixels, EARTHQUAKE[Advice.LEAVE]) for f in rig.screen.frames[since:])
    rig.world.bus.plug(SENSOR, door_chip("mcp23017", lambda _now: 1.0))
    await rig.until(46.0)
    assert rig.agent.car.door is not None


def _forged(_rig: Rig) -> bytes:
    return seal(alert(), CryptoSigner.generate_ed25519())


def _unsigned(_rig: Rig) -> bytes:
    return b'{"type":"alert","id":"rain","revision":1}'


def _truncated(rig: Rig) -> bytes:
    return seal(alert(), rig.world.signer)[:-20]


def _foreign(rig: Rig) -> bytes:
    return seal(alert(area="cn/yunnan"), rig.world.signer)


def _too_long(rig: Rig) -> bytes:
    return seal(alert(body=Text("水" * 300)), rig.world.signer)


def _no_glyph(rig: Rig) -> bytes:
    return seal(alert(title=Text("暴雨𓀀")), rig.world.signer)


def _expired(rig: Rig) -> bytes:
    return seal(alert(sent=BEGINNING - timedelta(days=1)), rig.world.signer)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (_forged, "not signed with the key"),
        (_unsigned, "not a signed envelope"),
        (_truncated, "not a signed envelope"),
        (_foreign, "signed for cn/yunnan"),
        (_too_long, "shorten"),
        (_no_glyph, "U+13000"),
        (_expired, "expired at"),
    ],
)
def test_a_bad_payload_is_refused_once_and_the_glass_keeps_its_page(
    bad: Callable[[Rig], bytes], reason: str, tmp_path: Path
) -> None:
    @in_simulated_time
    async def scenario(rig: Rig) -> None:
        rig.broker.retained[ALERT] = bad(rig)
        rig.begin()
        await rig.until(8.0)  # by then it was asked for twice
        rig.broker.cut(CAR)
        await rig.until(20.0)
        (refused,) = rig.events("refused")
        assert reason in refused.body["reason"]
        assert "\n" not in refused.body["reason"]
        assert refused.body["topic"] == ALERT
        assert [page_on(one.pixels) for one in rig.screen.frames] == [IDLE]
        await rig.publish(alert())
        await rig.until(25.0)
        assert rig.page == page_of(alert())

    scenario(tmp_path)


@in_simulated_time
async def test_without_a_broker_the_page_is_shown_and_events_are_on_the_disk(rig: Rig) -> None:
    rig.broker.kill()
    rig.shake(10.0)
    rig.begin()
    await rig.until(30.0)
    assert rig.page == EARTHQUAKE[Advice.CLOSED]
    kinds = [event.kind for event in rig.store.waiting(0, 1000)]
    assert kinds.count("shaking-felt") == kinds.count("started") == 1
    assert rig.told == []
    assert kinds.count("link-lost") == 1


@in_simulated_time
async def test_in_1970_an_alert_shows_for_its_length_and_no_time_is_shown(rig: Rig) -> None:
    rig.wall.set(datetime(1970, 1, 1, tzinfo=UTC))
    rig.begin()
    await rig.until(130.0)
    assert len(rig.events("clock-doubted")) == 1
    assert [page_on(one.pixels) for one in rig.screen.shown] == [IDLE]
    await rig.publish(message())
    await rig.publish(alert())
    await rig.until(140.0)
    assert rig.page == page_of(alert())
    await rig.until(189.0)
    assert rig.page == page_of(alert())
    await rig.until(200.0)
    assert rig.page == IDLE, "without a clock no schedule can be kept"
    assert len(rig.screen.shown) == len(rig.screen.frames) == 3
    rig.wall.set(BEGINNING + timedelta(minutes=5))
    await rig.until(206.0)
    assert rig.page == page_of(message())
    assert [e.kind for e in rig.events("clock-doubted", "clock-trusted")] == [
        "clock-doubted",
        "clock-trusted",
    ]


@in_simulated_time
async def test_an_alert_refused_by_a_clock_that_is_ahead_is_taken_once_the_clock_is_set(rig: Rig) -> None:
    rig.wall.set(BEGINNING + timedelta(days=400))
    rig.broker.retained[ALERT] = seal(alert(), rig.world.signer)
    rig.begin(service=False)
    await rig.until(8.0)
    assert "expired" in rig.events("refused")[0].body["reason"]
    rig.wall.set(BEGINNING)
    rig.broker.cut(CAR)
    await rig.until(20.0)
    assert rig.page == page_of(alert())


@in_simulated_time
async def test_the_minute_is_drawn_on_top_once_a_minute(rig: Rig) -> None:
    rig.begin()
    await rig.until(100.0)
    assert [one.now for one in rig.screen.shown] == pytest.approx([0.0, 30.0, 90.0])
    assert rig.screen.frames == rig.screen.shown[:1]


@in_simulated_time
async def test_a_screen_that_fails_once_shows_the_page_at_the_next_look(rig: Rig) -> None:
    rig.shake(10.0)
    rig.begin()
    await rig.until(20.0)
    rig.screen.errors = [ScreenError("the panel is busy")]
    await rig.until(10.0 + ALARM_S)
    assert rig.page == EARTHQUAKE[Advice.CLOSED]
    assert [event.body["reason"] for event in rig.events("screen-failed")] == ["the panel is busy"]
    assert rig.events("task-failed") == []


@in_simulated_time
async def test_a_screen_that_raises_what_no_screen_should_does_not_end_the_agent(rig: Rig) -> None:
    rig.begin()
    await rig.until(1.0)
    rig.screen.errors = [OSError("unplugged"), ValueError("odd")]
    await rig.publish(message())
    await rig.until(20.0)
    assert rig.page == page_of(message())
    assert [event.body["reason"] for event in rig.events("screen-failed")] == ["unplugged", "odd"]


@in_simulated_time
async def test_a_screen_that_stays_broken_is_told_once(rig: Rig) -> None:
    board = replace(rig.world.board, screen=BrokenScreen())
    rig.agent = Agent(board, configuration(rig.around, public_text(rig.world.signer)))
    rig.begin()
    await rig.until(120.0)
    assert len(rig.events("screen-failed")) == 1


@in_simulated_time
async def test_a_sensor_driver_that_crashes_is_started_again_and_what_it_told_is_forgotten(rig: Rig) -> None:
    crashes = iter([20.0, 20.5])

    def tap(samples: Samples, _scope: Seismoscope) -> None:
        if samples.end > due[0]:
            due[0] = next(crashes, 1e9)
            raise ZeroDivisionError("a driver with a mistake")

    due = [15.0]
    rig.agent = Agent(rig.world.board, configuration(rig.around, public_text(rig.world.signer)), tap=tap)
    rig.elevator.open_door(2.0, stay_s=1.0)
    rig.begin()
    await rig.until(15.3)
    assert [event.body["task"] for event in rig.events("task-failed")] == ["accelerometer"]
    assert rig.agent.car.motion is None
    assert "ZeroDivisionError" in rig.agent.car.sensors["accelerometer"]
    assert rig.page == IDLE
    rig.shake(60.0)
    await rig.until(60.0 + ALARM_S)
    assert rig.page == EARTHQUAKE[Advice.CLOSED]


@in_simulated_time
async def test_denied_events_and_a_collector_away_lose_nothing_and_repeat_nothing(rig: Rig) -> None:
    denied = event_topic(CAR, "door-moved")
    rig.broker.may_write = lambda client, topic: client != CAR or topic != denied
    rig.shake(20.0)
    rig.begin()
    await rig.until(25.0)
    assert "door-moved" not in {event.kind for event in rig.told}
    await rig.stop("service")
    await rig.until(85.0)
    rig.serve()
    rig.broker.may_write = lambda _client, _topic: True
    await rig.until(120.0)
    complete(rig)
    assert rig.store.count() == 0


@in_simulated_time
async def test_a_broker_killed_and_restarted_empty_has_events_and_truth_again(rig: Rig) -> None:
    rig.begin()
    await rig.until(5.0)
    rig.broker.kill()
    await rig.publish(message())
    await rig.until(60.0)
    assert "link-lost" in [event.kind for event in rig.store.waiting(0, 10)]
    rig.broker.restart()
    await rig.until(450.0)
    assert rig.page == page_of(message())
    complete(rig)


@in_simulated_time
async def test_a_display_that_is_stopped_writes_its_last_events(rig: Rig) -> None:
    rig.begin(service=False)
    await rig.until(1.0)
    rig.agent.happened(HoldBegan("h", BEGINNING, True))
    await rig.stop("agent")
    assert [event.kind for event in rig.store.waiting(0, 100)][-2:] == ["hold-began", "page-shown"]


def test_all_alarm_pages_are_ready_pages() -> None:
    assert set(EARTHQUAKE.values()) == set(ALARM_PAGES)
    assert DO_NOT_USE in WAITING_PAGES


@in_simulated_time
async def test_a_hold_that_cannot_be_read_stands_until_a_release_sent_after_it(rig: Rig) -> None:
    with sqlite3.connect(rig.folder / "display" / "hoistway.sqlite") as disk:
        disk.execute("INSERT INTO kept VALUES ('hold', ?)", (b'{"of another": "form"}',))
    await rig.publish(release("earlier", sent=BEGINNING - timedelta(hours=1)))
    rig.begin()
    await rig.until(20)
    assert rig.agent.car.hold is not None
    assert not looks_like(rig.screen.frames[-1].pixels, IDLE)
    await rig.publish(release("inspected", sent=BEGINNING + timedelta(seconds=20)))
    await rig.until(40)
    assert rig.page == IDLE
    await rig.cut_power()
    rig.begin(service=False)
    await rig.until(60)
    assert rig.page == IDLE
