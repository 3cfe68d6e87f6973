"""An official message is judged when it is imported, and what it asks for stands on the desk."""

import re
from pathlib import Path
from textwrap import dedent

import pytest

from content.message import Alert
from tests.commands_rig import Office
from tests.content_rig import AREA

CAP = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
<identifier>{name}</identifier><sender>wx@example.cn</sender><sent>2026-11-22T11:50:00+08:00</sent>
<status>{status}</status><msgType>{kind}</msgType><scope>Public</scope>{references}
<info><language>zh-CN</language><category>Met</category><event>暴雨</event><urgency>Immediate</urgency>
<severity>{severity}</severity><certainty>Observed</certainty><expires>2026-11-22T18:00:00+08:00</expires>
<headline>暴雨红色预警</headline><description>{description}</description><instruction>请勿前往地下楼层。</instruction>
<area><areaDesc>成都</areaDesc><geocode><valueName>CN</valueName><value>510100</value></geocode></area></info></alert>"""


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    office = Office(tmp_path, capsys)
    office.write_areas()
    return office


def words(office: Office, name: str = "rain-1", kind: str = "Alert", **given: str) -> tuple[str, ...]:
    """The command that imports a message."""
    reference = "<references>wx@example.cn,rain-1,2026-11-22T11:50:00+08:00</references>"
    fields = {
        "status": "Actual", "severity": "Severe", "description": "三小时内降雨超过一百毫米。",
        "references": "" if kind == "Alert" else reference, **given,
    }  # fmt: skip
    file = office.folder / "warning.xml"
    file.write_text(CAP.format(name=name, kind=kind, **fields), encoding="utf-8")
    return ("cap", "import", str(file), *office.signing())


def alerts(office: Office) -> list[Alert]:
    return [p for p in office.published() if isinstance(p, Alert)]


def test_an_alert_stands_for_the_areas_that_it_names(office: Office) -> None:
    office.hear("lift-1")
    out = office.does(*words(office), "--unsigned", "--yes")
    assert "2 displays (1 online, 0 offline, 1 never heard of)" in out
    (alert,) = alerts(office)
    assert (alert.area, alert.severity, alert.title.zh, alert.exercise) == (AREA, 3, "暴雨红色预警", False)
    assert alert.body.zh.startswith("请勿前往地下楼层。")


def test_the_guides_example_is_a_drill(office: Office) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "cap.md").read_text(encoding="utf-8")
    example = dedent(guide.partition("cat > warning.xml <<END\n")[2].partition("    END\n")[0])
    file = office.folder / "warning.xml"
    file.write_text(re.sub(r"\$\(date [^)]*\)", "2026-11-22T11:55:00+08:00", example), encoding="utf-8")
    command = ("cap", "import", str(file), *office.signing(), "--unsigned")
    assert "drill cap-try-1-" in office.refused(*command)
    assert '"暴雨橙色预警"' in office.refused(*command)
    office.does(*command, "--yes")
    (alert,) = alerts(office)
    assert (alert.area, alert.exercise) == (AREA, True)
    assert alert.body.zh == "请勿前往地下车库。预计三小时内降雨超过五十毫米。"


def test_an_unsigned_message_is_refused_and_leaves_no_trace(office: Office) -> None:
    assert "taken only with --unsigned, or" in office.refused(*words(office))
    assert not office.desk.with_name("desk.sqlite.cap.json").exists()
    assert alerts(office) == []


def test_an_update_is_the_next_revision_and_a_cancel_takes_it_back(office: Office) -> None:
    office.does(*words(office), "--unsigned", "--yes")
    office.does(*words(office, "rain-2", "Update", severity="Extreme"), "--unsigned", "--yes")
    (alert,) = alerts(office)
    assert (alert.revision, alert.severity) == (2, 4)
    reference = "<references>wx@example.cn,rain-2,2026-11-22T11:50:00+08:00</references>"
    out = office.does(*words(office, "over", "Cancel", references=reference), "--unsigned", "--yes")
    assert "is withdrawn" in out
    assert [(a.revision, a.withdrawn) for a in alerts(office)] == [(3, True)]
    assert "a cancelled alert never comes back" in office.does(
        *words(office, "rain-2", "Alert"), "--unsigned", "--yes"
    )
    assert [a.withdrawn for a in alerts(office)] == [True]


def test_an_update_of_what_a_person_withdrew_is_published_above_it(office: Office) -> None:
    office.does(*words(office), "--unsigned", "--yes")
    (alert,) = alerts(office)
    office.does("alert", "withdraw", "--yes", *office.signing(), "--id", alert.id)
    office.does(*words(office, "rain-2", "Update"), "--unsigned", "--yes")
    assert [(a.revision, a.withdrawn) for a in alerts(office)] == [(3, False)]


def test_what_a_person_cancelled_for_good_is_not_brought_back(office: Office) -> None:
    office.does(*words(office), "--unsigned", "--yes")
    (alert,) = alerts(office)
    office.does("alert", "cancel", "--yes", *office.signing(), "--id", alert.id)
    assert "cancelled here for good" in office.refused(
        *words(office, "rain-2", "Update"), "--unsigned", "--yes"
    )


def test_an_exercise_is_a_drill(office: Office) -> None:
    assert "drill cap-" in office.does(*words(office, status="Exercise"), "--unsigned", "--yes")
    assert [alert.exercise for alert in alerts(office)] == [True]


def test_what_does_not_fit_is_left_out_and_said(office: Office) -> None:
    out = office.does(*words(office, description="降雨很大，请注意安全。" * 60), "--unsigned", "--yes")
    assert "left out so that it fits" in out
    (alert,) = alerts(office)
    assert alert.body.zh == "请勿前往地下楼层。"


def test_a_test_message_and_one_for_elsewhere_change_nothing(office: Office) -> None:
    assert "status Test: never shown" in office.refused(*words(office, status="Test"), "--unsigned", "--yes")
    far = office.folder / "far.toml"
    far.write_text('[areas."cn/yunnan/tower"]\nposition = [25.0, 102.7]\n', encoding="utf-8")
    assert "Ignored: " in office.does(*words(office), "--unsigned", "--yes", "--areas", str(far))
    assert alerts(office) == []


def test_what_it_needs_is_asked_for(office: Office) -> None:
    missing = ("cap", "import", str(office.folder / "missing.xml"), *office.signing())
    assert "name a CAP message" in office.refused(*missing)
    assert "missing.toml" in office.refused(*words(office), "--senders", str(office.folder / "missing.toml"))
    (office.folder / "desk.sqlite.cap.json").write_text("{", encoding="utf-8")
    assert "cancelled alerts can come back" in office.refused(*words(office), "--unsigned", "--yes")
    (office.folder / "areas.toml").unlink()
    assert "areas.toml is needed" in office.refused(*words(office), "--unsigned", "--yes")


def test_what_nobody_signed_goes_out_only_after_somebody_read_whom_it_reaches(office: Office) -> None:
    office.hear("lift-1")
    said = office.refused(*words(office), "--unsigned")
    assert "UNSIGNED: alert cap-" in said
    assert (
        f"it goes to {AREA}: 2 displays (1 online, 0 offline, 1 never heard of); nobody can be asked" in said
    )
    assert alerts(office) == []
    office.does(*words(office), "--unsigned", "--yes")
    assert "UNSIGNED: withdrawal of cap-" in office.refused(*words(office, "over", "Cancel"), "--unsigned")
    assert [alert.withdrawn for alert in alerts(office)] == [False]


def test_of_a_sender_whose_unsigned_messages_are_taken_anyway_nobody_is_asked(office: Office) -> None:
    (office.folder / "senders.toml").write_text(
        '[senders."wx@example.cn"]\nunsigned = true\n', encoding="utf-8"
    )
    office.does(*words(office), "--unsigned")
    assert len(alerts(office)) == 1
