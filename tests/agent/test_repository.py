"""The display's copy of the repository: what it takes, what it refuses, what it still has after a power cut."""

import asyncio
import shutil
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.clock import BUILT, Clock
from agent.fetching import STANDING, WITHHELD_S, Fetching, Told
from agent.files import LIST, Disk, Files
from agent.library import Library, Shelf
from agent.repository import Content, Done, Missing, Repository, from_folder
from agent.store import Store, StoreError
from content.broker import Delivery
from content.envelope import seal
from content.message import BadMessage, Message, Publication
from content.repository.names import INDEX, TIMESTAMP, content_topic, hash_in
from content.repository.signing import TIMESTAMP_LASTS
from content.repository.verification import BadRepository
from content.work import Inline
from tests.content_rig import AREA, NOW, alert, message
from tests.repository_rig import (
    ALERTS,
    CITY,
    PLACE,
    STRANGER,
    Display,
    Publishing,
    cases,
    fuzzed,
    judged,
    named,
    signed,
)

T = TypeVar("T")
YEAR = timedelta(days=365)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Shared"]:
    shared = Shared(tmp_path_factory.mktemp("shared"))
    yield shared
    shared.publishing.close()


class Shared:
    """One repository in two versions, for tests that do not change it."""

    def __init__(self, folder: Path) -> None:
        self.publishing = Publishing(folder)
        self.old = self.publishing.files()
        self.new = self.publishing.change_everything()
        self.pinned = self.publishing.pinned

    def display(self, folder: Path, place: str = PLACE) -> Display:
        """A display that has the old version."""
        display = Display(self.pinned, folder, place)
        assert isinstance(display.fetch(self.old), Done)
        return display


@pytest.fixture
def publishing(tmp_path: Path) -> Iterator[Publishing]:
    publishing = Publishing(tmp_path / "publishing")
    yield publishing
    publishing.close()


def test_a_display_has_what_is_published_around_it_and_nothing_else(
    publishing: Publishing, tmp_path: Path
) -> None:
    publishing.publisher.add_publication(message("national", area="cn"))
    publishing.publisher.add_publication(message("next-door", area=f"{CITY}/tower-b"))
    publishing.publisher.add_publication(message("abroad", area="us"))
    publishing.publisher.publish(NOW)
    display = Display(publishing.pinned, tmp_path / "display")
    assert isinstance(display.fetch(publishing.files()), Done)
    assert {message.id for message in display.content.published} == {"water", "national"}
    assert not [file for file in display.fetched if "next-door" in file or "abroad" in file or ".us." in file]


def test_every_kind_of_file_changes_and_is_taken(shared: Shared, tmp_path: Path) -> None:
    display = shared.display(tmp_path)
    assert display.content.published == (message(),)
    assert isinstance(display.fetch(shared.new), Done)
    assert display.content.published == (message(revision=2),)
    assert display.repository.picture(named(b"a picture")) == b"a picture"
    assert len(display.content.alert_keys.keys) == 2
    assert display.content.refused == ()


def test_a_large_picture_comes_in_parts(publishing: Publishing, tmp_path: Path) -> None:
    picture = Random(1).randbytes(600_000)
    publishing.publisher.add(CITY, "picture", "lobby", picture)
    publishing.publisher.publish(NOW)
    display = Display(publishing.pinned, tmp_path / "display")
    display.fetch(publishing.files())
    assert max(display.fetched.values()) <= 256_000
    assert display.repository.picture(named(picture)) == picture


def test_a_restart_has_what_was_verified_whatever_the_clock_says(shared: Shared, tmp_path: Path) -> None:
    display = shared.display(tmp_path)
    display.fetch(shared.new)
    before = display.content
    assert display.restarted().content == before


def test_every_bad_file_is_judged_and_changes_nothing(shared: Shared, tmp_path: Path) -> None:
    display = shared.display(tmp_path)
    before, count = display.content, 0
    for case in cases(shared.publishing, shared.old, shared.new):
        files = (
            {**shared.new, case.file: case.data} if case.data is not None else _without(shared.new, case.file)
        )
        display.restarted()
        verdict = judged(display, files)
        if case.data is None:
            assert isinstance(verdict, Missing), case.name
            assert verdict.files == {case.file}, case.name
        else:
            assert isinstance(verdict, BadRepository), case.name
            assert verdict.file == case.file, case.name
            assert "\n" not in str(verdict), case.name
        assert display.content == before, case.name
        count += 1
    assert count >= 150
    assert isinstance(display.fetch(shared.new), Done)


def _without(files: dict[str, bytes], name: str) -> dict[str, bytes]:
    return {file: data for file, data in files.items() if file != name}


def test_whatever_comes_is_refused_or_as_it_was_signed(shared: Shared, tmp_path: Path) -> None:
    display = shared.display(tmp_path)
    random = Random(20261122)
    for number in range(500):
        verdict = judged(display, fuzzed(random, shared.new))
        if isinstance(verdict, Done) and verdict.changed:
            assert display.content.published == (message(revision=2),), number
            display = shared.display(tmp_path / str(number))
        assert display.content.published == (message(),), number


def test_an_older_version_is_refused_after_a_newer_one(shared: Shared, tmp_path: Path) -> None:
    display = shared.display(tmp_path)
    display.fetch(shared.new)
    verdict = judged(display, shared.old)
    assert isinstance(verdict, BadRepository)
    assert display.content.published == (message(revision=2),)


def test_a_timestamp_that_was_seen_is_not_undone_by_the_one_before_it(
    publishing: Publishing, tmp_path: Path
) -> None:
    display = Display(publishing.pinned, tmp_path / "display")
    display.fetch(publishing.files())
    publishing.publisher.publish(NOW)
    between = publishing.files()
    publishing.publisher.add_publication(message(revision=2))
    publishing.publisher.publish(NOW)
    files = publishing.files()
    incomplete = {name: data for name, data in files.items() if name in STANDING}
    assert isinstance(display.fetch(incomplete), Missing)
    verdict = judged(display, between)
    assert isinstance(verdict, BadRepository)
    assert verdict.file == TIMESTAMP


def test_who_holds_the_timestamp_key_cannot_go_back_to_an_older_snapshot(
    publishing: Publishing, tmp_path: Path
) -> None:
    old = publishing.files()
    publishing.publisher.add_publication(message(revision=2))
    publishing.publisher.publish(NOW)
    display = Display(publishing.pinned, tmp_path / "display")
    display.fetch(publishing.files())

    def newer(signed: dict[str, object]) -> None:
        signed["version"] = 99

    stolen = signed(old[TIMESTAMP], publishing.signer("timestamp"), newer)
    verdict = judged(display, {**publishing.files(), **old, TIMESTAMP: stolen})
    assert isinstance(verdict, BadRepository)
    assert "snapshot version must be >=" in str(verdict)


def test_who_holds_timestamp_and_snapshot_keys_cannot_bring_an_old_list_back(
    publishing: Publishing, tmp_path: Path
) -> None:
    old = publishing.files()
    publishing.publisher.add_publication(message(revision=2))
    publishing.publisher.publish(NOW)
    display = Display(publishing.pinned, tmp_path / "display")
    display.fetch(publishing.files())
    snapshot = next(file for file in old if file.endswith(".snapshot.json") and file in publishing.files())

    def newer(signed: dict[str, Any]) -> None:
        signed["version"] = 99

    stolen = signed(old[snapshot], publishing.signer("snapshot"), newer)

    def leads_there(signed: dict[str, Any]) -> None:
        newer(signed)
        signed["meta"] = {"snapshot.json": {"version": 99}}

    timestamp = signed(old[TIMESTAMP], publishing.signer("timestamp"), leads_there)
    files = {**old, **publishing.files(), "99.snapshot.json": stolen, TIMESTAMP: timestamp}
    verdict = judged(display, files)
    assert isinstance(verdict, BadRepository)
    assert verdict.file == "99.snapshot.json"
    assert "Expected area.cn.sichuan.chengdu.json version 1, got 2" in str(verdict)


def test_a_publisher_signs_for_its_areas_only(publishing: Publishing, tmp_path: Path) -> None:
    """Its key signs a message for the whole country: that one counts for nothing, its own goes on."""
    publisher = publishing.publisher
    path = "cn/message.water.json"
    publisher._put(f"area.{CITY.replace('/', '.')}", path, b"{}")
    publisher.publish(NOW)
    display = Display(publishing.pinned, tmp_path / "display")
    display.fetch(publishing.files())
    assert display.content.published == (message(),)
    assert display.content.refused == ((path, "area.cn.sichuan.chengdu may not sign this"),)


def test_a_publisher_cannot_give_away_more_than_it_was_given(publishing: Publishing, tmp_path: Path) -> None:
    """The city appoints one for a building, and lets it sign for the country."""
    publisher = publishing.publisher
    publisher.appoint(AREA)
    delegations = publisher.standing.role("area.cn.sichuan.chengdu").delegations
    assert delegations is not None
    assert delegations.roles is not None
    delegations.roles["area.cn.sichuan.chengdu.tower-a"].paths = ["*/*"]
    publisher._put("area.cn.sichuan.chengdu.tower-a", "cn/message.water.json", b"{}")
    publisher.publish(NOW)
    display = Display(publishing.pinned, tmp_path / "display")
    display.fetch(publishing.files())
    assert display.content.refused == (
        ("cn/message.water.json", "area.cn.sichuan.chengdu.tower-a may not sign this"),
    )


@pytest.mark.parametrize(
    ("stands_for", "holds"),
    [
        ((CITY, "water"), message("water", area="cn")),
        ((CITY, "water"), message("other", area=CITY)),
        ((CITY, "water"), message("water", area=CITY, expires=NOW)),
    ],
    ids=["another area", "another name", "expired before it was sent"],
)
def test_a_message_is_what_its_name_says(
    publishing: Publishing, tmp_path: Path, stands_for: tuple[str, str], holds: Message
) -> None:
    area, name = stands_for
    path = f"{area.replace('/', '.')}/message.{name}.json"
    publishing.publisher._put("area.cn.sichuan.chengdu", path, msgspec.json.encode(holds))
    publishing.publisher.remove(AREA, "message", "water")
    publishing.publisher.publish(NOW)
    display = Display(publishing.pinned, tmp_path / "display")
    display.fetch(publishing.files())
    assert display.content.published == ()
    assert display.content.refused[0][0] == path


def test_the_wider_area_wins_where_two_messages_have_one_name(publishing: Publishing, tmp_path: Path) -> None:
    publishing.publisher.add_publication(message(area="cn"))
    publishing.publisher.publish(NOW)
    display = Display(publishing.pinned, tmp_path / "display")
    display.fetch(publishing.files())
    assert display.content.published == (message(area="cn"),)
    assert "has a message water too" in display.content.refused[0][1]


def test_what_is_revoked_is_gone_with_all_it_signed(publishing: Publishing, tmp_path: Path) -> None:
    display = Display(publishing.pinned, tmp_path / "display")
    display.fetch(publishing.files())
    publishing.publisher.revoke(CITY)
    publishing.publisher.publish(NOW)
    display.fetch(publishing.files())
    assert display.content.published == ()


def test_the_root_changes_only_with_enough_of_its_keys(shared: Shared, tmp_path: Path) -> None:
    display = shared.display(tmp_path)
    one = signed(shared.new["2.root.json"], shared.publishing.roots[0], lambda _signed: None)
    verdict = judged(display, {**shared.new, "2.root.json": one})
    assert isinstance(verdict, BadRepository)
    assert "signed by 1/2" in str(verdict)


def test_the_index_can_withhold_a_root_and_forge_nothing(shared: Shared, tmp_path: Path) -> None:
    display = shared.display(tmp_path)
    verdict = judged(display, {**shared.new, INDEX: shared.old[INDEX]})
    assert isinstance(verdict, BadRepository), "the new timestamp's key is in the root that was withheld"
    promised = (
        b'{"files": {"9.root.json": {"length": 1, "sha256": ""}, "2.root.json": {"length": 1, "sha256": ""}}}'
    )
    assert isinstance(judged(display, {**shared.new, INDEX: promised}), Done)


# Time


def test_expired_refuses_what_is_new_and_keeps_what_is_here(shared: Shared, tmp_path: Path) -> None:
    display = shared.display(tmp_path)
    last = NOW + TIMESTAMP_LASTS
    for late in (last, NOW + YEAR, datetime(2099, 1, 1, tzinfo=UTC)):
        verdict = judged(display, shared.new, late)
        assert isinstance(verdict, BadRepository)
        assert "expired by this display's time" in str(verdict)
        assert display.content.published == (message(),)
    assert isinstance(display.fetch(shared.new, last - timedelta(seconds=1)), Done)


def test_the_time_judged_by_is_the_displays_and_not_the_systems(shared: Shared, tmp_path: Path) -> None:
    """Fails when python-tuf no longer reads the time that we set: then one of the two is not as it should be."""
    assert isinstance(
        judged(shared.display(tmp_path / "a"), shared.new, datetime(1970, 1, 1, tzinfo=UTC)), Done
    )
    assert isinstance(
        judged(shared.display(tmp_path / "b"), shared.new, datetime(9000, 1, 1, tzinfo=UTC)), BadRepository
    )


def test_expired_for_a_year_alerts_are_still_believed_also_after_a_restart(
    shared: Shared, tmp_path: Path
) -> None:
    display = shared.display(tmp_path)
    year_later = alert(sent=NOW + YEAR, expires=NOW + YEAR + timedelta(hours=1))
    judged(display, shared.old, NOW + YEAR)
    for repository in (display.repository, display.restarted()):
        assert repository.content.alert_keys.unseal(seal(year_later, ALERTS)) == year_later


def test_an_alert_counts_only_from_a_key_that_may_sign_there(shared: Shared, tmp_path: Path) -> None:
    keys = shared.display(tmp_path).content.alert_keys
    assert keys.unseal(seal(alert(), ALERTS)) == alert()
    with pytest.raises(BadMessage, match="not signed with any key that the repository names"):
        keys.unseal(seal(alert(), STRANGER))
    with pytest.raises(BadMessage, match="may not sign a alert for us"):
        keys.unseal(seal(alert(area="us"), ALERTS))
    with pytest.raises(BadMessage, match="may not sign a message for"):
        keys.unseal(seal(message(), ALERTS))


# The disk


class Cut(Exception):
    """The power is gone."""


class Dying(Disk):
    """A disk whose power goes at one step, after some bytes of it."""

    def __init__(self, steps: int, part: float) -> None:
        self.steps, self.part = steps, part

    def _step(self) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise Cut

    def write(self, path: Path, data: bytes) -> None:
        try:
            self._step()
        except Cut:
            path.write_bytes(data[: int(self.part * len(data))])
            raise
        super().write(path, data)

    def rename(self, path: Path, over: Path) -> None:
        self._step()
        super().rename(path, over)

    def remove(self, path: Path) -> None:
        self._step()
        super().remove(path)


@settings(derandomize=True, deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(steps=st.integers(0, 40), part=st.floats(0, 1))
def test_a_cut_at_any_byte_leaves_the_old_version_or_the_new_one(
    shared: Shared, tmp_path_factory: pytest.TempPathFactory, steps: int, part: float
) -> None:
    folder = tmp_path_factory.mktemp("display")
    display = shared.display(folder)
    old = display.content
    display.repository = Repository(shared.pinned, PLACE, Files(folder, Dying(steps, part)))
    display.repository.load()
    try:
        display.fetch(shared.new)
    except Cut:
        assert display.restarted().content.published in (old.published, (message(revision=2),))
    assert isinstance(display.restarted().content, Content)
    assert isinstance(display.fetch(shared.new), Done)
    assert display.content.published == (message(revision=2),)
    assert display.content.published == display.restarted().content.published


@settings(derandomize=True, deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(which=st.integers(0, 100), at=st.floats(0, 1), cut=st.booleans())
def test_whatever_is_damaged_on_the_disk_is_fetched_again(
    shared: Shared, tmp_path_factory: pytest.TempPathFactory, which: int, at: float, cut: bool
) -> None:
    folder = tmp_path_factory.mktemp("display")
    display = shared.display(folder)
    files = sorted(folder.iterdir())
    path = files[which % len(files)]
    data = path.read_bytes()
    place = int(at * (len(data) - 1))
    path.write_bytes(data[:place] + (b"" if cut else bytes([data[place] ^ 0x55]) + data[place + 1 :]))
    assert display.restarted().content.published in ((), (message(),))
    assert isinstance(display.fetch(shared.old), Done)
    assert display.content.published == (message(),)


def test_what_is_not_needed_any_more_is_deleted(shared: Shared, tmp_path: Path) -> None:
    display = shared.display(tmp_path)
    display.fetch(shared.new)
    names = Files(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {LIST, *(_sha(names, name) for name in names)}
    assert not [name for name in names if name in shared.old.keys() - shared.new.keys()]


def _sha(files: Files, name: str) -> str:
    return files._path(name).name


def test_a_full_disk_changes_nothing(shared: Shared, tmp_path: Path) -> None:
    class Full(Disk):
        def write(self, path: Path, data: bytes) -> None:
            raise OSError(28, "No space left on device")

    shared.display(tmp_path)
    repository = Repository(shared.pinned, PLACE, Files(tmp_path, Full()))
    repository.load()
    with pytest.raises(StoreError, match="No space left"):
        repository.update(shared.new, NOW)
    assert repository.content.published == (message(),)


def test_more_than_a_display_keeps_is_refused(publishing: Publishing, tmp_path: Path) -> None:
    display = Display(publishing.pinned, tmp_path / "display")
    display.fetch(publishing.files())
    for number in range(129):
        publishing.publisher.add("cn", "picture", f"p{number}", number.to_bytes(250_000, "big"))
    publishing.publisher.publish(NOW)
    verdict = judged(display, publishing.files())
    assert isinstance(verdict, BadRepository)
    assert "more than a display keeps" in str(verdict)
    assert display.content.published == (message(),)


def test_a_stick_brings_what_the_broker_would(publishing: Publishing, tmp_path: Path) -> None:
    display = Display(publishing.pinned, tmp_path / "display")
    stick = tmp_path / "stick"
    shutil.copytree(publishing.folder, stick)
    file = next(path for path in stick.rglob("*message.water*"))
    held = file.read_bytes()
    file.unlink()
    with pytest.raises(BadRepository, match="export it again, whole"):
        from_folder(display.repository, stick, NOW)
    file.write_bytes(held + b"x" * 10**6)
    with pytest.raises(BadRepository, match="256001"):
        from_folder(display.repository, stick, NOW)
    file.write_bytes(held)
    assert from_folder(display.repository, stick, NOW).changed
    assert display.restarted().content.published == (message(),)


# Fetching


class Desk:
    """A display that fetches from retained files, in time that is told."""

    def __init__(self, shared: Shared, folder: Path) -> None:
        self.now, self.utc = 0.0, NOW
        self.clock = Clock(lambda: self.now, lambda: self.utc)
        self.stands = dict(shared.old)
        self.wanted: frozenset[str] = frozenset()
        self.refused: list[tuple[str, str]] = []
        self.unfit: set[str] = set()
        self.repository = Repository(shared.pinned, PLACE, Files(folder / "repository"))
        self.store = Store(folder)
        self.library = Library(
            self.unseal,
            PLACE, self.clock, Shelf(self.store, Inline(), Inline(), self.check),
        )  # fmt: skip
        told = Told(self.want, self.took, lambda topic, reason: self.refused.append((topic, reason)))
        self.fetching = Fetching(self.repository, self.clock, Inline(), told)
        self.new: list[str] = []
        self.runner = asyncio.Runner()

    def run(self, part: Coroutine[Any, Any, T]) -> T:
        """All on one loop."""
        return self.runner.run(part)

    def unseal(self, data: bytes) -> Publication:
        return self.repository.content.alert_keys.unseal(data)

    def check(self, publication: object) -> None:
        if isinstance(publication, Message) and publication.id in self.unfit:
            raise BadMessage("body: shorten it")

    def want(self, topics: frozenset[str]) -> None:
        self.new += sorted(topics - self.wanted)
        self.wanted = topics

    async def took(self, content: Content) -> None:
        for one, reason in await self.library.publish(content.published):
            if reason:
                self.refused.append((one.id, reason))

    async def play(self, change: Callable[[], None] = lambda: None) -> None:
        """Deliver what is asked for until nothing more is."""
        change()
        task = asyncio.create_task(self.fetching.run())
        for _ in range(40):
            await asyncio.sleep(0)
            asked, self.new = self.new, []
            for topic in asked:
                self.deliver(topic)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    def deliver(self, topic: str) -> None:
        file = topic.removeprefix("hoistway/1/content/")
        if file in self.stands:
            assert self.fetching.came(Delivery(topic, self.stands[file], retained=True))

    def publish(self, files: dict[str, bytes]) -> None:
        self.stands = dict(files)
        for file in (INDEX, TIMESTAMP):
            self.deliver(content_topic(file))

    def known(self) -> list[Message]:
        return [e.publication for e in self.library.known.values() if isinstance(e.publication, Message)]


@pytest.fixture
def desk(shared: Shared, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(shared, tmp_path)
    desk.run(desk.play())
    yield desk
    desk.runner.close()
    desk.store.close()


def test_what_is_fetched_is_known_and_nothing_more_is_asked_for(desk: Desk) -> None:
    assert desk.known() == [message()]
    assert desk.wanted == {content_topic(file) for file in STANDING}
    assert desk.refused == []


def test_a_change_replaces_the_message_and_raises_the_floor(desk: Desk, shared: Shared) -> None:
    desk.run(desk.play(lambda: desk.publish(shared.new)))
    assert desk.known() == [message(revision=2)]
    assert desk.clock.floor == max(BUILT, NOW)


def test_a_forged_file_is_told_once_and_what_comes_in_its_place_counts(desk: Desk, shared: Shared) -> None:
    file = next(name for name in shared.new if "message.water" in name and name not in shared.old)
    desk.run(desk.play(lambda: desk.publish({**shared.new, file: b"forged"})))
    desk.new = [content_topic(file)]
    desk.run(desk.play())
    assert desk.known() == [message()]
    assert [topic for topic, _ in desk.refused] == [content_topic(file)]
    desk.stands[file] = shared.new[file]
    desk.new = [content_topic(file)]
    desk.run(desk.play())
    assert desk.known() == [message(revision=2)]


def test_what_nobody_asked_for_is_not_kept(desk: Desk, shared: Shared) -> None:
    for number in range(100):
        assert desk.fetching.came(Delivery(content_topic(f"{number}.root.json"), b"x"))
    assert not desk.fetching.came(Delivery("hoistway/1/area/cn/alert/rain", b"x"))
    assert desk.fetching._arrived.keys() == STANDING


def test_a_clock_that_is_set_lets_in_what_was_refused(desk: Desk, shared: Shared) -> None:
    desk.utc = NOW + YEAR
    desk.run(desk.play(lambda: desk.publish(shared.new)))
    assert desk.known() == [message()]
    assert "expired by this display's time" in desk.refused[0][1]
    desk.utc = NOW
    desk.run(desk.play(lambda: desk.deliver(content_topic(TIMESTAMP))))
    assert desk.known() == [message(revision=2)]


def test_a_clock_of_1970_is_judged_by_the_floor(desk: Desk, shared: Shared) -> None:
    desk.utc = datetime(1970, 1, 1, tzinfo=UTC)
    desk.run(desk.play(lambda: desk.publish(shared.new)))
    assert desk.known() == [message(revision=2)]


def test_a_clock_of_1970_does_not_bring_back_what_expired_before_the_floor(
    desk: Desk, shared: Shared
) -> None:
    desk.utc = datetime(1970, 1, 1, tzinfo=UTC)
    desk.clock.at_least(NOW + TIMESTAMP_LASTS)
    desk.run(desk.play(lambda: desk.publish(shared.new)))
    assert desk.known() == [message()]
    assert "expired by this display's time" in desk.refused[0][1]


def test_withheld_files_are_told(desk: Desk, shared: Shared) -> None:
    desk.run(desk.play(lambda: desk.publish({name: shared.new[name] for name in (INDEX, TIMESTAMP)})))
    desk.now += WITHHELD_S + 1
    desk.run(desk.play(lambda: desk.deliver(content_topic(TIMESTAMP))))
    assert desk.refused == [(content_topic(TIMESTAMP), "what it leads to does not come: 2.root.json")]


def test_a_message_that_cannot_be_drawn_leaves_the_one_before(desk: Desk, shared: Shared) -> None:
    desk.unfit = {"water"}
    desk.run(desk.play(lambda: desk.publish(shared.new)))
    assert desk.known() == [message()]
    assert desk.refused == [("water", "body: shorten it")]


def test_what_left_the_repository_is_not_known_any_more_and_alerts_stay(desk: Desk, shared: Shared) -> None:
    desk.run(desk.library.take(Delivery("t", seal(alert(), ALERTS))))
    desk.run(desk.library.publish(()))
    assert list(desk.library.known) == [("alert", "rain")]


def test_many_messages_leave_room_for_alerts(desk: Desk) -> None:
    desk.run(desk.library.publish([message(f"m{number}") for number in range(10_000)]))
    assert desk.run(desk.library.take(Delivery("t", seal(alert(), ALERTS)))) == alert()


def test_a_target_has_its_hash_in_its_name_and_metadata_does_not(shared: Shared) -> None:
    hashed = {name for name in shared.new if hash_in(name)}
    assert all("message" in name or "picture" in name or "alert-keys" in name for name in hashed)
    assert not [name for name in shared.new.keys() - hashed if "message" in name]


def test_a_root_that_is_none_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadRepository, match=r"root\.json"):
        Repository(b"{}", PLACE, Files(tmp_path))


def test_a_strangers_repository_is_refused(publishing: Publishing, shared: Shared, tmp_path: Path) -> None:
    display = shared.display(tmp_path / "display")
    verdict = judged(display, publishing.files())
    assert isinstance(verdict, BadRepository)
    assert verdict.file == TIMESTAMP
