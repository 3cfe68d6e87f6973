"""Options that several commands have in common, and how a command explains itself."""

import argparse
from datetime import timedelta
from pathlib import Path
from typing import Any

from content import arguments
from content.commands import office
from content.languages import LANGUAGES, TAGS

Commands = Any
"""What argparse's add_subparsers gives; its class has no public name."""


def command(kinds: Commands, name: str, about: str, *examples: str) -> argparse.ArgumentParser:
    """A command, with its explanation and examples of how it is typed."""
    lines = "\n".join(f"  hoistway-content {example}" for example in examples)
    parser: argparse.ArgumentParser = kinds.add_parser(
        name, help=about, description=about, epilog=f"For instance:\n{lines}" if examples else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    return parser


def actions(kinds: Commands, name: str, about: str) -> Commands:
    """A kind of thing, with what can be done to it."""
    return kinds.add_parser(name, help=about, description=about).add_subparsers(
        metavar="ACTION", required=True
    )


def desk(parser: argparse.ArgumentParser) -> None:
    """Where all is kept, and how the answer is written."""
    parser.add_argument(
        "--desk", type=Path, default=office.NEEDED, metavar="FILE",
        help="the database; `areas.toml` beside it says which areas there are",
    )  # fmt: skip
    office.declare(parser)
    parser.add_argument("--areas", type=Path, metavar="FILE", help="the areas, where they lie elsewhere")
    json(parser)


def json(parser: argparse.ArgumentParser) -> None:
    """The answer for programs."""
    parser.add_argument("--json", action="store_true", help="for programs")


def signing(parser: argparse.ArgumentParser) -> None:
    """What signs, and where it is kept."""
    key(parser)
    desk(parser)


def key(parser: argparse.ArgumentParser) -> None:
    """What signs."""
    parser.add_argument("--key", type=Path, default=office.NEEDED, metavar="FILE", help="the signing key")
    office.declare(parser)


def name(parser: argparse.ArgumentParser) -> None:
    """Which one."""
    parser.add_argument("--id", type=arguments.name, required=True)


def placing(parser: argparse.ArgumentParser) -> None:
    """Who is told, and under which name."""
    parser.add_argument("--area", dest="places", type=arguments.area, action="append", required=True, metavar="PATH",
                        help="who is told; may be repeated")  # fmt: skip
    parser.add_argument("--id", type=arguments.name, required=True, help="the same id again replaces")


def only_there(parser: argparse.ArgumentParser) -> None:
    """In one area, of something that stands in several."""
    parser.add_argument(
        "--area", type=arguments.area, metavar="PATH", help="there only, where it stands for several"
    )


def lasting(parser: argparse.ArgumentParser, lasts: timedelta | None, words: str) -> Any:
    """How long it counts; lasts and words: what holds where nothing is said. Gives the group, of which one is said."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--expires", type=arguments.moment, metavar="TIME", help=f"(default: {words})")
    group.add_argument("--days", type=arguments.number(1, 3650), metavar="N", help="expires after N days")
    parser.set_defaults(lasts=lasts)
    return group


def texts(parser: argparse.ArgumentParser, *parts: str) -> None:
    """Words for the glass in every language that it has."""
    for part in parts:
        for language in LANGUAGES:
            parser.add_argument(
                f"--{part}-{language.tag}", dest=f"{part}_{language.field}", type=arguments.text,
                metavar="TEXT", help=f"the {part} in {language.name}",
            )  # fmt: skip


def site(parser: argparse.ArgumentParser) -> None:
    """The lift, as its built-in pages have it."""
    texts(parser, "building", "lift")
    parser.add_argument(
        "--site-language", action="append", choices=list(TAGS), default=[], metavar="LANG",
        help="of the built-in pages, once or twice (default: zh and en)",
    )  # fmt: skip
    parser.add_argument("--seismic-control", action="store_true",
                        help="in an earthquake the lift stops by itself: nobody is told to press every button")  # fmt: skip


def repository(parser: argparse.ArgumentParser) -> None:
    """What brings pictures and playlists to displays."""
    parser.add_argument("--repository", type=Path, metavar="FOLDER",
                        help="where it lies, if not beside the desk; `publish` brings what is added there")  # fmt: skip


def sizes(parser: argparse.ArgumentParser) -> None:
    """Where it must fit."""
    parser.add_argument("--size", type=arguments.size, action="append", metavar="WxH",
                        help="must fit there, px; may be repeated (default: 1080x1920 and 480x800)")  # fmt: skip


def confirming(parser: argparse.ArgumentParser) -> None:
    """Whether somebody is asked before it goes out."""
    parser.add_argument("--yes", action="store_true", help="do it without asking, for scripts")
