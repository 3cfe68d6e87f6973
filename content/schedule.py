"""When a message is shown: its dates and time windows, and the next moment at which that can change. Pure.

A daily window holds when the local wall time lies in it: so twice in a repeated hour, and not at all in a skipped one.
A window over midnight belongs to the day it began on, whatever weekdays, dates and exceptions say of the next.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from content.message import Dates, Message, Window

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Timetable:
    """The days and hours of a message; many messages share one."""

    windows: tuple[Window, ...]
    dates: tuple[Dates, ...]
    exceptions: tuple[date, ...]


def timetable(message: Message) -> Timetable | None:
    """Of a message; None when it shows at all times."""
    if not (message.windows or message.dates or message.exceptions):
        return None
    return Timetable(message.windows, message.dates, message.exceptions)


def holds(table: Timetable, local: datetime) -> bool:
    """Whether a timetable allows a local time."""
    today = local.date()
    if not table.windows:
        return _on(table, today)
    wall = local.time()
    days = ((window, _began(window, wall, today)) for window in table.windows)
    return any(
        day is not None and day.isoweekday() in window.weekdays and _on(table, day) for window, day in days
    )


def _on(table: Timetable, day: date) -> bool:
    if day in table.exceptions:
        return False
    return not table.dates or any(dates.first <= day <= dates.last for dates in table.dates)


def _began(window: Window, wall: time, today: date) -> date | None:
    """The day on which the occurrence began that a wall time lies in."""
    if window.start <= window.end:
        return today if window.start <= wall < window.end else None
    if wall >= window.start:
        return today
    return today - DAY if wall < window.end else None


def next_edge(table: Timetable, utc: datetime, local: datetime) -> datetime:
    """Between a time and this one the timetable answers the same; local is the same time in the zone.

    Assumes that no zone changes its offset and changes it back within a day; none does.
    """
    walls = {wall for window in table.windows for wall in (window.start, window.end)} or {time()}
    now = local.replace(tzinfo=None)
    midnight = datetime.combine(now, time())
    ahead = min((datetime.combine(midnight, wall) - now) % DAY or DAY for wall in walls)
    edge = utc + ahead
    if edge.astimezone(local.tzinfo).utcoffset() == local.utcoffset():
        return edge
    return min(edge, _offset_change(utc, edge, local))


def _offset_change(utc: datetime, until: datetime, local: datetime) -> datetime:
    """The first moment with another offset: offsets change on whole seconds."""
    first = utc.astimezone(UTC).replace(microsecond=0)
    seconds = range((until - first) // SECOND + 2)
    offset = local.utcoffset()
    found = bisect_left(
        seconds, True, key=lambda n: (first + n * SECOND).astimezone(local.tzinfo).utcoffset() != offset
    )
    return first + found * SECOND


def is_on(message: Message, utc: datetime, zone: ZoneInfo) -> bool:
    """Whether a message may be shown at a time, by itself or in a playlist."""
    if message.withdrawn or utc >= message.expires:
        return False
    if message.starts is not None and utc < message.starts:
        return False
    table = timetable(message)
    return table is None or holds(table, utc.astimezone(zone))


def rank(message: Message) -> tuple[int, float, str]:
    """Who goes first: the highest priority, then the newest."""
    return -message.priority, -message.sent.timestamp(), message.id


def due(messages: Iterable[Message], utc: datetime, zone: ZoneInfo) -> list[Message]:
    """The messages that want the glass by themselves, the one that gets it first."""
    return sorted((m for m in messages if m.scheduled and is_on(m, utc, zone)), key=rank)


def edges(message: Message, utc: datetime, zone: ZoneInfo) -> list[datetime]:
    """Later moments at which it can begin or end to be on; the first of them comes not too late."""
    if message.withdrawn or utc >= message.expires:
        return []
    table = timetable(message)
    moments = [message.expires] + ([] if message.starts is None else [message.starts])
    moments += [] if table is None else [next_edge(table, utc, utc.astimezone(zone))]
    return [moment for moment in moments if moment > utc]
