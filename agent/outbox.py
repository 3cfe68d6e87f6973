"""Events waiting for the broker: on the disk until the collector says that it has them."""

import asyncio
import logging
from collections import deque
from contextlib import suppress
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
        self._writing: asyncio.Future[None] | None = None
        self._held, self._held_at = 0, 0.0
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
            try:
                await self.flush()
            except StoreError as error:
                log.warning("events wait in memory: %s", error)
                await asyncio.sleep(DISK_RETRY_S)
                self._put.set()

    async def flush(self) -> None:
        """Write all that was put. Raises StoreError; then the events still wait in memory."""
        while self._unwritten:
            if self._writing is None:
                self._writing = asyncio.ensure_future(self._append())
            # Who waits may be cancelled; the commit is not, or its events would be written twice.
            await asyncio.shield(self._writing)

    async def _append(self) -> None:
        batch = list(self._unwritten)
        try:
            await self._work(partial(self._store.append, batch))
        finally:
            self._writing = None
        for _ in batch:
            self._unwritten.popleft()
        self._written.set()

    async def send(self, connection: Connection, car: str) -> None:
        """Send what waits, for ever; from the beginning again when the collector stays silent about it."""
        now = asyncio.get_running_loop().time
        sent, began = 0, now()
        while True:
            self._written.clear()
            batch = await self._waiting(sent)
            for event in batch:
                await connection.publish(event_topic(car, event.kind), encode(event), qos=1)
                sent = event.sequence
            again = max(began, self._held_at) + self._resend_s
            if not batch:
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(again):
                        await self._written.wait()
            if now() >= again:
                sent, began = 0, now()

    async def _waiting(self, beyond: int) -> list[Event]:
        try:
            return await self._work(partial(self._store.waiting, beyond, BATCH))
        except StoreError as error:
            log.warning("no events are sent: %s", error)
            return []

    async def received(self, received: Received) -> None:
        """Delete what the collector holds of our stream; another stream's number means nothing here."""
        if received.stream != self._store.stream:
            return
        if received.sequence > self._held:
            self._held, self._held_at = received.sequence, asyncio.get_running_loop().time()
        try:
            await self._work(partial(self._store.forget, received.sequence))
        except StoreError as error:
            log.warning("events that the collector holds stay on the disk: %s", error)
