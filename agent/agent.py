"""The agent: a thin shell around the pure parts, with one way in for events."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from agent import car as cars
from agent.board import Board
from agent.car import Car, Hold
from agent.clock import Reading
from agent.config import Config, levels
from agent.detection.events import ShakingFelt
from agent.detection.felt import Seismoscope
from agent.events import (
    ClockDoubted,
    ClockTrusted,
    Happening,
    HoldBegan,
    HoldEnded,
    PageShown,
    Refused,
    ScreenFailed,
    Started,
    StoreLost,
    Took,
    body,
    kind,
)
from agent.glass import Glass
from agent.known import digest, key, messages, releases
from agent.library import Library, Shelf
from agent.link import Ears, Link
from agent.outbox import Outbox
from agent.sensing import Memory, Sensing
from agent.stage import ALARM_PAGES, Choice, choose
from agent.store import StoreError
from agent.supervision import keep_running
from content.broker import Delivery
from content.envelope import public_key
from content.message import Alert, BadMessage, Message, Publication
from content.page import Page, Site
from content.pages import page_of
from content.schedule import next_change
from content.wire import Event, Status
from drivers.samples import Samples
from drivers.screens import ScreenError

log = logging.getLogger("hoistway.agent")

VERSION = "0.1.0"
LOOK_S = 5.0
"""Look at the clock and the schedule at least this often: the clock may be set at any moment."""
KEEP_AGAIN_S = 5.0
"""When the disk did not take a hold."""


class Agent:
    """The display of one car. Build it with a board, then run it."""

    def __init__(
        self,
        board: Board,
        config: Config,
        *,
        tap: Callable[[Samples, Seismoscope], None] = lambda _samples, _scope: None,
    ) -> None:
        """tap is told of all samples, in car axes, after the detector."""
        self.car = Car()
        self.shown: Choice | None = None
        self._since: datetime | None = None
        self._screen_failure: str | None = None
        self._board, self._zone = board, ZoneInfo(config.car.time_zone)
        self._clock_was_good: bool | None = None
        self._glass = Glass(board.screen, Site(config.car.building, config.car.lift))
        self._outbox = Outbox(board.store, board.disk)
        shelf = Shelf(board.store, board.disk, board.drawing, self._check)
        trusted = public_key(config.trust.key)
        self.library = Library(trusted, config.car.area, board.clock, shelf)
        self._deliveries: asyncio.Queue[Delivery] = asyncio.Queue()
        self._hold_changed = asyncio.Event()
        self._area, self._afterwards = config.car.area, config.afterwards
        ears = Ears(self._deliveries.put_nowait, self.happened, self._status)
        self._link = Link(
            board.broker, config.car.name, config.car.area, outbox=self._outbox, store=board.store,
            disk=board.disk, ears=ears, random=board.random, now=board.clock.now,
        )  # fmt: skip
        self.sensing = Sensing(
            self.happened, board.clock.now, Memory(board.store, board.disk, config.accelerometer.up), tap,
            levels(config.detection),
        )  # fmt: skip

    async def run(self) -> None:
        """Show the first page, then keep every part running until cancelled."""
        self._begin()
        parts: dict[str, Callable[[], Awaitable[None]]] = {
            "frames": self._prepare,
            "accelerometer": partial(self.sensing.accelerometer, self._board.accelerometer),
            "mounting": self.sensing.memory.keep,
            "stage": self._look_again,
            "library": self._take,
            "hold": self._keep_hold,
            "outbox": self._outbox.write,
            "link": self._link.run,
        }
        if self._board.door is not None:
            parts["door"] = partial(self.sensing.door_sensor, self._board.door)
        try:
            async with asyncio.TaskGroup() as tasks:
                for name, part in parts.items():
                    tasks.create_task(
                        keep_running(name, part, self.happened, self._board.clock.now), name=name
                    )
        finally:
            await self._finish()

    async def _finish(self) -> None:
        try:
            await self._outbox.flush()
        except StoreError as error:
            log.warning("the last events are lost: %s", error)

    def happened(self, event: Happening) -> None:
        """The one way in: the car after the event, the report, and the page for that car."""
        hold = self.car.hold
        self.car = cars.after(self.car, event)
        self._report(event)
        self._look()
        if isinstance(event, ShakingFelt):
            # Also while one stands: what was released before this shaking has to be looked at again.
            self._begin_hold()
        if self.car.hold != hold:
            self._hold_changed.set()

    def _begin(self) -> None:
        """What survived, the first page, and only then everything that takes time."""
        store = self._board.store
        self.car = Car(hold=self._kept_hold())
        self._look()
        self.happened(Started(VERSION))
        if store.lost is not None:
            self.happened(StoreLost(store.lost))
        self.library.load()
        self._watch_clock(self._board.clock.read())
        self._look()

    def _kept_hold(self) -> Hold | None:
        try:
            hold: Hold | None = self._board.store.kept("hold", Hold)
        except StoreError as error:
            log.warning("whether a hold stands is not known: %s", error)
            return None
        return hold

    def _begin_hold(self) -> None:
        time = self._board.clock.read()
        spent = tuple(release.id for release in releases(self.library.known, time))
        name = f"{time.utc:%Y%m%dt%H%M%S}"
        self.happened(HoldBegan(name, time.utc, time.good, spent))

    def _look(self, *, refresh: bool = False) -> None:
        """Choose the page, and put it on the glass when it is another one; refresh: in any case, as the panel may
        have been without its cable."""
        time = self._board.clock.read()
        choice = choose(self.car, self.library.known, time, self._zone, stays_s=self._afterwards.page_stays_s)
        changed = self.shown is None or choice.page != self.shown.page
        local = time.utc.astimezone(self._zone) if time.good else None
        try:
            if refresh:
                self._glass.refresh()
            if changed:
                self._glass.show(choice.page, local)
            else:
                self._glass.show_minute(choice.page, local)
        except Exception as error:  # noqa: BLE001 - whatever a screen does, the car goes on
            self._not_shown(error)
            return
        if changed or refresh:
            self._screen_failure = None
        if choice != self.shown:
            self.shown, self._since = choice, time.utc
            self._report(PageShown(_name(choice.page), choice.rule))

    def _not_shown(self, error: Exception) -> None:
        """Told once for each reason: a screen that stays broken says nothing new."""
        if str(error) == self._screen_failure:
            return
        self._screen_failure = str(error)
        expected = isinstance(error, (ScreenError, BadMessage))
        log.warning("the glass keeps its page: %s", error, exc_info=None if expected else error)
        self._report(ScreenFailed(str(error)))

    def _report(self, event: Happening) -> None:
        time = self._board.clock.read()
        self._outbox.put(Event("", "none", 0, kind(event), time.utc, time.quality, body(event, time)))
        self._link.status_changed()

    async def _look_again(self) -> None:
        """Whenever another page may be due, and often enough to see a clock that was set."""
        while True:
            time = self._board.clock.read()
            self._watch_clock(time)
            self._release(time)
            self._look(refresh=True)
            await self.library.prune()
            await asyncio.sleep(max(self._until_next_look(time), 0.01))

    def _until_next_look(self, time: Reading) -> float:
        pauses = [LOOK_S]
        if time.good:
            change = next_change(messages(self.library.known, time), time.utc)
            pauses.append((change - time.utc).total_seconds())
        if self.car.ended is not None and self.car.ended + self._afterwards.page_stays_s > time.now:
            pauses.append(self.car.ended + self._afterwards.page_stays_s - time.now)
        return min(pauses)

    def _watch_clock(self, time: Reading) -> None:
        if time.good == self._clock_was_good:
            return
        if not time.good:
            floor = self._board.clock.floor
            log.warning("the clock says %s, before %s: no time is shown until it is set", time.utc, floor)
            self.happened(ClockDoubted(time.utc, floor))
        elif self._clock_was_good is not None:
            self.happened(ClockTrusted())
        self._clock_was_good = time.good

    def _release(self, time: Reading) -> None:
        hold = self.car.hold
        if hold is None or self.car.shaking is not None:
            return
        for release in releases(self.library.known, time):
            if cars.releases(release, hold, time):
                self.happened(HoldEnded(hold.id, release.id))
                return
        if cars.timed_out(hold, time, self._afterwards.hold_h):
            self.happened(HoldEnded(hold.id, "time"))

    async def _take(self) -> None:
        """Judge what the link brought, one after the other."""
        while True:
            delivery = await self._deliveries.get()
            try:
                publication = await self.library.take(delivery)
            except BadMessage as error:
                log.warning("%s: refused: %s", delivery.topic, error)
                self.happened(Refused(delivery.topic, str(error)))
                continue
            if publication is not None:
                self.happened(Took(*key(publication), publication.revision))
                self._release(self._board.clock.read())

    def _check(self, publication: Publication) -> None:
        if isinstance(publication, Message | Alert):
            page = page_of(publication)
            if page not in ALARM_PAGES:
                self._glass.check(page)

    async def _prepare(self) -> None:
        await self._glass.prepare(ALARM_PAGES, self._board.drawing)
        await asyncio.Event().wait()

    async def _keep_hold(self) -> None:
        """The hold goes to the disk right after it went to the glass; the glass does not wait."""
        while True:
            await self._hold_changed.wait()
            self._hold_changed.clear()
            try:
                await self._board.disk(partial(self._board.store.keep, "hold", self.car.hold))
            except StoreError as error:
                log.warning("the hold would not survive a power cut: %s", error)
                self._hold_changed.set()
                await asyncio.sleep(KEEP_AGAIN_S)

    def _status(self, session: int) -> Status:
        time = self._board.clock.read()
        shown = self.shown or Choice(Page("none"), "not yet")
        return Status(
            online=True, session=session, version=VERSION, area=self._area, sensors=self.car.sensors,
            clock=time.quality, known=digest(e.publication for e in self.library.known.values()),
            page=_name(shown.page), rule=shown.rule, since=self._since,
        )  # fmt: skip


def _name(page: Page) -> str:
    return f"{page.layout} {page.variant}".strip()
