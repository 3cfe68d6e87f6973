"""What changes the repository: what stands on the desk, and who may sign."""

from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from content import arguments
from content.commands import BadInput
from content.commands.output import tell
from content.commands.pictures import kept
from content.commands.publishing import standing
from content.envelope import public_key
from content.message import BadMessage, Message, NamedPicture, Playlist, kind_of
from content.repository.alert_keys import AlertKey, AlertKeys
from content.repository.disk import Folder
from content.repository.keyring import KeyRing, load_all
from content.repository.names import TIMESTAMP, parts_of_target, picture_parts
from content.repository.publisher import Published, Publisher, opened
from content.repository.rooting import ONLINE
from content.repository.standing import delegated

Target = tuple[str, str, str]
"""Area, kind and name."""


def publish(options: Namespace, utc: datetime) -> None:
    """The desk is the truth for all that this key ring signs."""
    every = [p for kind in ("message", "playlist") for p in standing(options, kind)]
    current = [p for p in every if isinstance(p, Message | Playlist) and not p.withdrawn and p.expires > utc]
    pictures = {(p.area, named.name): named for p in current for named in _pictures(p)}

    def edit(publisher: Publisher) -> None:
        wanted = {(p.area, kind_of(p), p.id) for p in current}
        wanted |= {(area, "picture", name) for area, name in pictures}
        for target in sorted(_held(publisher) - wanted):
            publisher.remove(*target)
        for publication in current:
            publisher.add_publication(publication)
        for (area, name), named in pictures.items():
            _add_picture(publisher, area, name, _file(options.desk, named))

    _change(options, utc, edit)


def _pictures(publication: Message | Playlist) -> list[NamedPicture]:
    if isinstance(publication, Message):
        return [] if publication.picture is None else [publication.picture]
    return [item.picture for item in publication.items if item.picture is not None]


def _file(desk: Path, named: NamedPicture) -> bytes:
    try:
        return kept(desk)(named)
    except OSError as error:
        raise BadInput(f"picture {named.name} is gone from beside the desk: add its message again") from error


def _add_picture(publisher: Publisher, area: str, name: str, data: bytes) -> None:
    """Only when it is another one: every change makes a version that all displays fetch."""
    parts, there = picture_parts(area, name, data), publisher.targets(area)
    if not all(path in there and publisher.content(path) == piece for path, piece in parts.items()):
        publisher.add(area, "picture", name, data)


def _held(publisher: Publisher) -> set[Target]:
    """What stands in the repository, signed with keys of this ring."""
    found = set()
    for name, role in publisher.standing.roles.items():
        if name == "targets" or not _signs(publisher, name):
            continue
        found |= {parts[:3] for path in role.signed.targets if (parts := parts_of_target(path))}
    return found


def _signs(publisher: Publisher, name: str) -> bool:
    above = publisher.standing.role(publisher.standing.delegator(name))
    return publisher.keys.holds(delegated(above)[name])


def _change(options: Namespace, utc: datetime, edit: Callable[[Publisher], None]) -> Published:
    """Edit, sign, and look at it as displays will."""
    with opened(options.repository, KeyRing(options.keys)) as publisher:
        edit(publisher)
        done = publisher.publish(utc)
        publisher.verify(utc)
    lines = [f"{options.repository}: {len(done.files)} files written, {len(done.superseded)} superseded."]
    lines.append("`hoistway-content serve --repository` publishes them, at once where it is running.")
    tell(options, {"files": done.files, "superseded": done.superseded}, "\n".join(lines))
    return done


def export(options: Namespace, _utc: datetime) -> None:
    """The timestamp last: a stick that is pulled out too early has the version before, or nothing."""
    source, target = Folder(options.repository), Folder(options.folder)
    names = sorted(source, key=lambda name: (name == TIMESTAMP, name))
    if TIMESTAMP not in names:
        raise BadInput(f"{options.repository}: is no repository; `hoistway-content init` makes one")
    with target.locked():
        for name in names:
            target.write(name, source[name])
        stale = sorted(set(target) - set(names))
        target.forget(stale)
    tell(options, {"files": names}, f"{options.folder}: {len(names)} files")


def appoint(options: Namespace, utc: datetime) -> None:
    """A publisher for an area, with a new key in the ring."""
    area = _area(options.area)
    _change(options, utc, lambda publisher: publisher.appoint(area))


def rotate(options: Namespace, utc: datetime) -> None:
    """Another key, for an area or, signed by root keys, for one of TUF's own roles."""
    if options.area in ONLINE:
        roots = load_all(options.root_key)
        _change(options, utc, lambda publisher: publisher.rotate_online(options.area, roots, utc))
        return
    area = _area(options.area)
    _change(options, utc, lambda publisher: publisher.rotate(area))


def revoke(options: Namespace, utc: datetime) -> None:
    """Take a publisher away."""
    area = _area(options.area)
    _change(options, utc, lambda publisher: publisher.revoke(area))


def alerts(options: Namespace, utc: datetime) -> None:
    """Exactly these keys may sign alerts, releases and requests."""
    areas: dict[str, list[str]] = {}
    for word in options.keys_of:
        area, _, digits = word.partition("=")
        public_key(digits)
        areas.setdefault(digits, []).append(_area(area))
    named = AlertKeys(tuple(AlertKey(digits, tuple(where)) for digits, where in areas.items()))
    _change(options, utc, lambda publisher: publisher.name_alert_keys(named))


def _area(word: str) -> str:
    try:
        return arguments.area(word)
    except ArgumentTypeError as error:
        raise BadMessage(str(error)) from error
