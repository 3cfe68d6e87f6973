"""`why`: what is on a car's glass, since when, which rule put it there, and what else waits for it."""

from argparse import Namespace
from contextlib import closing
from datetime import datetime

from content import arguments
from content.commands import options as words
from content.commands.having import has, is_over
from content.commands.output import seconds, tell
from content.commands.publishing import existing, warn_if_absent
from content.commands.reports import has_all, require_car
from content.commands.repository_desk import Whose, all_at, brought, expected_with
from content.commands.rules import explained, shows
from content.dates import WEEKDAYS
from content.desk import Desk
from content.message import Alert, Message, Playlist, Publication, Window, ends, in_area, kind_of
from content.wire import Status

KINDS = ("alert", "message", "playlist")
"""What can be on a glass, in this order."""


def declare(kinds: words.Commands) -> None:
    """The words it takes."""
    parser = words.command(
        kinds, "why", "why a car shows what it shows", "why tower-a-lift-2 --desk desk.sqlite"
    )
    parser.add_argument("car", metavar="CAR", type=arguments.name)
    words.desk(parser)
    parser.set_defaults(run=why)


def why(options: Namespace, utc: datetime) -> None:
    """Say it in sentences."""
    with closing(existing(options.desk)) as desk:
        served = desk.served()
        status = require_car(desk, options.car)
        theirs = brought(desk, lambda contents: contents.around(status.area))
        known = has_all(status, expected_with(desk, theirs, utc))
        every = [one for one in all_at(desk, theirs, status.area) if kind_of(one.publication) in KINDS]
        every.sort(key=lambda one: KINDS.index(kind_of(one.publication)))
        on_glass = [one for one in every if _is_shown(one, status) and _around(one, every) is None]
        others = [one for one in _standing(every, utc) if one not in on_glass]
        refused = {one: why for one in others if (why := _refusal(one, every, desk, options.car, known))}
    waiting = [(one, refused.get(one) or reason(one.publication, status, utc)) for one in others]
    since = "an unknown time" if status.since is None else seconds(status.since)
    tense = "shows" if status.online else "is offline; it last showed"
    lines = [f"{options.car} {tense} the page {status.page or '?'} since {since}.", explained(status.rule)]
    lines += [f"{_named(one)} is of the publisher of {one.publisher}." for one in on_glass if one.publisher]
    if known == "behind":
        lines.append("It does not know all that it should: what is new has not reached it, or it refuses it.")
    lines += [
        f"{_whose(one)} {'is refused' if one in refused else 'waits'}: {because}." for one, because in waiting
    ] or ["Nothing else waits there."]
    fields = {
        "car": options.car, "online": status.online, "page": status.page, "since": status.since,
        "rule": status.rule, "because": explained(status.rule), "has_all": known,
        "shown": [_fields(one) for one in on_glass],
        "waiting": [
            {**_fields(one), "refused": one in refused, "because": because} for one, because in waiting
        ],
    }  # fmt: skip
    warn_if_absent(options, served, utc)
    tell(options, fields, "\n".join(lines))


def _standing(every: list[Whose], utc: datetime) -> list[Whose]:
    """What still counts. All of it is for areas around the car, so that what is cancelled in one of them is so here."""
    published = [one.publication for one in every]
    return [
        one for one in every
        if not is_over(one.publication, utc)
        and not any(ends(other, one.publication) for other in published)
    ]  # fmt: skip


def _around(one: Whose, every: list[Whose]) -> Whose | None:
    """What has its id in a wider area: displays that are in both take that one, and refuse this."""
    area = one.publication.area
    for other in every:
        wider, same = other.publication.area != area, _named(other) == _named(one)
        if same and wider and in_area(other.publication.area, area) and not other.publication.withdrawn:
            return other
    return None


def _refusal(one: Whose, every: list[Whose], desk: Desk, car: str, known: str) -> str | None:
    """Why the display refuses it, as it said or as any does."""
    if (other := _around(one, every)) is not None:
        return f"{other.publication.area} around it has a {_named(one)} too; withdraw one, or take another id"
    return has(desk, car, one.publication, "", knows_all=known == "yes").refused


def _is_shown(one: Whose, status: Status) -> bool:
    return shows(status.rule, kind_of(one.publication), one.publication.id)


def _named(one: Whose) -> str:
    return f"{kind_of(one.publication)} {one.publication.id}"


def _whose(one: Whose) -> str:
    return _named(one) + (f" of the publisher of {one.publisher}" if one.publisher else "")


def _fields(one: Whose) -> dict[str, str | None]:
    return {"what": _named(one), "publisher": one.publisher}


def reason(publication: Publication, status: Status, utc: datetime) -> str:
    """Why something that stands for a car is not on its glass, as far as can be told from here."""
    if isinstance(publication, Alert):
        if publication.exercise:
            return "a drill gives way to everything real"
        return "what is shown comes before it: shaking, an earthquake, a hold, or an alert as grave"
    if status.clock != "good":
        return "the display's clock is doubtful, and without a clock it keeps no schedule"
    if isinstance(publication, Playlist):
        return "a playlist plays only while nothing is scheduled, the narrowest area's first"
    return _reason_of_message(publication, utc) if isinstance(publication, Message) else "it ends holds only"


def _reason_of_message(message: Message, utc: datetime) -> str:
    if message.starts is not None and message.starts > utc:
        return f"it starts at {seconds(message.starts)}"
    if not message.scheduled:
        return "it is shown only where a playlist names it"
    when = ", ".join(f"{w.start:%H:%M}-{w.end:%H:%M}{_weekdays(w)}" for w in message.windows)
    hours = f" in its hours ({when}, the building's time)" if when else ""
    said = [str(d.first) if d.first == d.last else f"{d.first} to {d.last}" for d in message.dates]
    said += [f"not {day}" for day in message.exceptions]
    days = f" on its days ({', '.join(said)})" if said else ""
    turn = f"it has its turn{hours}{days} among messages of priority {message.priority}"
    return f"{turn}, when no alert and no higher priority is there"


def _weekdays(window: Window) -> str:
    """As " on Mon-Fri, Sun"; nothing where it is every day."""
    days = sorted(set(window.weekdays))
    if len(days) == len(WEEKDAYS):
        return ""
    firsts = [day for day in days if day - 1 not in days]
    lasts = [day for day in days if day + 1 not in days]
    return " on " + ", ".join(
        _NAMES[first] if first == last else f"{_NAMES[first]}-{_NAMES[last]}"
        for first, last in zip(firsts, lasts, strict=True)
    )


_NAMES = {number: words_of.en[:3] for number, words_of in enumerate(WEEKDAYS, start=1)}
