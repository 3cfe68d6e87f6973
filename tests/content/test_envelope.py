"""Only what the trusted key signed comes out of an envelope; everything else is a BadMessage."""

import base64
import hashlib
import json
import stat
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner

from content.envelope import (
    PAYLOAD_TYPE,
    BadKey,
    BadSignature,
    load_key,
    look_inside,
    make_key,
    public_key,
    public_text,
    seal,
    unseal,
)
from content.message import BadMessage, Publication, Text
from content.wire import LARGEST
from tests.content_rig import alert, message, release

SIGNER_SEED = bytes(range(32))
SIGNER = CryptoSigner(Ed25519PrivateKey.from_private_bytes(SIGNER_SEED))
OTHER = CryptoSigner(Ed25519PrivateKey.from_private_bytes(bytes(32)))
KEY = public_key(public_text(SIGNER))
SEALED = seal(message(), SIGNER)


@pytest.mark.parametrize("publication", [message(), alert(), release()], ids=lambda p: type(p).__name__)
def test_what_was_sealed_comes_out(publication: Publication) -> None:
    assert unseal(seal(publication, SIGNER), KEY) == publication


def test_an_outsider_can_write_an_envelope_from_the_contract_alone() -> None:
    assert unseal(json.dumps(_by_hand(SIGNER_SEED, PAYLOAD_TYPE)).encode(), KEY) == message()


def _by_hand(seed: bytes, kind: str) -> dict[str, object]:
    """An envelope as docs/contract.md tells, without securesystemslib."""
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    payload = msgspec.json.encode(message())
    pae = f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload
    named = f'{{"keytype":"ed25519","keyval":{{"public":"{public}"}},"scheme":"ed25519"}}'
    keyid = hashlib.sha256(named.encode()).hexdigest()
    signature = {"keyid": keyid, "sig": base64.b64encode(private.sign(pae)).decode()}
    encoded = base64.b64encode(payload).decode()
    return {"payload": encoded, "payloadType": kind, "signatures": [signature]}


def test_refuses_another_key() -> None:
    with pytest.raises(BadSignature):
        unseal(seal(message(), OTHER), KEY)


def test_refuses_another_key_that_claims_the_trusted_ones_id() -> None:
    forged = json.loads(seal(message(), OTHER))
    forged["signatures"][0]["keyid"] = KEY.keyid
    with pytest.raises(BadSignature):
        unseal(json.dumps(forged).encode(), KEY)


def test_refuses_an_altered_payload() -> None:
    altered = json.loads(SEALED)
    altered["payload"] = json.loads(seal(message(priority=9), SIGNER))["payload"]
    with pytest.raises(BadSignature):
        unseal(json.dumps(altered).encode(), KEY)


def test_refuses_an_envelope_for_another_purpose_with_the_same_key() -> None:
    with pytest.raises(BadMessage, match="application/other"):
        unseal(json.dumps(_by_hand(SIGNER_SEED, "application/other")).encode(), KEY)


def test_refuses_another_purpose_renamed() -> None:
    renamed = _by_hand(SIGNER_SEED, "application/other") | {"payloadType": PAYLOAD_TYPE}
    with pytest.raises(BadSignature):
        unseal(json.dumps(renamed).encode(), KEY)


def test_refuses_an_envelope_without_signatures() -> None:
    bare = json.loads(SEALED) | {"signatures": []}
    with pytest.raises(BadSignature):
        unseal(json.dumps(bare).encode(), KEY)


def test_refuses_an_envelope_cut_at_any_byte() -> None:
    for length in range(len(SEALED)):
        with pytest.raises(BadMessage):
            unseal(SEALED[:length], KEY)


@settings(deadline=None, derandomize=True, max_examples=500)
@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_any_changed_byte_is_refused_or_changes_nothing(place: int, change: int) -> None:
    data = bytearray(SEALED)
    data[place] ^= change
    try:
        assert unseal(bytes(data), KEY) == message()
    except BadMessage:
        return


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
PARTS = st.sampled_from(["payload", "payloadType", "signatures"])
SIGNATURE = st.fixed_dictionaries({"keyid": JSON, "sig": JSON}) | JSON


@settings(deadline=None, derandomize=True, max_examples=300)
@given(
    st.fixed_dictionaries(
        {},
        optional={"payload": JSON, "payloadType": JSON, "signatures": st.lists(SIGNATURE, max_size=2) | JSON},
    )
)
def test_foreign_json_is_refused(parts: dict[str, object]) -> None:
    for foreign in (parts, json.loads(SEALED) | parts if parts else {}):
        with pytest.raises(BadMessage):
            unseal(json.dumps(foreign).encode(), KEY)


@settings(deadline=None, derandomize=True)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(BadMessage):
        unseal(data, KEY)


@settings(deadline=None, derandomize=True)
@given(st.binary(max_size=60))
def test_a_signed_payload_that_is_no_publication_is_refused(payload: bytes) -> None:
    envelope = Envelope(payload, PAYLOAD_TYPE, {})
    envelope.sign(SIGNER)
    with pytest.raises(BadMessage, match="not a publication"):
        unseal(msgspec.json.encode(envelope.to_dict()), KEY)


def test_refuses_to_read_and_to_write_more_than_may_be_sent() -> None:
    with pytest.raises(BadMessage, match="at most"):
        unseal(b" " * (LARGEST + 1), KEY)
    with pytest.raises(BadMessage, match="shorten"):
        seal(message(body=Text("水" * LARGEST)), SIGNER)


def test_looking_inside_asks_for_no_key() -> None:
    assert look_inside(seal(message(), OTHER)) == message()


def test_a_key_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    signer = make_key(tmp_path / "key.pem")
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600
    assert public_text(load_key(tmp_path / "key.pem")) == public_text(signer)


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    make_key(tmp_path / "key.pem")
    before = (tmp_path / "key.pem").read_bytes()
    with pytest.raises(BadKey, match="never overwritten"):
        make_key(tmp_path / "key.pem")
    assert (tmp_path / "key.pem").read_bytes() == before


def test_a_key_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    with pytest.raises(BadKey, match="No such file or directory"):
        make_key(tmp_path / "missing" / "key.pem")


@pytest.mark.parametrize(
    "content", [b"", b"secret", b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"]
)
def test_refuses_a_file_that_is_no_key(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key.pem").write_bytes(content)
    with pytest.raises(BadKey):
        load_key(tmp_path / "key.pem")


def test_refuses_a_key_that_is_not_there_and_a_key_of_another_kind(tmp_path: Path) -> None:
    with pytest.raises(BadKey, match="make a key"):
        load_key(tmp_path / "key.pem")
    other = generate_private_key(SECP256R1())
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    with pytest.raises(BadKey, match="not an Ed25519 key"):
        load_key(tmp_path / "key.pem")


@pytest.mark.parametrize("text", ["", "00", "0" * 63, "0" * 65, "g" * 64, "水" * 64])
def test_refuses_a_public_text_that_is_no_key(text: str) -> None:
    with pytest.raises(BadKey, match="64 hexadecimal digits"):
        public_key(text)
