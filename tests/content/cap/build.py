"""Small CAP messages of our own, and who sends them, at a fixed time and in a small tree of areas."""

from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureConstructionMethod, SignatureMethod
from signxml.signer import XMLSigner

from content import areas
from content.cap.judge import Rules, judge
from content.cap.known import Known
from content.cap.senders import Sender
from content.cap.verdict import CapAlert, Ended, Verdict

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SENDER, OTHER = "alerts@weather.example", "someone@else.example"
TREE = areas.parse("""
[areas."cn/sichuan/chengdu"]
zh = "成都市"
en = "Chengdu"
geocodes = ["CN=510100"]
[areas."cn/sichuan/chengdu/tower-a"]
position = [30.66, 104.06]
lifts = ["lift-1", "lift-2"]
[areas."cn/sichuan/chengdu/tower-b"]
position = [30.70, 104.10]
lifts = ["lift-1"]
[areas."cn/sichuan/mianyang/hall"]
position = [31.47, 104.68]
lifts = ["lift-1"]
[areas."cn/beijing/gate"]
geocodes = ["CN=110000"]
lifts = ["lift-1"]
""")
CHENGDU = "<areaDesc>Chengdu</areaDesc><circle>30.67,104.07 20</circle>"
MIANYANG = "<areaDesc>Mianyang</areaDesc><circle>31.47,104.68 5</circle>"
A, B, HALL, GATE = (
    "cn/sichuan/chengdu/tower-a",
    "cn/sichuan/chengdu/tower-b",
    "cn/sichuan/mianyang/hall",
    "cn/beijing/gate",
)


def said(moment: datetime) -> str:
    """As CAP writes a time."""
    return moment.isoformat(timespec="seconds")


def info(area: str | None = CHENGDU, **given: str | None) -> str:
    """One info element; None leaves an element out."""
    parts: dict[str, str | None] = {
        "language": "en-GB",
        "category": "Met",
        "event": "Thunderstorm",
        "responseType": None,
        "urgency": "Immediate",
        "severity": "Severe",
        "certainty": "Likely",
        "eventCode": None,
        "effective": None,
        "onset": None,
        "expires": said(NOW + 2 * HOUR),
        "senderName": "Weather office",
        "headline": "Thunderstorm warning",
        "description": "A thunderstorm comes from the west.",
        "instruction": "Stay inside.",
    } | given
    inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in parts.items() if text is not None)
    return f"<info>{inner}{'' if area is None else f'<area>{area}</area>'}</info>"


def cap(*infos: str, references: str | None = None, version: str = "1.2", **given: str | None) -> bytes:
    """A message; None leaves an element out; the references are triples as CAP writes them."""
    parts: dict[str, str | None] = {
        "identifier": "storm-1",
        "sender": SENDER,
        "sent": said(NOW),
        "status": "Actual",
        "msgType": "Alert",
        "scope": "Public",
        "references": references,
    } | given
    inner = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in parts.items() if text is not None)
    body = "".join(infos)
    return f'<alert xmlns="urn:oasis:names:tc:emergency:cap:{version}">{inner}{body}</alert>'.encode()


def later(kind: str, identifier: str, *infos: str, about: str, minutes: int = 10, **given: Any) -> bytes:
    """An Update or a Cancel of earlier messages, by their identifiers."""
    references = " ".join(f"{SENDER},{name},{said(NOW)}" for name in about.split())
    sent = said(NOW + timedelta(minutes=minutes))
    return cap(*infos, msgType=kind, identifier=identifier, sent=sent, **{"references": references, **given})


def rules(*senders: Sender, unsigned: bool = True, tree: areas.Areas = TREE) -> Rules:
    """By default unsigned messages are taken."""
    return Rules(tree, {sender.name: sender for sender in senders}, unsigned)


def verdict(data: bytes, *senders: Sender, utc: datetime = NOW, unsigned: bool = True) -> Verdict:
    """On a message that comes alone."""
    return judge(data, rules(*senders, unsigned=unsigned), Known(), utc)[0]


class Glass:
    """What would stand where, after each verdict: a model of the displays."""

    def __init__(self, *senders: Sender) -> None:
        self.known = Known()
        self.rules = rules(*senders)
        self.shown: dict[tuple[str, str], str] = {}
        self.revisions: dict[str, int] = {}

    def take(self, data: bytes, utc: datetime = NOW + HOUR) -> Verdict:
        """Judge and do what is said; a revision that is not newer than the last of its name fails."""
        outcome, self.known = judge(data, self.rules, self.known, utc)
        if isinstance(outcome, CapAlert | Ended):
            for gone in outcome.withdrawals:
                self._advance(gone.name, gone.revision)
                for area in gone.areas:
                    del self.shown[gone.name, area]
        if isinstance(outcome, CapAlert):
            self._advance(outcome.name, outcome.revision)
            for part in outcome.parts:
                words = next(iter(part.texts.values()))
                self.shown |= {(outcome.name, area): words.title for area in part.areas}
        return outcome

    def _advance(self, name: str, revision: int) -> None:
        assert revision > self.revisions.get(name, 0)
        self.revisions[name] = revision

    def titles(self) -> list[str]:
        """What is on a display somewhere."""
        return sorted(set(self.shown.values()))


def key() -> ec.EllipticCurvePrivateKey:
    """A new private key."""
    return ec.generate_private_key(ec.SECP256R1())


def certificate(private: ec.EllipticCurvePrivateKey, until: datetime = NOW + 1000 * HOUR) -> bytes:
    """Signed with its own key, PEM."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "weather.example")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
    dated = builder.serial_number(1).not_valid_before(NOW - 9999 * HOUR).not_valid_after(until)
    return dated.sign(private, SHA256()).public_bytes(Encoding.PEM)


def signed(
    data: bytes, private: ec.EllipticCurvePrivateKey, sha1: bool = False, covers: str | None = None
) -> bytes:
    """Enveloped, with the key's own certificate inside; it covers all, or the element with an Id, given as #id."""

    class _Signer(XMLSigner):
        def check_deprecated_methods(self) -> None:
            """The library makes none with SHA-1 any more; old senders do."""

    signer = _Signer(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm=SignatureMethod.ECDSA_SHA1 if sha1 else SignatureMethod.ECDSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA1 if sha1 else DigestAlgorithm.SHA256,
    )
    root = signer.sign(
        etree.fromstring(data), key=private, cert=certificate(private).decode(), reference_uri=covers
    )
    return bytes(etree.tostring(root))
