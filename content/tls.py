"""TLS to a broker: both sides show a certificate; and one clear line about why a handshake failed."""

import socket
import ssl
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path


class BadTls(Exception):
    """The files cannot be used; the text says which, why and what to do."""


@dataclass(frozen=True, slots=True)
class Tls:
    """Whom we trust, and who we are. PEM files, read at each connect: new ones count without a restart."""

    ca: Path
    """The authority that signed the broker's certificate; no other one is believed."""
    certificate: Path
    private_key: Path

    def context(self) -> ssl.SSLContext:
        """Checks the broker's chain, dates and name. Raises BadTls. Blocks."""
        for path in (self.ca, self.certificate, self.private_key):
            try:
                path.read_bytes()
            except OSError as error:
                raise BadTls(f"{path}: {error.strerror}; `hoistway-agent enrol` or `hoistway-content init` puts it there") from error  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_verify_locations(self.ca)
        except ssl.SSLError as error:
            raise BadTls(f"{self.ca}: no certificate in PEM; bring it from the content side again") from error
        try:
            context.load_cert_chain(self.certificate, self.private_key, password=_no_password)
        except ssl.SSLError as error:
            what = (
                "do not belong together"
                if "MISMATCH" in str(error.reason)
                else "are no certificate and key in PEM"
            )
            raise BadTls(f"{self.certificate} and {self.private_key} {what}; enrol this car again") from error
        return context


def _no_password() -> str:
    """A key with a password would ask for it at a terminal that no display has; an empty one fails."""
    return ""


def reason(host: str, port: int, context: ssl.SSLContext, timeout_s: float) -> str | None:
    """Why the handshake fails, or None when it does not: tried once more, without MQTT. Blocks.

    In TLS 1.3 a broker judges our certificate when for us the handshake is over, so its alert comes with the first
    byte read, and the MQTT client drops it.
    """
    try:
        with (
            closing(socket.create_connection((host, port), timeout=timeout_s)) as plain,
            context.wrap_socket(plain, server_hostname=host) as wrapped,
        ):
            wrapped.recv(1)
    except ssl.SSLCertVerificationError as error:
        return _of_theirs(error, host)
    except ssl.SSLError as error:
        return _of_ours(str(error.reason))
    except OSError:
        return None
    return None


def _of_theirs(error: ssl.SSLCertVerificationError, host: str) -> str:
    match error.verify_code:
        case 9 | 10:  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED
            return f"the broker's {error.verify_message}: look at its dates and at this clock"
        case 62 | 64:  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
            return f"the broker's certificate is not for {host}: connect by a name that is in it, or issue it anew"
    return f"the broker's certificate is not trusted ({error.verify_message}): is ca the authority that signed it?"


def _of_ours(alert: str) -> str:
    for word, what in (
        ("EXPIRED", "our certificate has expired, the broker says: enrol again"),
        ("REVOKED", "our certificate was revoked: enrol again, if this car still belongs here"),
        ("UNKNOWN_CA", "the broker does not trust our certificate: it is from another authority"),
        ("REQUIRED", "the broker wants a certificate, and got none"),
        ("WRONG_VERSION_NUMBER", "no TLS at this port: give the broker's TLS port, usually 8883"),
        ("ALERT", "the broker does not accept our certificate: is it from the broker's authority?"),
    ):
        if word in alert:
            return what
    return f"the TLS handshake failed: {alert}"
