"""The broker that a command speaks to: how it is named on the command line, and opened."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from content import arguments
from content.commands import BadInput, office
from content.mqtt import MqttBroker
from content.tls import BadTls, Tls


def declare(parser: ArgumentParser, name: str) -> None:
    """The words it takes; name: who it is to the broker."""
    address(parser)
    parser.set_defaults(papers=name)
    parser.add_argument("--username", help="where the broker asks for one")
    parser.add_argument("--password-file", type=Path, metavar="FILE", help="its password, in a file")
    for paper, what in (
        ("ca", "who signed the broker's certificate"),
        ("certificate", "ours"),
        ("private-key", "ours"),
    ):
        parser.add_argument(f"--{paper}", type=Path, metavar="FILE", help=f"TLS: {what} (all three, PEM)")


def address(parser: ArgumentParser) -> None:
    """Where the broker is."""
    parser.add_argument(
        "--broker",
        type=arguments.address,
        metavar="HOST:PORT",
        help="(default: the office's, as init was told)",
    )
    office.declare(parser)


def broker_of(options: Namespace) -> MqttBroker:
    """Not connected yet. Raises BadInput."""
    host, port = options.broker
    return MqttBroker(host, port, tls=_tls(options), username=options.username, password=_password(options))


def _tls(options: Namespace) -> Tls | None:
    """Raises BadInput for papers that are not complete or cannot be used: found now, not at every connect."""
    files = (options.ca, options.certificate, options.private_key)
    if not any(files):
        return None
    if not all(files):
        raise BadInput("--ca, --certificate and --private-key belong together: name all three")
    tls = Tls(*files)
    try:
        tls.context()
    except BadTls as error:
        raise BadInput(str(error)) from error
    return tls


def _password(options: Namespace) -> str | None:
    if options.password_file is None:
        return None
    try:
        password: str = options.password_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"--password-file {options.password_file}: {error}") from error
    return password
