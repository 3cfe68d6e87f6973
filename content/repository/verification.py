"""The one way from files to what may be believed of them: the client workflow of TUF, pure, on python-tuf.

It works on the trusted set of python-tuf itself, not on its Updater: that one reads the system clock, writes folders
that a power cut may tear, and fetches over HTTP. The order of the steps is that of the specification, 5.3 to 5.7.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from tuf.api.exceptions import EqualVersionNumberError, ExpiredMetadataError, RepositoryError
from tuf.api.metadata import DelegatedRole, TargetFile, Targets
from tuf.ngclient._internal.trusted_metadata_set import TrustedMetadataSet
from tuf.ngclient.config import EnvelopeType

from content.message import BadMessage, prefixes
from content.repository.index import Index
from content.repository.names import (
    ALERT_KEYS,
    INDEX,
    TIMESTAMP,
    metadata_file,
    parts_of_target,
    role_of,
    target_file,
)
from content.wire import LARGEST

MOST_ROOTS = 256
MOST_TARGETS = 10_000
MOST_BYTES = 32_000_000
"""Of all that one display keeps of the repository's targets."""
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
"""A time at which nothing has expired: for what was verified in time once, and is read from the disk again."""

EXPIRED = "expired by this display's time: nothing newer came, or the clock is wrong; what is here stays"

TROUBLE = (RepositoryError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError)
"""Whatever shape a stranger's metadata has, python-tuf trips over it in one of these ways."""


class BadRepository(BadMessage):
    """A file of the repository is refused; what was verified before stays."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = file


class Missing(Exception):
    """These files have to come first."""

    def __init__(self, *files: str) -> None:
        super().__init__(", ".join(files))
        self.files = frozenset(files)
        self.timestamp: bytes | None = None
        """The verified timestamp that leads to them, if one did."""
        self.needed: frozenset[str] = frozenset()
        """Once all targets are known: the files of all of them, also of those that are here."""


@dataclass(frozen=True, slots=True)
class Target:
    """One target that is signed by who may sign it, and the file that holds it."""

    path: str
    file: str
    signed: TargetFile
    signed_by: str


@dataclass(slots=True)
class Verified:
    """What may be believed at a place."""

    metadata: dict[str, bytes] = field(default_factory=dict)
    """The files that prove it, by name."""
    targets: dict[str, Target] = field(default_factory=dict)
    """By path: the alert keys, and all that is for an area around the place."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """Targets that their role may not sign, and why: they count for nothing, and stop nothing else."""
    expires: datetime = ALWAYS
    """New content is refused from here on, unless a newer timestamp comes."""


def begin(pinned: bytes, now: datetime) -> TrustedMetadataSet:
    """A trusted set on a pinned root that judges expiry at our time, not at the system's. Raises BadRepository."""
    with judged("root.json"):
        trusted = TrustedMetadataSet(pinned, EnvelopeType.METADATA)
    # The one place where the display's own time reaches python-tuf; a test fails when it is no longer read there.
    trusted.reference_time = now
    return trusted


@contextmanager
def judged(file: str) -> Iterator[None]:
    """Everything that python-tuf says against a file, as one exception with one line."""
    try:
        yield
    except EqualVersionNumberError:
        raise
    except ExpiredMetadataError as error:
        raise BadRepository(file, EXPIRED) from error
    except TROUBLE as error:
        raise BadRepository(file, f"{error}" or type(error).__name__) from error


def examine(
    pinned: bytes,
    place: str,
    now: datetime,
    *,
    index: Index,
    arrived: Mapping[str, bytes],
    kept: Mapping[str, bytes],
    newest: bytes | None = None,
) -> Verified:
    """What the files prove at a place. Raises Missing, or BadRepository.

    kept was verified before and guards against a return to older versions, as does newest, a verified timestamp
    whose files did not all come yet.
    """
    return _Walk(pinned, now, index, arrived, kept).go(place, newest)


class _Walk:
    def __init__(
        self,
        pinned: bytes,
        now: datetime,
        index: Index,
        arrived: Mapping[str, bytes],
        kept: Mapping[str, bytes],
    ) -> None:
        self._trusted, self._now, self._index = begin(pinned, now), now, index
        self._arrived, self._kept = arrived, kept
        self._verified = Verified()

    def go(self, place: str, newest: bytes | None) -> Verified:
        self._roots()
        self._timestamp(newest)
        try:
            self._snapshot()
            self._signed("targets", self._trusted.update_targets)
            self._own_targets()
            self._areas(place)
            self._complete()
        except Missing as missing:
            missing.timestamp = self._verified.metadata[TIMESTAMP]
            raise
        self._verified.expires = self._trusted.timestamp.expires
        return self._verified

    def _roots(self) -> None:
        """5.3: every root there is, one after the other."""
        for _ in range(MOST_ROOTS):
            file = metadata_file("root", self._trusted.root.version + 1)
            if file not in self._kept and file not in self._arrived and file not in self._index.files:
                return
            self._load(file, self._trusted.update_root)
        raise BadRepository(INDEX, f"more than {MOST_ROOTS} roots; pin a newer one")

    def _timestamp(self, newest: bytes | None) -> None:
        """5.4. What was trusted before is loaded first, as the version below which nothing is taken."""
        for old in (self._kept.get(TIMESTAMP), newest):
            if old is not None:
                with suppress(*TROUBLE):
                    self._trusted.update_timestamp(old)
                    self._verified.metadata[TIMESTAMP] = old
        new = self._arrived.get(TIMESTAMP)
        if new is not None:
            with judged(TIMESTAMP), suppress(EqualVersionNumberError):
                self._trusted.update_timestamp(_sized(TIMESTAMP, new))
                self._verified.metadata[TIMESTAMP] = new
        if "timestamp" not in {role.type for role in self._trusted}:
            raise Missing(TIMESTAMP)
        if self._trusted.timestamp.is_expired(self._now):
            raise BadRepository(TIMESTAMP, EXPIRED)

    def _snapshot(self) -> None:
        """5.5. No role of the snapshot before may have vanished or have an older version."""
        for file in [name for name in self._kept if name.endswith(".snapshot.json")]:
            with suppress(*TROUBLE):
                self._trusted.update_snapshot(self._kept[file], trusted=True)
        version = self._trusted.timestamp.snapshot_meta.version
        self._load(metadata_file("snapshot", version), self._trusted.update_snapshot)

    def _signed(self, role: str, verify: Callable[[bytes], object]) -> None:
        meta = self._trusted.snapshot.meta.get(f"{role}.json")
        if meta is None:
            raise BadRepository(f"{role}.json", "not in the snapshot")
        self._load(metadata_file(role, meta.version), verify)

    def _load(self, file: str, verify: Callable[[bytes], object]) -> None:
        """What was kept first; what arrived under the same name only where that does not count any more."""
        refused: BadRepository | None = None
        for data in (self._kept.get(file), self._arrived.get(file)):
            if data is None:
                continue
            try:
                with judged(file):
                    verify(_sized(file, data))
            except BadRepository as error:
                refused = error
                continue
            self._verified.metadata[file] = data
            return
        raise refused or Missing(file)

    def _own_targets(self) -> None:
        keys = self._trusted.targets.targets.get(ALERT_KEYS)
        if keys is not None:
            self._take(ALERT_KEYS, keys, "targets")

    def _areas(self, place: str) -> None:
        """5.6.7: the roles of the areas around the place, the widest first: it wins."""
        around = set(prefixes(place))
        chains: dict[str, list[DelegatedRole]] = {"targets": []}
        for area in prefixes(place):
            name = role_of(area)
            for above, chain in chains.items():
                role = _delegated(self._trusted[above], name)
                if role is not None and f"{name}.json" in self._trusted.snapshot.meta:
                    self._signed(name, partial(self._update_area, name, above))
                    chains[name] = [*chain, role]
                    self._collect(name, chains[name], around)
                    break

    def _update_area(self, name: str, above: str, data: bytes) -> None:
        self._trusted.update_delegated_targets(data, name, above)

    def _collect(self, name: str, chain: list[DelegatedRole], around: set[str]) -> None:
        """The targets of one role that are for the place. No role gives away more than it was given."""
        role = self._trusted[name]
        for path, target in role.targets.items() if isinstance(role, Targets) else ():
            parts = parts_of_target(path)
            if parts is None or not all(above.is_delegated_path(path) for above in chain):
                self._refuse(path, f"{name} may not sign this")
            elif parts[0] in around:
                self._take(path, target, name)

    def _take(self, path: str, target: TargetFile, role: str) -> None:
        sha256 = target.hashes.get("sha256")
        if path in self._verified.targets:
            self._refuse(path, f"{role} signed it, and {self._verified.targets[path].signed_by} above it too")
        elif sha256 is None or target.length > LARGEST:
            self._refuse(path, f"{target.length} bytes; a target has at most {LARGEST}, and a SHA-256")
        else:
            file = target_file(path, sha256)
            self._verified.targets[path] = Target(path, file, target, role)

    def _refuse(self, path: str, reason: str) -> None:
        if len(self._verified.refused) < MOST_TARGETS:
            self._verified.refused.append((path, reason))

    def _complete(self) -> None:
        """5.7: all targets are there, with the length and hash that was signed. Nothing counts before all do."""
        targets = self._verified.targets.values()
        size = sum(target.signed.length for target in targets)
        if len(targets) > MOST_TARGETS or size > MOST_BYTES:
            raise BadRepository(
                TIMESTAMP,
                f"{len(targets)} targets of {size} bytes are more than a display keeps: remove some",
            )
        absent = [target.file for target in targets if not self._has(target)]
        if absent:
            missing = Missing(*absent)
            missing.needed = frozenset(target.file for target in targets)
            raise missing

    def _has(self, target: Target) -> bool:
        if target.file in self._kept:
            return True
        data = self._arrived.get(target.file)
        if data is not None:
            with judged(target.file):
                target.signed.verify_length_and_hashes(data)
        return data is not None


def _sized(file: str, data: bytes) -> bytes:
    if len(data) > LARGEST:
        raise BadRepository(file, f"{len(data)} bytes; at most {LARGEST} are read")
    return data


def _delegated(role: object, name: str) -> DelegatedRole | None:
    delegations = role.delegations if isinstance(role, Targets) else None
    return None if delegations is None else (delegations.roles or {}).get(name)
