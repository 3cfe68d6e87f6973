"""Payloads spoiled at random: cut, spliced, bits flipped, values in their JSON replaced by what nobody expects."""

import json
from collections.abc import Sequence
from random import Random
from typing import Any

VALUES: tuple[Any, ...] = (
    None, True, -1, 0, 2**31, 2**63, 2**70, 10**400, 1e999, float("nan"), 5e-324, "", "\x00", "\ud800", "x" * 5000,
    "\u6c34" * 900, "\u202e\u0645\u0631\u062d\u0628\u0627", "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 50, "e\u0301" * 40, [], {},
    [[]], {"": {}}, [0] * 1000, "a/../b", "1970-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-12-01", "25:61:00", "24:00:00", "0" * 64,
)  # fmt: skip
NESTED = (b"[", b'{"a":', b"[{")

MARKS = (b"<info>", b"</alert>", b"]]>", b"<!--", b"&a;", b"9999", b"-", b'"', b" ")


def spoiled(random: Random, data: bytes, others: Sequence[bytes]) -> bytes:
    """One payload made bad in one way, often so that it is still JSON."""
    match random.randrange(12):
        case 0:
            return data[: random.randrange(len(data) + 1)]
        case 1:
            return random.randbytes(random.randrange(300))
        case 2:
            return _spliced(random, data, random.choice(others))
        case 3:
            return _with(random, data, random.randbytes(random.randint(1, 8)))
        case 4:
            return _flipped(random, data)
        case 5:
            return _with(random, data, random.choice((b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\x00")))
        case 6:
            return _nested(random, data)
        case _:
            return spoiled_json(random, data)


def _with(random: Random, data: bytes, new: bytes) -> bytes:
    """Some bytes put over, or between, those that are there."""
    place = random.randrange(len(data) + 1)
    return data[:place] + new + data[place + random.randint(0, len(new)) :]


def _nested(random: Random, data: bytes) -> bytes:
    """Something deep in the place of a value."""
    places = [place for place, byte in enumerate(data) if byte in b":,["] or [0]
    deep: bytes = random.choice(NESTED) * random.choice((3, 900, 20_000))
    return data[: random.choice(places) + 1] + deep


def _spliced(random: Random, data: bytes, other: bytes) -> bytes:
    """The beginning of one, the end of another."""
    return data[: random.randrange(len(data) + 1)] + other[random.randrange(len(other) + 1) :]


def _flipped(random: Random, data: bytes) -> bytes:
    spoiled = bytearray(data)
    for _ in range(random.randint(1, 8)):
        if spoiled:
            spoiled[random.randrange(len(spoiled))] ^= 1 << random.randrange(8)
    return bytes(spoiled)


def spoiled_json(random: Random, data: bytes) -> bytes:
    """One value somewhere in it replaced by a strange one, doubled, or taken away."""
    try:
        written = json.loads(data)
    except (ValueError, RecursionError):
        return _with(random, data, random.choice(MARKS))
    at = written
    while isinstance(at, dict | list) and at:
        place = random.choice(list(at) if isinstance(at, dict) else list(range(len(at))))
        if not isinstance(at[place], dict | list) or not at[place] or random.random() < 0.3:
            if random.random() < 0.2:
                del at[place]
            else:
                at[place] = random.choice((*VALUES, [at[place]] * 2))
            break
        at = at[place]
    return json.dumps(written).encode()
