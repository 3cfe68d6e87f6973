"""Which page of which message or picture has the glass when nothing above it wants it. Pure.

Messages of the highest priority take turns, each page for as long as it takes to read; where none is due, a playlist
plays. Whose turn it is follows from the time alone, so every display of a building shows the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from content.languages import Pair
from content.message import Item, Message, NamedPicture, Playlist
from content.reading import PICTURE_S, page_s, pairs
from content.schedule import EPOCH, SECOND, due, edges, is_on

LOOK_AGAIN = timedelta(minutes=1)
"""The next change is at most so far away: a wall clock may be set at any moment."""


@dataclass(frozen=True, slots=True)
class Showing:
    """One page for one turn: a message in some of its languages, or a picture alone."""

    seconds: int
    message: Message | None = None
    pair: Pair = ()
    """The languages of the page."""
    picture: NamedPicture | None = None


@dataclass(frozen=True, slots=True)
class Scheduled:
    """What has its turn; until then nothing else has."""

    showing: Showing | None
    until: datetime
    playlist: str | None = None
    """Its id, where one plays."""


def showings(message: Message) -> tuple[Showing, ...]:
    """The pages of a message, in turn."""
    return tuple(Showing(page_s(message, pair), message, pair) for pair in pairs(message))


def turn(lengths_s: Sequence[int], utc: datetime) -> tuple[int, timedelta]:
    """Who has the turn at a time among things of such lengths, and for how long still."""
    ends = list(accumulate(lengths_s))
    into = (utc - EPOCH) % (ends[-1] * SECOND)
    index = next(n for n, end in enumerate(ends) if into < end * SECOND)
    return index, ends[index] * SECOND - into


def of_item(item: Item, on: Mapping[str, Message]) -> tuple[Showing, ...]:
    """What an item of a playlist shows: nothing when its message is not on."""
    if item.picture is not None:
        return (Showing(int(item.seconds or PICTURE_S), picture=item.picture),)
    message = on.get(item.message or "")
    if message is None:
        return ()
    return tuple(
        Showing(int(item.seconds or showing.seconds), message, showing.pair) for showing in showings(message)
    )


def in_order(playlists: Iterable[Playlist], utc: datetime) -> list[Playlist]:
    """Those in force, the one that plays first: the narrowest area's, then the newest."""
    standing = [p for p in playlists if not p.withdrawn and utc < p.expires]
    return sorted(standing, key=lambda p: (-p.area.count("/"), -p.sent.timestamp(), p.id))


def played(playlists: Iterable[Playlist], on: Mapping[str, Message], utc: datetime) -> Scheduled:
    """What the first playlist plays that has anything to play; on are the messages that may be shown, by id."""
    standing = in_order(playlists, utc)
    until = min([utc + LOOK_AGAIN, *(playlist.expires for playlist in standing)])
    for playlist in standing:
        pages = [showing for item in playlist.items for showing in of_item(item, on)]
        if pages:
            index, left = turn([page.seconds for page in pages], utc)
            return Scheduled(pages[index], min(until, utc + left), playlist.id)
    return Scheduled(None, until)


def on_turn(rounds: Sequence[tuple[Showing, ...]], utc: datetime) -> Scheduled:
    """Whose turn it is among messages, each with all its pages one after the other."""
    pages = [showing for showings_of_one in rounds for showing in showings_of_one]
    index, left = turn([page.seconds for page in pages], utc)
    return Scheduled(pages[index], min(utc + left, utc + LOOK_AGAIN))


def scheduled(
    messages: Sequence[Message], playlists: Iterable[Playlist], utc: datetime, zone: ZoneInfo
) -> Scheduled:
    """What has the glass, of all messages and playlists of a display."""
    wanted = due(messages, utc, zone)
    if wanted:
        top = [message for message in wanted if message.priority == wanted[0].priority]
        now = on_turn([showings(message) for message in top], utc)
    else:
        now = played(playlists, {m.id: m for m in messages if is_on(m, utc, zone)}, utc)
    later = [edge for message in messages for edge in edges(message, utc, zone)]
    return Scheduled(now.showing, min([now.until, *later]), now.playlist)
