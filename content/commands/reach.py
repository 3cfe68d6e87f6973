"""Whom something for an area reaches: the displays that told where they are, and the lifts that are written down."""

from collections.abc import Mapping
from dataclasses import dataclass

from content.areas import Areas
from content.message import in_area
from content.wire import Status


@dataclass(frozen=True, slots=True)
class Reach:
    """The displays in an area."""

    online: tuple[str, ...]
    offline: tuple[str, ...]
    """Cars, by name."""
    silent: tuple[str, ...]
    """Lifts of the file of areas from which no display was ever heard, by area."""

    @property
    def total(self) -> int:
        """How many displays that makes."""
        return len(self.online) + len(self.offline) + len(self.silent)

    def words(self) -> str:
        """For a question to a person."""
        if not self.total:
            return "no display that is known"
        plural = "display" if self.total == 1 else "displays"
        parts = [f"{len(self.online)} online", f"{len(self.offline)} offline"]
        parts += [f"{len(self.silent)} never heard of"] if self.silent else []
        return f"{self.total} {plural} ({', '.join(parts)})"


def reach(statuses: Mapping[str, Status], areas: Areas | None, area: str) -> Reach:
    """Who is in an area."""
    there = {car: status for car, status in statuses.items() if in_area(area, status.area)}
    heard = {status.area for status in there.values()}
    written = () if areas is None else (lift for lift in areas.lifts(area) if lift not in heard)
    return Reach(
        tuple(car for car, status in there.items() if status.online),
        tuple(car for car, status in there.items() if not status.online),
        tuple(written),
    )
