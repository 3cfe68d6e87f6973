"""What a display's papers end with: its certificate on the revocation list, its name out of the broker, its bundle gone."""

import shutil
from argparse import Namespace
from datetime import datetime
from pathlib import Path

from content import certificates
from content.certificates import REVOKED
from content.commands import BadInput
from content.commands.asking import agree
from content.commands.founding import BUNDLES, CARS, say_gone, write_users
from content.commands.office import BROKER
from content.commands.output import tell


def revoke(options: Namespace, utc: datetime) -> None:
    """Its own certificate goes last: whatever ends this before, the same command does the rest."""
    office: Path = options.office
    broker, bundle = office / BROKER, office / BUNDLES / options.car
    issued = broker / CARS / f"{options.car}.pem"
    certificate = _certificate(options.car, issued)
    question = (
        f"{options.car} is out as soon as the broker knows; new papers are carried to its display by hand"
    )
    agree(options, question, "Revoke it?", "not revoked, nothing was changed")
    certificates.revoke(broker, certificate, utc)
    write_users(broker, gone=issued)
    _remove(bundle)
    say_gone(office, options.car, gone=True)
    issued.unlink()
    text = (
        f"{options.car} is out: bring {broker / REVOKED} to mosquitto and restart it, {broker / 'users.conf'} to NATS "
        f"and reload it; until then it stays connected.\n"
        f"`hoistway-content enrol {options.car}` gives it new papers, when it is to come back."
    )
    tell(options, {"car": options.car, "revoked": str(broker / REVOKED)}, text)


def _certificate(car: str, issued: Path) -> bytes:
    try:
        return issued.read_bytes()
    except OSError as error:
        raise BadInput(
            f"{car}: has no papers in {issued.parent} ({error.strerror}); is the name right?"
        ) from error


def _remove(bundle: Path) -> None:
    try:
        if bundle.exists():
            shutil.rmtree(bundle)
    except OSError as error:
        raise BadInput(f"{bundle}: {error.strerror}; delete it by hand, and do this again") from error
