"""The public sample messages of other people, each with the verdict that is expected of it.

They are not part of this project: from github.com/google/cap-library, the OASIS schema, and one forgery made of the
OASIS earthquake. HOISTWAY_CAP_SAMPLES names the folder that has `google/`, `schema/` and `synthetic/`. Without it they
are skipped, and tests/content/test_cap.py judges messages of our own of every one of these kinds.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from content import areas
from content.cap.guard import tree
from content.cap.judge import Rules, judge
from content.cap.known import Known
from content.cap.senders import Sender
from content.cap.verdict import CapAlert, Ended, Ignored, Refused, Verdict

FOLDER = Path(os.environ.get("HOISTWAY_CAP_SAMPLES", ""))
pytestmark = pytest.mark.skipif(
    "HOISTWAY_CAP_SAMPLES" not in os.environ, reason="HOISTWAY_CAP_SAMPLES names no folder of sample messages"
)

TREE = areas.parse("""
[areas."us/ca/tuolumne"]
position = [38.5, -119.9]
[areas."us/ak/adak"]
geocodes = ["UGC=AKZ187"]
[areas."us/dc/museum"]
position = [38.9, -77.0]
[areas."ca/on/windsor"]
position = [42.2, -82.9]
[areas."ca/sk/la-ronge"]
position = [54.0, -104.5]
[areas."au/nsw/wagga"]
position = [-35.3, 147.1]
[areas."au/nsw/sydney"]
position = [-33.9, 151.2]
geocodes = ["http://www.iso.org/iso/country_codes.html=AU-NSW"]
""")
NOBODY = "unsigned messages of {} are taken only with --unsigned"
OLD = "CAP 1.1; only 1.2 is read"

# file, whether unsigned is allowed, the verdict, words of its reason or the areas, event and severity
EXPECTED: list[tuple[str, bool, type[Verdict], object]] = [
    ("google/43b080713727.cap", False, Refused, NOBODY.format("hsas@dhs.gov")),
    ("google/43b080713727.cap", True, Refused, "area: missing or only words"),
    ("google/KAR0-0306112239-SW.cap", True, Refused, OLD),
    ("google/australia.cap", False, Refused, NOBODY.format("webmaster@rfs.nsw.gov.au")),
    ("google/australia.cap", True, CapAlert, (("au/nsw/wagga",), "fire", 1)),
    ("google/canada.cap", False, Refused, NOBODY.format("cap@ec.gc.ca")),
    ("google/canada.cap", True, Ignored, "cancels 2.49.0.1.124.a3f342a4.2012, 2.49.0.1.124.60f31a3a.2012, by an Update"),
    ("google/canada_errors.cap", True, Refused, "references: missing, and Update"),
    ("google/canada_signed.cap", True, Refused, "by nobody we know"),
    ("google/earthquake-iso8859-1.cap", True, Refused, "by nobody we know"),
    ("google/earthquake.cap", True, Refused, OLD),
    ("google/earthquake_signed.cap", True, Refused, OLD),
    ("google/invalid.cap", True, Refused, "scope: missing in alert"),
    ("google/no_optional_fields.cap", True, Refused, OLD),
    ("google/noaa_errors.cap", True, Refused, OLD),
    ("google/thunderstorm.cap", False, Refused, NOBODY.format("KSTO@NWS.NOAA.GOV")),
    ("google/thunderstorm.cap", True, CapAlert, (("us/ca/tuolumne",), "severe-thunderstorm", 3)),
    ("google/wcatwc-warning.cap", False, Refused, NOBODY.format("http://newwcatwc.arh.noaa.gov/tsuPortal/")),
    ("google/wcatwc-warning.cap", True, CapAlert, (("us/ak/adak",), "tsunami", 4)),
    ("google/weather.cap", True, Refused, OLD),
    ("google/xee.cap", True, Refused, "DOCTYPE"),
    ("synthetic/forged_selfsigned_earthquake.xml", True, Refused, "by nobody we know"),
]  # fmt: skip
INVALID = {"google/invalid.cap", "google/xee.cap"}


def data(file: str) -> bytes:
    return (FOLDER / file).read_bytes()


def sent(file: str) -> datetime:
    """Of a message that can be parsed at all."""
    try:
        (text,) = tree(data(file)).xpath("*[local-name() = 'sent']/text()")
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime(2013, 1, 1, tzinfo=UTC)


def verdict(file: str, *senders: Sender, unsigned: bool = False) -> Verdict:
    """Ten minutes after it was sent."""
    rules = Rules(TREE, {sender.name: sender for sender in senders}, unsigned)
    return judge(data(file), rules, Known(), sent(file) + timedelta(minutes=10))[0]


def pinned(sender: str, file: str, sha1: bool = True) -> Sender:
    return Sender(sender, (data(file),), sha1=sha1)


@pytest.mark.parametrize(("file", "unsigned", "kind", "said"), EXPECTED)
def test_judges_each_sample_as_written_down(
    file: str, unsigned: bool, kind: type[Verdict], said: object
) -> None:
    outcome = verdict(file, unsigned=unsigned)
    assert isinstance(outcome, kind), outcome
    if isinstance(outcome, CapAlert):
        (part,) = outcome.parts
        assert (part.areas, part.event, part.severity) == said
        assert not outcome.drill
    else:
        assert str(said) in outcome.reason


def test_every_sample_has_its_expected_verdict() -> None:
    files = [path for path in FOLDER.glob("*/*") if path.suffix in (".cap", ".xml")]
    assert {f"{path.parent.name}/{path.name}" for path in files} == {row[0] for row in EXPECTED}


def test_the_schema_agrees_on_what_is_sound() -> None:
    schema = etree.XMLSchema(file=FOLDER / "schema" / "cap12.xsd")
    version = b"urn:oasis:names:tc:emergency:cap:1.2"
    files = {file for file, *_ in EXPECTED if version in data(file)}
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    invalid = {file for file in files if not schema.validate(etree.fromstring(data(file), parser))}
    assert invalid == INVALID


def test_the_canadian_signature_is_good_when_its_author_is_pinned_and_sha_1_allowed() -> None:
    file, pin = "google/canada_signed.cap", "google/environment_canada_x509_cert.pem"
    outcome = verdict(file, pinned("cap-pac@ec.gc.ca", pin))
    assert isinstance(outcome, CapAlert)
    (part,) = outcome.parts
    assert (part.areas, part.event, part.severity) == (("ca/sk/la-ronge",), "snowfall", 2)
    assert list(part.texts) == ["en"]
    assert outcome.notes == ("not shown in fr-CA: no language of the displays",)
    refused = verdict(file, pinned("cap-pac@ec.gc.ca", pin, sha1=False))
    assert isinstance(refused, Refused)
    assert "made with SHA-1" in refused.reason


def test_the_canadian_signature_is_refused_by_another_key_or_after_a_change() -> None:
    file = "google/canada_signed.cap"
    outcome = verdict(file, pinned("cap-pac@ec.gc.ca", "google/naads_x509_cert.pem"))
    assert isinstance(outcome, Refused)
    assert "not made with the pinned key" in outcome.reason
    changed = data(file).replace(b"<severity>Moderate", b"<severity>Extreme", 1)
    sender = pinned("cap-pac@ec.gc.ca", "google/environment_canada_x509_cert.pem")
    outcome, _ = judge(changed, Rules(TREE, {sender.name: sender}), Known(), sent(file))
    assert isinstance(outcome, Refused)
    assert "the message was changed since" in outcome.reason


def test_the_forgery_is_refused_when_the_true_sender_is_pinned() -> None:
    sender = pinned("trinet@caltech.edu", "google/environment_canada_x509_cert.pem")
    rules = Rules(TREE, {sender.name: sender})
    outcome, _ = judge(
        data("synthetic/forged_selfsigned_earthquake.xml"), rules, Known(), datetime(2013, 1, 1, tzinfo=UTC)
    )
    assert isinstance(outcome, Refused)
    assert "not made with the pinned key" in outcome.reason


def test_a_nationwide_alert_in_words_is_for_the_area_of_its_sender_and_bounded() -> None:
    sender = Sender("hsas@dhs.gov", unsigned=True, area="us")
    outcome = verdict("google/43b080713727.cap", sender)
    assert isinstance(outcome, CapAlert)
    (part,) = outcome.parts
    assert (part.areas, part.severity) == (("us",), 3)
    assert part.expires == sent("google/43b080713727.cap") + timedelta(hours=12)


def test_the_canadian_all_clear_ends_the_alert_that_it_refers_to() -> None:
    update = data("google/canada.cap")
    first = (
        update.replace(b"2.49.0.1.124.6bddbc91.2012</id", b"2.49.0.1.124.a3f342a4.2012</id")
        .replace(b">Update<", b">Alert<")
        .replace(b"<responseType>AllClear", b"<responseType>Monitor")
        .replace(b">Past<", b">Expected<")
        .replace(b"23:21:04", b"21:45:05", 1)
    )
    rules = Rules(TREE, {}, unsigned=True)
    start = datetime(2012, 5, 2, 23, 30, tzinfo=UTC)
    shown, known = judge(first, rules, Known(), start)
    assert isinstance(shown, CapAlert)
    outcome, known = judge(update, rules, known, start)
    assert isinstance(outcome, Ended)
    assert outcome.withdrawals[0].areas == ("ca/on/windsor",)
    again, _ = judge(first, rules, known, start)
    assert isinstance(again, Ignored)


def test_words_in_latin_1_are_read() -> None:
    root = tree(data("google/earthquake-iso8859-1.cap"))
    (headline,) = root.xpath("//*[local-name() = 'headline']/text()")
    assert "Usulután" in headline
