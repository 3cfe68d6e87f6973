"""The publisher's side: the next version of the repository, signed and written."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from securesystemslib.signer import CryptoSigner, Key
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from content.message import BadMessage, Message, Playlist, kind_of, prefixes
from content.repository import alert_keys, delegation, names, rooting
from content.repository.alert_keys import AlertKeys
from content.repository.disk import Folder
from content.repository.index import index_of
from content.repository.index import read as read_index
from content.repository.keyring import KeyRing
from content.repository.names import INDEX, TIMESTAMP, metadata_file, parts_of_target, role_of, target_file
from content.repository.standing import Standing, as_file, delegated
from content.repository.standing import read as read_standing
from content.repository.verification import Missing, examine

TIMESTAMP_LASTS = timedelta(days=21)
"""A display that was away for longer, or from which a newer one is withheld, takes no new content."""
FRESH_FOR = timedelta(days=1)
SNAPSHOT_LASTS = timedelta(days=365)
SIGNED_LASTS = timedelta(days=3653)
"""Targets and areas: that nothing newer is withheld is for the timestamp to show, every day anew."""

PUBLISHED = {"message": Message, "playlist": Playlist}


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
        self, folder: Folder, keys: KeyRing, standing: Standing, new: dict[str, bytes] | None = None
    ) -> None:
        """new is what a repository begins with: its first root."""
        self.folder, self.keys, self.standing = folder, keys, standing
        self._changed = {"targets"} if new else set[str]()
        self._new = new or {}
        """Targets and roots to write."""
        self._stood, self._found = set(standing.files()), set(folder)

    def appoint(self, area: str) -> None:
        """Give an area a publisher of its own, with a new key in the key ring. Raises BadMessage, BadKey."""
        name = role_of(area)
        self._changed |= delegation.appoint(self.standing, area, self.keys.make(name).public_key)

    def rotate(self, area: str) -> None:
        """Another key for an area's publisher; the one before counts no more. Raises BadMessage, BadKey."""
        self.standing.role(role_of(area))
        self._changed |= delegation.rotate(self.standing, area, self.keys.make(role_of(area)).public_key)

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
        _require_sound(area, kind, name, data)
        self._put(self._signer_of(area, path), path, data)

    def add_publication(self, publication: Message | Playlist) -> None:
        """Put a message or playlist for its area, in place of the one before. Raises BadMessage."""
        data = msgspec.json.encode(publication)
        self.add(publication.area, kind_of(publication), publication.id, data)

    def remove(self, area: str, kind: str, name: str) -> None:
        """Take something away. Raises BadMessage when it is not there."""
        if not self._discard(area, kind, name):
            raise BadMessage(f"{area} has no {kind} {name}; see what it has with targets")

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

    def publish(self, utc: datetime) -> Published:
        """Sign and write what changed, and a fresh timestamp in any case. Raises BadMessage, BadKey."""
        standing = self.standing
        files = dict(self._new)
        snapshot = standing.snapshot.signed
        for name in sorted(self._changed):
            role = standing.role(name)
            role.version, role.expires = standing.last_version(name) + 1, utc + SIGNED_LASTS
            snapshot.meta[f"{name}.json"] = MetaFile(role.version)
            files[metadata_file(name, role.version)] = self._signed(name, standing.roles[name])
        if self._changed or snapshot.expires - utc < SNAPSHOT_LASTS / 2:
            snapshot.version, snapshot.expires = snapshot.version + 1, utc + SNAPSHOT_LASTS
            data = self._signed("snapshot", standing.snapshot)
            files[metadata_file("snapshot", snapshot.version)] = data
            standing.timestamp.signed.snapshot_meta = MetaFile.from_data(snapshot.version, data, ["sha256"])
        timestamp = standing.timestamp.signed
        timestamp.version, timestamp.expires = timestamp.version + 1, utc + TIMESTAMP_LASTS
        last = self._signed("timestamp", standing.timestamp)
        files[INDEX] = self._index(files)
        files[TIMESTAMP] = last
        return self._write(files)

    def _signed(self, name: str, metadata: Metadata[Any]) -> bytes:
        """A role's file, signed anew with what the key ring has for it."""
        root = self.standing.root.signed
        if name in root.roles:
            role = root.roles[name]
        else:
            role = delegated(self.standing.role(self.standing.delegator(name)))[name]
        metadata.signatures.clear()
        for signer in self.keys.signers(name, role):
            metadata.sign(signer, append=True)
        return as_file(name, metadata)

    def _index(self, files: dict[str, bytes]) -> bytes:
        """Of all roots, and of what the timestamp names."""
        snapshot = metadata_file("snapshot", self.standing.snapshot.signed.version)
        roots = [metadata_file("root", n) for n in range(1, self.standing.root.signed.version + 1)]
        top = [*roots, snapshot]
        return index_of({name: files[name] if name in files else self.folder[name] for name in top})

    def _write(self, files: dict[str, bytes]) -> Published:
        """Write all, the timestamp last, and only then delete what nobody needs any more."""
        for name, data in files.items():
            self.folder.write(name, data)
        stands = set(self.standing.files())
        self._found |= files.keys()
        superseded = tuple(sorted(self._found - stands - self._stood))
        self.folder.forget(superseded)
        self._found -= set(superseded)
        self._changed, self._new, self._stood = set(), {}, stands
        return Published(tuple(files), superseded)

    def _areas(self) -> list[str]:
        """Everywhere that something stands, or that has a publisher."""
        paths = {path for role in self.standing.roles.values() for path in role.signed.targets}
        hold = {parts[0] for parts in map(parts_of_target, paths) if parts}
        return sorted(hold | set(delegation.areas(self.standing))) or ["unknown"]

    def verify(self, utc: datetime, areas: Sequence[str] = ()) -> None:
        """Look at the folder as displays of these areas, or of all, will. Raises BadMessage."""
        for area in areas or self._areas():
            index = read_index(self.folder[INDEX])
            try:
                seen = examine(
                    self.folder[metadata_file("root", 1)],
                    area,
                    utc,
                    index=index,
                    arrived=self.folder,
                    kept={},
                )
            except Missing as error:
                raise BadMessage(f"{area}: {error} is missing in {self.folder.path}") from error
            if seen.refused:
                path, reason = seen.refused[0]
                raise BadMessage(f"{area}: {path}: {reason}")


def _require_sound(area: str, kind: str, name: str, data: bytes) -> None:
    try:
        found: Message | Playlist = msgspec.json.decode(data, type=PUBLISHED[kind])
    except msgspec.DecodeError as error:
        raise BadMessage(f"{area} {name}: not a {kind}: {error}") from error
    if (found.area, found.id) != (area, name):
        raise BadMessage(f"{kind} {found.id} for {found.area} cannot stand as {name} for {area}")


def is_stale(folder: Folder, utc: datetime) -> bool:
    """Whether the timestamp has lasted a day, and should be made anew. Raises KeyError, BadMessage."""
    return read_standing(folder).timestamp.signed.expires - utc < TIMESTAMP_LASTS - FRESH_FOR


@contextmanager
def opened(folder: Path, keys: KeyRing) -> Iterator[Publisher]:
    """The repository in a folder, while no other process writes to it. Raises BadMessage."""
    held = Folder(folder)
    with held.locked():
        yield Publisher(held, keys, read_standing(held))


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
