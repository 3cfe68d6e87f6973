"""The agent: a thin shell around the pure parts, with one way in for events."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from agent import car as cars
from agent.board import Board
from agent.car import Car, Hold
from agent.clock import Reading
from agent.config import Config, levels, site_of
from agent.detection.events import ShakingFelt
from agent.detection.felt import Seismoscope
from agent.events import (
    ClockDoubted,
    ClockTrusted,
    Happening,
    HoldBegan,
    HoldEnded,
    Refused,
    Started,
    StoreLost,
    Took,
    body,
    kind,
)
from agent.glass import Glass
from agent.keeping import Keeping
from agent.known import Digest, key, releases
from agent.library import Library, Shelf
from agent.link import Ears, Link
from agent.outbox import Outbox
from agent.presentation import Presentation
from agent.programme import Programme
from agent.requests import Parts, Requests, Told
from agent.sensing import Memory, Sensing
from agent.stage import ALARM_PAGES, WAITING_PAGES, Choice, decide, name_of
from agent.store import StoreError
from agent.supervision import keep_running
from agent.trust import Trust
from content.broker import Delivery
from content.message import Alert, BadMessage, Message, Publication
from content.page import Page
from content.pages import written_pages
from content.wire import Event, Status
from drivers.samples import Samples

log = logging.getLogger("hoistway.agent")

VERSION = "0.1.0"
LOOK_S = 5.0
"""Look at the clock and the schedule at least this often: the clock may be set at any moment."""


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
        self._board, self._zone = board, ZoneInfo(config.car.time_zone)
        self._clock_was_good: bool | None = None
        self._glass = Glass(board.screen, site_of(config.car), board.clock.now)
        self._outbox = Outbox(board.store, board.disk)
        shelf = Shelf(board.store, board.disk, board.drawing, self._check)
        self._trust = Trust(config.trust, config.car.area, Path(config.store.folder) / "repository")
        self.library = Library(self._trust.unseal, config.car.area, board.clock, shelf)
        self._deliveries: asyncio.Queue[Delivery] = asyncio.Queue()
        self._keeping = Keeping(board.store, board.disk)
        self._programme, self._lasts_s = Programme(self._zone), 0.0
        self.library.known.follow(self._programme)
        self._digest = Digest(self.library.known)
        self._presentation = Presentation(self._glass, self._keeping, self._zone, self._report)
        self._area, self._afterwards = config.car.area, config.afterwards
        ears = Ears(self._deliveries.put_nowait, self.happened, self._status)
        self._link = Link(
            board.broker, config.car.name, config.car.area, outbox=self._outbox, store=board.store,
            disk=board.disk, ears=ears, random=board.random, now=board.clock.now,
        )  # fmt: skip
        self._requests = self._asked(config)
        self.sensing = Sensing(
            self.happened, board.clock.now, Memory(board.store, board.disk, config.accelerometer.up), tap,
            levels(config.detection),
        )  # fmt: skip

    def _asked(self, config: Config) -> Requests:
        parts = Parts(
            self._board.screen, self._board.clock, self._board.drawing, site_of(config.car),
            Path(config.store.folder), self._glass.check,
            shown=lambda: (self.shown, self._presentation.since), car=lambda: self.car,
        )  # fmt: skip
        told = Told(self._link.say, self._refused, self._look)
        return Requests(config.car.name, config.car.area, self._trust.request, parts, told)

    @property
    def shown(self) -> Choice | None:
        """What is on the glass."""
        return self._presentation.shown

    async def run(self) -> None:
        """Show the first page, then keep every part running until cancelled."""
        self._begin()
        parts: dict[str, Callable[[], Awaitable[None]]] = {
            "frames": self._prepare,
            "accelerometer": partial(self.sensing.accelerometer, self._board.accelerometer),
            "mounting": self.sensing.memory.keep,
            "stage": self._look_again,
            "library": self._take,
            "keeping": self._keeping.run,
            "outbox": self._outbox.write,
            "link": self._link.run,
            "requests": self._requests.run,
        }
        if self._board.door is not None:
            parts["door"] = partial(self.sensing.door_sensor, self._board.door)
        parts |= self._trust.parts(
            self.library,
            self._board.clock,
            self._board.disk,
            self._link.want,
            self.happened,
            again=self._deliveries.put_nowait,
        )
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
            self._keeping.put("hold", self.car.hold)

    def _begin(self) -> None:
        """What survived, the first page, and only then everything that takes time."""
        store = self._board.store
        time = self._board.clock.read()
        # A hold that cannot be read stands: whoever inspects the car releases it.
        doubted = Hold("unreadable", time.utc, time.good)
        self.car = Car(hold=self._keeping.kept("hold", Hold, doubted))
        self._presentation.begin()
        self._look()
        self.happened(Started(VERSION))
        if store.lost is not None:
            self.happened(StoreLost(store.lost))
        self._trust.begin()
        self.library.load()
        self._watch_clock(self._board.clock.read())
        self._look()

    def _begin_hold(self) -> None:
        time = self._board.clock.read()
        spent = tuple(release.id for release in releases(self.library.known, time))
        name = f"{time.utc:%Y%m%dt%H%M%S}"
        self.happened(HoldBegan(name, time.utc, time.good, spent))

    def _look(self, *, refresh: bool = False) -> None:
        """Choose the page, and put it on the glass when it is another one; refresh: in any case, as the panel may
        have been without its cable."""
        time = self._board.clock.read()
        programme = self._programme
        decision = decide(
            self.car, programme.alerts.warned(time), partial(programme.scheduled, time.utc), time,
            stays_s=self._afterwards.page_stays_s, read=self._trust.picture, named=self._requests.named(),
        )  # fmt: skip
        self._lasts_s = decision.lasts_s
        self._presentation.put(decision.choice, time, refresh=refresh)

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
            self._link.status_changed()  # what has expired is not in its digest any more
            await asyncio.sleep(max(min(LOOK_S, self._lasts_s), 0.01))

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
            if self._trust.came(delivery) or self._trust.early(delivery) or self._requests.came(delivery):
                continue
            try:
                publication = await self.library.take(delivery)
            except BadMessage as error:
                self._refused(delivery.topic, str(error))
                continue
            if publication is not None:
                self.happened(Took(*key(publication), publication.revision))
                self._release(self._board.clock.read())

    def _refused(self, topic: str, reason: str) -> None:
        log.warning("%s: refused: %s", topic, reason)
        self.happened(Refused(topic, reason))

    def _check(self, publication: Publication) -> None:
        if isinstance(publication, Message | Alert):
            self._glass.check(*written_pages(publication, self._trust.picture))

    async def _prepare(self) -> None:
        await self._glass.prepare(ALARM_PAGES, WAITING_PAGES, self._board.drawing)
        await asyncio.Event().wait()

    def _status(self, session: int) -> Status:
        time = self._board.clock.read()
        shown = self.shown or Choice(Page("none"), "not yet", "none")
        return Status(
            online=True, session=session, version=VERSION, area=self._area, sensors=self.car.sensors,
            clock=time.quality, known=self._digest.at(time),
            page=name_of(shown.page), rule=shown.rule, since=self._presentation.since,
        )  # fmt: skip
