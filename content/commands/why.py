"""`why`: what is on a car's glass, since when, which rule put it there, and what else waits for it."""

from argparse import Namespace
from contextlib import closing
from datetime import datetime

from content import arguments
from content.commands import options as words
from content.commands.output import seconds, tell
from content.commands.publishing import cancelled, existing
from content.commands.reports import has_all, require_car
from content.commands.rules import explained, shows
from content.dates import WEEKDAYS
from content.envelope import look_inside
from content.message import Alert, Message, Playlist, Publication, Window, in_area, kind_of
from content.wire import Status


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
        status = require_car(desk, options.car)
        known = has_all(status, desk.expected(utc))
        kept = [
            look_inside(envelope)
            for kind in ("alert", "message", "playlist")
            for envelope in desk.standing(kind)
        ]
    waiting = [(f"{kind_of(p)} {p.id}", reason(p, status, utc)) for p in _standing(kept, status, utc)]
    since = "an unknown time" if status.since is None else seconds(status.since)
    tense = "shows" if status.online else "is offline; it last showed"
    lines = [f"{options.car} {tense} the page {status.page or '?'} since {since}.", explained(status.rule)]
    if known == "behind":
        lines.append("It does not know all that it should: what is new has not reached it, or it refuses it.")
    lines += [f"{what} waits: {because}." for what, because in waiting] or ["Nothing else waits there."]
    fields = {
        "car": options.car, "online": status.online, "page": status.page, "since": status.since,
        "rule": status.rule, "because": explained(status.rule), "has_all": known,
        "waiting": [{"what": what, "because": because} for what, because in waiting],
    }  # fmt: skip
    tell(options, fields, "\n".join(lines))


def _standing(kept: list[Publication], status: Status, utc: datetime) -> list[Publication]:
    """What is meant for the car, still counts, and is not on its glass."""
    over = cancelled(kept)
    return [
        p for p in kept
        if in_area(p.area, status.area) and not p.withdrawn and p.expires > utc
        and not (isinstance(p, Alert) and p.id in over) and not shows(status.rule, kind_of(p), p.id)
    ]  # fmt: skip


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
