"""The signed publications on this display: verified and drawn before they count, kept on the disk."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from securesystemslib.signer import Key

from agent.clock import Clock
from agent.known import Entry, Known, is_current, judge, key
from agent.known import Key as Name
from agent.store import Store, StoreError
from content.broker import Delivery
from content.envelope import unseal
from content.message import BadMessage, Publication
from content.work import Work

log = logging.getLogger("hoistway.agent")

MOST_REFUSED = 1000
"""So many refused payloads are remembered, so that each is reported once and not at every connect."""
MOST_KNOWN = 10_000


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the library stands on."""

    store: Store
    disk: Work
    drawing: Work
    check: Callable[[Publication], None]
    """Draws the publication's page. Raises BadMessage when it cannot be shown whole."""


class Library:
    """Takes deliveries one after the other; what is refused changes nothing."""

    def __init__(self, trusted: Key, place: str, clock: Clock, shelf: Shelf) -> None:
        self.known: Known = {}
        self._trusted, self._place, self._clock, self._shelf = trusted, place, clock, shelf
        self._refused: dict[int, None] = {}

    def load(self) -> None:
        """Read what the disk keeps; it is verified again. Blocks."""
        for envelope in self._remembered():
            try:
                publication = unseal(envelope, self._trusted)
            except BadMessage as error:
                log.warning("a publication on the disk is not used: %s", error)
                continue
            self.known[key(publication)] = Entry(publication, self._clock.read().now)
            self._clock.at_least(publication.sent)

    def _remembered(self) -> list[bytes]:
        try:
            return self._shelf.store.remembered()
        except StoreError as error:
            log.warning("what was kept is not known: %s", error)
            return []

    async def take(self, delivery: Delivery) -> Publication | None:
        """The publication when it is news. Raises BadMessage, once for each refused payload."""
        print_of = hash((delivery.topic, delivery.payload))
        try:
            return await self._take(delivery)
        except BadMessage:
            # Judged each time, as the clock may have been set since; told only once.
            if print_of in self._refused:
                return None
            self._refused[print_of] = None
            if len(self._refused) > MOST_REFUSED:
                del self._refused[next(iter(self._refused))]
            raise

    async def _take(self, delivery: Delivery) -> Publication | None:
        publication = unseal(delivery.payload, self._trusted)
        time = self._clock.read()
        if not judge(publication, self.known, self._place, time):
            return None
        if len(self.known) >= MOST_KNOWN and key(publication) not in self.known:
            raise BadMessage(f"{MOST_KNOWN} publications are known already; withdraw some")
        if not publication.withdrawn:
            await self._shelf.drawing(partial(self._shelf.check, publication))
        self.known[key(publication)] = Entry(publication, time.now)
        self._clock.at_least(publication.sent)
        await self._remember(publication, delivery.payload)
        return publication

    async def _remember(self, publication: Publication, envelope: bytes) -> None:
        try:
            await self._shelf.disk(partial(self._shelf.store.remember, *key(publication), envelope))
        except StoreError as error:
            log.warning("%s is known until the next restart only: %s", publication.id, error)

    async def prune(self) -> None:
        """Forget what can never count again. A withdrawn revision is kept until it would have expired."""
        time = self._clock.read()
        if not time.good:
            return
        for name, entry in list(self.known.items()):
            if entry.publication.expires <= time.utc and not is_current(entry, time):
                del self.known[name]
                await self._drop(name)

    async def _drop(self, name: Name) -> None:
        try:
            await self._shelf.disk(partial(self._shelf.store.drop, *name))
        except StoreError as error:
            log.warning("%s stays on the disk: %s", name[1], error)
