"""Whether a message was signed by a pinned sender: XML-DSig, enveloped, over the whole message.

What a signature says of its own key is thrown away before it is checked, and the pinned key put there: a certificate
inside a message proves nothing. What is read afterwards is what the signature covers, and nothing else.
"""

import copy
from base64 import b64encode
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from content.cap.message import BadCap
from content.cap.senders import Sender

_DS, _DS11 = "http://www.w3.org/2000/09/xmldsig#", "http://www.w3.org/2009/xmldsig11#"
SIGNATURE = f"{{{_DS}}}Signature"
MOST_SIGNATURES = 4
"""A relay signs beside the author; more are work without an end."""
_METHODS = frozenset(m for m in SignatureMethod if m.name.startswith(("RSA_", "ECDSA_", "SHA")))
_OLD_METHODS = frozenset(m for m in _METHODS if "SHA1" in m.name)
_OLD_DIGESTS = frozenset(d for d in DigestAlgorithm if "SHA1" in d.name)


def signatures(root: Any) -> list[Any]:
    """The signature elements of a message, in their order. Raises BadCap when one is hidden deeper inside."""
    found = root.findall(SIGNATURE)
    if len(found) != sum(1 for _ in root.iter(SIGNATURE)):
        raise BadCap("signature: stands inside another element; only one of the whole message counts")
    if len(found) > MOST_SIGNATURES:
        raise BadCap(f"signature: {len(found)} of them; at most {MOST_SIGNATURES} are checked")
    return list(found)


def verified(root: Any, sender: Sender, utc: datetime) -> Any:
    """The message as one of its signatures covers it, checked with the sender's pinned keys at a time.

    Raises BadCap, with the reason, when none of them is good.
    """
    count = len(signatures(root))
    keys = [_public_key(pin, utc) for pin in sender.keys]
    if not sender.sha1 and all(_is_old(signature) for signature in signatures(root)):
        raise BadCap(
            f"signature: made with SHA-1, which can be forged; {sender.name} has to sign with SHA-256"
        )
    config = SignatureConfiguration(
        require_x509=False,
        signature_methods=_METHODS if sender.sha1 else _METHODS - _OLD_METHODS,
        digest_algorithms=frozenset(DigestAlgorithm) - (frozenset() if sender.sha1 else _OLD_DIGESTS),
    )
    for key in keys:
        for index in range(count):
            for alone in (False, True)[: min(count, 2)]:
                copied, place = _with_key(root, index, key, alone)
                covered = _covered(copied, _Verifier(place), config, key)
                if covered is not None:
                    return covered
    raise BadCap(
        f"signature: not made with the pinned key of {sender.name}, or the message was changed since"
    )


def _public_key(pin: bytes, utc: datetime) -> Any:
    """The key of a pinned certificate or public key. A certificate counts only between its dates."""
    if b"CERTIFICATE" not in pin:
        return load_pem_public_key(pin)
    certificate = x509.load_pem_x509_certificate(pin)
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not begin <= utc <= end:
        raise BadCap(
            f"signature: the pinned certificate counts from {begin:%Y-%m-%d} to {end:%Y-%m-%d}; "
            "pin the one that the sender uses now"
        )
    return certificate.public_key()


def _is_old(signature: Any) -> bool:
    algorithms = [element.get("Algorithm", "") for element in signature.iter()]
    return any(algorithm.endswith(("sha1", "sha-1")) for algorithm in algorithms)


def _with_key(root: Any, index: int, key: Any, alone: bool) -> tuple[Any, int]:
    """A copy whose signature at the index says the pinned key, and that index; alone: as before others signed."""
    copied = copy.deepcopy(root)
    found = copied.findall(SIGNATURE)
    signature = found[index]
    # Its own name is not signed, and real senders write one with a blank, which the schema refuses.
    signature.attrib.pop("Id", None)
    for info in signature.findall(f"{{{_DS}}}KeyInfo"):
        signature.remove(info)
    info = etree.Element(f"{{{_DS}}}KeyInfo")
    value = etree.SubElement(info, f"{{{_DS11}}}DEREncodedKeyValue")
    value.text = b64encode(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    # The schema's order: the key stands behind the value.
    behind = [n for n, child in enumerate(signature) if child.tag == f"{{{_DS}}}SignatureValue"]
    signature.insert(behind[0] + 1 if behind else 0, info)
    for other in found if alone else []:
        if other is not signature:
            _remove(other)
    return copied, 0 if alone else index


def _remove(element: Any) -> None:
    """Take an element out; the words behind it stay."""
    before, parent = element.getprevious(), element.getparent()
    if before is not None:
        before.tail = (before.tail or "") + (element.tail or "")
    else:
        parent.text = (parent.text or "") + (element.tail or "")
    parent.remove(element)


class _Verifier(XMLVerifier):
    """Checks the signature at a place among those of the message, where the library takes the first."""

    def __init__(self, place: int) -> None:
        self._place = place

    def _get_signature(self, root: Any) -> Any:
        return root.findall(SIGNATURE)[self._place]


def _covered(root: Any, verifier: XMLVerifier, config: SignatureConfiguration, key: Any) -> Any:
    """What the verifier's signature covers, or None when it is not good."""
    try:
        result = verifier.verify(root, expect_config=config, validate_schema=True)
    except (SignXMLException, etree.LxmlError, InvalidSignature, UnsupportedAlgorithm, ValueError, LookupError,
            TypeError, AttributeError):  # fmt: skip
        # The library lets its own and its helpers' errors out of what a forger may write.
        return None
    pinned = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    if isinstance(result, list) or result.signature_key != pinned:
        return None
    return result.signed_xml
