"""`playlist`: what plays in turn while nothing is scheduled."""

from argparse import Namespace
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from content.commands import BadInput, listing
from content.commands import options as words
from content.commands.checks import require_areas, require_repository, tree
from content.commands.drafts import everywhere, expiry
from content.commands.output import seconds
from content.commands.pictures import SUFFIXES, Chosen, chosen
from content.commands.publishing import existing, publish
from content.commands.repository_desk import brought_of
from content.envelope import look_inside
from content.message import Item, Message, Playlist, in_area, is_name


def declare(kinds: words.Commands) -> None:
    """The words it takes."""
    actions = words.actions(kinds, "playlist", "what plays while nothing is scheduled")
    example = (
        "playlist set --key signing-key.pem --desk desk.sqlite --area cn/sichuan/chengdu/tower-a \\\n"
        "    --id lobby water:20 gym garden.jpg:15"
    )
    setting = words.command(actions, "set", "say what plays in an area", example)
    words.signing(setting)
    words.placing(setting)
    words.lasting(setting, timedelta(days=365), "after a year")
    setting.add_argument("items", nargs="+", metavar="MESSAGE|PICTURE[:SECONDS]",
                         help="ids of messages that stand, and files of pictures, in the order in which they play")  # fmt: skip
    words.repository(setting)
    setting.set_defaults(run=set_playlist)
    listing.declare(actions, "playlist")


def set_playlist(options: Namespace, utc: datetime) -> None:
    """Check, sign and remember a playlist."""
    require_areas(tree(options), options.places)
    require_repository(options, "playlists")
    expires = expiry(options, utc)
    parts = [_part(word) for word in options.items]
    pictures = {name: chosen(Path(name)) for name, _ in parts if name.lower().endswith(SUFFIXES)}
    items = tuple(_item(name, lasts_s, pictures.get(name)) for name, lasts_s in parts)
    if any(item.message is not None for item in items):
        with closing(existing(options.desk)) as desk:
            every = [look_inside(envelope) for envelope in desk.standing("message")]
            every += [one.publication for one in brought_of(desk, "message")]
        for place in options.places:
            _require_messages([p for p in every if isinstance(p, Message)], items, place, utc)
    for picture in pictures.values():
        picture.keep(options.desk)
    draft = Playlist(options.id, 1, options.places[0], utc, expires, items)
    publish(options, *everywhere(draft, options.places))


def _part(word: str) -> tuple[str, float | None]:
    """What plays, and for how long, s."""
    name, colon, lasts = word.rpartition(":")
    if not colon:
        return word, None
    if not (lasts.isdecimal() and 2 <= int(lasts) <= 600):
        raise BadInput(f"{word!r}: a page stays for 2 to 600 seconds: write for instance {name}:20")
    return name, float(lasts)


def _item(name: str, lasts_s: float | None, picture: Chosen | None) -> Item:
    if picture is not None:
        return Item(picture=picture.named, seconds=lasts_s)
    return Item(message=_id(name), seconds=lasts_s)


def _id(name: str) -> str:
    if not is_name(name):
        raise BadInput(
            f"{name!r}: is no id of a message, and no picture: pictures end in {', '.join(SUFFIXES)}"
        )
    return name


def _require_messages(every: list[Message], items: tuple[Item, ...], area: str, utc: datetime) -> None:
    """Raises BadInput for a message that no display of the area could play."""
    for item in (one for one in items if one.message is not None):
        there = [m for m in every if m.id == item.message and not m.withdrawn and m.expires > utc]
        if not there:
            raise BadInput(f"no message {item.message} stands: add it first, with --only-playlist if need be")
        if not any(in_area(m.area, area) or in_area(area, m.area) for m in there):
            raise BadInput(f"message {item.message} stands for {there[0].area}, not for {area}")
        if all(in_area(area, m.area) and m.area != area for m in there):
            until = seconds(there[0].expires)
            raise BadInput(
                f"message {item.message} stands only for {there[0].area} until {until}: add it for {area}"
            )
