"""From the alarm to the earthquake page on the glass, 1080x1920.

Real time runs from the moment in which the agent is told that shaking was felt until the screen says that it
has the frame. Where nothing is drawn yet each try is a process of its own, so that no cache is warm.
"""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

from agent.agent import Agent
from agent.detection.events import ShakingEnded, ShakingFelt
from agent.events import HoldEnded
from benchmarks.display import SCREENS, Never, Watched, running, scratch
from benchmarks.report import Row, milliseconds
from benchmarks.timing import progress
from content.wire import Event
from simulator import loop
from simulator.building import storeys
from simulator.elevator import Elevator
from simulator.headless import BEGINNING
from simulator.recordings import load
from simulator.story import BEFORE_ONSET_S, earthquake

READY_TRIES, COLD_TRIES = 50, 20
MOST_S = 0.050
FELT = ShakingFelt(at=0.0, onset=0.0, peak_m_s2=0.5, jma=3.5, gbt=6.0)
JUDGING_S = 2.0
"""The detector decides nothing while its filters settle."""


def measure(_records: Path | None = None) -> Iterator[Row]:
    """In simulated time, with frames ready, and in a fresh process without any."""
    yield _steps()
    for screen in SCREENS:
        yield _row(f"frame ready, {screen} screen", loop.run(_ready(screen)))
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as fresh:
        for screen in SCREENS:
            tries = progress("alarm", range(COLD_TRIES))
            cold = [fresh.submit(unprepared, screen).result() for _ in tries]
            yield _row(f"nothing drawn yet, {screen} screen", cold)
        drawn = [fresh.submit(preparing).result() for _ in progress("alarm", range(5))]
    what = "all alarm pages drawn after boot, fresh process"
    yield Row(what, milliseconds(drawn), f"{JUDGING_S:.0f} s: no alarm before", max(drawn) <= JUDGING_S)


def _row(case: str, seconds: list[float]) -> Row:
    return Row(f"alarm to page: {case}", milliseconds(seconds), "50 ms", max(seconds) <= MOST_S)


def _elevator() -> Elevator:
    return Elevator(storeys(18), floor=2)


def _steps() -> Row:
    """A recorded earthquake through chip, driver and detector: from the decision to the glass, simulated."""
    decided, shown, begins = loop.run(_played())
    late = shown - decided
    what = f"alarm to page: simulated time (alarm {decided - begins:.1f} s after the recording's onset)"
    return Row(what, f"{late:.3f} s", "0 s", late == 0)


async def _played() -> tuple[float, float, float]:
    """When the alarm was decided, when the next frame was shown, and when the shaking began, simulated s."""
    heard: list[datetime] = []

    def told(_car: str, event: Event) -> None:
        if event.kind == "shaking-felt":
            heard.append(event.utc)

    elevator, at = _elevator(), 70.0
    elevator.play(earthquake(load()), at - BEFORE_ONSET_S)
    with scratch() as folder:
        screen = Watched(SCREENS["memory"](folder), asyncio.get_running_loop().time)
        async with running(elevator, folder, screen, told=told):
            while not heard:
                await asyncio.sleep(0.5)
    decided = (heard[0] - BEGINNING) / timedelta(seconds=1)
    shown = next(now for now, _ in screen.shown if now >= decided - 1e-6)
    return decided, decided if abs(shown - decided) < 1e-6 else shown, at


def _alarm(agent: Agent, screen: Watched) -> float:
    before, began = len(screen.shown), perf_counter()
    agent.happened(FELT)
    return screen.shown[before][1] - began


async def _ready(kind: str) -> list[float]:
    """Again and again on one display, the idle page between."""
    seconds = []
    with scratch() as folder:
        screen = Watched(SCREENS[kind](folder), asyncio.get_running_loop().time)
        async with running(_elevator(), folder, screen) as world:
            for _ in range(READY_TRIES):
                await asyncio.sleep(7.0)
                seconds.append(_alarm(world.agent, screen))
                world.agent.happened(ShakingEnded(0.0, 1.0, 0.5, 3.5, 6.0))
                if hold := world.agent.car.hold:
                    world.agent.happened(HoldEnded(hold.id, "bench"))
    return seconds


def unprepared(kind: str) -> float:
    """One alarm just after boot, before the drawing has begun."""
    return loop.run(_unprepared(kind))


async def _unprepared(kind: str) -> float:
    with scratch() as folder:
        screen = Watched(SCREENS[kind](folder), asyncio.get_running_loop().time)
        async with running(_elevator(), folder, screen, drawing=Never()) as world:
            await asyncio.sleep(0.1)
            return _alarm(world.agent, screen)


def preparing() -> float:
    """Real seconds until all alarm pages are drawn."""
    return loop.run(_preparing())


async def _preparing() -> float:
    with scratch() as folder:
        screen = Watched(SCREENS["memory"](folder), asyncio.get_running_loop().time)
        began = perf_counter()
        async with running(_elevator(), folder, screen):
            await asyncio.sleep(0.001)
            return perf_counter() - began
