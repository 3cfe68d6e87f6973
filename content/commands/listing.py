"""What messages, alerts and playlists have in common: they are listed, shown and withdrawn."""

import argparse
from argparse import Namespace
from datetime import datetime
from typing import Any

import msgspec

from content import arguments
from content.commands import options as words
from content.commands.asking import confirm
from content.commands.checks import tree
from content.commands.output import as_json, seconds, tell
from content.commands.publishing import cancelled, meant, publish, standing, state
from content.languages import shown
from content.message import Alert, Playlist, Publication, Release
from content.tables import table


def declare(actions: words.Commands, kind: str) -> None:
    """The words they take."""
    listing = words.command(actions, "list", "show what stands", f"{kind} list --desk desk.sqlite")
    words.desk(listing)
    listing.set_defaults(run=list_standing, kind=kind)
    showing = words.command(actions, "show", "show all of one", f"{kind} show --id water --desk desk.sqlite")
    words.name(showing)
    words.desk(showing)
    _where(showing)
    showing.set_defaults(run=show, kind=kind)
    example = f"{kind} withdraw --id water --key signing-key.pem --desk desk.sqlite"
    withdrawing = words.command(actions, "withdraw", "take one off every glass", example)
    words.signing(withdrawing)
    words.name(withdrawing)
    _where(withdrawing)
    if kind == "alert":
        words.confirming(withdrawing)
    withdrawing.set_defaults(run=withdraw, kind=kind)


def _where(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--area", type=arguments.area, metavar="PATH", help="there only, where it stands for several"
    )


def list_standing(options: Namespace, utc: datetime) -> None:
    """Show the publications of a kind."""
    every = standing(options, options.kind)
    over = cancelled(every)
    rows = [
        [p.id, p.area, str(p.revision), _state(p, over, utc), seconds(p.expires), _title(p)]
        for p in every if not _only_cancels(p)
    ]  # fmt: skip
    fields = [{**_fields(p), "state": state(p, over, utc)} for p in every]
    tell(options, fields, table(["ID", "AREA", "REVISION", "STATE", "EXPIRES", "TITLE"], rows))


def show(options: Namespace, utc: datetime) -> None:
    """Show all that one says, as it is signed for each area."""
    for publication in meant(options, options.kind, utc):
        print(as_json(_fields(publication)))


def withdraw(options: Namespace, utc: datetime) -> None:
    """Sign and remember the withdrawal of what stands under an id, in every area or in the one that is named."""
    drafts = [msgspec.structs.replace(p, sent=utc, withdrawn=True) for p in meant(options, options.kind, utc)]
    if options.kind == "alert":
        confirm(options, tree(options), drafts, f"The withdrawal of {options.id}")
    publish(options, *drafts)


def _state(publication: Publication, over: dict[str, str], utc: datetime) -> str:
    """For people, who know nothing of what a cancel is signed as."""
    ended = isinstance(publication, Alert) and publication.id in over
    return "cancelled for good" if ended else state(publication, over, utc)


def _only_cancels(publication: Publication) -> bool:
    """What `alert cancel` signs: nobody reads it, and the alerts it ended say so themselves."""
    return isinstance(publication, Alert) and publication.withdrawn and bool(publication.cancels)


def _fields(publication: Publication) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(publication)
    return fields


def _title(publication: Publication) -> str:
    """In words, and for a drill that it is one."""
    if isinstance(publication, Playlist):
        return f"{len(publication.items)} items"
    if isinstance(publication, Release):
        return ""
    drill = "DRILL " if getattr(publication, "exercise", False) else ""
    return drill + next((said for _, said in shown(publication.title)), "")
