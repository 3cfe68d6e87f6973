"""What is known, kept in order: the stage's questions answered in well under a millisecond, however much is known.

It answers what `agent.known.warned` and `content.playing.scheduled` say of the same publications; the tests hold it to that.
"""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from agent.clock import Reading
from agent.known import Entry, Key, Warned, key, kind_of
from agent.known import rank as alert_rank
from agent.ranked import Ranked
from content.message import Alert, Message, Playlist
from content.playing import LOOK_AGAIN, Scheduled, Showing, played, showings
from content.schedule import EPOCH, SECOND, Timetable, holds, next_edge, rank, timetable

KINDS = ("earthquake", "other", "drill")
NEVER = 0.0
"""Ends: what was withdrawn or cancelled is over at any time."""

AHEAD = 16
"""So many timetables a look are looked ahead in: 0.3 ms."""
ROW = [("on", bool), ("edge", float), ("next_on", bool), ("next_edge", float)]
"""Whether a timetable is on, until when, and the same from then on; -inf is not known yet. Times in s since 1970."""
ALWAYS = (True, math.inf, True, math.inf)
UNKNOWN = (False, -math.inf, False, -math.inf)


class Alerts:
    """Alerts in the order of their gravity, with the moments at which they end."""

    def __init__(self) -> None:
        self._alerts: Ranked[Alert] = Ranked(alert_rank, expires="d", ends="d", kind="b")
        self._entries: dict[str, Entry] = {}
        self._ended: dict[str, float] = {}
        self._cancels: Counter[tuple[str, bool]] = Counter()
        """How many cancel an id: drills (True), and real alerts."""

    def put(self, alert: Alert, entry: Entry) -> None:
        """Take one, over the one with its id."""
        self.drop(alert.id)
        self._entries[alert.id] = entry
        kind = KINDS.index(kind_of(alert))
        self._alerts.put(alert, expires=NEVER, ends=NEVER, kind=kind)
        self._cancel(alert, 1)
        self._mark(alert.id)
        if entry.ended is not None:
            self._ended[alert.id] = entry.ended

    def drop(self, name: str) -> None:
        """Forget one, if it is there."""
        entry = self._entries.pop(name, None)
        self._ended.pop(name, None)
        if entry is not None and isinstance(entry.publication, Alert):
            self._alerts.drop(entry.publication)
            self._cancel(entry.publication, -1)

    def _cancel(self, alert: Alert, count: int) -> None:
        for name in set(alert.cancels):
            self._cancels[name, alert.exercise] += count
            if not self._cancels[name, alert.exercise]:
                del self._cancels[name, alert.exercise]
            self._mark(name)

    def _mark(self, name: str) -> None:
        """Note when an alert ends, if it is there."""
        entry = self._entries.get(name)
        if entry is None or not isinstance(alert := entry.publication, Alert):
            return
        over = alert.withdrawn or (name, False) in self._cancels
        over = over or (alert.exercise and (name, True) in self._cancels)
        length_s = (alert.expires - alert.sent).total_seconds()
        self._alerts.set(alert, "expires", NEVER if over else alert.expires.timestamp())
        self._alerts.set(alert, "ends", -math.inf if over else entry.received + length_s)

    def warned(self, time: Reading) -> Warned:
        """The first alert of each kind that is in force."""
        ends, now = ("expires", time.utc.timestamp()) if time.good else ("ends", time.now)
        left_s = self._alerts.column(ends) - now
        kinds = self._alerts.column("kind")
        places = [_first((left_s > 0) & (kinds == number)) for number in range(len(KINDS))]
        earthquake, other, drill = (None if place is None else self._alerts.things[place] for place in places)
        lasts_s = min((float(left_s[place]) for place in places if place is not None), default=math.inf)
        return Warned(earthquake, other, drill, max(self._ended.values(), default=None), lasts_s)


class Timetables:
    """The distinct timetables of all messages, each with its next edge and what comes then, found out ahead: at nine
    o'clock all may change at once."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone, self._at = zone, -math.inf
        self._numbers: dict[Timetable, int] = {}
        self._used: Counter[int] = Counter()
        self._tables: list[Timetable | None] = [None]
        self._rows = np.zeros(1, dtype=ROW)
        self._rows[0] = ALWAYS

    def __len__(self) -> int:
        return len(self._numbers)

    def take(self, table: Timetable | None) -> int:
        """The number of a timetable; 0 is always on."""
        if table is None:
            return 0
        number = self._numbers.get(table)
        if number is None:
            number = self._numbers[table] = self._place()
            self._tables[number], self._rows[number] = table, UNKNOWN
        self._used[number] += 1
        return number

    def _place(self) -> int:
        """A number that nobody uses."""
        if len(self._numbers) + 1 < len(self._tables):
            return self._tables.index(None, 1)
        self._tables.append(None)
        if len(self._tables) > len(self._rows):
            self._rows = np.append(self._rows, np.repeat(self._rows[:1], len(self._rows)))
        return len(self._tables) - 1

    def leave(self, number: int) -> None:
        """One message less has it."""
        table = self._tables[number]
        self._used[number] -= 1
        if table is not None and not self._used[number]:
            del self._numbers[table], self._used[number]
            self._tables[number], self._rows[number] = None, ALWAYS

    def look(self, utc: datetime) -> tuple[NDArray[np.bool_], float]:
        """Which are on, by number, and the first moment at which that can change, s since 1970."""
        at, rows = utc.timestamp(), self._rows
        if at < self._at:  # the clock was set back
            rows[[number for number, table in enumerate(self._tables) if table is not None]] = UNKNOWN
        self._at = at
        passed = (rows["edge"] <= at) & (at < rows["next_edge"])
        if passed.any():
            rows["on"][passed], rows["edge"][passed] = rows["next_on"][passed], rows["next_edge"][passed]
            rows["next_edge"][passed] = -np.inf
        for number in np.flatnonzero(rows["edge"] <= at):
            rows[number] = (*self._state(int(number), utc), False, -np.inf)
        for number in np.flatnonzero(rows["next_edge"] == -np.inf)[:AHEAD]:
            edge = EPOCH + timedelta(seconds=float(rows["edge"][number]))
            rows["next_on"][number], rows["next_edge"][number] = self._state(int(number), edge)
        return rows["on"], float(rows["edge"].min())

    def _state(self, number: int, utc: datetime) -> tuple[bool, float]:
        """Whether a timetable is on at a time, and until when that stays, s since 1970."""
        table = self._tables[number]
        if table is None:
            return True, math.inf
        local = utc.astimezone(self._zone)
        return holds(table, local), next_edge(table, utc, local).timestamp()


class Programme:
    """Follows the catalogue of what is known."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.alerts, self.timetables = Alerts(), Timetables(zone)
        self._messages: Ranked[Message] = Ranked(
            rank, starts="d", expires="d", table="q", round_s="q", scheduled="b"
        )
        self._by_id: dict[str, tuple[Message, int, tuple[Showing, ...]]] = {}
        self._playlists: dict[str, Playlist] = {}
        self._last: tuple[datetime, Scheduled] | None = None

    def put(self, entry: Entry) -> None:
        """Take what is new, over what was known under its key."""
        publication = entry.publication
        self._forget(key(publication))
        match publication:
            case Alert():
                self.alerts.put(publication, entry)
            case Playlist():
                self._playlists[publication.id] = publication
            case Message(withdrawn=False):
                self._put_message(publication)

    def drop(self, entry: Entry) -> None:
        """Forget it."""
        self._forget(key(entry.publication))

    def _forget(self, name: Key) -> None:
        self.forget_answer()
        kind, id_of = name
        if kind == "alert":
            self.alerts.drop(id_of)
        elif kind == "playlist":
            self._playlists.pop(id_of, None)
        elif kind == "message" and id_of in self._by_id:
            message, number, _ = self._by_id.pop(id_of)
            self._messages.drop(message)
            self.timetables.leave(number)

    def _put_message(self, message: Message) -> None:
        number, pages = self.timetables.take(timetable(message)), showings(message)
        self._by_id[message.id] = message, number, pages
        self._messages.put(
            message,
            starts=-math.inf if message.starts is None else message.starts.timestamp(),
            expires=message.expires.timestamp(),
            table=number,
            round_s=sum(page.seconds for page in pages),
            scheduled=message.scheduled,
        )

    def forget_answer(self) -> None:
        """Work the next answer out anew, as after any change."""
        self._last = None

    def scheduled(self, utc: datetime) -> Scheduled:
        """What has its turn."""
        if self._last is None or not self._last[0] <= utc < self._last[1].until:
            self._last = utc, self._scheduled(utc)
        return self._last[1]

    def _scheduled(self, utc: datetime) -> Scheduled:
        at, (tables, edge) = utc.timestamp(), self.timetables.look(utc)
        starts, expires = self._messages.column("starts"), self._messages.column("expires")
        on = (starts <= at) & (at < expires) & tables[self._messages.column("table")]
        later = [edge, *(float(edges[edges > at].min(initial=np.inf)) for edges in (starts, expires))]
        now = self._on_turn(on, utc) or self._played(on, utc)
        return Scheduled(now.showing, min(now.until, _moment(min(later), utc)), now.playlist)

    def _on_turn(self, on: NDArray[np.bool_], utc: datetime) -> Scheduled | None:
        """Among the messages that are on by themselves, those of the highest priority."""
        wanted = np.flatnonzero(on & (self._messages.column("scheduled") > 0))
        if not len(wanted):
            return None
        things = self._messages.things
        least = -things[int(wanted[0])].priority
        top = wanted[: bisect_right(wanted, least, key=lambda place: -things[place].priority)]
        ends = np.cumsum(self._messages.column("round_s")[top])
        into = (utc - EPOCH) % (int(ends[-1]) * SECOND)
        place = int(np.searchsorted(ends, into / SECOND, side="right"))
        pages = self._by_id[things[int(top[place])].id][2]
        return _page(pages, utc, int(ends[place]) * SECOND - into)

    def _played(self, on: NDArray[np.bool_], utc: datetime) -> Scheduled:
        names = {item.message for playlist in self._playlists.values() for item in playlist.items}
        known = [self._by_id[name][0] for name in names if name is not None and name in self._by_id]
        return played(self._playlists.values(), {m.id: m for m in known if on[self._messages.place(m)]}, utc)


def _page(pages: Sequence[Showing], utc: datetime, left: timedelta) -> Scheduled:
    """Which of a message's pages has its turn, so long before the last of them ends."""
    later = [sum(page.seconds for page in pages[n + 1 :]) * SECOND for n in range(len(pages))]
    index = next(n for n, after in enumerate(later) if left > after)
    return Scheduled(pages[index], utc + left - later[index])


def _moment(at: float, utc: datetime) -> datetime:
    """A time in s since 1970, at most a look away."""
    if at >= (utc + LOOK_AGAIN).timestamp():
        return utc + LOOK_AGAIN
    return EPOCH + timedelta(seconds=at)


def _first(true: NDArray[np.bool_]) -> int | None:
    place = int(true.argmax()) if len(true) else 0
    return place if len(true) and true[place] else None
