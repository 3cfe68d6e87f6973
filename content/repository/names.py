"""What the files of the repository are called, and for which area a target is.

An area's slashes become dots, which no name has: so a pattern of TUF, whose `*` ends at a slash, can mean an area
with all that lies below it. `cn.sichuan/message.water.json` is a message for cn/sichuan.
"""

import re

from content.message import BadMessage, is_path
from content.wire import ROOT

TIMESTAMP = "timestamp.json"
INDEX = "index.json"
ALERT_KEYS = "alert-keys.json"
KINDS = ("message", "playlist", "picture")
LARGEST_PART = 250_000
"""Bytes of a picture's part: it travels in one payload."""

_HASHED = re.compile(r"(?:[a-z0-9.-]+/)?([0-9a-f]{64})\.[A-Za-z0-9._-]+")
_FILE = re.compile(r"[A-Za-z0-9._-]{1,1200}(/[A-Za-z0-9._-]{1,200})?")
_NAMED = re.compile(r"([a-z0-9.-]+)/(message|playlist|picture)\.([a-z0-9-]{1,64})\.([a-z0-9]+)")
_PART = re.compile(r"[1-9][0-9]{0,2}of[1-9][0-9]{0,2}")


def content_topic(file: str) -> str:
    """Where a file of the repository stands, retained."""
    return f"{ROOT}/content/{file}"


def file_of(topic: str) -> str | None:
    """The file at a topic, or None where the topic is for something else."""
    file = topic.removeprefix(f"{ROOT}/content/")
    return file if file != topic and is_file(file) else None


def is_file(name: str) -> bool:
    """Whether a file of the repository can be called so; no name leaves its folder."""
    return _FILE.fullmatch(name) is not None and not name.startswith(".") and "/." not in name


def role_of(area: str) -> str:
    """The role that signs an area's content. Raises BadMessage."""
    if not is_path(area):
        raise BadMessage(f"{area!r} is no area; write it as cn/sichuan/chengdu")
    return "area." + area.replace("/", ".")


def area_of_role(role: str) -> str | None:
    """The area a role signs for; None for TUF's own four."""
    return role.removeprefix("area.").replace(".", "/") if role.startswith("area.") else None


def patterns(area: str) -> list[str]:
    """The targets an area's role may sign: its own, and those of all areas below it."""
    dotted = area.replace("/", ".")
    return [f"{dotted}/*", f"{dotted}.*/*"]


def metadata_file(role: str, version: int) -> str:
    """One version of a role's metadata; the timestamp has no versions."""
    return TIMESTAMP if role == "timestamp" else f"{version}.{role}.json"


def target_file(target: str, sha256: str) -> str:
    """The file that holds a target: TUF puts the hash before the last part of its path."""
    folder, slash, name = target.rpartition("/")
    return f"{folder}{slash}{sha256}.{name}"


def hash_in(file: str) -> str | None:
    """The SHA-256 in the name of a target's file; None for metadata."""
    found = _HASHED.fullmatch(file)
    return found[1] if found else None


def target(area: str, kind: str, name: str, ending: str = "json") -> str:
    """The path of an area's target. Raises BadMessage."""
    path = f"{area.replace('/', '.')}/{kind}.{name}.{ending}"
    if parts_of_target(path) != (area, kind, name, ending):
        raise BadMessage(
            f"{area} {kind} {name}: give an area, one of {', '.join(KINDS)}, and a name of a-z, 0-9 and -"
        )
    return path


def parts_of_target(path: str) -> tuple[str, str, str, str] | None:
    """Area, kind, name and ending of a target; None for what is no content of an area."""
    found = _NAMED.fullmatch(path)
    if found is None:
        return None
    area, kind, name, ending = found.groups()
    sound = _PART.fullmatch(ending) if kind == "picture" else ending == "json"
    area = area.replace(".", "/")
    return (area, kind, name, ending) if sound and is_path(area) else None


def picture_parts(area: str, name: str, data: bytes) -> dict[str, bytes]:
    """A picture as numbered targets, each small enough for one payload."""
    pieces = [data[n : n + LARGEST_PART] for n in range(0, len(data), LARGEST_PART)]
    return {target(area, "picture", name, f"{n}of{len(pieces)}"): piece for n, piece in enumerate(pieces, 1)}
