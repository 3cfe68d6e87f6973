"""The display's disk: events not yet held elsewhere, and what must survive a power cut. SQLite, one thread.

Every commit is on the disk when it returns (WAL, synchronous FULL: with NORMAL a power cut loses commits).
"""

import logging
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from content.wire import Event

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of what has none."""

log = logging.getLogger("hoistway.agent")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS outbox (sequence INTEGER PRIMARY KEY AUTOINCREMENT, event BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS known (
    kind TEXT, id TEXT, envelope BLOB NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
"""


_FORM = 1
"""Of the tables above, in user_version."""
_CARRIED_OVER = {0: ""}
"""By an older form, what makes the next one of it. Form 0 had the same tables and no number."""


class StoreError(Exception):
    """The disk did not take or give something; the text says what and why."""


class _Unreadable(sqlite3.DatabaseError):
    """SQLite opened the file and found it damaged."""


def _is_unreadable(error: sqlite3.Error) -> bool:
    """Whether the file itself is bad: a full or read-only disk is no reason to set a good file aside."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return isinstance(error, _Unreadable) or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Store:
    """One database file in the store's folder."""

    def __init__(self, folder: Path, *, patience_s: float = 5.0) -> None:
        """Open or create it; one that cannot be read is set aside, and lost says so. Raises StoreError.

        patience_s is how long to wait for another program that has it locked.
        """
        self.lost: str | None = None
        self._patience_s = patience_s
        self._path = folder / "hoistway.sqlite"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._db = self._open()
        except sqlite3.Error as error:
            self._db = self._begin_anew(error)
        except OSError as error:
            raise StoreError(f"{folder}: {error.strerror}; name a folder that can be written") from error
        self.stream = self._stream()

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(
            self._path, check_same_thread=False, isolation_level=None, timeout=self._patience_s
        )
        try:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=FULL")
            self._carry_over(db)
            db.executescript(_SCHEMA)
            (verdict,) = db.execute("PRAGMA quick_check").fetchone()
            if verdict != "ok":
                raise _Unreadable(verdict)
        except (sqlite3.Error, StoreError):
            db.close()
            raise
        return db

    def _carry_over(self, db: sqlite3.Connection) -> None:
        """Bring an older form to the present one, step by step, each in one commit. A newer one is left as it is."""
        (form,) = db.execute("PRAGMA user_version").fetchone()
        if form > _FORM:
            raise StoreError(
                f"{self._path}: written by a newer hoistway-agent (form {form}, this one knows {_FORM}); "
                "install that one again, or name another folder in [store]"
            )
        for step in range(form, _FORM):
            db.executescript(f"BEGIN; {_CARRIED_OVER[step]} PRAGMA user_version = {step + 1}; COMMIT;")

    def _begin_anew(self, error: sqlite3.Error) -> sqlite3.Connection:
        """What cannot be read is kept for whoever wants to look, and the display goes on."""
        if not _is_unreadable(error):
            raise StoreError(f"{self._path}: {error}; is the disk full or read-only?") from error
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

    @contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: {error}") from error

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
        """The next events of the outbox beyond a sequence, with their ids. Raises StoreError."""
        query = "SELECT sequence, event FROM outbox WHERE sequence > ? ORDER BY sequence LIMIT ?"
        with self._disk():
            rows = self._db.execute(query, (beyond, most)).fetchall()
        return [self._numbered(sequence, data) for sequence, data in rows]

    def _numbered(self, sequence: int, data: bytes) -> Event:
        """One that cannot be read is told in its place: a number that never comes would hold up all after it."""
        try:
            event = msgspec.json.decode(data, type=Event)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            log.warning("%s: event %d: %s", self._path, sequence, error)
            event = Event("", "none", 0, "unreadable", EPOCH, "doubtful", {"reason": str(error)})
        return msgspec.structs.replace(
            event, id=f"{self.stream}-{sequence}", stream=self.stream, sequence=sequence
        )

    def forget(self, sequence: int) -> None:
        """Delete from the outbox what the collector holds, up to a sequence. Raises StoreError."""
        with self._disk():
            self._db.execute("DELETE FROM outbox WHERE sequence <= ?", (sequence,))

    def count(self) -> int:
        """How many events wait. Raises StoreError."""
        with self._disk():
            (number,) = self._db.execute("SELECT count(*) FROM outbox").fetchone()
        return int(number)

    def keep(self, name: str, value: Any) -> None:
        """Keep one value under a name; None forgets it. Raises StoreError."""
        with self._disk():
            if value is None:
                self._db.execute("DELETE FROM kept WHERE name = ?", (name,))
            else:
                data = msgspec.json.encode(value)
                self._db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, data))

    def kept(self, name: str, kind: type[Any], otherwise: Any = None) -> Any:
        """The value kept under a name, or None. One of another form is set aside, lost says so, and `otherwise` is
        given. Raises StoreError."""
        with self._disk():
            row = self._db.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
        try:
            return None if row is None else msgspec.json.decode(row[0], type=kind)
        except msgspec.DecodeError as error:
            self.lost = f"{self._path}: {name}: {error}; set aside as {name}.unreadable"
            log.warning("%s", self.lost)
            with self._disk():
                self._db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (f"{name}.unreadable", row[0]))
            return otherwise

    def next_session(self) -> int:
        """Count one more connection. Raises StoreError."""
        session = int(self.kept("session", int) or 0) + 1
        self.keep("session", session)
        return session

    def remember(self, kind: str, name: str, envelope: bytes) -> None:
        """Keep a verified envelope over the one before. Raises StoreError."""
        with self._disk():
            self._db.execute("INSERT OR REPLACE INTO known VALUES (?, ?, ?)", (kind, name, envelope))

    def remembered(self) -> list[bytes]:
        """All envelopes kept: they are verified again when read. Raises StoreError."""
        with self._disk():
            return [envelope for (envelope,) in self._db.execute("SELECT envelope FROM known")]

    def drop(self, kind: str, name: str) -> None:
        """Forget an envelope. Raises StoreError."""
        with self._disk():
            self._db.execute("DELETE FROM known WHERE kind = ? AND id = ?", (kind, name))
