"""Envelopes made bad in every way, each with the verdict that docs/contract.md (Rules) gives it by every clock.

What is expected is written down here by rule, fault by fault; nothing is read off the program's answers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

import msgspec
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner

from content.envelope import PAYLOAD_TYPE, seal
from content.message import Item, Playlist, Publication, Text
from content.wire import area_topic
from tests import agent_rig
from tests.agent_rig import AREA
from tests.judged_rig import Clock

LARGEST = 256_000
"""Bytes of a payload, docs/contract.md."""
LASTING = datetime(2150, 1, 1, tzinfo=UTC)
"""Beyond every clock here: what expires then is refused for its fault, or not at all."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TIPS = "tips"
"""A message that shows only where a playlist names it."""


class Verdict(Enum):
    """What has to come of an input."""

    COUNTS = "counts"
    """On the glass, where its kind may be on the glass by this clock."""
    REFUSED = "refused"
    """Reported, with the reason; nothing changes."""
    NOTHING = "nothing"
    """Nothing changes, and there is nothing to report."""


Judged = Mapping[Clock, Verdict]
COUNTS, REFUSED, NOTHING = (dict.fromkeys(Clock, verdict) for verdict in Verdict)
NOT_BY_2099: Judged = {**COUNTS, Clock.FUTURE: Verdict.REFUSED}
"""Expires after the truth and before 2099: one who believes a clock of 2099 refuses what is past."""
BY_LENGTH: Judged = {**REFUSED, Clock.PAST: Verdict.COUNTS}
"""One that cannot believe its clock lets it count for `expires - sent` from when it came."""
AHEAD_OF_TRUTH: Judged = {**COUNTS, Clock.GOOD: Verdict.REFUSED}
"""A `sent` more than a day ahead of a clock that can be believed is refused; 2099 is later still."""

KINDS = ("alert", "message", "release", "playlist")


@dataclass(frozen=True)
class Input:
    """What the broker brings, after what has to be known before."""

    payload: bytes
    topic: str
    before: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Maker:
    """Makes the inputs of one case: no other has its id."""

    kind: str
    name: str
    signer: CryptoSigner
    stranger: CryptoSigner
    now: datetime
    """The truth."""

    def twin(self, revision: int = 1, **changes: Any) -> Publication:
        """What would count, had it no fault."""
        fields = {"id": self.name, "revision": revision, "area": AREA, "sent": self.now, "expires": LASTING}
        return msgspec.structs.replace(TWINS[self.kind], **{**fields, **changes})

    def other(self, revision: int = 1) -> Publication:
        """The same id with other content."""
        return self.twin(revision, expires=LASTING - DAY, **OTHER.get(self.kind, {}))

    def seal(self, publication: Publication) -> bytes:
        """Signed by who may."""
        return seal(publication, self.signer)

    def topic(self, kind: str = "", area: str = AREA) -> str:
        """Where it stands; a playlist has no topics of its own."""
        own = "message" if self.kind == "playlist" else self.kind
        return area_topic(area, kind or own, self.name)

    def at_home(self, payload: bytes, *before: Publication) -> Input:
        """An input at its own topic."""
        return Input(payload, self.topic(), tuple(map(self.seal, before)))

    def sealed(self, payload: bytes, kind: str = PAYLOAD_TYPE) -> bytes:
        """Any bytes signed by who may."""
        envelope = Envelope(payload, kind, {})
        envelope.sign(self.signer)
        return msgspec.json.encode(envelope.to_dict())

    def with_fields(self, **fields: Any) -> bytes:
        """The twin with fields that no publication has, signed by who may."""
        return self.sealed(msgspec.json.encode({**msgspec.to_builtins(self.twin()), **fields}))


TWINS: dict[str, Publication] = {
    "alert": agent_rig.alert(severity=4),
    "message": agent_rig.message(priority=9),
    "release": agent_rig.release(),
    "playlist": Playlist("p", 1, AREA, LASTING, LASTING, (Item(TIPS),)),
}
"""Of each kind one that takes the glass from what stands on it: a page that should not be there is seen."""
OTHER: dict[str, dict[str, Any]] = {
    "alert": {"title": Text("台风预警", "Typhoon warning")},
    "message": {"title": Text("明日停电", "Power off tomorrow")},
    "playlist": {"items": (Item(TIPS, seconds=30.0),)},
}


@dataclass(frozen=True)
class Fault:
    """One way of being bad, with what the contract says of it."""

    name: str
    make: Callable[[Maker], Input]
    judged: Judged
    reason: str = ""
    """A pattern that the report of a refusal fits."""
    kinds: tuple[str, ...] = KINDS


def withdrawn(publication: Publication) -> Publication:
    """The revision that takes it back."""
    return msgspec.structs.replace(publication, revision=9, withdrawn=True)
