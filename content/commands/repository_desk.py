"""The desk of an office with a repository: messages and playlists reach displays by that alone, and publishers of areas
bring theirs there from desks of their own."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from content.behind import Expected
from content.commands.office import KEYS, REPOSITORY
from content.desk import Change, Desk
from content.envelope import look_inside
from content.message import BadMessage, Publication, in_area, kind_of
from content.repository.names import TIMESTAMP
from content.wire import ROOT

if TYPE_CHECKING:
    from content.repository.contents import Contents, Listed

BY_REPOSITORY = ("message", "playlist")


class RepositoryDesk(Desk):
    """A display with a pinned root would refuse a message in an envelope of its own, and report it each time."""

    def __init__(self, path: Path, repository: Path) -> None:
        """repository: its folder. What is signed with keys of the ring beside it is this desk's to change."""
        super().__init__(path)
        self._desk, self._repository = path, repository
        self._brought: list[Listed] = []

    def changes(self, after: int, utc: datetime) -> list[Change]:
        """Alerts and releases only."""
        return [change for change in super().changes(after, utc) if _kind(change.topic) not in BY_REPOSITORY]

    def envelopes(self, place: str) -> list[tuple[str, str, bytes]]:
        """Alerts and releases only."""
        return [found for found in super().envelopes(place) if found[0] not in BY_REPOSITORY]

    def publish_all(self, signed: Sequence[tuple[Publication, bytes]]) -> list[str]:
        """Not what would never go out: a publisher has one of this id there, or in an area around or inside, of which
        displays know only one; and `publish` would be refused."""
        for publication, _ in signed:
            if kind_of(publication) in BY_REPOSITORY and not publication.withdrawn:
                self._require_ours(publication)
        return super().publish_all(signed)

    def _require_ours(self, publication: Publication) -> None:
        kind, name, area = kind_of(publication), publication.id, publication.area
        mine = self._kept()
        for one in self.brought(lambda contents: contents.named(kind, name)):
            there = one.publication.area
            # Where no ring tells, what was ever on this desk may be its own, and what stands in this very area too.
            theirs = one.in_ring is False or (
                one.in_ring is None and there != area and _target(one.publication) not in mine
            )
            if theirs and (in_area(there, area) or in_area(area, there)):
                why = "changed there" if there == area else "displays know only one of an id"
                raise BadMessage(
                    f"{kind} {name} for {there} is of the publisher of {one.publisher}, and {why}: "
                    f"take another id{self._or_its_copy()}"
                )

    def _or_its_copy(self) -> str:
        """The next step of a publisher on its own desk, for whom the repository of the office was found."""
        if self._desk.resolve().parent == self._repository.resolve().parent:
            return ""
        return f", or, if {self._desk} is the desk of that publisher, name its copy of the repository with --repository"

    def expected(self, utc: datetime) -> Expected:
        """What a repository no longer has is not known as withdrawn: it is gone. While it cannot be read, what was read
        last counts."""
        with suppress(BadMessage):
            self._brought = self.brought(lambda contents: contents.every())
        return self.expected_with(self._brought, utc)

    def expected_with(self, brought: "Sequence[Listed]", utc: datetime) -> Expected:
        """The same, when of what publishers brought this is known already: all, or all that is for the place in question."""
        rows = self._rows(
            "SELECT area, kind, id, revision FROM publication WHERE envelope IS NOT NULL AND expires > ? "
            f"AND NOT (withdrawn AND kind IN ({','.join('?' * len(BY_REPOSITORY))}))",
            utc.astimezone(UTC).isoformat(),
            *BY_REPOSITORY,
        )
        theirs = {_target(one.publication): one.publication for one in brought}
        mine = (row for row in rows if tuple(row[:3]) not in theirs)
        current = ((*target, one.revision) for target, one in theirs.items() if one.expires > utc)
        return Expected([*mine, *current], self.ended())

    def brought(self, part: "Callable[[Contents], list[Listed]]") -> "list[Listed]":
        """What stands in a part of the repository and was not put there from this desk. Raises BadMessage."""
        withdrawn = self._kept()
        return [one for one in part(self._contents) if not _is_mine(one, withdrawn)]

    def _kept(self) -> "dict[Target, bool]":
        """All that was ever put on this desk, and whether it is withdrawn."""
        rows = self._rows("SELECT area, kind, id, withdrawn FROM publication")
        return {(area, kind, name): bool(gone) for area, kind, name, gone in rows}

    @cached_property
    def _contents(self) -> "Contents":
        """With python-tuf, which other commands do not wait for."""
        made: Contents = import_module("content.repository.contents").Contents(
            self._repository, self._repository.parent / KEYS
        )
        return made


Target = tuple[str, str, str]
"""Area, kind and id."""


def _target(publication: Publication) -> Target:
    return publication.area, kind_of(publication), publication.id


def _is_mine(one: "Listed", withdrawn: dict[Target, bool]) -> bool:
    """Whether what stands in the repository was put there from this desk, of which all is given that ever stood there.

    A publisher may take over what was withdrawn here, and what is to be withdrawn stands until `publish`: the ring tells
    one from the other. Where there is none, what still stands here is taken for this desk's.
    """
    target = _target(one.publication)
    if target not in withdrawn:
        return False
    return not withdrawn[target] if one.in_ring is None else one.in_ring


def brought(
    desk: Desk, part: "Callable[[Contents], list[Listed]]" = lambda contents: contents.every()
) -> "list[Listed]":
    """What publishers of areas put into the repository of a desk, from desks of their own. Raises BadMessage."""
    return desk.brought(part) if isinstance(desk, RepositoryDesk) else []


def expected_with(desk: Desk, theirs: "Sequence[Listed]", utc: datetime) -> Expected:
    """What displays should know by a desk and what publishers brought; that may be all that is for one place."""
    return desk.expected_with(theirs, utc) if isinstance(desk, RepositoryDesk) else desk.expected(utc)


@dataclass(frozen=True, slots=True)
class Whose:
    """A publication, and who published it."""

    publication: Publication
    publisher: str | None = None
    """The area whose publisher brought it; None: it was published from this desk."""

    @property
    def fields(self) -> dict[str, str | None]:
        """For programs. Alerts and releases are not in a repository: whoever signed them, they stand on the desk."""
        return {"publisher": self.publisher} if kind_of(self.publication) in BY_REPOSITORY else {}

    @property
    def cells(self) -> list[str]:
        """The same for a table, under `heading`."""
        return [self.publisher or "this desk"] if self.fields else []


def heading(kind: str) -> list[str]:
    """Of the column that says whose it is."""
    return ["PUBLISHER"] if kind in BY_REPOSITORY else []


def brought_of(desk: Desk, kind: str, name: str | None = None) -> list[Whose]:
    """What publishers brought of a kind, or of it under an id. Raises BadMessage."""
    if kind not in BY_REPOSITORY:
        return []
    theirs = brought(desk) if name is None else brought(desk, lambda contents: contents.named(kind, name))
    return whose(theirs, kind, name)


def whose(theirs: "Sequence[Listed]", kind: str, name: str | None = None) -> list[Whose]:
    """Of what publishers brought, that of a kind, or of it under an id."""
    return [
        Whose(one.publication, one.publisher) for one in theirs
        if kind_of(one.publication) == kind and name in (None, one.publication.id)
    ]  # fmt: skip


def all_at(desk: Desk, theirs: "Sequence[Listed]", place: str) -> list[Whose]:
    """What stands for a place: what publishers brought, and what is on the desk, but for what they have in its place."""
    replaced = {_target(one.publication) for one in theirs}
    # Not desk.envelopes: with a repository these are only what goes out in envelopes.
    kept = (look_inside(envelope) for _, _, envelope in Desk.envelopes(desk, place))
    mine = [Whose(one) for one in kept if _target(one) not in replaced]
    return mine + [Whose(one.publication, one.publisher) for one in theirs]


def beside(path: Path) -> Path | None:
    """The repository that lies beside a desk, if one does."""
    folder = path.parent / REPOSITORY
    return folder if is_repository(folder) else None


def is_repository(folder: Path) -> bool:
    """Whether one stands in a folder."""
    return (folder / TIMESTAMP).exists()


def puts_out(folder: Path) -> bool:
    """Whether the ring beside a repository can make the next version of it, as that of an office: a copy, which has no
    ring or a publisher's beside it, cannot be put out."""
    return any((folder.parent / KEYS).glob("snapshot*.pem"))


def desk_at(path: Path, repository: Path | None) -> Desk:
    """The desk in a file, with a repository or without one."""
    return Desk(path) if repository is None else RepositoryDesk(path, repository)


def _kind(topic: str) -> str:
    """The word before the name, in an area's topic."""
    return topic.removeprefix(f"{ROOT}/area/").split("/")[-2]
