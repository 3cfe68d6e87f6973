"""The story in real time, with a real broker and a local page that shows it."""

import asyncio
import tempfile
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from content.mqtt import MqttBroker
from content.work import OneThread
from drivers.screens import pictures
from simulator.building import storeys
from simulator.elevator import Elevator
from simulator.headless import tell
from simulator.live import Live
from simulator.servers import HOST, Nats
from simulator.story import LENGTH_S, Story
from simulator.world import Surroundings, World, build

WAIT_FOR_VIEWER_S = 30.0


async def run(size: tuple[int, int], seed: int, port: int) -> None:
    """Serve the page and play the story; afterwards the page stays until the program is stopped."""
    with tempfile.TemporaryDirectory(prefix="hoistway-demo-") as name:
        folder = Path(name)
        nats = Nats(_subfolder(folder, "nats"))
        await nats.start()
        try:
            await _play(folder, nats.port, size, seed, port)
        finally:
            nats.kill()


def _subfolder(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


async def _play(folder: Path, broker_port: int, size: tuple[int, int], seed: int, port: int) -> None:
    story = Story(time.monotonic)
    live = Live(story)
    around = Surroundings(
        now=time.monotonic, utc=utc_now, work=OneThread, broker=MqttBroker(HOST, broker_port),
        folder=_subfolder(folder, "state"), screen=pictures.open_screen(str(folder / "glass"), size), seed=seed,
    )  # fmt: skip
    elevator = Elevator(storeys(18), seed=seed, floor=2)
    world = build(elevator, around, told=live.told, tap=live.tap)
    try:
        async with live.serve(HOST, port, folder / "glass") as address:
            print(f"The glass, the trace and the events: {address}   (Ctrl-C ends it)", flush=True)
            print("The story begins when you open the page.", flush=True)
            await _begin_when_seen(live)
            await tell(story, world, utc_now, partial(_say, live, world))
            live.over = True
            good = sum(step.good for step in story.steps)
            print(f"The story is over: {good} of {len(story.steps)} steps came in time.", flush=True)
            await asyncio.Event().wait()
    finally:
        world.close()


async def _begin_when_seen(live: Live) -> None:
    """The story waits a little for somebody to open the page."""
    try:
        async with asyncio.timeout(WAIT_FOR_VIEWER_S):
            await live.seen.wait()
    except TimeoutError:
        print(f"Nobody opened the page within {WAIT_FOR_VIEWER_S:.0f} s; the story begins.", flush=True)


def _say(live: Live, world: World, at: float) -> None:
    live.car = world.agent.car
    if int(at) % 10 == 0:
        print(f"{at:5.0f} of {LENGTH_S:.0f} s", flush=True)
