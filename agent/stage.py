"""What is on the glass, and only this decides it. Pure."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from agent.car import Car, cabin
from agent.clock import Reading
from agent.known import Known, alerts, messages
from content.cabin import Advice, advice
from content.page import Page
from content.pages import EARTHQUAKE as EARTHQUAKE_EVENT
from content.pages import page_of
from content.schedule import due, on_turn
from drivers.doors import Door

IDLE = Page("idle")
DO_NOT_USE = Page("do_not_use")
NOT_COMMISSIONED = Page("not_commissioned")
EARTHQUAKE = {a: Page("earthquake", a.value) for a in Advice}

ALARM_PAGES = (*EARTHQUAKE.values(), DO_NOT_USE)
"""Drawn before they are needed and kept ready in the screen's own format."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A page, and the rule that put it there."""

    page: Page
    rule: str


def choose(car: Car, known: Known, time: Reading, zone: ZoneInfo, *, stays_s: float = 0.0) -> Choice:
    """The page for the glass: the first rule that holds has it. stays_s: how long the earthquake page outlasts
    the shaking."""
    warned = alerts(known, time)
    earthquake = next((alert for alert in warned if alert.event == EARTHQUAKE_EVENT), None)
    by_state = EARTHQUAKE[advice(cabin(car))]
    if car.shaking is not None:
        return Choice(by_state, "shaking now")
    if car.ended is not None and time.now < car.ended + stays_s:
        return Choice(by_state, "shaking a moment ago")
    if earthquake is not None:
        return Choice(by_state, f"earthquake alert {earthquake.id}")
    shut = car.door not in (Door.OPEN, None)
    if car.hold is not None and not car.hold.door_opened and shut:
        # Whoever is inside has not been able to leave: "do not use" would not help them.
        return Choice(by_state, f"door not open since hold {car.hold.id}")
    if car.hold is not None:
        return Choice(DO_NOT_USE, f"hold {car.hold.id}")
    if warned:
        return Choice(page_of(warned[0]), f"alert {warned[0].id}")
    return _scheduled(known, time, zone)


def _scheduled(known: Known, time: Reading, zone: ZoneInfo) -> Choice:
    """Without a clock no schedule can be kept: then the idle page, which shows no time either."""
    wanted = due(messages(known, time), time.utc, zone) if time.good else []
    message = on_turn(wanted, time.utc)
    if message is None:
        return Choice(IDLE, "nothing else")
    return Choice(page_of(message), f"message {message.id}")
