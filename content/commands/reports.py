"""`status`, `events` and `areas`: what cars told, and where they are."""

import sys
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
from content.commands.output import seconds, tell
from content.commands.publishing import absent, existing, standing
from content.commands.repository_desk import Whose, brought, brought_of, expected_with, heading
from content.commands.rules import shows
from content.desk import Desk
from content.message import in_area
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
    found = desk.statuses().get(car)
    if found is None:
        raise BadInput(f"car {car} is not known: `hoistway-content status` shows which are")
    return found


def status(options: Namespace, utc: datetime) -> None:
    """Show how every car last said it is."""
    asked = [kind for kind in ("message", "alert", "playlist") if getattr(options, kind)]
    if asked:
        _one(options, asked[0], getattr(options, asked[0]))
        return
    with closing(existing(options.desk)) as desk:
        cars, expected = desk.statuses(), expected_with(desk, brought(desk), utc)
        away = absent(desk.served(), utc)
    headings = ["CAR", "ONLINE", "HAS ALL", "PAGE", "RULE", "SINCE", "CLOCK", "VERSION", "LOST"]
    rows = [[car, *_condition(status, expected)] for car, status in cars.items()]
    fields = {car: {**_fields(status), "has_all": has_all(status, expected)} for car, status in cars.items()}
    if away and not options.json:
        print(f"{away} What follows is what was last heard.", file=sys.stderr)
    tell(options, fields, table(headings, rows))


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


def _one(options: Namespace, kind: str, name: str) -> None:
    """Who should have one publication, who took which revision of it, and who shows it."""
    kept = [Whose(p) for p in standing(options, kind) if p.id == name]
    with closing(existing(options.desk)) as desk:
        every = [*brought_of(desk, kind, name), *kept]
        if not every:
            raise BadInput(f"no {kind} {name} is kept: `hoistway-content {kind} list` shows which are")
        cars = {car: (s, one) for car, s in desk.statuses().items() if (one := _for(s.area, every))}
        has = {car: _taken(desk, car, kind, name) for car in cars}
    fields = [
        {"car": car, "online": s.online, "has": has[car], "shows": shows(s.rule, kind, name), **one.fields}
        for car, (s, one) in cars.items()
    ]
    rows = [
        [car, _yes(s.online), f"revision {has[car]}" if has[car] else "no", _yes(shows(s.rule, kind, name)),
         *one.cells]
        for car, (s, one) in cars.items()
    ]  # fmt: skip
    tell(options, fields, table(["CAR", "ONLINE", "HAS", "SHOWS", *heading(kind)], rows))


def _for(place: str, every: list[Whose]) -> Whose | None:
    """The first that is meant for a place."""
    return next((one for one in every if in_area(one.publication.area, place)), None)


def _taken(desk: Desk, car: str, kind: str, name: str) -> int:
    """The last revision that a car said it took, 0 for none."""
    bodies = (event.body for event in desk.events(car, "took"))
    taken = [body.get("revision") for body in bodies if (body.get("kind"), body.get("id")) == (kind, name)]
    return max((revision for revision in taken if isinstance(revision, int)), default=0)


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
