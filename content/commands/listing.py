"""What messages, alerts and playlists have in common: they are listed, shown and withdrawn."""

from argparse import Namespace
from contextlib import closing
from datetime import datetime
from typing import Any

import msgspec

from content import arguments
from content.commands import BadInput
from content.commands import options as words
from content.commands.asking import confirm
from content.commands.checks import tree
from content.commands.output import as_json, seconds, tell
from content.commands.publishing import Ended, cancelled, existing, meant, place, publish, standing, state
from content.commands.repository_desk import Whose, brought_of, heading
from content.languages import shown
from content.message import Alert, Playlist, Publication, Release, in_area
from content.tables import table


def declare(actions: words.Commands, kind: str) -> None:
    """The words they take."""
    listing = words.command(actions, "list", "show what stands", f"{kind} list --desk desk.sqlite")
    words.desk(listing)
    listing.add_argument(
        "--area", type=arguments.area, metavar="PATH", help="only what reaches some display there"
    )
    listing.set_defaults(run=list_standing, kind=kind)
    showing = words.command(actions, "show", "show all of one", f"{kind} show --id water --desk desk.sqlite")
    words.name(showing)
    words.desk(showing)
    words.only_there(showing)
    showing.set_defaults(run=show, kind=kind)
    example = f"{kind} withdraw --id water --key signing-key.pem --desk desk.sqlite"
    withdrawing = words.command(actions, "withdraw", "take one off every glass", example)
    words.signing(withdrawing)
    words.name(withdrawing)
    words.only_there(withdrawing)
    if kind == "alert":
        words.confirming(withdrawing)
    withdrawing.set_defaults(run=withdraw, kind=kind)


def list_standing(options: Namespace, utc: datetime) -> None:
    """Show the publications of a kind."""
    kept = standing(options, options.kind)
    over = cancelled(kept)
    every = [
        one for one in [*map(Whose, kept), *_brought(options)] if _reaches(one.publication, options.area)
    ]
    rows = [
        [p.id, p.area, str(p.revision), _state(p, over, utc), seconds(p.expires), *one.cells, _title(p)]
        for one in every if not _only_cancels(p := one.publication)
    ]  # fmt: skip
    fields = [
        {**_fields(one.publication), "state": state(one.publication, over, utc), **one.fields}
        for one in every
    ]
    headings = ["ID", "AREA", "REVISION", "STATE", "EXPIRES", *heading(options.kind), "TITLE"]
    tell(options, fields, table(headings, rows))


def _reaches(publication: Publication, place: str | None) -> bool:
    return place is None or in_area(publication.area, place) or in_area(place, publication.area)


def show(options: Namespace, utc: datetime) -> None:
    """Show all that one says, as it is signed for each area, and whose it is."""
    theirs = _theirs(options, utc)
    every = [
        {**_fields(one.publication), **one.fields}
        for one in [*map(Whose, _mine(options, utc, theirs)), *theirs]
    ]
    # A list only where it stands for several areas: whoever has one area reads one object.
    print(as_json(every if len(every) > 1 else every[0]))


def withdraw(options: Namespace, utc: datetime) -> None:
    """Sign and remember the withdrawal of what stands under an id, in every area or in the one that is named."""
    theirs = _theirs(options, utc)
    mine = _mine(options, utc, theirs)
    if not mine:
        where = ", ".join(f"{one.publication.area} is of the publisher of {one.publisher}" for one in theirs)
        raise BadInput(f"{options.kind} {options.id} for {where}: only its publisher can withdraw it")
    drafts = [msgspec.structs.replace(p, sent=utc, withdrawn=True) for p in mine]
    if options.kind == "alert":
        confirm(options, tree(options), drafts, f"The withdrawal of {options.id}")
    publish(options, *drafts)


def _mine(options: Namespace, utc: datetime, theirs: list[Whose]) -> list[Publication]:
    """What is meant and stands on the desk. Raises BadInput where nothing is, and publishers have nothing either."""
    try:
        return meant(options, options.kind, options.id, utc)
    except BadInput:
        if not theirs:
            raise
        return []


def _theirs(options: Namespace, utc: datetime) -> list[Whose]:
    """What is meant, and publishers of areas brought."""
    return [
        one for one in _brought(options, options.id)
        if one.publication.expires > utc and options.area in (None, one.publication.area)
    ]  # fmt: skip


def _brought(options: Namespace, name: str | None = None) -> list[Whose]:
    with closing(existing(options.desk)) as desk:
        return brought_of(desk, options.kind, name)


def _state(publication: Publication, over: Ended, utc: datetime) -> str:
    """For people, who know nothing of what a cancel is signed as."""
    ended = isinstance(publication, Alert) and place(publication) in over
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
