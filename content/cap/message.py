"""A message of CAP 1.2 as values (OASIS Standard CAP-V1.2, 1 July 2010)."""

from dataclasses import dataclass
from datetime import datetime


class BadCap(ValueError):
    """The message cannot be taken; the text says in one line what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message that this one is about."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True, slots=True)
class CapArea:
    """One area of an info."""

    description: str
    polygons: tuple[tuple[tuple[float, float], ...], ...]
    """Latitude and longitude of the corners, degrees, WGS 84; the last is the first."""
    circles: tuple[tuple[float, float, float], ...]
    """Latitude, longitude, radius in km."""
    geocodes: tuple[str, ...]
    """Each `scheme=value`."""


@dataclass(frozen=True, slots=True)
class Info:
    """What is said of one event in one language."""

    language: str
    event: str
    response_types: tuple[str, ...]
    urgency: str
    severity: str
    certainty: str
    event_codes: tuple[str, ...]
    """Each `scheme=value`."""
    effective: datetime | None
    onset: datetime | None
    expires: datetime | None
    sender_name: str
    headline: str
    description: str
    instruction: str
    areas: tuple[CapArea, ...]

    @property
    def over(self) -> bool:
        """Whether it says that the danger has passed."""
        return self.urgency == "Past" or "AllClear" in self.response_types


@dataclass(frozen=True, slots=True)
class CapMessage:
    """One alert element."""

    identifier: str
    sender: str
    sent: datetime
    status: str
    kind: str
    """The msgType: Alert, Update, Cancel, Ack, Error."""
    scope: str
    references: tuple[Reference, ...]
    infos: tuple[Info, ...]

    @property
    def ends(self) -> bool:
        """Whether it cancels: as a Cancel, or as an Update of which every info says that it is over."""
        disguised = self.kind == "Update" and bool(self.infos) and all(info.over for info in self.infos)
        return self.kind == "Cancel" or disguised
