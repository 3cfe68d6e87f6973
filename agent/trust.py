"""Whom the display believes: one pinned key, or the pinned root of a signed repository."""

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from agent.clock import Clock
from agent.config import TrustSection
from agent.events import Happening, Refused, Took
from agent.files import Files
from agent.known import key
from agent.library import Library
from content.broker import Delivery
from content.envelope import BadKey, public_key
from content.message import BadMessage, NamedPicture, Publication
from content.repository.alert_keys import AlertKeys, Believed, Pinned
from content.repository.names import content_topic, target
from content.requests import Request
from content.work import Work

if TYPE_CHECKING:
    from agent.fetching import Fetching
    from agent.repository import Content, Repository

MOST_EARLY = 1000
"""So many deliveries wait for a new display's repository."""


class Trust:
    """With a key alone there is no repository, and nothing to fetch."""

    def __init__(self, section: TrustSection, place: str, folder: Path) -> None:
        """folder is where the repository is kept. Raises OSError, StoreError, BadMessage, BadKey."""
        self._fetching: Fetching | None = None
        self._repository: Repository | None = None
        self._pinned: Believed = AlertKeys()
        self._early: dict[tuple[str, bytes], Delivery] = {}
        if section.root is not None:
            self._repository = _repository(Path(section.root).read_bytes(), place, folder)
        elif section.key is not None:
            self._pinned = Pinned(section.key)

    @property
    def keys(self) -> Believed:
        """Who may sign alerts, releases and requests: the keys last verified."""
        return self._pinned if self._repository is None else self._repository.content.alert_keys

    def unseal(self, data: bytes) -> Publication:
        """An alert or release that may be believed. Raises BadMessage."""
        return self.keys.unseal(data)

    def request(self, data: bytes) -> Request:
        """A request that may be believed. Raises BadMessage."""
        return self.keys.request(data)

    def early(self, delivery: Delivery) -> bool:
        """Whether it came before the repository first said who is to be believed: then it is kept for that moment. A new
        display would refuse all that stands, and report it."""
        if self._repository is None or self._repository.content.alert_keys.keys:
            return False
        if len(self._early) < MOST_EARLY:
            self._early[delivery.topic, delivery.payload] = delivery
        return True

    def begin(self) -> None:
        """What the disk keeps of the repository; before the library reads its envelopes. Blocks."""
        if self._repository is not None:
            self._repository.load()

    def parts(
        self,
        library: Library,
        clock: Clock,
        disk: Work,
        want: Callable[[frozenset[str]], None],
        happened: Callable[[Happening], None],
        *,
        again: Callable[[Delivery], None],
    ) -> dict[str, Callable[[], Awaitable[None]]]:
        """What has to be kept running; again: judge what came too early."""
        if self._repository is None:
            return {}
        from agent.fetching import Fetching, Told  # noqa: PLC0415 - as above

        repository = self._repository

        async def took(content: "Content", *, kept: bool = False) -> None:
            for one, refused in await library.publish(content.published):
                if refused:
                    happened(Refused(content_topic(target(one.area, *key(one))), refused))
                elif not kept:
                    happened(Took(*key(one), one.revision))
            if content.alert_keys.keys:
                for delivery in self._early.values():
                    again(delivery)
                self._early.clear()

        fetching = Fetching(
            repository, clock, disk, Told(want, took, lambda topic, reason: happened(Refused(topic, reason)))
        )

        async def run() -> None:
            # What the disk had is drawn before it counts, like everything; nobody waits for it at the start.
            await took(repository.content, kept=True)
            await fetching.run()

        self._fetching = fetching
        return {"repository": run}

    def picture(self, wanted: NamedPicture) -> bytes:
        """The file of a picture, for drawing it. Raises OSError. Blocks."""
        try:
            if self._repository is not None:
                return self._repository.picture(wanted)
        except KeyError:
            pass
        raise FileNotFoundError(f"picture {wanted.name} is not in the repository of this display")

    def came(self, delivery: Delivery) -> bool:
        """Whether it was a file of the repository: then it is judged apart."""
        return self._fetching is not None and self._fetching.came(delivery)


def _repository(root: bytes, place: str, folder: Path) -> "Repository":
    from agent.repository import Repository  # noqa: PLC0415 - 6 MB that a display with a key has no use for

    return Repository(root, place, Files(folder))


def faults(section: TrustSection) -> Iterator[str]:
    """What is wrong with the configuration, one line each."""
    if (section.root is None) == (section.key is None):
        yield "[trust] needs either root (the root.json of enrolment) or key (for a demo), and not both"
        return
    try:
        if section.key is not None:
            public_key(section.key)
        if section.root is not None:
            from content.repository.verification import ALWAYS, begin  # noqa: PLC0415 - as above

            begin(Path(section.root).read_bytes(), ALWAYS)
    except BadKey as error:
        yield f"[trust] key: {error}"
    except BadMessage as error:
        yield f"[trust] root = {section.root!r}: {error}; copy the root.json that came with the enrolment"
    except OSError as error:
        yield f"[trust] root = {section.root!r}: {error.strerror}; copy the root.json of enrolment there"
