"""Files that change all at once: what is verified on the disk is whole, wherever the power goes.

Each content is a file named by its SHA-256, and one list says which of them count. The new list is written beside the
old one and renamed over it when all that it names is on the disk; only then is the rest deleted. SQLite holds what is
small (agent/store.py); pictures would be copied through its log with every commit.
"""

import hashlib
import logging
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from agent.store import StoreError
from content.repository.disk import flush_folder
from content.repository.names import hash_in

log = logging.getLogger("hoistway.agent")

LIST = "list.json"
_NAMED = re.compile(r"[0-9a-f]{64}")


class Disk:
    """The four things done to a disk. Each is on it when the call returns, or raises OSError."""

    def write(self, path: Path, data: bytes) -> None:
        """A whole new file."""
        with path.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def rename(self, path: Path, over: Path) -> None:
        """Put a file in the place of another."""
        path.replace(over)
        flush_folder(over.parent)

    def remove(self, path: Path) -> None:
        """Delete a file."""
        path.unlink(missing_ok=True)

    def make(self, folder: Path) -> None:
        """A folder, with those above it."""
        folder.mkdir(parents=True, exist_ok=True)


class Files(Mapping[str, bytes]):
    """By name; what was damaged is not there, and comes again like what never came."""

    def __init__(self, folder: Path, disk: Disk | None = None) -> None:
        """Open or begin it. Raises StoreError."""
        self._folder, self._disk = folder, disk or Disk()
        try:
            self._disk.make(folder)
            self._list = _read_list(folder / LIST)
        except OSError as error:
            raise StoreError(f"{folder}: {error.strerror}; name a folder that can be written") from error

    def __getitem__(self, name: str) -> bytes:
        """A file's content, with the hash it was written under. Raises KeyError."""
        path = self._path(name)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise KeyError(name) from error
        if hashlib.sha256(data).hexdigest() != path.name:
            log.warning("%s was damaged on the disk; it is fetched again", name)
            path.unlink(missing_ok=True)
            raise KeyError(name)
        return data

    def __contains__(self, name: object) -> bool:
        try:
            return isinstance(name, str) and self._path(name).is_file()
        except KeyError:
            return False

    def __iter__(self) -> Iterator[str]:
        return iter(self._list)

    def __len__(self) -> int:
        return len(self._list)

    def _path(self, name: str) -> Path:
        return self._folder / (self._list.get(name) or hash_in(name) or _unknown(name))

    def put(self, data: bytes) -> str:
        """Keep a content until the next swap; gives its SHA-256. Raises StoreError."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._folder / sha256
        if not path.is_file():
            self._replace(path, data)
        return sha256

    def swap(self, files: Mapping[str, bytes], targets: Iterable[str]) -> None:
        """Only these count from now on: files by their content, targets as they were put. Raises StoreError."""
        names = {name: self.put(data) for name, data in files.items()}
        names |= {name: hash_in(name) or _unknown(name) for name in targets}
        self._replace(self._folder / LIST, msgspec.json.encode(names))
        self._list = names
        self.prune(())

    def prune(self, also: Iterable[str]) -> None:
        """Delete what neither the list nor any of these targets needs. Raises StoreError."""
        needed = {LIST, *self._list.values(), *filter(None, map(hash_in, also))}
        try:
            for path in list(self._folder.iterdir()):
                if path.name not in needed:
                    self._disk.remove(path)
        except OSError as error:
            raise StoreError(f"{self._folder}: {error.strerror}") from error

    def _replace(self, path: Path, data: bytes) -> None:
        beside = path.with_name(f"{path.name}.new")
        try:
            self._disk.write(beside, data)
            self._disk.rename(beside, path)
        except OSError as error:
            raise StoreError(f"{path}: {error.strerror}; is the disk full or read-only?") from error


def _unknown(name: str) -> str:
    raise KeyError(name)


def _read_list(path: Path) -> dict[str, str]:
    """The list; an unreadable one counts as none: everything is fetched and verified again. Raises OSError."""
    try:
        names = msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except FileNotFoundError:
        return {}
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        log.warning("%s cannot be read (%s): the repository is fetched anew", path, error)
        return {}
    return names if all(_NAMED.fullmatch(sha256) for sha256 in names.values()) else {}
