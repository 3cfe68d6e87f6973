"""`cap`: official alerts of the Common Alerting Protocol."""

from argparse import Namespace
from datetime import datetime
from importlib import import_module
from pathlib import Path

from content.commands import BadInput
from content.commands import options as words


def declare(kinds: words.Commands) -> None:
    """The words it takes."""
    actions = words.actions(kinds, "cap", "official alerts by CAP 1.2")
    example = "cap import warning.xml --key signing-key.pem --desk desk.sqlite"
    parser = words.command(
        actions, "import", "judge an official message, and publish what it asks for", example
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="the message, XML")
    words.signing(parser)
    parser.add_argument(
        "--senders", type=Path, metavar="FILE", help="whom to believe (default: senders.toml beside the desk)"
    )
    parser.add_argument("--unsigned", action="store_true", help="take it unsigned: you have looked at it")
    words.sizes(parser)
    words.confirming(parser)
    parser.set_defaults(run=take)


def take(options: Namespace, utc: datetime) -> None:
    """Judge it and do what it asks for. Only content managers have what reads it: the other commands do without."""
    try:
        importing = import_module("content.commands.cap_import")
    except ModuleNotFoundError as error:
        raise BadInput(f"{error.name} is missing: pip install 'hoistway[content]' brings it") from error
    importing.take(options, utc)
