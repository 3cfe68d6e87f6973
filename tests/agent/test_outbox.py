"""Events wait until the collector has them, whatever the disk and the broker do."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from agent.outbox import DISK_RETRY_S, Outbox
from agent.store import Store, StoreError
from content.broker import Delivery
from content.wire import Event, Received, decode
from content.work import Inline
from simulator import loop
from tests.agent_rig import BEGINNING

T = TypeVar("T")
RESEND_S = 10.0


def event(number: int) -> Event:
    return Event("", "none", 0, "ride-started", BEGINNING, "good", {"number": number})


class Disk(Inline):
    """Fails while it is told to; slow as long as it is told to be."""

    def __init__(self) -> None:
        self.failing, self.slow_s = False, 0.0

    async def __call__(self, job: Callable[[], T]) -> T:
        if self.failing:
            raise StoreError("the disk is full")
        result = job()
        await asyncio.sleep(self.slow_s)
        return result


class Sent:
    """A connection that remembers what was published on it, and answers nothing."""

    def __init__(self) -> None:
        self.topics: list[str] = []
        self.sequences: list[int] = []
        self.times: list[float] = []

    async def subscribe(self, topic: str, qos: int = 0) -> None:
        """Nobody listens."""

    async def unsubscribe(self, topic: str) -> None:
        """Nobody listened."""

    async def publish(self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False) -> None:
        assert (qos, retain) == (1, False)
        self.topics.append(topic)
        self.sequences.append(decode(payload, Event).sequence)
        self.times.append(asyncio.get_running_loop().time())

    async def deliveries(self) -> AsyncIterator[Delivery]:
        """Nothing comes."""
        nothing: tuple[Delivery, ...] = ()
        for delivery in nothing:
            yield delivery


def play(scenario: Callable[[Outbox, Store, Disk], Coroutine[Any, Any, None]], folder: Path) -> None:
    async def main() -> None:
        store, disk = Store(folder), Disk()
        await scenario(Outbox(store, disk, resend_s=RESEND_S), store, disk)
        store.close()

    loop.run(main())


def numbers(store: Store) -> list[int]:
    return [event.body["number"] for event in store.waiting(0, 10_000)]


async def stop(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def test_what_was_put_is_written_in_its_order(tmp_path: Path) -> None:
    async def scenario(outbox: Outbox, store: Store, _disk: Disk) -> None:
        writer = asyncio.create_task(outbox.write())
        for number in range(5):
            outbox.put(event(number))
        await asyncio.sleep(1)
        outbox.put(event(5))
        await asyncio.sleep(1)
        assert numbers(store) == [0, 1, 2, 3, 4, 5]
        await stop(writer)

    play(scenario, tmp_path)


def test_while_the_disk_fails_events_wait_in_memory_and_are_written_later(tmp_path: Path) -> None:
    async def scenario(outbox: Outbox, store: Store, disk: Disk) -> None:
        writer = asyncio.create_task(outbox.write())
        disk.failing = True
        for number in range(3):
            outbox.put(event(number))
            await asyncio.sleep(DISK_RETRY_S * 2)
        assert numbers(store) == []
        disk.failing = False
        await asyncio.sleep(DISK_RETRY_S)
        assert numbers(store) == [0, 1, 2]
        await stop(writer)

    play(scenario, tmp_path)


def test_a_writer_stopped_in_the_middle_of_a_commit_writes_nothing_twice(tmp_path: Path) -> None:
    async def scenario(outbox: Outbox, store: Store, disk: Disk) -> None:
        writer = asyncio.create_task(outbox.write())
        disk.slow_s = 1.0
        outbox.put(event(1))
        await asyncio.sleep(0.5)
        outbox.put(event(2))
        await stop(writer)
        await outbox.flush()
        assert numbers(store) == [1, 2]

    play(scenario, tmp_path)


def test_a_disk_that_fails_at_the_end_does_not_keep_the_display_from_stopping(tmp_path: Path) -> None:
    async def scenario(outbox: Outbox, _store: Store, disk: Disk) -> None:
        disk.failing = True
        outbox.put(event(1))
        try:
            async with asyncio.timeout(1.0):
                await outbox.flush()
        except StoreError as error:
            assert "full" in str(error)  # noqa: PT017 - a timeout is the other way out

    play(scenario, tmp_path)


def test_events_are_sent_in_order_each_at_its_kind(tmp_path: Path) -> None:
    async def scenario(outbox: Outbox, store: Store, _disk: Disk) -> None:
        store.append([event(n) for n in range(250)])
        sent = Sent()
        sender = asyncio.create_task(outbox.send(sent, "lift-2"))
        await asyncio.sleep(1)
        assert sent.sequences == list(range(1, 251))
        assert set(sent.topics) == {"hoistway/1/car/lift-2/event/ride-started"}
        await stop(sender)

    play(scenario, tmp_path)


def test_an_event_put_while_sending_is_sent_at_once(tmp_path: Path) -> None:
    async def scenario(outbox: Outbox, _store: Store, _disk: Disk) -> None:
        sent = Sent()
        tasks = [asyncio.create_task(outbox.write()), asyncio.create_task(outbox.send(sent, "lift-2"))]
        await asyncio.sleep(3)
        outbox.put(event(1))
        await asyncio.sleep(0.1)
        assert sent.times == [3.0]
        await stop(*tasks)

    play(scenario, tmp_path)


def test_what_the_collector_is_silent_about_is_sent_again(tmp_path: Path) -> None:
    async def scenario(outbox: Outbox, store: Store, _disk: Disk) -> None:
        store.append([event(1), event(2)])
        sent = Sent()
        sender = asyncio.create_task(outbox.send(sent, "lift-2"))
        await asyncio.sleep(RESEND_S + 1)
        assert sent.sequences == [1, 2, 1, 2]
        await outbox.received(Received(store.stream, 1))
        await asyncio.sleep(RESEND_S * 1.5)
        assert sent.sequences == [1, 2, 1, 2, 2]
        await stop(sender)

    play(scenario, tmp_path)


def test_a_busy_car_sends_again_too(tmp_path: Path) -> None:
    async def scenario(outbox: Outbox, _store: Store, _disk: Disk) -> None:
        sent = Sent()
        tasks = [asyncio.create_task(outbox.write()), asyncio.create_task(outbox.send(sent, "lift-2"))]
        for number in range(int(RESEND_S) + 5):
            outbox.put(event(number))
            await asyncio.sleep(1)
        assert sent.sequences.count(1) == 2
        await stop(*tasks)

    play(scenario, tmp_path)


def test_while_the_collector_keeps_up_nothing_is_sent_twice(tmp_path: Path) -> None:
    async def scenario(outbox: Outbox, store: Store, _disk: Disk) -> None:
        sent = Sent()
        tasks = [asyncio.create_task(outbox.write()), asyncio.create_task(outbox.send(sent, "lift-2"))]
        for number in range(1, 30):
            outbox.put(event(number))
            await asyncio.sleep(1)
            await outbox.received(Received(store.stream, number))
        assert sent.sequences == list(range(1, 30))
        assert store.count() == 0
        await stop(*tasks)

    play(scenario, tmp_path)


def test_only_what_the_collector_holds_is_deleted(tmp_path: Path) -> None:
    async def scenario(outbox: Outbox, store: Store, _disk: Disk) -> None:
        store.append([event(1), event(2), event(3)])
        await outbox.received(Received(store.stream, 2))
        assert numbers(store) == [3]

    play(scenario, tmp_path)


def test_what_is_received_of_another_stream_deletes_nothing(tmp_path: Path) -> None:
    async def scenario(outbox: Outbox, store: Store, _disk: Disk) -> None:
        store.append([event(1)])
        await outbox.received(Received("another", 1000))
        assert numbers(store) == [1]

    play(scenario, tmp_path)


def test_a_disk_that_fails_ends_neither_the_sending_nor_the_deleting(tmp_path: Path) -> None:
    async def scenario(outbox: Outbox, store: Store, disk: Disk) -> None:
        store.append([event(1)])
        sent = Sent()
        disk.failing = True
        sender = asyncio.create_task(outbox.send(sent, "lift-2"))
        await outbox.received(Received(store.stream, 1))
        await asyncio.sleep(RESEND_S)
        assert not sender.done()
        disk.failing = False
        await asyncio.sleep(RESEND_S)
        assert sent.sequences[0] == 1
        await stop(sender)

    play(scenario, tmp_path)


def test_inline_work_is_a_disk_too(tmp_path: Path) -> None:
    async def main() -> None:
        store = Store(tmp_path)
        outbox = Outbox(store, Inline())
        outbox.put(event(1))
        await outbox.flush()
        assert numbers(store) == [1]
        store.close()

    loop.run(main())
