"""Official messages are judged right: what is shown, what ends, what is refused, whatever order they come in."""

import itertools
import re
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from content import areas
from content.cap.geography import distances_km, in_polygon
from content.cap.guard import LARGEST
from content.cap.judge import judge
from content.cap.known import LONGEST, REMEMBERED, Known, decoded, encoded
from content.cap.parts import GRACE
from content.cap.senders import Sender, load
from content.cap.verdict import CapAlert, Ended, Ignored, NotYet, Refused, Verdict
from content.cap.words import language_of, slug, wordings
from content.message import Alert, BadMessage, is_name
from content.pages import page_of, require_whole
from tests.content.cap.build import (
    CHENGDU,
    GATE,
    HALL,
    HOUR,
    MIANYANG,
    NOW,
    OTHER,
    SENDER,
    TREE,
    A,
    B,
    Glass,
    cap,
    certificate,
    info,
    key,
    later,
    rules,
    said,
    signed,
    verdict,
)

MINUTE = timedelta(minutes=1)
PAST = info(urgency="Past", headline="It is over")
CLEAR = info(responseType="AllClear", headline="All clear")
KEY, FORGER = key(), key()
PINNED = Sender(SENDER, (certificate(KEY),))
XSD = etree.XMLSchema(file=Path(__file__).parent / "cap" / "CAP-v1.2.xsd")
ENTITIES = '<!DOCTYPE alert [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE alert [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def alert(outcome: Verdict) -> CapAlert:
    assert isinstance(outcome, CapAlert), outcome
    return outcome


def said_by(outcome: Verdict) -> str:
    """Its reason: one line."""
    assert not isinstance(outcome, CapAlert), outcome
    assert "\n" not in outcome.reason
    return outcome.reason


def only_part(data: bytes, *senders: Sender, utc: datetime = NOW) -> tuple[tuple[str, ...], str, int]:
    """Areas, event and severity."""
    (part,) = alert(verdict(data, *senders, utc=utc)).parts
    return part.areas, part.event, part.severity


def test_an_alert_is_shown_in_its_areas_with_its_words() -> None:
    shown = alert(verdict(cap(info())))
    assert (shown.revision, shown.drill, shown.withdrawals, shown.notes) == (1, False, (), ())
    assert is_name(shown.name)
    assert shown.name.startswith("cap-storm-1-")
    (part,) = shown.parts
    assert part.areas == ("cn/sichuan/chengdu",)
    assert (part.event, part.severity, part.expires) == ("thunderstorm", 3, NOW + 2 * HOUR)
    assert part.texts["en"].title == "Thunderstorm warning"


@pytest.mark.parametrize(
    "data",
    [
        cap(info()),
        cap(info(), info(language="zh-CN"), status="Exercise"),
        later("Update", "storm-2", info(), about="storm-1"),
        later("Cancel", "storm-2", about="storm-1"),
        cap(info(effective=said(NOW), onset=said(NOW), expires=None)),
        signed(cap(info()), KEY),
    ],
)
def test_our_messages_to_test_with_keep_to_the_standards_schema(data: bytes) -> None:
    XSD.assertValid(etree.fromstring(data))


# What comes in.


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not XML"),
        (b"\x00\xff", "not in the encoding utf-8"),
        (b"<alert", "not XML"),
        (b"<alert/>", "not a CAP 1.2 alert"),
        (b"<html/>", "not a CAP 1.2 alert"),
        (cap(info(), version="1.1"), "CAP 1.1; only 1.2 is read"),
        (cap(version="1.0"), "CAP 1.0; only 1.2 is read"),
        (ENTITIES.encode() + cap(info(headline="x")).replace(b">x<", b">&b;<"), "DOCTYPE"),
        (OUTSIDE.encode() + cap(info(headline="x")).replace(b">x<", b">&a;<"), "DOCTYPE"),
        (b"<!DOCTYPE alert SYSTEM 'http://localhost:1/a.dtd'>" + cap(info()), "DOCTYPE"),
        ((OUTSIDE + cap(info()).decode()).encode("utf-16"), "DOCTYPE"),
        (cap(info(headline="x")).replace(b">x<", b">&b;<"), "undefined entity"),
        (cap(info(description="x" * LARGEST)), "at most 1500000 are read"),
        (cap("<info>" * 40 + "</info>" * 40), "elements more than 32 deep"),
        (cap("<a/>" * 100_001), "more than 100000"),
        (b"<?xml version='1.0' encoding='utf-7'?>" + cap(info()), "encoding utf-7: save the message as UTF-8"),
        (cap(info(headline="Überflutung")).decode().encode("latin-1"), "not in the encoding utf-8"),
    ],
)  # fmt: skip
def test_refuses_what_is_harmful_or_no_message(data: bytes, says: str) -> None:
    outcome = verdict(data)
    assert isinstance(outcome, Refused)
    assert says in said_by(outcome)


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "windows-1252", "utf-16", "utf-8-sig"])
def test_reads_the_encodings_that_senders_use(encoding: str) -> None:
    declared = "" if encoding == "utf-8-sig" else f'<?xml version="1.0" encoding="{encoding}"?>'
    data = (declared + cap(info(headline="Usulután")).decode()).encode(encoding)
    assert alert(verdict(data)).parts[0].texts["en"].title == "Usulután"


@pytest.mark.parametrize("encoding", ["gb2312", "gb18030", "big5"])
def test_reads_the_encodings_of_chinese_senders(encoding: str) -> None:
    text = cap(info(headline="暴雨", language="zh")).decode()
    data = (f'<?xml version="1.0" encoding="{encoding}"?>' + text).encode(encoding)
    assert alert(verdict(data)).parts[0].texts["zh"].title == "暴雨"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (cap(info(), scope=None), "scope: missing in alert"),
        (cap(info(), identifier=""), "identifier: empty in alert"),
        (cap(info(), identifier="a b"), "identifier: 'a b' has a space"),
        (cap(info(), sender="a,b"), "sender: 'a,b' has a space, a comma"),
        (cap(info(), sent="2026-11-22T04:00:00Z"), "sent: '2026-11-22T04:00:00Z' is not a time"),
        (cap(info(), sent="2026-02-30T04:00:00+00:00"), "is not a time"),
        (cap(info(), sent="0000-01-01T00:00:00+00:00"), "is not a time"),
        (cap(info(), status="actual"), "status: 'actual' is none of Actual, Exercise"),
        (cap(info(), msgType="Warning"), "msgType: 'Warning' is none of"),
        (cap(info(), "<status>Test</status>"), "status: given 2 times"),
        (cap(info(), "<x>1</x>"), "x: not an element of alert in CAP 1.2"),
        (cap(info(), sender=None).replace(b"<sent>", b"<sender><b/>x</sender><sent>"), "elements where only words"),
        (cap(info(category=None)), "category: missing"),
        (cap(info(urgency="")), "urgency: empty in info"),
        (cap(info(severity="Terrible")), "severity: 'Terrible' is none of"),
        (cap(info(expires="")), "expires: '' is not a time"),
        (cap(info("<circle>1,2 3</circle>")), "areaDesc: missing in area"),
        (cap(info("<areaDesc>x</areaDesc><circle>1,2</circle>")), "circle: '' is not a number"),
        (cap(info("<areaDesc>x</areaDesc><circle>1,2 -3</circle>")), "negative radius"),
        (cap(info("<areaDesc>x</areaDesc><circle>104,30 3</circle>")), "is not on the Earth"),
        (cap(info("<areaDesc>x</areaDesc><circle>nan,1 3</circle>")), "'nan' is not a number"),
        (cap(info("<areaDesc>x</areaDesc><polygon>1,1 2,2 1,1</polygon>")), "needs four points"),
        (cap(info("<areaDesc>x</areaDesc><polygon>1,1 2,2 3,3 4,4</polygon>")), "the last the same"),
        (cap(info("<areaDesc>x</areaDesc><polygon>1,1, 2,2 3,3 1,1</polygon>")), "not latitude,longitude"),
        (cap(info(f"<areaDesc>x</areaDesc>{'<circle>1,1 1</circle>' * 5001}")), "more than 5000 polygons"),
        (cap(info(f"<areaDesc>x</areaDesc><polygon>{'1,1 ' * 100_001}</polygon>")), "more than 100000 corners"),
        (cap(*[info()] * 201), "201 of them; at most 200"),
        (cap(info(), msgType="Update"), "references: missing, and Update is about an earlier message"),
        (cap(info(), msgType="Update", references=""), "references: missing"),
        (cap(msgType="Cancel"), "references: missing, and Cancel"),
        (cap(info(), references="a,b"), "'a,b' is not sender,identifier,sent"),
        (cap(info(), references="a,b,yesterday"), "references: 'yesterday' is not a time"),
        (cap(info(), references=" ".join(f"a,{n},{said(NOW)}" for n in range(1001))), "at most 1000"),
        (cap(), "info: missing, so there is nothing to show"),
    ],
)  # fmt: skip
def test_names_the_element_that_is_wrong(data: bytes, says: str) -> None:
    outcome = verdict(data)
    assert isinstance(outcome, Refused)
    assert says in said_by(outcome)


def test_a_comment_inside_a_word_is_no_part_of_it() -> None:
    data = cap(info()).replace(b">Actual<", b">Act<!-- Test -->ual<")
    assert not alert(verdict(data)).drill


_VALID = [
    cap(info(), info(MIANYANG, language="zh")),
    later("Update", "u", info(expires=None), PAST, about="storm-1"),
    later("Cancel", "c", about="storm-1"),
    signed(cap(info()), KEY),
]


@settings(derandomize=True, deadline=None, max_examples=400)
@given(st.data())
def test_no_mutation_of_a_message_gets_an_exception_out(data: st.DataObject) -> None:
    text = bytearray(data.draw(st.sampled_from(_VALID)))
    for _ in range(data.draw(st.integers(1, 6))):
        # Signatures differ in length from run to run, and what is drawn must not.
        start = data.draw(st.integers(0, 99_999)) * len(text) // 100_000
        end = start + data.draw(st.integers(0, 40))
        text[start:end] = data.draw(
            st.binary(max_size=8) | st.sampled_from([b"<info>", b"<", b"]]>", b"9999"])
        )
    outcome, known = judge(bytes(text), rules(), Known(), NOW)
    assert known == Known() or isinstance(outcome, CapAlert | Ignored | Refused)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_no_bytes_get_an_exception_out(data: bytes) -> None:
    assert isinstance(verdict(data), Refused)


def test_a_message_of_a_megabyte_takes_little_memory() -> None:
    corner = " ".join(f"{30 + n % 100 / 100},{104 + n % 77 / 100}" for n in range(10_000))
    polygon = f"<polygon>0,0 {corner} 0,0</polygon>"
    data = cap(info(f"<areaDesc>x</areaDesc>{polygon}", description="rain " * 160_000))
    assert 900_000 < len(data) < LARGEST
    tracemalloc.start()
    outcome = verdict(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(outcome, CapAlert | Ignored)
    assert peak < 60e6


# Who sends it.


def test_takes_what_is_signed_with_the_pinned_certificate_or_key() -> None:
    data = signed(cap(info()), KEY)
    public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for pin in (certificate(KEY), public):
        alert(verdict(data, Sender(SENDER, (pin,)), unsigned=False))
    alert(verdict(data, Sender(SENDER, (certificate(FORGER), certificate(KEY))), unsigned=False))


@pytest.mark.parametrize("unsigned", [False, True])
def test_refuses_a_forgery_though_it_brings_its_own_certificate(unsigned: bool) -> None:
    forged = signed(cap(info()), FORGER)
    assert "by nobody we know" in said_by(verdict(forged, unsigned=unsigned))
    assert "not made with the pinned key" in said_by(verdict(forged, PINNED, unsigned=unsigned))


def test_refuses_what_was_changed_after_signing() -> None:
    data = signed(cap(info()), KEY).replace(b"Stay inside.", b"Go outside.")
    assert "the message was changed since" in said_by(verdict(data, PINNED))


def test_refuses_a_signed_message_in_another_senders_name() -> None:
    data = signed(cap(info(), sender=OTHER), KEY)
    assert "not made with the pinned key" in said_by(
        verdict(data, PINNED, Sender(OTHER, (certificate(FORGER),)))
    )


def test_refuses_a_signature_that_covers_something_else_than_the_message() -> None:
    true = signed(cap(info()), KEY)
    inside = true[true.index(b"<ds:Signature") : true.index(b"</alert>")]
    false = cap(info(headline="False")).replace(b"</alert>", inside + b"</alert>")
    assert "not made with the pinned key" in said_by(verdict(false, PINNED))
    assert "stands inside another element" in said_by(
        verdict(cap(info()).replace(b"</info>", inside + b"</info>"), PINNED)
    )


def test_a_true_message_packed_into_a_false_one_is_no_proof_of_it() -> None:
    true = cap(info()).replace(b"<alert ", b'<alert Id="a" ')
    false = cap(info(headline="False")).replace(b"</alert>", b"<p xmlns='urn:x'>" + true + b"</p></alert>")
    alert(verdict(false))
    assert "covers something else than the message" in said_by(
        verdict(signed(false, KEY, covers="#a"), PINNED)
    )
    alert(verdict(signed(false, KEY), PINNED))


def test_an_unsigned_message_is_taken_only_when_somebody_allows_it() -> None:
    assert "taken only with --unsigned" in said_by(verdict(cap(info()), unsigned=False))
    alert(verdict(cap(info()), unsigned=True))
    alert(verdict(cap(info()), Sender(SENDER, unsigned=True), unsigned=False))


def test_a_sender_that_signs_cannot_leave_it_out() -> None:
    assert "it has to sign" in said_by(verdict(cap(info()), PINNED, unsigned=True))
    alert(verdict(cap(info()), Sender(SENDER, PINNED.keys, unsigned=True), unsigned=False))


def test_refuses_sha_1_unless_the_sender_is_allowed_it() -> None:
    data = signed(cap(info()), KEY, sha1=True)
    assert "made with SHA-1" in said_by(verdict(data, PINNED))
    alert(verdict(data, Sender(SENDER, PINNED.keys, sha1=True)))


def test_a_pinned_certificate_counts_between_its_dates() -> None:
    sender = Sender(SENDER, (certificate(KEY, until=NOW + HOUR),))
    data = signed(cap(info()), KEY)
    alert(verdict(data, sender, utc=NOW))
    assert "to 2026-11-22; pin the one that the sender uses now" in said_by(
        verdict(data, sender, utc=NOW + HOUR + MINUTE)
    )


@pytest.mark.parametrize("pinned", [KEY, FORGER])
def test_a_relay_may_sign_beside_the_author_and_either_may_be_pinned(pinned: object) -> None:
    relay = FORGER
    data = signed(signed(cap(info()), KEY), relay)
    pin = certificate(KEY if pinned is KEY else relay)
    alert(verdict(data, Sender(SENDER, (pin,)), unsigned=False))
    assert isinstance(verdict(data, Sender(SENDER, (certificate(key()),))), Refused)


def test_refuses_more_signatures_than_anybody_needs() -> None:
    data = cap(info())
    for _ in range(5):
        data = signed(data, KEY)
    assert "at most 4 are checked" in said_by(verdict(data, PINNED))


# What is for displays.


@pytest.mark.parametrize("status", ["Test", "System", "Draft"])
def test_what_is_no_warning_is_never_shown(status: str) -> None:
    assert said_by(verdict(cap(info(), status=status))) == f"status {status}: never shown"


def test_an_exercise_is_a_drill() -> None:
    assert alert(verdict(cap(info(), status="Exercise"))).drill


def test_an_exercise_never_touches_the_real_alert() -> None:
    glass = Glass()
    glass.take(cap(info()))
    update = glass.take(later("Update", "u", info(headline="Drill"), about="storm-1", status="Exercise"))
    assert alert(update).drill
    assert glass.titles() == ["Drill", "Thunderstorm warning"]
    glass.take(later("Cancel", "c", about="u storm-1", status="Exercise"))
    assert glass.titles() == ["Thunderstorm warning"]


@pytest.mark.parametrize("kind", ["Ack", "Error"])
def test_what_systems_tell_each_other_is_ignored(kind: str) -> None:
    outcome = verdict(later(kind, "x", about="storm-1"))
    assert isinstance(outcome, Ignored)
    assert kind in outcome.reason


@pytest.mark.parametrize("scope", ["Private", "Restricted"])
def test_what_is_not_for_the_public_is_refused(scope: str) -> None:
    assert said_by(verdict(cap(info(), scope=scope))) == f"scope {scope}: not for the public"


# Updates and cancels.


@pytest.mark.parametrize("ending", [later("Cancel", "end", about="storm-1"),
                                    later("Cancel", "end", info(), about="storm-1"),
                                    later("Update", "end", PAST, about="storm-1"),
                                    later("Update", "end", CLEAR, about="storm-1"),
                                    later("Update", "end", PAST, CLEAR, about="storm-1")])  # fmt: skip
def test_a_cancelled_alert_goes_and_never_comes_back(ending: bytes) -> None:
    glass = Glass()
    shown = alert(glass.take(cap(info())))
    outcome = glass.take(ending)
    assert isinstance(outcome, Ended)
    assert [(w.name, w.areas) for w in outcome.withdrawals] == [(shown.name, ("cn/sichuan/chengdu",))]
    assert "cancels storm-1" in outcome.reason
    assert "never comes back" in said_by(glass.take(cap(info())))
    assert "never comes back" in said_by(
        glass.take(later("Update", "late", info(), about="storm-1", minutes=20))
    )
    assert glass.titles() == []


@pytest.mark.parametrize("ending", [later("Cancel", "end", about="storm-1"),
                                    later("Update", "end", PAST, about="storm-1")])  # fmt: skip
def test_a_cancel_that_comes_first_still_counts(ending: bytes) -> None:
    glass = Glass()
    assert "it is remembered" in said_by(glass.take(ending))
    assert "never comes back" in said_by(glass.take(cap(info())))


def test_the_memory_of_cancels_survives_as_json() -> None:
    glass = Glass()
    glass.take(later("Cancel", "end", about="storm-1"))
    glass.known = decoded(encoded(glass.known))
    assert "never comes back" in said_by(glass.take(cap(info())))


def test_memory_is_dropped_only_when_the_alert_would_have_expired_anyway() -> None:
    glass = Glass()
    endless = cap(info(expires="2199-01-01T00:00:00+00:00"))
    glass.take(later("Cancel", "end", about="storm-1"))
    before, _ = judge(endless, rules(), glass.known, NOW + REMEMBERED)
    assert "never comes back" in said_by(before)
    after, known = judge(endless, rules(), glass.known, NOW + REMEMBERED + 2 * HOUR)
    assert "expired at" in said_by(after)
    assert len(known.records) == 1


def test_an_update_takes_the_place_of_the_alert() -> None:
    glass = Glass()
    first = alert(glass.take(cap(info())))
    second = alert(glass.take(later("Update", "storm-2", info(headline="Worse"), about="storm-1")))
    assert (second.name, second.revision, second.withdrawals) == (first.name, 2, ())
    assert glass.titles() == ["Worse"]
    third = alert(glass.take(later("Update", "storm-3", info(headline="Less"), about="storm-2", minutes=20)))
    assert (third.name, third.revision) == (first.name, 3)
    assert glass.titles() == ["Less"]


def test_an_update_partly_over_warns_where_it_is_not() -> None:
    glass = Glass()
    glass.take(cap(info(), info(MIANYANG)))
    over = info(CHENGDU, responseType="AllClear")
    glass.take(later("Update", "u", over, info(MIANYANG, headline="Still"), about="storm-1"))
    assert list(glass.shown.values()) == ["Still"]
    assert {area for _, area in glass.shown} == {HALL}


def test_an_update_leaves_the_areas_that_it_no_longer_names() -> None:
    glass = Glass()
    glass.take(cap(info()))
    update = alert(glass.take(later("Update", "u", info(MIANYANG), about="storm-1")))
    assert [(w.areas, w.revision) for w in update.withdrawals] == [(("cn/sichuan/chengdu",), 2)]
    assert update.revision == 3
    assert {area for _, area in glass.shown} == {HALL}


def test_an_update_that_moved_away_takes_the_alert_back() -> None:
    glass = Glass()
    glass.take(cap(info()))
    outcome = glass.take(
        later("Update", "u", info("<areaDesc>Far</areaDesc><circle>1,1 1</circle>"), about="storm-1")
    )
    assert isinstance(outcome, Ended)
    assert "none of your buildings" in outcome.reason
    assert glass.titles() == []


def test_an_update_that_has_expired_takes_the_alert_back() -> None:
    glass = Glass()
    glass.take(cap(info()))
    outcome = glass.take(later("Update", "u", info(expires=said(NOW + 30 * MINUTE)), about="storm-1"))
    assert isinstance(outcome, Ended)
    assert "expired at 2026-11-22T04:30" in outcome.reason


def test_one_update_may_join_several_alerts() -> None:
    glass = Glass()
    glass.take(cap(info(headline="One"), identifier="a"))
    glass.take(cap(info(MIANYANG, headline="Two"), identifier="b"))
    glass.take(later("Update", "u", info(headline="Both"), about="a b"))
    assert glass.titles() == ["Both"]
    glass.take(later("Cancel", "c", about="a", minutes=20))
    assert glass.titles() == []


def test_an_update_may_drop_a_cancelled_alert_and_keep_another() -> None:
    glass = Glass()
    glass.take(cap(info(), identifier="a"))
    glass.take(cap(info(MIANYANG, headline="Two"), identifier="b"))
    glass.take(later("Cancel", "c", about="a", minutes=5))
    glass.take(later("Update", "u", info(MIANYANG, headline="Two, later"), about="a b", minutes=10))
    assert glass.titles() == ["Two, later"]


def test_an_older_update_does_not_replace_a_newer_one() -> None:
    glass = Glass()
    glass.take(cap(info()))
    glass.take(later("Update", "new", info(headline="New"), about="storm-1", minutes=20))
    outcome = glass.take(later("Update", "old", info(headline="Old"), about="storm-1", minutes=10))
    assert "older than what stands" in said_by(outcome)
    assert glass.titles() == ["New"]


def test_the_alert_itself_does_not_come_back_behind_its_update() -> None:
    glass = Glass()
    glass.take(later("Update", "u", info(headline="New"), about="storm-1"))
    assert "replaced by an update" in said_by(glass.take(cap(info())))
    assert glass.titles() == ["New"]


def test_the_same_message_twice_is_one() -> None:
    glass = Glass()
    glass.take(cap(info()))
    assert said_by(glass.take(cap(info(headline="Other words")))) == "storm-1 came already"


def test_nobody_ends_or_replaces_the_alert_of_another() -> None:
    glass = Glass()
    glass.take(cap(info()))
    cancel = later("Cancel", "c", about="storm-1", sender=OTHER)
    assert "which someone@else.example cannot cancel" in said_by(glass.take(cancel))
    over = later("Update", "c", PAST, about="storm-1", sender=OTHER)
    assert isinstance(glass.take(over), Refused)
    beside = alert(glass.take(later("Update", "u", info(headline="Beside"), about="storm-1", sender=OTHER)))
    assert "of another sender" in beside.notes[0]
    assert glass.titles() == ["Beside", "Thunderstorm warning"]


def test_a_sender_may_refer_to_its_own_alerts_by_an_alias() -> None:
    glass = Glass(Sender(SENDER, unsigned=True, aliases=("WX",)))
    glass.take(cap(info()))
    outcome = glass.take(later("Cancel", "c", about="", references=f"WX,storm-1,{said(NOW)}"))
    assert isinstance(outcome, Ended)


def test_an_update_sent_in_the_same_second_or_by_a_slow_clock_is_an_update() -> None:
    for order in ([0, 1], [1, 0]):
        chain = [
            cap(info(), identifier="z"),
            later("Update", "a", info(headline="New"), about="z", minutes=0),
        ]
        glass = Glass()
        for index in order:
            glass.take(chain[index])
        assert glass.titles() == ["New"]


def test_a_message_that_refers_to_itself_does_not_replace_or_end_itself() -> None:
    glass = Glass()
    glass.take(cap(info()))
    glass.take(later("Update", "u", info(headline="New"), about="u storm-1"))
    assert glass.titles() == ["New"]
    assert isinstance(glass.take(later("Cancel", "c", about="c")), Refused)


def test_a_cancel_may_write_the_time_in_another_zone() -> None:
    glass = Glass()
    glass.take(cap(info()))
    glass.take(later("Cancel", "c", about="", references=f"{SENDER},storm-1,2026-11-22T12:00:00+08:00"))
    assert glass.titles() == []


_CHAINS = [
    [cap(info()), later("Update", "u1", info(headline="U1"), about="storm-1", minutes=5),
     later("Update", "u2", info(headline="U2"), about="storm-1 u1", minutes=10)],
    [cap(info()), later("Update", "u1", info(headline="U1"), about="storm-1", minutes=5),
     later("Cancel", "c", about="storm-1", minutes=10)],
    [cap(info()), later("Update", "u1", info(headline="U1"), about="storm-1", minutes=5),
     later("Update", "u2", info(headline="U2"), about="storm-1", minutes=10),
     later("Cancel", "c", about="u2", minutes=20)],
    [cap(info(), identifier="a"), cap(info(MIANYANG, headline="B"), identifier="b"),
     later("Update", "u", info(headline="U"), about="a b"), later("Cancel", "c", about="a", minutes=20)],
    [cap(info()), later("Update", "o", PAST, about="storm-1", minutes=5),
     later("Update", "u2", info(headline="U2"), about="storm-1 o", minutes=10)],
]  # fmt: skip


@pytest.mark.parametrize("chain", _CHAINS)
def test_what_stands_in_the_end_does_not_depend_on_the_order_of_arrival(chain: list[bytes]) -> None:
    ends = []
    for order in itertools.permutations(chain):
        glass = Glass()
        for data in order:
            glass.take(data)
        ends.append(glass.titles())
    assert all(end == ends[0] for end in ends)


def test_a_long_chain_of_updates_is_still_one_alert() -> None:
    glass = Glass()
    first = alert(glass.take(cap(info(expires=None), identifier="n0")))
    for n in range(1, 60):
        shown = alert(glass.take(later("Update", f"n{n}", info(), about=f"n{n - 1}", minutes=n)))
    assert (shown.name, shown.revision) == (first.name, 60)
    glass.take(later("Cancel", "c", about="n0", minutes=60))
    assert glass.titles() == []


# Times.


@pytest.mark.parametrize(
    ("urgency", "hours"), [("Immediate", 12), ("Expected", 24), ("Future", 48), ("Past", 6), ("Unknown", 24)]
)
def test_a_missing_expiry_is_bounded_by_the_urgency(urgency: str, hours: int) -> None:
    shown = alert(verdict(cap(info(expires=None, urgency=urgency))))
    assert shown.parts[0].expires == NOW + hours * HOUR
    assert "without an expiry: bounded to" in shown.notes[0]


def test_an_earthquake_without_an_expiry_is_soon_over() -> None:
    shown = alert(verdict(cap(info(expires=None, event="Earthquake"))))
    assert shown.parts[0].expires == NOW + 10 * MINUTE


def test_no_alert_lasts_longer_than_the_longest() -> None:
    assert alert(verdict(cap(info(expires="2199-01-01T00:00:00+00:00")))).parts[0].expires == NOW + LONGEST


def test_refuses_what_has_expired() -> None:
    outcome = verdict(cap(info()), utc=NOW + 2 * HOUR)
    assert isinstance(outcome, Refused)
    assert said_by(outcome) == "expired at 2026-11-22T06:00+00:00"
    alert(verdict(cap(info()), utc=NOW + 2 * HOUR - MINUTE))


def test_of_several_infos_only_those_that_have_not_expired_count() -> None:
    short = info(severity="Extreme", expires=said(NOW + HOUR))
    assert only_part(cap(short, info()))[2] == 4
    assert only_part(cap(short, info()), utc=NOW + HOUR)[2] == 3


def test_what_is_in_effect_later_is_judged_again_then() -> None:
    glass = Glass()
    data = cap(info(effective=said(NOW + HOUR)))
    outcome = glass.take(data, NOW)
    assert isinstance(outcome, NotYet)
    assert outcome.until == NOW + HOUR
    assert glass.known == Known()
    alert(glass.take(data, NOW + HOUR))


def test_an_onset_to_come_does_not_hold_the_warning_back() -> None:
    assert alert(verdict(cap(info(onset=said(NOW + HOUR))))).parts[0].onset == NOW + HOUR


def test_refuses_what_was_sent_in_the_future() -> None:
    data = cap(info())
    alert(verdict(data, utc=NOW - GRACE))
    assert "one of the two clocks is wrong" in said_by(verdict(data, utc=NOW - GRACE - MINUTE))


def test_an_all_clear_about_nothing_is_ignored() -> None:
    assert said_by(verdict(cap(CLEAR))) == "says that all is clear and refers to no alert"


# Places.


def square(south: float, west: float, north: float, east: float) -> str:
    corners = f"{south},{west} {north},{west} {north},{east} {south},{east} {south},{west}"
    return f"<areaDesc>x</areaDesc><polygon>{corners}</polygon>"


CODE = "<geocode><valueName>CN</valueName><value>510100</value></geocode>"
BEIJING = "<geocode><valueName>cn</valueName><value>110000</value></geocode>"


@pytest.mark.parametrize(
    ("area", "areas"),
    [
        (square(30, 104, 31, 105), ("cn/sichuan/chengdu",)),
        (square(30.6, 104, 30.68, 104.08), (A,)),
        (square(30, 104, 32, 105), ("cn/sichuan",)),
        ("<areaDesc>x</areaDesc><circle>30.66,104.06 1</circle>", (A,)),
        (f"<areaDesc>x</areaDesc>{CODE}", ("cn/sichuan/chengdu",)),
        (f"<areaDesc>x</areaDesc>{BEIJING}", (GATE,)),
        (f"{square(30.6, 104, 30.68, 104.08)}{CODE}{BEIJING}", (GATE, A)),
        (f"<areaDesc>x</areaDesc><circle>31,104 0</circle>{CODE}", ("cn/sichuan/chengdu",)),
        (f"{square(30.6, 104, 30.68, 104.08)}<circle>31.47,104.68 1</circle>", (A, HALL)),
    ],
)
def test_areas_are_matched_by_shape_and_where_there_is_none_by_code(
    area: str, areas: tuple[str, ...]
) -> None:
    assert only_part(cap(info(area)))[0] == tuple(sorted(areas))


def test_places_outside_are_told_nothing() -> None:
    assert "none of your buildings" in said_by(verdict(cap(info(square(0, 0, 1, 1)))))
    epicentre = "<areaDesc>El Salvador</areaDesc><circle>30.66,104.06 0.0</circle>"
    assert "none of your buildings" in said_by(verdict(cap(info(epicentre))))


@pytest.mark.parametrize("area", [None, "<areaDesc>The whole nation</areaDesc>"])
def test_an_alert_without_an_area_is_for_the_senders_own(area: str | None) -> None:
    assert "no area is configured for this sender" in said_by(verdict(cap(info(area))))
    assert only_part(cap(info(area)), Sender(SENDER, unsigned=True, area="cn/sichuan"))[0] == ("cn/sichuan",)


def test_each_place_is_told_the_most_severe_that_concerns_it() -> None:
    shown = alert(verdict(cap(info(square(30, 104, 32, 105), severity="Minor"),
                              info(square(30.6, 104, 30.68, 104.08), severity="Extreme"))))  # fmt: skip
    assert {part.areas: part.severity for part in shown.parts} == {(A,): 4, (B, HALL): 1}


def test_distances_are_those_of_the_great_circle() -> None:
    tokyo_london = distances_km(np.array([[35.6895, 139.6917]]), (51.5074, -0.1278))
    assert tokyo_london[0] == pytest.approx(9559, abs=5)
    assert distances_km(np.array([[0.0, 179.9]]), (0.0, -179.9))[0] == pytest.approx(22.24, abs=0.01)


def test_a_polygon_may_lie_across_the_antimeridian() -> None:
    fiji = ((-20.0, 177.0), (-15.0, 177.0), (-15.0, -178.0), (-20.0, -178.0), (-20.0, 177.0))
    places = np.array([[-18.1, 178.4], [-17.0, -179.9], [-18.0, 0.0], [-18.0, 170.0], [-18.0, -170.0]])
    assert in_polygon(places, fiji).tolist() == [True, True, False, False, False]


def test_a_polygon_may_be_hollow_and_bent() -> None:
    bent = (
        (0.0, 0.0),
        (0.0, 4.0),
        (4.0, 4.0),
        (4.0, 3.0),
        (1.0, 3.0),
        (1.0, 1.0),
        (4.0, 1.0),
        (4.0, 0.0),
        (0.0, 0.0),
    )
    places = np.array([[0.5, 2.0], [2.0, 2.0], [2.0, 0.5], [3.0, 3.5], [5.0, 2.0]])
    assert in_polygon(places, bent).tolist() == [True, False, True, True, False]


# Words.


@pytest.mark.parametrize(
    ("tag", "language"),
    [("zh", "zh"), ("zh-CN", "zh"), ("zh-Hans-TW", "zh"), ("zh-TW", "zh_hant"), ("zh-Hant", "zh_hant"),
     ("zh-HK", "zh_hant"), ("cmn-Hans-CN", "zh"), ("yue", "zh_hant"), ("en-CA", "en"), ("EN", "en"), ("ja-JP", "ja"),
     ("ar", "ar"), ("hi-IN", "hi"), ("fr-CA", None), ("", None), ("english", None)],
)  # fmt: skip
def test_languages_are_those_of_the_glass(tag: str, language: str | None) -> None:
    assert language_of(tag) == language


def test_languages_stand_side_by_side_and_others_are_told_of() -> None:
    shown = alert(verdict(cap(info(), info(language="zh-CN", headline="雷暴预警"), info(language="fr-CA"))))
    assert {language: words.title for language, words in shown.parts[0].texts.items()} == {
        "zh": "雷暴预警",
        "en": "Thunderstorm warning",
    }
    assert shown.notes == ("not shown in fr-CA: no language of the displays",)


def test_refuses_a_message_that_no_passenger_could_read() -> None:
    assert "language: fr-CA; a display shows zh, en" in said_by(verdict(cap(info(language="fr-CA"))))


def test_a_missing_language_is_english() -> None:
    assert list(alert(verdict(cap(info(language=None)))).parts[0].texts) == ["en"]


def test_of_several_infos_in_a_language_the_most_severe_is_shown() -> None:
    shown = alert(verdict(cap(info(severity="Minor"), info(severity="Extreme", headline="Run"), info())))
    assert [(part.severity, part.texts["en"].title) for part in shown.parts] == [(4, "Run")]


@pytest.mark.parametrize(
    ("given", "event"),
    [
        ({"event": "Earthquake"}, "earthquake"),
        ({"event": "地震预警", "language": "zh"}, "earthquake"),
        ({"event": "Earthquake", "urgency": "Past"}, "earthquake-report"),
        ({"event": "Earthquake", "urgency": "Future"}, "earthquake-report"),
        ({"event": "Tsunami after the earthquake"}, "tsunami"),
        ({"event": "Flash Flood Watch"}, "flash-flood-watch"),
        ({"event": "暴雨"}, "alert"),
    ],
)
def test_events_have_names(given: dict[str, str], event: str) -> None:
    assert only_part(cap(info(**given)))[1] == event


@pytest.mark.parametrize(
    ("severity", "level"), [("Extreme", 4), ("Severe", 3), ("Moderate", 2), ("Minor", 1), ("Unknown", 2)]
)
def test_severities_are_levels(severity: str, level: int) -> None:
    assert only_part(cap(info(severity=severity)))[2] == level


def test_wordings_go_from_all_to_the_least() -> None:
    long = info(
        instruction="Stay inside. Close windows. Wait for news.", description="Hail <br />as large as eggs."
    )
    texts = alert(verdict(cap(long))).parts[0].texts
    assert [(w.body.en, w.left_out) for w in wordings(texts)] == [
        ("Stay inside. Close windows. Wait for news. Hail as large as eggs.", ()),
        ("Stay inside. Close windows. Wait for news.", ("description",)),
        ("Stay inside. Close windows.", ("description", "end of the instruction")),
        ("Stay inside.", ("description", "most of the instruction")),
        ("Thunderstorm warning", ("description", "instruction")),
    ]
    assert [w.title.en for w in wordings(texts)] == ["Thunderstorm warning"] * 4 + ["Thunderstorm"]


def test_an_alert_of_a_headline_alone_has_a_title_and_a_body() -> None:
    texts = alert(verdict(cap(info(instruction=None, description=None)))).parts[0].texts
    (only,) = wordings(texts)
    assert (only.title.en, only.body.en, only.left_out) == ("Thunderstorm", "Thunderstorm warning", ())


def test_wordings_leave_out_what_says_nothing_and_what_is_too_long() -> None:
    texts = (
        alert(verdict(cap(info(instruction="None", description="x" * 900 + ". Rain.", headline="h" * 900))))
        .parts[0]
        .texts
    )
    (only,) = wordings(texts)
    assert (only.title.en, only.body.en) == ("Thunderstorm", "h" * 299 + "…")
    assert only.left_out == ("description", "instruction")


def test_the_first_wording_is_drawn_by_the_page_of_its_level() -> None:
    part = alert(
        verdict(cap(info(), info(language="zh-CN", headline="雷暴预警", instruction="请留在室内。")))
    ).parts[0]
    said = next(wordings(part.texts))
    page = page_of(Alert("x", 1, A, NOW, part.expires, part.event, said.title, said.body, part.severity))
    require_whole(page, [(1080, 1920)])


@given(st.text(max_size=80))
def test_slugs_are_names_or_nothing(text: str) -> None:
    made = slug(text, 40)
    assert made == "" or (is_name(made) and len(made) <= 40 and not re.search("^-|-$", made))


# Senders.


def test_reads_the_file_of_senders(tmp_path: Path) -> None:
    (tmp_path / "weather.pem").write_bytes(certificate(KEY))
    (tmp_path / "senders.toml").write_text(
        f'[senders."{SENDER}"]\nkeys = ["weather.pem"]\narea = "cn"\naliases = ["WX"]\n[senders.b]\nunsigned = true\n'
    )
    senders = load(tmp_path / "senders.toml")
    assert senders[SENDER] == Sender(SENDER, (certificate_of(tmp_path),), area="cn", aliases=("WX",))
    assert senders["b"].unsigned
    alert(verdict(signed(cap(info()), KEY), *senders.values(), unsigned=False))


def certificate_of(folder: Path) -> bytes:
    return (folder / "weather.pem").read_bytes()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x", "is not TOML"),
        ("", "has no senders: write each as"),
        ("[senders.a]\nkey = 1", "sender 'a': key is not known; did you mean keys?"),
        ('[senders.a]\nsha1 = "yes"', "sender 'a': sha1: write true or false, without quotes"),
        ('[senders.a]\nkeys = ["no.pem"]', "No such file or directory; name the sender's certificate"),
        ('[senders.a]\nkeys = ["senders.toml"]', "neither a certificate nor a public key in PEM"),
        ('[senders.a]\narea = "CN"', "sender 'a': area: write an area in quotes"),
    ],
)
def test_says_in_one_line_what_is_wrong_with_the_file_of_senders(
    tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / "senders.toml").write_text(text)
    with pytest.raises(BadMessage) as caught:
        load(tmp_path / "senders.toml")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    with pytest.raises(BadMessage, match="name the file of senders"):
        load(tmp_path / "none.toml")


def test_no_module_of_the_agent_reads_official_messages() -> None:
    root = Path(__file__).parents[2]
    sources = [path for package in ("agent", "drivers") for path in (root / package).rglob("*.py")]
    assert sources
    assert not [path for path in sources if "content.cap" in path.read_text(encoding="utf-8")]


def test_the_tree_to_test_with_is_as_described() -> None:
    assert areas.parse('[areas.cn]\nen = "China"').names("cn") == ("China", "China")
    assert TREE.buildings("cn") == [GATE, A, B, HALL]
    assert datetime(2026, 11, 22, 4, tzinfo=UTC) == NOW
