"""A private certificate authority for one broker: it names the broker to displays, and displays to the broker.

Made with cryptography, read by OpenSSL (Python, mosquitto) and Go (NATS): EC P-256, the one kind of key that all of
them, and the secure elements of small boards, have taken for years.

**Validity.** A display checks the broker's certificate with a clock that may say 1970 or 2099, and nobody may have to
climb into a shaft because a date went by: the authority and the broker are valid from 1970-01-01 to the date by which
RFC 5280 (4.1.2.5) says "no end". The broker checks a car's certificate with a clock that is kept; so it begins with
1970 too (the issuer's clock may be ahead) and ends after 20 years, longer than a display lasts. A stolen one is not
waited for: it is revoked (NATS: its user is removed; mosquitto: the revocation list). The list has no end either: it
is brought to the broker by hand, and once a list has lapsed, OpenSSL refuses every car.
"""

import ipaddress
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from content.repository.disk import write_whole

CA, CA_KEY = "ca.pem", "ca.key"
REVOKED = "revoked.pem"
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
NO_END = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
CAR_LASTS = timedelta(days=20 * 365)
CONTENT = "hoistway.content"
"""The content service's name at the broker; its dot keeps it apart from every car's."""
MANAGER = "hoistway.manager"
"""Whoever asks displays or publishes beside the service: a broker lets a name have one connection, and this one is its own."""
OFFICE = (CONTENT, MANAGER)


class BadCertificate(ValueError):
    """A certificate or its key cannot be made or read; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Papers:
    """A certificate and its private key, both PEM; the key is PKCS #8 without a password."""

    certificate: bytes
    private_key: bytes

    def write(self, certificate: Path, private_key: Path) -> None:
        """Into two new files; only their owner can read the key. Raises BadCertificate when one is there."""
        write_new(private_key, self.private_key, 0o600)
        write_new(certificate, self.certificate, 0o644)


def make_ca(folder: Path) -> None:
    """A new authority: ca.pem is for everybody, ca.key stays with the content side. Raises BadCertificate."""
    key, name = generate_private_key(SECP256R1()), _name("Hoistway broker authority")
    builder = _builder(name, name, key, key, NO_END)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(authority=True), critical=True)
    _papers(builder, key, key).write(folder / CA, folder / CA_KEY)
    _write_revoked(folder, [])


def make_server_certificate(folder: Path, names: Sequence[str]) -> Papers:
    """The broker's, for every host name and address by which displays reach it. Raises BadCertificate."""
    require_hosts(names)
    builder, key = _issued(folder, names[0], NO_END)
    builder = builder.add_extension(x509.SubjectAlternativeName(map(_host, names)), critical=False)
    return _for(builder, key, folder, ExtendedKeyUsageOID.SERVER_AUTH)


def require_hosts(names: Sequence[str]) -> None:
    """Raises BadCertificate for what cannot stand in a broker's certificate."""
    if not names:
        raise BadCertificate("a broker needs a name: give the host name or address that displays connect to")
    _name(names[0])
    for name in names:
        _host(name)


def make_client_certificate(folder: Path, name: str, utc: datetime, lasts: timedelta = CAR_LASTS) -> Papers:
    """A car's or the content service's; the name is who it is to the broker. Raises BadCertificate.

    It has a number of its own in its alternative name too: NATS knows no revocation list, and could not tell the
    certificate of a car that was enrolled anew from the one that was stolen.
    """
    builder, key = _issued(folder, name, utc + lasts)
    own = x509.UniformResourceIdentifier(f"hoistway:{name}:{token_hex(8)}")
    builder = builder.add_extension(x509.SubjectAlternativeName([own]), critical=False)
    return _for(builder, key, folder, ExtendedKeyUsageOID.CLIENT_AUTH)


def revoke(folder: Path, certificate: bytes, utc: datetime) -> None:
    """Put a certificate on the authority's list, which mosquitto reads at SIGHUP. Raises BadCertificate."""
    revoked = {entry.serial_number: entry for entry in _revoked(folder)}
    try:
        serial = x509.load_pem_x509_certificate(certificate).serial_number
    except ValueError as error:
        raise BadCertificate(f"not a certificate, so it cannot be revoked: {error}") from error
    entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(utc).build()
    _write_revoked(folder, (revoked | {serial: entry}).values())


def names_in(certificate: bytes) -> tuple[str, str]:
    """Whose a client's certificate is, and what it alone is called. Raises BadCertificate."""
    try:
        read = x509.load_pem_x509_certificate(certificate)
        (common,) = read.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        alternative = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        (own,) = alternative.get_values_for_type(x509.UniformResourceIdentifier)
    except (ValueError, x509.ExtensionNotFound) as error:
        raise BadCertificate(f"not a client's certificate of this authority: {error}") from error
    return str(common.value), own


def hosts_in(certificate: bytes) -> list[str]:
    """The host names and addresses that a broker's certificate is for. Raises BadCertificate."""
    try:
        read = x509.load_pem_x509_certificate(certificate)
        found = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound) as error:
        raise BadCertificate(f"not a broker's certificate of this authority: {error}") from error
    return [str(name.value) for name in found if isinstance(name, x509.DNSName | x509.IPAddress)]


def write_new(path: Path, data: bytes, mode: int) -> None:
    """A file that was not there before. Raises BadCertificate."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError as error:
        raise BadCertificate(
            f"{path}: is there already and is not overwritten: name another folder"
        ) from error
    except OSError as error:
        raise BadCertificate(f"{path}: {error.strerror}; name a folder that you may write") from error
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(handle)


def _revoked(folder: Path) -> Iterable[x509.RevokedCertificate]:
    try:
        return x509.load_pem_x509_crl(_read(folder / REVOKED))
    except ValueError as error:
        if isinstance(error, BadCertificate):
            raise
        raise BadCertificate(f"{folder / REVOKED}: is damaged; bring it back from a copy") from error


def _write_revoked(folder: Path, entries: Iterable[x509.RevokedCertificate]) -> None:
    authority, signing = _authority(folder)
    builder = x509.CertificateRevocationListBuilder(
        authority.subject, BEGINNING, NO_END, revoked_certificates=list(entries)
    )
    write_whole(folder / REVOKED, builder.sign(signing, SHA256()).public_bytes(Encoding.PEM))


def _issued(
    folder: Path, name: str, expires: datetime
) -> tuple[x509.CertificateBuilder, EllipticCurvePrivateKey]:
    authority, signing = _authority(folder)
    key = generate_private_key(SECP256R1())
    builder = _builder(_name(name), authority.subject, key, signing, expires)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    return builder.add_extension(_usage(authority=False), critical=True), key


def _for(
    builder: x509.CertificateBuilder, key: EllipticCurvePrivateKey, folder: Path, use: x509.ObjectIdentifier
) -> Papers:
    builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
    return _papers(builder, key, _authority(folder)[1])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: EllipticCurvePrivateKey,
    signing: EllipticCurvePrivateKey,
    expires: datetime,
) -> x509.CertificateBuilder:
    public = key.public_key()
    return (
        x509.CertificateBuilder(
            issuer, subject, public, x509.random_serial_number(), BEGINNING, min(expires, NO_END)
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False
        )
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority, key_cert_sign=authority, crl_sign=authority, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
        decipher_only=False,
    )  # fmt: skip


def _papers(
    builder: x509.CertificateBuilder, key: EllipticCurvePrivateKey, signing: EllipticCurvePrivateKey
) -> Papers:
    return Papers(
        builder.sign(signing, SHA256()).public_bytes(Encoding.PEM),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )


def _name(name: str) -> x509.Name:
    try:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    except ValueError as error:
        raise BadCertificate(f"{name!r} is no name for a certificate: {error}") from error


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        pass
    if not re.fullmatch(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?", name):
        raise BadCertificate(
            f"{name!r} is no host name: write letters, digits, dots and -, as broker.example, or an address; a name in "
            "other letters as it is in the DNS, with xn--"
        )
    return x509.DNSName(name)


def _authority(folder: Path) -> tuple[x509.Certificate, EllipticCurvePrivateKey]:
    try:
        certificate = x509.load_pem_x509_certificate(_read(folder / CA))
        key = load_pem_private_key(_read(folder / CA_KEY), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        if isinstance(error, BadCertificate):
            raise
        raise BadCertificate(
            f"{folder}: the authority's files are damaged; bring them back from a copy"
        ) from error
    if not isinstance(key, EllipticCurvePrivateKey):
        raise BadCertificate(f"{folder / CA_KEY}: not an EC key; bring back the one made with {CA}")
    return certificate, key


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadCertificate(
            f"{path}: {error.strerror}; bring it back from where you keep it (`hoistway-content init --broker` made it)"
        ) from error
