"""The one port for blocking work (disk, drawing, buses): threads on a real machine, inline in simulated time."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from heapq import heappop, heappush
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Work(Protocol):
    """Somewhere to run blocking jobs, one after the other."""

    async def __call__(self, job: Callable[[], T]) -> T:
        """Run the job and give back what it returns or raises."""

    async def repeat(self, job: Callable[[], float | None]) -> None:
        """Run the job again and again, each time after as many seconds as it returned, until it returns None;
        others run between. Nobody is woken meanwhile. What it raises ends it, and is raised here."""

    def close(self) -> None:
        """Finish what was begun and take nothing more."""


class Inline:
    """Runs a job where it stands: for simulated time, in which nothing takes long."""

    async def __call__(self, job: Callable[[], T]) -> T:
        """Run the job now."""
        return job()

    async def repeat(self, job: Callable[[], float | None]) -> None:
        """The job now, then in between, by timers alone: to wake a task takes longer than to look at a door."""
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[None] = loop.create_future()

        def again() -> None:
            if ended.done():
                return
            try:
                pause = job()
            except Exception as error:  # noqa: BLE001 - whoever waits gets it, whatever it is
                ended.set_exception(error)
                return
            if pause is None:
                ended.set_result(None)
            else:
                loop.call_later(pause, again)

        again()
        await ended

    def close(self) -> None:
        """Nothing to finish."""


class OneThread:
    """A thread of its own, because one thread must own a bus or a database.

    A bus is read fifty times a second all day. An executor's futures carry locks, and each reading would wake the
    event loop twice: this way a door that stays as it is wakes nobody.
    """

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._later: list[tuple[float, int, _Job]] = []
        """A heap of jobs to be repeated: when, by the monotonic clock, and in which order."""
        self._count = 0
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    async def __call__(self, job: Callable[[], T]) -> T:
        """Run the job in the thread. Whoever waits may be cancelled; a job that was begun is finished."""
        answer: T = await self._ask(lambda: (job(), None))
        return answer

    async def repeat(self, job: Callable[[], float | None]) -> None:
        """Repeat the job in the thread, until whoever waits is cancelled, too."""
        await self._ask(lambda: (None, job()))

    def close(self) -> None:
        """Finish what was begun and take nothing more."""
        self._jobs.put(None)
        self._thread.join()

    def _ask(self, work: Callable[[], tuple[Any, float | None]]) -> "asyncio.Future[Any]":
        if not self._thread.is_alive():
            raise RuntimeError(f"{self._thread.name} is closed")
        loop = asyncio.get_running_loop()
        job = _Job(work, loop.create_future(), loop)
        self._jobs.put(job)
        return job.answer

    def _run(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=self._until_next())
            except Empty:
                job = heappop(self._later)[2]
            if job is None:
                return
            pause = job.run()
            if pause is not None:
                self._count += 1
                heappush(self._later, (time.monotonic() + pause, self._count, job))

    def _until_next(self) -> float | None:
        return max(0.0, self._later[0][0] - time.monotonic()) if self._later else None


@dataclass(frozen=True, slots=True)
class _Job:
    """What to do, and who waits for it in which loop."""

    work: Callable[[], tuple[Any, float | None]]
    answer: "asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop

    def run(self) -> float | None:
        """In the thread: after how many seconds to do it again, None when its answer was given."""
        try:
            value, pause = self.work()
        except BaseException as error:  # noqa: BLE001 - whoever waits gets it, whatever it is
            self._wake(partial(self._fail, error))
            return None
        if pause is None:
            self._wake(partial(self._give, value))
        return None if self.answer.cancelled() else pause

    def _wake(self, give: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits
            self.loop.call_soon_threadsafe(give)

    def _give(self, value: Any) -> None:
        if not self.answer.done():
            self.answer.set_result(value)

    def _fail(self, error: BaseException) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)
