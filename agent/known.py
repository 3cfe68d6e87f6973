"""What the display knows of signed publications, and what it makes of a new one. Pure."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from agent.clock import Reading
from content.message import Alert, BadMessage, Message, Publication, Release, in_area

Key = tuple[str, str]
"""Kind and id of a publication."""


AHEAD = timedelta(days=1)
"""A signed time further ahead of a good clock would raise the clock's floor above the truth."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A publication, and when it came."""

    publication: Publication
    received: float
    """Monotonic, s: while the clock is doubtful, it lasts for expires - sent from here."""


Known = dict[Key, Entry]


def key(publication: Publication) -> Key:
    """Under what it is known."""
    return type(publication).__name__.lower(), publication.id


def is_current(entry: Entry, time: Reading) -> bool:
    """Whether a publication still counts, by the clock, or without one by its length from receipt."""
    publication = entry.publication
    if publication.withdrawn:
        return False
    if time.good:
        return time.utc < publication.expires
    return timedelta(seconds=time.now - entry.received) < publication.expires - publication.sent


def judge(publication: Publication, known: Known, place: str, time: Reading) -> bool:
    """Whether a verified publication is news. Raises BadMessage for what must not change anything."""
    if not in_area(publication.area, place):
        raise BadMessage(f"signed for {publication.area}, and this display is at {place}")
    if publication.expires <= publication.sent:
        raise BadMessage("expires before it was sent")
    old = known.get(key(publication))
    if old is not None and old.publication == publication:
        return False
    if old is not None and publication.revision <= old.publication.revision:
        raise BadMessage(
            f"revision {publication.revision} of {publication.id}, "
            f"and revision {old.publication.revision} is known"
        )
    if time.good and publication.sent > time.utc + AHEAD:
        raise BadMessage(f"sent at {publication.sent.isoformat()}, which is still to come")
    if time.good and time.utc >= publication.expires:
        raise BadMessage(f"expired at {publication.expires.isoformat()}")
    return True


def messages(known: Known, time: Reading) -> list[Message]:
    """The messages that a schedule may choose from."""
    return [
        e.publication for e in known.values() if isinstance(e.publication, Message) and is_current(e, time)
    ]


def alerts(known: Known, time: Reading) -> list[Alert]:
    """The alerts in force, the gravest and then the newest first."""
    current = [
        e.publication for e in known.values() if isinstance(e.publication, Alert) and is_current(e, time)
    ]
    return sorted(current, key=lambda a: (-a.severity, -a.sent.timestamp(), a.id))


def releases(known: Known, time: Reading) -> list[Release]:
    """The releases in force."""
    return [
        e.publication for e in known.values() if isinstance(e.publication, Release) and is_current(e, time)
    ]


def digest(publications: Iterable[Publication]) -> str:
    """Names what is known: the same set has the same digest, in any order."""
    lines = sorted(f"{type(p).__name__} {p.id} {p.revision}" for p in publications)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
