"""A part that fails is told, waited for and started again; the others do not notice."""

import asyncio

from agent.events import Happening, TaskFailed
from agent.supervision import PAUSES_S, keep_running
from simulator import loop


class Part:
    """Runs for a while, then fails or ends."""

    def __init__(self, runs_s: float, error: Exception | None) -> None:
        self.began: list[float] = []
        self._runs_s, self._error = runs_s, error

    async def __call__(self) -> None:
        self.began.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self._runs_s)
        if self._error is not None:
            raise self._error


def supervise(part: Part, until_s: float) -> list[Happening]:
    happened: list[Happening] = []

    async def main() -> None:
        now = asyncio.get_running_loop().time
        task = asyncio.create_task(keep_running("part", part, happened.append, now))
        await asyncio.sleep(until_s)
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()

    loop.run(main())
    return happened


def test_a_part_that_fails_is_told_with_its_reason() -> None:
    happened = supervise(Part(0.0, ValueError("odd")), 0.1)
    assert happened == [TaskFailed("part", "ValueError: odd")]


def test_a_part_that_ends_by_itself_has_failed_too() -> None:
    assert supervise(Part(0.0, None), 0.1) == [TaskFailed("part", "it ended")]


def test_the_pauses_grow_to_a_minute_and_stay_there() -> None:
    part = Part(0.0, ValueError())
    supervise(part, 300.0)
    pauses = [later - earlier for earlier, later in zip(part.began, part.began[1:], strict=False)]
    assert [round(pause, 6) for pause in pauses] == [*PAUSES_S, 60.0, 60.0, 60.0]


def test_a_part_that_ran_for_long_is_started_again_soon() -> None:
    part = Part(100.0, ValueError())
    supervise(part, 1000.0)
    pauses = [later - earlier - 100.0 for earlier, later in zip(part.began, part.began[1:], strict=False)]
    assert {round(pause, 6) for pause in pauses} == {PAUSES_S[0]}


def test_stopping_is_no_failure() -> None:
    assert supervise(Part(1000.0, None), 10.0) == []
