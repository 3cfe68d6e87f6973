"""An office is founded, publishes what stands on its desk, enrols displays, and changes its keys."""

import asyncio
import json
import re
import shutil
import sys
import tomllib
from pathlib import Path

import msgspec
import pytest
from cryptography.x509 import load_pem_x509_crl
from PIL import Image

from agent.config import CarSection
from content.commands.office import VARIABLE
from content.commands.repository_desk import desk_at
from content.message import Message
from content.mqtt import MqttBroker
from content.repository.disk import Folder
from content.repository.keyring import KeyRing
from content.repository.names import TIMESTAMP, content_topic
from content.repository.publisher import opened
from content.tls import Tls
from content.wire import digest
from simulator.servers import DEPLOY, HOST, Mosquitto
from tests.commands_rig import WORDS, Office
from tests.content_rig import AREA, NOW
from tests.contract_rig import DEADLINE_S
from tests.publisher_rig import CityDesk, place, repository


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    office = Office(tmp_path, capsys)
    office.does("init", str(tmp_path / "office"), "--area", "cn/sichuan", "--broker", "127.0.0.1")
    return office


def targets(office: Office) -> dict[str, str]:
    """What a display of tower A finds, after it verified all of it."""
    with opened(place(office) / "repository", KeyRing(place(office) / "keys")) as publisher:
        publisher.verify(NOW)
        return publisher.targets(AREA)


def test_an_office_is_founded_once(office: Office, tmp_path: Path) -> None:
    out = office.does("init", str(tmp_path / "other"), "--area", "cn")
    assert "MOVE these 3 files to 3 sticks" in out
    assert not (tmp_path / "other" / "broker").exists()
    assert {path.stat().st_mode & 0o777 for path in (place(office) / "root-keys").iterdir()} == {0o600}
    assert "name a new folder" in office.refused("init", str(place(office)), "--area", "cn")


def test_what_stands_on_the_desk_is_published_and_what_does_not_is_taken_out(office: Office) -> None:
    picture = office.folder / "lobby.png"
    Image.effect_noise((800, 600), 90).save(picture)
    office.add("--picture", str(picture), *repository(office)[:2])
    publish = ("publish", "--desk", str(office.desk), *repository(office))
    office.does(*publish)
    parts = [path for path in targets(office) if "picture.lobby-" in path]
    assert len(parts) == -(-picture.stat().st_size // 250_000)
    assert "cn.sichuan.chengdu.tower-a/message.water.json" in targets(office)
    assert "2 files written" in office.does(*publish), "the index and the timestamp: nothing new"
    office.does("message", "withdraw", *office.signing(), "--id", "water")
    office.does(*publish)
    assert targets(office) == {}


def test_what_is_not_named_is_found_in_the_office(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    add = ("message", "add", "--area", AREA, "--id", "water", *WORDS)
    office.does(*add, "--office", str(place(office)))
    monkeypatch.setenv(VARIABLE, str(place(office)))
    office.does(*add, "--title-en", "Water off")
    office.does("publish")
    assert "cn.sichuan.chengdu.tower-a/message.water.json" in targets(office)
    assert "revision" in office.does("message", "show", "--id", "water")
    enrol = ("enrol", "lift-2", "--area", f"{AREA}/lift-2", "--time-zone", "Asia/Shanghai")
    office.does(*enrol, "--building-en", "Garden", "--lift-en", "Lift 2")
    written = tomllib.loads((place(office) / "bundles/lift-2/enrolment.toml").read_text(encoding="utf-8"))
    assert written["broker"] == {"host": "127.0.0.1", "port": 8883}
    (place(office) / "broker" / "address").write_text("nowhere")
    assert "name it with --broker HOST:PORT" in office.refused(*enrol)


def test_what_is_not_there_is_named_and_nothing_is_made_in_its_place(office: Office) -> None:
    there, none = place(office), office.folder / "none"
    publish = ("publish", "--desk", str(office.desk))
    office.add()
    refusal = office.refused(*publish, "--repository", str(none), "--keys", str(there / "keys"))
    assert f"{none}: no repository stands there" in refusal
    refusal = office.refused(*publish, "--repository", str(there / "repository"), "--keys", str(none))
    assert f"{none}: is not there; name the key ring" in refusal
    assert not none.exists()
    assert "there is no such office" in office.refused("publish", "--office", str(none))
    office.write_areas()
    (office.folder / "areas.toml").rename(there / "areas.toml")
    refusal = office.refused("keys", "appoint", "us/ny", "--office", str(there))
    assert "there is no area us/ny" in refusal


def test_a_message_withdrawn_here_and_published_by_a_city_is_what_displays_should_know(
    office: Office, city: CityDesk
) -> None:
    office.desk = place(office) / "desk.sqlite"
    office.does("message", "add", *office.signing(), "--area", AREA, "--id", "city", *WORDS)
    office.does("message", "withdraw", *office.signing(), "--id", "city")
    city.adds()
    city.brings()
    office.does(*city.accept)
    office.hear("lift-2", known=digest([("message", "city", 1)]))
    assert office.reads("status")["lift-2"]["has_all"] == "yes"


def test_a_key_that_no_display_believes_for_an_area_is_refused_before_anything_goes_out(
    office: Office,
) -> None:
    named = ("--office", str(place(office)))
    drill = ("alert", "send", *named, "--yes", "--id", "quake", "--event", "earthquake", "--exercise")
    refusal = office.refused(*drill, "--area", "cn")
    assert (
        "displays believe this key only for cn/sichuan, and no alert for cn: `hoistway-content keys alerts`"
        in refusal
    )
    refusal = office.refused(*drill, "--area", "cn/sichuan", "--key", str(office.key))
    assert "displays believe this key for nothing" in refusal
    office.does(*drill, "--area", "cn/sichuan")
    assert "nothing, and no release" in office.refused(
        "release", f"{AREA}/lift-2", *named, "--yes", "--key", str(office.key)
    )


def test_a_picture_that_is_gone_is_named(office: Office) -> None:
    picture = office.folder / "lobby.png"
    Image.new("RGB", (400, 300)).save(picture)
    office.add("--picture", str(picture), *repository(office)[:2])
    for kept in (office.folder / "pictures").iterdir():
        kept.unlink()
    refusal = office.refused("publish", "--desk", str(office.desk), *repository(office))
    assert re.search(r"picture lobby\S* is gone", refusal)


def test_the_export_is_the_repository_and_loses_what_is_superseded(office: Office) -> None:
    office.add()
    publish = ("publish", "--desk", str(office.desk), *repository(office))
    stick = office.folder / "stick"
    for _ in range(4):
        office.add()
        office.does(*publish)
        office.does("export", str(stick), "--repository", str(place(office) / "repository"))
    assert dict(Folder(stick)) == dict(Folder(place(office) / "repository"))
    assert TIMESTAMP in Folder(stick)
    assert "is no repository" in office.refused("export", str(stick), "--repository", str(office.folder))


def test_a_bundle_has_all_that_a_display_needs(office: Office) -> None:
    enrol = (
        "enrol", "lift-2", "--office", str(place(office)), "--area", f"{AREA}/lift-2", "--broker", "127.0.0.1:8883",
        "--building-zh", '锦江"花园"', "--building-en", "Garden", "--lift-zh", "2号梯",
    )  # fmt: skip
    office.does(*enrol, "--time-zone", "Asia/Shanghai")
    bundle = place(office) / "bundles" / "lift-2"
    written = tomllib.loads((bundle / "enrolment.toml").read_text(encoding="utf-8"))
    car = msgspec.convert(written["car"], CarSection)
    assert (car.area, car.building.zh, car.building.en) == (f"{AREA}/lift-2", '锦江"花园"', "Garden")
    assert set(written) == {"car", "broker"}, "where the papers lie is the display's to say"
    assert (bundle / "root.json").read_bytes() == Folder(place(office) / "repository")["1.root.json"]
    Tls(bundle / "ca.pem", bundle / "car.pem", bundle / "car.key").context()
    assert '"hoistway:lift-2:' in (place(office) / "broker" / "users.conf").read_text(encoding="utf-8")
    refusal = office.refused(*enrol, "--time-zone", "Asia/Shanghai")
    assert "lift-2: has papers already; `hoistway-content revoke lift-2" in refusal
    assert "--time-zone Mars/Olympus" in office.refused(*enrol, "--time-zone", "Mars/Olympus")


def test_two_cars_are_not_enrolled_in_one_lift(office: Office) -> None:
    def enrol(car: str, lift: str = "lift-2") -> tuple[str, ...]:
        return (
            "enrol", car, "--office", str(place(office)), "--area", f"{AREA}/{lift}", "--broker", "127.0.0.1:8883",
            "--building-zh", "A", "--lift-zh", "2", "--time-zone", "Asia/Shanghai",
        )  # fmt: skip

    office.does(*enrol("lift-2"))
    assert f"--area {AREA}/lift-2: is where lift-2 is enrolled" in office.refused(*enrol("lift-3"))
    office.does(*enrol("lift-3", "lift-3"))
    office.does("revoke", "lift-2", "--yes", "--office", str(place(office)))
    office.does(*enrol("lift-4"))


def test_a_car_that_told_where_it_is_keeps_its_lift_when_its_bundle_is_gone(office: Office) -> None:
    enrol = (
        "--office", str(place(office)), "--area", f"{AREA}/lift-2", "--broker", "127.0.0.1:8883",
        "--building-zh", "A", "--lift-zh", "2", "--time-zone", "Asia/Shanghai",
    )  # fmt: skip
    office.does("enrol", "lift-2", *enrol)
    shutil.rmtree(place(office) / "bundles" / "lift-2")
    office.hear("lift-2")
    shutil.copy(office.desk, place(office) / "desk.sqlite")
    assert "is where lift-2 is enrolled" in office.refused("enrol", "lift-3", *enrol)


def test_a_display_is_enrolled_only_where_there_is_a_lift(office: Office) -> None:
    office.write_areas()
    (office.folder / "areas.toml").rename(place(office) / "areas.toml")
    refusal = office.refused(
        "enrol", "lift-3", "--office", str(place(office)), "--area", f"{AREA}/lift-3", "--broker", "b:1",
        "--building-zh", "A", "--lift-zh", "3", "--time-zone", "Asia/Shanghai",
    )  # fmt: skip
    assert f"there is no area {AREA}/lift-3" in refusal
    assert not (place(office) / "bundles").exists()


def test_the_repository_is_not_exported_onto_itself(office: Office) -> None:
    there = place(office) / "repository"
    before = dict(Folder(there))
    words = ("--repository", str(there))
    assert "is the repository itself; name the folder to copy it to" in office.refused(
        "export", str(there / ".." / "repository"), *words
    )
    for folder in (place(office), there / "copy"):
        assert "name a folder apart from it" in office.refused("export", str(folder), *words)
    assert dict(Folder(there)) == before


def test_an_export_says_that_it_made_the_folder(office: Office) -> None:
    export = ("export", str(office.folder / "usb"), "--repository", str(place(office) / "repository"))
    assert "the folder was not there, and was made. If it should be a stick" in office.does(*export)
    assert "was made" not in office.does(*export)
    assert json.loads(office.does(*export, "--json"))["made"] is False


def test_publishers_are_appointed_rotated_and_revoked(office: Office) -> None:
    office.does("keys", "appoint", AREA, *repository(office))
    office.add()
    office.does("publish", "--desk", str(office.desk), *repository(office))
    role = f"area.{AREA.replace('/', '.')}"
    assert set(targets(office).values()) == {role}
    office.does("keys", "rotate", AREA, *repository(office))
    assert set(targets(office).values()) == {role}
    refusal = office.refused("keys", "revoke", AREA, *repository(office))
    assert (
        f"with the publisher of {AREA} go all whom it appointed, and 1 file of what they published" in refusal
    )
    assert set(targets(office).values()) == {role}
    office.does("keys", "revoke", AREA, "--yes", *repository(office))
    assert targets(office) == {}
    assert "is not an area" in office.refused("keys", "revoke", "CN", *repository(office))


@pytest.fixture
def city(office: Office) -> CityDesk:
    city = CityDesk(office)
    office.does("keys", "appoint", "cn/sichuan/chengdu", "--public", city.public, *repository(office))
    city.copies()
    return city


def test_a_publisher_signs_on_its_own_machine_and_the_office_puts_it_out(
    office: Office, city: CityDesk
) -> None:
    city.adds()
    assert "the office puts versions out" in office.refused(*city.publish)
    assert "a repository stands there" in office.refused(
        *city.publish, "--outgoing", str(city.folder / "copy")
    )
    assert "2 files; bring it to the office" in city.brings()
    assert "cn/sichuan/chengdu: accepted" in office.does(*city.accept)
    assert targets(office) == {"cn.sichuan.chengdu.tower-a/message.city.json": "area.cn.sichuan.chengdu"}
    assert "3 is the next: copy the repository anew" in office.refused(*city.accept)
    city.copies()
    assert "nothing to bring" in city.brings()
    assert not list(Folder(city.folder / "outgoing"))


def test_the_office_leaves_alone_what_publishers_brought(office: Office, city: CityDesk) -> None:
    city.adds()
    city.brings()
    office.does(*city.accept)
    office.add()
    office.does("publish", "--desk", str(office.desk), *repository(office))
    signed_by = {path.split("/message.")[1]: role for path, role in targets(office).items()}
    assert signed_by == {"city.json": "area.cn.sichuan.chengdu", "water.json": "area.cn.sichuan"}


def test_a_display_that_has_what_a_publisher_brought_is_not_behind(office: Office, city: CityDesk) -> None:
    office.desk = place(office) / "desk.sqlite"
    office.add()
    both = digest([("message", "water", 1), ("message", "city", 1)])
    office.hear("lift-2", known=both)
    assert office.reads("status")["lift-2"]["has_all"] == "behind"
    city.adds()
    city.brings()
    office.does(*city.accept)
    assert office.reads("status")["lift-2"]["has_all"] == "yes"


def test_a_publishers_key_is_rotated_to_another_that_is_elsewhere_too(office: Office, city: CityDesk) -> None:
    city.adds()
    city.brings()
    office.does(*city.accept)
    other = office.does("key", str(office.folder / "other.pem")).strip()
    rotate = ("keys", "rotate", "cn/sichuan/chengdu", *repository(office))
    assert "64 hexadecimal digits" in office.refused(*rotate, "--public", "12")
    office.does(*rotate, "--public", other)
    assert targets(office) == {"cn.sichuan.chengdu.tower-a/message.city.json": "area.cn.sichuan.chengdu"}
    city.copies()
    city.adds()
    refusal = office.refused(*city.publish, *city.outgoing)
    assert (
        "message city for cn/sichuan/chengdu/tower-a: the publisher of cn/sichuan/chengdu has one of this id"
        in refusal
    )
    online = ("keys", "rotate", "timestamp", "--public", other, *repository(office))
    assert "--public is for an area's key" in office.refused(*online)


def test_rotating_the_key_of_a_publisher_that_has_its_own_says_that_it_is_locked_out(
    office: Office, city: CityDesk
) -> None:
    rotate = ("keys", "rotate", "cn/sichuan/chengdu", *repository(office))
    assert "CAN SIGN NOTHING" not in office.does(*rotate, "--public", office.public)
    out = office.does(*rotate)
    keys = place(office) / "keys"
    assert "THE PUBLISHER OF cn/sichuan/chengdu CAN SIGN NOTHING ANY MORE" in out
    assert f"the new one is in {keys}" in out
    assert (keys / "area.cn.sichuan.chengdu.pem").exists()
    assert "CAN SIGN NOTHING" not in office.does(*rotate), "its key is in the ring now"


def test_an_area_that_the_office_does_not_know_is_not_accepted(office: Office, city: CityDesk) -> None:
    office.write_areas()
    (office.folder / "areas.toml").rename(place(office) / "areas.toml")
    before = dict(Folder(place(office) / "repository"))
    city.adds(f"{AREA}a")
    city.brings()
    refusal = office.refused(*city.accept)
    assert f"there is no area {AREA}a: did you mean {AREA}?" in refusal
    assert dict(Folder(place(office) / "repository")) == before
    office.does("message", "withdraw", "--key", str(office.key), *city.desk, "--id", "city")
    city.adds(f"{AREA}/lift-2", "other")
    city.brings()
    office.does(*city.accept)
    city.copies()
    appoint = ("keys", "appoint", f"{AREA}a", "--public", office.public, *city.place, *city.outgoing)
    office.does(*appoint)
    assert f"there is no area {AREA}a" in office.refused(*city.accept)


def test_who_adds_a_message_is_told_what_brings_it_to_the_displays(office: Office, city: CityDesk) -> None:
    add = ("message", "add", "--key", str(office.key), "--area", AREA, "--id", "lobby", *WORDS)
    brought = (
        "`hoistway-content publish --outgoing FOLDER` signs it; bring FOLDER to the office, for `accept`"
    )
    out = office.does(*add, *city.desk, *city.place[:2])
    assert f"{brought}: the keys that put out {city.folder / 'copy'} are there." in out
    out = office.does(*add, *city.desk)
    assert "before `hoistway-content serve` runs on this desk" in out
    assert f"A publisher with a key of its own: {brought}." in out
    out = office.does(*add, "--office", str(place(office)))
    assert "`hoistway-content publish` brings it to the displays" in out
    assert "--outgoing" not in out
    assert "--outgoing" not in office.send()


def test_one_file_is_one(office: Office, city: CityDesk) -> None:
    city.adds()
    city.brings()
    office.does(*city.accept)
    city.copies()
    office.does("message", "withdraw", "--key", str(office.key), *city.desk, "--id", "city")
    assert "outgoing: 1 file; bring it" in city.brings()


def test_a_publisher_appoints_publishers_below_it(office: Office, city: CityDesk) -> None:
    office.does("keys", "appoint", AREA, "--public", office.public, *city.place, *city.outgoing)
    assert "cn/sichuan/chengdu, cn/sichuan/chengdu/tower-a: accepted" in office.does(*city.accept)
    wider = ("keys", "appoint", "cn/sichuan/mianyang", "--public", office.public, *city.place, *city.outgoing)
    assert "keys of area.cn.sichuan are needed" in office.refused(*wider)


def test_an_empty_folder_is_no_submission(office: Office) -> None:
    (office.folder / "stick").mkdir()
    refusal = office.refused("accept", str(office.folder / "stick"), *repository(office))
    assert "no signed list is there" in refusal


def test_what_else_lies_on_the_stick_stays(office: Office) -> None:
    stick = office.folder / "stick"
    (stick / "holidays").mkdir(parents=True)
    for name in ("photo.jpg", "holidays/beach.jpg", "notes.json"):
        (stick / name).write_bytes(b"mine")
    for old in ("7.snapshot.json", f"cn/{'0' * 64}.message.old.json"):
        Folder(stick).write(old, b"{}")
    office.does("export", str(stick), "--repository", str(place(office) / "repository"))
    left = set(Folder(stick)) - set(Folder(place(office) / "repository"))
    assert left == {"photo.jpg", "holidays/beach.jpg", "notes.json"}


def test_a_root_key_is_replaced_by_the_other_two(office: Office) -> None:
    first, second, third = (str(place(office) / "root-keys" / f"root-{n}.pem") for n in (1, 2, 3))
    new = str(office.folder / "root-4.pem")
    replace = ("keys", "replace-root", "--new", new, *repository(office))
    assert "2 of 3 root keys are not named" in office.refused(*replace, "--root-key", first)
    every = ("--root-key", first, "--root-key", second, "--root-key", third)
    assert "0 of 3 root keys are not named" in office.refused(*replace, *every)
    assert not Path(new).exists()
    office.does(*replace, "--root-key", first, "--root-key", third)
    rotate = ("keys", "rotate", "timestamp", *repository(office))
    assert "1/2 keys" in office.refused(*rotate, "--root-key", first, "--root-key", second)
    office.does(*rotate, "--root-key", first, "--root-key", new)
    assert targets(office) == {}


def enrolled(office: Office) -> tuple[str, ...]:
    return (
        "enrol", "lift-2", "--office", str(place(office)), "--area", f"{AREA}/lift-2", "--broker", "127.0.0.1:8883",
        "--building-zh", "花园", "--lift-zh", "2号梯", "--time-zone", "Asia/Shanghai",
    )  # fmt: skip


def test_a_display_is_enrolled_in_a_lift_and_not_in_a_building(office: Office) -> None:
    words = enrolled(office)
    (place(office) / "areas.toml").write_text(
        f'[areas."{AREA}"]\nlifts = ["lift-1", "lift-2"]\n', encoding="utf-8"
    )
    building = tuple(AREA if word == f"{AREA}/lift-2" else word for word in words)
    assert (
        f"is an area with lifts in it; say which this display is in, for instance {AREA}/lift-1"
        in office.refused(*building)
    )
    office.does(*words)


def test_a_car_that_is_revoked_has_nothing_left_and_is_enrolled_anew(office: Office) -> None:
    broker, bundle = place(office) / "broker", place(office) / "bundles" / "lift-2"
    revoke = ("revoke", "lift-2", "--office", str(place(office)))
    assert "lift-2: has no papers" in office.refused(*revoke)
    office.does(*enrolled(office))
    assert "new papers are carried to its display by hand" in office.refused(*revoke)
    assert bundle.exists()
    office.desk = place(office) / "desk.sqlite"
    office.hear("lift-2", online=False)
    users, key = (broker / "users.conf").read_text(), (bundle / "car.key").read_bytes()
    out = office.does(*revoke, "--yes")
    assert "revoked.pem to mosquitto" in out
    assert not bundle.exists()
    assert "lift-2" not in (broker / "users.conf").read_text()
    assert "hoistway.content" in (broker / "users.conf").read_text()
    assert office.reads("status") == {}, "nobody waits for it"
    office.does(*enrolled(office))
    assert list(office.reads("status")) == ["lift-2"]
    assert (bundle / "car.key").read_bytes() != key
    again = (broker / "users.conf").read_text()
    assert "hoistway:lift-2:" in again
    assert again != users, "NATS tells the new certificate from the old one"
    office.does(*revoke, "--yes")
    assert len(list(load_pem_x509_crl((broker / "revoked.pem").read_bytes()))) == 2


def test_the_timestamp_key_is_changed_by_two_root_keys(office: Office) -> None:
    rotate = ("keys", "rotate", "timestamp", *repository(office))
    roots = [str(place(office) / "root-keys" / f"root-{n}.pem") for n in (1, 3)]
    assert "enough root keys" in office.refused(*rotate, "--root-key", roots[0])
    office.does(*rotate, "--root-key", roots[0], "--root-key", roots[1])
    assert "2.root.json" in Folder(place(office) / "repository")
    assert targets(office) == {}


def test_the_keys_for_alerts_are_said_anew(office: Office) -> None:
    office.does("keys", "alerts", f"cn/sichuan={office.public}", *repository(office))
    with opened(place(office) / "repository", KeyRing(place(office) / "keys")) as publisher:
        publisher.verify(NOW)
        assert office.public.encode() in publisher.content("alert-keys.json")
    assert "64 hexadecimal digits" in office.refused("keys", "alerts", "cn=12", *repository(office))


def test_a_message_outside_what_the_office_publishes_for_is_refused(office: Office) -> None:
    office.does("message", "add", *office.signing(), "--area", "us", "--id", "water", *WORDS)
    refusal = office.refused("publish", "--desk", str(office.desk), *repository(office))
    assert "may not publish for us" in refusal
    (message,) = office.published()
    assert isinstance(message, Message)


def test_beside_a_repository_messages_are_not_sent_in_envelopes(office: Office) -> None:
    office.add()
    office.send()
    desk = desk_at(office.desk, place(office) / "repository")
    assert [change.topic for change in desk.changes(0, NOW)] == ["hoistway/1/area/cn/sichuan/alert/quake"]
    assert [(kind, name) for kind, name, _ in desk.envelopes(AREA)] == [("alert", "quake")]
    both = [("message", "water", 1), ("alert", "quake", 1)]
    assert desk.expected(NOW).digest(AREA) == digest(both)
    office.does("message", "withdraw", *office.signing(), "--id", "water")
    assert desk.expected(NOW).digest(AREA) == digest(both[1:])
    desk.close()


def test_a_repository_beside_the_desk_is_found(office: Office) -> None:
    moved = office.desk = place(office) / "desk.sqlite"
    office.add()
    office.does("message", "withdraw", *office.signing(), "--id", "water")
    office.hear("lift-2", known=digest([]))
    assert office.reads("status")["lift-2"]["has_all"] == "yes"
    refusal = office.refused("serve", "--broker", "127.0.0.1:1", "--desk", str(office.desk))
    assert "name it with --repository" in refusal
    (place(office) / "repository").rename(office.folder / "elsewhere")
    assert office.reads("status")["lift-2"]["has_all"] == "behind"
    assert moved.exists()


async def test_serve_keeps_the_repository_at_a_broker_that_knows_only_its_own(office: Office) -> None:
    etc = place(office) / "broker"
    shutil.copy(DEPLOY / "acl", etc)
    office.does(
        "enrol", "lift-2", "--office", str(place(office)), "--area", f"{AREA}/lift-2", "--broker", "127.0.0.1:8883",
        "--building-zh", "花园", "--lift-zh", "2号梯", "--time-zone", "Asia/Shanghai",
    )  # fmt: skip
    (office.folder / "server").mkdir()
    server = Mosquitto(office.folder / "server", etc=etc)
    await server.start()
    serve = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "content", "serve", "--broker", f"{HOST}:{server.port}", "--desk", str(office.desk),
        "--ca", str(etc / "ca.pem"), "--certificate", str(etc / "hoistway.content.pem"),
        "--private-key", str(etc / "hoistway.content.key"), *repository(office), stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    bundle = place(office) / "bundles" / "lift-2"
    papers = Tls(bundle / "ca.pem", bundle / "car.pem", bundle / "car.key")
    try:
        async with (
            MqttBroker(HOST, server.port, tls=papers).connect("lift-2") as car,
            asyncio.timeout(DEADLINE_S),
        ):
            await car.subscribe(content_topic(TIMESTAMP))
            delivery = await anext(aiter(car.deliveries()))
        assert json.loads(delivery.payload)["signed"]["_type"] == "timestamp"
        serve.terminate()
        async with asyncio.timeout(DEADLINE_S):
            assert await serve.wait() == 0
    finally:
        if serve.returncode is None:
            serve.kill()
            await serve.wait()
        server.kill()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--ca", "ca.pem"), "belong together"),
        (("--repository", "repository"), "belong together"),
        (("--ca", "x", "--certificate", "y", "--private-key", "z"), "x: No such file"),
    ],
)
def test_serve_refuses_half_of_what_it_needs(office: Office, words: tuple[str, ...], reason: str) -> None:
    assert reason in office.refused("serve", "--broker", "127.0.0.1:1", "--desk", str(office.desk), *words)
