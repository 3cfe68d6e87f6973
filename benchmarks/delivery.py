"""An alert published, until its page is on the glass: a real broker with TLS as deploy/ ships it, real time, loopback.

The clock runs from the call of publish (signing, and the desk's commit on the disk) over the broker, the display's
verification and its choice of page, to the moment in which the screen says that it has the frame. The broker, the
content service and one display share this machine. Its own jitter is in the table's last column.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import msgspec
import numpy as np

from benchmarks.display import SIZE, Memory, scratch
from benchmarks.report import Row
from benchmarks.timing import show
from content.certificates import CONTENT
from content.message import Alert, Text
from content.mqtt import MqttBroker
from content.service import Service
from content.work import OneThread
from drivers.screens import Pixels
from simulator.building import storeys
from simulator.elevator import Elevator
from simulator.servers import HOST, Mosquitto, Nats, Server, issue, mosquitto_program, tls
from simulator.world import Surroundings, World, build

TRIES = 200
MOST_S = 0.150
DEADLINE_S = 20.0
CAR = "tower-a-lift-2"
"""As `simulator.world` names it."""


class Pages(Memory):
    """A screen in memory that remembers when each whole page was on it; the minute is a patch, and is not one."""

    def __init__(self) -> None:
        super().__init__(SIZE)
        self.shown: list[float] = []
        """By perf_counter, s."""

    def show(self, pixels: Pixels, x: int = 0, y: int = 0) -> None:
        """Copy, and look at the clock."""
        super().show(pixels, x, y)
        if pixels.shape[:2] == (self.size[1], self.size[0]):
            self.shown.append(perf_counter())


def measure(_records: Path | None = None) -> Iterator[Row]:
    """Each broker there is."""
    yield asyncio.run(_measured("NATS"))
    if mosquitto_program() is None:
        yield Row(
            "alert published to glass: mosquitto", "not installed: apt-get install mosquitto", met=False
        )
    else:
        yield asyncio.run(_measured("mosquitto"))


async def _measured(kind: str) -> Row:
    with scratch() as folder:
        for name in ("etc", "broker", "state"):
            (folder / name).mkdir()
        issue(folder / "etc", [CAR])
        server: Server = (Nats if kind == "NATS" else Mosquitto)(folder / "broker", etc=folder / "etc")
        await server.start()
        try:
            async with _running(server, folder) as (world, service, pages):
                seconds = [await _alert(number, world, service, pages) for number in _numbers(kind)]
        finally:
            server.kill()
    p50, p99 = np.percentile(1000 * np.array(seconds), [50, 99])
    measured = f"p50 {p50:.0f} ms, p99 {p99:.0f} ms (worst {1000 * max(seconds):.0f}, n {len(seconds)})"
    what = f"alert published to glass: {kind}, TLS, ready page, 1 display"
    return Row(what, measured, f"p99 {1000 * MOST_S:.0f} ms", bool(p99 <= 1000 * MOST_S))


def _numbers(kind: str) -> Iterator[int]:
    for number in range(TRIES):
        show(kind, number / TRIES)
        yield number
    show(kind, 1.0)


@asynccontextmanager
async def _running(server: Server, folder: Path) -> AsyncIterator[tuple[World, Service, Pages]]:
    def connectable(name: str) -> MqttBroker:
        return MqttBroker(HOST, server.port, tls=tls(folder / "etc", name))

    pages = Pages()
    around = Surroundings(
        now=time.monotonic,
        utc=_utc,
        work=OneThread,
        broker=connectable(CAR),
        folder=folder / "state",
        screen=pages,
    )
    world, desk = build(Elevator(storeys(18), floor=2), around), OneThread("desk")
    service = Service(connectable(CONTENT), world.desk, desk, utc=_utc)
    parts = [asyncio.create_task(world.agent.run()), asyncio.create_task(service.run())]
    try:
        async with asyncio.timeout(DEADLINE_S):
            while not (CAR in world.desk.statuses() and world.desk.statuses()[CAR].page == "idle"):
                await asyncio.sleep(0.1)
        # The alarm pages are drawn in the first seconds, and the link asks for everything once more after five.
        await asyncio.sleep(8.0)
        yield world, service, pages
    finally:
        for part in parts:
            part.cancel()
        await asyncio.gather(*parts, return_exceptions=True)
        desk.close()
        world.close()


async def _alert(number: int, world: World, service: Service, pages: Pages) -> float:
    """Seconds from publishing to the glass. Afterwards it is taken back, and the display idles again."""
    now = _utc()
    alert = Alert(
        f"quake-{number}", 1, "cn/sichuan", now, now + timedelta(minutes=10), "earthquake", Text("地震", "Earthquake"),
        Text(), 4,
    )  # fmt: skip
    before, began = len(pages.shown), perf_counter()
    await service.publish(alert, world.signer)
    await _until_shown(pages, before)
    seconds = pages.shown[before] - began
    assert world.agent.shown is not None
    if world.agent.shown.page.layout != "earthquake":
        raise RuntimeError(f"{world.agent.shown.page.layout} came onto the glass, not the alert")
    before = len(pages.shown)
    await service.publish(
        msgspec.structs.replace(alert, revision=2, sent=_utc(), withdrawn=True), world.signer
    )
    await _until_shown(pages, before)
    # What follows an alert is not measured, and is not to be in the next one's way.
    await asyncio.sleep(0.1)
    return seconds


async def _until_shown(pages: Pages, before: int) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while len(pages.shown) == before:
            await asyncio.sleep(0.005)


def _utc() -> datetime:
    return datetime.now(UTC)
