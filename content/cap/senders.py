"""Who may send official alerts, and how each is known: the file of senders that a content manager writes."""

from pathlib import Path
from typing import Annotated, Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from msgspec import Meta, Struct

from content.handwritten import entries, read
from content.message import BadMessage
from content.message import Path as AreaPath

_Word = Annotated[str, Meta(min_length=1, max_length=500)]


class Sender(Struct, frozen=True):
    """A sender, by the word in its messages' sender element."""

    name: str
    keys: tuple[bytes, ...] = ()
    """Pinned certificates and public keys, PEM. A message signed with one of them is taken."""
    unsigned: bool = False
    """Whether messages without a signature are taken in its name."""
    sha1: bool = False
    """Whether signatures with SHA-1 are taken."""
    area: AreaPath | None = None
    """Whom an alert without an area is for."""
    aliases: tuple[str, ...] = ()
    """Other names under which it refers to its own messages."""


class _Entry(Struct, frozen=True, forbid_unknown_fields=True):
    keys: tuple[_Word, ...] = ()
    unsigned: bool = False
    sha1: bool = False
    area: AreaPath | None = None
    aliases: tuple[_Word, ...] = ()


_HINTS = {
    "keys": 'files of certificates or public keys, in quotes, as ["weather.pem"]',
    "unsigned": "true or false, without quotes",
    "sha1": "true or false, without quotes",
    "area": 'an area in quotes, as "cn/sichuan"',
    "aliases": 'other names of the sender, in quotes, as ["WX"]',
}


def load(path: Path) -> dict[str, Sender]:
    """The senders by name; key files are looked for beside the file.

    Raises BadMessage, in one line that says what to change.
    """
    try:
        written = entries(read(path), "senders", "sender", _Entry, _HINTS)
    except OSError as error:
        raise BadMessage(f"{path}: {error.strerror}; name the file of senders") from error
    except BadMessage as error:
        raise BadMessage(f"{path}: {error}") from error
    return {name: _sender(name, entry, path.parent) for name, entry in written.items()}


def _sender(name: str, entry: _Entry, folder: Path) -> Sender:
    keys = tuple(_pin(folder / file) for file in entry.keys)
    return Sender(name, keys, entry.unsigned, entry.sha1, entry.area, entry.aliases)


def _pin(file: Path) -> bytes:
    try:
        pin = file.read_bytes()
        key: Any = (
            x509.load_pem_x509_certificate(pin).public_key()
            if b"CERTIFICATE" in pin
            else load_pem_public_key(pin)
        )
    except OSError as error:
        raise BadMessage(f"{file}: {error.strerror}; name the sender's certificate or public key") from error
    except ValueError as error:
        raise BadMessage(f"{file}: neither a certificate nor a public key in PEM") from error
    if not isinstance(key, RSAPublicKey | EllipticCurvePublicKey):
        raise BadMessage(f"{file}: neither an RSA nor an ECDSA key")
    return pin
