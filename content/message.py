"""What managers send: messages, alerts and releases, as they stand inside their signed envelopes."""

import re
from datetime import datetime, time
from typing import Annotated

from msgspec import Meta, Struct

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


class Text(Struct, frozen=True):
    """The same words in the languages of the glass."""

    zh: Annotated[str, Meta(max_length=800)]
    en: Annotated[str, Meta(max_length=800)] = ""
    """Longer than any glass holds; working out how much too long takes time."""


class Window(Struct, frozen=True):
    """A daypart in the building's local time; an end before the start is on the next day."""

    start: WallTime
    end: WallTime
    weekdays: tuple[Weekday, ...] = (1, 2, 3, 4, 5, 6, 7)


CATEGORY = Text("通知", "Notice")
SENDER = Text("物业服务中心", "Property office")


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
    windows: tuple[Window, ...] = ()
    withdrawn: bool = False


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


class Release(Struct, frozen=True, tag="release"):
    """Ends the do-not-use holds that began in its area before it was sent."""

    id: Name
    revision: Revision
    area: Path
    sent: Moment
    expires: Moment
    withdrawn: bool = False


Publication = Message | Alert | Release


def kind_of(publication: Publication) -> str:
    """Its word in topics: message, alert or release."""
    return type(publication).__name__.lower()


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
