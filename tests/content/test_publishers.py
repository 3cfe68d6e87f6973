"""What publishers of areas brought from desks of their own, as the office is told of it: it knows theirs from its own."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from content.__main__ import main
from content.commands.repository_desk import RepositoryDesk
from content.envelope import load_key, seal
from content.message import BadMessage
from content.repository.contents import Contents
from content.repository.keyring import KeyRing
from content.repository.names import content_topic, target
from content.repository.publisher import opened
from content.wire import Event, digest
from tests.commands_rig import WORDS, Office
from tests.content_rig import AREA, NOW, message
from tests.publisher_rig import CITY, CityDesk, place, repository

OURS, THEIRS = ("message", "water", 1), ("message", "city", 1)


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    """It has published a message of its own."""
    office = Office(tmp_path, capsys)
    office.does("init", str(tmp_path / "office"), "--area", "cn/sichuan", "--broker", "127.0.0.1")
    office.desk = place(office) / "desk.sqlite"
    office.add()
    publishes(office)
    return office


@pytest.fixture
def city(office: Office) -> CityDesk:
    """Its publisher brought a message for the same building."""
    city = CityDesk(office)
    office.does("keys", "appoint", CITY, "--public", city.public, *repository(office))
    city.adds()
    city.is_accepted()
    return city


@pytest.fixture
def desk(office: Office) -> RepositoryDesk:
    return RepositoryDesk(office.desk, place(office) / "repository")


def publishes(office: Office) -> None:
    office.does("publish", "--desk", str(office.desk), *repository(office))


def has_all(office: Office, *known: tuple[str, str, int]) -> object:
    """What status and why say of a display of the building that knows this."""
    office.hear("lift-1", known=digest(known))
    said = office.reads("why", "lift-1")["has_all"]
    assert office.reads("status")["lift-1"]["has_all"] == said
    return said


# Why


def test_why_says_whose_message_a_car_shows(office: Office, city: CityDesk) -> None:
    office.hear("lift-1", page="notice", rule="message city", known=digest([OURS, THEIRS]))
    lines = office.does("why", "lift-1", "--desk", str(office.desk)).splitlines()
    assert lines[2] == f"message city is of the publisher of {CITY}."
    assert lines[3].startswith("message water waits: it has its turn")
    fields = office.reads("why", "lift-1")
    assert fields["shown"] == [{"what": "message city", "publisher": CITY}]
    assert [(one["what"], one["publisher"]) for one in fields["waiting"]] == [("message water", None)]
    assert fields["has_all"] == "yes"


def test_why_says_whose_message_waits_for_a_car(office: Office, city: CityDesk) -> None:
    office.hear("lift-1", page="notice", rule="message water", known=digest([OURS]))
    out = office.does("why", "lift-1", "--desk", str(office.desk))
    assert "It does not know all that it should" in out
    assert f"message city of the publisher of {CITY} waits: it has its turn" in out
    assert "is of the publisher" not in out
    assert office.reads("why", "lift-1")["shown"] == [{"what": "message water", "publisher": None}]


def test_why_says_whose_playlist_plays_and_whose_message_in_it(office: Office, city: CityDesk) -> None:
    city.plays("city")
    city.is_accepted()
    office.hear("lift-1", page="notice", rule="playlist lobby: message city")
    whose = {"message city": CITY, "playlist lobby": CITY}
    shown = office.reads("why", "lift-1")["shown"]
    assert {one["what"]: one["publisher"] for one in shown} == whose


def test_why_reads_nothing_that_is_for_other_places(office: Office, city: CityDesk) -> None:
    city.adds(f"{CITY}/tower-b", "elsewhere")
    city.is_accepted()
    office.hear("lift-1", rule="nothing else")
    (file,) = (place(office) / "repository").glob("*tower-b/*.message.elsewhere.json")
    file.unlink()
    assert {one["what"] for one in office.reads("why", "lift-1")["waiting"]} == {
        "message city",
        "message water",
    }
    refusal = office.refused("message", "list", "--desk", str(office.desk))
    assert "message.elsewhere.json is missing" in refusal


def test_what_is_read_for_a_place_is_what_stands_in_the_areas_around_it(
    office: Office, city: CityDesk
) -> None:
    city.adds(CITY, "all-of-it")
    city.adds(f"{CITY}/tower-b", "elsewhere")
    city.is_accepted()
    contents = Contents(place(office) / "repository", place(office) / "keys")
    names = {
        where: {one.publication.id for one in contents.around(where)}
        for where in (f"{AREA}/lift-1", f"{CITY}/tower-b", "cn/sichuan", "us/ny")
    }
    assert names == {
        f"{AREA}/lift-1": {"water", "city", "all-of-it"},
        f"{CITY}/tower-b": {"all-of-it", "elsewhere"},
        "cn/sichuan": set(),
        "us/ny": set(),
    }
    assert {one.publication.id: one.in_ring for one in contents.every()} == {
        "water": True,
        "city": False,
        "all-of-it": False,
        "elsewhere": False,
    }


# Who has it


def test_the_status_of_a_publishers_message_says_who_has_and_shows_it(office: Office, city: CityDesk) -> None:
    body = {"kind": "message", "id": "city", "revision": 1}
    took = Event("box-1", "box", 1, "took", NOW, "good", body)
    office.hear("lift-1", took, rule="message city")
    office.hear("elsewhere", area="cn/sichuan/mianyang/lift-1")
    row = {"car": "lift-1", "online": True, "has": 1, "refused": None, "over": None, "shows": True}
    assert office.reads("status", "--message", "city") == [{**row, "publisher": CITY}]
    words = ("status", "--desk", str(office.desk), "--message")
    assert office.does(*words, "city").split()[-1] == CITY
    assert office.does(*words, "water").splitlines()[1].endswith("this desk")
    assert "no message gym is kept" in office.refused(*words, "gym")


def test_the_status_of_a_publishers_playlist_is_that_of_all_in_its_area(
    office: Office, city: CityDesk
) -> None:
    city.plays("city")
    city.is_accepted()
    office.hear("lift-1", rule="playlist lobby: message city")
    office.hear("lift-9")
    office.hear("elsewhere", area=f"{CITY}/tower-b/lift-1")
    rows = office.reads("status", "--playlist", "lobby")
    assert [(row["car"], row["shows"], row["publisher"]) for row in rows] == [
        ("lift-1", True, CITY),
        ("lift-9", False, CITY),
    ]


def test_an_alert_has_no_publisher_in_any_answer(office: Office, city: CityDesk) -> None:
    office.desk = office.folder / "desk.sqlite"
    office.send()
    office.hear("lift-1", rule="earthquake alert quake")
    assert "publisher" not in office.reads("status", "--alert", "quake")[0]
    assert "publisher" not in office.reads("alert", "list")[0]
    assert "PUBLISHER" not in office.does("alert", "list", "--desk", str(office.desk))


# Listed, shown, changed


def test_messages_and_playlists_are_listed_with_whose_they_are(office: Office, city: CityDesk) -> None:
    city.plays("city")
    city.is_accepted()
    rows = {row["id"]: (row["publisher"], row["state"]) for row in office.reads("message", "list")}
    assert rows == {"water": (None, "standing"), "city": (CITY, "standing")}
    assert [(row["id"], row["publisher"]) for row in office.reads("playlist", "list")] == [("lobby", CITY)]
    head, first, second = office.does("message", "list", "--desk", str(office.desk)).splitlines()
    at = head.index("PUBLISHER")
    assert first[at:].startswith("this desk ")
    assert second[at:].startswith(f"{CITY} ")


def test_a_publishers_message_is_shown_whole(office: Office, city: CityDesk) -> None:
    shown = office.reads("message", "show", "--id", "city")
    assert (shown["title"]["zh"], shown["area"], shown["publisher"]) == (WORDS[1], AREA, CITY)
    assert office.reads("message", "show", "--id", "water")["publisher"] is None
    words = ("message", "show", "--desk", str(office.desk), "--id")
    assert f"stands for {AREA}, not for cn" in office.refused(*words, "water", "--area", "cn")
    assert "no message city stands there" in office.refused(*words, "city", "--area", "cn")


def test_what_a_publisher_brought_has_expired_like_anything_else(
    office: Office, city: CityDesk, desk: RepositoryDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    later = NOW + timedelta(days=8)
    assert main(["message", "list", "--desk", str(office.desk), "--json"], utc=lambda: later) == 0
    assert {row["id"]: row["state"] for row in json.loads(capsys.readouterr().out)} == {
        "water": "expired",
        "city": "expired",
    }
    assert main(["message", "show", "--id", "city", "--desk", str(office.desk)], utc=lambda: later) == 2
    assert desk.expected(later).digest(AREA) == digest([])


def test_only_its_publisher_can_withdraw_a_message(office: Office, city: CityDesk) -> None:
    before = office.reads("message", "list")
    withdraw = ("message", "withdraw", *office.signing(), "--id")
    refusal = office.refused(*withdraw, "city")
    assert (
        f"message city for {AREA} is of the publisher of {CITY}: only its publisher can withdraw it"
        in refusal
    )
    assert office.reads("message", "list") == before
    office.does(*withdraw, "water")
    assert "no message gym stands there" in office.refused(*withdraw, "gym")


def test_an_id_that_a_publisher_has_there_does_not_come_onto_the_desk(
    office: Office, city: CityDesk, desk: RepositoryDesk
) -> None:
    key = load_key(office.key)
    mine = message("city", area=AREA)
    with pytest.raises(BadMessage, match=f"of the publisher of {CITY}, and changed there: take another id"):
        desk.publish(mine, seal(mine, key))
    assert len(desk.standing("message")) == 1
    again, other = message("water", revision=2), message("city", area="cn/sichuan/mianyang")
    desk.publish(again, seal(again, key))
    desk.publish(other, seal(other, key))
    gone = message("city", revision=2, area=AREA, withdrawn=True)
    desk.publish(gone, seal(gone, key))


def test_what_cannot_go_out_is_refused_when_it_is_written(office: Office, city: CityDesk) -> None:
    adding = ("message", "add", *office.signing(), "--area", AREA, "--id", "city", *WORDS)
    assert f"of the publisher of {CITY}, and changed there: take another id" in office.refused(*adding)


AROUND, INSIDE = CITY, f"{AREA}/lift-2"


@pytest.mark.parametrize("area", [AROUND, INSIDE])
@pytest.mark.parametrize("ring", [True, False])
def test_an_id_that_a_publisher_has_around_or_inside_is_refused_when_it_is_written(
    office: Office, city: CityDesk, area: str, ring: bool
) -> None:
    if not ring:
        (place(office) / "keys").rename(office.folder / "kept-elsewhere")
    adding = ("message", "add", *office.signing(), "--area", area, "--id", "city", *WORDS)
    refusal = office.refused(*adding)
    assert f"message city for {AREA} is of the publisher of {CITY}, and displays know only one" in refusal


def test_an_id_of_a_publishers_playlist_around_is_refused_too(office: Office, city: CityDesk) -> None:
    city.plays("city")
    city.is_accepted()
    setting = ("playlist", "set", *office.signing(), "--area", INSIDE, "--id", "lobby", "city")
    assert f"playlist lobby for {AREA} is of the publisher of {CITY}" in office.refused(*setting)


def test_what_a_publisher_moved_to_a_wider_area_is_its_own_also_without_a_ring(
    office: Office, city: CityDesk
) -> None:
    key = ("--key", str(office.key))
    city.copies()
    (city.folder / "keys").rename(office.folder / "my-keys")
    office.does("message", "withdraw", *key, *city.desk, "--id", "city")
    city.adds(CITY, "city", *city.place[:2])
    refusal = office.refused(
        "message", "add", *key, *city.desk, *city.place[:2], "--area", CITY, "--id", "water", *WORDS
    )
    assert f"message water for {AREA} is of the publisher of cn/sichuan" in refusal


@pytest.mark.parametrize("area", [AROUND, INSIDE])
def test_what_came_onto_the_desk_before_a_publisher_brought_that_id_does_not_go_out(
    office: Office, area: str
) -> None:
    city = CityDesk(office)
    office.does("keys", "appoint", CITY, "--public", city.public, *repository(office))
    office.does("message", "add", *office.signing(), "--area", area, "--id", "city", *WORDS)
    city.adds()
    city.is_accepted()
    publish = ("publish", "--desk", str(office.desk), *repository(office))
    assert "around it has one too; withdraw one, or take another id" in office.refused(*publish)
    office.does("message", "withdraw", *office.signing(), "--id", "city")
    office.does(*publish)


@pytest.mark.parametrize("area", [AROUND, INSIDE])
def test_an_id_that_the_office_has_around_or_inside_is_not_accepted(
    office: Office, city: CityDesk, area: str
) -> None:
    city.adds(AREA, "lobby")
    city.copies()
    city.brings()
    office.does("message", "add", *office.signing(), "--area", area, "--id", "lobby", *WORDS)
    publishes(office)
    inner, outer = (AREA, CITY) if area == AROUND else (INSIDE, AREA)
    reason = f"message lobby for {inner}: {outer} around it has one too"
    assert reason in office.refused(*city.accept)
    city.copies()
    assert reason in office.refused(*city.publish, *city.outgoing), "its publisher reads it at once"


def test_a_publisher_on_its_own_desk_is_told_to_name_its_copy(office: Office, city: CityDesk) -> None:
    there = ("--office", str(place(office)), "--key", str(office.key))
    adding = ("message", "add", *there, "--area", AREA, "--id", "city", *WORDS)
    refusal = office.refused(*adding, *city.desk)
    desk = city.desk[1]
    assert f"if {desk} is the desk of that publisher, name its copy of the repository with --repo" in refusal
    assert "name its copy" not in office.refused(*adding)
    office.does(*adding, *city.desk, *city.place[:2])


def test_the_wider_of_two_that_stand_under_one_id_is_what_a_display_has(
    office: Office, city: CityDesk
) -> None:
    with opened(place(office) / "repository", KeyRing(place(office) / "keys")) as publisher:
        publisher.add_publication(message("city", area=CITY))
        publisher.publish(NOW)
    topic = content_topic(target(AREA, "message", "city"))
    refused = Event("box-1", "box", 1, "refused", NOW, "good", {"topic": topic, "reason": "rename one"})
    took = Event("box-2", "box", 2, "took", NOW, "good", {"kind": "message", "id": "city", "revision": 1})
    office.hear("lift-1", refused, took, rule="message city", known=digest([OURS, THEIRS]))
    out = office.does("why", "lift-1", "--desk", str(office.desk))
    assert (
        f"message city of the publisher of {CITY} is refused: {CITY} around it has a message city too" in out
    )
    assert office.reads("why", "lift-1")["shown"] == [{"what": "message city", "publisher": "cn/sichuan"}]
    (row,) = office.reads("status", "--message", "city")
    assert (row["has"], row["shows"], row["publisher"]) == (1, True, "cn/sichuan")


def test_a_playlist_of_the_office_may_play_a_publishers_message(office: Office, city: CityDesk) -> None:
    setting = ("playlist", "set", *office.signing(), "--area", AREA, "--id", "lobby")
    assert "no message gym stands" in office.refused(*setting, "gym")
    office.does(*setting, "city:20")
    (row,) = office.reads("playlist", "list")
    assert [(item["message"], item["seconds"]) for item in row["items"]] == [("city", 20.0)]


# Whether a display has all


def test_what_is_withdrawn_here_is_still_there_until_it_is_published(office: Office, city: CityDesk) -> None:
    assert has_all(office, OURS, THEIRS) == "yes"
    office.does("message", "withdraw", *office.signing(), "--id", "water")
    assert has_all(office, OURS, THEIRS) == "behind"
    assert has_all(office, THEIRS) == "yes"
    publishes(office)
    assert has_all(office, OURS, THEIRS) == "behind"
    assert has_all(office, THEIRS) == "yes"


def test_a_display_that_knows_all_has_what_is_withdrawn_no_more(office: Office) -> None:
    took = Event("box-1", "box", 1, "took", NOW, "good", {"kind": "message", "id": "water", "revision": 1})
    office.does("message", "withdraw", *office.signing(), "--id", "water")
    office.hear("lift-1", took, known=digest([OURS]))
    publishes(office)
    words = ("status", "--message", "water")
    (row,) = office.reads(*words)
    assert (row["has"], row["over"]) == (1, None)
    office.hear("lift-1", known=digest([]))
    (row,) = office.reads(*words)
    assert (row["has"], row["over"]) == (0, "withdrawn")
    assert office.does(*words, "--desk", str(office.desk)).splitlines()[1].split()[:3] == [
        "lift-1",
        "yes",
        "withdrawn",
    ]


def test_a_publishers_message_counts_in_place_of_one_of_the_desk_that_cannot_go_out(
    office: Office, tmp_path: Path
) -> None:
    for _ in range(2):
        office.does("message", "add", *office.signing(), "--area", AREA, "--id", "city", *WORDS)
    city = CityDesk(office)
    office.does("keys", "appoint", CITY, "--public", city.public, *repository(office))
    assert has_all(office, OURS, ("message", "city", 2)) == "yes"
    city.adds()
    city.is_accepted()
    assert "has one of this id" in office.refused("publish", "--desk", str(office.desk), *repository(office))
    assert has_all(office, OURS, ("message", "city", 2)) == "behind"
    assert has_all(office, OURS, THEIRS) == "yes"
    assert [(row["revision"], row["publisher"]) for row in office.reads("message", "list")[1:]] == [
        (2, None),
        (1, CITY),
    ]
    waiting = [(one["what"], one["publisher"]) for one in office.reads("why", "lift-1")["waiting"]]
    assert waiting == [("message water", None), ("message city", CITY)]
    office.does("message", "withdraw", *office.signing(), "--id", "city")
    assert has_all(office, OURS, THEIRS) == "yes"
    assert office.reads("status", "--message", "city")[0]["publisher"] == CITY


def test_a_desk_that_is_begun_anew_knows_what_the_one_before_it_published(office: Office) -> None:
    office.desk = place(office) / "other.sqlite"
    assert has_all(office, OURS) == "yes"
    assert office.reads("message", "show", "--id", "water")["publisher"] == "cn/sichuan"


@pytest.mark.parametrize("left", [(), ("snapshot.pem", "timestamp.pem")])
def test_without_the_keys_of_areas_what_stands_on_the_desk_is_its_own(
    office: Office, city: CityDesk, left: tuple[str, ...]
) -> None:
    for key in (place(office) / "keys").iterdir():
        if key.name not in left:
            key.unlink()
    assert has_all(office, OURS, THEIRS) == "yes"
    office.add()
    assert has_all(office, OURS, THEIRS) == "behind"
    rows = office.reads("message", "list")
    assert {row["id"]: (row["publisher"], row["revision"]) for row in rows} == {
        "water": (None, 2),
        "city": (CITY, 1),
    }


def test_a_ring_that_cannot_be_read_is_no_ring(office: Office, city: CityDesk) -> None:
    (place(office) / "keys" / "notes.pem").write_text("no key")
    assert has_all(office, OURS, THEIRS) == "yes"


def test_a_repository_that_cannot_be_read_is_named_and_a_service_goes_on(
    office: Office, city: CityDesk, desk: RepositoryDesk
) -> None:
    office.hear("lift-1")
    assert desk.expected(NOW).digest(AREA) == digest([OURS, THEIRS])
    (place(office) / "repository" / "timestamp.json").write_bytes(b"{}")
    for words in (("why", "lift-1"), ("status",), ("status", "--message", "city"), ("message", "list")):
        assert "no repository stands there" in office.refused(*words, "--desk", str(office.desk))
    assert desk.expected(NOW).digest(AREA) == digest([OURS, THEIRS])
