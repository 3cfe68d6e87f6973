"""The display's copy of the signed repository: verified before it counts, swapped whole, kept on the disk.

Pure but for its disk: time and files come in, what they prove comes out. Who fetches them is `agent/fetching.py`.
"""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

import msgspec

from agent.files import Files
from content.message import BadMessage, Message, NamedPicture, Playlist
from content.repository import alert_keys, index
from content.repository.alert_keys import AlertKeys
from content.repository.disk import Folder
from content.repository.index import Index
from content.repository.names import ALERT_KEYS, INDEX, hash_in, parts_of_target
from content.repository.verification import ALWAYS, BadRepository, Target, Verified, begin, examine
from content.repository.verification import Missing as Absent
from content.wire import LARGEST

log = logging.getLogger("hoistway.agent")

Published = Message | Playlist
KINDS = {"message": Message, "playlist": Playlist}
Refusal = tuple[str, str]
"""What was refused, and why."""


@dataclass(frozen=True, slots=True)
class Content:
    """What the repository says at this place."""

    published: tuple[Published, ...] = ()
    pictures: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    """By name: the files of its parts, in order; once for each area around that has a picture of this name."""
    alert_keys: AlertKeys = field(default_factory=AlertKeys)
    refused: tuple[Refusal, ...] = ()
    """What its publishers may not sign, or what cannot be read; the rest counts."""
    expires: datetime = ALWAYS
    """From here on nothing new counts without a newer timestamp; what is here plays on."""


@dataclass(frozen=True, slots=True)
class Done:
    """All of it is here and verified."""

    content: Content
    changed: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """These files have to come first; until then the content before stays."""

    files: frozenset[str]


class Repository:
    """One place's view, on a pinned root."""

    def __init__(self, pinned: bytes, place: str, files: Files) -> None:
        """pinned is the root.json of enrolment. Raises BadRepository when it is none."""
        begin(pinned, ALWAYS)
        self._pinned, self._place, self._files = pinned, place, files
        self._newest: bytes | None = None
        self._metadata: dict[str, bytes] = {}
        self.content = Content()

    def load(self) -> None:
        """What the disk keeps, verified again, whatever the time is now. Blocks."""
        nothing_new = partial(examine, index=Index({}), arrived={}, kept=self._files)
        try:
            verified = nothing_new(self._pinned, self._place, ALWAYS)
            content = self._content(verified, {})
        except (Absent, BadRepository) as error:
            if len(self._files):
                log.warning("the repository on the disk is not used, and is fetched again: %s", error)
            return
        self._metadata, self.content = verified.metadata, content

    def stage(self, file: str, data: bytes) -> None:
        """Put one target on the disk while others are awaited. Raises BadRepository, StoreError. Blocks."""
        if len(data) > LARGEST or hashlib.sha256(data).hexdigest() != hash_in(file):
            raise BadRepository(file, f"{len(data)} bytes that are not what was signed")
        self._files.put(data)

    def update(self, arrived: Mapping[str, bytes], now: datetime) -> Done | Missing:
        """Judge what arrived, and take it once it is complete. Raises BadRepository, StoreError. Blocks.

        now is the display's own time: the clock where it is good, else the floor below which no true time is.
        """
        try:
            verified = self._examine(arrived, now)
            if verified.metadata == self._metadata:
                return Done(self.content, changed=False)
            content = self._content(verified, arrived)
        except Absent as absent:
            self._newest = absent.timestamp or self._newest
            if absent.needed:
                self._files.prune(absent.needed)
            return Missing(absent.files)
        self._keep(verified, arrived)
        self._metadata, self.content = verified.metadata, content
        return Done(content, changed=True)

    def _examine(self, arrived: Mapping[str, bytes], now: datetime) -> Verified:
        if INDEX not in arrived:
            raise Absent(INDEX)
        try:
            stands = index.read(arrived[INDEX])
        except BadMessage as error:
            raise BadRepository(INDEX, str(error)) from error
        return examine(
            self._pinned, self._place, now,
            index=stands, arrived=arrived, kept=self._files, newest=self._newest,
        )  # fmt: skip

    def _keep(self, verified: Verified, arrived: Mapping[str, bytes]) -> None:
        files = {target.file for target in verified.targets.values()}
        for file in files:
            if file not in self._files:
                self._files.put(arrived[file])
        self._files.swap(verified.metadata, files)

    def picture(self, wanted: NamedPicture) -> bytes:
        """A picture of the content, its parts joined. Raises KeyError where that very picture is not here. Blocks."""
        for files in self.content.pictures.get(wanted.name, ()):
            data = b"".join(self._files[file] for file in files)
            if hashlib.sha256(data).hexdigest() == wanted.sha256:
                return data
        raise KeyError(wanted.name)

    def _content(self, verified: Verified, arrived: Mapping[str, bytes]) -> Content:
        """What the targets say. Raises Absent for one that was damaged on the disk."""
        before = self.content.alert_keys if ALERT_KEYS in verified.targets else AlertKeys()
        reading = _Reading(self._files, arrived, list(verified.refused), before)
        for path, target in verified.targets.items():
            reading.take(path, target)
        return Content(
            tuple(reading.published.values()), _joined(verified),
            reading.keys, tuple(reading.refused), verified.expires,
        )  # fmt: skip


def from_folder(repository: Repository, folder: Path, now: datetime) -> Done:
    """Take what was carried here, for instance on a USB stick. Raises BadRepository, StoreError. Blocks.

    A display that runs beside it has it after its next start.
    """
    result = repository.update(Folder(folder), now)
    if isinstance(result, Missing):
        first = min(result.files)
        raise BadRepository(
            first, f"is missing in {folder}, and {len(result.files) - 1} more: export it again, whole"
        )
    return result


@dataclass(slots=True)
class _Reading:
    files: Mapping[str, bytes]
    arrived: Mapping[str, bytes]
    refused: list[Refusal]
    keys: AlertKeys
    """Those known before, until the target is read."""
    published: dict[tuple[str, str], Published] = field(default_factory=dict)

    def take(self, path: str, target: Target) -> None:
        area, kind, name, _ = parts_of_target(path) or ("", ALERT_KEYS, "", "")
        if kind == "picture":
            return
        data = self.files.get(target.file) or self.arrived.get(target.file)
        if data is None:
            raise Absent(target.file)
        try:
            if kind == ALERT_KEYS:
                self.keys = alert_keys.decode(data)
            else:
                self._publication(area, kind, name, data)
        except (BadMessage, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self.refused.append((path, str(error)))

    def _publication(self, area: str, kind: str, name: str, data: bytes) -> None:
        found: Published = msgspec.json.decode(data, type=KINDS[kind])
        if (found.area, found.id) != (area, name):
            raise BadMessage(f"holds {found.id} for {found.area}")
        wider = self.published.get((kind, name))
        if wider is not None:
            raise BadMessage(f"{wider.area} around it has a {kind} {name} too: rename one")
        if found.expires <= found.sent:
            raise BadMessage("expires before it was sent")
        self.published[kind, name] = found


def _joined(verified: Verified) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The pictures of which all parts are named."""
    parts: dict[tuple[str, str, int], dict[int, str]] = {}
    for path, target in verified.targets.items():
        area, kind, name, ending = parts_of_target(path) or ("", "", "", "")
        if kind == "picture":
            number, count = map(int, ending.split("of"))
            parts.setdefault((name, area, count), {})[number] = target.file
    joined: dict[str, tuple[tuple[str, ...], ...]] = {}
    for (name, _, count), numbered in parts.items():
        if numbered.keys() == set(range(1, count + 1)):
            joined[name] = (*joined.get(name, ()), tuple(numbered[n] for n in range(1, count + 1)))
    return joined
