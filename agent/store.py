"""The display's disk: events not yet held elsewhere, and what must survive a power cut. SQLite, one thread.

Every commit is on the disk when it returns (WAL, synchronous FULL: with NORMAL a power cut loses commits).
"""

import secrets
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from content.wire import Event

_SCHEMA = """
CREATE TABLE IF NOT EXISTS outbox (sequence INTEGER PRIMARY KEY AUTOINCREMENT, event BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS known (
    kind TEXT, id TEXT, envelope BLOB NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
"""


class StoreError(Exception):
    """The disk did not take or give something; the text says what and why."""


class Store:
    """One database file in the store's folder."""

    def __init__(self, folder: Path) -> None:
        """Open or create it; one that cannot be read is set aside, and lost says so. Raises StoreError."""
        self.lost: str | None = None
        self._path = folder / "hoistway.sqlite"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._db = self._open()
        except sqlite3.DatabaseError as error:
            self._db = self._begin_anew(error)
        except OSError as error:
            raise StoreError(f"{folder}: {error.strerror}; name a folder that can be written") from error
        self.stream = self._stream()

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
        try:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=FULL")
            db.executescript(_SCHEMA)
            (verdict,) = db.execute("PRAGMA quick_check").fetchone()
            if verdict != "ok":
                raise sqlite3.DatabaseError(verdict)
        except sqlite3.Error:
            db.close()
            raise
        return db

    def _begin_anew(self, error: sqlite3.DatabaseError) -> sqlite3.Connection:
        """What cannot be read is kept for whoever wants to look, and the display goes on."""
        aside = self._path.with_suffix(".unreadable")
        self.lost = f"{self._path}: {error}; set aside as {aside.name}"
        try:
            self._path.replace(aside)
            for suffix in ("-wal", "-shm"):
                with suppress(FileNotFoundError):
                    Path(f"{self._path}{suffix}").unlink()
            return self._open()
        except (OSError, sqlite3.Error) as again:
            raise StoreError(f"{self._path}: {again}; is the disk full or read-only?") from again

    def _stream(self) -> str:
        name: str | None = self.kept("stream", str)
        if name is not None:
            return name
        name = secrets.token_hex(4)
        self.keep("stream", name)
        return name

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def append(self, events: Sequence[Event]) -> None:
        """Put events at the end of the outbox, in one commit. Raises StoreError."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(
                "INSERT INTO outbox (event) VALUES (?)", [(msgspec.json.encode(e),) for e in events]
            )
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):  # nothing to roll back when BEGIN itself failed
                self._db.execute("ROLLBACK")
            raise StoreError(f"{self._path}: {error}") from error

    def waiting(self, beyond: int, most: int) -> list[Event]:
        """The next events of the outbox beyond a sequence, with their ids."""
        rows = self._db.execute(
            "SELECT sequence, event FROM outbox WHERE sequence > ? ORDER BY sequence LIMIT ?", (beyond, most)
        )
        return [self._numbered(sequence, data) for sequence, data in rows]

    def _numbered(self, sequence: int, data: bytes) -> Event:
        event = msgspec.json.decode(data, type=Event)
        return msgspec.structs.replace(
            event, id=f"{self.stream}-{sequence}", stream=self.stream, sequence=sequence
        )

    def forget(self, sequence: int) -> None:
        """Delete from the outbox what the collector holds, up to a sequence."""
        self._db.execute("DELETE FROM outbox WHERE sequence <= ?", (sequence,))

    def count(self) -> int:
        """How many events wait."""
        (number,) = self._db.execute("SELECT count(*) FROM outbox").fetchone()
        return int(number)

    def keep(self, name: str, value: Any) -> None:
        """Keep one value under a name; None forgets it. Raises StoreError."""
        try:
            if value is None:
                self._db.execute("DELETE FROM kept WHERE name = ?", (name,))
            else:
                data = msgspec.json.encode(value)
                self._db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, data))
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: {error}") from error

    def kept(self, name: str, kind: type[Any]) -> Any:
        """The value kept under a name, or None."""
        row = self._db.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=kind)

    def next_session(self) -> int:
        """Count one more connection."""
        session = int(self.kept("session", int) or 0) + 1
        self.keep("session", session)
        return session

    def remember(self, kind: str, name: str, envelope: bytes) -> None:
        """Keep a verified envelope over the one before."""
        try:
            self._db.execute("INSERT OR REPLACE INTO known VALUES (?, ?, ?)", (kind, name, envelope))
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: {error}") from error

    def remembered(self) -> list[bytes]:
        """All envelopes kept: they are verified again when read."""
        return [envelope for (envelope,) in self._db.execute("SELECT envelope FROM known")]

    def drop(self, kind: str, name: str) -> None:
        """Forget an envelope."""
        self._db.execute("DELETE FROM known WHERE kind = ? AND id = ?", (kind, name))
