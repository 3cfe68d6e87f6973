"""The command `hoistway-content`, for content managers: keys, messages, alerts, releases, and who shows what."""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NoReturn

from content.certificates import BadCertificate
from content.commands import (
    BadInput,
    alert,
    ask,
    cap,
    key,
    message,
    playlist,
    preview,
    release,
    reports,
    repository,
    serve,
    why,
)
from content.commands.office import settle
from content.desk import DeskError
from content.envelope import BadKey
from content.message import BadMessage

KINDS = (key, message, alert, playlist, release, cap, reports, why, ask, preview, repository, serve)
"""In the order in which --help names them."""


def main(words: list[str] | None = None, *, utc: Callable[[], datetime] = lambda: datetime.now(UTC)) -> int:
    """Parse the command line and do it; errors of the user are one line and exit code 2."""
    try:
        options = _parser().parse_args(words)
        settle(options)
        options.run(options, utc())
    except (BadInput, BadMessage, BadKey, BadCertificate, DeskError) as error:
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
    for kind in KINDS:
        kind.declare(kinds)
    return parser


if __name__ == "__main__":
    sys.exit(main())
