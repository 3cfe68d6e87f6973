"""The command `hoistway-content`, for content managers: keys, messages, alerts, releases, and who shows what."""

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from content.command_line import STOPPED, USAGE, Parser


def main(words: list[str] | None = None, *, utc: Callable[[], datetime] = lambda: datetime.now(UTC)) -> int:
    """Parse the command line and do it; errors of the user are one line and exit code 2, Ctrl-C is 130."""
    try:
        return _main(words, utc)
    except KeyboardInterrupt as error:
        return _said(str(error) or "stopped", STOPPED)


def _main(words: list[str] | None, utc: Callable[[], datetime]) -> int:
    # Loading takes a while, and Ctrl-C must not show where it was: so no import of ours stands at the top, but of the
    # one that loads nothing.
    from content.certificates import BadCertificate  # noqa: PLC0415
    from content.commands import BadInput  # noqa: PLC0415
    from content.commands.office import settle  # noqa: PLC0415
    from content.database import DeskError  # noqa: PLC0415
    from content.envelope import BadKey  # noqa: PLC0415
    from content.message import BadMessage  # noqa: PLC0415

    try:
        options = _parser().parse_args(words)
        settle(options)
        options.run(options, utc())
        sys.stdout.flush()
    except (BadInput, BadMessage, BadKey, BadCertificate, DeskError) as error:
        return _said(str(error), USAGE)
    except BrokenPipeError:
        _forget_answer()
    except OSError as error:
        reason = error.strerror or str(error)
        return _said(reason if error.filename is None else f"{error.filename}: {reason}", USAGE)
    return 0


def _said(why: str, code: int) -> int:
    print(f"hoistway-content: {' '.join(why.split())}", file=sys.stderr)
    return code


def _forget_answer() -> None:
    """Whoever read it has read enough, as `head`; else Python would complain of it once more at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _parser() -> Parser:
    from content.commands import (  # noqa: PLC0415 - as in _main
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

    parser = Parser(prog="hoistway-content", description="What the displays in elevators show, and told.")
    kinds = parser.add_subparsers(metavar="COMMAND", required=True)
    # In the order in which --help names them.
    for kind in (key, message, alert, playlist, release, cap, reports, why, ask, preview, repository, serve):
        kind.declare(kinds)
    return parser


if __name__ == "__main__":
    sys.exit(main())
