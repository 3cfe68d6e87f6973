"""The signed publications on this display: verified and drawn before they count, kept on the disk."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from agent.clock import Clock
from agent.known import AHEAD, Catalogue, Entry, entry_of, is_current, is_needed, judge, key
from agent.known import Key as Name
from agent.store import Store, StoreError
from content.broker import Delivery
from content.message import BadMessage, Message, Playlist, Publication
from content.repository.alert_keys import Unseal
from content.work import Work

log = logging.getLogger("hoistway.agent")

MOST_REFUSED = 1000
"""So many refused payloads are remembered, so that each is reported once and not at every connect."""
MOST_KNOWN = 10_000

Published = Message | Playlist
"""What the repository holds."""


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

    def __init__(self, unseal: Unseal, place: str, clock: Clock, shelf: Shelf) -> None:
        self.known = Catalogue()
        self._unseal, self._place, self._clock, self._shelf = unseal, place, clock, shelf
        self._published: set[Name] = set()
        """Those of the known that stand in the repository, which alone keeps and withdraws them."""
        self._refused: dict[int, None] = {}

    def load(self) -> None:
        """Read what the disk keeps; it is verified again. Blocks."""
        for envelope in self._remembered():
            try:
                publication = self._unseal(envelope)
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
        publication = self._unseal(delivery.payload)
        time = self._clock.read()
        if not judge(publication, self.known, self._place, time):
            return None
        if len(self.known) - len(self._published) >= MOST_KNOWN and key(publication) not in self.known:
            raise BadMessage(f"{MOST_KNOWN} publications are known already; withdraw some")
        if not publication.withdrawn:
            await self._shelf.drawing(partial(self._shelf.check, publication))
        self.known[key(publication)] = entry_of(publication, self.known, time)
        self._clock.at_least(publication.sent)
        await self._remember(publication, delivery.payload)
        return publication

    async def publish(self, published: Iterable[Published]) -> list[tuple[Published, str]]:
        """Have exactly these stand for the repository, but for what is over: the revision before it ended with it.

        Gives what is news, each with why it is refused, or "".
        """
        wanted = {key(one): one for one in published if not self._is_over(one)}
        for name in self._published - wanted.keys():
            del self.known[name]
        self._published &= wanted.keys()
        news = [
            one
            for name, one in wanted.items()
            if name not in self.known or self.known[name].publication != one
        ]
        return [(one, await self._publish(one)) for one in news]

    def _is_over(self, one: Published) -> bool:
        time = self._clock.read()
        return time.good and time.utc >= one.expires

    async def _publish(self, one: Published) -> str:
        time = self._clock.read()
        if time.good and one.sent > time.utc + AHEAD:
            return f"sent at {one.sent.isoformat()}, which is still to come"
        try:
            await self._shelf.drawing(partial(self._shelf.check, one))
        except BadMessage as error:
            return str(error)
        self._shelve(one)
        return ""

    def _shelve(self, one: Published) -> None:
        self.known[key(one)] = Entry(one, self._clock.read().now)
        self._published.add(key(one))
        self._clock.at_least(one.sent)

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
            over = entry.publication.expires <= time.utc and not is_current(entry, time)
            if over and not is_needed(entry.publication, self.known, time):
                del self.known[name]
                self._published.discard(name)
                await self._drop(name)

    async def _drop(self, name: Name) -> None:
        try:
            await self._shelf.disk(partial(self._shelf.store.drop, *name))
        except StoreError as error:
            log.warning("%s stays on the disk: %s", name[1], error)
