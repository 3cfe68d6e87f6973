"""For content managers without hardware: a broker with the papers of their office, and an enrolled display in a
simulated car, whose glass is on a local page."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from agent.commands import locked
from agent.commissioning import enrolment
from agent.commissioning.draft import TEMPLATE
from agent.config import Config
from agent.wiring import broker_of
from content.commands.rules import explained
from content.work import OneThread
from drivers.screens import pictures
from simulator.building import storeys
from simulator.day import schedule_day
from simulator.elevator import Elevator
from simulator.glass_page import PAGES, newest, picture, served, streaming
from simulator.recordings import Recording, load
from simulator.servers import HOST, Nats, NoServer
from simulator.story import BEFORE_ONSET_S, earthquake
from simulator.world import Display, Surroundings, display

LOOK_S = 1.0
PACE_S = 0.2
RIDES_PER_HOUR, HOURS = 30.0, 24.0
FIRST_RIDE_S, AFTERWARDS_S, STRONGEST_S = 40.0, 60.0, 20.0
STATE, GLASS = "state", "glass"
"""In a display's folder."""


async def run_broker(papers: Path, port: int) -> None:
    """NATS as deploy/ configures it, until cancelled; who is enrolled or revoked meanwhile, and papers that are renewed,
    count at once. Raises NoServer, OSError."""
    users = papers / "users.conf"
    if not users.exists():
        raise NoServer(
            f"{users}: is not there; name the folder `broker` that `hoistway-content init --broker` makes"
        )
    watched = (users, papers / "server.pem")
    known = [path.read_bytes() for path in watched]
    server = Nats(papers, port=port, etc=papers) if port else Nats(papers, etc=papers)
    await server.start()
    try:
        print(f"The broker: {HOST}:{server.port}   (Ctrl-C ends it)", flush=True)
        while True:
            await asyncio.sleep(LOOK_S)
            if (latest := [path.read_bytes() for path in watched]) != known:
                known = latest
                server.reload()
    finally:
        server.kill()


async def run_display(
    bundle: Path,
    folder: Path,
    size: tuple[int, int],
    seed: int,
    port: int,
    *,
    earthquake_s: float | None = None,
) -> None:
    """The display that a bundle enrols, until cancelled; earthquake_s: when the ground shakes, from now, if it does. Its
    glass and its store stay in the folder. Raises ConfigError, InUse, NoServer, OSError, ScreenError, StoreError."""
    enrolment.read(bundle)  # a wrong name leaves no folder behind
    with locked(folder / STATE):
        config = enrolled(bundle, folder, size)
        with _running(config, folder, size, seed, car(seed, earthquake_s)) as one:
            page = GlassPage(one, config.car.name, folder / GLASS, size)
            async with page.serve(HOST, port) as address:
                print(f"The glass of {config.car.name}: {address}   (Ctrl-C ends it)", flush=True)
                await one.agent.run()


def enrolled(bundle: Path, folder: Path, size: tuple[int, int]) -> Config:
    """What `hoistway-agent enrol` makes of a bundle, for a screen of pictures. Raises ConfigError, OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    width, height = size
    text = TEMPLATE.read_text(encoding="utf-8")
    for old, new in {
        '"/var/lib/hoistway/glass"': f'"{folder / GLASS}"',
        '"/var/lib/hoistway"': f'"{folder / STATE}"',
        "width = 1080": f"width = {width}",
        "height = 1920": f"height = {height}",
    }.items():
        text = text.replace(old, new)
    return enrolment.enrol(enrolment.read(bundle), folder / "hoistway.toml", text, lambda _path: None)


def car(seed: int, earthquake_s: float | None) -> Elevator:
    """Rides now and then, from half a minute on: before, the detector learns that the car is parked. It stands until an
    earthquake is over, lets out whoever is inside, and rides again a minute later."""
    elevator, first = Elevator(storeys(18), seed=seed, floor=2), FIRST_RIDE_S
    if earthquake_s is not None:
        over = elevator.play(_strongest(earthquake(load())), earthquake_s - BEFORE_ONSET_S)
        first = elevator.open_door(over) + AFTERWARDS_S
    schedule_day(elevator, RIDES_PER_HOUR, seed, start=first, hours=HOURS)
    return elevator


def _strongest(recording: Recording) -> Recording:
    """Its beginning, so that nobody has to wait for the end of what follows."""
    return replace(
        recording,
        acceleration=recording.acceleration[: round((BEFORE_ONSET_S + STRONGEST_S) * recording.rate_hz)],
    )


@contextmanager
def _running(
    config: Config, folder: Path, size: tuple[int, int], seed: int, elevator: Elevator
) -> Iterator[Display]:
    began = time.monotonic()
    around = Surroundings(
        now=lambda: time.monotonic() - began, utc=partial(datetime.now, UTC), work=OneThread,
        broker=broker_of(config.broker), folder=folder / STATE,
        screen=pictures.open_screen(config.screen.target, size), seed=seed,
    )  # fmt: skip
    one = display(elevator, around, config)
    try:
        yield one
    finally:
        one.close()


@dataclass(frozen=True, slots=True)
class GlassPage:
    """The glass, and which rule put on it what is there."""

    display: Display
    car: str
    glass: Path
    size: tuple[int, int]
    """Of the glass, pixels."""

    @asynccontextmanager
    async def serve(self, host: str, port: int) -> AsyncIterator[str]:
        """Until left; gives the address."""
        routes = {"/": self._page, "/glass.png": self._picture, "/stream": self._stream}
        async with served(host, port, routes) as address:
            yield address

    async def _page(self, _request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGES / "glass.html")

    async def _picture(self, _request: web.Request) -> web.StreamResponse:
        return picture(self.glass)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """What changed, as long as somebody looks."""
        response, said = await streaming(request), b""
        while True:
            if (present := msgspec.json.encode(self._present())) != said:
                said = present
                try:
                    await response.write(b"data: " + said + b"\n\n")
                except ConnectionError:
                    return response  # the viewer closed the page
            await asyncio.sleep(PACE_S)

    def _present(self) -> dict[str, Any]:
        shown, latest, car = self.display.agent.shown, newest(self.glass), self.display.agent.car
        return {
            "car": self.car,
            "glass": latest.stem if latest else "",
            "width": self.size[0],
            "height": self.size[1],
            "because": explained(shown.rule if shown else "not yet"),
            "motion": car.motion.value if car.motion else "unknown",
            "door": car.door.value if car.door else "unknown",
        }
