"""What changes the repository: what stands on the desk, what publishers bring, and who may sign."""

from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from securesystemslib.signer import Key

from content import arguments
from content.areas import Areas
from content.commands import BadInput
from content.commands.asking import agree
from content.commands.checks import AREAS, require_area, written
from content.commands.exporting import mirror
from content.commands.output import counted, tell
from content.commands.pictures import kept
from content.commands.publishing import standing
from content.commands.repository_desk import is_repository
from content.envelope import BadKey, make_key, public_key
from content.message import BadMessage, Message, NamedPicture, Playlist, in_area, kind_of
from content.progress import bar
from content.repository import submission
from content.repository.alert_keys import AlertKey, AlertKeys
from content.repository.delegation import known_areas
from content.repository.disk import Folder
from content.repository.keyring import KeyRing, load_all
from content.repository.names import (
    TIMESTAMP,
    area_of_role,
    parts_of_target,
    picture_parts,
    role_of,
)
from content.repository.publisher import Publisher, opened
from content.repository.rooting import ONLINE, not_named, replace_root_key
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
        for number, publication in enumerate(current, 1):
            _add(publisher, publication)
            bar("reading", number, len(current))
        for (area, name), named in pictures.items():
            _add_picture(publisher, area, name, _file(options.desk, named))
        publisher.require_names()

    _change(options, utc, edit)


def _add(publisher: Publisher, publication: Message | Playlist) -> None:
    try:
        publisher.add_publication(publication)
    except (BadMessage, BadKey) as error:
        raise BadInput(f"{kind_of(publication)} {publication.id} for {publication.area}: {error}") from error


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


def _change(options: Namespace, utc: datetime, edit: Callable[[Publisher], Sequence[str] | None]) -> None:
    """Edit, sign, look at it as displays will, and only then write; or, for the office to put out, sign and write.

    edit gives lines to say of it, if there are any."""
    with _opened(options) as publisher:
        if not options.outgoing:
            _require_online(options, publisher)
        said = edit(publisher) or ()
        if options.outgoing:
            _bring(options, publisher.submission(utc), said)
        else:
            _put_out(options, publisher, utc, said)


@contextmanager
def _opened(options: Namespace) -> Iterator[Publisher]:
    """Raises BadInput for what is not there, and makes nothing in its place."""
    if not is_repository(options.repository):
        raise BadInput(f"{options.repository}: no repository stands there; `hoistway-content init` makes one")
    if not options.keys.is_dir():
        raise BadInput(f"{options.keys}: is not there; name the key ring, a folder of PEM files, with --keys")
    with opened(options.repository, KeyRing(options.keys), tell=bar) as publisher:
        yield publisher


def _require_online(options: Namespace, publisher: Publisher) -> None:
    """Raises BadKey where the ring is that of an area's publisher, or of an office apart from its server."""
    if not publisher.keys.holds(publisher.standing.root.signed.roles["snapshot"]):
        raise BadKey(
            f"{options.keys}: has no snapshot key, because the office puts versions out; "
            "--outgoing FOLDER writes what to bring there"
        )


def _put_out(
    options: Namespace,
    publisher: Publisher,
    utc: datetime,
    said: Sequence[str] = (),
    accepted: Sequence[str] = (),
) -> None:
    done = publisher.publish(utc, checked=True)
    lines = [
        *said,
        f"{options.repository}: {counted(len(done.files), 'file')} written, {len(done.superseded)} superseded.",
        "`hoistway-content serve --repository` publishes them, at once where it is running.",
    ]
    value = {"files": done.files, "superseded": done.superseded, "accepted": accepted}
    tell(options, value, "\n".join(lines))


def _bring(options: Namespace, files: Mapping[str, bytes], said: Sequence[str] = ()) -> None:
    """What the office has to accept, in place of what was to be brought before."""
    folder = Folder(options.outgoing)
    if TIMESTAMP in folder:
        raise BadInput(f"{options.outgoing}: a repository stands there; name another folder with --outgoing")
    mirror(files, list(files), folder)
    text = f"{options.outgoing}: {counted(len(files), 'file')}; bring it to the office: `hoistway-content accept` takes it."
    if not files:
        text = f"{options.repository}: has all of it already; there is nothing to bring."
    tell(options, {"files": list(files)}, "\n".join([*said, text]))


def accept(options: Namespace, utc: datetime) -> None:
    """All of what a publisher brought, or nothing of it."""
    files, areas = submission.read(Folder(options.folder)), _areas(options)
    with _opened(options) as publisher:
        before = known_areas(publisher.standing)
        accepted = [area_of_role(role) or role for role in publisher.accept(files, utc)]
        for area in sorted(known_areas(publisher.standing) - before):
            require_area(areas, area)
        _put_out(options, publisher, utc, [f"{', '.join(accepted)}: accepted."], accepted)


def appoint(options: Namespace, utc: datetime) -> None:
    """A publisher for an area, with a new key in the ring or the key that is named."""
    area, key = _area(options.area), _key(options)
    require_area(_areas(options), area)
    _change(options, utc, lambda publisher: publisher.appoint(area, key))


def rotate(options: Namespace, utc: datetime) -> None:
    """Another key, for an area or, signed by root keys, for one of TUF's own roles."""
    if options.area in ONLINE:
        if options.public:
            raise BadInput(
                f"--public is for an area's key; the one for {options.area} is made in the key ring"
            )
        roots = load_all(options.root_key)
        _change(options, utc, lambda publisher: publisher.rotate_online(options.area, roots, utc))
        return
    area, key = _area(options.area), _key(options)

    def edit(publisher: Publisher) -> list[str]:
        locked_out = key is None and not _signs(publisher, role_of(area))
        publisher.rotate(area, key)
        return [_LOCKED_OUT.format(area=area, keys=options.keys)] if locked_out else []

    _change(options, utc, edit)


_LOCKED_OUT = (
    "THE PUBLISHER OF {area} CAN SIGN NOTHING ANY MORE: its own key counts no more, and the new one is in {keys}. "
    "`hoistway-content keys rotate {area} --public <64 digits>` names a key on its own machine."
)


def _areas(options: Namespace) -> Areas | None:
    """The areas that the office wrote down, if it did."""
    path: Path = (options.office or options.repository.parent) / AREAS
    return written(path) if path.exists() else None


def _key(options: Namespace) -> Key | None:
    return public_key(options.public) if options.public else None


def revoke(options: Namespace, utc: datetime) -> None:
    """Take a publisher away, once somebody has read what goes with it."""
    area = _area(options.area)

    def edit(publisher: Publisher) -> None:
        roles = publisher.standing.roles.items()
        stands = [
            path
            for name, role in roles
            if in_area(area, area_of_role(name) or "")
            for path in role.signed.targets
        ]
        what = f"with the publisher of {area} go all whom it appointed, and {counted(len(stands), 'file')} of what they published"
        agree(options, what, "Revoke it?", "not revoked, nothing was changed")
        publisher.revoke(area)

    _change(options, utc, edit)


def replace_root(options: Namespace, utc: datetime) -> None:
    """A new root key in the place of the one that is not named, signed by those that are."""
    roots = load_all(options.root_key)

    def edit(publisher: Publisher) -> None:
        lost = not_named(publisher.standing.root.signed, roots)
        new = make_key(options.new)
        publisher.change_root(replace_root_key(lost, new.public_key), roots, utc)

    _change(options, utc, edit)


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
