"""The publisher's side: the next version of the repository, signed and written."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from securesystemslib.signer import CryptoSigner, Key
from tuf.api.metadata import Metadata, Root, Snapshot, TargetFile, Targets, Timestamp

from content.message import BadMessage, Message, Playlist, kind_of, prefixes
from content.progress import Tell, silent
from content.repository import alert_keys, delegation, inspection, names, rooting, signing, submission
from content.repository.alert_keys import AlertKeys
from content.repository.disk import Folder
from content.repository.keyring import KeyRing
from content.repository.names import (
    INDEX,
    TIMESTAMP,
    hash_in,
    metadata_file,
    parts_of_target,
    role_of,
    target_file,
)
from content.repository.standing import Standing, as_file, delegated
from content.repository.standing import read as read_standing

FRESH_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication wrote."""

    files: tuple[str, ...]
    """In the order in which they must arrive: whoever sees the timestamp finds all that it leads to."""
    superseded: tuple[str, ...]
    """What neither this version nor the one before it needs: deleted here, to be cleared at the broker."""


class Publisher:
    """The repository, opened for writing by `opened`. After an exception what was not published is lost."""

    def __init__(
        self,
        folder: Folder,
        keys: KeyRing,
        standing: Standing,
        new: dict[str, bytes] | None = None,
        *,
        tell: Tell = silent,
    ) -> None:
        """new is what a repository begins with: its first root. tell hears how far long work is."""
        self.folder, self.keys, self.standing, self._tell = folder, keys, standing, tell
        self._changed = {"targets"} if new else set[str]()
        self._new = new or {}
        """Targets and roots to write."""
        self._stood, self._found = set(standing.files()), set(folder)

    def appoint(self, area: str, key: Key | None = None) -> None:
        """Give an area a publisher of its own, with their key or a new one in the ring. Raises BadMessage, BadKey."""
        delegation.require_none(self.standing, area)
        self._changed |= delegation.appoint(self.standing, area, self._keys_of(area, key))

    def rotate(self, area: str, key: Key | None = None) -> None:
        """Another key for an area's publisher; the one before counts no more. Raises BadMessage, BadKey."""
        self.standing.role(role_of(area))
        self._changed |= delegation.rotate(self.standing, area, self._keys_of(area, key))

    def _keys_of(self, area: str, key: Key | None) -> list[Key]:
        """A new one in the ring. With somebody else's goes one that signs the list as it stands now and is then lost:
        a role whose list nobody has signed yet would stop the displays of its area."""
        return (
            [self.keys.make(role_of(area)).public_key] if key is None else [key, self.keys.lend().public_key]
        )

    def revoke(self, area: str) -> None:
        """Take an area's publisher away, with all that it signed. Raises BadMessage."""
        self._changed |= delegation.revoke(self.standing, area)
        self._changed &= self.standing.roles.keys()

    def name_alert_keys(self, keys: AlertKeys) -> None:
        """Say which keys may sign alerts, releases and requests, and where."""
        self._put("targets", names.ALERT_KEYS, alert_keys.encode(keys))

    def add(self, area: str, kind: str, name: str, data: bytes) -> None:
        """Put a message, playlist or picture, in place of the one before. Raises BadMessage."""
        if kind == "picture":
            self._discard(area, kind, name)
            for path, piece in names.picture_parts(area, name, data).items():
                self._put(self._signer_of(area, path), path, piece)
            return
        path = names.target(area, kind, name)
        inspection.require_sound(area, kind, name, data)
        self._put(self._signer_of(area, path), path, data)

    def add_publication(self, publication: Message | Playlist) -> None:
        """Put a message or playlist for its area, in place of the one before. Raises BadMessage."""
        data = msgspec.json.encode(publication)
        self.add(publication.area, kind_of(publication), publication.id, data)

    def remove(self, area: str, kind: str, name: str) -> None:
        """Take something away. Raises BadMessage when it is not there."""
        if not self._discard(area, kind, name):
            raise BadMessage(f"{area} has no {kind} {name}; see what it has with targets")

    def require_names(self) -> None:
        """Raises BadMessage where something new has an id of an area around or inside: displays know only one of them."""
        submission.require_names(self.standing, self._changed)

    def targets(self, area: str) -> dict[str, str]:
        """What is published for exactly this area: the targets' paths, and the role that signed each."""
        return {
            path: name
            for name in self._around(area)
            for path in self.standing.role(name).targets
            if (parts_of_target(path) or ("",))[0] == area
        }

    def _around(self, area: str) -> list[str]:
        """The roles that may sign for an area, the widest first."""
        return [role_of(one) for one in prefixes(area) if role_of(one) in self.standing.roles]

    def content(self, path: str) -> bytes:
        """A target's content, by its path. Raises KeyError."""
        for role in self.standing.roles.values():
            if path in role.signed.targets:
                file = target_file(path, role.signed.targets[path].hashes["sha256"])
                return self._new[file] if file in self._new else self.folder[file]
        raise KeyError(path)

    def _discard(self, area: str, kind: str, name: str) -> bool:
        found = [
            (path, role)
            for path, role in self.targets(area).items()
            if (parts_of_target(path) or ())[1:3] == (kind, name)
        ]
        for path, role in found:
            del self.standing.role(role).targets[path]
            self._changed.add(role)
        return bool(found)

    def _signer_of(self, area: str, path: str) -> str:
        """The role that signed this before; else the nearest one whose key is here."""
        before = [name for name in self._around(area) if path in self.standing.role(name).targets]
        name = before[0] if before else delegation.nearest(self.standing, area)
        while not before and name != "targets" and not self._may_sign(name):
            name = self.standing.delegator(name)
        delegation.require_may_sign(self.standing, name, area)
        if before and not self._may_sign(name):
            raise BadMessage(
                f"the publisher of {names.area_of_role(name)} has one of this id: put that publisher's key into the ring, "
                "or take another id"
            )
        return name

    def _may_sign(self, name: str) -> bool:
        return self.keys.holds(delegated(self.standing.role(self.standing.delegator(name)))[name])

    def _put(self, name: str, path: str, data: bytes) -> None:
        if len(data) > names.LARGEST_PART:
            raise BadMessage(f"{path}: {len(data)} bytes; at most {names.LARGEST_PART} are sent")
        signed = TargetFile.from_data(path, data, ["sha256"])
        if self.standing.role(name).targets.get(path) == signed:
            return
        self.standing.role(name).targets[path] = signed
        self._new[target_file(path, signed.hashes["sha256"])] = data
        self._changed.add(name)

    def rotate_online(self, role: str, roots: Sequence[CryptoSigner], utc: datetime) -> None:
        """Another key for timestamp, snapshot or targets, signed by enough root keys. Raises BadKey."""
        if role not in rooting.ONLINE:
            raise BadMessage(
                f"{role!r} is none of {', '.join(rooting.ONLINE)}; an area's key is rotated by its area"
            )
        self.change_root(rooting.replace_key(role, self.keys.make(role).public_key), roots, utc)

    def change_root(self, edit: Callable[[Root], None], roots: Sequence[CryptoSigner], utc: datetime) -> None:
        """The next root, signed by enough keys of the root before and of its own. Raises BadKey."""
        before = self.standing.root.signed
        self.standing.root = rooting.signed(rooting.changed(before, edit, utc), roots, before)
        self._new[metadata_file("root", before.version + 1)] = as_file("root", self.standing.root)
        self._changed.add("targets")

    def accept(self, submitted: Mapping[str, bytes], utc: datetime) -> list[str]:
        """Take what publishers signed elsewhere, once all of it is sound; gives their roles. Raises BadMessage."""
        roles = submission.take(self.standing, self.folder, submitted, utc)
        self._changed |= set(roles)
        self._new |= {file: submitted[file] for file in sorted(submitted, key=lambda file: not hash_in(file))}
        return roles

    def submission(self, utc: datetime) -> dict[str, bytes]:
        """What is new, signed with the keys of this ring, for the office to accept. Raises BadMessage, BadKey."""
        signed = signing.lists(self.standing, self.keys, self._changed, self._new, utc)
        needed = set(self.standing.files())
        return {name: data for name, data in self._new.items() if name in needed} | signed

    def publish(self, utc: datetime, *, checked: bool = False) -> Published:
        """Sign and write what changed, and a fresh timestamp in any case. Raises BadMessage, BadKey.

        checked: looked at as displays will, and not written where one of those concerned would not believe it.
        """
        standing, keys = self.standing, self.keys
        files = self._new | signing.lists(standing, keys, self._changed, self._new, utc)
        files |= signing.snapshot(standing, keys, utc, changed=bool(self._changed))
        timestamp = signing.timestamp(standing, keys, utc)
        files[INDEX] = signing.index(standing, inspection.Renewed(files, self.folder))
        files[TIMESTAMP] = timestamp
        if checked:
            areas = delegation.concerned(standing, self._changed)
            self._verify(inspection.Renewed(files, self.folder), areas, utc)
        return self._write(files)

    def _write(self, files: dict[str, bytes]) -> Published:
        """Write all, the timestamp last, and only then delete what nobody needs any more."""
        for number, (name, data) in enumerate(files.items(), 1):
            self.folder.write(name, data)
            self._tell("writing", number, len(files))
        stands = set(self.standing.files())
        self._found |= files.keys()
        superseded = tuple(sorted(self._found - stands - self._stood))
        self.folder.forget(superseded)
        self._found -= set(superseded)
        self._changed, self._new, self._stood = set(), {}, stands
        return Published(tuple(files), superseded)

    def verify(self, utc: datetime, areas: Sequence[str] = ()) -> None:
        """Look at the folder as displays of these areas, or of all, will. Raises BadMessage."""
        self._verify(self.folder, areas or delegation.everywhere(self.standing), utc)

    def _verify(self, files: Mapping[str, bytes], areas: Sequence[str], utc: datetime) -> None:
        for number, area in enumerate(areas, 1):
            inspection.require_believed(files, area, utc)
            self._tell("verifying", number, len(areas))


def is_stale(folder: Folder, utc: datetime) -> bool:
    """Whether the timestamp has lasted a day, and should be made anew. Raises KeyError, BadMessage."""
    return read_standing(folder).timestamp.signed.expires - utc < signing.TIMESTAMP_LASTS - FRESH_FOR


@contextmanager
def opened(folder: Path, keys: KeyRing, *, tell: Tell = silent) -> Iterator[Publisher]:
    """The repository in a folder, while no other process writes to it. Raises BadMessage."""
    held = Folder(folder)
    with held.locked():
        yield Publisher(held, keys, read_standing(held), tell=tell)


def create(
    folder: Path, keys: KeyRing, roots: Sequence[CryptoSigner], utc: datetime, *, threshold: int = 2
) -> bytes:
    """A new repository, signed by all root keys; gives the root that displays are to pin. Raises BadMessage, BadKey."""
    held = Folder(folder)
    with held.locked():
        if metadata_file("root", 1) in held:
            raise BadMessage(f"{folder}: a repository stands there already; name another folder")
        online: dict[str, Key] = {role: keys.make(role).public_key for role in rooting.ONLINE}
        first = rooting.first(online, [root.public_key for root in roots], threshold, utc)
        root = rooting.signed(first, roots, None)
        standing = Standing(root, Metadata(Timestamp(version=1)), Metadata(Snapshot(version=1, meta={})))
        standing.roles["targets"] = Metadata(Targets(version=1))
        begun = {metadata_file("root", 1): as_file("root", root)}
        Publisher(held, keys, standing, begun).publish(utc)
        return held[metadata_file("root", 1)]
