"""`ask`: what one display shows at this moment, how it is, or which lift it is in. It is asked itself, over the broker."""

from argparse import Namespace
from datetime import datetime
from importlib import import_module

from content import arguments
from content.certificates import MANAGER
from content.commands import connecting
from content.commands import options as words
from content.requests import ASKS


def declare(kinds: words.Commands) -> None:
    """The words it takes."""
    asked = "ask tower-a-lift-2 {} --key signing-key.pem --broker 127.0.0.1:1883"
    parser = words.command(
        kinds, "ask", "ask one display: for a screenshot, which lift it is in, how it is",
        f"{asked.format('screenshot')} --out glass.png", asked.format("identify"), asked.format("self-check"),
    )  # fmt: skip
    parser.add_argument("car", metavar="CAR", type=arguments.name)
    parser.add_argument("ask", choices=ASKS, metavar="QUESTION", help=", ".join(ASKS))
    words.key(parser)
    parser.add_argument(
        "--out", type=arguments.png, metavar="FILE", help="where the screenshot goes (default: CAR.png)"
    )
    parser.add_argument("--wait-s", type=arguments.number(1, 600), default=20, metavar="N",
                        help="give up after N seconds (default: %(default)s)")  # fmt: skip
    connecting.declare(parser, MANAGER)
    words.json(parser)
    parser.set_defaults(run=ask)


def ask(options: Namespace, utc: datetime) -> None:
    """Ask, and wait for the answer. What it needs is loaded only now: other commands start at once."""
    import_module("content.commands.inquiry").ask(options, utc)
