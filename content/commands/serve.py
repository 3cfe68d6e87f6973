"""`serve`: publish the desk to a broker and keep what displays tell."""

from argparse import Namespace
from datetime import datetime
from importlib import import_module
from pathlib import Path

from content import arguments
from content.certificates import CONTENT
from content.commands import connecting
from content.commands import options as words
from content.commands.office import NEEDED
from content.told import KEPT


def declare(kinds: words.Commands) -> None:
    """The words it takes."""
    parser = words.command(
        kinds, "serve", "publish the desk to a broker and keep what displays tell",
        "serve --office office", "serve --broker 127.0.0.1:1883 --desk desk.sqlite",
    )  # fmt: skip
    connecting.declare(parser, CONTENT)
    parser.add_argument("--repository", type=Path, metavar="FOLDER", help="keep it at the broker, and fresh")
    parser.add_argument("--keys", type=Path, metavar="FOLDER", help="the key ring of the repository")
    parser.add_argument("--desk", type=Path, default=NEEDED, metavar="FILE", help="the database")
    parser.add_argument("--keep-days", type=arguments.number(1, 36500), default=KEPT.days, metavar="N",
                        help="of what displays told (default: %(default)s)")  # fmt: skip
    parser.set_defaults(run=serve)


def serve(options: Namespace, utc: datetime) -> None:
    """Serve until the program is told to stop. What it needs is loaded only now: other commands start at once."""
    import_module("content.serving").serve(options, utc)
