"""Receipts: what was on the glass from when to when, made of what the screen took, never of what was planned. Pure.

What the schedule shows is summed up by the day: a month without a network fits in a megabyte. Alarms, alerts and whatever
else comes unplanned have a receipt each. Durations are counted on the monotonic clock: a wall clock may be set meanwhile.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct, field
from msgspec.structs import replace

from agent.clock import Reading
from agent.events import DayShown, Shown, Tally

MOST_EXACT = 500
"""Receipts of their own a day; more are summed up with the rest."""
MOST_ITEMS = 1000
"""Of one day, so that its sum is far below the largest payload; more are summed up as `others`."""
KEEP_EVERY = timedelta(hours=1)
"""A power cut loses at most so much of the sums."""


class Standing(Struct):
    """What is on the glass."""

    item: str
    page: str
    exact: bool
    since: datetime
    seen: datetime
    """Last noted on the glass."""
    seconds: float = 0.0
    """Until then, not yet in any sum."""
    good: bool = True


class Ledger(Struct):
    """All that has to survive a restart."""

    day: date | None = None
    """In the building's time zone."""
    tallies: dict[str, Tally] = field(default_factory=dict)
    exact: int = 0
    """Receipts of their own on this day."""
    standing: Standing | None = None


class Receipts:
    """Keeps the ledger. Every method gives what is to be told of it."""

    def __init__(self, zone: ZoneInfo, ledger: Ledger | None = None) -> None:
        """ledger: as it was kept; what stood on the glass then was there until it was last noted."""
        self.ledger = ledger or Ledger()
        self._zone = zone
        self._counted = 0.0  # monotonic, s: the standing's seconds are counted up to here
        self._kept: float | None = None

    def begun(self) -> Iterator[Shown | DayShown]:
        """After a restart: what stood then has ended, nobody saw when."""
        yield from self._close(cut=True)

    def is_new(self, item: str) -> bool:
        """Whether an item has not been shown on this day."""
        return item not in self.ledger.tallies

    def shown(self, item: str, page: str, time: Reading, *, exact: bool) -> Iterator[Shown | DayShown]:
        """The screen took another page."""
        yield from self.looked(time)
        standing = self.ledger.standing
        if standing is not None and (standing.item, standing.page) == (item, page):
            return
        yield from self._close()
        exact = exact and self.ledger.exact < MOST_EXACT
        self.ledger.exact += exact
        self.ledger.standing = Standing(item, page, exact, time.utc, time.utc, good=time.good)
        if exact:
            self._kept = None
        else:
            self._add(self.ledger.standing, showings=1)

    def dark(self, time: Reading) -> Iterator[Shown | DayShown]:
        """The screen took nothing: what it shows is not known."""
        yield from self.looked(time)
        yield from self._close()

    def looked(self, time: Reading) -> Iterator[Shown | DayShown]:
        """The page is still there; the day may be over."""
        self._count(time)
        today = time.utc.astimezone(self._zone).date()
        if self.ledger.day == today:
            return
        standing = self.ledger.standing
        if standing is not None and not standing.exact:
            self._add(standing)
        if self.ledger.day is not None and self.ledger.tallies:
            yield DayShown(self.ledger.day.isoformat(), self.ledger.tallies)
        self.ledger.day, self.ledger.tallies, self.ledger.exact = today, {}, 0

    def to_be_kept(self, time: Reading) -> Ledger | None:
        """A copy for the disk, when something exact began or ended, and once an hour."""
        if self._kept is not None and time.now - self._kept < KEEP_EVERY.total_seconds():
            return None
        self._kept = time.now
        standing = None if self.ledger.standing is None else replace(self.ledger.standing)
        return replace(self.ledger, tallies=dict(self.ledger.tallies), standing=standing)

    def _count(self, time: Reading) -> None:
        standing = self.ledger.standing
        if standing is not None:
            standing.seconds += time.now - self._counted
            standing.seen, standing.good = time.utc, standing.good and time.good
        self._counted = time.now

    def _close(self, *, cut: bool = False) -> Iterator[Shown]:
        standing, self.ledger.standing = self.ledger.standing, None
        if standing is None:
            return
        if standing.exact:
            self._kept = None
            yield Shown(
                standing.item, standing.page, standing.since, standing.seen, round(standing.seconds, 1),
                _quality(standing.good), cut,
            )  # fmt: skip
        else:
            self._add(standing)

    def _add(self, standing: Standing, showings: int = 0) -> None:
        """Into the sum of the day what was counted since it was last added."""
        tallies = self.ledger.tallies
        name = standing.item if standing.item in tallies or len(tallies) < MOST_ITEMS else "others"
        tally = tallies.get(name) or Tally(0, 0.0, standing.seen, standing.seen, "good")
        tallies[name] = Tally(
            tally.showings + showings,
            round(tally.seconds + standing.seconds, 1),
            tally.first,
            standing.seen,
            _quality(standing.good and tally.clock == "good"),
        )
        standing.seconds = 0.0


def _quality(good: bool) -> str:
    return "good" if good else "doubtful"
