"""Asks a person before something goes out to displays that cannot be taken back from whoever has read it."""

import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import closing

from content.areas import Areas
from content.commands import BadInput
from content.commands.publishing import absent
from content.commands.reach import reach
from content.desk import Desk
from content.message import Publication

UNSENT = "not sent, nothing was changed"


def confirm(options: Namespace, areas: Areas | None, drafts: Sequence[Publication], what: str) -> None:
    """Say whom it reaches, and wait for a yes. Raises BadInput without one."""
    if options.yes:
        return
    with closing(Desk(options.desk if options.desk.exists() else ":memory:")) as desk:
        cars, away = desk.statuses(), absent(desk.served(), drafts[0].sent)
    places = dict.fromkeys(draft.area for draft in drafts)
    where = ", ".join(f"{place}: {reach(cars, areas, place).words()}" for place in places)
    agree(options, f"{away} {what} goes to {where}".lstrip(), "Send it?", UNSENT)


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
