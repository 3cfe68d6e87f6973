"""What managers send: messages, playlists, alerts and releases, as they stand inside what is signed."""

import re
from datetime import date, datetime, time
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

Name = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,64}\Z")]
"""An identifier that is also one level of a topic."""
Path = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,64}(/[a-z0-9-]{1,64}){0,15}\Z")]
"""An area, from the country down, for instance cn/sichuan/chengdu/tower-a/lift-2."""
Moment = Annotated[datetime, Meta(tz=True)]
Revision = Annotated[int, Meta(ge=1, le=2**31)]
Weekday = Annotated[int, Meta(ge=1, le=7)]
"""1 is Monday."""
WallTime = Annotated[time, Meta(tz=False)]


class BadMessage(ValueError):
    """The message cannot be taken or shown; the text says what to change."""


Words = Annotated[str, Meta(max_length=800)]
"""Longer than any glass holds; working out how much too long takes time."""


class Text(Struct, frozen=True, omit_defaults=True):
    """The same words in the languages of the glass (content/languages.py); at least one of them is there."""

    zh: Words = ""
    en: Words = ""
    zh_hant: Words = field(default="", name="zh-Hant")
    ja: Words = ""
    ar: Words = ""
    hi: Words = ""


class Window(Struct, frozen=True):
    """A daypart in the building's local time; an end before the start is on the next day."""

    start: WallTime
    end: WallTime
    weekdays: tuple[Weekday, ...] = (1, 2, 3, 4, 5, 6, 7)


class Dates(Struct, frozen=True):
    """Days in the building's time zone, both of them included."""

    first: date
    last: date


class NamedPicture(Struct, frozen=True):
    """A picture of the repository, and which one exactly is meant."""

    name: Name
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


Seconds = Annotated[float, Meta(ge=2, le=600)]
"""How long one showing lasts."""

CATEGORY = Text("通知", "Notice", "通知", "お知らせ", "إشعار", "सूचना")
SENDER = Text(
    "物业服务中心", "Property office", "物業服務中心", "管理事務所", "مكتب إدارة المبنى", "भवन प्रबंधन कार्यालय"
)


class Message(Struct, frozen=True, tag="message"):
    """Shown when its time has come and nothing above it wants the glass."""

    id: Name
    revision: Revision
    area: Path
    sent: Moment
    expires: Moment
    title: Text
    body: Text
    category: Text = CATEGORY
    sender: Text = SENDER
    priority: Annotated[int, Meta(ge=0, le=9)] = 0
    starts: Moment | None = None
    windows: Annotated[tuple[Window, ...], Meta(max_length=50)] = ()
    withdrawn: bool = False
    dates: Annotated[tuple[Dates, ...], Meta(max_length=50)] = ()
    """Days on which it shows; without any, on all. A window over midnight belongs to the day it began on."""
    exceptions: Annotated[tuple[date, ...], Meta(max_length=366)] = ()
    """Days on which it does not show, whatever dates and windows say."""
    layout: Literal["notice", "poster"] = "notice"
    picture: NamedPicture | None = None
    languages: Literal["beside", "turn"] = "beside"
    """Two on a page, or one page after the other; more than two take turns either way."""
    reading_s: Seconds | None = None
    """How long one page of it stays; without it, as long as it takes to read (`content/reading.py`)."""
    scheduled: bool = True
    """False: shown only where a playlist names it."""


class Instructions(Struct, frozen=True):
    """What to do, by the car's state: named as in `content.cabin.Advice`. None: what is said without them."""

    riding: Text | None = None
    leave: Text | None = None
    closed: Text | None = None
    unsure: Text | None = None


class Alert(Struct, frozen=True, tag="alert"):
    """Overrides messages; an earthquake alert shows the earthquake page by the car's state."""

    id: Name
    revision: Revision
    area: Path
    sent: Moment
    expires: Moment
    event: Name
    title: Text
    body: Text
    severity: Annotated[int, Meta(ge=1, le=4)] = 3
    """1 minor, 2 moderate, 3 severe, 4 extreme (CAP 1.2)."""
    withdrawn: bool = False
    instructions: Instructions | None = None
    """They stand in place of the body, and of an earthquake's built-in page."""
    cancels: Annotated[tuple[Name, ...], Meta(max_length=100)] = ()
    """Alerts that this one ends for good, whether it is shown itself or withdrawn at once."""
    exercise: bool = False
    """A drill: has a page of its own, and gives way to everything real."""


class Release(Struct, frozen=True, tag="release"):
    """Ends the do-not-use holds that began in its area before it was sent."""

    id: Name
    revision: Revision
    area: Path
    sent: Moment
    expires: Moment
    withdrawn: bool = False


class Item(Struct, frozen=True):
    """One part of a playlist: a message by its id, or a picture; never both."""

    message: Name | None = None
    picture: NamedPicture | None = None
    seconds: Seconds | None = None
    """How long each of its pages stays; without it, as long as a message says, and a picture for a while."""


class Playlist(Struct, frozen=True, tag="playlist"):
    """What plays in turn while nothing is scheduled. Of several, a display plays that for the narrowest area."""

    id: Name
    revision: Revision
    area: Path
    sent: Moment
    expires: Moment
    items: Annotated[tuple[Item, ...], Meta(max_length=200)]
    withdrawn: bool = False


Publication = Message | Alert | Release | Playlist


def kind_of(publication: Publication) -> str:
    """Its word in topics: message, alert, release or playlist."""
    return type(publication).__name__.lower()


def ends(one: "Publication", other: "Publication") -> bool:
    """Whether an alert ends another for good, wherever it counts itself: a drill ends nothing but drills."""
    return (
        isinstance(one, Alert)
        and isinstance(other, Alert)
        and other.id in one.cancels
        and (other.exercise or not one.exercise)
    )


def in_area(area: str, place: str) -> bool:
    """Whether a place lies in an area: cn/sichuan holds cn/sichuan/chengdu, not cn/sichuan-2."""
    return place == area or place.startswith(area + "/")


def prefixes(place: str) -> list[str]:
    """All areas a place lies in, the widest first."""
    parts = place.split("/")
    return ["/".join(parts[: n + 1]) for n in range(len(parts))]


def is_name(text: str) -> bool:
    """Whether the text is a well-formed identifier."""
    return re.fullmatch(r"[a-z0-9-]{1,64}", text) is not None


def is_path(text: str) -> bool:
    """Whether the text is a well-formed area."""
    return re.fullmatch(r"[a-z0-9-]{1,64}(/[a-z0-9-]{1,64}){0,15}", text) is not None
