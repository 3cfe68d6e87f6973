"""`status`, `events` and `areas`: what cars told, and where they are."""

from argparse import Namespace
from contextlib import closing
from datetime import datetime
from typing import Any

import msgspec

from content import arguments
from content.areas import Areas
from content.behind import Expected
from content.commands import BadInput
from content.commands import options as words
from content.commands.checks import AREAS, tree
from content.commands.having import has, is_over, known
from content.commands.output import did_you_mean, seconds, tell
from content.commands.publishing import existing, standing, state, warn_if_absent
from content.commands.repository_desk import Whose, brought, expected_with, heading, whose
from content.commands.rules import shows
from content.desk import Desk
from content.message import Alert, Publication, ends, in_area
from content.tables import table
from content.wire import Status


def declare(kinds: words.Commands) -> None:
    """The words they take."""
    events_of = words.command(kinds, "events", "show what a car told", "events lift-2 --desk desk.sqlite")
    events_of.add_argument("car", metavar="CAR", type=arguments.name)
    words.desk(events_of)
    events_of.set_defaults(run=events)
    examples = ("status --desk desk.sqlite", "status --message water --desk desk.sqlite")
    every = words.command(kinds, "status", "show how every car is, or who has and shows one thing", *examples)
    words.desk(every)
    every.add_argument("--area", type=arguments.area, metavar="PATH", help="only the displays there")
    which = every.add_mutually_exclusive_group()
    for kind in ("message", "alert", "playlist"):
        which.add_argument(f"--{kind}", type=arguments.name, metavar="ID", help="who has it, who shows it")
    every.set_defaults(run=status)
    known = words.command(
        kinds, "areas", "show the areas, their lifts and who is online", "areas --desk desk.sqlite"
    )
    words.desk(known)
    known.set_defaults(run=areas)


def events(options: Namespace, _utc: datetime) -> None:
    """Show what a car told."""
    with closing(existing(options.desk)) as desk:
        told = desk.events(options.car)
        if not told:
            require_car(desk, options.car)
    rows = [[seconds(e.utc), e.clock, e.kind, msgspec.json.encode(e.body).decode()] for e in told]
    tell(options, told, table(["UTC", "CLOCK", "KIND", "BODY"], rows))


def require_car(desk: Desk, car: str) -> Status:
    """What a car last said of itself. Raises BadInput for one that never told anything."""
    cars = desk.statuses()
    if car not in cars:
        close = did_you_mean(car, cars, ":")
        raise BadInput(
            f"car {car} is not known, or was revoked{close} `hoistway-content status` shows which are known"
        )
    return cars[car]


def status(options: Namespace, utc: datetime) -> None:
    """Show how every car last said it is."""
    asked = [kind for kind in ("message", "alert", "playlist") if getattr(options, kind)]
    if asked:
        _one(options, asked[0], getattr(options, asked[0]), utc)
        return
    with closing(existing(options.desk)) as desk:
        cars, expected = _there(desk, options.area), expected_with(desk, brought(desk), utc)
        served = desk.served()
    headings = ["CAR", "ONLINE", "HAS ALL", "PAGE", "RULE", "SINCE", "CLOCK", "VERSION", "LOST"]
    rows = [[car, *_condition(status, expected)] for car, status in cars.items()]
    fields = {car: {**_fields(status), "has_all": has_all(status, expected)} for car, status in cars.items()}
    warn_if_absent(options, served, utc)
    tell(options, fields, table(headings, rows))


def _there(desk: Desk, area: str | None) -> dict[str, Status]:
    """How every car in an area last said it is, or every car of all."""
    return {car: s for car, s in desk.statuses().items() if area is None or in_area(area, s.area)}


def has_all(status: Status, expected: Expected) -> str:
    """Whether a display knows what it should, by the digest of what it last said."""
    if not status.known:
        return "not said"
    return "yes" if status.known == expected.digest(status.area) else "behind"


def _condition(status: Status, expected: Expected) -> list[str]:
    lost = ", ".join(name for name, state in status.sensors.items() if state.startswith("lost"))
    since = "" if status.since is None else seconds(status.since)
    known = [_yes(status.online), has_all(status, expected)]
    return [*known, status.page, status.rule, since, status.clock, status.version, lost]


def _one(options: Namespace, kind: str, name: str, utc: datetime) -> None:
    """Who should have one publication, who took which revision of it or refused it, and who shows it."""
    kept = standing(options, kind)
    enders = [p for p in kept if isinstance(p, Alert) and name in p.cancels]
    fields, rows = [], []
    with closing(existing(options.desk)) as desk:
        served = desk.served()
        theirs = brought(desk)
        every = [*whose(theirs, kind, name), *(Whose(p) for p in kept if p.id == name)]
        if not every:
            raise BadInput(f"no {kind} {name} is kept: `hoistway-content {kind} list` shows which are")
        expected = expected_with(desk, theirs, utc)
        for car, s in _there(desk, options.area).items():
            one = known(s.area, every, utc)
            if one is None:
                continue
            ended = any(ends(p, one.publication) and in_area(p.area, s.area) for p in enders)
            over = "cancelled" if ended else _over(one.publication, utc)
            its = has(desk, car, one.publication, over, knows_all=has_all(s, expected) == "yes")
            shown = shows(s.rule, kind, name)
            fields.append({"car": car, "online": s.online, "has": its.revision, "refused": its.refused,
                           "over": its.over or None, "shows": shown, **one.fields})  # fmt: skip
            rows.append([car, _yes(s.online), its.words(one.publication.revision), _yes(shown), *one.cells])
    warn_if_absent(options, served, utc)
    tell(options, fields, table(["CAR", "ONLINE", "HAS", "SHOWS", *heading(kind)], rows))


def _over(publication: Publication, utc: datetime) -> str:
    """What became of a publication, where it counts no more."""
    return state(publication, {}, utc) if is_over(publication, utc) else ""


def areas(options: Namespace, _utc: datetime) -> None:
    """Show the tree, with how many lifts every area has and how many of their displays are online."""
    cars: dict[str, Status] = {}
    if options.desk.exists():
        with closing(existing(options.desk)) as desk:
            cars = desk.statuses()
    known = tree(options)
    if known is None:
        raise BadInput(
            f"{options.desk.parent / AREAS} is not there: write one (docs/cap.md), or name it with --areas"
        )
    fields = [_of_area(known, area, cars) for area in known]
    rows = [
        ["  " * f["area"].count("/") + f["area"].rpartition("/")[2], f["zh"], f["en"], str(f["lifts"]),
         str(f["online"])]
        for f in fields
    ]  # fmt: skip
    tell(options, fields, table(["AREA", "", "", "LIFTS", "ONLINE"], rows))


def _of_area(known: Areas, area: str, cars: dict[str, Status]) -> dict[str, Any]:
    place = known.place(area)
    online = sum(status.online and in_area(area, status.area) for status in cars.values())
    return {
        "area": area,
        "zh": place.zh,
        "en": place.en,
        "lifts": len(known.lifts(area)),
        "online": online,
    }


def _fields(status: Status) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(status)
    return fields


def _yes(is_so: object) -> str:
    return "yes" if is_so else "no"
