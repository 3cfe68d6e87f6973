"""Every way by which a stranger's bytes get into the software, and what may come out of each: a refusal, or nothing."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import msgspec
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner

from agent.clock import Clock
from agent.config import TrustSection
from agent.fetching import STANDING, Fetching, Told
from agent.files import Files
from agent.library import Library, Shelf
from agent.programme import Programme
from agent.repository import Content, Repository
from agent.store import Store
from agent.trust import Trust
from content import layouts, wire
from content.broker import Delivery
from content.cap.judge import judge
from content.cap.known import Known
from content.envelope import PAYLOAD_TYPE, REQUEST_TYPE, public_text, seal
from content.message import Alert, BadMessage, Item, Message, Playlist, Publication
from content.pages import SOMEWHERE, written_pages
from content.repository.index import read
from content.repository.names import INDEX, content_topic
from content.repository.verification import BadRepository, Missing, examine
from content.requests import ASKS, Request
from content.work import Inline
from tests.content.cap import build as cap
from tests.content_rig import AREA, DAY, NOW, alert, event, message, release
from tests.repository_rig import ALERTS, PLACE, Publishing, fuzzed
from tests.spoiling_rig import spoiled, spoiled_json

SIZE = (480, 800)


@dataclass(frozen=True)
class Way:
    """One way in."""

    name: str
    feed: Callable[[Random], int]
    """Make something bad and bring it in; how many payloads were bad. Raises only what is no refusal."""
    close: Callable[[], None] = lambda: None


def publications() -> list[Publication]:
    """One of each kind that an envelope or the repository holds."""
    plays = Playlist("lobby", 1, AREA, NOW, NOW + DAY, (Item("water", seconds=20.0),))
    quake = alert("quake", event="earthquake", severity=4, cancels=("rain",))
    return [message(), message("party", priority=5, starts=NOW), alert(), quake, release(), plays]


class Envelopes:
    """Trust and library of a display, with what the stage looks at behind them."""

    def __init__(
        self, folder: Path, trust: TrustSection, signer: CryptoSigner, check: Callable[[Publication], None]
    ):
        self.signer, self.trust = signer, Trust(trust, PLACE, folder / "repository")
        self.trust.begin()
        self.clock = Clock(lambda: 0.0, lambda: NOW)
        self.store = Store(folder / "store")
        shelf = Shelf(self.store, Inline(), Inline(), check)
        self.library = Library(self.trust.unseal, PLACE, self.clock, shelf)
        self.programme = Programme(ZoneInfo("Asia/Shanghai"))
        self.library.known.follow(self.programme)
        self.valid = [seal(one, signer) for one in publications()]
        self.inside = [msgspec.json.encode(one) for one in publications()]
        self._runner = asyncio.Runner()

    def unsigned(self, random: Random) -> int:
        """An envelope that was spoiled on its way."""
        return self._take(spoiled(random, random.choice(self.valid), self.valid))

    def signed(self, random: Random) -> int:
        """A strange payload that the right key signed."""
        inside = random.choice(self.inside)
        strange = spoiled(random, inside, self.inside)
        if random.random() < 0.6:
            strange = spoiled_json(random, inside)
        return self._take(_signed(strange, PAYLOAD_TYPE, self.signer))

    def _take(self, payload: bytes) -> int:
        try:
            self._runner.run(self.library.take(Delivery("hoistway/1/area/cn/alert/x", payload)))
        except BadMessage:
            return 1
        self.programme.alerts.warned(self.clock.read())
        self.programme.scheduled(NOW)
        self.library.known.clear()
        return 1

    def close(self) -> None:
        self._runner.close()
        self.store.close()


def _signed(payload: bytes, kind: str, signer: CryptoSigner) -> bytes:
    envelope = Envelope(payload, kind, {})
    envelope.sign(signer)
    return msgspec.json.encode(envelope.to_dict())


def drawn(publication: Publication) -> None:
    """As the display draws what is new."""
    if isinstance(publication, Message | Alert):
        for page in written_pages(publication):
            layouts.draw(page, SOMEWHERE, SIZE)


def laid_out(publication: Publication) -> None:
    """Its pages, not drawn."""
    if isinstance(publication, Message | Alert):
        written_pages(publication)


class Repositories:
    """A display's copy of a repository, of which a newer version comes with some files spoiled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        publishing = Publishing(folder / "publishing")
        self.old, self.new = publishing.files(), publishing.change_everything()
        self.pinned = publishing.pinned
        publishing.close()
        self._displays = 0
        self._runner = asyncio.Runner()
        self._begin()

    def _begin(self) -> None:
        """A display that has the old version, which it was brought on a stick."""
        self._displays += 1
        self._repository = Repository(self.pinned, PLACE, Files(self.folder / str(self._displays)))
        self._repository.update(self.old, NOW)
        self._wanted, self.changed = frozenset[str](), False
        told = Told(self._want, self._took, lambda _topic, _reason: None)
        self._fetching = Fetching(self._repository, Clock(lambda: 0.0, lambda: NOW), Inline(), told)

    def _want(self, topics: frozenset[str]) -> None:
        self._wanted = topics

    async def _took(self, _content: Content) -> None:
        self.changed = True

    def judged(self, random: Random) -> int:
        """All at once, beside what was verified before."""
        files = fuzzed(random, self.new)
        with suppress(BadRepository, BadMessage, Missing):
            examine(self.pinned, PLACE, NOW, index=read(files[INDEX]), arrived=files, kept=self.old)
        return self._bad(files)

    def fetched(self, random: Random) -> int:
        """One after the other, as they are asked for."""
        files = fuzzed(random, self.new)
        self.deliver(files)
        if self.changed:
            self._begin()
        return self._bad(files)

    def deliver(self, files: dict[str, bytes]) -> None:
        """Bring what is asked for. Raises what ends the fetching."""
        self._runner.run(self._deliver(files))

    async def _deliver(self, files: dict[str, bytes]) -> None:
        task = asyncio.create_task(self._fetching.run())
        asked = frozenset(content_topic(name) for name in STANDING)
        for _ in range(12):
            for name, data in files.items():
                if content_topic(name) in asked:
                    self._fetching.came(Delivery(content_topic(name), data))
            before = self._wanted
            for _ in range(4):
                await asyncio.sleep(0)
            asked = self._wanted - before
        if task.done():
            task.result()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    def _bad(self, files: dict[str, bytes]) -> int:
        return sum(files[name] != self.new[name] for name in self.new)

    def close(self) -> None:
        self._runner.close()


WIRE: tuple[msgspec.Struct, ...] = (
    wire.Status(True, 12, "0.1.0", AREA, {"door": "mcp23017"}, "good", "9f0c5a7d21b3e846", "notice", "message water", NOW),
    event(1, door="open"),
    wire.Received("box", 7),
    wire.Serving("token", "host", 1),
)  # fmt: skip


def decoded(random: Random) -> int:
    """A payload that is not signed."""
    valid = [wire.encode(one) for one in WIRE]
    data = spoiled(random, random.choice(valid), valid)
    for one in WIRE:
        with suppress(BadMessage):
            wire.decode(data, type(one))
    return 1


def requests(folder: Path, signer: CryptoSigner) -> Way:
    """What the display is asked."""
    trust = Trust(TrustSection(key=public_text(signer)), PLACE, folder)
    asked = [Request("one", "lift-2", PLACE, NOW, NOW + DAY / 48, ask) for ask in ASKS]
    valid, inside = [seal(one, signer) for one in asked], [msgspec.json.encode(one) for one in asked]

    def ask(random: Random) -> int:
        if random.random() < 0.5:
            data = spoiled(random, random.choice(valid), valid)
        else:
            data = _signed(spoiled(random, random.choice(inside), inside), REQUEST_TYPE, signer)
        with suppress(BadMessage):
            trust.request(data)
        return 1

    return Way("spoiled requests, unsealed", ask)


def _cap(valid: list[bytes], random: Random) -> int:
    judge(spoiled(random, random.choice(valid), valid), cap.rules(), Known(), cap.NOW)
    return 1


def ways(folder: Path) -> list[Way]:
    """All of them, each with a display of its own."""
    signer = CryptoSigner.generate_ed25519()
    key = TrustSection(key=public_text(signer))
    repositories = Repositories(folder / "repositories")
    root = folder / "root.json"
    root.write_bytes(repositories.pinned)
    keyed = Envelopes(folder / "keyed", key, signer, laid_out)
    Repository(repositories.pinned, PLACE, Files(folder / "rooted/repository")).update(repositories.old, NOW)
    rooted = Envelopes(folder / "rooted", TrustSection(root=str(root)), ALERTS, laid_out)
    glass = Envelopes(folder / "glass", key, signer, drawn)
    messages = [
        cap.cap(cap.info(), cap.info(cap.MIANYANG, language="zh")),
        cap.later("Cancel", "c", about="storm-1"),
    ]
    return [
        Way("envelopes spoiled on their way, to a display with a key", keyed.unsigned),
        Way("strange envelopes, signed, to a display with a key", keyed.signed, keyed.close),
        Way("envelopes spoiled on their way, to a display with a root", rooted.unsigned),
        Way("strange envelopes, signed, to a display with a root", rooted.signed, rooted.close),
        Way("strange envelopes, signed, and drawn", glass.signed, glass.close),
        Way("spoiled files of the repository, judged", repositories.judged),
        Way("spoiled files of the repository, fetched", repositories.fetched, repositories.close),
        Way("spoiled status, event, received, serving, decoded", decoded),
        requests(folder / "requests", signer),
        Way("spoiled CAP messages, judged", partial(_cap, messages)),
    ]
