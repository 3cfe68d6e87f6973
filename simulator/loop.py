"""Simulated time: an event loop that jumps to the next timer, so that an elevator-day takes seconds.

It allows no threads and no sockets: whatever would wait for the outside would wait for ever.
"""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, NoReturn, TypeVar, TypeVarTuple

T = TypeVar("T")
Args = TypeVarTuple("Args")


class NothingLeft(RuntimeError):
    """Every task waits for something that no timer will bring."""


class SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop whose time starts at 0 and costs nothing."""

    # asyncio's own names, the same from Python 3.11 to 3.14; where they change, the tests of this file fail.
    _ready: deque[Any]
    _scheduled: list[Any]

    def __init__(self) -> None:
        self._time = 0.0
        self._timers = 0
        super().__init__()

    def call_at(
        self, when: float, callback: Callable[[*Args], object], *args: *Args, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """asyncio's own, with timers of the same time in their order; and tuples are sorted faster than timers."""
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        self._timers += 1
        heapq.heappush(self._scheduled, (when, self._timers, timer))
        return timer

    def _run_once(self) -> None:
        """asyncio's own round, less what only sockets need: where it would sleep, time jumps.

        The parent's does the same through a selector that never waits; that took a twentieth of every run.
        """
        ready, timers = self._ready, self._scheduled
        while timers and timers[0][2]._cancelled:
            heapq.heappop(timers)
        if not ready:
            if not timers:
                raise NothingLeft("nothing is scheduled: a task waits for what no timer will bring")
            self._time = max(self._time, timers[0][0])
        while timers and timers[0][0] <= self._time:
            ready.append(heapq.heappop(timers)[2])
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle._cancelled:
                handle._run()

    def time(self) -> float:
        """Simulated seconds."""
        return self._time

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> NoReturn:  # type: ignore[override]
        """Refused: a thread would run in real time."""
        raise RuntimeError("no threads in simulated time; run blocking work inline")

    async def create_connection(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: a socket would answer in real time."""
        raise RuntimeError("no sockets in simulated time; use the in-process broker")


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in simulated time."""
    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        return runner.run(main)
