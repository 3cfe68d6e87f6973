"""Judges official messages: bytes in, a verdict and the new memory out. Pure; time is an argument; nothing is raised."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from content.areas import Areas
from content.cap.guard import tree
from content.cap.known import (
    Known,
    Record,
    ended,
    forgotten,
    heard,
    key_of,
    last_revision,
    noted,
    published,
    replaced,
    roots,
    standing,
)
from content.cap.message import BadCap, CapMessage
from content.cap.parts import GRACE, begun, current, last_expiry, parts_of, telling
from content.cap.reader import read
from content.cap.senders import Sender
from content.cap.signature import signatures, verified
from content.cap.verdict import CapAlert, Ended, Ignored, NotYet, Part, Refused, Verdict, Withdrawal
from content.cap.words import language_of, slug

_EXPIRED = "expired at"


@dataclass(frozen=True, slots=True)
class Rules:
    """By what is judged."""

    areas: Areas
    senders: Mapping[str, Sender]
    """Whom to believe, by name."""
    unsigned: bool = False
    """Whether unsigned messages of senders that are not pinned are taken: somebody looked at them."""


def judge(data: bytes, rules: Rules, known: Known, utc: datetime) -> tuple[Verdict, Known]:
    """What becomes of a message, and what is known after it. One that is not believed leaves no trace."""
    try:
        root = tree(data)
        message = read(root)
        reason = _unfit(message, utc)
        if reason:
            return reason, known
        sender = rules.senders.get(message.sender, Sender(message.sender))
        _require_trust(root, message, sender, rules, utc)
        return _judged(message, sender, rules, forgotten(known, utc), utc)
    except BadCap as error:
        return Refused(str(error)), known


def _unfit(message: CapMessage, utc: datetime) -> Verdict | None:
    """Why a message is not for displays, whoever signed it."""
    if message.status not in ("Actual", "Exercise"):
        return Refused(f"status {message.status}: never shown")
    if message.kind in ("Ack", "Error"):
        return Ignored(f"msgType {message.kind}: between systems, nothing to show")
    if message.scope != "Public":
        return Refused(f"scope {message.scope}: not for the public")
    if message.sent > utc + GRACE:
        return Refused(f"sent {_said(message.sent)}, which is still to come: one of the two clocks is wrong")
    return None


def _require_trust(root: Any, message: CapMessage, sender: Sender, rules: Rules, utc: datetime) -> None:
    """Raises BadCap unless it is signed with a pinned key, or an allowed unsigned one."""
    if signatures(root):
        if not sender.keys:
            raise BadCap(f"signature: by nobody we know; no key is pinned for {sender.name}")
        if read(verified(root, sender, utc)) != message:
            raise BadCap("signature: covers something else than the message that it stands in")
    elif sender.keys and not sender.unsigned:
        raise BadCap(f"signature: missing, and {sender.name} has a pinned key: it has to sign")
    elif not sender.unsigned and not rules.unsigned:
        raise BadCap(
            f"signature: missing; unsigned messages of {sender.name} are taken only with --unsigned, "
            "or `unsigned = true` in senders.toml"
        )


def _judged(
    message: CapMessage, sender: Sender, rules: Rules, known: Known, utc: datetime
) -> tuple[Verdict, Known]:
    """The verdict on a message that is believed."""
    key = key_of(message.status, message.sender, message.identifier)
    seen = known.records.get(key)
    if seen and seen.came:
        return Ignored(f"{message.identifier}{_fate(known, key) or ' came already'}"), known
    names = {sender.name, *sender.aliases}
    own = {
        key_of(message.status, sender.name, reference.identifier): reference.sent
        for reference in message.references
        if reference.sender in names
    }
    own.pop(key, None)
    if message.ends and not own:
        raise BadCap(f"references: only alerts of other senders, which {sender.name} cannot cancel")
    if not message.ends:
        waiting = _waiting(message, utc)
        if waiting:
            return waiting, known
    parts = () if message.ends else _parts(message, sender, rules, utc)
    after = heard(known, message, own, last_expiry(message), utc)
    return _settled(message, key, parts, after, utc)


def _waiting(message: CapMessage, utc: datetime) -> NotYet | None:
    infos = current(telling(message), message.sent, utc)
    if not infos or begun(infos, utc):
        return None
    until = min(info.effective for info in infos if info.effective)
    return NotYet(until, f"in effect from {_said(until)}: judge it again then")


def _parts(message: CapMessage, sender: Sender, rules: Rules, utc: datetime) -> tuple[Part, ...]:
    if not message.infos:
        raise BadCap("info: missing, so there is nothing to show")
    infos = begun(current(telling(message), message.sent, utc), utc)
    return parts_of(infos, message.sent, rules.areas, sender.area) if infos else ()


def _settled(
    message: CapMessage, key: str, parts: tuple[Part, ...], known: Known, utc: datetime
) -> tuple[Verdict, Known]:
    """What the new memory makes of the message and of those that it concerns."""
    stands = standing(known)
    gone = {k: record for k, record in published(known) if k not in stands}
    if key in stands and parts:
        return _shown(message, key, parts, gone, known)
    return _silent(message, key, gone, known, utc)


def _silent(
    message: CapMessage, key: str, gone: Mapping[str, Record], known: Known, utc: datetime
) -> tuple[Verdict, Known]:
    """Nothing of it is shown; what it cancels or replaces is taken back."""
    known, withdrawals = _taken_back(known, gone)
    reason = _reason(message, key, known, utc)
    if withdrawals:
        return Ended(withdrawals, reason), known
    return Refused(reason) if reason.startswith(_EXPIRED) else Ignored(reason), known


def _shown(
    message: CapMessage, key: str, parts: tuple[Part, ...], gone: Mapping[str, Record], known: Known
) -> tuple[Verdict, Known]:
    """An alert takes the name of the first one in whose place it stands, and a later revision."""
    chain = roots(known, key)
    heir = min((k for k in gone if k in chain), key=lambda k: (known.records[k].sent, k), default=None)
    name = known.records[heir].name if heir else _name(known, key)
    known, withdrawals = _taken_back(known, {k: r for k, r in gone.items() if k != heir})
    areas = tuple(area for part in parts for area in part.areas)
    left = tuple(area for area in gone[heir].areas if area not in areas) if heir else ()
    revision = last_revision(known, name) + 1
    if left:
        withdrawals = (*withdrawals, Withdrawal(name, revision, left))
        revision += 1
    if heir:
        known = noted(known, heir, name, revision, ())
    drill, notes = message.status == "Exercise", _notes(message, parts)
    alert = CapAlert(name, revision, message.sent, drill, parts, withdrawals, notes)
    return alert, noted(known, key, name, revision, areas)


def _taken_back(known: Known, gone: Mapping[str, Record]) -> tuple[Known, tuple[Withdrawal, ...]]:
    withdrawals = []
    for key, record in gone.items():
        revision = last_revision(known, record.name) + 1
        withdrawals.append(Withdrawal(record.name, revision, record.areas))
        known = noted(known, key, record.name, revision, ())
    return known, tuple(withdrawals)


def _name(known: Known, key: str) -> str:
    """An identifier for the first message of the chain that is known of, the same whichever of them came first."""
    first = min(roots(known, key), key=lambda k: (known.records[k].sent, k))
    return f"cap-{slug(first.split(',')[2], 40)}-{sha256(first.encode()).hexdigest()[:12]}".replace("--", "-")


def _reason(message: CapMessage, key: str, known: Known, utc: datetime) -> str:
    """Why nothing of a message is shown."""
    if message.ends:
        way = "" if message.kind == "Cancel" else f", by an {message.kind} that says it is over"
        return f"cancels {', '.join(r.identifier for r in message.references):.200}{way}; it is remembered"
    fate = _fate(known, key)
    if fate:
        return f"{message.identifier}{fate}"
    if last_expiry(message) <= utc:
        return f"{_EXPIRED} {_said(last_expiry(message))}"
    if not current(telling(message), message.sent, utc):
        return "says that all is clear and refers to no alert"
    return "its areas hold none of your buildings"


def _fate(known: Known, key: str) -> str:
    """What became of a message, as the end of a sentence; empty while it stands."""
    if key in ended(known):
        return " was cancelled, and a cancelled alert never comes back"
    if key in replaced(known):
        return " was replaced by an update"
    return "" if key in standing(known) else " is older than what stands in its place"


def _notes(message: CapMessage, parts: tuple[Part, ...]) -> tuple[str, ...]:
    tags = dict.fromkeys(info.language for info in message.infos if language_of(info.language) is None)
    notes = [f"not shown in {', '.join(tags):.100}: no language of the displays"] if tags else []
    if not all(info.expires for info in message.infos):
        notes.append(f"without an expiry: bounded to {_said(max(part.expires for part in parts))}")
    foreign = [r.identifier for r in message.references if r.sender != message.sender]
    if foreign:
        notes.append(
            f"refers to {', '.join(foreign):.100} of another sender, which stays as it is unless it is an alias"
        )
    return tuple(notes)


def _said(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")
