"""The content side's memory: what was published, what displays told. SQLite, durable, one thread."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from content.message import Alert, BadMessage, Message, Publication, Release
from content.wire import Event, Received, Status, area_topic, encode

_SCHEMA = """
CREATE TABLE IF NOT EXISTS published (
    topic TEXT PRIMARY KEY, revision INTEGER NOT NULL, expires TEXT NOT NULL, envelope BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS event (
    car TEXT, stream TEXT, sequence INTEGER, kind TEXT NOT NULL, utc TEXT NOT NULL, clock TEXT NOT NULL,
    body TEXT NOT NULL, PRIMARY KEY (car, stream, sequence)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS held (
    car TEXT, stream TEXT, sequence INTEGER NOT NULL, PRIMARY KEY (car, stream)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS status (car TEXT PRIMARY KEY, payload BLOB NOT NULL) WITHOUT ROWID;
"""


def topic_of(publication: Publication) -> str:
    """The topic a publication stands at."""
    kinds = {Message: "message", Alert: "alert", Release: "release"}
    return area_topic(publication.area, kinds[type(publication)], publication.id)


class DeskError(Exception):
    """The content side's database cannot be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Held:
    """What one commit brought."""

    fresh: list[tuple[str, Event]]
    """Events that were not held before, with their cars."""
    received: dict[str, Received]
    """What each car may now delete."""


class Desk:
    """What was published and what was received, in one database file. Every commit is on the disk."""

    def __init__(self, path: Path | str) -> None:
        """Open or create the database. Raises DeskError."""
        try:
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10.0)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise DeskError(f"{path}: {error}; name another file or move this one away") from error

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def publish(self, publication: Publication, envelope: bytes) -> str:
        """Remember a publication; gives its topic. Raises BadMessage when a newer revision stands there."""
        topic = topic_of(publication)
        row = self._db.execute("SELECT revision FROM published WHERE topic = ?", (topic,)).fetchone()
        if row is not None and row[0] >= publication.revision:
            raise BadMessage(f"{topic}: revision {row[0]} stands there; send revision {row[0] + 1}")
        expires = publication.expires.astimezone(UTC).isoformat()
        self._db.execute(
            "INSERT OR REPLACE INTO published VALUES (?, ?, ?, ?)",
            (topic, publication.revision, expires, envelope),
        )
        return topic

    def published(self) -> list[tuple[str, bytes]]:
        """Everything that should stand at the broker, as topic and envelope."""
        return self._db.execute("SELECT topic, envelope FROM published ORDER BY rowid").fetchall()

    def drop_expired(self, utc: datetime) -> list[str]:
        """Forget what has expired; gives the topics to clear."""
        now = utc.astimezone(UTC).isoformat()
        rows = self._db.execute("DELETE FROM published WHERE expires <= ? RETURNING topic", (now,)).fetchall()
        return [topic for (topic,) in rows]

    def hold(self, told: Iterable[tuple[str, Event]], statuses: Iterable[tuple[str, Status]] = ()) -> Held:
        """Keep what cars told, each event once, in one commit."""
        fresh, streams = [], []
        self._db.execute("BEGIN IMMEDIATE")
        for car, status in statuses:
            self._db.execute("INSERT OR REPLACE INTO status VALUES (?, ?)", (car, encode(status)))
        for car, event in told:
            row = (car, event.stream, event.sequence, event.kind, event.utc.isoformat(), event.clock,
                   msgspec.json.encode(event.body).decode())  # fmt: skip
            added = self._db.execute("INSERT OR IGNORE INTO event VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            fresh += [(car, event)] * added.rowcount
            streams.append((car, event.stream))
        received = {car: self._advance(car, stream) for car, stream in dict.fromkeys(streams)}
        self._db.execute("COMMIT")
        return Held(fresh, received)

    def _advance(self, car: str, stream: str) -> Received:
        """Count on from what was held without a gap."""
        row = self._db.execute(
            "SELECT sequence FROM held WHERE car = ? AND stream = ?", (car, stream)
        ).fetchone()
        held = row[0] if row else 0
        rows = self._db.execute(
            "SELECT sequence FROM event WHERE car = ? AND stream = ? AND sequence > ? ORDER BY sequence",
            (car, stream, held),
        )
        for (sequence,) in rows:
            if sequence != held + 1:
                break
            held = sequence
        self._db.execute("INSERT OR REPLACE INTO held VALUES (?, ?, ?)", (car, stream, held))
        return Received(stream, held)

    def received(self) -> list[tuple[str, Received]]:
        """What is held of every car's streams."""
        rows = self._db.execute("SELECT car, stream, sequence FROM held ORDER BY car, stream")
        return [(car, Received(stream, sequence)) for car, stream, sequence in rows]

    def events(self, car: str) -> list[Event]:
        """What a car told, in the order of its streams and sequences."""
        rows = self._db.execute(
            "SELECT stream, sequence, kind, utc, clock, body FROM event WHERE car = ? "
            "ORDER BY stream, sequence",
            (car,),
        )
        return [
            Event(f"{stream}-{sequence}", stream, sequence, kind, datetime.fromisoformat(utc), clock,
                  msgspec.json.decode(body))
            for stream, sequence, kind, utc, clock, body in rows
        ]  # fmt: skip

    def statuses(self) -> dict[str, Status]:
        """How every car last said it is."""
        rows = self._db.execute("SELECT car, payload FROM status ORDER BY car")
        return {car: msgspec.json.decode(payload, type=Status) for car, payload in rows}
