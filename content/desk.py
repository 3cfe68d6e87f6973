"""The content side's memory: what was published, what displays told. SQLite, durable, one thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from content.behind import Expected
from content.envelope import look_inside
from content.message import Alert, BadMessage, Publication, ends, in_area, kind_of, prefixes
from content.told import TABLES, Told
from content.wire import area_topic, place_of

_TABLES = """
CREATE TABLE IF NOT EXISTS publication (
    kind TEXT, id TEXT, area TEXT, revision INTEGER NOT NULL, expires TEXT NOT NULL,
    withdrawn INTEGER NOT NULL, change INTEGER NOT NULL UNIQUE, envelope BLOB, PRIMARY KEY (kind, id, area));
CREATE TABLE IF NOT EXISTS ended (id TEXT, area TEXT, PRIMARY KEY (id, area)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS served (
    one INTEGER PRIMARY KEY CHECK (one = 1), utc TEXT NOT NULL, broker TEXT NOT NULL, there INTEGER NOT NULL);
"""
# Ended: alerts that another one cancelled for good. They stay to be read of, and stand nowhere any more: a display that
# learns of the cancel first never takes them.
# An expired publication leaves its row without the envelope: a display whose clock is wrong may know it
# still, so its revisions must go on, not begin anew.
_ENDED = (
    "(kind = 'alert' AND EXISTS (SELECT 1 FROM ended WHERE ended.id = publication.id "
    "AND (ended.area = publication.area OR publication.area LIKE ended.area || '/%')))"
)
_NEXT_CHANGE = "(SELECT coalesce(max(change), 0) + 1 FROM publication)"

CLEARED_AGAIN = timedelta(days=30)
"""So long after its expiry a topic is cleared at every connect: a broker may come back from a backup."""


def topic_of(publication: Publication) -> str:
    """The topic a publication stands at."""
    return area_topic(publication.area, kind_of(publication), publication.id)


@dataclass(frozen=True, slots=True)
class Change:
    """What should stand at a topic from now on."""

    number: int
    topic: str
    envelope: bytes
    """Empty: nothing."""


@dataclass(frozen=True, slots=True)
class Served:
    """A service on a desk."""

    utc: datetime
    """When it last said that it is there."""
    broker: str
    """At which broker, host and port."""
    there: bool
    """It has not said since that it is away."""


class Desk(Told):
    """What was published and what was received, in one database file. Every commit is on the disk.

    Several processes may have it open. Every method raises DeskError when the database cannot be used.
    """

    def __init__(self, path: Path | str) -> None:
        """Open or create the database."""
        super().__init__(path, TABLES + _TABLES)

    def next_revision(self, kind: str, name: str) -> int:
        """The revision that a publication of this kind and id has to have now."""
        rows = self._rows("SELECT max(revision) FROM publication WHERE kind = ? AND id = ?", kind, name)
        return int(rows[0][0] or 0) + 1

    def publish(self, publication: Publication, envelope: bytes) -> str:
        """Remember a publication; gives its topic.

        Raises BadMessage where a display would refuse it: when a newer revision stands there, or another
        publication with its id in an area around or inside its own.
        """
        return self.publish_all([(publication, envelope)])[0]

    def publish_all(self, signed: Sequence[tuple[Publication, bytes]]) -> list[str]:
        """Remember publications with their envelopes, all of them or none; gives their topics. Raises as `publish`."""
        with self._commit():
            for publication, envelope in signed:
                self._put(publication, envelope)
        return [topic_of(publication) for publication, _ in signed]

    def _put(self, publication: Publication, envelope: bytes) -> None:
        kind, expires = kind_of(publication), publication.expires.astimezone(UTC).isoformat()
        self._refuse(publication, kind)
        self._db.execute(
            f"INSERT OR REPLACE INTO publication VALUES (?, ?, ?, ?, ?, ?, {_NEXT_CHANGE}, ?)",
            (
                kind,
                publication.id,
                publication.area,
                publication.revision,
                expires,
                publication.withdrawn,
                envelope,
            ),
        )
        if isinstance(publication, Alert):
            self._end(publication)

    def _end(self, alert: Alert) -> None:
        """What an alert cancels ends where that one is known, and where that is everywhere, its topic is cleared; a drill
        ends nothing but drills."""
        for name in alert.cancels:
            for area, envelope in self._rows(
                "SELECT area, envelope FROM publication WHERE kind = 'alert' AND id = ? AND envelope IS NOT NULL",
                name,
            ):
                ended = look_inside(envelope)
                if not ends(alert, ended):
                    continue
                self._db.execute("INSERT OR IGNORE INTO ended VALUES (?, ?)", (name, alert.area))
                if in_area(alert.area, area):
                    self._db.execute(
                        f"UPDATE publication SET change = {_NEXT_CHANGE} WHERE kind = 'alert' AND id = ? AND area = ?",
                        (name, area),
                    )

    def _refuse(self, publication: Publication, kind: str) -> None:
        areas = prefixes(publication.area)
        marks = ",".join("?" * len(areas))
        query = f"SELECT 1 FROM ended WHERE id = ? AND area IN ({marks})"
        if kind == "alert" and not publication.withdrawn and self._rows(query, publication.id, *areas):
            raise BadMessage(f"alert {publication.id} was cancelled for good: take another id")
        rows = self._rows(
            "SELECT area, revision, envelope IS NOT NULL AND NOT withdrawn FROM publication "
            "WHERE kind = ? AND id = ?",
            kind,
            publication.id,
        )
        for area, revision, stands in rows:
            if not (in_area(area, publication.area) or in_area(publication.area, area)):
                continue
            if stands and area != publication.area:
                raise BadMessage(f"{kind} {publication.id} stands for {area}: withdraw it or take another id")
            if revision >= publication.revision:
                raise BadMessage(
                    f"{topic_of(publication)}: revision {revision} stands there; send revision {revision + 1}"
                )

    def changes(self, after: int, utc: datetime) -> list[Change]:
        """What should stand at the broker, as far as it changed after a number; after 0, all of it."""
        self._drop_expired(utc)
        rows = self._rows(
            f"SELECT change, kind, id, area, CASE WHEN {_ENDED} THEN NULL ELSE envelope END FROM publication "
            "WHERE change > ? AND (envelope IS NOT NULL OR expires > ?) ORDER BY change",
            after,
            (utc - CLEARED_AGAIN).astimezone(UTC).isoformat(),
        )
        return [Change(n, area_topic(area, kind, name), data or b"") for n, kind, name, area, data in rows]

    def _drop_expired(self, utc: datetime) -> None:
        where, now = "expires <= ? AND envelope IS NOT NULL", utc.astimezone(UTC).isoformat()
        # Looked at first, because nothing to write should not take the lock either.
        for (change,) in self._rows(f"SELECT change FROM publication WHERE {where}", now):
            with self._commit():
                self._db.execute(
                    f"UPDATE publication SET envelope = NULL, change = {_NEXT_CHANGE} WHERE change = ?",
                    (change,),
                )

    def standing(self, kind: str) -> list[bytes]:
        """The envelopes of a kind that were published and not yet dropped, in the order of publishing."""
        rows = self._rows(
            "SELECT envelope FROM publication WHERE kind = ? AND envelope IS NOT NULL ORDER BY change", kind
        )
        return [envelope for (envelope,) in rows]

    def stands_at(self, topic: str) -> bytes | None:
        """The envelope that should stand at an area's topic; empty where it has expired, None where nothing ever did."""
        area, kind, name = place_of(topic)
        rows = self._rows(
            f"SELECT envelope, {_ENDED} FROM publication WHERE kind = ? AND id = ? AND area = ?",
            kind,
            name,
            area,
        )
        return None if not rows else b"" if rows[0][1] else rows[0][0] or b""

    def expected(self, utc: datetime) -> Expected:
        """What displays should know now: what stands, and what was withdrawn, until it expires."""
        rows = self._rows(
            "SELECT area, kind, id, revision FROM publication WHERE envelope IS NOT NULL AND expires > ?",
            utc.astimezone(UTC).isoformat(),
        )
        return Expected(rows, self.ended())

    def ended(self) -> list[tuple[str, str]]:
        """Areas, and the ids of alerts that are cancelled for good there."""
        return self._rows("SELECT area, id FROM ended")

    def envelopes(self, place: str) -> list[tuple[str, str, bytes]]:
        """Kind, id and envelope of all that a display at a place should know."""
        areas = prefixes(place)
        marks = ",".join("?" * len(areas))
        return self._rows(
            "SELECT kind, id, envelope FROM publication "
            f"WHERE envelope IS NOT NULL AND area IN ({marks}) "
            f"AND NOT (kind = 'alert' AND id IN (SELECT id FROM ended WHERE area IN ({marks}))) ORDER BY change",
            *areas,
            *areas,
        )

    def behind(self, utc: datetime) -> list[str]:
        """The cars that are online and know something else than they should, by what they last said."""
        expected = self.expected(utc)
        return [car for car, status in self.statuses().items() if expected.is_behind(status)]

    def say_serving(self, utc: datetime, broker: str) -> None:
        """A service works on this desk and has its broker, at this moment."""
        with self._commit():
            self._db.execute("INSERT OR REPLACE INTO served VALUES (1, ?, ?, 1)", (utc.isoformat(), broker))

    def say_away(self) -> None:
        """It has its broker no more, or was ended."""
        with self._commit():
            self._db.execute("UPDATE served SET there = 0")

    def served(self) -> Served | None:
        """The service that worked on this desk last."""
        rows = self._rows("SELECT utc, broker, there FROM served")
        return Served(datetime.fromisoformat(rows[0][0]), rows[0][1], bool(rows[0][2])) if rows else None
