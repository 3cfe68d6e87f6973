"""The desk keeps what was published and what was told, through kills and beside other processes."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from securesystemslib.signer import CryptoSigner

from content.database import DeskError
from content.desk import CLEARED_AGAIN, Change, Desk, Served, topic_of
from content.envelope import seal
from content.message import Alert, BadMessage, Publication
from content.wire import Received, Status, digest
from tests.content_rig import AREA, DAY, NOW, alert, event, message, release

CAR = "lift-2"
SIGNER = CryptoSigner.generate_ed25519()
TOPIC = f"hoistway/1/area/{AREA}/message/water"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "desk.sqlite")


def again(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "desk.sqlite")


def test_each_kind_stands_at_its_own_topic() -> None:
    assert [
        topic_of(p).removeprefix(f"hoistway/1/area/{AREA}/") for p in (message(), alert(), release())
    ] == [
        "message/water",
        "alert/rain",
        "release/inspected",
    ]


def test_what_is_published_stands_until_it_is_replaced(desk: Desk) -> None:
    assert desk.publish(message(), b"one") == TOPIC
    assert desk.changes(0, NOW) == [Change(1, TOPIC, b"one")]
    desk.publish(message(revision=2), b"two")
    assert desk.changes(0, NOW) == [Change(2, TOPIC, b"two")]


def test_changes_after_a_number_are_the_later_ones(desk: Desk) -> None:
    desk.publish(message(), b"one")
    desk.publish(alert(), b"alert")
    assert [change.envelope for change in desk.changes(1, NOW)] == [b"alert"]
    assert desk.changes(2, NOW) == []


def test_another_process_sees_the_change(desk: Desk, tmp_path: Path) -> None:
    desk.publish(message(), b"one")
    again(tmp_path).publish(message(revision=2), b"two")
    assert desk.changes(1, NOW) == [Change(2, TOPIC, b"two")]


@pytest.mark.parametrize("revision", [1, 2])
def test_refuses_a_revision_that_is_not_newer(desk: Desk, revision: int) -> None:
    desk.publish(message(revision=2), b"two")
    with pytest.raises(BadMessage, match="send revision 3"):
        desk.publish(message(revision=revision), b"late")
    assert [change.envelope for change in desk.changes(0, NOW)] == [b"two"]


def test_revisions_count_on_for_each_kind_and_id(desk: Desk) -> None:
    assert desk.next_revision("message", "water") == 1
    desk.publish(message(revision=4), b"")
    assert desk.next_revision("message", "water") == 5
    assert desk.next_revision("alert", "water") == 1


def test_revisions_count_on_after_an_expiry_because_displays_may_remember(desk: Desk) -> None:
    desk.publish(message(), b"one")
    desk.changes(0, NOW + DAY)
    assert desk.next_revision("message", "water") == 2


@pytest.mark.parametrize("area", ["cn", f"{AREA}/lift-2"])
def test_an_id_cannot_stand_for_two_areas_of_which_one_lies_in_the_other(desk: Desk, area: str) -> None:
    desk.publish(message(), b"one")
    with pytest.raises(BadMessage, match="withdraw it or take another id"):
        desk.publish(message(revision=2, area=area), b"two")
    desk.publish(message(revision=2, withdrawn=True), b"gone")
    desk.publish(message(revision=3, area=area), b"three")


def test_an_id_can_stand_for_two_areas_side_by_side(desk: Desk) -> None:
    desk.publish(message(), b"one")
    desk.publish(message(area=f"{AREA}-2"), b"two")
    assert [change.envelope for change in desk.changes(0, NOW)] == [b"one", b"two"]


def test_what_has_expired_is_dropped_and_its_topic_cleared(desk: Desk) -> None:
    desk.publish(message(), b"one")
    desk.publish(alert(expires=NOW + 2 * DAY), b"alert")
    assert len(desk.changes(0, NOW + DAY - timedelta(microseconds=1))) == 2
    assert desk.changes(2, NOW + DAY) == [Change(3, TOPIC, b"")]
    assert desk.standing("message") == []
    assert desk.standing("alert") == [b"alert"]
    assert desk.changes(3, NOW + DAY) == []


def test_a_topic_is_cleared_again_at_every_connect_for_a_while(desk: Desk) -> None:
    desk.publish(message(), b"one")
    assert desk.changes(0, NOW + DAY) == [Change(2, TOPIC, b"")]
    assert desk.changes(0, NOW + CLEARED_AGAIN) == [Change(2, TOPIC, b"")]
    assert desk.changes(0, NOW + DAY + CLEARED_AGAIN) == []


def knowing(desk: Desk, area: str, *, online: bool = True) -> Status:
    return Status(online=online, session=1, area=area, known=desk.expected(NOW).digest(area))


def test_a_display_should_know_what_is_for_its_areas_also_what_was_withdrawn(desk: Desk) -> None:
    desk.publish(message(), b"one")
    desk.publish(alert(area="cn"), b"alert")
    desk.publish(message("elsewhere", area=f"{AREA}-2"), b"elsewhere")
    desk.publish(release(withdrawn=True), b"withdrawn")
    expected = digest([("message", "water", 1), ("alert", "rain", 1), ("release", "inspected", 1)])
    assert desk.expected(NOW).digest(f"{AREA}/lift-2") == expected
    assert desk.envelopes(f"{AREA}/lift-2") == [
        ("message", "water", b"one"),
        ("alert", "rain", b"alert"),
        ("release", "inspected", b"withdrawn"),
    ]


def test_no_display_should_know_what_has_expired(desk: Desk) -> None:
    desk.publish(message(), b"one")
    assert desk.expected(NOW + DAY).digest(AREA) == digest([])


def test_a_display_is_behind_while_it_knows_something_else(desk: Desk) -> None:
    before = knowing(desk, AREA)
    desk.publish(message(), b"one")
    gone = Status(online=False, session=1, area=AREA, known=before.known)
    desk.hold([], [("late", before), ("there", knowing(desk, AREA)), ("off", gone)])
    assert desk.behind(NOW) == ["late"]
    desk.publish(message(revision=2), b"two")
    assert desk.behind(NOW) == ["late", "there"]


WRITER = """
import sys
from content.desk import Desk
from tests.content_rig import event
desk = Desk(sys.argv[1])
for number in range(1, 100_000):
    received = desk.hold([("lift-2", event(number))]).received["lift-2"]
    print(received.sequence, flush=True)
"""


def test_what_a_killed_writer_acknowledged_is_held(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path / "desk.sqlite")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        said = [int(writer.stdout.readline()) for _ in range(20)]
        writer.kill()
        said += [int(line) for line in writer.stdout if line.endswith("\n")]
    sequences = [e.sequence for e in again(tmp_path).events(CAR)]
    assert sequences == list(range(1, len(sequences) + 1))
    assert len(sequences) >= said[-1]


def test_all_is_there_after_reopening(desk: Desk, tmp_path: Path) -> None:
    desk.publish(message(), b"one")
    desk.hold([(CAR, event(1, floor=3))], [(CAR, Status(online=True, session=1))])
    desk.close()
    desk = again(tmp_path)
    assert desk.changes(0, NOW) == [Change(1, TOPIC, b"one")]
    assert desk.events(CAR) == [event(1, floor=3)]
    assert desk.received() == [(CAR, Received("box", 1))]
    assert desk.statuses()[CAR].session == 1


def test_a_file_that_is_no_database_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "desk.sqlite").write_text("this is not a database, only some text\n" * 99)
    with pytest.raises(DeskError, match="name another file"):
        again(tmp_path)


def cancel(name: str, *ended: str, area: str = AREA, exercise: bool = False) -> Alert:
    return alert(name, area=area, exercise=exercise, withdrawn=True, cancels=ended)


def put(desk: Desk, *publications: Publication) -> None:
    for publication in publications:
        desk.publish(publication, seal(publication, SIGNER))


def test_what_was_cancelled_is_cleared_after_the_cancel_and_nobody_is_to_know_it(desk: Desk) -> None:
    put(desk, alert("rain"), cancel("over", "rain"))
    topics = [(change.topic.rsplit("/", 1)[1], bool(change.envelope)) for change in desk.changes(0, NOW)]
    assert topics == [("over", True), ("rain", False)]
    assert desk.stands_at(topic_of(alert("rain"))) == b""
    assert [name for _, name, _ in desk.envelopes(f"{AREA}/lift-2")] == ["over"]
    assert desk.expected(NOW).digest(AREA) == digest([("alert", "over", 1)])
    assert len(desk.standing("alert")) == 2, "it stays to be read of"


def test_an_alert_that_was_cancelled_for_good_is_not_published_again(desk: Desk) -> None:
    put(desk, alert("rain"), cancel("over", "rain"))
    with pytest.raises(BadMessage, match="cancelled for good"):
        put(desk, alert("rain", 2))
    put(desk, alert("rain", area="cn/yunnan"))


def test_what_is_cancelled_in_one_building_stands_in_the_others(desk: Desk) -> None:
    put(desk, alert("rain", area="cn/sichuan"), cancel("over", "rain"))
    assert all(change.envelope for change in desk.changes(0, NOW))
    assert desk.expected(NOW).digest(AREA) == digest([("alert", "over", 1)])
    assert desk.expected(NOW).digest("cn/sichuan/mianyang") == digest([("alert", "rain", 1)])
    assert [name for _, name, _ in desk.envelopes("cn/sichuan/mianyang")] == ["rain"]


def test_a_drill_ends_no_real_alert(desk: Desk) -> None:
    put(desk, alert("rain"), cancel("over", "rain", exercise=True))
    assert all(change.envelope for change in desk.changes(0, NOW))
    assert desk.expected(NOW).digest(AREA) == digest([("alert", "rain", 1), ("alert", "over", 1)])


def test_who_serves_and_when_is_known(desk: Desk) -> None:
    assert desk.served() is None
    for second in range(2):
        desk.say_serving(NOW + second * DAY, "127.0.0.1:1883")
    assert desk.served() == Served(NOW + DAY, "127.0.0.1:1883", there=True)
    desk.say_away()
    assert desk.served() == Served(NOW + DAY, "127.0.0.1:1883", there=False)
