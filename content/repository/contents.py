"""What stands in a repository, whoever signed it: messages, playlists, and which keys may sign alerts."""

from collections.abc import Callable, Container, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from content.envelope import BadKey
from content.message import BadMessage, Message, Playlist, prefixes
from content.repository.alert_keys import AlertKeys, decode
from content.repository.disk import Folder
from content.repository.inspection import PUBLISHED
from content.repository.keyring import KeyRing
from content.repository.names import (
    ALERT_KEYS,
    TIMESTAMP,
    area_of_role,
    parts_of_target,
    role_of,
    target_file,
)
from content.repository.standing import Standing, delegated, read

Wanted = Callable[[str, str, str], bool]
"""Whether what has this area, kind and id is asked for."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A message or playlist that the list of a publisher names."""

    publication: Message | Playlist
    publisher: str
    """The area whose publisher signed the list."""
    in_ring: bool | None
    """Whether that publisher's keys are in the ring; None where no ring tells, as none has keys of any area."""
    file: str


class Contents:
    """Reads no more than it is asked for. Every method raises BadMessage for what cannot be read."""

    def __init__(self, folder: Path, keys: Path) -> None:
        """keys: where the ring lies, if there is one."""
        self._folder, self._keys = Folder(folder), keys
        self._timestamp, self._every = b"", list[Listed]()

    def every(self) -> list[Listed]:
        """All of it, read anew when the timestamp is another one."""
        timestamp = self._folder.get(TIMESTAMP, b"")
        if timestamp != self._timestamp:
            self._every = self._listed(lambda *_: True)
            self._timestamp = timestamp
        return self._every

    def around(self, place: str) -> list[Listed]:
        """What displays at a place should know: only the lists of the areas that it lies in are read."""
        areas = prefixes(place)
        return self._listed(lambda area, *_: area in areas, only={role_of(area) for area in areas})

    def named(self, kind: str, name: str) -> list[Listed]:
        """What stands under an id, once for each area: all lists are read, and no other publication."""
        return self._listed(lambda _area, *which: which == (kind, name))

    def _listed(self, wanted: Wanted, only: Container[str] | None = None) -> list[Listed]:
        standing = read(self._folder, only=only)
        in_ring = _in_ring(standing, self._keys)
        # What a file holds never changes.
        known = {one.file: one.publication for one in self._every}
        return [
            Listed(known.get(file) or self._read(kind, file), area, in_ring.get(role_of(area)), file)
            for area, kind, file in _files(standing, wanted)
        ]

    def _read(self, kind: str, file: str) -> Message | Playlist:
        try:
            found: Message | Playlist = msgspec.json.decode(self._folder[file], type=PUBLISHED[kind])
        except KeyError as error:
            raise BadMessage(f"{self._folder.path}: {file} is missing: copy the repository anew") from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BadMessage(f"{self._folder.path}: {file} is not a {kind}: {error}") from error
        return found


def _files(standing: Standing, wanted: Wanted) -> Iterator[tuple[str, str, str]]:
    """The publisher's area, the kind and the file of each publication that is asked for."""
    for name, role in standing.roles.items():
        publisher = area_of_role(name)
        for path, signed in role.signed.targets.items():
            parts = parts_of_target(path)
            if publisher and parts and parts[1] in PUBLISHED and wanted(*parts[:3]):
                yield publisher, parts[1], target_file(path, signed.hashes["sha256"])


def _in_ring(standing: Standing, folder: Path) -> dict[str, bool]:
    """Of each publisher whether its keys are in the ring. Empty where there is none that this user may read, and where
    it has none of these keys: an office may keep them apart from its server."""
    if not folder.is_dir():
        return {}
    with suppress(BadKey):
        ring = KeyRing(folder)
        above = standing.roles.values()
        held = {name: ring.holds(role) for one in above for name, role in delegated(one.signed).items()}
        return held if any(held.values()) else {}
    return {}


def alert_keys_in(folder: Folder) -> AlertKeys:
    """Which keys may sign alerts, releases and requests. Raises BadMessage."""
    signed = read(folder, only=()).role("targets").targets.get(ALERT_KEYS)
    if signed is None:
        return AlertKeys()
    try:
        return decode(folder[target_file(ALERT_KEYS, signed.hashes["sha256"])])
    except KeyError as error:
        raise BadMessage(f"{folder.path}: {error} is missing") from error
