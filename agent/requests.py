"""What the display is asked over the broker, and its answers: signed questions, which change nothing that it believes."""

import asyncio
import io
import logging
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from PIL import Image

from agent.car import Car
from agent.clock import Clock
from agent.commissioning import surroundings
from agent.known import AHEAD
from agent.stage import Choice, name_of
from content.broker import Delivery
from content.message import BadMessage, in_area
from content.page import Page, Site
from content.requests import LONGEST, Finding, Reply, Request
from content.wire import LARGEST, encode, reply_topic, request_topic
from content.wording import WHICH_LIFT
from content.work import Work
from drivers.screens import Pixels, Screen, ScreenError

log = logging.getLogger("hoistway.agent")

IDENTIFIES_S = 30.0
"""How long the lift's name stays on the glass."""
MOST_WAITING = 8
"""More requests at once are not answered: somebody plays with the broker."""
MOST_REMEMBERED = 64
REST = 1500
LARGEST_PICTURE = (LARGEST - REST) // 4 * 3
"""Bytes: base64 makes four of three; the rest of a reply that carries one is an id, a rule and two times."""
IDENTIFY = "identify"


def judge(request: Request, car: str, place: str, utc: datetime, *, good: bool) -> None:
    """Whether a verified request is for this display and now; utc: the clock's, or where it is doubtful the floor.
    Raises BadMessage. Pure."""
    if request.car != car:
        raise BadMessage(f"it asks {request.car}, and this is {car}")
    if not in_area(request.area, place):
        raise BadMessage(f"signed for {request.area}, and this display is at {place}")
    if not request.sent < request.expires <= request.sent + LONGEST:
        raise BadMessage("a request expires within an hour after it was sent")
    if utc >= request.expires:
        raise BadMessage(f"expired at {request.expires.isoformat()}")
    if good and request.sent > utc + AHEAD:
        raise BadMessage(f"sent at {request.sent.isoformat()}, which is still to come")


def identifying(site: Site) -> Page:
    """The lift's own name, large."""
    return Page(
        "notice", IDENTIFY, site.says(WHICH_LIFT), title=site.says(site.lift), body=site.says(site.building)
    )


def picture(pixels: Pixels) -> bytes:
    """The glass as lossless WebP, a third of a PNG, in the largest of its halves, thirds, … that can be sent. Blocks."""
    whole = Image.fromarray(pixels)
    for divisor in range(1, 17):
        data = io.BytesIO()
        (whole if divisor == 1 else whole.reduce(divisor)).save(data, "WEBP", lossless=True, method=1)
        if data.tell() <= LARGEST_PICTURE:
            break
    return data.getvalue()


@dataclass(frozen=True, slots=True)
class Parts:
    """What a display looks at to answer."""

    screen: Screen
    clock: Clock
    drawing: Work
    site: Site
    folder: Path
    """Where the store is."""
    check: Callable[[Page], None]
    """Draws a page before it is wanted. Raises BadMessage. Blocks."""
    shown: Callable[[], tuple[Choice | None, datetime | None]]
    """What is on the glass, and since when."""
    car: Callable[[], Car]


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told what."""

    say: Callable[[Delivery], None]
    """Publish an answer."""
    refused: Callable[[str, str], None]
    """Topic and reason."""
    look: Callable[[], None]
    """Choose the page again."""


class Requests:
    """Takes what was asked, answers it, and has the name on the glass for as long as somebody looks for it."""

    def __init__(
        self,
        car: str,
        place: str,
        unseal: Callable[[bytes], Request],
        parts: Parts,
        told: Told,
    ) -> None:
        """unseal: the request in an envelope, where it may be believed. Raises BadMessage."""
        self._car, self._place, self._unseal = car, place, unseal
        self._parts, self._told = parts, told
        self._waiting: asyncio.Queue[Delivery] = asyncio.Queue(MOST_WAITING)
        self._answers: dict[str, Delivery] = {}
        self._until = -math.inf
        """Monotonic, s: until when the lift's name is wanted on the glass."""

    def came(self, delivery: Delivery) -> bool:
        """Whether it was a request: then it is judged apart."""
        if not delivery.topic.startswith(request_topic(self._car, "")):
            return False
        if self._waiting.full():
            log.warning("%s: too many requests at once; this one is not answered", delivery.topic)
        else:
            self._waiting.put_nowait(delivery)
        return True

    def named(self) -> tuple[Page, float] | None:
        """The page with the lift's name, and for how long yet somebody looks for it, s."""
        left_s = self._until - self._parts.clock.now()
        return (identifying(self._parts.site), left_s) if left_s > 0 else None

    async def run(self) -> None:
        """Judge and answer, one after the other."""
        while True:
            delivery = await self._waiting.get()
            try:
                request = self._judged(delivery)
            except BadMessage as error:
                self._told.refused(delivery.topic, str(error))
                continue
            # Asked again, it says the same: a request is sent more than once when its answer is not heard.
            if request.id not in self._answers:
                self._remember(request.id, await self._answered(request))
            self._told.say(self._answers[request.id])

    def _judged(self, delivery: Delivery) -> Request:
        request, time = self._unseal(delivery.payload), self._parts.clock.read()
        utc = time.utc if time.good else self._parts.clock.floor
        judge(request, self._car, self._place, utc, good=time.good)
        return request

    def _remember(self, name: str, answer: Delivery) -> None:
        self._answers[name] = answer
        if len(self._answers) > MOST_REMEMBERED:
            del self._answers[next(iter(self._answers))]

    async def _answered(self, request: Request) -> Delivery:
        log.info("asked for %s by request %s", request.ask, request.id)
        seen, findings = b"", list[Finding]()
        match request.ask:
            case "identify":
                findings = await self._identify()
            case "self-check":
                findings = await self._parts.drawing(lambda: list(self._findings()))
            case "screenshot":
                seen, findings = await self._screenshot()
        time, (choice, since) = self._parts.clock.read(), self._parts.shown()
        page, rule = ("none", "not yet") if choice is None else (name_of(choice.page), choice.rule)
        reply = Reply(
            request.id, request.ask, time.utc, time.quality, page, rule, since, tuple(findings), seen
        )
        return Delivery(reply_topic(self._car, request.id), encode(reply))

    async def _identify(self) -> list[Finding]:
        try:
            await self._parts.drawing(partial(self._parts.check, identifying(self._parts.site)))
        except BadMessage as error:
            return [Finding("screen", "fail", str(error), "shorten the lift's name in [car]")]
        self._until = self._parts.clock.now() + IDENTIFIES_S
        self._told.look()
        return []

    async def _screenshot(self) -> tuple[bytes, list[Finding]]:
        """Read at once, so that it belongs to the page that the answer names; pressed together in a thread."""
        try:
            pixels = self._parts.screen.read()
        except ScreenError as error:
            return b"", [_unread(error)]
        return await self._parts.drawing(partial(picture, pixels)), []

    def _findings(self) -> Iterator[Finding]:
        """What can be said without anybody at the display. Blocks."""
        for sensor, part in sorted(self._parts.car().sensors.items()):
            lost = part.startswith("lost")
            todo = "look at its wiring, then hoistway-agent check" if lost else ""
            yield Finding(sensor, "fail" if lost else "pass", part, todo)
        try:
            self._parts.screen.read()
            yield Finding("screen", "pass", "{}x{} pixels can be read back".format(*self._parts.screen.size))
        except ScreenError as error:
            yield _unread(error)
        yield surroundings.clock(self._parts.clock)
        yield surroundings.space(self._parts.folder)


def _unread(error: ScreenError) -> Finding:
    return Finding("screen", "fail", str(error), "look at the panel and its cable")
