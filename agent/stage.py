"""What is on the glass, and only this decides it. Pure."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from agent.car import Car, cabin, trapped_from, waits_inside
from agent.clock import Reading
from agent.known import Known, Warned, messages, playlists, warned
from content.cabin import Advice, advice
from content.message import Alert
from content.page import Page
from content.pages import Read, nowhere, page_of_showing, pages_of_alert
from content.playing import Scheduled, Showing, scheduled, turn
from content.reading import SHORTEST_S, reading_s

IDLE = Page("idle")
DO_NOT_USE = Page("do_not_use")
NOT_COMMISSIONED = Page("not_commissioned")
TRAPPED = Page("trapped")
STAND_DOWN = Page("stand_down")
EARTHQUAKE = {a: Page("earthquake", a.value) for a in Advice}

ALARM_PAGES = tuple(EARTHQUAKE.values())
"""Drawn before they are needed and kept ready in the screen's own format."""
WAITING_PAGES = (
    DO_NOT_USE,
    TRAPPED,
    STAND_DOWN,
    *(Page("earthquake", a.value, level=level) for a in Advice for level in "1234"),
)
"""Drawn before they are needed too, but kept compressed: they come after an alarm, or with a network's alert, which took
longer than the 15 ms of unpacking."""
STAND_DOWN_S = 60.0
"""Whoever has read the alarm in the car is still there to read that it is over: a ride with its doors takes less."""
EXTREME = 4
"""An alert of this severity does not wait for a stand-down."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A page, and the rule that put it there."""

    page: Page
    rule: str
    item: str
    """What receipts count: a publication with its revision, or a page that is built in."""


def name_of(page: Page) -> str:
    """Its layout, and which of the layout's pages."""
    return f"{page.layout} {page.variant}".strip()


def is_routine(choice: Choice) -> bool:
    """Whether the schedule put it there, or nothing did: it comes and goes all day."""
    return choice.page == IDLE or choice.item.startswith(("message ", "picture "))


@dataclass(frozen=True, slots=True)
class Decision:
    """What is on the glass, and for how long nothing but an event changes that."""

    choice: Choice
    lasts_s: float


def choose(car: Car, known: Known, time: Reading, zone: ZoneInfo, *, stays_s: float = 0.0) -> Decision:
    """From all that is known; `agent.programme` gives `decide` the same faster."""

    def schedule() -> Scheduled:
        return scheduled(messages(known, time), playlists(known, time), time.utc, zone)

    return decide(car, warned(known, time), schedule, time, stays_s=stays_s)


def decide(
    car: Car,
    alerts: Warned,
    schedule: Callable[[], Scheduled],
    time: Reading,
    *,
    stays_s: float = 0.0,
    read: Read = nowhere,
    named: tuple[Page, float] | None = None,
) -> Decision:
    """The page for the glass: the first rule that holds has it.

    schedule is asked only when nothing above it wants the glass; stays_s: how long the earthquake page outlasts the
    shaking; read: where pictures are; named: the page with the lift's name, and for how long somebody looks for it.
    """
    found = _of_the_car(car, alerts, time, stays_s) or _held(car) or _ended(alerts, time)
    found = found or _alert(car, alerts, time) or _named_lift(named) or _scheduled(schedule, time, read)
    return Decision(found.choice, min(found.lasts_s, *_moments_s(car, alerts, time, stays_s)))


def _moments_s(car: Car, alerts: Warned, time: Reading, stays_s: float) -> list[float]:
    """In how long which rule above the schedule can begin or end to hold by itself."""
    trapped = trapped_from(car)
    moments = [
        None if car.ended is None else car.ended + stays_s,
        trapped,
        None if alerts.ended is None else alerts.ended + STAND_DOWN_S,
    ]
    return [math.inf, alerts.lasts_s, *(at - time.now for at in moments if at is not None and at > time.now)]


def _of_the_car(car: Car, alerts: Warned, time: Reading, stays_s: float) -> Decision | None:
    """Shaking, an earthquake alert, and people who cannot leave."""
    by_state = EARTHQUAKE[advice(cabin(car))]
    if car.shaking is not None:
        return _stays(by_state, "shaking now")
    if car.ended is not None and time.now < car.ended + stays_s:
        return _stays(by_state, "shaking a moment ago")
    if alerts.earthquake is not None:
        return _told(alerts.earthquake, car, time, f"earthquake alert {alerts.earthquake.id}")
    trapped = trapped_from(car)
    if trapped is not None and time.now >= trapped:
        return _stays(TRAPPED, "door not open for too long")
    if car.hold is not None and waits_inside(car):
        # Whoever is inside has not been able to leave: "do not use" would not help them.
        return _stays(by_state, f"door not open since hold {car.hold.id}")
    return None


def _held(car: Car) -> Decision | None:
    return None if car.hold is None else _stays(DO_NOT_USE, f"hold {car.hold.id}")


def _ended(alerts: Warned, time: Reading) -> Decision | None:
    """The all-clear, where an earthquake alert was taken back and nothing extreme is to be said."""
    if alerts.ended is None or time.now >= alerts.ended + STAND_DOWN_S:
        return None
    if alerts.other is not None and alerts.other.severity >= EXTREME:
        return None
    return _stays(STAND_DOWN, "earthquake alert taken back")


def _alert(car: Car, alerts: Warned, time: Reading) -> Decision | None:
    if alerts.other is not None:
        return _told(alerts.other, car, time, f"alert {alerts.other.id}")
    if alerts.drill is not None:
        return _told(alerts.drill, car, time, f"drill {alerts.drill.id}")
    return None


def _told(alert: Alert, car: Car, time: Reading, rule: str) -> Decision:
    """An alert in many languages takes turns with itself, never with a message."""
    state = advice(cabin(car))
    pages = pages_of_alert(alert, state)
    lengths_s = [max(SHORTEST_S, math.ceil(reading_s(page.title, page.body))) for page in pages]
    index, left = turn(lengths_s, time.utc)
    choice = Choice(pages[index], rule, f"alert {alert.id} {alert.revision}")
    return Decision(choice, left.total_seconds() if len(pages) > 1 else math.inf)


def _named_lift(named: tuple[Page, float] | None) -> Decision | None:
    if named is None:
        return None
    page, left_s = named
    return Decision(Choice(page, "asked which lift it is", name_of(page)), left_s)


def _scheduled(schedule: Callable[[], Scheduled], time: Reading, read: Read) -> Decision:
    """Without a clock no schedule can be kept: then the idle page, which shows no time either."""
    if not time.good:
        return _stays(IDLE, "nothing else")
    now = schedule()
    left_s = (now.until - time.utc).total_seconds()
    if now.showing is None:
        return Decision(Choice(IDLE, "nothing else", "idle"), left_s)
    what = _named(now.showing)
    rule = what if now.playlist is None else f"playlist {now.playlist}: {what}"
    revision = "" if now.showing.message is None else f" {now.showing.message.revision}"
    return Decision(Choice(page_of_showing(now.showing, read), rule, f"{what}{revision}"), left_s)


def _stays(page: Page, rule: str) -> Decision:
    return Decision(Choice(page, rule, name_of(page)), math.inf)


def _named(showing: Showing) -> str:
    if showing.message is not None:
        return f"message {showing.message.id}"
    return "picture" if showing.picture is None else f"picture {showing.picture.name}"
