"""The link to the broker: subscribes to the truth, says how the display is, sends what happened.

The link counts as up only when our own retained status, with this connection's session counter, has come
back to us: a broker acknowledges what it drops, so its word proves nothing.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from random import Random

import msgspec

from agent.events import Happening, LinkLost, LinkRefused, LinkUp
from agent.outbox import Outbox
from agent.store import Store, StoreError
from content.broker import SUBSCRIBE_AGAIN_S, Broker, BrokerLost, Connection, Delivery
from content.message import BadMessage, prefixes
from content.wire import (
    Received,
    Status,
    area_topic,
    decode,
    encode,
    received_topic,
    request_topic,
    status_topic,
)
from content.work import Work

log = logging.getLogger("hoistway.agent")

PROVEN_S = 10.0
"""Within this long our status has to come back."""
MOST_PAUSE_S = 3600.0
"""Files that came whole are asked for again now and then only."""
STATUS_PACE_S = 1.0
GOODBYE_S = 1.0
BACKOFF_S = (1.0, 300.0)
MOST_DOUBLINGS = 20
STEADY_S = 60.0
"""A link that held this long is worth connecting again at once; being kicked after a second is not."""


class StatusDenied(BrokerLost):
    """The broker does not give our own status back."""


@dataclass(frozen=True, slots=True)
class Ears:
    """Who is told what the link hears."""

    took: Callable[[Delivery], None]
    happened: Callable[[Happening], None]
    status: Callable[[int], Status]
    """The display's status for a session."""


class Link:
    """Connects for ever, with full jitter between the tries."""

    def __init__(
        self,
        broker: Broker,
        car: str,
        area: str,
        *,
        outbox: Outbox,
        store: Store,
        disk: Work,
        ears: Ears,
        random: Random,
        now: Callable[[], float],
        proven_s: float = PROVEN_S,
    ) -> None:
        self._broker, self._car, self._area = broker, car, area
        self._outbox, self._store, self._disk = outbox, store, disk
        self._ears, self._random = ears, random
        self._now, self._proven_s = now, proven_s
        self._proven = asyncio.Event()
        self._stale = asyncio.Event()
        self._said: str | None = None
        self._files: frozenset[str] = frozenset()
        self._files_changed = asyncio.Event()
        self._answers: asyncio.Queue[Delivery] = asyncio.Queue()
        self._stands = b""
        """Our status as it was last published in this session."""
        self._counted = 0

    def status_changed(self) -> None:
        """The display's status is another one: publish it soon."""
        self._stale.set()

    def say(self, answer: Delivery) -> None:
        """Publish an answer, once: whoever does not hear it asks again."""
        self._answers.put_nowait(answer)

    def want(self, topics: frozenset[str]) -> None:
        """Listen to these files of the repository, now and after every connect."""
        self._files = topics
        self._files_changed.set()

    async def run(self) -> None:
        """Keep the link, for ever."""
        tries = 0
        while True:
            began = self._now()
            try:
                await self._session()
            except* BrokerLost as lost:
                self._lost(lost.exceptions[0])
            if (task := asyncio.current_task()) is not None and task.cancelling():
                # The errors of a task group swallow a cancellation that comes at the same moment.
                raise asyncio.CancelledError
            tries = 0 if self._now() - began > STEADY_S else tries + 1
            base, cap = BACKOFF_S
            await asyncio.sleep(self._random.uniform(0, min(cap, base * 2 ** min(tries, MOST_DOUBLINGS))))

    def _lost(self, error: BaseException) -> None:
        """Told once for each reason: a broker that stays away says nothing new."""
        reason = str(error)
        if reason != self._said:
            log.warning("%s; the glass goes on, events wait on the disk", reason)
            refused = isinstance(error, StatusDenied)
            self._ears.happened(LinkRefused(reason) if refused else LinkLost(reason))
        self._said = reason
        self._proven.clear()

    async def _session(self) -> None:
        self._proven.clear()
        session = await self._next_session()
        will = Delivery(status_topic(self._car), encode(Status(online=False, session=session)), retained=True)
        async with self._broker.connect(self._car, will) as connection, asyncio.TaskGroup() as tasks:
            tasks.create_task(self._subscribe(connection), name="subscribe")
            tasks.create_task(self._fetch(connection), name="files")
            tasks.create_task(self._tell(connection, session), name="status")
            tasks.create_task(self._answer(connection), name="answers")
            tasks.create_task(self._send(connection, session), name="send")
            # In the body, not a task: Python 3.11 forgets to take back how it wakes a group that only waits.
            await self._listen(connection, session)

    async def _next_session(self) -> int:
        """Counted on the disk; while the disk fails, from the last one known: alerts must come all the same."""
        try:
            self._counted = await self._disk(self._store.next_session)
        except StoreError as error:
            log.warning("the session is not counted: %s", error)
            self._counted += 1
        return self._counted

    async def _subscribe(self, connection: Connection) -> None:
        """Twice: just after connecting a broker may lose what it should deliver."""
        for pause in (SUBSCRIBE_AGAIN_S, 0.0):
            await connection.subscribe(status_topic(self._car))
            await connection.subscribe(received_topic(self._car))
            await connection.subscribe(request_topic(self._car, "+"))
            for area in prefixes(self._area):
                for kind in ("alert", "release", "message"):
                    await connection.subscribe(area_topic(area, kind, "+"))
            await asyncio.sleep(pause)

    async def _fetch(self, connection: Connection) -> None:
        """Ask for what is wanted as soon as it is, and again, ever more rarely: at QoS 0 a delivery may be lost."""
        asked, again, pause = frozenset[str](), False, SUBSCRIBE_AGAIN_S
        while True:
            self._files_changed.clear()
            wanted = self._files
            for topic in sorted(asked - wanted):
                await connection.unsubscribe(topic)
            for topic in sorted(wanted if again else wanted - asked):
                await connection.subscribe(topic)
            asked, again = wanted, False
            try:
                async with asyncio.timeout(pause):
                    await self._files_changed.wait()
                pause = SUBSCRIBE_AGAIN_S
            except TimeoutError:
                again, pause = True, min(2 * pause, MOST_PAUSE_S)

    async def _tell(self, connection: Connection, session: int) -> None:
        """Publish the status whenever it changed, but not faster than anybody could use it."""
        try:
            await self._tell_changes(connection, session)
        except asyncio.CancelledError:
            # A clean goodbye: the broker sends no will then, so the status has to say it.
            offline = encode(msgspec.structs.replace(self._ears.status(session), online=False))
            with suppress(BrokerLost, TimeoutError):
                async with asyncio.timeout(GOODBYE_S):
                    await connection.publish(status_topic(self._car), offline, qos=1, retain=True)
            raise

    async def _tell_changes(self, connection: Connection, session: int) -> None:
        self._stands = b""
        while True:
            self._stale.clear()
            status = encode(self._ears.status(session))
            if status != self._stands:
                self._stands = status
                await connection.publish(status_topic(self._car), status, qos=1, retain=True)
                await asyncio.sleep(STATUS_PACE_S)
            await self._stale.wait()

    async def _send(self, connection: Connection, session: int) -> None:
        try:
            async with asyncio.timeout(self._proven_s):
                await self._proven.wait()
        except TimeoutError:
            raise StatusDenied(
                "the broker took the connection, but our status does not come back: "
                "may this car read and write its own topics?"
            ) from None
        self._said = None
        log.info("the link is up, session %d", session)
        self._ears.happened(LinkUp(session))
        await self._outbox.send(connection, self._car)

    async def _answer(self, connection: Connection) -> None:
        while True:
            answer = await self._answers.get()
            await connection.publish(answer.topic, answer.payload, qos=1)

    async def _listen(self, connection: Connection, session: int) -> None:
        async for delivery in connection.deliveries():
            if delivery.topic == status_topic(self._car):
                self._own_status(delivery, session)
            elif delivery.topic == received_topic(self._car):
                await self._received(delivery)
            elif delivery.payload:
                # An empty payload withdraws nothing: only a signed revision does.
                self._ears.took(delivery)
        raise BrokerLost("the connection ended")

    def _own_status(self, delivery: Delivery, session: int) -> None:
        try:
            status = decode(delivery.payload, Status)
        except BadMessage:
            self._say_again()
            return
        if status.online and status.session == session:
            self._proven.set()
        elif status.session <= session:
            self._say_again()

    def _say_again(self) -> None:
        """Something else stands there: a late will of an earlier connection, or a stranger's payload."""
        self._stands = b""
        self._stale.set()

    async def _received(self, delivery: Delivery) -> None:
        try:
            received = decode(delivery.payload, Received)
        except BadMessage as error:
            log.warning("%s: not taken: %s", delivery.topic, error)
            return
        await self._outbox.received(received)
