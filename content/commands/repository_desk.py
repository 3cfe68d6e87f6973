"""The desk of an office with a repository: messages and playlists reach displays by that alone."""

from datetime import UTC, datetime
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from content.behind import Expected
from content.commands.office import REPOSITORY
from content.desk import Change, Desk
from content.repository.names import TIMESTAMP
from content.wire import ROOT

BY_REPOSITORY = ("message", "playlist")


class RepositoryDesk(Desk):
    """A display with a pinned root would refuse a message in an envelope of its own, and report it each time."""

    def __init__(self, path: Path, repository: Path) -> None:
        """repository: its folder, where content stands too that publishers of areas brought from desks of their own."""
        super().__init__(path)
        self._repository = repository

    def changes(self, after: int, utc: datetime) -> list[Change]:
        """Alerts and releases only."""
        return [change for change in super().changes(after, utc) if _kind(change.topic) not in BY_REPOSITORY]

    def envelopes(self, place: str) -> list[tuple[str, str, bytes]]:
        """Alerts and releases only."""
        return [found for found in super().envelopes(place) if found[0] not in BY_REPOSITORY]

    def expected(self, utc: datetime) -> Expected:
        """What a repository no longer has is not known as withdrawn: it is gone."""
        rows = self._rows(
            "SELECT area, kind, id, revision FROM publication WHERE envelope IS NOT NULL AND expires > ? "
            f"AND NOT (withdrawn AND kind IN ({','.join('?' * len(BY_REPOSITORY))}))",
            utc.astimezone(UTC).isoformat(),
            *BY_REPOSITORY,
        )
        mine = {tuple(row[:3]) for row in rows}
        others = (row for row in self._contents.current(utc) if row[:3] not in mine)
        return Expected([*rows, *others], self.ended())

    @cached_property
    def _contents(self) -> Any:
        """With python-tuf, which other commands do not wait for."""
        return import_module("content.repository.contents").Contents(self._repository)


def beside(path: Path) -> Path | None:
    """The repository that lies beside a desk, if one does."""
    folder = path.parent / REPOSITORY
    return folder if is_repository(folder) else None


def is_repository(folder: Path) -> bool:
    """Whether one stands in a folder."""
    return (folder / TIMESTAMP).exists()


def desk_at(path: Path, repository: Path | None) -> Desk:
    """The desk in a file, with a repository or without one."""
    return Desk(path) if repository is None else RepositoryDesk(path, repository)


def _kind(topic: str) -> str:
    """The word before the name, in an area's topic."""
    return topic.removeprefix(f"{ROOT}/area/").split("/")[-2]
