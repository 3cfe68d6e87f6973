"""The root of trust: begun, and changed; root keys are named each time, and kept nowhere near the repository."""

from collections.abc import Callable, Iterable
from copy import deepcopy
from datetime import datetime, timedelta

from securesystemslib.signer import CryptoSigner, Key
from tuf.api.metadata import Metadata, Root

from content.envelope import BadKey
from content.message import BadMessage
from content.repository.verification import TROUBLE

ROOT_LASTS = timedelta(days=3653)
ONLINE = ("timestamp", "snapshot", "targets")


def first(keys: dict[str, Key], roots: Iterable[Key], threshold: int, utc: datetime) -> Root:
    """The first root: keys of the three other roles of TUF, and the root keys with how many must sign.

    Raises BadMessage.
    """
    root = Root(version=1, expires=utc + ROOT_LASTS, consistent_snapshot=True)
    for role in ONLINE:
        root.add_key(keys[role], role)
    for key in roots:
        root.add_key(key, "root")
    if not 1 <= threshold <= len(root.roles["root"].keyids):
        raise BadMessage(f"{threshold} of {len(root.roles['root'].keyids)} root keys cannot sign")
    root.roles["root"].threshold = threshold
    return root


def changed(before: Root, edit: Callable[[Root], None], utc: datetime) -> Root:
    """The next root, after an edit of a copy of the one before."""
    root = deepcopy(before)
    edit(root)
    root.version, root.expires = before.version + 1, utc + ROOT_LASTS
    return root


def replace_key(role: str, key: Key) -> Callable[[Root], None]:
    """An edit: only this key signs for a role from now on."""

    def edit(root: Root) -> None:
        for keyid in list(root.roles[role].keyids):
            root.revoke_key(keyid, role)
        root.add_key(key, role)

    return edit


def replace_root_key(lost: str, key: Key) -> Callable[[Root], None]:
    """An edit: another root key in the place of one, by its key id, that was lost or stolen."""

    def edit(root: Root) -> None:
        try:
            root.revoke_key(lost, "root")
        except ValueError as error:
            raise BadKey(f"{lost:.12} is no root key; the roots' key ids are in root.json") from error
        root.add_key(key, "root")

    return edit


def not_named(root: Root, signers: Iterable[CryptoSigner]) -> str:
    """The key id of the one root key that is not among these: the one to replace. Raises BadKey."""
    lost = set(root.roles["root"].keyids) - {signer.public_key.keyid for signer in signers}
    if len(lost) != 1:
        raise BadKey(
            f"{len(lost)} of {len(root.roles['root'].keyids)} root keys are not named: "
            "name the files of all root keys but the one to replace"
        )
    return lost.pop()


def signed(root: Root, signers: Iterable[CryptoSigner], before: Root | None) -> Metadata[Root]:
    """The root with its signatures. Raises BadKey when the root before, or its own threshold, is not satisfied."""
    metadata = Metadata(root)
    for signer in signers:
        metadata.sign(signer, append=True)
    for asks in (root, before or root):
        try:
            asks.verify_delegate("root", metadata.signed_bytes, metadata.signatures)
        except TROUBLE as error:
            raise BadKey(f"{error}; name the files of enough root keys") from error
    return metadata
