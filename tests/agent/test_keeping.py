"""What must survive a power cut is written right after it changed, and again when the disk refuses."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from agent.keeping import KEEP_AGAIN_S, Keeping
from agent.store import Store, StoreError
from content.work import Inline
from simulator import loop

T = TypeVar("T")


class Disk(Inline):
    """Refuses so many jobs, then does them."""

    def __init__(self, refuses: int = 0) -> None:
        self.refuses, self.done = refuses, 0

    async def __call__(self, job: Callable[[], T]) -> T:
        await asyncio.sleep(0.01)
        if self.refuses:
            self.refuses -= 1
            raise StoreError("the disk is full")
        self.done += 1
        return await super().__call__(job)


async def kept_after(folder: Path, disk: Disk, values: list[int | None], seconds: float) -> int | None:
    store = Store(folder)
    keeping = Keeping(store, disk)
    task = asyncio.create_task(keeping.run())
    for value in values:
        keeping.put("number", value)
        await asyncio.sleep(0.005)
    await asyncio.sleep(seconds)
    task.cancel()
    number: int | None = keeping.kept("number", int)
    store.close()
    return number


def test_the_newest_value_is_on_the_disk_however_many_came_meanwhile(tmp_path: Path) -> None:
    assert loop.run(kept_after(tmp_path, Disk(), [1, 2, 3, 4], 1.0)) == 4


def test_nothing_is_kept_once_it_is_forgotten(tmp_path: Path) -> None:
    assert loop.run(kept_after(tmp_path, Disk(), [1, None], 1.0)) is None


def test_what_the_disk_refuses_is_tried_again(tmp_path: Path) -> None:
    assert loop.run(kept_after(tmp_path / "early", Disk(2), [7], KEEP_AGAIN_S)) is None
    assert loop.run(kept_after(tmp_path / "late", Disk(2), [7], 2 * KEEP_AGAIN_S + 1.0)) == 7


def test_a_disk_that_cannot_be_read_has_kept_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.close()
    assert Keeping(store, Inline()).kept("hold", int) is None
