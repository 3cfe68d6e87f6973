"""The story: a ride, a message, a real earthquake, the hold and its release; told in real or simulated time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from content.message import Message, Release, Text
from content.wire import Event
from simulator.recordings import Recording, load
from simulator.world import World

AREA = "cn/sichuan/chengdu/tower-a"

BOARDING, RIDE, LEAVING, MESSAGE, EARTHQUAKE, OPENING, RELEASE = 4.0, 13.0, 43.5, 54.0, 66.0, 77.0, 122.0
"""When each thing happens, s from the beginning."""
BEFORE_ONSET_S = 8.0
LENGTH_S = 130.0
EARLY_S = 0.01
"""A timer may ring this early."""


@dataclass(slots=True)
class Step:
    """Something the collector must hear of, not before `due` and at most `within` seconds later."""

    name: str
    due: float
    within: float
    met: Callable[[Event], bool]
    came: float | None = None

    @property
    def good(self) -> bool:
        """It came in time."""
        return self.came is not None and self.came <= self.due + self.within


def page(name: str) -> Callable[[Event], bool]:
    """The page is on the glass."""
    return lambda event: event.kind == "page-shown" and event.body["page"] == name


def happening(kind: str, **fields: Any) -> Callable[[Event], bool]:
    """An event of a kind, with these fields."""
    return lambda event: event.kind == kind and all(event.body[k] == v for k, v in fields.items())


def steps() -> list[Step]:
    """What has to come, in its order."""
    return [
        Step("the idle page", 0.0, 3.0, page("idle")),
        Step("the door opens", BOARDING, 3.5, happening("door-moved", door="open")),
        Step("the door is closed", BOARDING, 9.0, happening("door-moved", door="closed")),
        Step("the ride starts", RIDE, 4.0, happening("ride-started")),
        Step("the ride ends", RIDE + 20, 12.0, happening("ride-ended")),
        Step("the message of the content side", MESSAGE, 2.0, page("notice")),
        Step("the tremor", EARTHQUAKE, 2.0, happening("tremor-felt")),
        Step("the alarm", EARTHQUAKE, 5.0, happening("shaking-felt")),
        Step("the earthquake page, door closed", EARTHQUAKE, 5.0, page("earthquake closed")),
        Step("the earthquake page, door open: leave", OPENING, 3.5, page("earthquake leave")),
        Step("the shaking ends", OPENING, 45.0, happening("shaking-ended")),
        Step("the do-not-use page", OPENING, 45.0, page("do_not_use")),
        Step("the signed release", RELEASE, 2.0, happening("hold-ended")),
        Step("back to the message", RELEASE, 2.0, page("notice")),
    ]


@dataclass
class Story:
    """Schedules the world and hears what the collector is told."""

    now: Callable[[], float]
    steps: list[Step] = field(default_factory=steps)
    began: float = 0.0
    events: list[tuple[float, Event]] = field(default_factory=list)
    """With their times from the beginning, s."""

    def told(self, _car: str, event: Event) -> None:
        """The collector holds an event."""
        at = self.now() - self.began
        self.events.append((at, event))
        for step in self.steps:
            if step.came is None and at >= step.due - EARLY_S and step.met(event):
                step.came = at
                break

    async def run(self, world: World, utc: Callable[[], datetime]) -> None:
        """Tell the story on a world that is running."""
        self.began = self.now()
        self._schedule(world)
        await self._until(MESSAGE)
        await world.service.publish(message(utc()), world.signer)
        await self._until(RELEASE)
        await world.service.publish(release(utc()), world.signer)
        await self._until(LENGTH_S)

    async def _until(self, at: float) -> None:
        await asyncio.sleep(max(0.0, self.began + at - self.now()))

    def _schedule(self, world: World) -> None:
        elevator, began = world.elevator, self.began
        records = load()
        elevator.open_door(began + BOARDING, stay_s=3.0)
        elevator.play(records["ride-tall-building"], began + RIDE)
        elevator.open_door(began + LEAVING, stay_s=3.0)
        elevator.play(earthquake(records), began + EARTHQUAKE - BEFORE_ONSET_S)
        elevator.open_door(began + OPENING, stay_s=20.0)


def earthquake(records: dict[str, Recording]) -> Recording:
    """Oaxaca 2020, M5.2, by a MEMS on a wall: from some seconds before its onset (29.4 s) to its end."""
    recording = records["oaxaca-2020"]
    start = round((29.4 - BEFORE_ONSET_S) * recording.rate_hz)
    return replace(recording, acceleration=recording.acceleration[start:])


def message(utc: datetime) -> Message:
    """What the property office pushes."""
    return Message(
        id="water-off",
        revision=1,
        area=AREA,
        sent=utc,
        expires=utc + timedelta(days=1),
        title=Text("明日停水检修", "Water off tomorrow"),
        body=Text(
            "11月22日 9:00 至 17:00\n请提前储水",
            "22 November, 9:00 to 17:00.\nPlease store water beforehand.",
        ),
    )


def release(utc: datetime) -> Release:
    """What the inspector signs after looking at the lift."""
    return Release("inspected", 1, AREA, utc, utc + timedelta(days=1))
