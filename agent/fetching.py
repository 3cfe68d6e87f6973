"""Fetches the files of the repository, each by its own topic, and has them judged as they come."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from agent.clock import Clock
from agent.repository import Content, Done, Missing, Repository
from agent.store import StoreError
from content.broker import Delivery
from content.repository.names import INDEX, TIMESTAMP, content_topic, file_of, hash_in
from content.repository.verification import ALWAYS, EXPIRED, BadRepository
from content.wire import LARGEST
from content.work import Work

log = logging.getLogger("hoistway.agent")

STANDING = frozenset((INDEX, TIMESTAMP))
"""What is always listened to: these change, everything else has its version or its hash in its name."""
JUDGE_AGAIN_S = 60.0
"""What was refused may count later: a clock is set, and what came whole takes the place of what came forged."""
WITHHELD_S = 300.0
"""What does not come for so long is withheld, or was never published."""
IN_MEMORY = 2_000_000
"""Bytes of targets that wait for the rest; then they go to the disk first."""
MOST_SAID = 1000
"""So many refusals are remembered, so that each is told once."""


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told what."""

    want: Callable[[frozenset[str]], None]
    """Listen to exactly these topics of the repository."""
    took: Callable[[Content], Awaitable[None]]
    refused: Callable[[str, str], None]
    """Topic and reason, once for each."""


class Fetching:
    """Feed it with what comes; run it. The content before stays until the next is complete."""

    def __init__(self, repository: Repository, clock: Clock, disk: Work, told: Told) -> None:
        self._repository, self._clock, self._disk, self._told = repository, clock, disk, told
        self._arrived: dict[str, bytes] = {}
        self._wanted: frozenset[str] = frozenset()
        self._since = 0.0
        """Since when the same files are awaited, monotonic."""
        self._ready = asyncio.Event()
        self._again = False
        self._said: dict[tuple[str, str], None] = {}

    def came(self, delivery: Delivery) -> bool:
        """Whether it was a file of the repository. What nobody asked for is not kept."""
        file = file_of(delivery.topic)
        if file is None:
            return False
        if len(delivery.payload) > LARGEST:
            self._refuse(file, f"{len(delivery.payload)} bytes; at most {LARGEST} are read")
        elif file in STANDING | self._wanted:
            self._arrived[file] = delivery.payload
            if file in STANDING or self._enough():
                self._ready.set()
        return True

    def _enough(self) -> bool:
        """Whether it is worth judging: all has come, or more than should wait in the memory."""
        return self._arrived.keys() >= self._wanted or sum(map(len, self._arrived.values())) > IN_MEMORY

    async def run(self) -> None:
        """Judge whatever came, for ever."""
        self._want(self._wanted)
        latest = self._now()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(JUDGE_AGAIN_S):
                    await self._ready.wait()
            if self._ready.is_set() or self._again:
                self._ready.clear()
                await self._judge()
            elif self._frozen():
                self._refuse(TIMESTAMP, f"{TIMESTAMP}: {EXPIRED}")
            if self._now() < latest:
                # The clock was set back: what was over by it, and forgotten, may count again.
                await self._told.took(self._repository.content)
            latest = self._now()

    def _frozen(self) -> bool:
        """Whether what is here has expired since: that nothing newer came has to be said, even if nothing came."""
        return ALWAYS < self._repository.content.expires <= self._now()

    def _now(self) -> datetime:
        """For judging expiry: the clock, or where it is doubtful the highest time that is certainly past."""
        reading = self._clock.read()
        return reading.utc if reading.good else self._clock.floor

    async def _judge(self) -> None:
        self._again = True
        arrived = dict(self._arrived)
        began = frozenset(arrived)
        try:
            result = await self._disk(partial(self._update, arrived, self._now()))
        except BadRepository as error:
            self._refuse(error.file, str(error))
            # The standing files stay: they may count when the clock is set.
            if error.file not in STANDING and self._arrived.pop(error.file, None) is not None:
                self._ready.set()
        except StoreError as error:
            log.warning("the repository is not updated: %s", error)
        else:
            await self._judged(result, staged=began - arrived.keys())

    def _update(self, arrived: dict[str, bytes], now: datetime) -> Done | Missing:
        """On the disk's thread. Targets go to the disk at once: together they may be larger than the memory."""
        targets = [file for file in arrived if hash_in(file) and file not in STANDING]
        for file in targets:
            self._repository.stage(file, arrived.pop(file))
        return self._repository.update(arrived, now)

    async def _judged(self, result: Done | Missing, staged: frozenset[str]) -> None:
        for file in staged:
            del self._arrived[file]
        if isinstance(result, Missing):
            self._await(result.files)
            return
        self._again = False
        self._await(frozenset())
        self._arrived = {file: data for file, data in self._arrived.items() if file in STANDING}
        for target, reason in result.content.refused:
            self._refuse(target, reason)
        if result.changed:
            await self._told.took(result.content)

    def _await(self, files: frozenset[str]) -> None:
        if files != self._wanted:
            self._since = self._clock.now()
            self._want(files)
            if files and self._enough():
                self._ready.set()
        elif files and self._clock.now() - self._since > WITHHELD_S:
            self._refuse(TIMESTAMP, f"what it leads to does not come: {', '.join(sorted(files)[:3])}")

    def _want(self, files: frozenset[str]) -> None:
        self._wanted = files
        self._told.want(frozenset(content_topic(file) for file in STANDING | files))

    def _refuse(self, file: str, reason: str) -> None:
        """Told once for each reason."""
        if (file, reason) not in self._said:
            self._said[file, reason] = None
            if len(self._said) > MOST_SAID:
                del self._said[next(iter(self._said))]
            self._told.refused(content_topic(file), reason)
