"""`alert shown`: which displays had an alert or a drill on the glass, by what they told, never by what was planned."""

from argparse import Namespace
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from typing import Any

from content import arguments
from content.commands import BadInput
from content.commands import options as words
from content.commands.checks import tree
from content.commands.output import seconds, tell
from content.commands.publishing import existing, standing, warn_if_absent
from content.commands.reach import reach
from content.commands.rules import shows
from content.message import in_area
from content.tables import table
from content.wire import Event, Status


def declare(actions: words.Commands) -> None:
    """The words it takes."""
    example = "alert shown quake-drill --desk desk.sqlite"
    parser = words.command(actions, "shown", "who showed an alert or a drill, from when to when", example)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("id", metavar="ID", nargs="?", type=arguments.name)
    which.add_argument(
        "--id", dest="named", metavar="ID", type=arguments.name, help="as other commands have it"
    )
    words.desk(parser)
    parser.set_defaults(run=shown)


def shown(options: Namespace, utc: datetime) -> None:
    """Of every display in its area: when it showed the alert, or that it did not."""
    name = options.id or options.named
    places = [p.area for p in standing(options, "alert") if p.id == name]
    with closing(existing(options.desk)) as desk:
        served = desk.served()
        statuses = desk.statuses()
        told = {car: [*desk.events(car, "shown"), *desk.events(car, "took")] for car in statuses}
    rows = [row for car in statuses for row in _rows(name, car, statuses[car], told[car], places)]
    if not places and not rows:
        raise BadInput(
            f"no alert {name} is kept, nor was one shown: `hoistway-content alert list` shows which are"
        )
    silent = [lift for place in places for lift in reach(statuses, tree(options), place).silent]
    rows += [_row(lift, "never heard of") for lift in silent]
    showed = len({row["car"] for row in rows if row["since"]})
    lines = [[row["car"], row["shown"], row["since"], row["until"], row["seconds"]] for row in rows]
    summary = f"{showed} of {len({row['car'] for row in rows})} displays showed {name}."
    warn_if_absent(options, served, utc)
    tell(options, rows, f"{table(['CAR', 'SHOWN', 'SINCE', 'UNTIL', 'SECONDS'], lines)}\n{summary}")


def _rows(
    name: str, car: str, status: Status, events: list[Event], places: list[str]
) -> list[dict[str, str]]:
    rows = [_told(car, event.body) for event in events if event.kind == "shown" and _is_of(name, event)]
    if shows(status.rule, "alert", name) and status.since is not None:
        now = "now" if status.online else "when last heard"
        rows.append(_row(car, now, seconds(status.since)))
    if not rows and any(in_area(place, status.area) for place in places):
        has = any(event.kind == "took" and _is_about(name, event) for event in events)
        # What was on the glass is told when it is over, perhaps some seconds after the status that has another page.
        otherwise = "took it, has not told" if has else "no"
        rows.append(_row(car, otherwise if status.online else "offline: not known"))
    return rows


def _is_of(name: str, event: Event) -> bool:
    """Whether a receipt is of this alert, in any revision."""
    item = str(event.body.get("item", "")).split()
    return item[:2] == ["alert", name]


def _is_about(name: str, event: Event) -> bool:
    return (event.body.get("kind"), event.body.get("id")) == ("alert", name)


def _told(car: str, body: Mapping[str, Any]) -> dict[str, str]:
    marks = [word for word in ("cut",) if body.get(word)] + ["clock doubtful"] * (
        body.get("clock") == "doubtful"
    )
    what = ", ".join(["yes", *marks])
    since, until = (_moment(str(body.get(name, ""))) for name in ("since", "until"))
    return _row(car, what, since, until, f"{body.get('seconds', 0):.0f}")


def _moment(said: str) -> str:
    """As the other moments of the answer are written; what a display of another make says is left as it is."""
    try:
        return seconds(datetime.fromisoformat(said))
    except ValueError:
        return said


def _row(car: str, what: str, since: str = "", until: str = "", lasted_s: str = "") -> dict[str, str]:
    return {"car": car, "shown": what, "since": since, "until": until, "seconds": lasted_s}
