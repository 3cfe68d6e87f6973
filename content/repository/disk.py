"""The repository's folder: files that are whole or not there, one writer at a time."""

import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from content.message import BadMessage
from content.repository.names import is_file
from content.wire import LARGEST

LOCK = ".lock"
FORGOTTEN = ".forgotten"
MOST_FORGOTTEN = 1000
"""So many deleted files are cleared again at every connect: a broker may have missed it."""


class Folder(Mapping[str, bytes]):
    """The repository's files by their names; the same folder is copied to a USB stick."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __getitem__(self, name: str) -> bytes:
        """A file's content, no more of it than shows that it is too large. Raises KeyError where there is none."""
        try:
            if not is_file(name):
                raise KeyError(name)
            with (self.path / name).open("rb") as file:
                return file.read(LARGEST + 1)
        except OSError as error:
            raise KeyError(name) from error

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and is_file(name) and (self.path / name).is_file()

    def __iter__(self) -> Iterator[str]:
        for folder, _, files in os.walk(self.path):
            inside = os.path.relpath(folder, self.path)
            names = files if inside == "." else [f"{inside}/{file}" for file in files]
            yield from filter(is_file, names)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def write(self, name: str, data: bytes) -> None:
        """Write a file beside, and put it in its place. Raises BadMessage."""
        path = self.path / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, data)
        except OSError as error:
            raise BadMessage(
                f"{path}: {error.strerror}; is the disk full, or may you not write there?"
            ) from error

    def forget(self, names: Sequence[str]) -> None:
        """Delete files, and remember which, because they may still stand at a broker. Raises BadMessage."""
        gone = [name for name in (*self.forgotten(), *names) if name in names or name not in self]
        self.write(FORGOTTEN, "\n".join(gone[-MOST_FORGOTTEN:]).encode())
        for name in names:
            (self.path / name).unlink(missing_ok=True)

    def forgotten(self) -> list[str]:
        """The files that were deleted last."""
        try:
            return (self.path / FORGOTTEN).read_text(encoding="utf-8").split()
        except OSError:
            return []

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Only one process changes the repository. Raises BadMessage."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            file = (self.path / LOCK).open("wb")
        except OSError as error:
            raise BadMessage(f"{self.path}: {error.strerror}; name a folder that you may write") from error
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def write_whole(path: Path, data: bytes) -> None:
    """Written beside and swapped: wherever the power goes, the old file is there or the new one. Raises OSError."""
    beside = path.with_name(f".{path.name}.new")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Have the disk hold what was renamed in a folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
