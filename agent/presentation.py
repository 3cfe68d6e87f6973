"""Puts the chosen page on the glass, and tells what the screen took of it: whatever a screen does, the car goes on."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from agent.clock import Reading
from agent.events import Happening, PageShown, ScreenFailed
from agent.glass import Glass
from agent.keeping import Keeping
from agent.receipts import Ledger, Receipts
from agent.stage import Choice, is_routine, name_of
from content.message import BadMessage
from drivers.screens import ScreenError

log = logging.getLogger("hoistway.agent")


class Presentation:
    """What is on the glass since when, with a receipt for all of it."""

    def __init__(
        self, glass: Glass, keeping: Keeping, zone: ZoneInfo, report: Callable[[Happening], None]
    ) -> None:
        """zone: the building's; report is told of pages, receipts, and a screen that fails."""
        self.shown: Choice | None = None
        self.since: datetime | None = None
        """Of the shown, UTC."""
        self._glass, self._keeping, self._zone, self._report = glass, keeping, zone, report
        self._receipts = Receipts(zone)
        self._failure: str | None = None

    def begin(self) -> None:
        """With the receipts that survived."""
        self._receipts = Receipts(self._zone, self._keeping.kept("receipts", Ledger))
        self._tell(self._receipts.begun())

    def put(self, choice: Choice, time: Reading, *, refresh: bool = False) -> None:
        """Show it, unless it is shown; refresh: in any case, as the panel may have been without its cable."""
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
            self._tell(self._receipts.dark(time))
            self._not_shown(error)
            return
        if changed or refresh:
            self._failure = None
        if choice != self.shown:
            self._tell_page(choice)
            self.shown, self.since = choice, time.utc
        if self._failure is None:  # a look that puts nothing on the screen does not tell that it is back
            self._note(choice, time)

    def _tell_page(self, choice: Choice) -> None:
        """What the schedule shows is told when it is the first of its day, or follows something else."""
        follows = self.shown is None or not is_routine(self.shown)
        if not is_routine(choice) or follows or self._receipts.is_new(choice.item):
            self._report(PageShown(name_of(choice.page), choice.rule))

    def _note(self, choice: Choice, time: Reading) -> None:
        """The receipt of what is on the glass now."""
        exact, page = not is_routine(choice), name_of(choice.page)
        self._tell(self._receipts.shown(choice.item, page, time, exact=exact))
        if (ledger := self._receipts.to_be_kept(time)) is not None:
            self._keeping.put("receipts", ledger)

    def _tell(self, receipts: Iterable[Happening]) -> None:
        for receipt in receipts:
            self._report(receipt)

    def _not_shown(self, error: Exception) -> None:
        """Told once for each reason: a screen that stays broken says nothing new."""
        if str(error) == self._failure:
            return
        self._failure = str(error)
        expected = isinstance(error, (ScreenError, BadMessage))
        log.warning("the glass keeps its page: %s", error, exc_info=None if expected else error)
        self._report(ScreenFailed(str(error)))
