"""What displays told: events, each once, and how each display is. One part of the desk's database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from content.database import Database
from content.wire import Event, Received, Status, encode

TABLES = """
CREATE TABLE IF NOT EXISTS event (
    car TEXT, stream TEXT, sequence INTEGER, kind TEXT NOT NULL, utc TEXT NOT NULL, clock TEXT NOT NULL,
    body TEXT NOT NULL, PRIMARY KEY (car, stream, sequence)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS held (
    car TEXT, stream TEXT, sequence INTEGER NOT NULL, PRIMARY KEY (car, stream)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS status (car TEXT PRIMARY KEY, payload BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gone (car TEXT PRIMARY KEY) WITHOUT ROWID;
"""
KEPT = timedelta(days=400)
"""So long events are kept unless somebody says otherwise: from one yearly inspection to after the next."""
MOST_AT_ONCE = 1000
MOST_FORGOTTEN = 50_000
"""Of one stream, and in one commit: what comes in must not wait long for it."""


@dataclass(frozen=True, slots=True)
class Held:
    """What one commit brought."""

    fresh: list[tuple[str, Event]]
    """Events that were not held before, with their cars."""
    received: dict[str, Received]
    """What each car may now delete."""


class Told(Database):
    """Every method raises DeskError when the database cannot be used."""

    def hold(self, told: Iterable[tuple[str, Event]], statuses: Iterable[tuple[str, Status]] = ()) -> Held:
        """Keep what cars told, each event once, in one commit."""
        fresh, streams = [], []
        with self._commit():
            for car, status in statuses:
                payload = encode(self._whole(car, status))
                self._db.execute("INSERT OR REPLACE INTO status VALUES (?, ?)", (car, payload))
            for car, event in told:
                row = (car, event.stream, event.sequence, event.kind, event.utc.isoformat(), event.clock,
                       msgspec.json.encode(event.body).decode())  # fmt: skip
                added = self._db.execute(
                    "INSERT OR IGNORE INTO event SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7 WHERE NOT EXISTS "
                    "(SELECT 1 FROM held WHERE car = ?1 AND stream = ?2 AND sequence >= ?3)",  # and forgotten since
                    row,
                )
                fresh += [(car, event)] * added.rowcount
                streams.append((car, event.stream))
            received = {car: self._advance(car, stream) for car, stream in dict.fromkeys(streams)}
        return Held(fresh, received)

    def _whole(self, car: str, status: Status) -> Status:
        """A will says only that the car is gone: what it said of itself before stays."""
        if status.online or status.version:
            return status
        before = self._rows("SELECT payload FROM status WHERE car = ?", car)
        if not before:
            return status
        known = msgspec.json.decode(before[0][0], type=Status)
        return msgspec.structs.replace(known, online=False, session=status.session)

    def _advance(self, car: str, stream: str) -> Received:
        """Count on from what was held without a gap."""
        rows = self._rows("SELECT sequence FROM held WHERE car = ? AND stream = ?", car, stream)
        held = rows[0][0] if rows else 0
        later = self._db.execute(
            "SELECT sequence FROM event WHERE car = ? AND stream = ? AND sequence > ? ORDER BY sequence",
            (car, stream, held),
        )
        for (sequence,) in later:
            if sequence != held + 1:
                break
            held = sequence
        self._db.execute("INSERT OR REPLACE INTO held VALUES (?, ?, ?)", (car, stream, held))
        return Received(stream, held)

    def received(self) -> list[tuple[str, Received]]:
        """What is held of every car's streams."""
        rows = self._rows("SELECT car, stream, sequence FROM held ORDER BY car, stream")
        return [(car, Received(stream, sequence)) for car, stream, sequence in rows]

    def events(self, car: str, kind: str | None = None) -> list[Event]:
        """What a car told, of one kind or of all, in the order of its streams, by when they began, and sequences."""
        rows = self._rows(
            "SELECT stream, sequence, kind, utc, clock, body FROM event "
            "WHERE car = ?1 AND (?2 IS NULL OR kind = ?2) "
            "ORDER BY (SELECT min(utc) FROM event AS one WHERE one.car = ?1 AND one.stream = event.stream), stream, sequence",
            car,
            kind,
        )
        return [
            Event(f"{stream}-{sequence}", stream, sequence, kind, datetime.fromisoformat(utc), clock,
                  msgspec.json.decode(body))
            for stream, sequence, kind, utc, clock, body in rows
        ]  # fmt: skip

    def forget(self, before: datetime) -> int:
        """Delete events that are older than a moment, of each stream up to the last one that a good clock dated so; what
        waits for a gap to close stays. Gives how many went: while it is not 0, there may be more."""
        moment, forgotten = before.astimezone(UTC).isoformat(), 0
        old = self._rows(
            "SELECT car, stream, sequence FROM held WHERE (SELECT utc FROM event WHERE event.car = held.car "
            "AND event.stream = held.stream ORDER BY event.sequence LIMIT 1) < ?",
            moment,
        )
        if old:
            with self._commit():
                for car, stream, held in old:
                    if forgotten < MOST_FORGOTTEN:
                        forgotten += self._forget(car, stream, held, moment)
        return forgotten

    def _forget(self, car: str, stream: str, held: int, moment: str) -> int:
        return self._db.execute(
            "DELETE FROM event WHERE car = ?1 AND stream = ?2 AND sequence <= (SELECT max(sequence) FROM "
            "(SELECT sequence FROM event WHERE car = ?1 AND stream = ?2 AND sequence <= ?3 AND clock = 'good' AND utc < ?5 "
            "ORDER BY sequence LIMIT ?4))",
            (car, stream, held, MOST_AT_ONCE, moment),
        ).rowcount

    def statuses(self) -> dict[str, Status]:
        """How every car last said it is; not one that is gone, unless it is still online."""
        rows = self._rows("SELECT car, payload, car IN (SELECT car FROM gone) FROM status ORDER BY car")
        read = ((car, msgspec.json.decode(payload, type=Status), gone) for car, payload, gone in rows)
        return {car: status for car, status, gone in read if status.online or not gone}

    def say_gone(self, car: str, *, gone: bool) -> None:
        """A car has no papers any more, or has some again. The broker may keep its last words for ever."""
        with self._commit():
            change = "INSERT OR IGNORE INTO gone VALUES (?)" if gone else "DELETE FROM gone WHERE car = ?"
            self._db.execute(change, (car,))
