"""Which keys may sign alerts, releases and requests, and for which areas: one target of the repository."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Literal, Protocol, TypeVar

import msgspec
from msgspec import Meta, Struct
from securesystemslib.signer import Key

from content.envelope import BadKey, BadSignature, public_key, unseal, unseal_request
from content.message import BadMessage, Path, Publication, in_area, kind_of
from content.requests import Request

Kind = Literal["alert", "release", "request"]
MOST_KEYS = 1000

S = TypeVar("S", Publication, Request)
Unseal = Callable[[bytes], Publication]
"""What an envelope holds, once it is known that it may be believed. Raises BadMessage."""


class Believed(Protocol):
    """Opens envelopes of whom is believed."""

    def unseal(self, data: bytes) -> Publication:
        """What an envelope holds, once it is known that it may be believed. Raises BadMessage."""

    def request(self, data: bytes) -> Request:
        """The request that an envelope holds. Raises BadMessage."""


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
        return self._opened(partial(unseal, data), kind_of)

    def request(self, data: bytes) -> Request:
        """The request that an envelope holds, if one of the keys signed it that may. Raises BadMessage."""
        return self._opened(partial(unseal_request, data), lambda _request: "request")

    def _opened(self, opened: Callable[[Key], S], kind: Callable[[S], str]) -> S:
        for key in self.keys:
            try:
                signed = opened(public_key(key.public))
            except (BadSignature, BadKey):
                continue
            if self.may_sign(key.public, kind(signed), signed.area):
                return signed
            raise BadMessage(f"signed with a key that may not sign a {kind(signed)} for {signed.area}")
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


class Pinned:
    """What one configured key signed, for displays without a repository."""

    def __init__(self, digits: str) -> None:
        """Raises BadKey."""
        self._key = public_key(digits)

    def unseal(self, data: bytes) -> Publication:
        """What an envelope holds, if the key signed it. Raises BadMessage."""
        return unseal(data, self._key)

    def request(self, data: bytes) -> Request:
        """The request that an envelope holds, if the key signed it. Raises BadMessage."""
        return unseal_request(data, self._key)
