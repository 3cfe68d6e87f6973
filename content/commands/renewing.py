"""New papers for the broker, and for the office's own two names: the old ones of the office are out, and what has to be
carried where is said."""

from argparse import Namespace
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from content import certificates
from content.certificates import (
    CONTENT,
    MANAGER,
    REVOKED,
    BadCertificate,
    make_client_certificate,
    make_server_certificate,
)
from content.commands import BadInput
from content.commands.asking import agree
from content.commands.founding import write_users
from content.commands.office import ADDRESS, BROKER
from content.commands.output import tell
from content.pair import Pair
from content.repository.disk import write_whole

UNCHANGED = "not renewed, nothing was changed"
USERS = {
    CONTENT: "`hoistway-content serve`",
    MANAGER: "`hoistway-content ask` and whatever publishes in the manager's name",
}


def renew_office(options: Namespace, utc: datetime) -> None:
    """Other papers for options.name; those before count no more. Whatever ends this, the same command does the rest."""
    pair, uses = _pair(options, options.name), USERS[options.name]
    question = f"the papers that {pair.name} has count no more then, and {uses} needs the new ones"
    agree(options, question, "Renew them?", UNCHANGED)
    _finish(pair, utc)
    papers = make_client_certificate(pair.folder, pair.name, utc)
    write_users(pair.folder, more=[papers.certificate])
    pair.replace(papers)
    _finish(pair, utc)
    text = (
        f"{pair.name} has new papers. Until the broker knows, the ones before get in as well:\n"
        f"{pair.folder / 'users.conf'}: bring it to a NATS broker, and reload it: whoever has the old ones is thrown out.\n"
        f"{pair.folder / REVOKED}: bring it to mosquitto, and restart it: whoever has the old ones is thrown out, with "
        "everybody else, who comes back.\n"
        f"{pair.certificate}, {pair.private_key}: bring both to where {uses} runs, if that is not here. They are "
        "read at the next connection: nothing has to be started again."
    )
    tell(options, {"renewed": pair.name, "files": _files(pair, "users.conf", REVOKED)}, text)


def _finish(pair: Pair, utc: datetime) -> None:
    """Also what a renewal left that was cut short."""
    pair.settle()
    before = pair.replaced()
    if before is not None:
        certificates.revoke(pair.folder, before, utc)
    write_users(pair.folder)
    pair.forget()


def renew_broker(options: Namespace, utc: datetime) -> None:
    """Another key and certificate for the broker, for the names that it has and for more."""
    pair = _pair(options, "server")
    pair.settle()
    pair.forget()
    before = _hosts(pair)
    names = list(dict.fromkeys([*(host for host, _ in options.names), *before]))
    papers = make_server_certificate(pair.folder, names)
    question = f"the broker gets another key, and a certificate for {', '.join(names)}"
    agree(options, question, "Renew it?", UNCHANGED)
    pair.replace(papers)
    pair.forget()
    if options.names:
        host, port = options.names[0]
        write_whole(pair.folder / ADDRESS, f"{host}:{port}\n".encode())
    tell(
        options,
        {"renewed": "broker", "names": names, "files": _files(pair)},
        _carried(pair, names, moved=bool(options.names)),
    )


def _hosts(pair: Pair) -> list[str]:
    try:
        return certificates.hosts_in(pair.certificate.read_bytes())
    except BadCertificate as error:
        raise BadInput(
            f"{pair.certificate}: is {error}; bring it back from a copy or from the broker"
        ) from error


def _carried(pair: Pair, names: Sequence[str], *, moved: bool) -> str:
    address = (pair.folder / ADDRESS).read_text(encoding="utf-8").strip() if moved else ""
    where = f"\n{address} is where `enrol`, `serve` and `ask` look for it from now on; " if moved else ""
    stay = "displays that are enrolled go on with the name that they were given." if moved else ""
    return (
        f"The broker's new papers are for {', '.join(names)}.\n"
        f"{pair.certificate}, {pair.private_key}: bring both to the broker, where only its user can read the key, and reload it "
        "(systemctl reload hoistway-broker, or mosquitto): everybody stays connected. `hoistway-simulator broker` notices "
        f"by itself.{where}{stay}\n"
        "Displays ask no list whether the broker's papers still count: they also believe the ones before. Were they copied, "
        "deploy/README.md says what to do."
    )


def _files(pair: Pair, *others: str) -> list[str]:
    return [
        str(path) for path in (pair.certificate, pair.private_key, *(pair.folder / name for name in others))
    ]


def _pair(options: Namespace, name: str) -> Pair:
    """Raises BadInput where there is none."""
    folder: Path = options.office / BROKER
    pair = Pair(folder, name)
    if not folder.is_dir():
        raise BadInput(f"{folder}: is not there; `hoistway-content init --broker` makes it, for a new office")
    if not pair.certificate.exists():
        raise BadInput(
            f"{pair.certificate}: is not there; bring it back from a copy or from where it is used: it says what is replaced"
        )
    return pair
