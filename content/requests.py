"""What a display is asked, and what it answers: signed like an alert, never retained, soon over."""

from datetime import timedelta
from typing import Literal, get_args

from msgspec import Struct

from content.message import Moment, Name, Path

Ask = Literal["screenshot", "identify", "self-check"]
ASKS: tuple[Ask, ...] = get_args(Ask)
LONGEST = timedelta(hours=1)
"""Nobody waits longer for an answer; a request that counted for days could be asked again by whoever kept it."""


class Request(Struct, frozen=True, tag="request"):
    """Asks one display for one thing. It changes nothing of what the display believes."""

    id: Name
    """Another one each time; the answer has it too."""
    car: Name
    area: Path
    """The car's own, or one around it: whoever signs has to be allowed there."""
    sent: Moment
    expires: Moment
    """An hour after `sent` at most."""
    ask: Ask
    """screenshot: what is on the glass; identify: the lift's name on the glass for a while; self-check: how it is."""


class Finding(Struct, frozen=True):
    """One line of a check."""

    check: str
    verdict: Literal["pass", "fail", "skipped"]
    said: str
    """What was measured, with its unit."""
    todo: str = ""
    """What to do about it; empty when it passed."""


class Reply(Struct, frozen=True, omit_defaults=True):
    """A display's answer. It is not signed: the broker lets only this car write it."""

    id: Name
    """Of the request."""
    ask: Ask
    utc: Moment
    clock: str
    """How far utc may be believed: good or doubtful."""
    page: str
    rule: str
    """What is on the glass, and which rule put it there."""
    since: Moment | None = None
    findings: tuple[Finding, ...] = ()
    picture: bytes = b""
    """Lossless WebP, base64 in JSON: the pixels read back from the screen, in full size or, where that is too large to send, a
    half, a third … of it."""
