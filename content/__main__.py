"""The command `hoistway-content`, for content managers: keys, messages, alerts, releases, and who shows what."""

import argparse
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NoReturn

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
from content.database import DeskError
from content.envelope import BadKey
from content.message import BadMessage

KINDS = (key, message, alert, playlist, release, cap, reports, why, ask, preview, repository, serve)
"""In the order in which --help names them."""


def main(words: list[str] | None = None, *, utc: Callable[[], datetime] = lambda: datetime.now(UTC)) -> int:
    """Parse the command line and do it; errors of the user are one line and exit code 2, Ctrl-C is 130."""
    try:
        options = _parser().parse_args(words)
        settle(options)
        options.run(options, utc())
        sys.stdout.flush()
    except (BadInput, BadMessage, BadKey, BadCertificate, DeskError) as error:
        return _said(str(error), 2)
    except KeyboardInterrupt as error:
        return _said(str(error) or "stopped", 130)
    except BrokenPipeError:
        _forget_answer()
    except OSError as error:
        reason = error.strerror or str(error)
        return _said(reason if error.filename is None else f"{error.filename}: {reason}", 2)
    return 0


def _said(why: str, code: int) -> int:
    print(f"hoistway-content: {' '.join(why.split())}", file=sys.stderr)
    return code


def _forget_answer() -> None:
    """Whoever read it has read enough, as `head`; else Python would complain of it once more at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and names the help of the very command that was typed."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Words that it does not know are an error here: the parser above would name its own help."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"{' '.join(unknown)}: not known here")
        return found, unknown

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
