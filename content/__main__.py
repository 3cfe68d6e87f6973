"""The command `hoistway-content`, for content managers: keys, messages, alerts, releases, and who shows what."""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

from content import arguments, commands
from content.desk import DeskError
from content.envelope import BadKey
from content.message import BadMessage
from content.serving import serve

Commands = Any
"""What argparse's add_subparsers gives; its class has no public name."""


def main(words: list[str] | None = None, *, utc: Callable[[], datetime] = lambda: datetime.now(UTC)) -> int:
    """Parse the command line and do it; errors of the user are one line and exit code 2."""
    try:
        options = _parser().parse_args(words)
        options.run(options, utc())
    except (commands.BadInput, BadMessage, BadKey, DeskError) as error:
        line = " ".join(str(error).split())
        print(f"hoistway-content: {line}", file=sys.stderr)
        return 2
    return 0


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"hoistway-content: {message}; `{self.prog} --help` shows how\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="hoistway-content", description="What the displays in elevators show, and told.")
    kinds = parser.add_subparsers(metavar="COMMAND", required=True)
    _key(kinds)
    _messages(kinds)
    _alerts(kinds)
    _release(kinds)
    _listings(kinds)
    _preview(kinds)
    _serve(kinds)
    return parser


def _key(kinds: Commands) -> None:
    parser = kinds.add_parser("key", help="make a signing key and print its public part")
    parser.add_argument("file", metavar="FILE", type=Path, help="the new key; never overwritten")
    parser.add_argument("--public", action="store_true", help="only print the public part of a key")
    parser.set_defaults(run=commands.key)


def _messages(kinds: Commands) -> None:
    actions = _actions(kinds, "message", "scheduled messages")
    add = actions.add_parser("add", help="add a message, or a new revision of one")
    _signing(add)
    _placing(add)
    _lasting(add, timedelta(days=7), "7 days")
    _message_texts(add)
    add.add_argument("--starts", type=arguments.moment, metavar="TIME", help="not shown before")
    add.add_argument("--window", type=arguments.window, action="append", default=[],
                     metavar="HH:MM-HH:MM[@1,2,3]", help="only then, in the building's time (1 is Monday)")  # fmt: skip
    add.add_argument("--priority", type=arguments.number(0, 9), default=0, help="0 to 9, highest first")
    _sizes(add)
    add.set_defaults(run=commands.add_message)


def _alerts(kinds: Commands) -> None:
    actions = _actions(kinds, "alert", "alerts, which override messages")
    send = actions.add_parser("send", help="send an alert, or a new revision of one")
    _signing(send)
    _placing(send)
    _lasting(send, timedelta(hours=1), "one hour")
    _alert_texts(send)
    _sizes(send)
    send.set_defaults(run=commands.send_alert)


def _actions(kinds: Commands, kind: str, about: str) -> Commands:
    """A kind of publication with what is the same for all: list and withdraw."""
    actions = kinds.add_parser(kind, help=about).add_subparsers(metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="show what stands")
    _desk(listing)
    listing.add_argument("--json", action="store_true", help="for programs")
    listing.set_defaults(run=commands.list_standing, kind=kind)
    withdraw = actions.add_parser("withdraw", help="take one off every glass")
    _signing(withdraw)
    withdraw.add_argument("--id", type=arguments.name, required=True)
    withdraw.add_argument(
        "--area", type=arguments.area, metavar="PATH", help="where the id stands for several"
    )
    withdraw.set_defaults(run=commands.withdraw, kind=kind)
    return actions


def _release(kinds: Commands) -> None:
    parser = kinds.add_parser("release", help="end the do-not-use holds in an area, after inspection")
    parser.add_argument("area", metavar="AREA", type=arguments.area)
    _signing(parser)
    _lasting(parser, timedelta(days=1), "one day")
    parser.set_defaults(run=commands.release)


def _listings(kinds: Commands) -> None:
    events = kinds.add_parser("events", help="show what a car told")
    events.add_argument("car", metavar="CAR", type=arguments.name)
    events.set_defaults(run=commands.events)
    status = kinds.add_parser("status", help="show how every car is")
    status.set_defaults(run=commands.status)
    for parser in (events, status):
        _desk(parser)
        parser.add_argument("--json", action="store_true", help="for programs")


def _preview(kinds: Commands) -> None:
    drawing = kinds.add_parser("preview", help="draw a page as a PNG file, exactly the pixels")
    what = drawing.add_subparsers(metavar="KIND", required=True)
    for kind, texts in (("message", _message_texts), ("alert", _alert_texts)):
        parser = what.add_parser(kind)
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument(
            "--size", type=arguments.size, default=commands.SIZES[0], metavar="WxH", help="px"
        )
        texts(parser)
        # Where and when it would be shown is not in the picture.
        parser.set_defaults(
            run=commands.preview, kind=kind, id="preview", area="preview", priority=0, starts=None, window=[],
            expires=None, days=None, lasts=timedelta(days=1),
        )  # fmt: skip


def _serve(kinds: Commands) -> None:
    parser = kinds.add_parser("serve", help="publish the desk to a broker and keep what displays tell")
    parser.add_argument("--broker", type=arguments.address, required=True, metavar="HOST:PORT")
    _desk(parser)
    parser.add_argument("--username")
    parser.add_argument("--password-file", type=Path, metavar="FILE")
    parser.set_defaults(run=serve)


def _desk(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--desk", type=Path, required=True, metavar="FILE", help="the content side's database"
    )


def _signing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--key", type=Path, required=True, metavar="FILE", help="the signing key")
    _desk(parser)


def _placing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--area", type=arguments.area, required=True, metavar="PATH", help="who is told")
    parser.add_argument("--id", type=arguments.name, required=True, help="the same id again replaces")


def _lasting(parser: argparse.ArgumentParser, lasts: timedelta, words: str) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--expires", type=arguments.moment, metavar="TIME", help=f"(default: after {words})")
    group.add_argument("--days", type=arguments.number(1, 3650), metavar="N", help="expires after N days")
    parser.set_defaults(lasts=lasts)


def _message_texts(parser: argparse.ArgumentParser) -> None:
    _texts(parser, "title", "body", required=True)
    _texts(parser, "category", "sender", required=False)


def _alert_texts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--event", type=arguments.name, required=True, help="earthquake has a built-in page")
    parser.add_argument("--severity", type=arguments.number(1, 4), default=3,
                        help="1 minor, 2 moderate, 3 severe, 4 extreme")  # fmt: skip
    _texts(parser, "title", "body", required=False)


def _texts(parser: argparse.ArgumentParser, *parts: str, required: bool) -> None:
    for part in parts:
        parser.add_argument(f"--{part}-zh", type=arguments.text, required=required, metavar="TEXT")
        parser.add_argument(f"--{part}-en", type=arguments.text, metavar="TEXT")


def _sizes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--size", type=arguments.size, action="append", metavar="WxH",
                        help="must fit there, px; may be repeated (default: 1080x1920 and 480x800)")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
