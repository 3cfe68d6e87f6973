"""An alert goes out only after somebody has read whom it reaches; it is changed, ended for good, and accounted for."""

import os
import pty
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from agent.clock import Reading
from agent.known import Catalogue, entry_of, judge, key, warned
from content.message import Alert, BadMessage, Publication, Text
from content.wire import Event
from tests.commands_rig import WORDS, Office
from tests.content_rig import AREA, DAY, NOW


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, capsys)


def only_alert(publications: list[Publication]) -> Alert:
    (alert,) = publications
    assert isinstance(alert, Alert)
    return alert


def at_a_terminal(office: Office, answer: str) -> tuple[int, str]:
    """Send an alert in another process, and answer its question. Gives the exit code, and what it asked."""
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "content", *office.sending()]
    process = subprocess.Popen(words, stdin=theirs, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    os.close(theirs)
    os.write(ours, f"{answer}\n".encode())
    asked = process.communicate(timeout=30)[1].decode()
    os.close(ours)
    return process.returncode, asked


def test_without_a_terminal_it_is_refused_with_the_number_of_displays(office: Office) -> None:
    office.write_areas()
    office.hear("lift-1")
    office.hear("lift-2", online=False)
    refusal = office.refused(*office.sending())
    assert "cn/sichuan: 3 displays (1 online, 1 offline, 1 never heard of)" in refusal
    assert "--yes" in refusal
    assert office.published() == []


def test_at_a_terminal_a_yes_sends_it(office: Office) -> None:
    office.hear("lift-1")
    code, asked = at_a_terminal(office, "yes")
    assert code == 0
    assert "Alert quake (earthquake, severity 3" in asked
    assert "1 display (1 online, 0 offline). Send it? [yes/no]" in asked
    assert len(office.published()) == 1


def test_at_a_terminal_anything_else_changes_nothing(office: Office) -> None:
    code, asked = at_a_terminal(office, "perhaps")
    assert code == 2
    assert "no display that is known" in asked
    assert "not sent" in asked
    assert not office.desk.exists() or office.published() == []


def test_an_exercise_is_a_drill_and_stays_one(office: Office) -> None:
    office.send("--exercise")
    assert only_alert(office.published()).exercise
    assert "DRILL" in office.does("alert", "list", "--desk", str(office.desk))
    assert "take another id" in office.refused(*office.sending("--yes"))


def test_instructions_by_the_state_of_the_car_are_sent(office: Office) -> None:
    office.send("--closed", "zh=请勿开门", "--closed", "en=Keep the door closed", "--leave", "zh=请离开")
    told = only_alert(office.published()).instructions
    assert told is not None
    assert (told.closed, told.leave, told.riding) == (
        Text("请勿开门", "Keep the door closed"),
        Text("请离开"),
        None,
    )


def test_instructions_that_do_not_fit_are_refused(office: Office) -> None:
    assert "shorten" in office.refused(*office.sending("--yes", "--unsure", f"zh={'请勿开门' * 150}"))


def test_an_update_changes_what_it_names_and_nothing_else(office: Office) -> None:
    sent = ("--id", "rain", "--event", "rain", "--area", AREA, *WORDS, "--title-en", "Rain")
    office.does("alert", "send", "--yes", *office.signing(), *sent)
    update = ("alert", "update", "--yes", *office.signing(), "--id", "rain")
    assert ": revision 2, until" in office.does(*update, "--severity", "4", "--body-zh", "请勿外出")
    alert = only_alert(office.published())
    assert (alert.revision, alert.severity, alert.body, alert.title.en) == (2, 4, Text("请勿外出"), "Rain")
    assert alert.expires == NOW + timedelta(hours=1)
    assert "nothing would change" in office.refused(*update)
    assert "is past" in office.refused(*update, "--expires", "2026-11-22T11:00+08:00")
    assert "no alert snow" in office.refused("alert", "update", *office.signing(), "--id", "snow")


def test_an_alert_for_two_cities_is_asked_about_updated_and_cancelled_as_one(office: Office) -> None:
    cities = ("--area", "cn/sichuan/chengdu", "--area", "cn/sichuan/mianyang")
    rain = ("--id", "rain", "--event", "rain", *WORDS, *office.signing())
    office.hear("lift-1")
    asked = office.refused("alert", "send", *rain, *cities)
    assert "cn/sichuan/chengdu: 1 display (1 online, 0 offline), cn/sichuan/mianyang: no display" in asked
    office.does("alert", "send", "--yes", *rain, *cities)
    office.does("alert", "update", "--yes", *office.signing(), "--id", "rain", "--severity", "4")
    said = [(p.area, p.revision, p.severity) for p in office.published() if isinstance(p, Alert)]
    assert said == [("cn/sichuan/chengdu", 2, 4), ("cn/sichuan/mianyang", 2, 4)]
    office.does("alert", "cancel", "--yes", *office.signing(), "--id", "rain")
    assert {p.area for p in office.published()} == {"cn/sichuan/chengdu", "cn/sichuan/mianyang"}
    assert all(isinstance(p, Alert) and p.cancels == ("rain",) for p in office.published())


def test_a_cancel_ends_an_alert_for_good(office: Office) -> None:
    office.send("--days", "3")
    assert "--yes" in office.refused("alert", "cancel", *office.signing(), "--id", "quake")
    office.does("alert", "cancel", "--yes", *office.signing(), "--id", "quake")
    (cancel,) = office.published()
    assert isinstance(cancel, Alert)
    assert (cancel.cancels, cancel.withdrawn, cancel.exercise, cancel.area) == (
        ("quake",),
        True,
        False,
        "cn/sichuan",
    )
    assert cancel.expires == NOW + 3 * DAY
    assert "cancelled for good" in office.does("alert", "list", "--desk", str(office.desk))
    assert f"cancelled by {cancel.id}" in {row["state"] for row in office.reads("alert", "list")}
    assert "cancelled for good" in office.refused(*office.sending("--yes"))
    assert "no alert quake" in office.refused("alert", "update", *office.signing(), "--id", "quake")


def test_a_display_takes_the_cancel_and_refuses_what_it_ended(office: Office) -> None:
    office.send()
    (alert,) = office.published()
    office.does("alert", "cancel", "--yes", *office.signing(), "--id", "quake")
    time, place, known = Reading(0.0, NOW, good=True), f"{AREA}/lift-2", Catalogue()
    for publication in (alert, *office.published()):
        assert judge(publication, known, place, time)
        known[key(publication)] = entry_of(publication, known, time)
    assert warned(known, time).earthquake is None
    later = msgspec.structs.replace(alert, revision=9)
    with pytest.raises(BadMessage, match="cancelled for good"):
        judge(later, known, place, time)


def test_several_are_cancelled_together_wherever_they_stand(office: Office) -> None:
    office.send()
    for area in (AREA, "cn/sichuan/mianyang"):
        office.does("alert", "send", "--yes", *office.signing(), "--id", "rain", "--event", "rain",
                    "--area", area, *WORDS)  # fmt: skip
    office.does("alert", "cancel", "--yes", *office.signing(), "--id", "quake", "--id", "rain")
    cancels = [p for p in office.published() if isinstance(p, Alert) and p.cancels]
    assert {(p.area, p.cancels) for p in cancels} == {
        ("cn/sichuan", ("quake",)),
        (AREA, ("rain",)),
        ("cn/sichuan/mianyang", ("rain",)),
    }


def test_who_showed_a_drill_is_told_by_receipts_only(office: Office) -> None:
    office.write_areas()
    office.send("--exercise")
    receipt = Event("box-1", "box", 1, "shown", NOW, "good", {
        "item": "alert quake 1", "page": "drill", "since": "2026-11-22T04:00:00.25Z",
        "until": "2026-11-22T04:05:00Z", "seconds": 300.0, "clock": "good", "cut": False,
    })  # fmt: skip
    office.hear("lift-1", receipt)
    office.hear(
        "lift-2", msgspec.structs.replace(receipt, body={"item": "alert quake-2 1"}), rule="drill quake-2"
    )
    rows = office.reads("alert", "shown", "quake")
    assert [(row["car"], row["shown"], row["seconds"]) for row in rows] == [
        ("lift-1", "yes", "300"),
        ("lift-2", "no", ""),
        ("cn/sichuan/mianyang/tower-m/lift-1", "never heard of", ""),
    ]
    took = msgspec.structs.replace(
        receipt, id="box-3", sequence=3, kind="took", body={"kind": "alert", "id": "quake"}
    )
    office.hear("lift-2", took)
    assert rows[0]["since"] == "2026-11-22T04:00:00+00:00"
    assert office.reads("alert", "shown", "quake")[1]["shown"] == "took it, has not told"
    office.hear("lift-2", rule="drill quake")
    out = office.does("alert", "shown", "quake", "--desk", str(office.desk))
    assert "2 of 3 displays showed quake." in out


def test_a_cancel_may_be_for_one_of_the_areas(office: Office) -> None:
    cities = ("cn/sichuan/chengdu", "cn/sichuan/mianyang")
    office.does("alert", "send", "--yes", "--id", "rain", "--event", "rain", *WORDS, *office.signing(),
                *(word for city in cities for word in ("--area", city)))  # fmt: skip
    cancel = ("alert", "cancel", "--yes", *office.signing(), "--id", "rain", "--area")
    assert f"stands for {', '.join(cities)}, not for cn" in office.refused(*cancel, "cn")
    office.does(*cancel, cities[0])
    assert [(p.id.partition("-")[0], p.area) for p in office.published()] == [
        ("rain", cities[1]),
        ("cancel", cities[0]),
    ]
    states = {row["area"]: row["state"] for row in office.reads("alert", "list") if row["id"] == "rain"}
    assert states[cities[0]].startswith("cancelled by")
    assert states[cities[1]] == "standing"
    office.hear("lift-1", area=f"{cities[1]}/tower-m/lift-1")
    assert [row["over"] for row in office.reads("status", "--alert", "rain")] == [None]
    assert "was cancelled for good already" in office.refused(*cancel, cities[0])
    office.does("alert", "update", "--yes", *office.signing(), "--id", "rain", "--severity", "4")
    office.does(*cancel[:-1])
    assert {(p.id.partition("-")[0], p.area) for p in office.published()} == {
        ("cancel", city) for city in cities
    }


def test_a_slip_of_the_pen_in_an_id_is_told(office: Office) -> None:
    office.send()
    assert "did you mean quake?" in office.refused(
        "alert", "cancel", "--yes", *office.signing(), "--id", "quak"
    )


def test_what_is_listed_may_be_for_one_place(office: Office) -> None:
    office.send()
    assert [row["id"] for row in office.reads("alert", "list", "--area", f"{AREA}/lift-1")] == ["quake"]
    assert office.reads("alert", "list", "--area", "cn/yunnan") == []


def test_a_cancel_says_what_it_ended_and_is_not_listed_itself(office: Office) -> None:
    office.send()
    out = office.does("alert", "cancel", "--yes", *office.signing(), "--id", "quake")
    assert out.splitlines()[0] == "quake is cancelled for good in cn/sichuan"
    listed = office.does("alert", "list", "--desk", str(office.desk)).splitlines()
    assert [line.split()[0] for line in listed] == ["ID", "quake"]
    assert len(office.reads("alert", "list")) == 2
    again = office.refused("alert", "cancel", "--yes", *office.signing(), "--id", "quake")
    assert "alert quake was cancelled for good already" in again


def test_nobody_showed_an_alert_that_never_was(office: Office) -> None:
    office.send()
    office.hear("lift-1")
    said = office.refused("alert", "shown", "quaqe", "--desk", str(office.desk))
    assert "no alert quaqe is kept, nor was one shown" in said
    both = [
        office.does("alert", "shown", *name, "--desk", str(office.desk))
        for name in (("quake",), ("--id", "quake"))
    ]
    assert both[0] == both[1]
    assert "one of the arguments" in office.refused("alert", "shown", "--desk", str(office.desk))


def test_an_alert_counts_for_as_many_minutes_as_it_says(office: Office) -> None:
    office.send("--minutes", "10")
    assert only_alert(office.published()).expires == NOW + timedelta(minutes=10)
    office.does("alert", "update", "--yes", *office.signing(), "--id", "quake", "--minutes", "90")
    assert only_alert(office.published()).expires == NOW + timedelta(minutes=90)
    assert "from 1 to 10080" in office.refused(*office.sending("--minutes", "0"))


def test_the_question_names_the_end_by_the_clock_on_the_wall_too(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for zone, said in (
        ("Asia/Shanghai", "05:00:00+00:00, here 2026-11-22 13:00)"),
        ("UTC", "05:00:00+00:00)"),
    ):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert said in office.refused(*office.sending())
    monkeypatch.undo()
    time.tzset()
