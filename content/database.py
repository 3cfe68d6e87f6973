"""One SQLite file, durable, that several processes may have open."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class DeskError(Exception):
    """The content side's database cannot be used; the text says why and what to do."""


class Database:
    """Every commit is on the disk. Every method raises DeskError when the file cannot be used."""

    def __init__(self, path: Path | str, schema: str) -> None:
        """Open it, or create it with its tables."""
        self._path = path
        try:
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10.0)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(schema)
        except sqlite3.Error as error:
            raise DeskError(f"{path}: {error}; name another file or move this one away") from error

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def _rows(self, query: str, *values: Any) -> list[Any]:
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise self._broken(error) from error

    @contextmanager
    def _commit(self) -> Iterator[None]:
        """All of what is written inside, or nothing."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._broken(error) from error
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    def _broken(self, error: sqlite3.Error) -> DeskError:
        return DeskError(f"{self._path}: {error}; is the disk full, or may this user not write there?")
