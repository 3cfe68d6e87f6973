"""Simulated time: an event loop that jumps to the next timer, so that an elevator-day takes seconds.

It allows no threads and no sockets: whatever would wait for the outside would wait for ever.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")


class NothingLeft(RuntimeError):
    """Every task waits for something that no timer will bring."""


class _Jump(selectors.SelectSelector):
    """Where a real selector would sleep, time jumps."""

    def __init__(self) -> None:
        super().__init__()
        self.time = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise NothingLeft("nothing is scheduled: a task waits for what no timer will bring")
        self.time += max(timeout, 0.0)
        return []


class SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop whose time starts at 0 and costs nothing."""

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)
        # Jumping adds a difference to the time, and that rounds: a timer is due when it is this near, s.
        self._clock_resolution = 1e-9

    def time(self) -> float:
        """Simulated seconds."""
        return self._jump.time

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
