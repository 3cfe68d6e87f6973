"""What a manager is told of the displays: who has what, who shows it, and why."""

from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from content.__main__ import main
from content.commands.rules import explained, shows
from content.desk import Desk
from content.wire import Event, digest
from tests.commands_rig import WORDS, Office
from tests.content_rig import AREA, NOW


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, capsys)


def took(sequence: int, name: str, revision: int) -> Event:
    body = {"kind": "message", "id": name, "revision": revision}
    return Event(f"box-{sequence}", "box", sequence, "took", NOW, "good", body)


def test_areas_are_a_tree_with_lifts_and_displays_online(office: Office) -> None:
    office.write_areas()
    office.hear("lift-1")
    office.hear("lift-2", online=False)
    fields = {row["area"]: (row["lifts"], row["online"]) for row in office.reads("areas")}
    assert fields["cn"] == (3, 1)
    assert fields[AREA] == (2, 1)
    assert fields["cn/sichuan/mianyang"] == (1, 0)
    out = office.does("areas", "--desk", str(office.desk))
    assert "    chengdu" in out
    assert "成都市" in out


def test_areas_without_a_file_say_where_to_write_one(office: Office) -> None:
    assert "areas.toml is not there" in office.refused("areas", "--desk", str(office.desk))


def test_status_says_who_is_behind(office: Office) -> None:
    office.add()
    office.hear("lift-1", known=digest([("message", "water", 1)]))
    office.hear("lift-2", known=digest([]))
    office.hear("lift-3")
    cars = office.reads("status")
    assert {car: cars[car]["has_all"] for car in cars} == {
        "lift-1": "yes",
        "lift-2": "behind",
        "lift-3": "not said",
    }


def test_status_of_a_message_says_who_has_and_who_shows_it(office: Office) -> None:
    office.add()
    office.hear("lift-1", took(1, "water", 1), took(2, "water", 2), rule="message water")
    office.hear("lift-2", took(1, "fire", 1), online=False)
    office.hear("elsewhere", area="cn/yunnan/kunming/lift-1")
    assert office.reads("status", "--message", "water") == [
        {
            "car": "lift-1",
            "online": True,
            "has": 2,
            "refused": None,
            "over": None,
            "shows": True,
            "publisher": None,
        },
        {
            "car": "lift-2",
            "online": False,
            "has": 0,
            "refused": None,
            "over": None,
            "shows": False,
            "publisher": None,
        },
    ]
    assert "no alert water" in office.refused("status", "--alert", "water", "--desk", str(office.desk))


def refused(sequence: int, topic: str, reason: str) -> Event:
    return Event(
        f"box-{sequence}", "box", sequence, "refused", NOW, "good", {"topic": topic, "reason": reason}
    )


WATER = "hoistway/1/content/cn.sichuan.chengdu.tower-a/message.water.json"
OTHERS = "hoistway/1/content/cn.sichuan.chengdu/message.water.json"


@pytest.mark.parametrize(
    ("told", "has", "reason", "words"),
    [
        ([refused(1, WATER, "too long")], 0, "too long", "refused"),
        ([took(1, "water", 1), refused(2, WATER, "too long")], 1, "too long", "revision 1, refuses 2"),
        ([took(1, "water", 2), refused(2, WATER, "one around")], 0, "one around", "refused"),
        ([refused(1, WATER, "too long"), took(2, "water", 2)], 2, None, "revision 2"),
        ([took(1, "water", 2), refused(2, OTHERS, "one around")], 2, None, "revision 2"),
        (
            [took(1, "water", 2), refused(2, "hoistway/1/content/7.snapshot.json", "bad")],
            2,
            None,
            "revision 2",
        ),
    ],
)
def test_status_of_a_message_says_who_refused_it_last(
    office: Office, told: list[Event], has: int, reason: str | None, words: str
) -> None:
    office.add()
    office.add()
    office.hear("lift-1", *told)
    (row,) = office.reads("status", "--message", "water")
    assert (row["has"], row["refused"]) == (has, reason)
    assert f"  {words}  " in office.does("status", "--message", "water", "--desk", str(office.desk))


def test_a_refusal_counts_no_more_once_the_display_knows_all(office: Office) -> None:
    office.add()
    office.hear("lift-1", refused(1, WATER, "too long"), known=digest([("message", "water", 1)]))
    (row,) = office.reads("status", "--message", "water")
    assert (row["has"], row["refused"]) == (1, None)


def test_status_of_an_alert_says_who_refused_it_and_where_it_was_cancelled(office: Office) -> None:
    office.send()
    office.hear("lift-1", refused(1, "hoistway/1/area/cn/sichuan/alert/quake", "too long"))
    (row,) = office.reads("status", "--alert", "quake")
    assert (row["has"], row["refused"], row["over"]) == (0, "too long", None)
    office.does("alert", "cancel", "--yes", *office.signing(), "--id", "quake")
    (kept,) = [one for one in office.published() if one.withdrawn]
    office.hear("lift-1", known=digest([("alert", kept.id, kept.revision)]))
    (row,) = office.reads("status", "--alert", "quake")
    assert (row["has"], row["refused"], row["over"]) == (0, None, "cancelled")


def test_a_display_that_took_a_withdrawal_has_the_message_no_more(office: Office) -> None:
    office.add()
    office.does("message", "withdraw", *office.signing(), "--id", "water")
    office.hear("lift-1", took(1, "water", 1))
    assert [row["has"] for row in office.reads("status", "--message", "water")] == [1]
    office.hear("lift-1", took(2, "water", 2))
    (row,) = office.reads("status", "--message", "water")
    assert (row["has"], row["over"]) == (0, "withdrawn")
    assert "  withdrawn  " in office.does("status", "--message", "water", "--desk", str(office.desk))


def test_what_was_withdrawn_for_a_wider_area_does_not_hide_what_stands_here(office: Office) -> None:
    office.add("--area", "cn/sichuan")
    office.does("message", "withdraw", *office.signing(), "--id", "water")
    office.add()
    office.hear("lift-1", took(1, "water", 3))
    (row,) = office.reads("status", "--message", "water")
    assert (row["has"], row["over"]) == (3, None)


def test_why_says_what_the_display_refused(office: Office) -> None:
    office.add()
    office.hear("lift-1", refused(1, WATER, "body: 3 lines too many"), known=digest([]))
    out = office.does("why", "lift-1", "--desk", str(office.desk))
    assert "message water is refused: body: 3 lines too many." in out
    assert "waits" not in out
    (row,) = office.reads("why", "lift-1")["waiting"]
    assert (row["refused"], row["because"]) == (True, "body: 3 lines too many")


def test_why_names_the_rule_and_what_waits(office: Office) -> None:
    office.add("--window", "07:00-22:00")
    office.add_other()
    office.send()
    office.hear("lift-1", page="earthquake closed", rule="earthquake alert quake", known=digest([]))
    out = office.does("why", "lift-1", "--desk", str(office.desk))
    lines = out.splitlines()
    assert lines[0] == "lift-1 shows the page earthquake closed since 2026-11-22T04:00:00+00:00."
    assert "The earthquake alert quake is in force" in lines[1]
    assert "does not know all that it should" in lines[2]
    assert "message water waits: it has its turn in its hours (07:00-22:00" in out
    assert "message later waits: it starts at 2026-11-23" in out
    assert "alert quake waits" not in out


def test_why_names_what_waits_the_alerts_first(office: Office) -> None:
    office.add()
    office.send("--exercise")
    office.hear("lift-1", page="idle", rule="nothing else")
    assert [one["what"] for one in office.reads("why", "lift-1")["waiting"]] == [
        "alert quake",
        "message water",
    ]


def test_why_names_the_weekdays_and_the_dates_of_what_waits(office: Office) -> None:
    office.add(
        "--window", "07:00-22:00@1,2,3,4,5", "--window", "10:00-12:00@7", "--dates", "2026-11-22/2026-11-27",
        "--except", "2026-11-25",
    )  # fmt: skip
    office.hear("lift-1", page="idle", rule="nothing else")
    assert office.reads("why", "lift-1")["waiting"][0]["because"].startswith(
        "it has its turn in its hours (07:00-22:00 on Mon-Fri, 10:00-12:00 on Sun, the building's time) "
        "on its days (2026-11-22 to 2026-11-27, not 2026-11-25)"
    )


def test_why_of_a_car_with_a_wrong_clock_blames_the_clock(office: Office) -> None:
    office.add()
    office.hear("lift-1", page="idle", rule="nothing else", clock="doubtful", online=False)
    fields = office.reads("why", "lift-1")
    assert fields["waiting"] == [
        {
            "what": "message water",
            "publisher": None,
            "refused": False,
            "because": "the display's clock is doubtful, and without a clock it keeps no schedule",
        }
    ]
    assert "is offline; it last showed" in office.does("why", "lift-1", "--desk", str(office.desk))
    assert "lift-9 is not known" in office.refused("why", "lift-9", "--desk", str(office.desk))


def test_why_leaves_out_what_is_withdrawn_or_cancelled(office: Office) -> None:
    office.add()
    office.send()
    office.does("message", "withdraw", *office.signing(), "--id", "water")
    office.does("alert", "cancel", "--yes", *office.signing(), "--id", "quake")
    office.hear("lift-1", page="idle", rule="nothing else")
    assert office.reads("why", "lift-1")["waiting"] == []


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("shaking now", "It feels shaking now"),
        ("hold 7", "(hold 7)"),
        ("drill d", "nothing real"),
        ("playlist lobby: message gym", "the playlist lobby: message gym plays"),
        ("", "It says: nothing."),
    ],
)
def test_every_rule_has_words(rule: str, words: str) -> None:
    assert words in explained(rule)


def test_a_rule_shows_exactly_what_it_names() -> None:
    assert shows("earthquake alert quake", "alert", "quake")
    assert shows("drill quake", "alert", "quake")
    assert shows("playlist lobby: message gym", "message", "gym")
    assert shows("playlist lobby: message gym", "playlist", "lobby")
    assert not shows("message quake", "alert", "quake")
    assert not shows("earthquake alert quake", "alert", "earthquake")


def test_a_message_is_shown_whole(office: Office) -> None:
    office.add("--dates", "2026-11-22/2026-11-30", "--except", "2026-11-25")
    message = office.reads("message", "show", "--id", "water")
    assert message["title"]["zh"] == WORDS[1]
    assert message["exceptions"] == ["2026-11-25"]
    assert message["dates"] == [{"first": "2026-11-22", "last": "2026-11-30"}]


def test_a_playlist_is_set_listed_and_withdrawn(office: Office) -> None:
    office.add("--only-playlist")
    setting = ("playlist", "set", *office.signing(), "--area", AREA, "--id", "lobby")
    assert "playlists reach displays by that of an office alone" in office.refused(*setting, "water")
    setting += office.repository()
    office.does(*setting, "water:20", "water")
    (row,) = office.reads("playlist", "list")
    assert [item.get("seconds") for item in row["items"]] == [20.0, None]
    assert "no message gym stands" in office.refused(*setting, "gym")
    assert "2 to 600 seconds" in office.refused(*setting, "water:1")
    office.does("playlist", "withdraw", *office.signing(), "--id", "lobby")
    assert office.reads("playlist", "list")[0]["state"] == "withdrawn"


def test_a_playlist_plays_pictures_without_any_message(office: Office) -> None:
    for colour in ("navy", "teal"):
        (office.folder / colour).mkdir()
        Image.new("RGB", (400, 300), colour).save(office.folder / colour / "photo.jpg")
    files = [str(office.folder / colour / "photo.jpg") for colour in ("navy", "teal")]
    setting = ("playlist", "set", *office.signing(), *office.repository(), "--area", AREA, "--id", "lobby")
    office.does(*setting, f"{files[0]}:15", files[1])
    first, second = office.reads("playlist", "list")[0]["items"]
    assert first["seconds"] == 15.0
    assert first["picture"]["name"] != second["picture"]["name"], "two pictures of one name are two pictures"
    for item, file in ((first, files[0]), (second, files[1])):
        kept = office.folder / "pictures" / item["picture"]["sha256"]
        assert kept.read_bytes() == Path(file).read_bytes()
    assert "name a PNG, JPEG or WebP file" in office.refused(*setting, "none.png")
    assert "no id of a message, and no picture" in office.refused(*setting, "photo.gif")
    (office.folder / "bad.png").write_bytes(b"no picture")
    assert "bad.png: " in office.refused(*setting, str(office.folder / "bad.png"))


def test_a_playlist_needs_messages_that_its_whole_area_has(office: Office) -> None:
    office.add()
    setting = ("playlist", "set", *office.signing(), *office.repository(), "--id", "lobby", "water")
    assert f"stands only for {AREA}" in office.refused(*setting, "--area", "cn/sichuan")
    assert "not for cn/yunnan" in office.refused(*setting, "--area", "cn/yunnan")


def test_the_status_may_be_that_of_one_area(office: Office) -> None:
    office.hear("lift-1")
    office.hear("lift-9", area="cn/yunnan/lift-9")
    assert list(office.reads("status", "--area", "cn/sichuan")) == ["lift-1"]
    office.send()
    assert [row["car"] for row in office.reads("status", "--alert", "quake", "--area", "cn/yunnan")] == []


@pytest.mark.parametrize(
    "asked", [("status",), ("why", "lift-2"), ("status", "--alert", "quake"), ("alert", "shown", "quake")]
)
def test_whoever_asks_is_told_when_nobody_hears_of_displays_any_more(
    office: Office, capsys: pytest.CaptureFixture[str], asked: tuple[str, ...]
) -> None:
    office.hear("lift-2")
    office.send()
    words = (*asked, "--desk", str(office.desk))
    assert main([*words], utc=lambda: NOW) == 0
    assert "No display hears of it before `hoistway-content serve` runs" in capsys.readouterr().err
    desk = Desk(office.desk)
    desk.say_serving(NOW, "broker.example:8883")
    desk.close()
    assert main([*words], utc=lambda: NOW + timedelta(seconds=10)) == 0
    assert capsys.readouterr().err == ""
    assert main([*words], utc=lambda: NOW + timedelta(minutes=1)) == 0
    assert "THE SERVICE IS AWAY" in capsys.readouterr().err
