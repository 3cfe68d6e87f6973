"""Which keys may sign alerts, releases and requests, and for which areas: one target of the repository."""

from collections.abc import Callable
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from content.envelope import BadKey, BadSignature, public_key, unseal
from content.message import BadMessage, Path, Publication, in_area, kind_of

Kind = Literal["alert", "release", "request"]
MOST_KEYS = 1000

Unseal = Callable[[bytes], Publication]
"""What an envelope holds, once it is known that it may be believed. Raises BadMessage."""


class AlertKey(Struct, frozen=True):
    """One key, and what it may sign."""

    public: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
    areas: tuple[Path, ...]
    """With all that lies below them."""
    kinds: tuple[Kind, ...] = ("alert", "release", "request")


class AlertKeys(Struct, frozen=True):
    """All keys that may sign what does not wait for the repository."""

    keys: Annotated[tuple[AlertKey, ...], Meta(max_length=MOST_KEYS)] = ()

    def may_sign(self, public: str, kind: str, area: str) -> bool:
        """Whether a key, by its 64 digits, may sign this kind for this area."""
        return any(key.public == public and _covers(key, kind, area) for key in self.keys)

    def unseal(self, data: bytes) -> Publication:
        """What an envelope holds, if one of the keys signed it that may. Raises BadMessage."""
        for key in self.keys:
            try:
                publication = unseal(data, public_key(key.public))
            except (BadSignature, BadKey):
                continue
            if self.may_sign(key.public, kind_of(publication), publication.area):
                return publication
            raise BadMessage(
                f"signed with a key that may not sign a {kind_of(publication)} for {publication.area}"
            )
        raise BadSignature("not signed with any key that the repository names for alerts")


def _covers(key: AlertKey, kind: str, area: str) -> bool:
    return kind in key.kinds and any(in_area(whole, area) for whole in key.areas)


def encode(keys: AlertKeys) -> bytes:
    """The target's content."""
    return msgspec.json.encode(keys)


def decode(data: bytes) -> AlertKeys:
    """The keys in the target. Raises BadMessage."""
    try:
        return msgspec.json.decode(data, type=AlertKeys)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage(f"alert-keys.json: {error}") from error


def pinned(digits: str) -> Unseal:
    """What one configured key signed, for displays without a repository. Raises BadKey."""
    key = public_key(digits)
    return lambda data: unseal(data, key)
