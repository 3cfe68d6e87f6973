"""What the publisher of an area signs on a machine of its own: taken by the office when all of it is sound, else nothing."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random

import msgspec
import pytest
from PIL import Image
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import TargetFile

from agent.repository import Done
from content.envelope import load_key, make_key, public_text
from content.message import BadMessage
from content.repository.alert_keys import AlertKey, AlertKeys
from content.repository.disk import Folder
from content.repository.keyring import KeyRing
from content.repository.names import LARGEST_PART, hash_in, target_file
from content.repository.publisher import Publisher, opened
from content.repository.submission import read
from content.wire import LARGEST
from tests.content_rig import AREA, DAY, NOW, message
from tests.repository_rig import CITY, STRANGER, Display, Publishing, fuzzed, judged, signed

ROLE = "area.cn.sichuan.chengdu"
LIST = f"2.{ROLE}.json"
SECOND = f"3.{ROLE}.json"
"""The list of the city: version 2 is the rotation, and 3 the first that its own publisher signs."""
Files = dict[str, bytes]


def picture(side: int = 700) -> bytes:
    """A noisy PNG that needs several parts."""
    file = BytesIO()
    Image.effect_noise((side, side), 90).convert("RGB").save(file, "PNG")
    return file.getvalue()


class Apart:
    """An office, and the publisher of a city with a copy of the repository and a ring that holds only its key."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.publishing = folder, Publishing(folder)
        self.office = self.publishing.publisher
        (folder / "city").mkdir()
        self.key = make_key(folder / "city" / "city.pem")
        self.keys = KeyRing(folder / "city")
        self.copy, self.server = folder / "copy", folder / "server"
        self.server.mkdir()
        for online in ("snapshot.pem", "timestamp.pem"):
            shutil.copy(folder / "keys" / online, self.server)
        self.office.rotate(CITY, self.key.public_key)
        self.office.publish(NOW)

    def brings(self, edit: Callable[[Publisher], None]) -> Files:
        """What it signs, on a copy made just now."""
        shutil.rmtree(self.copy, ignore_errors=True)
        shutil.copytree(self.publishing.folder, self.copy)
        with opened(self.copy, self.keys) as publisher:
            edit(publisher)
            return publisher.submission(NOW)

    def accepts(self, files: Files) -> None:
        """As the command does it, with the keys that the server has anyway."""
        with opened(self.publishing.folder, KeyRing(self.server)) as office:
            office.accept(files, NOW)
            office.publish(NOW, checked=True)

    def display(self, folder: Path) -> Display:
        return Display(self.publishing.pinned, folder)


@pytest.fixture
def apart(tmp_path: Path) -> Apart:
    apart = Apart(tmp_path)
    apart.publishing.close()
    return apart


def renewed(publisher: Publisher) -> None:
    publisher.add_publication(message(revision=2))


def test_a_key_from_elsewhere_never_comes_into_the_ring_and_what_stood_goes_on(
    apart: Apart, tmp_path: Path
) -> None:
    display = apart.display(tmp_path / "display")
    assert isinstance(judged(display, apart.publishing.files()), Done)
    assert display.content.published == (message(),)
    names = {path.name for path in (tmp_path / "keys").iterdir()}
    assert names == {
        "timestamp.pem",
        "snapshot.pem",
        "targets.pem",
        "area.cn.pem",
        f"{ROLE}.pem",
        "area.us.pem",
    }
    ring = KeyRing(tmp_path / "keys")
    with (
        opened(apart.publishing.folder, ring) as office,
        pytest.raises(BadMessage, match="put that publisher's key into the ring"),
    ):
        office.add_publication(message(revision=2))


def test_what_a_publisher_brings_reaches_displays(apart: Apart, tmp_path: Path) -> None:
    display = apart.display(tmp_path / "display")
    display.fetch(apart.publishing.files())
    files = apart.brings(renewed)
    assert [name for name in files if not hash_in(name)] == [SECOND]
    assert len(files) == 2
    apart.accepts(files)
    assert isinstance(judged(display, apart.publishing.files()), Done)
    assert display.content.published == (message(revision=2),)
    assert apart.brings(lambda publisher: publisher.add_publication(message(revision=2))) == {}


def test_pictures_come_with_the_message_and_go_with_it(apart: Apart, tmp_path: Path) -> None:
    data = picture()
    apart.accepts(apart.brings(lambda publisher: publisher.add(AREA, "picture", "lobby", data)))
    display = apart.display(tmp_path / "display")
    assert isinstance(judged(display, apart.publishing.files()), Done)
    apart.accepts(apart.brings(lambda publisher: publisher.remove(AREA, "picture", "lobby")))
    apart.accepts(apart.brings(renewed))
    assert not [name for name in apart.publishing.files() if "picture.lobby" in name]


def test_a_first_list_is_brought_for_an_area_that_had_no_publisher(apart: Apart, tmp_path: Path) -> None:
    with opened(apart.publishing.folder, apart.publishing.keys) as office:
        office.appoint("cn/yunnan", apart.key.public_key)
        office.publish(NOW, checked=True)
    place = "cn/yunnan/kunming"
    new = message(area=place)
    apart.accepts(apart.brings(lambda publisher: publisher.add_publication(new)))
    display = Display(apart.publishing.pinned, tmp_path / "display", place)
    assert isinstance(judged(display, apart.publishing.files()), Done)
    assert display.content.published == (new,)


def test_a_publisher_appoints_and_rotates_and_revokes_below_it(apart: Apart, tmp_path: Path) -> None:
    display, theirs = apart.display(tmp_path / "display"), CryptoSigner.generate_ed25519()
    files = apart.brings(lambda publisher: publisher.appoint(AREA, theirs.public_key))
    assert {SECOND, f"1.{ROLE}.tower-a.json"} == files.keys()
    apart.accepts(files)
    assert isinstance(judged(display, apart.publishing.files()), Done)
    apart.accepts(apart.brings(lambda publisher: publisher.rotate(AREA, STRANGER.public_key)))
    assert isinstance(judged(display, apart.publishing.files()), Done)
    apart.accepts(apart.brings(lambda publisher: publisher.revoke(AREA)))
    assert isinstance(judged(display, apart.publishing.files()), Done)
    assert display.content.published == (message(),)
    with opened(apart.publishing.folder, apart.publishing.keys) as office:
        assert set(office.standing.roles) == {"targets", "area.cn", "area.us", ROLE}


def offices(apart: Apart, edit: Callable[[Publisher], None]) -> Files:
    """What an office brings whose keys are not on the server."""
    ring = apart.folder / "office"
    shutil.copytree(
        apart.folder / "keys", ring, ignore=shutil.ignore_patterns("snapshot.pem", "timestamp.pem")
    )
    apart.keys = KeyRing(ring)
    return apart.brings(edit)


def test_an_office_whose_keys_are_not_on_the_server_appoints_and_names_keys_for_alerts(
    apart: Apart, tmp_path: Path
) -> None:
    named = AlertKeys((AlertKey(public_text(STRANGER), ("cn",)),))

    def edit(publisher: Publisher) -> None:
        publisher.name_alert_keys(named)
        publisher.appoint("fr", STRANGER.public_key)
        publisher.add_publication(message("national", area="cn"))

    apart.accepts(offices(apart, edit))
    display = apart.display(tmp_path / "display")
    assert isinstance(judged(display, apart.publishing.files()), Done)
    assert {one.id for one in display.content.published} == {"water", "national"}
    assert display.content.alert_keys == named
    with opened(apart.publishing.folder, KeyRing(apart.server)) as office:
        assert "area.fr" in office.standing.roles


@dataclass(frozen=True)
class Bad:
    """A submission that must be refused, and why."""

    make: Callable[[Apart], Files]
    reason: str


def resigned(
    edit: Callable[[dict[str, object]], None], signer: CryptoSigner | None = None
) -> Callable[[Apart], Files]:
    """A good submission with the list changed, and signed again by its own publisher or by another."""

    def make(apart: Apart) -> Files:
        files = apart.brings(renewed)
        return {**files, SECOND: signed(files[SECOND], signer or apart.key, edit)}

    return make


def put(path: str, data: bytes) -> Callable[[Apart], Files]:
    """A target that our own commands would not sign."""
    return lambda apart: apart.brings(lambda publisher: publisher._put(ROLE, path, data))


def without_content(apart: Apart) -> Files:
    files = apart.brings(renewed)
    return {SECOND: files[SECOND]}


def other_content(apart: Apart) -> Files:
    return {name: data if name == SECOND else data + b" " for name, data in apart.brings(renewed).items()}


def with_more(apart: Apart) -> Files:
    return {**apart.brings(renewed), f"cn/{'0' * 64}.message.water.json": b"{}"}


def again(apart: Apart) -> Files:
    files = apart.brings(renewed)
    apart.accepts(files)
    return files


def under_another_name(apart: Apart) -> Files:
    files = apart.brings(renewed)
    return {**{name: files[name] for name in files if name != SECOND}, f"4.{ROLE}.json": files[SECOND]}


def of_another_role(apart: Apart) -> Files:
    return {"2.area.us.json": apart.brings(renewed)[SECOND]}


def by_the_key_before(apart: Apart) -> Files:
    files, before = apart.brings(renewed), load_key(apart.folder / "keys" / f"{ROLE}.pem")
    return {**files, SECOND: signed(files[SECOND], before, lambda _signed: None)}


def lacking_a_part(apart: Apart) -> Files:
    def edit(publisher: Publisher) -> None:
        publisher.add(AREA, "picture", "lobby", picture())
        targets = publisher.standing.role(ROLE).targets
        del targets[min(path for path in targets if "picture.lobby.1of" in path)]

    return apart.brings(edit)


def _role(area: str) -> dict[str, object]:
    """An appointment as our own commands write it."""
    dotted = area.replace("/", ".")
    paths = [f"{dotted}/*", f"{dotted}.*/*"]
    return {"name": f"area.{dotted}", "keyids": [], "threshold": 1, "terminating": True, "paths": paths}


def appointing(area: str, paths: list[str] | None = None) -> Callable[[Apart], Files]:
    def edit(signed: dict[str, object]) -> None:
        signed["delegations"] = {"keys": {}, "roles": [_role(area) | ({"paths": paths} if paths else {})]}

    return resigned(edit)


def appointing_whom_the_country_appointed(apart: Apart) -> Files:
    with opened(apart.publishing.folder, apart.publishing.keys) as office:
        office.revoke(CITY)
        office.appoint(AREA)
        office.appoint(CITY, apart.key.public_key)
        office.publish(NOW)
    files = apart.brings(lambda publisher: publisher.add_publication(message("gym", area=CITY)))
    (file,) = (name for name in files if not hash_in(name))
    inside = {"delegations": {"keys": {}, "roles": [_role(AREA)]}}
    return {**files, file: signed(files[file], apart.key, lambda signed: signed.update(inside))}


def rotating_without_the_list(apart: Apart) -> Files:
    apart.accepts(apart.brings(lambda publisher: publisher.appoint(AREA, STRANGER.public_key)))
    files = apart.brings(lambda publisher: publisher.rotate(AREA, apart.key.public_key))
    return {name: data for name, data in files.items() if "tower-a" not in name}


def a_part_too_large(apart: Apart) -> Files:
    data, path = b" " * (LARGEST_PART + 1), f"{AREA.replace('/', '.')}/picture.lobby.1of1"
    target = TargetFile.from_data(path, data, ["sha256"])

    def edit(publisher: Publisher) -> None:
        publisher.standing.role(ROLE).targets[path] = target
        publisher._changed.add(ROLE)

    return {**apart.brings(edit), target_file(path, target.hashes["sha256"]): data}


def _set(field: str, value: object) -> Callable[[dict[str, object]], None]:
    return lambda signed: signed.update({field: value})


WATER = f"{AREA.replace('/', '.')}/message.water.json"
BAD = {
    "nothing at all": Bad(lambda _apart: {}, "no signed list"),
    "signed by a stranger": Bad(resigned(lambda _signed: None, STRANGER), "was it rotated"),
    "signed by the key before": Bad(by_the_key_before, "was it rotated"),
    "an area without a publisher": Bad(lambda _apart: {"1.area.fr.json": b"{}"}, "fr has no publisher"),
    "another role's list": Bad(of_another_role, "was it rotated"),
    "the version before, again": Bad(again, "and 4 is the next: copy the repository anew"),
    "a version too far": Bad(resigned(_set("version", 9)), "holds version 9"),
    "a version that its name does not say": Bad(under_another_name, "holds version 3"),
    "outside its area": Bad(put("cn/message.water.json", b"{}"), "may not publish cn/message.water.json"),
    "outside its area by a dot": Bad(put("cn.sichuan.chengdu-2/message.water.json", b"{}"), "outside its area"),
    "the keys for alerts": Bad(put("alert-keys.json", b"{}"), "may not publish alert-keys.json"),
    "no kind of content": Bad(put("cn.sichuan.chengdu/alert.rain.json", b"{}"), "may not publish"),
    "its content missing": Bad(without_content, "is missing; bring the whole folder"),
    "other content": Bad(other_content, "is not what was signed"),
    "a file that nothing names": Bad(with_more, "no list that was brought names it"),
    "a list that is no list": Bad(lambda _apart: {SECOND: b"[" * 100_000}, "cannot be read"),
    "a list of another type": Bad(lambda apart: {SECOND: apart.publishing.files()["1.root.json"]}, "cannot be read"),
    "no message": Bad(put(WATER, b"{}"), "not a message"),
    "no UTF-8": Bad(put(WATER, b"\xff\xfe"), "not a message"),
    "nested deeply": Bad(put(WATER, b"[" * 100_000), "not a message"),
    "another area's message": Bad(put(WATER, msgspec.json.encode(message(area=CITY))), "cannot stand as water"),
    "a message that had expired": Bad(put(WATER, msgspec.json.encode(message(expires=NOW - DAY))), "before it was sent"),
    "no picture": Bad(put(f"{AREA.replace('/', '.')}/picture.lobby.1of1", b"GIF"), "cannot be read as PNG"),
    "a picture that lacks a part": Bad(lacking_a_part, "not all of its parts"),
    "expiring tomorrow": Bad(resigned(_set("expires", "2026-11-23T00:00:00Z")), "is the clock right"),
    "appointing for a wider area": Bad(appointing("cn"), "may not appoint area.cn"),
    "appointing for itself": Bad(appointing(CITY), f"may not appoint {ROLE}"),
    "appointing for everything": Bad(appointing(AREA, ["*/*"]), "may not appoint"),
    "appointing without a list": Bad(appointing(AREA), "its first list is missing"),
    "appointing unnamed roles": Bad(
        resigned(_set("delegations", {"keys": {}, "succinct_roles": {
            "keyids": [], "threshold": 1, "bit_length": 2, "name_prefix": "x"}})), "unnamed roles"),
    "appointing whom another appointed": Bad(appointing_whom_the_country_appointed, "has a publisher already"),
    "rotating without the list": Bad(rotating_without_the_list, "not signed with the key it has now"),
    "a part too large": Bad(a_part_too_large, "250001 bytes; at most 250000"),
    "a message among the office's own targets": Bad(
        lambda apart: offices(apart, lambda publisher: publisher._put("targets", WATER, b"{}")), "only alert-keys.json"
    ),
    "keys for alerts that nobody can read": Bad(
        lambda apart: offices(apart, lambda publisher: publisher._put("targets", "alert-keys.json", b"{")),
        "alert-keys.json: Input data was truncated",
    ),
    "the office's list by a publisher": Bad(
        lambda apart: {"6.targets.json": signed(apart.publishing.files()["2.targets.json"], apart.key, _set("version", 6))},
        "named for targets",
    ),
    "a name that the country has": Bad(
        lambda apart: apart.brings(lambda publisher: publisher.add_publication(message("national"))),
        "cn around it has one too",
    ),
}  # fmt: skip


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_a_submission_with_anything_wrong_changes_nothing(apart: Apart, bad: Bad) -> None:
    with opened(apart.publishing.folder, apart.publishing.keys) as office:
        office.add_publication(message("national", area="cn"))
        office.publish(NOW)
    files = bad.make(apart)
    before = apart.publishing.files()
    with pytest.raises(BadMessage, match=bad.reason):
        apart.accepts(files)
    assert apart.publishing.files() == before


def test_a_target_that_a_wider_publisher_signed_already_is_refused(apart: Apart) -> None:
    with opened(apart.publishing.folder, apart.publishing.keys) as office:
        office._put(
            "area.cn",
            f"{CITY.replace('/', '.')}/message.gym.json",
            msgspec.json.encode(message("gym", area=CITY)),
        )
        office.publish(NOW)
    before = apart.publishing.files()
    mine = message("gym", revision=3, area=CITY)
    path = f"{CITY.replace('/', '.')}/message.gym.json"
    files = apart.brings(lambda publisher: publisher._put(ROLE, path, msgspec.json.encode(mine)))
    with pytest.raises(BadMessage, match=r"area\.cn above it too"):
        apart.accepts(files)
    assert apart.publishing.files() == before


def test_whatever_is_spoiled_is_refused_as_a_whole(apart: Apart, tmp_path: Path) -> None:
    """A thousand submissions with up to three spoiled files each: refused in a line, or such as displays believe."""

    def edit(publisher: Publisher) -> None:
        renewed(publisher)
        publisher.appoint(AREA, STRANGER.public_key)

    files, before, random = apart.brings(edit), apart.publishing.files(), Random(5)
    for _ in range(1000):
        came = fuzzed(random, files)
        with opened(apart.publishing.folder, apart.publishing.keys) as office:
            try:
                office.accept(came, NOW)
            except BadMessage:
                continue
        assert said(came) == said(files), "taken although something else was signed"
    assert apart.publishing.files() == before


def said(files: Files) -> dict[str, object]:
    """What is signed in the lists, and the contents."""
    return {name: data if hash_in(name) else json.loads(data)["signed"] for name, data in files.items()}


# From a folder


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("notes.txt", b"", "no file of a submission"),
        ("timestamp.json", b"{}", "no file of a submission"),
        ("1.snapshot.json", b"{}", "no file of a submission"),
        ("2.root.json", b"{}", "no file of a submission"),
        (SECOND, b" " * (LARGEST + 1), f"at most {LARGEST} bytes"),
    ],
)
def test_only_lists_of_areas_and_contents_are_read_and_none_too_large(
    tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(BadMessage, match=reason):
        read(Folder(tmp_path))


def test_more_files_than_displays_take_are_not_read(tmp_path: Path) -> None:
    for number in range(10_001):
        (tmp_path / f"{number:064x}.message.a.json").touch()
    with pytest.raises(BadMessage, match="more than 10000 files"):
        read(Folder(tmp_path))


def test_a_pipe_on_the_stick_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / SECOND)
    with pytest.raises(BadMessage, match="no file of a submission"):
        read(Folder(tmp_path))
