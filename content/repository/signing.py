"""The next version of a repository's metadata: numbered, dated and signed with what a key ring has for it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from tuf.api.metadata import Metadata, MetaFile

from content.repository.index import index_of
from content.repository.keyring import KeyRing
from content.repository.names import metadata_file
from content.repository.standing import Standing, as_file, delegated

TIMESTAMP_LASTS = timedelta(days=21)
"""A display that was away for longer, or from which a newer one is withheld, takes no new content."""
SNAPSHOT_LASTS = timedelta(days=365)
SIGNED_LASTS = timedelta(days=3653)
"""Targets and areas: that nothing newer is withheld is for the timestamp to show, every day anew."""


def lists(
    standing: Standing, keys: KeyRing, changed: Iterable[str], came: Mapping[str, bytes], utc: datetime
) -> dict[str, bytes]:
    """What changed roles sign, also named in the snapshot; a list that came signed stays as it came. Raises BadKey."""
    meta, files = standing.snapshot.signed.meta, {}
    for name in sorted(changed):
        role = standing.role(name)
        if metadata_file(name, role.version) not in came:
            role.version, role.expires = standing.last_version(name) + 1, utc + SIGNED_LASTS
            files[metadata_file(name, role.version)] = _signed(standing, keys, name, standing.roles[name])
        meta[f"{name}.json"] = MetaFile(role.version)
    return files


def snapshot(standing: Standing, keys: KeyRing, utc: datetime, *, changed: bool) -> dict[str, bytes]:
    """The next snapshot, named in the timestamp; none where nothing changed and the last one lasts. Raises BadKey."""
    new = standing.snapshot.signed
    if not changed and new.expires - utc >= SNAPSHOT_LASTS / 2:
        return {}
    new.version, new.expires = new.version + 1, utc + SNAPSHOT_LASTS
    data = _signed(standing, keys, "snapshot", standing.snapshot)
    standing.timestamp.signed.snapshot_meta = MetaFile.from_data(new.version, data, ["sha256"])
    return {metadata_file("snapshot", new.version): data}


def timestamp(standing: Standing, keys: KeyRing, utc: datetime) -> bytes:
    """The next timestamp. Raises BadKey."""
    new = standing.timestamp.signed
    new.version, new.expires = new.version + 1, utc + TIMESTAMP_LASTS
    return _signed(standing, keys, "timestamp", standing.timestamp)


def index(standing: Standing, files: Mapping[str, bytes]) -> bytes:
    """Of all roots, and of what the timestamp names."""
    top = [metadata_file("root", n) for n in range(1, standing.root.signed.version + 1)]
    top.append(metadata_file("snapshot", standing.snapshot.signed.version))
    return index_of({name: files[name] for name in top})


def _signed(standing: Standing, keys: KeyRing, name: str, metadata: Metadata[Any]) -> bytes:
    """A role's file, signed anew with what the key ring has for it."""
    root = standing.root.signed
    if name in root.roles:
        role = root.roles[name]
    else:
        role = delegated(standing.role(standing.delegator(name)))[name]
    metadata.signatures.clear()
    for signer in keys.signers(name, role):
        metadata.sign(signer, append=True)
    return as_file(name, metadata)
