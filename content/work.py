"""The one port for blocking work (disk, drawing, buses): threads on a real machine, inline in simulated time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

T = TypeVar("T")


class Work(Protocol):
    """Somewhere to run blocking jobs, one after the other."""

    async def __call__(self, job: Callable[[], T]) -> T:
        """Run the job and give back what it returns or raises."""

    def close(self) -> None:
        """Finish what was begun and take nothing more."""


class Inline:
    """Runs a job where it stands: for simulated time, in which nothing takes long."""

    async def __call__(self, job: Callable[[], T]) -> T:
        """Run the job now."""
        return job()

    def close(self) -> None:
        """Nothing to finish."""


class OneThread:
    """A thread of its own, because one thread must own a bus or a database."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def __call__(self, job: Callable[[], T]) -> T:
        """Run the job in the thread."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, job)

    def close(self) -> None:
        """Finish what was begun and take nothing more."""
        self._pool.shutdown()
