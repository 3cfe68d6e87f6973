"""Events waiting for the broker: on the disk until the collector says that it has them."""

import asyncio
import logging
from collections import deque
from functools import partial

from agent.store import Store, StoreError
from content.broker import Connection
from content.wire import Event, Received, encode, event_topic
from content.work import Work

log = logging.getLogger("hoistway.agent")

BATCH = 100
RESEND_S = 10.0
"""Events sent and not yet held by the collector are sent again after this long."""
DISK_RETRY_S = 5.0


class Outbox:
    """put() never waits; a task of its own writes, another one sends."""

    def __init__(self, store: Store, work: Work, *, resend_s: float = RESEND_S) -> None:
        self._store, self._work, self._resend_s = store, work, resend_s
        self._unwritten: deque[Event] = deque()
        self._put, self._written = asyncio.Event(), asyncio.Event()

    def put(self, event: Event) -> None:
        """Take an event; it is on the disk a commit later."""
        self._unwritten.append(event)
        self._put.set()

    async def write(self) -> None:
        """Write what was put, for ever: one commit for all that came during the last one."""
        while True:
            await self._put.wait()
            self._put.clear()
            await self.flush()

    async def flush(self) -> None:
        """Write all that was put. While the disk fails, events wait in memory and nothing else does."""
        while self._unwritten:
            batch = list(self._unwritten)
            try:
                await self._work(partial(self._store.append, batch))
            except StoreError as error:
                log.warning("events wait in memory: %s", error)
                await asyncio.sleep(DISK_RETRY_S)
                continue
            for _ in batch:
                self._unwritten.popleft()
            self._written.set()

    async def send(self, connection: Connection, car: str) -> None:
        """Send what waits, for ever; from the beginning again when the collector stays silent about it."""
        sent = 0
        while True:
            self._written.clear()
            batch = await self._work(partial(self._store.waiting, sent, BATCH))
            for event in batch:
                await connection.publish(event_topic(car, event.kind), encode(event), qos=1)
                sent = event.sequence
            if not batch and await self._silence():
                sent = 0

    async def _silence(self) -> bool:
        """Wait for something new to send; whether that took so long that the old has to be sent again."""
        try:
            async with asyncio.timeout(self._resend_s):
                await self._written.wait()
        except TimeoutError:
            return True
        return False

    async def received(self, received: Received) -> None:
        """Delete what the collector holds of our stream; another stream's number means nothing here."""
        if received.stream == self._store.stream:
            await self._work(partial(self._store.forget, received.sequence))
