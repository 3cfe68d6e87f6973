"""Simulated time jumps from timer to timer, and nothing outside of it is waited for."""

import asyncio
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.loop import NothingLeft, run


def test_time_begins_at_0_and_jumps_to_the_next_timer() -> None:
    async def main() -> list[float]:
        now = asyncio.get_running_loop().time
        times = [now()]
        for pause in (1.0, 86_400.0, 0.0):
            await asyncio.sleep(pause)
            times.append(now())
        return times

    before = time.process_time()
    assert run(main()) == [0.0, 1.0, 86_401.0, 86_401.0]
    assert time.process_time() - before < 1.0


@given(st.lists(st.floats(0.001, 1000.0), min_size=1, max_size=20))
@settings(deadline=None, derandomize=True)
def test_timers_ring_in_the_order_of_their_times_and_at_them(pauses: list[float]) -> None:
    rung: list[tuple[float, float]] = []

    async def wait(pause: float) -> None:
        await asyncio.sleep(pause)
        rung.append((pause, asyncio.get_running_loop().time()))

    async def main() -> None:
        await asyncio.gather(*(wait(pause) for pause in pauses))

    run(main())
    assert [pause for pause, _ in rung] == pytest.approx(sorted(pauses), abs=1e-8)
    assert all(at == pytest.approx(pause, abs=1e-8) for pause, at in rung)


def test_timers_of_the_same_time_ring_in_the_order_in_which_they_were_set() -> None:
    async def main() -> list[int]:
        loop, rung = asyncio.get_running_loop(), list[int]()
        for number in range(20):
            loop.call_at(5.0, rung.append, number)
        await asyncio.sleep(5.0)
        return rung

    assert run(main()) == list(range(20))


def test_a_timer_that_was_cancelled_does_not_ring() -> None:
    async def main() -> tuple[list[str], float]:
        loop, rung = asyncio.get_running_loop(), list[str]()
        loop.call_later(1.0, rung.append, "cancelled").cancel()
        timer = loop.call_later(3.0, rung.append, "cancelled underway")
        loop.call_later(2.0, timer.cancel)
        await asyncio.sleep(2.5)
        return rung, loop.time()

    assert run(main()) == ([], 2.5)


def test_what_needs_no_time_takes_none() -> None:
    async def main() -> float:
        event = asyncio.Event()
        asyncio.get_running_loop().call_soon(event.set)
        await event.wait()
        await asyncio.sleep(0)
        return asyncio.get_running_loop().time()

    assert run(main()) == 0.0


def test_a_timeout_rings_in_simulated_time() -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3600.0):
                await asyncio.Event().wait()
        return asyncio.get_running_loop().time()

    assert run(main()) == 3600.0


def test_waiting_for_what_no_timer_brings_is_an_error() -> None:
    with pytest.raises(NothingLeft, match="waits for what no timer will bring"):
        run(asyncio.Event().wait())


def test_threads_are_refused() -> None:
    with pytest.raises(RuntimeError, match="no threads in simulated time"):
        run(asyncio.to_thread(int))


def test_sockets_are_refused() -> None:
    with pytest.raises(RuntimeError, match="no sockets in simulated time"):
        run(asyncio.open_connection("127.0.0.1", 1883))


def test_what_is_raised_inside_comes_out() -> None:
    async def main() -> None:
        await asyncio.sleep(1)
        raise KeyError("inside")

    with pytest.raises(KeyError, match="inside"):
        run(main())
