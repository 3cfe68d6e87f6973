"""What the publisher of an area brings to the office: its signed list and the new files it names, judged before they count.

The files are called as they will stand in the repository: `5.area.cn.sichuan.chengdu.json` is the list of
cn/sichuan/chengdu, version 5. Who has appointed publishers below brings their lists in the same folder. An office whose
keys are not on the server brings TUF's own targets in the same way: publishers appointed, and the keys for alerts.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from itertools import islice

from tuf.api.exceptions import UnsignedMetadataError
from tuf.api.metadata import Metadata, TargetFile, Targets

from content.message import BadMessage, in_area, is_path, prefixes
from content.repository.alert_keys import decode
from content.repository.delegation import forget
from content.repository.disk import Folder
from content.repository.inspection import Renewed, require_sound, require_whole_picture
from content.repository.names import (
    ALERT_KEYS,
    LARGEST_PART,
    area_of_role,
    hash_in,
    metadata_file,
    parts_of_target,
    patterns,
    target_file,
)
from content.repository.standing import Standing, delegated, parsed
from content.repository.verification import MOST_TARGETS, TROUBLE
from content.wire import LARGEST

MOST_BYTES = 256_000_000
"""Of one submission: it is in memory while it is judged."""
LASTS_AT_LEAST = timedelta(days=5 * 365)
"""Displays refuse all that is new from the day on which a list of their areas expires."""

_LIST = re.compile(r"[1-9][0-9]{0,9}\.(targets|area\.[a-z0-9.-]+)\.json")


def read(folder: Folder) -> dict[str, bytes]:
    """The files that were brought; no more of them is read than shows that it is too much. Raises BadMessage."""
    names, size, files = list(islice(folder, MOST_TARGETS + 1)), 0, {}
    if len(names) > MOST_TARGETS:
        raise BadMessage(f"{folder.path}: more than {MOST_TARGETS} files; bring fewer at a time")
    for name in names:
        if name not in folder or not (hash_in(name) or _role(name)):
            raise BadMessage(
                f"{folder.path}: {name} is no file of a submission; name the folder that holds one"
            )
        files[name] = folder[name]
        size += len(files[name])
        if len(files[name]) > LARGEST or size > MOST_BYTES:
            raise BadMessage(f"{name}: a file has at most {LARGEST} bytes, all of them {MOST_BYTES}")
    return files


def take(
    standing: Standing, stands: Mapping[str, bytes], came: Mapping[str, bytes], utc: datetime
) -> list[str]:
    """Put the lists that came in the place of those before; gives their roles. stands: the repository's files.

    Raises BadMessage for anything that displays would not take, or that its signer may not say; then the standing is
    not to be used any more.
    """
    lists = {role: file for file in came if (role := _role(file))}
    if not lists:
        raise BadMessage("no signed list is there; `hoistway-content publish --outgoing` writes one")
    roles = sorted(lists, key=lambda role: (role.count("."), role))
    """Who appoints comes before who is appointed."""
    named = set(lists.values())
    for role in roles:
        before = standing.roles.get(role, Metadata(Targets()))
        new = _signed_list(standing, role, lists[role], came[lists[role]], utc)
        _require_modest(standing, role, new.signed)
        named |= _require_targets(role, before.signed, new.signed, Renewed(came, stands))
        for gone in delegated(before.signed).keys() - delegated(new.signed).keys():
            forget(standing, gone)
        standing.roles[role] = new
    _require_complete(standing, roles)
    require_names(standing, roles)
    for file in sorted(came.keys() - named):
        raise BadMessage(f"{file}: no list that was brought names it; make the submission anew")
    return roles


def _signed_list(standing: Standing, role: str, file: str, data: bytes, utc: datetime) -> Metadata[Targets]:
    """A list that its own key signed, as the next version."""
    area = area_of_role(role) or role
    delegator = standing.root.signed if role == "targets" else standing.role(standing.delegator(role))
    try:
        new = parsed(Targets, data)
        delegator.verify_delegate(role, new.signed_bytes, new.signatures)
    except UnsignedMetadataError as error:
        raise BadMessage(
            f"{file}: not signed with the key that was named for {area}; was it rotated?"
        ) from error
    except TROUBLE as error:
        raise BadMessage(f"{file}: cannot be read: {error}") from error
    due = standing.last_version(role) + 1
    if new.signed.version != due or file != metadata_file(role, due):
        raise BadMessage(
            f"{file}: holds version {new.signed.version} of {area}, and {due} is the next: "
            "copy the repository anew, and publish again"
        )
    if new.signed.expires < utc + LASTS_AT_LEAST:
        raise BadMessage(f"{file}: expires at {new.signed.expires}; is the clock right where it was signed?")
    return new


def _require_modest(standing: Standing, role: str, new: Targets) -> None:
    """Publishers may be appointed for areas inside one's own that have none yet, and for nothing else."""
    own, area = area_of_role(role), area_of_role(role) or role
    if new.delegations is not None and new.delegations.roles is None:
        raise BadMessage(f"{area} delegates to unnamed roles; appoint with `hoistway-content keys appoint`")
    for name, below in delegated(new).items():
        inner = area_of_role(name) or ""
        inside = is_path(inner) and (own is None or (inner != own and in_area(own, inner)))
        if not inside or below.paths != patterns(inner):
            raise BadMessage(f"{area} may not appoint {name}: a publisher appoints for areas inside its own")
        if name in standing.roles and standing.delegator(name) != role:
            raise BadMessage(f"{area} may not appoint {name}: {inner} has a publisher already")


def _require_targets(role: str, before: Targets, new: Targets, files: Mapping[str, bytes]) -> set[str]:
    """Everything inside the area, and what is new there, as it was signed, and such as displays can read.

    Gives the files of what is new.
    """
    if role == "targets":
        return _require_alert_keys(before, new, files)
    parts = {path: _inside(role, path) for path in before.targets.keys() | new.targets.keys()}
    changed = {parts[path][:3] for path in parts if before.targets.get(path) != new.targets.get(path)}
    pictures: dict[tuple[str, str], dict[str, bytes]] = {}
    named = set()
    for path, signed in new.targets.items():
        area, kind, name, ending = parts[path]
        if (area, kind, name) not in changed:
            continue
        named.add(_file_of(path, signed))
        data = _content(path, signed, files)
        if kind == "picture":
            pictures.setdefault((area, name), {})[ending] = data
        else:
            require_sound(area, kind, name, data)
    for (area, name), pieces in pictures.items():
        require_whole_picture(area, name, pieces)
    return named


def _require_alert_keys(before: Targets, new: Targets, files: Mapping[str, bytes]) -> set[str]:
    """TUF's own targets: nothing but the keys for alerts."""
    for path in new.targets.keys() - {ALERT_KEYS}:
        raise BadMessage(f"targets may not publish {path}: only {ALERT_KEYS}")
    signed = new.targets.get(ALERT_KEYS)
    if signed is None or before.targets.get(ALERT_KEYS) == signed:
        return set()
    decode(_content(ALERT_KEYS, signed, files))
    return {_file_of(ALERT_KEYS, signed)}


def _inside(role: str, path: str) -> tuple[str, str, str, str]:
    own, parts = area_of_role(role) or "", parts_of_target(path)
    if parts is None or not in_area(own, parts[0]):
        raise BadMessage(f"{own} may not publish {path}: it is outside its area, and nothing of it was taken")
    return parts


def _content(path: str, signed: TargetFile, files: Mapping[str, bytes]) -> bytes:
    file = _file_of(path, signed)
    data = files.get(file)
    if data is None:
        raise BadMessage(f"{file or path} is missing; bring the whole folder")
    if len(data) > LARGEST_PART:
        raise BadMessage(f"{file}: {len(data)} bytes; at most {LARGEST_PART} are sent")
    try:
        signed.verify_length_and_hashes(data)
    except TROUBLE as error:
        raise BadMessage(f"{file}: is not what was signed; copy the folder again") from error
    return data


def _file_of(path: str, signed: TargetFile) -> str:
    """The file that holds a target; one that never stands there, where its SHA-256 is not signed."""
    return target_file(path, str(signed.hashes.get("sha256")))


def _require_complete(standing: Standing, roles: list[str]) -> None:
    """Whoever was appointed has a list, and it counts still."""
    for role in roles:
        above = standing.role(role)
        for name in delegated(above):
            if name not in standing.roles:
                raise BadMessage(
                    f"{name} was appointed, and its first list is missing; bring the whole folder"
                )
            below = standing.roles[name]
            try:
                above.verify_delegate(name, below.signed_bytes, below.signatures)
            except TROUBLE as error:
                raise BadMessage(
                    f"{name}: its list is not signed with the key it has now; bring it too"
                ) from error


def require_names(standing: Standing, roles: Iterable[str]) -> None:
    """Displays in two areas, one inside the other, know only one message of a name. Raises BadMessage where one of these
    roles signed the outer or the inner one."""
    areas: dict[tuple[str, str], set[str]] = defaultdict(set)
    for path in (path for role in standing.roles.values() for path in role.signed.targets):
        if (parts := parts_of_target(path)) and parts[1] != "picture":
            areas[parts[1:3]].add(parts[0])
    own = [area_of_role(role) for role in roles]
    for (kind, name), where in areas.items():
        for area in where:
            around = next((wider for wider in prefixes(area)[:-1] if wider in where), None)
            if around and any(one is None or in_area(one, area) for one in own):
                raise BadMessage(
                    f"{kind} {name} for {area}: {around} around it has one too; withdraw one, or take another id"
                )


def _role(file: str) -> str | None:
    found = _LIST.fullmatch(file)
    return found[1] if found else None
