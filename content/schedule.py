"""When a message is shown: its time windows, and the next moment at which anything can change.

A daily window holds when the local wall time lies in it, so twice in a repeated hour. Whoever uses the
next moment looks again at least every minute all the same.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from content.message import Message, Window

LOOK_AGAIN = timedelta(minutes=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TURN = timedelta(seconds=12)
"""How long one of several messages of the same priority shows before the next: read twice, slowly."""


def is_due(message: Message, utc: datetime, zone: ZoneInfo) -> bool:
    """Whether a message wants the glass at a time."""
    if message.withdrawn or utc >= message.expires:
        return False
    if message.starts is not None and utc < message.starts:
        return False
    local = utc.astimezone(zone)
    return not message.windows or any(_holds(window, local) for window in message.windows)


def _holds(window: Window, local: datetime) -> bool:
    wall = local.time()
    if window.start <= window.end:
        return window.start <= wall < window.end and local.isoweekday() in window.weekdays
    if wall >= window.start:
        return local.isoweekday() in window.weekdays
    yesterday = (local - timedelta(days=1)).isoweekday()
    return wall < window.end and yesterday in window.weekdays


def due(messages: Iterable[Message], utc: datetime, zone: ZoneInfo) -> list[Message]:
    """The messages that want the glass, the one that gets it first."""
    wanted = [message for message in messages if is_due(message, utc, zone)]
    return sorted(wanted, key=lambda message: (-message.priority, -message.sent.timestamp(), message.id))


def on_turn(wanted: list[Message], utc: datetime) -> Message | None:
    """Which of the due messages has the glass: those of the highest priority take turns."""
    top = [message for message in wanted if message.priority == wanted[0].priority]
    return top[_turn(utc) % len(top)] if top else None


def _turn(utc: datetime) -> int:
    return (utc - EPOCH) // TURN


def next_change(messages: Iterable[Message], utc: datetime) -> datetime:
    """The next moment at which another message may have the glass: at most one turn away.

    Between utc and this moment on_turn(due(...)) answers the same.
    """
    # Every UTC offset in use is a whole number of minutes, so whole minutes of a wall are whole in UTC.
    minute = utc.astimezone(UTC).replace(second=0, microsecond=0)
    moments = [EPOCH + (_turn(utc) + 1) * TURN, minute + LOOK_AGAIN]
    for message in messages:
        edges = [message.starts, message.expires]
        edges += [minute + _past_the_minute(wall) for w in message.windows for wall in (w.start, w.end)]
        moments += [edge for edge in edges if edge is not None and edge > utc]
    return min(moments)


def _past_the_minute(wall: time) -> timedelta:
    return timedelta(seconds=wall.second, microseconds=wall.microsecond)
