"""What a car has of one publication: by the digest of all that it knows, and where that does not say, by what it told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from content.commands.repository_desk import Whose
from content.desk import Desk
from content.message import Publication, in_area, kind_of
from content.repository.names import file_of, parts_of_target
from content.wire import ROOT, Event, place_of


@dataclass(frozen=True, slots=True)
class Has:
    """What a car has of a publication."""

    revision: int = 0
    """Which it took; 0 where it has none."""
    refused: str | None = None
    """Why it refused the one that stands, if it did."""
    over: str = ""
    """What became of it, where the car knows that: withdrawn, expired or cancelled."""

    def words(self, newest: int) -> str:
        """For people. newest: the revision that it should have."""
        if self.refused is not None:
            return f"revision {self.revision}, refuses {newest}" if self.revision else "refused"
        return f"revision {self.revision}" if self.revision else self.over or "no"


def has(desk: Desk, car: str, publication: Publication, over: str, *, knows_all: bool) -> Has:
    """over: what became of the publication, nothing while it counts. knows_all: by the digest that the car told."""
    if knows_all:
        return Has(over=over) if over else Has(publication.revision)
    took = next((event for event in reversed(desk.events(car, "took")) if _is_of(event, publication)), None)
    revision = 0 if took is None else int(took.body["revision"])
    if publication.withdrawn and revision >= publication.revision:
        return Has(over=over)
    refusal = _refusal(desk, car, publication)
    if over or refusal is None or (took is not None and not _is_later(refusal, took)):
        return Has(revision)
    # What it took was this one, and it dropped it, or the one before, which stays.
    return Has(revision if revision < publication.revision else 0, str(refusal.body.get("reason")))


def _refusal(desk: Desk, car: str, publication: Publication) -> Event | None:
    """The last time that a car refused what is published so, in exactly this area."""
    wanted = (publication.area, kind_of(publication), publication.id)
    told = (event for event in reversed(desk.events(car, "refused")) if _item(event) == wanted)
    return next(told, None)


def known(place: str, every: Sequence[Whose], utc: datetime) -> Whose | None:
    """Which of several of one id counts at a place: what stands before what is over, the widest area's first, as displays
    have it."""
    there = [one for one in every if in_area(one.publication.area, place)]
    return min(
        there, key=lambda one: (is_over(one.publication, utc), one.publication.area.count("/")), default=None
    )


def is_over(publication: Publication, utc: datetime) -> bool:
    """Whether it was withdrawn or has expired."""
    return publication.withdrawn or publication.expires <= utc


def _is_of(took: Event, publication: Publication) -> bool:
    body = took.body
    same = (body.get("kind"), body.get("id")) == (kind_of(publication), publication.id)
    return same and isinstance(body.get("revision"), int)


def _item(refused: Event) -> tuple[str, str, str] | None:
    """Area, kind and id in the topic of what was refused; None for another file of the repository."""
    topic = str(refused.body.get("topic"))
    if topic.startswith(f"{ROOT}/area/"):
        return place_of(topic)
    parts = parts_of_target(file_of(topic) or "")
    return None if parts is None else parts[:3]


def _is_later(event: Event, other: Event) -> bool:
    """Of two that one car told: a stream counts, and whoever began a new one has nothing but its clock."""
    if event.stream == other.stream:
        return event.sequence > other.sequence
    return event.utc > other.utc
