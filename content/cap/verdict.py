"""What becomes of an official message."""

from dataclasses import dataclass
from datetime import datetime

from content.cap.words import Words


@dataclass(frozen=True, slots=True)
class Part:
    """What the places in some areas are told."""

    areas: tuple[str, ...]
    """None lies in another."""
    event: str
    """A name; `earthquake` makes displays show the page for the car's state."""
    severity: int
    """1 minor to 4 extreme."""
    texts: dict[str, Words]
    """By language of the glass; content.cap.words.wordings makes texts of them."""
    expires: datetime
    onset: datetime | None
    """When the event itself is expected; the alert is shown before."""
    sender_name: str


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A published alert to take back; the revision is that of the withdrawal."""

    name: str
    revision: int
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CapAlert:
    """Show it: publish every part in every one of its areas under the same name and revision."""

    name: str
    """The same for all updates of an alert: an identifier."""
    revision: int
    sent: datetime
    drill: bool
    parts: tuple[Part, ...]
    withdrawals: tuple[Withdrawal, ...]
    """To be published first: other alerts that it replaces, and areas that it no longer concerns."""
    notes: tuple[str, ...]
    """What a manager should know: a bound put on the expiry, languages left out."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Take alerts back, and show nothing in their place."""

    withdrawals: tuple[Withdrawal, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class NotYet:
    """Judge the same bytes again at that time."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """In order, and nothing to do."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Not taken; the reason says in one line why."""

    reason: str


Verdict = CapAlert | Ended | NotYet | Ignored | Refused
