"""The publisher's side: what it writes, in which order, who may sign, and that others can read it."""

import asyncio
import os
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from securesystemslib.signer import CryptoSigner
from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import Updater
from tuf.ngclient.fetcher import FetcherInterface

from agent.repository import Done
from content.broker import Connection
from content.envelope import BadKey, public_text
from content.message import BadMessage
from content.repository import rooting
from content.repository.alert_keys import AlertKey, AlertKeys
from content.repository.broadcast import Broadcast
from content.repository.disk import Folder
from content.repository.keyring import KeyRing
from content.repository.names import INDEX, TIMESTAMP, file_of, hash_in, is_file, parts_of_target, target
from content.repository.publisher import create, is_stale, opened
from content.repository.signing import TIMESTAMP_LASTS
from content.work import Inline
from simulator.broker import InProcessBroker
from simulator.loop import run
from tests.content_rig import AREA, DAY, NOW, message
from tests.repository_rig import ALERTS, CITY, Display, Publishing, judged


@pytest.fixture
def publishing(tmp_path: Path) -> Iterator[Publishing]:
    publishing = Publishing(tmp_path)
    yield publishing
    publishing.close()


def test_what_is_published_verifies_and_is_read_again(publishing: Publishing) -> None:
    publishing.publisher.verify(NOW)
    publishing.close()
    with opened(publishing.folder, publishing.keys) as again:
        assert again.targets(AREA) == {
            "cn.sichuan.chengdu.tower-a/message.water.json": "area.cn.sichuan.chengdu"
        }
        again.remove(AREA, "message", "water")
        again.publish(NOW)
        again.verify(NOW)
        assert again.targets(AREA) == {}


def test_every_file_of_a_version_has_its_place_in_the_order(publishing: Publishing) -> None:
    publishing.publisher.add_publication(message(revision=2))
    files = publishing.publisher.publish(NOW).files
    assert files[-2:] == (INDEX, TIMESTAMP)
    assert hash_in(files[0])
    assert [file.split(".", 1)[1] for file in files[1:3]] == ["area.cn.sichuan.chengdu.json", "snapshot.json"]


def test_a_display_between_two_versions_still_finds_the_one_before(publishing: Publishing) -> None:
    before = publishing.files()
    publishing.publisher.add_publication(message(revision=2))
    assert not set(publishing.publisher.publish(NOW).superseded) & _needed(before)
    publishing.publisher.add_publication(message(revision=3))
    gone = publishing.publisher.publish(NOW).superseded
    assert [file for file in gone if "message.water" in file]
    assert not set(gone) & publishing.files().keys()


def _needed(files: dict[str, bytes]) -> set[str]:
    return {file for file in files if hash_in(file)}


def test_nothing_new_makes_a_timestamp_only(publishing: Publishing) -> None:
    assert publishing.publisher.publish(NOW + DAY).files == (INDEX, TIMESTAMP)


def test_a_timestamp_is_stale_after_a_day(publishing: Publishing) -> None:
    folder = Folder(publishing.folder)
    assert not is_stale(folder, NOW + DAY / 2)
    assert is_stale(folder, NOW + 2 * DAY)
    publishing.publisher.publish(NOW + 2 * DAY)
    assert not is_stale(folder, NOW + 2 * DAY)


def test_keys_are_their_owners_alone_and_root_keys_are_not_among_them(
    publishing: Publishing, tmp_path: Path
) -> None:
    files = sorted((tmp_path / "keys").iterdir())
    assert [path.name for path in files if "root" in path.name] == []
    assert {stat.S_IMODE(os.stat(path).st_mode) for path in files} == {0o600}


def test_without_an_areas_key_nobody_publishes_for_it(publishing: Publishing, tmp_path: Path) -> None:
    publishing.close()
    for name in ("area.cn.sichuan.chengdu.pem", "area.cn.pem"):
        (tmp_path / "keys" / name).unlink()
    with opened(publishing.folder, KeyRing(tmp_path / "keys")) as publisher:
        with pytest.raises(BadMessage, match="may not publish for cn/yunnan"):
            publisher.add_publication(message(area="cn/yunnan"))
        with pytest.raises(BadMessage, match="the publisher of cn/sichuan/chengdu has one of this id"):
            publisher.add_publication(message(revision=2))


def test_a_wider_publisher_signs_where_the_narrower_ones_key_is_elsewhere(
    publishing: Publishing, tmp_path: Path
) -> None:
    publishing.close()
    (tmp_path / "keys" / "area.cn.sichuan.chengdu.pem").unlink()
    with opened(publishing.folder, KeyRing(tmp_path / "keys")) as publisher:
        publisher.add_publication(message("national"))
        publisher.publish(NOW)
        publisher.verify(NOW)
        assert publisher.targets(AREA)["cn.sichuan.chengdu.tower-a/message.national.json"] == "area.cn"


def test_an_area_without_any_publisher_is_refused(publishing: Publishing) -> None:
    with pytest.raises(BadMessage, match="appoint a publisher"):
        publishing.publisher.add_publication(message(area="fr/paris"))


def test_an_area_appointed_later_between_two_others_takes_nothing_from_them(
    publishing: Publishing, tmp_path: Path
) -> None:
    publishing.publisher.appoint("cn/sichuan")
    publishing.publisher.add_publication(message("provincial", area="cn/sichuan"))
    publishing.publisher.publish(NOW)
    display = Display(publishing.pinned, tmp_path / "display")
    display.fetch(publishing.files())
    assert {one.id for one in display.content.published} == {"water", "provincial"}


def test_another_publisher_after_one_was_revoked_begins_at_a_later_version(
    publishing: Publishing, tmp_path: Path
) -> None:
    display = Display(publishing.pinned, tmp_path / "display")
    display.fetch(publishing.files())
    publishing.publisher.revoke(CITY)
    publishing.publisher.publish(NOW)
    publishing.publisher.appoint(CITY)
    publishing.publisher.add_publication(message(revision=7))
    publishing.publisher.publish(NOW)
    assert isinstance(judged(display, publishing.files()), Done)
    assert display.content.published == (message(revision=7),)


def test_after_a_rotation_the_old_key_counts_for_nothing(publishing: Publishing, tmp_path: Path) -> None:
    old = publishing.signer("area.cn.sichuan.chengdu")
    publishing.publisher.rotate(CITY)
    publishing.publisher.publish(NOW)
    assert publishing.signer("area.cn.sichuan.chengdu").public_key.keyid != old.public_key.keyid
    publishing.publisher.verify(NOW)


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets"])
def test_online_keys_are_rotated_by_the_root(publishing: Publishing, role: str, tmp_path: Path) -> None:
    display = Display(publishing.pinned, tmp_path / "display")
    display.fetch(publishing.files())
    with pytest.raises(BadKey, match="1/2 keys; name the files"):
        publishing.publisher.rotate_online(role, publishing.roots[:1], NOW)
    publishing.publisher.rotate_online(role, publishing.roots[1:], NOW)
    publishing.publisher.publish(NOW)
    assert isinstance(judged(display, publishing.files()), Done)


def test_a_lost_root_key_is_replaced_by_the_other_two(publishing: Publishing, tmp_path: Path) -> None:
    lost, *others = publishing.roots
    fresh = CryptoSigner.generate_ed25519()
    edit = rooting.replace_root_key(lost.public_key.keyid, fresh.public_key)
    publishing.publisher.change_root(edit, others, NOW)
    publishing.publisher.publish(NOW)
    publishing.publisher.rotate_online("timestamp", [others[0], fresh], NOW)
    publishing.publisher.publish(NOW)
    with pytest.raises(BadKey, match="1/2"):
        publishing.publisher.rotate_online("timestamp", [others[0], lost], NOW)
    display = Display(publishing.pinned, tmp_path / "display")
    assert isinstance(judged(display, publishing.files()), Done)


def test_a_second_repository_does_not_take_the_place_of_the_first(
    publishing: Publishing, tmp_path: Path
) -> None:
    publishing.close()
    with pytest.raises(BadMessage, match="stands there already"):
        create(publishing.folder, KeyRing(tmp_path / "others"), publishing.roots, NOW)
    with (
        pytest.raises(BadMessage, match="no repository stands there"),
        opened(tmp_path / "empty", publishing.keys),
    ):
        pass


def test_what_is_missing_in_the_folder_is_named(publishing: Publishing) -> None:
    file = next(name for name in publishing.files() if "message.water" in name)
    (publishing.folder / file).unlink()
    with pytest.raises(BadMessage, match=r"message\.water\.json is missing"):
        publishing.publisher.verify(NOW)


@pytest.mark.parametrize(
    ("kind", "name", "data", "reason"),
    [
        ("message", "water", b"{}", "not a message"),
        ("message", "other", b"", "not a message"),
        ("message", "Water", b"{}", "a name of a-z"),
        ("alert", "rain", b"{}", "one of message, playlist, picture"),
        ("playlist", "all", b"[]", "not a playlist"),
    ],
)
def test_what_no_display_would_take_is_refused_when_it_is_written(
    publishing: Publishing, kind: str, name: str, data: bytes, reason: str
) -> None:
    with pytest.raises(BadMessage, match=reason):
        publishing.publisher.add(AREA, kind, name, data)


def test_too_much_for_one_publisher_says_what_to_do(publishing: Publishing) -> None:
    for number in range(2000):
        publishing.publisher.add_publication(message(f"m{number}"))
    with pytest.raises(BadMessage, match="give areas below it publishers of their own"):
        publishing.publisher.publish(NOW)


def test_names_hold_together() -> None:
    path = target("cn/sichuan", "picture", "lobby", "1of3")
    assert parts_of_target(path) == ("cn/sichuan", "picture", "lobby", "1of3")
    for bad in (
        "cn/message.Water.json",
        "cn./message.a.json",
        "cn/picture.a.json",
        "cn/message.a.1of2",
        "a/b/c",
        "",
    ):
        assert parts_of_target(bad) is None
    for bad in ("../x", "/x", "a/../b", ".lock", "a//b", "a/b/c", "", "a/.b"):
        assert not is_file(bad)
    assert file_of("hoistway/1/content/../x") is None


def test_keys_for_alerts_are_limited_to_kinds_and_areas() -> None:
    digits = public_text(ALERTS)
    keys = AlertKeys((AlertKey(digits, ("cn/sichuan",), ("alert",)), AlertKey(digits, ("us",), ("release",))))
    assert keys.may_sign(digits, "alert", CITY)
    assert keys.may_sign(digits, "release", "us/ny")
    assert not keys.may_sign(digits, "release", CITY)
    assert not keys.may_sign(digits, "alert", "cn")
    assert not keys.may_sign(digits, "alert", "cn/sichuan-2")
    assert not keys.may_sign("0" * 64, "alert", CITY)


class FromFolder(FetcherInterface):
    """A fetcher of python-tuf's own client."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _fetch(self, url: str) -> Iterator[bytes]:
        path = self.folder / url.removeprefix("repository://")
        if not path.is_file():
            raise DownloadHTTPError("absent", 404)
        yield path.read_bytes()


def test_the_client_of_tuf_itself_reads_it_too(tmp_path: Path) -> None:
    """Its own workflow, without any code of ours; it takes the system's time, which a timestamp far ahead suits."""
    roots = [CryptoSigner.generate_ed25519() for _ in range(2)]
    keys = KeyRing(tmp_path / "keys")
    pinned = create(tmp_path / "repository", keys, roots, NOW + timedelta(days=36500))
    with opened(tmp_path / "repository", keys) as publisher:
        publisher.appoint("cn")
        publisher.appoint(CITY)
        publisher.add_publication(message())
        publisher.publish(NOW + timedelta(days=36500))
    (tmp_path / "metadata").mkdir()
    (tmp_path / "targets").mkdir()
    updater = Updater(
        str(tmp_path / "metadata"), "repository://", str(tmp_path / "targets"), "repository://",
        FromFolder(tmp_path / "repository"), bootstrap=pinned,
    )  # fmt: skip
    info = updater.get_targetinfo("cn.sichuan.chengdu.tower-a/message.water.json")
    assert info is not None
    assert Path(updater.download_target(info)).read_bytes().startswith(b'{"type":"message","id":"water"')
    assert updater.get_targetinfo("us/message.water.json") is None


# At the broker


def test_a_broker_holds_what_the_folder_holds_and_nothing_that_left_it(
    publishing: Publishing, tmp_path: Path
) -> None:
    broker = InProcessBroker()
    order: list[str] = []

    async def play() -> None:
        async with broker.connect("service") as connection:
            told = _Noting(connection, order)
            task = asyncio.create_task(
                Broadcast(publishing.folder, tmp_path / "keys", Inline(), lambda: NOW).run(told)
            )
            await asyncio.sleep(2)
            assert _standing(broker) == publishing.files()
            assert order[-2:] == [INDEX, TIMESTAMP]
            for revision in (2, 3, 4):
                publishing.publisher.add_publication(message(revision=revision))
                publishing.publisher.publish(NOW)
                await asyncio.sleep(2)
                assert _standing(broker) == publishing.files()
            broker.retained.clear()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        async with broker.connect("service") as connection:
            broker.retained["hoistway/1/content/2.snapshot.json"] = b"left over"
            task = asyncio.create_task(
                Broadcast(publishing.folder, tmp_path / "keys", Inline(), lambda: NOW).run(connection)
            )
            await asyncio.sleep(2)
            assert _standing(broker) == publishing.files()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    run(play())


class _Noting:
    """A connection that notes the order of files."""

    def __init__(self, connection: Connection, order: list[str]) -> None:
        self._connection, self._order = connection, order
        self.subscribe, self.deliveries = connection.subscribe, connection.deliveries
        self.unsubscribe = connection.unsubscribe

    async def publish(self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> None:
        self._order.append(topic.removeprefix("hoistway/1/content/"))
        await self._connection.publish(topic, payload, qos=qos, retain=retain)


def _standing(broker: InProcessBroker) -> dict[str, bytes]:
    return {topic.removeprefix("hoistway/1/content/"): data for topic, data in broker.retained.items()}


def test_the_service_keeps_the_timestamp_fresh(publishing: Publishing, tmp_path: Path) -> None:
    publishing.close()
    broker, now = InProcessBroker(), [NOW]

    async def play() -> None:
        async with broker.connect("service") as connection:
            broadcast = Broadcast(publishing.folder, tmp_path / "keys", Inline(), lambda: now[0])
            task = asyncio.create_task(broadcast.run(connection))
            await asyncio.sleep(2)
            now[0] = NOW + 3 * DAY
            await asyncio.sleep(700)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    run(play())
    display = Display(publishing.pinned, tmp_path / "display")
    display.fetch(_standing(broker), NOW + 3 * DAY)
    assert display.content.expires == NOW + 3 * DAY + TIMESTAMP_LASTS
