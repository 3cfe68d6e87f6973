"""The one port for blocking work."""

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from threading import Event, current_thread, get_ident

import pytest

from content.work import Inline, OneThread, Work


@pytest.fixture
def work() -> Iterator[OneThread]:
    thread = OneThread("bus")
    yield thread
    thread.close()


def fail() -> float:
    raise KeyError("broken")


async def test_a_job_runs_in_the_thread_and_its_answer_comes_back(work: OneThread) -> None:
    assert await work(lambda: current_thread().name) == "bus"
    assert await work(get_ident) != get_ident()


async def test_one_thread_does_all_jobs_in_their_order(work: OneThread) -> None:
    done: list[int] = []

    def job(number: int) -> int:
        done.append(number)
        return get_ident()

    idents = await asyncio.gather(*(work(partial(job, number)) for number in range(50)))
    assert done == list(range(50))
    assert len(set(idents)) == 1


async def test_what_a_job_raises_is_raised_where_it_was_asked_for(work: OneThread) -> None:
    with pytest.raises(KeyError, match="broken"):
        await work(fail)
    assert await work(lambda: "goes on") == "goes on"


async def test_a_job_whose_caller_was_cancelled_is_finished_and_the_next_one_done(work: OneThread) -> None:
    begun, may_end, ended = Event(), Event(), Event()

    def job() -> None:
        begun.set()
        may_end.wait()
        ended.set()

    caller = asyncio.create_task(work(job))
    while not begun.is_set():
        await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    may_end.set()
    await work(lambda: None)
    assert ended.is_set()


async def test_closing_finishes_what_was_begun_and_takes_nothing_more() -> None:
    work, done = OneThread("disk"), Event()
    asking = asyncio.create_task(work(done.set))
    await asyncio.sleep(0)
    work.close()
    assert done.is_set()
    await asking
    with pytest.raises(RuntimeError, match="disk is closed"):
        await work(lambda: None)


async def test_inline_work_is_done_before_anything_else_happens() -> None:
    done: list[str] = []
    asyncio.get_running_loop().call_soon(lambda: done.append("later"))
    await Inline()(lambda: done.append("now"))
    assert done == ["now"]


@pytest.mark.parametrize("make", [lambda: OneThread("bus"), Inline], ids=["a thread", "inline"])
async def test_a_job_is_repeated_until_it_says_that_it_is_done(make: Callable[[], Work]) -> None:
    work, pauses = make(), iter((0.0, 0.001, 0.0, None, 0.0))
    await work.repeat(lambda: next(pauses))
    assert list(pauses) == [0.0]
    work.close()


async def test_other_jobs_run_between_repetitions_which_end_with_whoever_waits(work: OneThread) -> None:
    looks: list[int] = []

    def look() -> float:
        looks.append(get_ident())
        return 0.0

    watching = asyncio.ensure_future(work.repeat(look))
    while len(looks) < 3:
        assert await work(get_ident) not in (get_ident(), None)
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching
    await work(lambda: None)
    seen = len(looks)
    await work(lambda: None)
    assert len(looks) == seen
    assert set(looks) == {await work(get_ident)}


@pytest.mark.parametrize("make", [lambda: OneThread("bus"), Inline], ids=["a thread", "inline"])
async def test_what_a_repeated_job_raises_ends_it(make: Callable[[], Work]) -> None:
    work, pauses = make(), iter((0.001,))
    with pytest.raises(KeyError, match="broken"):
        await work.repeat(lambda: next(pauses, None) or fail())
    assert list(pauses) == []
    work.close()


async def test_inline_repetitions_end_with_whoever_waits() -> None:
    looks: list[float] = []

    def look() -> float:
        looks.append(asyncio.get_running_loop().time())
        return 0.0

    watching = asyncio.ensure_future(Inline().repeat(look))
    while len(looks) < 3:
        await asyncio.sleep(0)
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching
    seen = len(looks)
    for _ in range(5):
        await asyncio.sleep(0)
    assert len(looks) == seen
