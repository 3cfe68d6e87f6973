"""The demo's local page: the glass as passengers see it, the trace, the car, the events the collector got."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from aiohttp import web
from numpy.typing import NDArray

from agent.car import Car
from agent.detection.felt import Seismoscope
from content.wire import Event
from drivers.samples import Samples
from simulator.elevator import STANDARD_GRAVITY
from simulator.glass_page import PAGES, newest, picture, served, streaming
from simulator.headless import Trace
from simulator.story import LENGTH_S, Story

PACE_S = 0.1
GRAVITY = np.array([0.0, 0.0, STANDARD_GRAVITY])


class Live:
    """What the page shows, and the server that shows it. Viewers come and go at any time."""

    def __init__(self, story: Story) -> None:
        self.car = Car()
        self.over = False
        self.seen = asyncio.Event()
        """Somebody opened the page."""
        self._story = story
        self._trace: list[list[float]] = []
        """x, y, z in gal without gravity, one row a sample; what a viewer was sent is counted, not removed."""
        self._state: dict[str, Any] = {"tremor": False, "alarm": False, "rms_gal": [0.0, 0.0, 0.0]}
        self._rate_hz = 125.0
        self._glass = Path()

    def told(self, car: str, event: Event) -> None:
        """The collector holds an event."""
        self._story.told(car, event)

    def tap(self, samples: Samples, scope: Seismoscope) -> None:
        """The display felt a run of samples."""
        self._trace += _gal(samples.acceleration)
        self._rate_hz = 1 / samples.period
        rms = scope.rms or (0.0, 0.0, 0.0)
        self._state = {
            "tremor": scope.tremor,
            "alarm": scope.shaking,
            "rms_gal": [round(100 * axis, 2) for axis in rms],
        }

    def replay(self, trace: Trace) -> None:
        """Show a story that was played before."""
        for acceleration in trace.accelerations:
            self._trace += _gal(acceleration)
        self.over = True

    @asynccontextmanager
    async def serve(self, host: str, port: int, glass: Path) -> AsyncIterator[str]:
        """Serve the page until left; glass is the folder of the screen's pictures. Gives the address."""
        self._glass = glass
        routes = {"/": self._page, "/glass.png": self._picture, "/stream": self._stream}
        async with served(host, port, routes) as address:
            yield address

    async def _page(self, _request: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGES / "index.html")

    async def _picture(self, _request: web.Request) -> web.StreamResponse:
        return picture(self._glass)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events, ten a second: everything once, then what is new."""
        response = await streaming(request)
        self.seen.set()
        samples = max(0, len(self._trace) - round(30 * self._rate_hz))
        events = 0
        while True:
            said = {"samples": self._trace[samples:], "events": self._events(events), **self._present()}
            samples, events = len(self._trace), len(self._story.events)
            try:
                await response.write(b"data: " + msgspec.json.encode(said) + b"\n\n")
            except ConnectionError:
                return response  # the viewer closed the page
            await asyncio.sleep(PACE_S)

    def _events(self, beyond: int) -> list[dict[str, Any]]:
        return [
            {"at": round(at, 2), "id": event.id, "kind": event.kind, "body": event.body}
            for at, event in self._story.events[beyond:]
        ]

    def _at(self) -> float:
        if self.over:
            return LENGTH_S
        return round(self._story.now() - self._story.began, 1) if self._story.began else 0.0

    def _present(self) -> dict[str, Any]:
        """Everything that is a state and not a list that grows."""
        story, latest = self._story, newest(self._glass)
        return {
            "at": self._at(),
            "length": LENGTH_S,
            "over": self.over,
            "rate_hz": round(self._rate_hz, 1),
            "glass": latest.stem if latest else "",
            "door": self.car.door.value if self.car.door else "unknown",
            "motion": self.car.motion.value if self.car.motion else "unknown",
            "hold": self.car.hold is not None,
            "steps": [{"name": s.name, "due": s.due, "came": s.came, "good": s.good} for s in story.steps],
            **self._state,
        }


def _gal(acceleration: NDArray[np.float64]) -> list[list[float]]:
    rows: list[list[float]] = ((acceleration - GRAVITY) * 100).round(2).tolist()
    return rows
