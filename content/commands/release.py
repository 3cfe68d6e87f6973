"""`release`: end the do-not-use hold of a lift, or of all in an area, after inspection."""

from argparse import Namespace
from contextlib import closing
from datetime import datetime, timedelta

from content import arguments
from content.areas import Areas
from content.commands import BadInput
from content.commands import options as words
from content.commands.asking import confirm
from content.commands.checks import require_area, tree
from content.commands.drafts import expiry
from content.commands.output import did_you_mean
from content.commands.publishing import publish
from content.commands.reach import reach
from content.desk import Desk
from content.message import Release, prefixes
from content.wire import Status


def declare(kinds: words.Commands) -> None:
    """The words it takes."""
    examples = [
        f"release {where} --key signing-key.pem --desk desk.sqlite"
        for where in ("tower-a-lift-2", "cn/sichuan/chengdu/tower-a/lift-2")
    ]
    about = "end the do-not-use hold of a lift, or of all in an area, after inspection"
    parser = words.command(kinds, "release", about, *examples)
    parser.add_argument("where", metavar="CAR|AREA", type=arguments.area, help="the lift that was inspected")
    words.signing(parser)
    words.confirming(parser)
    words.lasting(parser, timedelta(days=1), "after one day")
    parser.set_defaults(run=release)


def release(options: Namespace, utc: datetime) -> None:
    """Sign and remember a release. Its id is new every time: a hold is not ended by a release known before."""
    areas = tree(options)
    area = _area(options, areas)
    draft = Release(f"{utc:%Y%m%dt%H%M%S-%f}", 1, area, utc, expiry(options, utc))
    if _reached(options, areas, area) != 1:
        # Each lift has to be inspected: of more than one somebody has to have read how many.
        confirm(options, areas, [draft], "RELEASE of all do-not-use holds")
    publish(options, draft)
    if not options.json:
        print(f"It ends the do-not-use holds that began before now in {area} and all areas inside it.")


def _area(options: Namespace, areas: Areas | None) -> str:
    """The area that was named, or that of the car. Raises BadInput for neither, and for a name of both."""
    car = _statuses(options).get(options.where)
    if car is None:
        _require_known(options, areas)
        return str(options.where)
    if areas is not None and areas.contains(options.where):
        raise BadInput(
            f"{options.where} is a car, at {car.area}, and an area: name the car's area to release it alone"
        )
    return car.area


def _require_known(options: Namespace, areas: Areas | None) -> None:
    """Raises BadInput for a word that is no area, and may have been meant for a car's name."""
    cars, where = _statuses(options), options.where
    if "/" in where or (areas is not None and areas.contains(where)):
        require_area(areas, where)
        return
    told = {prefix for status in cars.values() if status.area for prefix in prefixes(status.area)}
    if areas is None and where in told:
        return
    close = did_you_mean(where, {*cars, *told, *(areas or ())}, ".")
    raise BadInput(f"no car and no area is called {where}{close} `hoistway-content status` shows the cars")


def _reached(options: Namespace, areas: Areas | None, area: str) -> int:
    return reach(_statuses(options), areas, area).total


def _statuses(options: Namespace) -> dict[str, Status]:
    if not options.desk.exists():
        return {}
    with closing(Desk(options.desk)) as desk:
        return desk.statuses()
