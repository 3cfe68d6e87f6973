"""Asks a person before something goes out to displays that cannot be taken back from whoever has read it."""

import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import closing

from content.areas import Areas
from content.commands import BadInput
from content.commands.reach import reach
from content.desk import Desk
from content.message import Publication

UNSENT = "not sent, nothing was changed"


def confirm(options: Namespace, areas: Areas | None, drafts: Sequence[Publication], what: str) -> None:
    """Say whom it reaches, and wait for a yes. Raises BadInput without one."""
    if options.yes:
        return
    places = list(dict.fromkeys(draft.area for draft in drafts))
    question = (
        f"{what} goes to {', '.join(f'{place}: {_reached(options, areas, place)}' for place in places)}"
    )
    agree(options, question, "Send it?", UNSENT)


def agree(options: Namespace, question: str, shall: str, otherwise: str) -> None:
    """Wait for a yes. Raises BadInput without one, with what is so then, and KeyboardInterrupt with it at Ctrl-C."""
    if options.yes:
        return
    if not sys.stdin.isatty():
        raise BadInput(f"{question}; nobody can be asked here: add --yes to do it")
    try:
        print(f"{question}. {shall} [yes/no] ", end="", file=sys.stderr, flush=True)
        answer = sys.stdin.readline().strip().lower()
    except KeyboardInterrupt as error:
        print(file=sys.stderr)
        raise KeyboardInterrupt(otherwise) from error
    if answer not in ("y", "yes"):
        raise BadInput(otherwise)


def _reached(options: Namespace, areas: Areas | None, area: str) -> str:
    if not options.desk.exists():
        return reach({}, areas, area).words()
    with closing(Desk(options.desk)) as desk:
        return reach(desk.statuses(), areas, area).words()
