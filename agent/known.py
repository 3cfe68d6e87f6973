"""What the display knows of signed publications, and what it makes of a new one. Pure."""

import math
from collections import UserDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from agent.clock import Reading
from content import wire
from content.message import Alert, BadMessage, Message, Playlist, Publication, Release, in_area
from content.pages import EARTHQUAKE

Key = tuple[str, str]
"""Kind and id of a publication."""


AHEAD = timedelta(days=1)
"""A signed time further ahead of a good clock would raise the clock's floor above the truth."""

REMEMBERED = timedelta(days=31)
"""What an alert ended stays ended for so long after that alert expired, and for as long as what it ended lasts."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A publication, and when it came."""

    publication: Publication
    received: float
    """Monotonic, s: while the clock is doubtful, it lasts for expires - sent from here."""
    ended: float | None = None
    """Monotonic, s: when it ended an earthquake alert that was in force here."""


Known = Mapping[Key, Entry]


class Follower(Protocol):
    """Keeps what is known in another shape."""

    def put(self, entry: Entry) -> None:
        """An entry is new, or replaces the one of its key."""

    def drop(self, entry: Entry) -> None:
        """An entry is forgotten."""


class Catalogue(UserDict[Key, Entry]):
    """All that is known, by key; whoever follows is told of every change."""

    def __init__(self) -> None:
        super().__init__()
        self._followers: list[Follower] = []

    def follow(self, follower: Follower) -> None:
        """Tell somebody of all there is, and of every change from now on."""
        for entry in self.data.values():
            follower.put(entry)
        self._followers.append(follower)

    def __setitem__(self, name: Key, entry: Entry) -> None:
        self.data[name] = entry
        for follower in self._followers:
            follower.put(entry)

    def __delitem__(self, name: Key) -> None:
        entry = self.data.pop(name)
        for follower in self._followers:
            follower.drop(entry)


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
    entry = known.get(key(publication))
    old = None if entry is None else entry.publication
    if old == publication:
        return False
    if old is not None and publication.revision <= old.revision:
        raise BadMessage(
            f"revision {publication.revision} of {publication.id}, and revision {old.revision} is known"
        )
    if isinstance(publication, Alert):
        _judge_alert(publication, old if isinstance(old, Alert) else None, known)
    if time.good and publication.sent > time.utc + AHEAD:
        raise BadMessage(f"sent at {publication.sent.isoformat()}, which is still to come")
    if time.good and time.utc >= publication.expires:
        raise BadMessage(f"expired at {publication.expires.isoformat()}")
    return True


def _judge_alert(alert: Alert, old: Alert | None, known: Known) -> None:
    if alert.id in alert.cancels:
        raise BadMessage(f"{alert.id} cancels itself: withdraw it")
    if is_cancelled(alert, cancelled(known)) and not alert.withdrawn:
        raise BadMessage(f"{alert.id} was cancelled for good by another alert")
    if old is None:
        return
    if old.exercise != alert.exercise:
        raise BadMessage(
            f"{alert.id} was {'a drill' if old.exercise else 'no drill'} before: take another id"
        )
    if lost := set(old.cancels) - set(alert.cancels):
        raise BadMessage(f"{alert.id} no longer cancels {', '.join(sorted(lost))}: what it ended stays ended")


Cancelled = tuple[frozenset[str], frozenset[str]]
"""Ids that real alerts end, and ids that drills end."""


def cancelled(known: Known) -> Cancelled:
    """The alerts that others ended, whether known here or not."""
    enders = [alert for alert in _alerts(known) if alert.cancels]
    real = (name for alert in enders if not alert.exercise for name in alert.cancels)
    drills = (name for alert in enders if alert.exercise for name in alert.cancels)
    return frozenset(real), frozenset(drills)


def is_cancelled(alert: Alert, by: Cancelled) -> bool:
    """Whether others ended an alert; a drill ends nothing but drills."""
    return alert.id in by[0] or (alert.exercise and alert.id in by[1])


def _alerts(known: Known) -> Iterator[Alert]:
    return (e.publication for e in known.values() if isinstance(e.publication, Alert))


def entry_of(publication: Publication, known: Known, time: Reading) -> Entry:
    """A publication that was judged to be news, as it becomes known."""
    ends = isinstance(publication, Alert) and any(
        _is_warning(name, known, time)
        for name in (*publication.cancels, *([publication.id] if publication.withdrawn else []))
    )
    return Entry(publication, time.now, time.now if ends else None)


def _is_warning(name: str, known: Known, time: Reading) -> bool:
    """Whether an alert of an earthquake, no drill, is in force."""
    entry = known.get(("alert", name))
    if entry is None or not isinstance(entry.publication, Alert) or not is_current(entry, time):
        return False
    alert = entry.publication
    return alert.event == EARTHQUAKE and not alert.exercise and not is_cancelled(alert, cancelled(known))


def is_needed(publication: Publication, known: Known, time: Reading) -> bool:
    """Whether an expired publication has to stay: one that ended others, lest a later revision brings them back."""
    if not isinstance(publication, Alert):
        return False
    if publication.cancels and time.utc < publication.expires + REMEMBERED:
        return True
    ended = (known.get(("alert", name)) for name in publication.cancels)
    return any(entry is not None and entry.publication.expires > time.utc for entry in ended)


@dataclass(frozen=True, slots=True)
class Warned:
    """What the alerts in force come to."""

    earthquake: Alert | None = None
    other: Alert | None = None
    """The gravest, and of equal ones the newest."""
    drill: Alert | None = None
    ended: float | None = None
    """Monotonic, s: when an earthquake alert was last taken back."""
    lasts_s: float = math.inf
    """The first of the three ends after so long."""


def rank(alert: Alert) -> tuple[int, float, str]:
    """Who goes first: the gravest, then the newest."""
    return -alert.severity, -alert.sent.timestamp(), alert.id


def remaining_s(entry: Entry, time: Reading) -> float:
    """How long a publication still counts, unless it is taken back."""
    publication = entry.publication
    if time.good:
        return (publication.expires - time.utc).total_seconds()
    return entry.received + (publication.expires - publication.sent).total_seconds() - time.now


def standing(known: Known, time: Reading) -> list[Publication]:
    """What has not expired, withdrawn or not, but for what others ended: what the content side counts, too."""
    over = cancelled(known)
    lasting = (entry.publication for entry in known.values() if remaining_s(entry, time) > 0)
    return [one for one in lasting if not (isinstance(one, Alert) and is_cancelled(one, over))]


def warned(known: Known, time: Reading) -> Warned:
    """The first alert of each kind."""
    first = {kind_of(alert): alert for alert in reversed(alerts(known, time))}
    lasts_s = [remaining_s(known["alert", alert.id], time) for alert in first.values()]
    ended = [entry.ended for entry in known.values() if entry.ended is not None]
    return Warned(
        first.get("earthquake"), first.get("other"), first.get("drill"),
        max(ended, default=None), min(lasts_s, default=math.inf),
    )  # fmt: skip


def kind_of(alert: Alert) -> str:
    """For which of the three it counts."""
    if alert.exercise:
        return "drill"
    return "earthquake" if alert.event == EARTHQUAKE else "other"


def messages(known: Known, time: Reading) -> list[Message]:
    """The messages that a schedule may choose from."""
    return [
        e.publication for e in known.values() if isinstance(e.publication, Message) and is_current(e, time)
    ]


def playlists(known: Known, time: Reading) -> list[Playlist]:
    """The playlists in force."""
    return [
        e.publication for e in known.values() if isinstance(e.publication, Playlist) and is_current(e, time)
    ]


def alerts(known: Known, time: Reading) -> list[Alert]:
    """The alerts in force, the gravest and then the newest first."""
    ended = cancelled(known)
    current = [
        e.publication for e in known.values() if isinstance(e.publication, Alert) and is_current(e, time)
    ]
    return sorted((alert for alert in current if not is_cancelled(alert, ended)), key=rank)


def releases(known: Known, time: Reading) -> list[Release]:
    """The releases in force."""
    return [
        e.publication for e in known.values() if isinstance(e.publication, Release) and is_current(e, time)
    ]


class Digest:
    """Names what is known, for as long as nothing of it changes or expires: 10 000 publications take 6 ms to name."""

    def __init__(self, known: Catalogue) -> None:
        self._known, self._named = known, ""
        self._at: Reading | None = None
        """When it was worked out."""
        self._lasts_s = 0.0
        known.follow(self)

    def put(self, entry: Entry) -> None:
        """An entry is new, or replaces the one of its key."""
        self._at = None

    def drop(self, entry: Entry) -> None:
        """An entry is forgotten."""
        self._at = None

    def at(self, time: Reading) -> str:
        """The digest at a time, which may have been set since."""
        at = self._at
        if at is None or at.good != time.good or not 0 <= self._elapsed_s(at, time) < self._lasts_s:
            self._at, self._named = time, digest(standing(self._known, time))
            left_s = (remaining_s(entry, time) for entry in self._known.values())
            self._lasts_s = min((left for left in left_s if left > 0), default=math.inf)
        return self._named

    def _elapsed_s(self, before: Reading, time: Reading) -> float:
        return (time.utc - before.utc).total_seconds() if time.good else time.now - before.now


def digest(publications: Iterable[Publication]) -> str:
    """Names what is known: the same set has the same digest, in any order."""
    return wire.digest((*key(p), p.revision) for p in publications)
