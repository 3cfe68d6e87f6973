"""Takes the bundle that `hoistway-content enrol` made for one display: who it is, where it is, whom it believes."""

import os
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import NameOID

from agent.commissioning.draft import sections
from agent.config import Config, ConfigError
from agent.config_reading import parse
from content.repository.disk import flush_folder, write_whole
from content.tls import BadTls, Tls

ENROLMENT, ROOT, CA, CERTIFICATE, KEY = "enrolment.toml", "root.json", "ca.pem", "car.pem", "car.key"
PAPERS = (ROOT, CA, CERTIFICATE, KEY)
OURS = ("car", "broker", "trust")
"""The sections that the office writes; the others are the installer's."""
FOLDER = "enrolled-"


@dataclass(frozen=True, slots=True)
class Bundle:
    """What the office gave, read and sound."""

    text: str
    """The sections [car] and [broker], TOML."""
    papers: dict[str, bytes]

    @property
    def name(self) -> str:
        """Of the folder for its papers: each bundle has its own, so that a configuration never names half of two."""
        joined = b"".join(self.papers[name] for name in PAPERS)
        return f"{FOLDER}{sha256(joined).hexdigest()[:8]}"


def read(folder: Path) -> Bundle:
    """A bundle that belongs together. Raises ConfigError."""
    files = {name: _file(folder / name) for name in (ENROLMENT, *PAPERS)}
    try:
        text = files.pop(ENROLMENT).decode()
        document = tomllib.loads(text)
    except ValueError as error:
        raise ConfigError(f"{folder / ENROLMENT}: not TOML: {error}; bring the bundle again") from error
    if "key" in document.get("trust", {}):
        raise ConfigError(
            f"{folder / ENROLMENT}: [trust] has a key, as in a demo: whoever has that one key has this display. "
            "Bring a bundle of `hoistway-content enrol`, which has a root"
        )
    if set(document) != {"car", "broker"}:
        raise ConfigError(
            f"{folder / ENROLMENT}: has {', '.join(document) or 'nothing'}; a bundle has [car] and [broker]"
        )
    _require_papers(folder, str(document["car"].get("name")))
    return Bundle(text, files)


def _file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{path}: {error.strerror}; name the folder that `hoistway-content enrol` made, with all its files"
        ) from error


def _require_papers(folder: Path, car: str) -> None:
    """The certificate is this car's, its key belongs to it, and the authority signed it."""
    try:
        Tls(folder / CA, folder / CERTIFICATE, folder / KEY).context()
        certificate = x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes())
        certificate.verify_directly_issued_by(x509.load_pem_x509_certificate((folder / CA).read_bytes()))
    except BadTls as error:
        raise ConfigError(str(error)) from error
    except (ValueError, TypeError, InvalidSignature) as error:
        raise ConfigError(
            f"{folder / CERTIFICATE}: {CA} beside it did not sign it; bring the bundle again"
        ) from error
    names = [str(part.value) for part in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if names != [car]:
        raise ConfigError(
            f"{folder / CERTIFICATE}: is of {', '.join(names)}, and {ENROLMENT} of {car}; bring the bundle again"
        )


def merged(before: str, bundle: Bundle, papers: Path) -> str:
    """A configuration with the office's sections in place of its own; papers: where they lie on the display."""
    office = sections(bundle.text)
    lines = {"ca": CA, "certificate": CERTIFICATE, "private_key": KEY}
    office["broker"] = _section(office["broker"], {key: papers / name for key, name in lines.items()})
    office["trust"] = _section("[trust]", {"root": papers / ROOT})
    office.pop("", None)
    kept = {name: text for name, text in sections(before).items() if name.partition(".")[0] not in OURS}
    head = kept.pop("", "")
    return "".join(
        f"{text.rstrip()}\n\n" for text in (head, *office.values(), *kept.values()) if text.strip()
    )


def _section(text: str, files: dict[str, Path]) -> str:
    return "\n".join([text.rstrip(), *(f'{key} = "{path}"' for key, path in files.items())])


def enrol(bundle: Bundle, path: Path, before: str, give: Callable[[Path], None]) -> Config:
    """Put the papers beside the configuration and have it name them, last: a power cut leaves the enrolment before, or
    this one. give: makes a file readable for whoever runs the display. Raises ConfigError; then nothing has changed."""
    papers = path.resolve().parent / bundle.name
    stood = papers.exists()
    text = merged(before, bundle, papers)
    try:
        _require_kept(before, text)
        _write(bundle, papers, give)
        config = _sound(text, path)
        write_whole(path, text.encode())
    except (ConfigError, OSError) as error:
        if not stood:
            shutil.rmtree(papers, ignore_errors=True)
        if isinstance(error, OSError):
            raise ConfigError(f"{error.filename or papers}: {error.strerror}; do it as root") from error
        raise
    for old in papers.parent.glob(f"{FOLDER}*"):
        if old != papers:
            shutil.rmtree(old)
    return config


def _sound(text: str, path: Path) -> Config:
    config, found = parse(text, str(path))
    if config is None:
        raise ConfigError("\n".join(found))
    return config


def _require_kept(before: str, after: str) -> None:
    """The installer's sections say what they said. Raises ConfigError."""
    try:
        old = tomllib.loads(before)
    except ValueError as error:
        raise ConfigError(f"the configuration is not TOML: {error}; mend it, or move it away") from error
    try:
        new = tomllib.loads(after)
    except ValueError:
        new = {}
    if _others(old) != _others(new):
        raise ConfigError("the configuration cannot be taken apart: begin each section on a line of its own")


def _others(document: dict[str, object]) -> dict[str, object]:
    return {name: table for name, table in document.items() if name not in OURS}


def _write(bundle: Bundle, papers: Path, give: Callable[[Path], None]) -> None:
    papers.mkdir(mode=0o755, exist_ok=True)
    for name, data in bundle.papers.items():
        path = papers / name
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if name == KEY else 0o644)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        give(path)
    flush_folder(papers)
    flush_folder(papers.parent)
