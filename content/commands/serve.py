"""`serve`: publish the desk to a broker and keep what displays tell."""

from argparse import Namespace
from datetime import datetime
from importlib import import_module
from pathlib import Path

from content import arguments
from content.commands import options as words


def declare(kinds: words.Commands) -> None:
    """The words it takes."""
    example = "serve --broker 127.0.0.1:1883 --desk desk.sqlite"
    parser = words.command(
        kinds, "serve", "publish the desk to a broker and keep what displays tell", example
    )
    parser.add_argument("--broker", type=arguments.address, required=True, metavar="HOST:PORT")
    parser.add_argument("--username", help="where the broker asks for one")
    parser.add_argument("--password-file", type=Path, metavar="FILE", help="its password, in a file")
    for name, what in (
        ("ca", "who signed the broker's certificate"),
        ("certificate", "ours"),
        ("private-key", "ours"),
    ):
        parser.add_argument(f"--{name}", type=Path, metavar="FILE", help=f"TLS: {what} (all three, PEM)")
    parser.add_argument("--repository", type=Path, metavar="FOLDER", help="keep it at the broker, and fresh")
    parser.add_argument("--keys", type=Path, metavar="FOLDER", help="the key ring of the repository")
    parser.add_argument("--desk", type=Path, required=True, metavar="FILE", help="the database")
    parser.set_defaults(run=serve)


def serve(options: Namespace, utc: datetime) -> None:
    """Serve until the program is told to stop. What it needs is loaded only now: other commands start at once."""
    import_module("content.serving").serve(options, utc)
