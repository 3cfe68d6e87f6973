"""The one module of the agent that knows the time, and how far it may be believed.

The wall clock of a display may be wrong: a dead battery starts it in 1970. The floor below which it is
certainly wrong begins at the build date and rises only from verified signed times, never from the clock.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

BUILT = datetime(2026, 11, 21, tzinfo=UTC)
"""No true time is before this software was made."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at the clock."""

    now: float
    """Monotonic, s."""
    utc: datetime
    good: bool
    """Whether utc may be believed."""

    @property
    def quality(self) -> str:
        """The word for it in events."""
        return "good" if self.good else "doubtful"


class Clock:
    """Monotonic and wall time, and the floor."""

    def __init__(
        self, now: Callable[[], float], utc: Callable[[], datetime], *, floor: datetime = BUILT
    ) -> None:
        """now in seconds; utc with its time zone."""
        self.now = now
        self._utc, self._floor = utc, floor

    def read(self) -> Reading:
        """Look at the clock."""
        utc = self._utc()
        return Reading(self.now(), utc, utc >= self._floor)

    def at_least(self, signed: datetime) -> None:
        """Raise the floor to a verified signed time."""
        self._floor = max(self._floor, signed)

    @property
    def floor(self) -> datetime:
        """No true time is before this."""
        return self._floor
