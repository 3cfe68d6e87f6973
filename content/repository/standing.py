"""What stands in a repository's folder: its metadata in memory, and the files it needs."""

from collections.abc import Container, Iterator
from itertools import count
from typing import Any, TypeVar

from tuf.api.metadata import DelegatedRole, Metadata, Root, Snapshot, Targets, Timestamp
from tuf.api.serialization.json import JSONSerializer

from content.message import BadMessage
from content.repository.disk import Folder
from content.repository.names import INDEX, TIMESTAMP, area_of_role, metadata_file, target_file
from content.repository.verification import TROUBLE
from content.wire import LARGEST

M = TypeVar("M", Root, Timestamp, Snapshot, Targets)


class Standing:
    """The present version of everything."""

    def __init__(
        self, root: Metadata[Root], timestamp: Metadata[Timestamp], snapshot: Metadata[Snapshot]
    ) -> None:
        self.root, self.timestamp, self.snapshot = root, timestamp, snapshot
        self.roles: dict[str, Metadata[Targets]] = {}
        """TUF's targets, and the role of each area that has a publisher."""

    def role(self, name: str) -> Targets:
        """What a role signs. Raises BadMessage when there is no such role."""
        if name not in self.roles:
            raise BadMessage(
                f"{area_of_role(name) or name} has no publisher of its own; `hoistway-content keys appoint` gives it one"
            )
        return self.roles[name].signed

    def delegator(self, name: str) -> str:
        """The role that delegates to this one. Raises BadMessage."""
        above = [other for other, role in self.roles.items() if name in delegated(role.signed)]
        if not above:
            raise BadMessage(
                f"{area_of_role(name) or name} has no publisher of its own; `hoistway-content keys appoint` gives it one"
            )
        return above[0]

    def last_version(self, name: str) -> int:
        """Of a role that was ever published, also of one that is gone; else 0: no version is used again."""
        meta = self.snapshot.signed.meta.get(f"{name}.json")
        return meta.version if meta else 0

    def files(self) -> Iterator[str]:
        """All files that this version needs."""
        yield from (metadata_file("root", n) for n in range(1, self.root.signed.version + 1))
        yield from (INDEX, TIMESTAMP, metadata_file("snapshot", self.snapshot.signed.version))
        for name, role in self.roles.items():
            if self.last_version(name):
                yield metadata_file(name, self.last_version(name))
            for path, signed in role.signed.targets.items():
                yield target_file(path, signed.hashes["sha256"])


def read(folder: Folder, *, only: Container[str] | None = None) -> Standing:
    """What stands there; only the publisher's side reads it so, because it believes its own disk. only: beside TUF's own
    targets the lists of these roles and no others, of which there may be thousands. Raises BadMessage."""
    try:
        # One after the other: to list the folder takes longer than all the rest where it holds thousands of files.
        newest = next(n for n in count(1) if metadata_file("root", n + 1) not in folder)
        root = parsed(Root, folder[metadata_file("root", newest)])
        timestamp = parsed(Timestamp, folder[TIMESTAMP])
        version = timestamp.signed.snapshot_meta.version
        snapshot = parsed(Snapshot, folder[metadata_file("snapshot", version)])
        standing = Standing(root, timestamp, snapshot)
        _read_role(standing, folder, "targets", only)
    except TROUBLE as error:
        raise BadMessage(f"{folder.path}: no repository stands there ({error!r}); create one") from error
    return standing


def _read_role(standing: Standing, folder: Folder, name: str, only: Container[str] | None) -> None:
    """A role, and all that it delegates to."""
    meta = standing.snapshot.signed.meta.get(f"{name}.json")
    if meta is None:
        return
    standing.roles[name] = parsed(Targets, folder[metadata_file(name, meta.version)])
    for below in delegated(standing.roles[name].signed):
        if only is None or below in only:
            _read_role(standing, folder, below, only)


def parsed(kind: type[M], data: bytes) -> Metadata[M]:
    """A file as metadata of a kind; its signatures are not verified. Raises what `verification.TROUBLE` lists."""
    metadata = Metadata[M].from_bytes(data)
    if metadata.signed.type != kind.type:
        raise ValueError(f"{metadata.signed.type} where {kind.type} should be")
    return metadata


def delegated(role: Targets) -> dict[str, DelegatedRole]:
    """The roles that a role delegates to."""
    roles = role.delegations.roles if role.delegations else None
    return {} if roles is None else roles


def as_file(name: str, metadata: Metadata[Any]) -> bytes:
    """Signed metadata as it travels. Raises BadMessage where it is too large for that."""
    data: bytes = metadata.to_bytes(JSONSerializer(compact=True))
    if len(data) > LARGEST:
        raise BadMessage(
            f"{name}: {len(data)} bytes of metadata, and at most {LARGEST} are sent: "
            "remove targets, or give areas below it publishers of their own"
        )
    return data
