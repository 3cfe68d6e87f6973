"""What a content manager types: it is done, or refused in one line that says what to change."""

import asyncio
import json
import os
import pty
import re
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from content.__main__ import main
from content.desk import Desk
from content.envelope import load_key, look_inside, public_text
from content.message import Alert, Message, Release, Window
from content.mqtt import MqttBroker
from content.wire import Status
from simulator.servers import HOST, Nats
from tests.commands_rig import WORDS, Office
from tests.content_rig import AREA, DAY, NOW, event
from tests.contract_rig import DEADLINE_S, until

OTHER = f"{AREA}-2"
TWO = ("--area", AREA, "--area", OTHER)


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, capsys)


def test_a_key_prints_the_public_text_that_a_display_is_given(office: Office) -> None:
    assert office.public == public_text(load_key(office.key))
    assert office.does("key", "--public", str(office.key)).strip() == office.public


def test_a_key_that_is_there_is_not_overwritten(office: Office) -> None:
    assert "never overwritten" in office.refused("key", str(office.key))


def test_a_message_stands_signed_on_the_desk(office: Office) -> None:
    out = office.add(
        "--title-en", "Water off", "--window", "22:00-06:00@2,1", "--priority", "3", "--days", "2"
    )
    assert out.startswith(f"message water for {AREA}: revision 1, until 2026-11-24T04:00:00+00:00")
    (message,) = office.published()
    assert isinstance(message, Message)
    assert (message.title.en, message.priority, message.expires) == ("Water off", 3, NOW + 2 * DAY)
    assert message.windows == (Window(message.windows[0].start, message.windows[0].end, (1, 2)),)
    assert message.category.zh == "通知"


def test_the_same_id_again_is_the_next_revision(office: Office) -> None:
    office.add()
    assert ": revision 2, until" in office.add("--sender-zh", "工程部")
    (message,) = office.published()
    assert isinstance(message, Message)
    assert (message.revision, message.sender.zh) == (2, "工程部")


def test_a_message_is_listed_and_withdrawn(office: Office) -> None:
    office.add("--starts", "2026-11-22T20:00+08:00")
    listing = ("message", "list", "--desk", str(office.desk))
    assert "from 2026-11-22T12:00:00+00:00" in office.does(*listing)
    assert "message water for cn/sichuan/chengdu/tower-a: withdrawn" in office.does(
        "message", "withdraw", *office.signing(), "--id", "water"
    )
    assert [(p.revision, p.withdrawn) for p in office.published()] == [(2, True)]
    (row,) = json.loads(office.does(*listing, "--json"))
    assert (row["id"], row["state"], row["title"]["zh"]) == ("water", "withdrawn", "明日停水检修")
    assert "no message water" in office.refused("message", "withdraw", *office.signing(), "--id", "water")


def test_one_command_tells_several_areas_and_one_takes_it_off_everywhere(office: Office) -> None:
    office.add(*TWO)
    assert [(p.area, p.revision) for p in office.published()] == [(AREA, 1), (OTHER, 1)]
    office.does("message", "withdraw", *office.signing(), "--id", "water")
    assert [(p.area, p.withdrawn) for p in office.published()] == [(AREA, True), (OTHER, True)]


def test_what_is_taken_off_in_one_area_is_said_to_stand_in_the_others(office: Office) -> None:
    office.add(*TWO)
    said = office.does("message", "withdraw", *office.signing(), "--id", "water", "--area", AREA)
    assert f"message water stands as before for {OTHER}." in said
    assert [(p.area, p.withdrawn) for p in office.published()] == [(OTHER, False), (AREA, True)]
    assert "stands as before" not in office.does("message", "withdraw", *office.signing(), "--id", "water")


def test_several_areas_are_told_all_or_none(office: Office) -> None:
    office.add("--area", f"{OTHER}/lift-1")
    assert f"stands for {OTHER}/lift-1" in office.refused_to_add(*TWO)
    assert [p.area for p in office.published()] == [f"{OTHER}/lift-1"]


@pytest.mark.parametrize("inner", [AREA, f"{AREA}/lift-1"])
def test_an_area_that_another_holds_already_is_not_named_beside_it(office: Office, inner: str) -> None:
    assert f"--area {inner}: is named already by --area {AREA}" in office.refused_to_add(
        "--area", AREA, "--area", inner
    )


def test_all_areas_of_one_id_are_shown(office: Office) -> None:
    office.add(*TWO)
    assert [shown["area"] for shown in office.reads("message", "show", "--id", "water")] == [AREA, OTHER]


def test_an_earthquake_alert_needs_no_words(office: Office) -> None:
    office.does(
        "alert",
        "send",
        "--yes",
        *office.signing(),
        "--area",
        "cn/sichuan",
        "--id",
        "quake",
        "--event",
        "earthquake",
    )
    (alert,) = office.published()
    assert isinstance(alert, Alert)
    assert (alert.event, alert.severity, alert.expires) == ("earthquake", 3, NOW + timedelta(hours=1))


def test_another_alert_needs_words_and_is_sent_with_them(office: Office) -> None:
    send = ("alert", "send", "--yes", *office.signing(), "--area", AREA, "--id", "rain", "--event", "rain")
    assert "--title-zh" in office.refused(*send)
    assert "from 1 to 4" in office.refused(*send, *WORDS, "--severity", "5")
    office.does(*send, *WORDS, "--severity", "4")
    assert "rain" in office.does("alert", "list", "--desk", str(office.desk))
    withdraw = ("alert", "withdraw", *office.signing(), "--id", "rain")
    assert "The withdrawal of rain goes to" in office.refused(*withdraw)
    office.does(*withdraw, "--yes")
    assert [p.withdrawn for p in office.published()] == [True]


def test_a_release_has_a_new_id_each_time(office: Office) -> None:
    office.does("release", AREA, *office.signing(), "--yes")
    (release,) = office.published()
    assert isinstance(release, Release)
    assert (release.id, release.area, release.sent) == ("20261122t040000-000000", AREA, NOW)


def test_one_lift_is_released_by_its_cars_name_or_its_area_without_a_question(office: Office) -> None:
    office.hear("lift-2")
    for where in ("lift-2", f"{AREA}/lift-2"):
        assert f"began before now in {AREA}/lift-2" in office.does("release", where, *office.signing())
        assert {p.area for p in office.published()} == {f"{AREA}/lift-2"}


def test_more_than_one_lift_is_released_only_by_somebody_who_read_how_many(office: Office) -> None:
    office.hear("lift-2")
    office.hear("lift-3")
    said = office.refused("release", AREA, *office.signing())
    assert f"RELEASE of all do-not-use holds goes to {AREA}: 2 displays" in said
    assert office.published() == []
    office.does("release", AREA, *office.signing(), "--yes")


def test_a_name_of_a_car_and_of_an_area_is_not_guessed(office: Office) -> None:
    office.write_areas()
    office.hear("cn")
    assert "is a car" in office.refused("release", "cn", *office.signing())


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--body-zh", "请提前储水" * 200), "body: shorten the Chinese by about"),
        (("--title-zh", "停水ก"), "U+0E01 THAI CHARACTER KO KAI"),
        (("--title-zh", " "), "title: is empty"),
        (("--expires", "2026-11-22T12:00+08:00"), "is past"),
        (("--expires", "2026-11-23T12:00"), "has no offset"),
        (("--expires", "tomorrow"), "is not a time"),
        (("--expires", "9999-12-31T23:59:59-10:00"), "is not a time"),
        (("--days", "0"), "from 1 to 3650"),
        (("--starts", "2026-11-30T12:00+08:00"), "expires before"),
        (("--area", "cn/四川"), "is not an area"),
        (("--area", "cn/"), "is not an area"),
        (("--id", "Water"), "is not a name"),
        (("--window", "9-17"), "is not a window"),
        (("--window", "09:00-24:00"), "is not a window"),
        (("--window", "09:00-17:00@0"), "is not a window"),
        (("--window", "09:00-09:00"), "shows all day"),
        (("--priority", "10"), "from 0 to 9"),
        (("--category-en", "Notice"), "--category-zh"),
        (("--sender-zh", "物业服务中心" * 20), "sender"),
        (("--title-en", "\udcff"), "is not UTF-8"),
        (("--size", "big"), "1080x1920"),
        (("--key", "missing.pem"), "make a key with"),
        (("--desk", "missing/desk.sqlite"), "unable to open database file"),
        (("--mood", "good"), "--mood"),
        (("--reading-s", "3", "--body-zh", "请提前储水，" * 8), "shorten the text or show it for longer"),
        (("--window", "09:00-09:00@1"), "begins when it ends"),
        (("--expires", "2026-11-22T12:00:05+08:00"), "before the message is read once"),
        (("--dates", "2026-11-30/2026-11-22"), "ends before it begins"),
        (("--except", "tomorrow"), "is not a day"),
        (("--picture", "missing.png"), "reach displays by that of an office alone"),
        (("--dates", "2026-12-24"), "say with --expires or --days how long it lasts"),
        (("--dates", "2026-11-20"), "none of these days"),
        (("--dates", "2026-11-25", "--except", "2026-11-25"), "no day from"),
        (("--dates", "2026-11-25", "--window", "09:00-17:00@1"), "no day from"),
        (("--title-fr", "Eau"), "--title-fr Eau: not known here; `hoistway-content message add --help`"),
        (("--layout", "poster", "--title-en", ""), "poster"),
    ],
)
def test_refuses_what_could_not_be_shown_and_leaves_the_desk_alone(
    office: Office, words: tuple[str, ...], reason: str
) -> None:
    assert reason in office.refused_to_add(*words)
    assert not office.desk.exists() or office.published() == []


def test_refuses_an_id_that_stands_for_a_wider_area(office: Office) -> None:
    office.add()
    assert f"stands for {AREA}" in office.refused_to_add("--area", "cn")


@pytest.mark.parametrize("words", [("status",), ("events", "lift-2"), ("message", "list"), ("alert", "list")])
def test_refuses_to_read_a_desk_that_is_not_there(office: Office, words: tuple[str, ...]) -> None:
    assert "is not there" in office.refused(*words, "--desk", str(office.folder / "typo.sqlite"))
    assert not (office.folder / "typo.sqlite").exists()


@pytest.mark.parametrize(
    "words", [(), ("message",), ("release",), ("serve", "--desk", "x", "--broker", "nowhere")]
)
def test_refuses_half_a_command(office: Office, words: tuple[str, ...]) -> None:
    assert "--help" in office.refused(*words)


def test_what_a_command_cannot_do_without_is_named(office: Office) -> None:
    assert (
        "--desk is missing: name it, or your office, with --office or in HOISTWAY_OFFICE"
        in office.refused("serve", "--broker", "b:1")
    )
    assert "--key is missing" in office.refused("release", "lift-2", "--desk", str(office.desk))
    assert "--broker is missing: write HOST:PORT" in office.refused("serve", "--desk", str(office.desk))
    assert "--office is missing" in office.refused("revoke", "lift-2")


def test_options_are_typed_whole(office: Office) -> None:
    assert "--area cn: not known here" in office.refused("areas", "--desk", str(office.desk), "--area", "cn")


def test_whoever_is_asked_reads_first_that_no_service_works_on_the_desk(office: Office) -> None:
    office.hear("lift-1")
    desk = Desk(office.desk)
    desk.say_serving(NOW - timedelta(seconds=5), "broker.example:8883")
    assert "THE SERVICE IS AWAY" not in office.refused(*office.sending())
    desk.say_away()
    assert "THE SERVICE IS AWAY" in office.refused(*office.sending())
    desk.close()


def test_whoever_publishes_is_told_when_no_service_works_on_the_desk(office: Office) -> None:
    assert "No display hears of it before `hoistway-content serve` runs" in office.send()
    desk = Desk(office.desk)
    desk.say_serving(NOW - timedelta(seconds=5), "broker.example:8883")
    assert "The service publishes it at once." in office.send()
    desk.say_serving(NOW - timedelta(minutes=5), "broker.example:8883")
    said = office.send()
    assert "THE SERVICE IS AWAY: `hoistway-content serve` last had its broker broker.example:8883 at" in said
    desk.close()


def test_status_and_events_show_what_cars_told(office: Office) -> None:
    status = Status(
        online=True, session=1, version="0.1.0", page="notice", rule="message water\x1b[2J", since=NOW,
        clock="good", sensors={"door": "lost: no answer", "accelerometer": "adxl355"},
    )  # fmt: skip
    desk = Desk(office.desk)
    desk.hold([("lift-2", event(1, floor=3))], [("lift-2", status)])
    desk.close()
    out = office.does("status", "--desk", str(office.desk))
    row = "lift-2 yes not said notice message water [2J 2026-11-22T04:00:00+00:00 good 0.1.0 door"
    assert out.splitlines()[1].split() == row.split()
    cars = json.loads(office.does("status", "--desk", str(office.desk), "--json"))
    assert cars["lift-2"]["page"] == "notice"
    assert '{"floor":3}' in office.does("events", "lift-2", "--desk", str(office.desk))
    (told,) = json.loads(office.does("events", "lift-2", "--desk", str(office.desk), "--json"))
    assert told["body"] == {"floor": 3}
    assert "lift-3 is not known" in office.refused("events", "lift-3", "--desk", str(office.desk))


def test_a_message_speaks_all_six_languages(office: Office) -> None:
    office.add(
        "--title-en", "Water off", "--title-zh-Hant", "明日停水", "--title-ja", "断水", "--title-ar", "انقطاع الماء",
        "--title-hi", "पानी बंद", "--body-ja", "水をためてください", "--body-ar", "خزّنوا الماء", "--body-hi", "पानी भर लें",
    )  # fmt: skip
    (message,) = office.published()
    assert isinstance(message, Message)
    assert (message.title.zh_hant, message.title.hi) == ("明日停水", "पानी बंद")
    assert (message.body.ar, message.body.en) == ("خزّنوا الماء", "")


def test_a_body_without_a_title_in_its_language_is_refused(office: Office) -> None:
    assert "title: is missing in English, which the body has: add --title-en" in office.refused_to_add(
        "--body-en", "Please store water"
    )


def test_a_message_needs_no_chinese(office: Office) -> None:
    added = ("message", "add", *office.signing(), "--area", AREA, "--id", "water")
    office.does(*added, "--title-ar", "انقطاع الماء", "--body-ar", "خزّنوا الماء")
    assert "--body-zh" in office.refused(*added, "--title-ar", "انقطاع الماء")


def test_words_that_do_not_fit_are_refused_on_every_page(office: Office) -> None:
    assert "shorten the Hindi" in office.refused_to_add(
        "--title-ja", "断水", "--body-ja", "断水", "--title-hi", "पानी", "--body-hi", "पानी बंद " * 80
    )


def test_a_picture_is_checked_and_kept_beside_the_desk(office: Office) -> None:
    picture = office.folder / "Lobby 1.png"
    Image.new("RGB", (400, 300), "navy").save(picture)
    office.add("--picture", str(picture), *office.repository())
    (message,) = office.published()
    assert isinstance(message, Message)
    assert message.picture is not None
    assert re.fullmatch("lobby-1-[0-9a-f]{8}", message.picture.name)
    assert (office.folder / "pictures" / message.picture.sha256).read_bytes() == picture.read_bytes()


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "is empty"), (b"no picture", "save it anew"), (b"x" * 4_000_001, "save it smaller")],
)
def test_a_picture_that_is_broken_or_too_large_is_refused(office: Office, data: bytes, reason: str) -> None:
    picture = office.folder / "lobby.png"
    picture.write_bytes(data)
    repository = office.repository()
    assert reason in office.refused_to_add("--picture", str(picture), *repository)
    assert not (office.folder / "pictures").exists()


def test_an_area_that_is_not_written_down_is_refused(office: Office) -> None:
    office.write_areas()
    assert f"did you mean {AREA}?" in office.refused_to_add("--area", f"{AREA}a")
    assert "there is no area" in office.refused("release", "cn/yunnan", *office.signing())
    assert "there is no area cn/yunnan" in office.refused(
        "alert",
        "send",
        "--yes",
        *office.signing(),
        "--area",
        "cn/yunnan",
        "--id",
        "quake",
        "--event",
        "earthquake",
    )
    office.add("--area", f"{AREA}/lift-1")


def test_the_areas_may_lie_elsewhere_and_are_explained_when_wrong(office: Office) -> None:
    wrong = office.folder / "wrong.toml"
    wrong.write_text("[areas]\n[areas.Chengdu]\n", encoding="utf-8")
    assert f"{wrong}: " in office.refused_to_add("--areas", str(wrong))
    assert "name the file of areas" in office.refused_to_add("--areas", str(office.folder / "missing.toml"))
    named = f'[areas."{AREA}"]\nzh = "花园"\n'
    wrong.write_bytes(named.encode("gb18030"))
    assert "is not in UTF-8: save it in this encoding" in office.refused_to_add("--areas", str(wrong))
    wrong.write_bytes(named.encode("utf-8-sig"))
    office.add("--areas", str(wrong))


async def test_serve_publishes_what_another_process_adds(office: Office, tmp_path: Path) -> None:
    (tmp_path / "broker").mkdir()
    nats = Nats(tmp_path / "broker")
    await nats.start()
    serve = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "content", "serve", "--broker", f"{HOST}:{nats.port}", "--desk", str(office.desk),
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with MqttBroker(HOST, nats.port).connect("display") as connection, asyncio.timeout(DEADLINE_S):
            await connection.subscribe(f"hoistway/1/area/{AREA}/message/+")
            added = ("message", "add", *office.signing(), "--area", AREA, "--id", "water", *WORDS)
            await until(office.desk.exists, "the desk")
            assert main(list(added)) == 0
            delivery = await anext(aiter(connection.deliveries()))
        assert look_inside(delivery.payload).id == "water"
        serve.terminate()
        async with asyncio.timeout(DEADLINE_S):
            assert await serve.wait() == 0
    finally:
        if serve.returncode is None:
            serve.kill()
            await serve.wait()
        nats.kill()


@pytest.mark.parametrize(
    "words",
    [
        ("--dates", "2026-12-24/2026-12-26", "--days", "60"),
        ("--dates", "2026-11-22"),
        ("--dates", "2026-11-21", "--window", "22:00-06:00@6"),
        ("--dates", "2026-11-01/2026-11-23", "--except", "2026-11-22"),
        ("--dates", "9999-12-31", "--expires", "9999-12-31T23:59:59+00:00"),
    ],
)
def test_days_of_which_one_can_come_are_taken(office: Office, words: tuple[str, ...]) -> None:
    office.add(*words)


def test_a_picture_that_is_not_there_is_named(office: Office) -> None:
    repository = office.repository()
    assert "name a PNG, JPEG or WebP file" in office.refused_to_add("--picture", "missing.png", *repository)


def test_one_word_that_is_no_car_and_no_area_is_not_released(office: Office) -> None:
    office.hear("tower-a-lift-2")
    said = office.refused("release", "tower-a-lift-9", *office.signing())
    assert "no car and no area is called tower-a-lift-9; did you mean tower-a-lift-2?" in said
    office.write_areas()
    assert "called tower-a-lift-9; did you" in office.refused("release", "tower-a-lift-9", *office.signing())
    office.does("release", "cn", "--yes", *office.signing())


def stopped(*words: str) -> tuple[int, str]:
    """Type a command at a terminal and press Ctrl-C at its question. Gives the exit code, and what it said then."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "content", *words], stdin=theirs, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    asked = b""
    while not asked.endswith(b"[yes/no] "):
        asked += process.stderr.read(1)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=30)[1].decode()
    os.close(ours)
    os.close(theirs)
    return process.returncode, said


def test_ctrl_c_at_the_question_sends_nothing_and_says_so(office: Office) -> None:
    code, said = stopped(*office.sending())
    assert (code, said.split("\n", 1)[1]) == (130, "hoistway-content: not sent, nothing was changed\n")
    assert not office.desk.exists() or office.published() == []


def test_ctrl_c_anywhere_else_says_so_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted() -> datetime:
        raise KeyboardInterrupt

    assert main(["preview", "layout", "page.png", "idle"], utc=interrupted) == 130
    assert capsys.readouterr().err == "hoistway-content: stopped\n"


def test_an_answer_that_nobody_reads_to_its_end_is_no_fault(office: Office) -> None:
    for number in range(100):
        office.hear(f"tower-a-lift-{number}")
    words = [sys.executable, "-m", "content", "status", "--desk", str(office.desk), "--json"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    assert process.wait(30) == 0
    process.stderr.close()


def test_a_file_that_cannot_be_used_is_named_with_the_reason(office: Office) -> None:
    name = f"{'x' * 300}.sqlite"
    assert f"hoistway-content: {name}: File name too long\n" == office.refused("status", "--desk", name)
