"""The unsigned index: MQTT has no 404, so one small file tells which files there are.

It is asked only for what signed metadata cannot tell: whether there is a newer root. Whoever forges it can withhold
files, as whoever holds the broker can anyway, and nothing else: no hash in it is believed. What was withheld shows
when the timestamp expires.
"""

import hashlib
from collections.abc import Mapping

import msgspec
from msgspec import Struct

from content.message import BadMessage


class Stands(Struct, frozen=True):
    """One file, as the publisher wrote it."""

    length: int
    sha256: str


class Index(Struct, frozen=True):
    """The top of the repository: all roots, the timestamp, and what this names. The rest is named by signed files."""

    files: dict[str, Stands]


def index_of(files: Mapping[str, bytes]) -> bytes:
    """The index of these files."""
    stands = {name: Stands(len(data), hashlib.sha256(data).hexdigest()) for name, data in files.items()}
    return msgspec.json.encode(Index(dict(sorted(stands.items()))))


def read(data: bytes) -> Index:
    """An index as it came. Raises BadMessage."""
    try:
        return msgspec.json.decode(data, type=Index)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage(f"not an index: {error}") from error
