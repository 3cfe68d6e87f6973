"""A whole display and every file of its repository made bad: refused by name, told, and the glass unchanged.

What is expected is docs/trust.md's: a version counts when all of it is there, signed by who may; until then, and
whatever goes wrong, the version before plays.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec
import pytest

from agent.fetching import JUDGE_AGAIN_S, WITHHELD_S
from agent.stage import IDLE
from content.envelope import public_text
from content.message import Item, Message, Playlist, Text
from content.pages import page_of
from content.repository import rooting
from content.repository.alert_keys import AlertKey, AlertKeys
from content.repository.names import INDEX, TIMESTAMP, content_topic, hash_in
from content.repository.signing import TIMESTAMP_LASTS
from content.repository.verification import EXPIRED
from content.wire import Event
from tests.agent_rig import BEGINNING, Rig, looks_like, message
from tests.bad_inputs_rig import LASTING
from tests.judged_rig import MOMENT_S, Clock, Judged, pinned, play
from tests.repository_rig import ALERTS, CITY, STRANGER, Case, Publishing, cases, role_in

OLD = message(expires=LASTING)
NEW = message(revision=2, expires=LASTING, title=Text("停水取消", "Water stays on"))
TIPS = Playlist("tips", 1, CITY, BEGINNING, LASTING, (Item("water"),))
FAULTS = (
    "cut in half", "without its last byte", "one bit changed", "with a byte too many", "oversized", "nested deeply",
    "a number", "no UTF-8", "signed by a stranger", "lasting longer, signed by a stranger",
    "signed with another role's key", "holding another", "as it was before", "expired",
)  # fmt: skip
"""Of a file that comes; one that does not come, or empty, is withheld."""
BY_2099 = ("cut in half", "signed by a stranger", "as it was before", "expired")
"""Some of them: what is new has expired by then, whatever else is wrong with it."""
JUDGED = [(fault, clock) for clock in Clock for fault in (BY_2099 if clock is Clock.FUTURE else FAULTS)]


def in_turn(file: str) -> tuple[int, int, str]:
    """When a display needs a file: each is found by those before it (docs/trust.md, What stands where)."""
    role = role_in(file)
    top = ("root", "timestamp", "snapshot", "targets")
    if file == INDEX or role is None:
        return (-1 if file == INDEX else 5), 0, file
    return (top.index(role) if role in top else 4), role.count("."), file


class Shared:
    """One repository in two versions, of which every kind of file is another."""

    def __init__(self, folder: Path) -> None:
        self.publishing = Publishing(folder)
        publisher = self.publishing.publisher
        publisher.remove(f"{CITY}/tower-a", "message", "water")
        publisher.add_publication(OLD)
        publisher.publish(BEGINNING)
        self.old = self.publishing.files()
        online = self.publishing.keys.make("timestamp").public_key
        publisher.change_root(rooting.replace_key("timestamp", online), self.publishing.roots[:2], BEGINNING)
        named = (AlertKey(public_text(ALERTS), ("cn",)), AlertKey(public_text(STRANGER), ("us",)))
        publisher.name_alert_keys(AlertKeys(named))
        publisher.rotate(CITY)
        publisher.add_publication(NEW)
        publisher.add_publication(TIPS)
        publisher.add("cn", "picture", "lobby", b"a picture")
        publisher.publish(BEGINNING)
        self.new = self.publishing.files()
        self.cases = list(cases(self.publishing, self.old, self.new))

    def with_fault(self, fault: str) -> list[Case]:
        """One case for each file that can have it."""
        found: dict[str, Case] = {}
        for case in self.cases:
            name = case.name.removeprefix(f"{case.file} ")
            if (name, "holding another")[name.startswith("holding ")] == fault:
                found.setdefault(case.file, case)
        return [found[file] for file in sorted(found, key=in_turn)]

    def up_to(self, case: Case) -> dict[str, bytes]:
        """The new version as far as a display needs it before the bad file, and that one."""
        good = {file: data for file, data in self.new.items() if in_turn(file) < in_turn(case.file)}
        return good if case.data is None else {**good, case.file: case.data}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    shared = Shared(tmp_path_factory.mktemp("shared"))
    yield shared
    shared.publishing.close()


class Display(Judged):
    """A display that has the old version, and its message on the glass."""

    def __init__(self, rig: Rig, clock: Clock, shared: Shared) -> None:
        super().__init__(rig, clock, pinned(rig, shared.publishing, shared.old))
        self.shared = shared

    async def publish(self, files: Mapping[str, bytes]) -> list[Event]:
        """All that is to stand at the broker, in the publisher's order; gives what was told."""
        self.told()
        retained = self.rig.broker.retained
        for topic in [topic for topic in retained if topic.startswith(content_topic(""))]:
            del retained[topic]
        async with self.rig.broker.connect("publisher") as connection:
            for name in sorted(files, key=lambda name: (name == TIMESTAMP, name == INDEX)):
                await connection.publish(content_topic(name), files[name], retain=True)
        # Of several targets that are awaited none is judged before all came, or a minute passed.
        await self.wait(JUDGE_AGAIN_S + MOMENT_S if any(map(hash_in, files)) else MOMENT_S)
        return self.told()

    def shows(self, one: Message) -> bool:
        """Whether a message is known, and on the glass, if this clock lets messages be there."""
        page = IDLE if self.clock is Clock.PAST else page_of(one)
        known = self.rig.agent.library.known["message", one.id].publication
        return known == one and looks_like(self.rig.screen.frames[-1].pixels, page)

    async def until_right(self) -> None:
        """The clock is set; what was refused for its sake is judged again."""
        if self.clock is Clock.FUTURE:
            self.rig.wall.set(self.truth)
            await self.wait(JUDGE_AGAIN_S + MOMENT_S)


def refusals(told: list[Event]) -> list[tuple[str, str]]:
    """Topic and reason of each."""
    refused = [event for event in told if event.kind == "refused"]
    assert all("\n" not in event.body["reason"] for event in refused)
    return [(event.body["topic"], event.body["reason"]) for event in refused]


@pytest.mark.parametrize(("fault", "clock"), JUDGED)
def test_every_bad_file_is_refused_by_name(fault: str, clock: Clock, shared: Shared, tmp_path: Path) -> None:
    """By 2099 all that is new has expired, which is told first and once; and it counts when the clock is set."""

    async def scenario(rig: Rig) -> None:
        display = Display(rig, clock, shared)
        await display.begin()
        assert display.shows(OLD)
        expired = [reason for _, reason in refusals(display.told()) if "expired" in reason]
        assert len(expired) == (clock is Clock.FUTURE)
        before = display.state()
        for case in shared.with_fault(fault):
            told = refusals(await display.publish(shared.up_to(case)))
            topics = {topic for topic, _ in told}
            if clock is Clock.FUTURE:
                assert topics <= {content_topic(TIMESTAMP), content_topic(case.file)}, case.name
            else:
                assert topics == {content_topic(case.file)}, case.name
            assert display.state() == before, case.name
        await display.publish(shared.new)
        assert display.shows(NEW if clock is not Clock.FUTURE else OLD)
        await display.until_right()
        assert display.shows(NEW)

    play(tmp_path, scenario)


def test_the_generator_makes_more_than_two_hundred_bad_files(shared: Shared) -> None:
    found = [(case.name, clock) for fault, clock in JUDGED for case in shared.with_fault(fault)]
    assert len(set(found)) == len(found) >= 200
    kinds = {role_in(case.file) or case.file.split(".")[-2:][0] for case in shared.cases}
    assert len(kinds) == 10, "four roles, two areas, a message, a playlist, a picture, the keys for alerts"


def test_every_withheld_file_is_told_after_five_minutes(shared: Shared, tmp_path: Path) -> None:
    """An empty payload is how MQTT takes a file away: it is as if it never came."""

    async def scenario(rig: Rig) -> None:
        display = Display(rig, Clock.GOOD, shared)
        await display.begin()
        before = display.state()
        for case in shared.with_fault("empty"):
            if case.file == TIMESTAMP:
                continue
            told = await display.publish({**shared.up_to(case), TIMESTAMP: shared.new[TIMESTAMP]})
            await display.wait(WITHHELD_S + JUDGE_AGAIN_S)
            ((topic, reason),) = refusals([*told, *display.told()])
            assert topic == content_topic(TIMESTAMP), case.name
            assert "what it leads to does not come: " in reason, case.name
            assert display.state() == before, case.name
        await display.publish(shared.new)
        assert display.shows(NEW)

    play(tmp_path, scenario)


@pytest.mark.parametrize("clock", Clock)
def test_a_timestamp_that_nobody_makes_anew_is_told_when_it_expires(
    clock: Clock, shared: Shared, tmp_path: Path
) -> None:
    """Frozen: the broker goes on with what it has. Without a clock nobody knows how long; by 2099 it is told at once."""

    async def scenario(rig: Rig) -> None:
        display = Display(rig, clock, shared)
        await display.begin()
        expected = [(content_topic(TIMESTAMP), f"{TIMESTAMP}: {EXPIRED}")]
        assert refusals(display.told()) == (expected if clock is Clock.FUTURE else [])
        before = display.state()
        rig.wall.set(rig.wall.utc() + TIMESTAMP_LASTS)
        told = await display.publish(shared.old)
        await display.wait(2 * JUDGE_AGAIN_S)
        assert refusals([*told, *display.told()]) == (expected if clock is Clock.GOOD else [])
        assert display.state() == before
        assert display.shows(OLD)

    play(tmp_path, scenario)


INDEXES: dict[str, tuple[Callable[[Shared], bytes], tuple[str, ...]]] = {
    "cut in half": (lambda s: s.new[INDEX][: len(s.new[INDEX]) // 2], (INDEX,)),
    "without its last byte": (lambda s: s.new[INDEX][:-1], (INDEX,)),
    "oversized": (lambda s: s.new[INDEX].ljust(256_001), (INDEX, TIMESTAMP)),
    "nested deeply": (lambda _s: b"[" * 100_000, (INDEX,)),
    "a number": (lambda _s: b"1", (INDEX,)),
    "no UTF-8": (lambda s: b"\xff" + s.new[INDEX], (INDEX,)),
    "another file": (lambda s: s.new[TIMESTAMP], (INDEX,)),
    "without the new root": (lambda s: s.old[INDEX], (TIMESTAMP,)),
    "with false hashes": (lambda s: _with_hashes(s.new[INDEX]), ()),
}
"""How the index is spoiled, and what is refused for it: it is asked for roots only, and no hash in it is believed.

One that is too large is not even looked at: then the one before stands, which does not know the new root."""


def _with_hashes(index: bytes) -> bytes:
    stands = {name: {"length": 1, "sha256": "0" * 64} for name in msgspec.json.decode(index)["files"]}
    return msgspec.json.encode({"files": stands})


@pytest.mark.parametrize("clock", [Clock.GOOD, Clock.PAST])
@pytest.mark.parametrize("fault", INDEXES)
def test_the_index_can_hold_back_and_forge_nothing(
    fault: str, clock: Clock, shared: Shared, tmp_path: Path
) -> None:
    make, refused = INDEXES[fault]

    async def scenario(rig: Rig) -> None:
        display = Display(rig, clock, shared)
        await display.begin()
        before = display.state()
        told = refusals(await display.publish({**shared.new, INDEX: make(shared)}))
        assert [topic for topic, _ in told] == [content_topic(file) for file in refused]
        if refused:
            assert display.state() == before
            await display.publish(shared.new)
        assert display.shows(NEW)

    play(tmp_path, scenario)
