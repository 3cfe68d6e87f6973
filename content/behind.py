"""Who knows another set of publications than it should, and when to send it everything again. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from content.message import in_area, prefixes
from content.wire import Status, digest

Standing = tuple[str, str, str, int]
"""Area, kind, id and revision of what should be known there: standing or withdrawn, not yet expired."""

BEHIND_S = 10.0
"""A display that takes longer than this to know a publication has lost it: drawing takes a second, expiry is looked
at every five."""
MOST_S = 3600.0
"""A display that refuses a publication stays behind; it is sent again in ever longer pauses, up to this."""
MOST_AT_ONCE = 20
"""So many displays at each look: when a whole city lost a message, not all of it is sent in one second."""
TOLD_AFTER = 3
"""So often sent in vain, a person has to look."""


class Expected:
    """The digest that a display at a place should have."""

    def __init__(self, standing: Iterable[Standing], ended: Iterable[tuple[str, str]] = ()) -> None:
        """ended: areas, and ids of alerts that are cancelled for good there: nobody counts them any more."""
        self._ended = [(area, name) for area, name in ended]
        self._by_area: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
        for area, kind, name, revision in standing:
            self._by_area[area].append((kind, name, revision))
        self._digests: dict[tuple[tuple[str, ...], frozenset[str]], str] = {}

    def digest(self, place: str) -> str:
        """Worked out once for all places under the same areas."""
        areas = tuple(area for area in prefixes(place) if area in self._by_area)
        over = frozenset(name for area, name in self._ended if in_area(area, place))
        if (areas, over) not in self._digests:
            known = (known for area in areas for known in self._by_area[area])
            self._digests[areas, over] = digest(
                one for one in known if one[0] != "alert" or one[1] not in over
            )
        return self._digests[areas, over]

    def is_behind(self, status: Status) -> bool:
        """Whether a display that is there knows something else. One that never said what it knows is not judged."""
        return status.online and bool(status.known) and status.known != self.digest(status.area)


def is_narrowest(place: str, statuses: Iterable[Status]) -> bool:
    """Whether no display is at a place inside this one: what is sent there reaches this display, and not a city."""
    return not any(status.area != place and in_area(place, status.area) for status in statuses)


@dataclass(slots=True)
class Lag:
    """One display behind."""

    due: float
    """When it is sent everything again, s."""
    sent: int = 0


class Behind:
    """The displays behind, each with the moment when it is due. Times are monotonic, s."""

    def __init__(self, random: Random, *, behind_s: float = BEHIND_S) -> None:
        self.cars: dict[str, Lag] = {}
        self._random, self._behind_s = random, behind_s

    def look(self, statuses: dict[str, Status], expected: Expected, now: float) -> list[str]:
        """Who is due now; the pause before the next time is doubled, and spread at random."""
        behind = {car for car, status in statuses.items() if expected.is_behind(status)}
        for car in self.cars.keys() - behind:
            del self.cars[car]
        for car in sorted(behind - self.cars.keys()):
            self.cars[car] = Lag(now + self._pause(0))
        due = sorted(
            (car for car, lag in self.cars.items() if lag.due <= now), key=lambda car: self.cars[car].due
        )
        for car in due[:MOST_AT_ONCE]:
            lag = self.cars[car]
            lag.sent += 1
            lag.due = now + self._pause(lag.sent)
        return due[:MOST_AT_ONCE]

    def _pause(self, sent: int) -> float:
        return min(MOST_S, self._behind_s * 2.0 ** min(sent, 12)) * self._random.uniform(1.0, 1.5)
