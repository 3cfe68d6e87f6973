"""What is remembered of the messages that came: which stands, which was replaced, which is cancelled for good.

A pure value. What stands depends on the messages, not on the order in which they came: an update or a cancel may
arrive before the alert that it is about.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from content.cap.message import CapMessage

LONGEST = timedelta(days=30)
"""No alert stands longer after it was sent, whatever it says."""
REMEMBERED = LONGEST + timedelta(days=2)
"""So long a message is remembered: after that it would be refused as expired, so it may be forgotten."""


class Record(Struct, frozen=True):
    """One message, or one that another refers to and that has not come."""

    sent: datetime
    forget: datetime
    references: tuple[str, ...] = ()
    came: bool = False
    cancelled: datetime | None = None
    """When the last cancel that names it was sent."""
    ends: bool = False
    """It is itself a cancel, and nothing to show."""
    expires: datetime | None = None
    name: str = ""
    """Under which it was published, or the one that took its place."""
    revision: int = 0
    areas: tuple[str, ...] = ()


class Known(Struct, frozen=True):
    """The records by key: status, sender and identifier. A drill never touches the real thing."""

    records: dict[str, Record] = {}


def encoded(known: Known) -> bytes:
    """As JSON, for a file or a database."""
    return msgspec.json.encode(known)


def decoded(data: bytes) -> Known:
    """From JSON. Raises msgspec.MsgspecError when it is none of ours."""
    return msgspec.json.decode(data, type=Known)


def key_of(status: str, sender: str, identifier: str) -> str:
    """The key of a message; no sender and no identifier has a comma."""
    return f"{status},{sender},{identifier}"


def forgotten(known: Known, utc: datetime) -> Known:
    """Without what is too old to matter."""
    return Known({key: record for key, record in known.records.items() if record.forget > utc})


def heard(
    known: Known, message: CapMessage, own: dict[str, datetime], expires: datetime, utc: datetime
) -> Known:
    """With one more message; `own` are the keys of the sender's own messages that it refers to, and when sent."""
    forget = utc + REMEMBERED
    records = dict(known.records)
    for key, sent in own.items():
        before = records.get(key) or Record(sent, forget)
        cancelled = _latest(before.cancelled, message.sent) if message.ends else before.cancelled
        records[key] = msgspec.structs.replace(before, cancelled=cancelled, forget=max(before.forget, forget))
    key = key_of(message.status, message.sender, message.identifier)
    before = records.get(key) or Record(message.sent, forget)
    records[key] = msgspec.structs.replace(
        before,
        sent=message.sent,
        forget=forget,
        references=tuple(own),
        came=True,
        ends=message.ends,
        expires=expires,
    )
    return Known(records)


def _latest(one: datetime | None, other: datetime) -> datetime:
    return max(one or other, other)


def ended(known: Known) -> dict[str, datetime]:
    """What is cancelled, and by a cancel of when.

    That is a cancel itself; what a cancel names; an update of which everything that it refers to is cancelled, or
    anything is by a cancel sent after the update.
    """
    over = {
        key: record.sent if record.ends else record.cancelled
        for key, record in known.records.items()
        if record.ends or record.cancelled
    }
    updates = [(k, r) for k, r in known.records.items() if r.references and not r.ends]
    updates.sort(key=lambda pair: pair[1].sent)
    grown = True
    while grown:
        more = {key: _ended(record, over) for key, record in updates if key not in over}
        grown = any(more.values())
        over |= {key: moment for key, moment in more.items() if moment}
    return {key: moment for key, moment in over.items() if moment}


def _ended(record: Record, over: Mapping[str, datetime | None]) -> datetime | None:
    moments = [moment for moment in map(over.get, record.references) if moment]
    later = [moment for moment in moments if moment >= record.sent]
    return max(later or moments) if later or len(moments) == len(record.references) else None


def replaced(known: Known) -> set[str]:
    """What a later message that is no cancel refers to."""
    updates = (record for record in known.records.values() if record.came and not record.ends)
    return {key for record in updates for key in record.references}


def roots(known: Known, key: str) -> set[str]:
    """The message itself and all that it goes back to."""
    found, ahead = {key}, [key]
    while ahead:
        fresh = {key for key in known.records[ahead.pop()].references if key in known.records} - found
        found |= fresh
        ahead += fresh
    return found


def standing(known: Known) -> set[str]:
    """What is not cancelled and the newest of those that go back to the same message, so not replaced either.

    One that has expired or was cancelled still keeps an older one from coming back.
    """
    whole = {
        key: roots(known, key) for key, record in known.records.items() if record.came and not record.ends
    }
    came = sorted(whole, key=lambda key: (_latest_sent(known, whole[key]), len(whole[key]), key))
    newest: dict[str, str] = {}
    for key in came:
        newest |= dict.fromkeys(whole[key], key)
    over = ended(known)
    return {key for key in came if key not in over and all(newest[root] == key for root in whole[key])}


def _latest_sent(known: Known, keys: set[str]) -> datetime:
    """An update counts as no older than what it refers to, whatever the sender's clock says."""
    return max(known.records[key].sent for key in keys)


def published(known: Known) -> Iterator[tuple[str, Record]]:
    """Those whose alert was published somewhere and not taken back since."""
    return ((key, record) for key, record in known.records.items() if record.areas)


def last_revision(known: Known, name: str) -> int:
    """The highest revision under a name, 0 for none."""
    return max((record.revision for record in known.records.values() if record.name == name), default=0)


def noted(known: Known, key: str, name: str, revision: int, areas: tuple[str, ...]) -> Known:
    """With what was published of a message; no areas: it was taken back."""
    record = msgspec.structs.replace(known.records[key], name=name, revision=revision, areas=areas)
    return Known(known.records | {key: record})
