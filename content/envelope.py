"""Signed envelopes (DSSE, Ed25519): a broker is a post office, not an authority.

DSSE: github.com/secure-systems-lab/dsse. The payload's type is inside what is signed, so an envelope of
another purpose made with the same key is refused.
"""

import os
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, Key, SSlibKey

from content.message import BadMessage, Publication
from content.requests import Request
from content.wire import LARGEST

PAYLOAD_TYPE = "application/vnd.hoistway.publication.v1+json"
REQUEST_TYPE = "application/vnd.hoistway.request.v1+json"


class BadSignature(BadMessage):
    """The envelope was not signed with the configured key, or was changed since."""


class BadKey(ValueError):
    """The key cannot be used; the text says why and what to do."""


def public_key(text: str) -> Key:
    """A verification key from 64 hexadecimal digits. Raises BadKey."""
    try:
        return SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(bytes.fromhex(text)))
    except ValueError as error:
        raise BadKey("a public key is 64 hexadecimal digits, as `hoistway-content key` prints it") from error


def public_text(signer: CryptoSigner) -> str:
    """The 64 digits a display is configured with."""
    text: str = signer.public_key.keyval["public"]
    return text


def make_key(path: Path) -> CryptoSigner:
    """A new signing key in a file that only its owner can read. Raises BadKey when the file exists."""
    signer = CryptoSigner.generate_ed25519()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise BadKey(
            f"{path}: is there already, and a key is never overwritten: name another file"
        ) from error
    except OSError as error:
        raise BadKey(f"{path}: {error.strerror}; name a file in a folder that you may write") from error
    with os.fdopen(handle, "wb") as file:
        file.write(signer.private_bytes)
    return signer


def load_key(path: Path) -> CryptoSigner:
    """The signing key in a file. Raises BadKey."""
    try:
        private = load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise BadKey(f"{path}: {error.strerror}; make a key with `hoistway-content key {path}`") from error
    except (ValueError, TypeError) as error:
        raise BadKey(f"{path}: not a key that `hoistway-content key` made") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise BadKey(f"{path}: not an Ed25519 key; make one with `hoistway-content key`")
    return CryptoSigner(private)


def seal(signed: Publication | Request, signer: CryptoSigner) -> bytes:
    """A publication or request in a signed envelope, as it travels. Raises BadMessage when it is too large."""
    kind = REQUEST_TYPE if isinstance(signed, Request) else PAYLOAD_TYPE
    envelope = Envelope(msgspec.json.encode(signed), kind, {})
    envelope.sign(signer)
    data = msgspec.json.encode(envelope.to_dict())
    if len(data) > LARGEST:
        raise BadMessage(f"{len(data)} bytes; at most {LARGEST} are sent: shorten its texts")
    return data


def unseal(data: bytes, key: Key) -> Publication:
    """What the envelope holds, once its signature is verified. Raises BadSignature or BadMessage."""
    return _publication(_verified(data, key, PAYLOAD_TYPE))


def unseal_request(data: bytes, key: Key) -> Request:
    """The request that the envelope holds, once its signature is verified. Raises BadSignature or BadMessage."""
    try:
        return msgspec.json.decode(_verified(data, key, REQUEST_TYPE).payload, type=Request)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage(f"not a request: {error}") from error


def _verified(data: bytes, key: Key, kind: str) -> Envelope:
    if len(data) > LARGEST:
        raise BadMessage(f"{len(data)} bytes; at most {LARGEST} are read")
    envelope = _envelope(data)
    if envelope.payload_type != kind:
        raise BadMessage(f"an envelope for {envelope.payload_type!r:.80}, not for {kind}")
    try:
        envelope.verify([key], 1)
    except VerificationError as error:
        raise BadSignature("not signed with the key this display trusts") from error
    return envelope


def look_inside(data: bytes) -> Publication:
    """What an envelope holds, whoever signed it: for what one sealed oneself. Raises BadMessage."""
    return _publication(_envelope(data))


def _publication(envelope: Envelope) -> Publication:
    try:
        publication: Publication = msgspec.json.decode(envelope.payload, type=Publication)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage(f"not a publication: {error}") from error
    return publication


def _envelope(data: bytes) -> Envelope:
    try:
        return Envelope.from_dict(msgspec.json.decode(data, type=dict[str, object]))
    # Whatever shape a stranger's JSON has, securesystemslib trips over it in one of these ways.
    except (msgspec.DecodeError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadMessage(f"not a signed envelope ({len(data)} bytes)") from error
