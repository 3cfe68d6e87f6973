"""What must survive a power cut does, and a bad disk is told in one line."""

import sqlite3
from pathlib import Path

import pytest

from agent.car import Hold
from agent.store import Store, StoreError
from content.wire import Event
from tests.agent_rig import BEGINNING


def event(number: int) -> Event:
    return Event("", "none", 0, "ride-started", BEGINNING, "good", {"number": number})


def numbers(store: Store) -> list[int]:
    return [event.body["number"] for event in store.waiting(0, 1000)]


def test_events_are_numbered_from_one_in_their_stream(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.append([event(7), event(8)])
    first, second = store.waiting(0, 10)
    assert (first.sequence, second.sequence) == (1, 2)
    assert first.id == f"{store.stream}-1"
    assert first.stream == store.stream
    assert (first.body, first.utc) == ({"number": 7}, BEGINNING)
    store.close()


def test_events_and_the_stream_survive_a_restart(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.append([event(1), event(2)])
    stream = store.stream
    store.close()
    again = Store(tmp_path)
    assert again.stream == stream
    assert numbers(again) == [1, 2]
    assert again.lost is None
    again.close()


def test_a_number_is_never_used_again_after_its_event_was_deleted(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.append([event(1), event(2)])
    store.forget(2)
    store.close()
    again = Store(tmp_path)
    again.append([event(3)])
    assert [one.sequence for one in again.waiting(0, 10)] == [3]
    again.close()


def test_events_are_read_beyond_a_number_and_not_more_than_asked_for(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.append([event(n) for n in range(1, 11)])
    assert [one.sequence for one in store.waiting(3, 4)] == [4, 5, 6, 7]
    store.forget(4)
    assert [one.sequence for one in store.waiting(3, 2)] == [5, 6]
    assert store.count() == 6
    store.close()


def test_a_batch_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    store = Store(tmp_path)
    other = sqlite3.connect(tmp_path / "hoistway.sqlite", isolation_level=None)
    other.execute("CREATE TRIGGER full BEFORE INSERT ON outbox WHEN NEW.sequence > 2 OR (SELECT count(*) FROM outbox) "
                  ">= 2 BEGIN SELECT RAISE(ABORT, 'full'); END")  # fmt: skip
    with pytest.raises(StoreError, match="full"):
        store.append([event(1), event(2), event(3)])
    assert store.count() == 0
    other.execute("DROP TRIGGER full")
    other.close()
    store.append([event(1)])
    assert numbers(store) == [1]
    store.close()


def test_a_hold_is_kept_and_forgotten(tmp_path: Path) -> None:
    hold = Hold("h", BEGINNING, clock_good=False, spent=("a", "b"), door_opened=True)
    store = Store(tmp_path)
    store.keep("hold", hold)
    store.close()
    again = Store(tmp_path)
    assert again.kept("hold", Hold) == hold
    again.keep("hold", None)
    assert again.kept("hold", Hold) is None
    again.close()


def test_sessions_are_counted_over_restarts(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert [store.next_session(), store.next_session()] == [1, 2]
    store.close()
    again = Store(tmp_path)
    assert again.next_session() == 3
    again.close()


def test_envelopes_replace_each_other_by_kind_and_id(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.remember("alert", "a", b"1")
    store.remember("message", "a", b"2")
    store.remember("alert", "a", b"3")
    assert sorted(store.remembered()) == [b"2", b"3"]
    store.drop("alert", "a")
    assert store.remembered() == [b"2"]
    store.close()


@pytest.mark.parametrize("damage", ["foreign", "torn"])
def test_a_database_that_cannot_be_read_is_set_aside_and_that_is_said(damage: str, tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.append([event(n) for n in range(500)])
    stream = store.stream
    store.close()
    path = tmp_path / "hoistway.sqlite"
    good = path.read_bytes()
    bad = b"not a database" * 1000 if damage == "foreign" else good[:4096] + b"\xa5" * (len(good) - 4096)
    path.write_bytes(bad)
    again = Store(tmp_path)
    assert again.lost is not None
    assert "set aside as hoistway.unreadable" in again.lost
    assert (tmp_path / "hoistway.unreadable").read_bytes() == bad
    assert again.stream != stream, "numbers begin anew, so the stream has another name"
    assert again.count() == 0
    again.append([event(1)])
    again.close()


def test_a_good_database_is_not_set_aside_because_it_is_locked(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.keep("hold", Hold("h", BEGINNING, clock_good=True))
    store.close()
    with sqlite3.connect(tmp_path / "hoistway.sqlite") as other:
        other.execute("PRAGMA journal_mode=DELETE")
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="locked"):
            Store(tmp_path, patience_s=0.0)
    other.close()
    again = Store(tmp_path)
    assert again.kept("hold", Hold) == Hold("h", BEGINNING, clock_good=True)
    again.close()


def test_a_folder_that_cannot_be_made_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"file/store: Not a directory; name a folder that can be written$"):
        Store(tmp_path / "file" / "store")


def test_a_folder_where_the_file_should_be_is_told_in_one_line_and_left_there(tmp_path: Path) -> None:
    (tmp_path / "hoistway.sqlite").mkdir()
    with pytest.raises(
        StoreError, match=r"hoistway.sqlite: unable to open.*is the disk full or read-only\?$"
    ):
        Store(tmp_path)
    assert (tmp_path / "hoistway.sqlite").is_dir()


def test_what_was_kept_in_another_form_is_not_there_and_that_is_said(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.keep("hold", ["of", "another", "version"])
    assert store.kept("hold", Hold) is None
    assert store.lost is not None
    assert "hold" in store.lost
    store.close()


def test_what_was_kept_in_another_form_is_not_lost_when_it_is_kept_anew(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.keep("hold", ["of", "another", "version"])
    assert store.kept("hold", Hold) is None
    store.keep("hold", None)
    assert store.kept("hold.unreadable", list) == ["of", "another", "version"]
    store.close()


def test_an_event_that_cannot_be_read_is_told_and_holds_up_none_after_it(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.append([event(1), event(2), event(3)])
    other = sqlite3.connect(tmp_path / "hoistway.sqlite", isolation_level=None)
    other.execute("UPDATE outbox SET event = ? WHERE sequence = 2", (b'{"of": "another version"}',))
    other.close()
    told = store.waiting(0, 10)
    assert [(one.sequence, one.kind) for one in told] == [
        (1, "ride-started"),
        (2, "unreadable"),
        (3, "ride-started"),
    ]
    assert "missing required field" in told[1].body["reason"]
    store.close()


def test_every_failure_of_the_disk_is_a_store_error(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.close()
    calls = [
        lambda: store.append([event(1)]),
        lambda: store.waiting(0, 1),
        lambda: store.forget(1),
        store.count,
        lambda: store.keep("a", 1),
        lambda: store.keep("a", None),
        lambda: store.kept("a", int),
        store.next_session,
        lambda: store.remember("a", "b", b""),
        store.remembered,
        lambda: store.drop("a", "b"),
    ]
    for call in calls:
        with pytest.raises(StoreError, match="closed"):
            call()  # type: ignore[no-untyped-call]


def test_what_an_older_version_wrote_is_carried_over(tmp_path: Path) -> None:
    """Form 0: the tables of the first version, written as it wrote them, without a number."""
    old = sqlite3.connect(tmp_path / "hoistway.sqlite")
    old.executescript(
        """
        CREATE TABLE outbox (sequence INTEGER PRIMARY KEY AUTOINCREMENT, event BLOB NOT NULL);
        CREATE TABLE kept (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE known (kind TEXT, id TEXT, envelope BLOB NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
        INSERT INTO kept VALUES ('stream', '"0a1b2c3d"'), ('session', '7');
        INSERT INTO known VALUES ('alert', 'rain', x'5EA1ED');
        """
    )
    old.close()
    store = Store(tmp_path)
    assert store.lost is None
    assert store.stream == "0a1b2c3d"
    assert store.next_session() == 8
    assert store.remembered() == [b"\x5e\xa1\xed"]
    store.close()
    again = Store(tmp_path)
    assert again.stream == "0a1b2c3d"
    again.close()


def test_what_a_newer_version_wrote_is_refused_with_what_to_do_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "hoistway.sqlite"
    newer = sqlite3.connect(path)
    newer.executescript("CREATE TABLE future (x); PRAGMA user_version = 99;")
    newer.close()
    before = path.read_bytes()
    with pytest.raises(
        StoreError, match=r"newer hoistway-agent \(form 99, this one knows 1\); install that one"
    ):
        Store(tmp_path)
    newer = sqlite3.connect(path)
    assert newer.execute("PRAGMA user_version").fetchone() == (99,)
    assert [name for (name,) in newer.execute("SELECT name FROM sqlite_master")] == ["future"]
    newer.close()
    assert len(before) == len(path.read_bytes())
