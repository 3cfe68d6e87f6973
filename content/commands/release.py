"""`release`: end the do-not-use holds in an area, after inspection."""

from argparse import Namespace
from datetime import datetime, timedelta

from content import arguments
from content.commands import options as words
from content.commands.checks import require_area, tree
from content.commands.drafts import expiry
from content.commands.publishing import publish
from content.message import Release


def declare(kinds: words.Commands) -> None:
    """The words it takes."""
    example = "release cn/sichuan/chengdu/tower-a/lift-2 --key signing-key.pem --desk desk.sqlite"
    parser = words.command(kinds, "release", "end the do-not-use holds in an area, after inspection", example)
    parser.add_argument("area", metavar="AREA", type=arguments.area)
    words.signing(parser)
    words.lasting(parser, timedelta(days=1), "after one day")
    parser.set_defaults(run=release)


def release(options: Namespace, utc: datetime) -> None:
    """Sign and remember a release. Its id is new every time: a hold is not ended by a release known before."""
    require_area(tree(options), options.area)
    name = f"{utc:%Y%m%dt%H%M%S-%f}"
    publish(options, Release(name, 1, options.area, utc, expiry(options, utc)))
    if not options.json:
        print(
            f"It ends the do-not-use holds that began before now in {options.area} and all areas inside it."
        )
