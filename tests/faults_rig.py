"""All that can be wrong with an envelope, each with the verdict that docs/contract.md (Rules) gives it by every clock."""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import msgspec
from securesystemslib.signer import CryptoSigner

from content.envelope import PAYLOAD_TYPE, seal
from content.message import NamedPicture, Text
from tests.agent_rig import PLACE
from tests.bad_inputs_rig import (
    AHEAD_OF_TRUTH,
    BY_LENGTH,
    COUNTS,
    DAY,
    HOUR,
    KINDS,
    LARGEST,
    LASTING,
    NOT_BY_2099,
    NOTHING,
    REFUSED,
    Fault,
    Input,
    Maker,
)  # fmt: skip


def _edited(sealed: bytes, edit: Callable[[dict[str, Any]], None]) -> bytes:
    written = msgspec.json.decode(sealed)
    edit(written)
    return msgspec.json.encode(written)


def _signature(edit: Callable[[dict[str, str]], None]) -> Callable[[Maker], bytes]:
    return lambda m: _edited(m.seal(m.twin()), lambda envelope: edit(envelope["signatures"][0]))


def _sig(edit: Callable[[bytes], bytes]) -> Callable[[Maker], bytes]:
    return _signature(lambda one: one.update(sig=b64encode(edit(b64decode(one["sig"]))).decode()))


def _strangers_in_our_name(m: Maker) -> bytes:
    ours = m.signer.public_key.keyid
    return _edited(seal(m.twin(), m.stranger), lambda envelope: envelope["signatures"][0].update(keyid=ours))


def _altered(m: Maker) -> bytes:
    payload = b64encode(msgspec.json.encode(m.other())).decode()
    return _edited(m.seal(m.twin()), lambda envelope: envelope.update(payload=payload))


def _relabelled(m: Maker) -> bytes:
    other = m.sealed(msgspec.json.encode(m.twin()), "application/other")
    return _edited(other, lambda envelope: envelope.update(payloadType=PAYLOAD_TYPE))


def _of_another(m: Maker) -> bytes:
    signatures = msgspec.json.decode(m.seal(m.other()))["signatures"]
    return _edited(m.seal(m.twin()), lambda envelope: envelope.update(signatures=signatures))


FORGED: dict[str, Callable[[Maker], bytes]] = {
    "signed by a stranger": lambda m: seal(m.twin(), m.stranger),
    "signed by a stranger in our name": _strangers_in_our_name,
    "signed in another's name": _signature(lambda one: one.update(keyid="0" * 64)),
    "without signatures": lambda m: _edited(m.seal(m.twin()), lambda written: written.update(signatures=[])),
    "with a signature cut short": _sig(lambda sig: sig[:63]),
    "with an empty signature": _sig(lambda _sig: b""),
    "with one bit of its signature changed": _sig(lambda sig: bytes([sig[0] ^ 1]) + sig[1:]),
    "with a signature of something else": _of_another,
    "altered": _altered,
    "signed for another purpose, relabelled": _relabelled,
}
BROKEN: dict[str, Callable[[Maker], bytes]] = {
    "cut at a quarter": lambda m: (sealed := m.seal(m.twin()))[: len(sealed) // 4],
    "cut in half": lambda m: (sealed := m.seal(m.twin()))[: len(sealed) // 2],
    "cut at three quarters": lambda m: (sealed := m.seal(m.twin()))[: 3 * len(sealed) // 4],
    "without its last byte": lambda m: m.seal(m.twin())[:-1],
    "with a byte before it": lambda m: b"\x00" + m.seal(m.twin()),
    "not UTF-8": lambda m: m.seal(m.twin()).replace(b"payloadType", b"payload\xffype"),
    "not signed at all": lambda m: msgspec.json.encode(m.twin()),
    "nested deeply": lambda _m: b"[" * 100_000,
    "a number": lambda _m: b"1e999",
    "random bytes": lambda m: Random(m.name).randbytes(500),
    "signatures that are no list": lambda m: _edited(m.seal(m.twin()), lambda e: e.update(signatures=7)),
}
NO_PUBLICATION: dict[str, Callable[[Maker], bytes]] = {
    "of no kind": lambda m: m.with_fields(type="decree"),
    "of revision 0": lambda m: m.with_fields(revision=0),
    "of revision 2^63": lambda m: m.with_fields(revision=2**63),
    "with an area that is none": lambda m: m.with_fields(area="cn/../us"),
    "with an id that is a topic": lambda m: m.with_fields(id="a/b"),
    "sent at no certain time": lambda m: m.with_fields(sent="2026-12-01T06:27:30"),
    "sent on a day that does not exist": lambda m: m.with_fields(sent="2026-02-30T06:27:30Z"),
    "signed, and nested deeply": lambda m: m.sealed(b'{"type":' + b"[" * 100_000),
    "signed, and no JSON": lambda m: m.sealed(b"\xff\xfe"),
    "signed, and empty": lambda m: m.sealed(b""),
}
ELSEWHERE = {
    "the next lift": f"{PLACE[:-1]}3",
    "a lift whose name begins the same": f"{PLACE}2",
    "below the display": f"{PLACE}/panel",
    "another city": "cn/sichuan/mianyang",
    "another province": "cn/yunnan",
    "another country": "us",
}


def faults() -> Iterator[Fault]:
    """All of them, those that count among them."""
    yield Fault("without a fault", lambda m: m.at_home(m.seal(m.twin())), COUNTS)
    for kind in KINDS[:3]:
        make = lambda m, kind=kind: Input(m.seal(m.twin()), m.topic(kind))  # noqa: E731
        yield Fault(f"at the topic of a {kind}", make, COUNTS)
    yield Fault("as large as allowed", lambda m: m.at_home(m.seal(m.twin()).ljust(LARGEST)), COUNTS)
    yield from _one_by_one(FORGED, "not signed with|not a signed envelope")
    yield from _one_by_one(BROKEN, "not a signed envelope")
    yield from _one_by_one(NO_PUBLICATION, "not a publication")
    for size in (LARGEST + 1, 1_000_000):
        large = {f"padded to {size} bytes": lambda m, size=size: m.seal(m.twin()).ljust(size)}
        yield from _one_by_one(large, f"{size} bytes; at most {LARGEST}")
    for purpose in ("text/plain", "application/vnd.hoistway.request.v1+json"):
        other = {
            f"signed as {purpose}": lambda m, kind=purpose: m.sealed(msgspec.json.encode(m.twin()), kind)
        }
        yield from _one_by_one(other, f"an envelope for '{re.escape(purpose)}'")
    for where, area in ELSEWHERE.items():
        away = {f"for {where}": lambda m, area=area: m.seal(m.twin(area=area))}
        yield from _one_by_one(away, f"signed for {area}|may not sign a .* for {area}")
    yield from _times()
    yield from _revisions()
    yield from _silent()
    yield from _alerts()
    yield from _undrawable()


def _one_by_one(makes: Mapping[str, Callable[[Maker], bytes]], reason: str) -> Iterator[Fault]:
    for name, make in makes.items():
        yield Fault(name, lambda m, make=make: m.at_home(make(m)), REFUSED, reason)  # type: ignore[misc]


def _times() -> Iterator[Fault]:
    def at(sent: timedelta, expires: timedelta | None) -> Callable[[Maker], Input]:
        return lambda m: m.at_home(
            m.seal(m.twin(sent=m.now + sent, expires=LASTING if expires is None else m.now + sent + expires))
        )

    backwards = "expires before it was sent"
    yield Fault("lasting an hour", at(0 * DAY, HOUR), NOT_BY_2099, "expired at")
    yield Fault("expired an hour ago", at(-2 * HOUR, HOUR), BY_LENGTH, "expired at")
    yield Fault("expired last year", at(-400 * DAY, DAY), BY_LENGTH, "expired at")
    yield Fault("sent in two days", at(2 * DAY, None), AHEAD_OF_TRUTH, "still to come")
    yield Fault("expired before it was sent", at(0 * DAY, -HOUR), REFUSED, backwards)
    yield Fault("expired when it was sent", at(0 * DAY, 0 * DAY), REFUSED, backwards)


def _revisions() -> Iterator[Fault]:
    older = "revision 1 of .* revision [23] is known"
    yield Fault("replayed", lambda m: m.at_home(m.seal(m.other(1)), m.other(1), m.twin(2)), REFUSED, older)
    yield Fault("older, and never seen", lambda m: m.at_home(m.seal(m.other()), m.twin(3)), REFUSED, older)
    yield Fault(
        "replayed after its withdrawal",
        lambda m: m.at_home(m.seal(m.twin()), m.twin(), m.twin(2, withdrawn=True)), REFUSED, older,
    )  # fmt: skip
    yield Fault(
        "withdrawn by an older revision",
        lambda m: m.at_home(m.seal(m.twin(withdrawn=True)), m.twin(2)), REFUSED, older,
    )  # fmt: skip
    yield Fault(
        "withdrawn by the same revision",
        lambda m: m.at_home(m.seal(m.twin(withdrawn=True)), m.twin()), REFUSED, "revision 1 is known",
    )  # fmt: skip
    yield Fault(
        "with the same revision and other content",
        lambda m: m.at_home(m.seal(m.other()), m.twin()), REFUSED, "revision 1 is known",
    )  # fmt: skip
    yield Fault(
        "older, for a wider area",
        lambda m: m.at_home(m.seal(m.twin(area="cn/sichuan")), m.twin(2)), REFUSED, older,
    )  # fmt: skip


def _silent() -> Iterator[Fault]:
    yield Fault("repeated", lambda m: m.at_home(m.seal(m.twin()), m.twin()), NOTHING)
    yield Fault(
        "repeated at another topic",
        lambda m: Input(m.seal(m.twin()), m.topic(area="cn"), (m.seal(m.twin()),)), NOTHING,
    )  # fmt: skip
    yield Fault("cleared", lambda m: m.at_home(b"", m.twin()), NOTHING)
    yield Fault("at a topic of another area", lambda m: Input(m.seal(m.twin()), m.topic(area="us")), NOTHING)
    yield Fault("at an unknown topic", lambda m: Input(m.seal(m.twin()), m.topic("decree")), NOTHING)


def _alerts() -> Iterator[Fault]:
    def ended(m: Maker) -> Input:
        ends = m.twin(id=f"{m.name}-over", cancels=(m.name,), withdrawn=True)
        return m.at_home(m.seal(m.twin(2)), m.twin(), ends)

    def takes_back(m: Maker) -> Input:
        return m.at_home(m.seal(m.twin(2)), m.twin(cancels=("some",)))

    def drill_in_earnest(m: Maker) -> Input:
        return m.at_home(m.seal(m.twin(2)), m.twin(exercise=True))

    def earnest_as_drill(m: Maker) -> Input:
        return m.at_home(m.seal(m.twin(2, exercise=True)), m.twin())

    def cancels_itself(m: Maker) -> Input:
        return m.at_home(m.seal(m.twin(cancels=(m.name,))))

    yield Fault("back after it was cancelled", ended, REFUSED, "cancelled for good", ("alert",))
    yield Fault("no longer cancelling", takes_back, REFUSED, "no longer cancels some", ("alert",))
    yield Fault("a drill turned real", drill_in_earnest, REFUSED, "a drill before", ("alert",))
    yield Fault("real turned into a drill", earnest_as_drill, REFUSED, "no drill before", ("alert",))
    yield Fault("cancelling itself", cancels_itself, REFUSED, "cancels itself", ("alert",))


def _undrawable() -> Iterator[Fault]:
    def drawn(name: str, reason: str, kinds: tuple[str, ...], **changes: Any) -> Fault:
        return Fault(name, lambda m: m.at_home(m.seal(m.twin(**changes))), REFUSED, reason, kinds)

    lost = NamedPicture("lobby", "0" * 64)
    yield drawn("with a character no font has", "U\\+13000", KINDS[:2], title=Text("暴雨𓀀"))
    yield drawn("too long for the glass", "shorten", KINDS[:2], body=Text("水" * 300))
    yield drawn("with a picture that is not here", "picture", ("message",), picture=lost)


@dataclass(frozen=True)
class Keys:
    """Keys of a repository that do not sign alerts everywhere, or not at all."""

    releases: CryptoSigner
    """Signs releases, and no alerts."""
    abroad: CryptoSigner
    """Signs alerts for another country."""
    narrow: CryptoSigner
    """Signs alerts for the display's own lift only."""
    publisher: CryptoSigner
    """Signs the content of the city."""


def faults_of_keys(keys: Keys) -> Iterator[Fault]:
    """What the repository's list of keys decides: a key counts for its kinds and its areas (docs/trust.md)."""

    def by(signer: CryptoSigner, **changes: Any) -> Callable[[Maker], Input]:
        return lambda m: m.at_home(seal(m.twin(**changes), signer))

    may_not, unknown = "may not sign", "not signed with any key"
    yield Fault("by a key that signs releases", by(keys.releases), REFUSED, may_not, ("alert",))
    yield Fault("by a key that signs releases, too", by(keys.releases), COUNTS, "", ("release",))
    signed = ("alert", "release")
    yield Fault("by a key of another country", by(keys.abroad), REFUSED, may_not, signed)
    yield Fault("by a key of another country, for it", by(keys.abroad, area="us"), REFUSED, "for us", signed)
    yield Fault("by a key of the lift, for the city", by(keys.narrow), REFUSED, may_not, signed)
    yield Fault("by a key of the lift, for it", by(keys.narrow, area=PLACE), COUNTS, "", signed)
    yield Fault("by a publisher of content", by(keys.publisher), REFUSED, unknown, KINDS)
    content = ("message", "playlist")
    yield Fault("outside of the repository", lambda m: m.at_home(m.seal(m.twin())), REFUSED, may_not, content)
