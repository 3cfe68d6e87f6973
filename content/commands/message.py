"""`message`: what is shown when its time has come and nothing above it wants the glass."""

import argparse
from argparse import Namespace
from datetime import datetime, timedelta
from pathlib import Path

from content import arguments
from content.commands import drafts, listing, pictures
from content.commands import options as words
from content.commands.checks import require_a_day, require_areas, require_repository, require_showable, tree
from content.commands.publishing import publish


def declare(kinds: words.Commands) -> None:
    """The words it takes."""
    actions = words.actions(kinds, "message", "scheduled messages")
    example = (
        "message add --key signing-key.pem --desk desk.sqlite --area cn/sichuan/chengdu/tower-a --id water \\\n"
        '    --title-zh 明日停水 --title-en "Water off" --body-zh 请提前储水 --body-en "Please store water"'
    )
    add = words.command(actions, "add", "add a message, or a new revision of one", example)
    words.signing(add)
    words.placing(add)
    words.lasting(add, timedelta(days=7), "after 7 days")
    texts(add)
    add.add_argument("--starts", type=arguments.moment, metavar="TIME", help="not shown before")
    add.add_argument("--window", type=arguments.window, action="append", default=[],
                     metavar="HH:MM-HH:MM[@1,2,3]", help="only then, in the building's time (1 is Monday)")  # fmt: skip
    add.add_argument("--dates", type=arguments.dates, action="append", default=[], metavar="FIRST/LAST",
                     help="only on these days, both included")  # fmt: skip
    add.add_argument("--except", dest="exception", type=arguments.day, action="append", default=[],
                     metavar="DAY", help="never on this day")  # fmt: skip
    add.add_argument("--priority", type=arguments.number(0, 9), default=0, help="0 to 9, highest first")
    add.add_argument("--only-playlist", action="store_true", help="shown only where a playlist names it")
    words.repository(add)
    words.sizes(add)
    add.set_defaults(run=add_message)
    listing.declare(actions, "message")


def texts(parser: argparse.ArgumentParser) -> None:
    """What it says, and how."""
    words.texts(parser, "title", "body", "category", "sender")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="PNG, JPEG or WebP")
    parser.add_argument("--layout", choices=["notice", "poster"], default="notice")
    parser.add_argument("--languages", choices=["beside", "turn"], default="beside",
                        help="two on a page, or one page after the other")  # fmt: skip
    parser.add_argument("--reading-s", type=arguments.number(2, 600), metavar="N",
                        help="how long a page stays (default: as long as it takes to read)")  # fmt: skip


def add_message(options: Namespace, utc: datetime) -> None:
    """Check, sign and remember a message."""
    require_areas(tree(options), options.places)
    if options.picture is not None:
        require_repository(options, "pictures")
    picture = None if options.picture is None else pictures.chosen(options.picture)
    draft = drafts.message(options, utc, None if picture is None else picture.named)
    require_a_day(draft)
    require_showable(draft, options.size, pictures.reader(picture))
    if picture is not None:
        picture.keep(options.desk)
    publish(options, *drafts.everywhere(draft, options.places))
