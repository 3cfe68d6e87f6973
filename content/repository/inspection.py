"""The repository as displays will find it, and content as they will read it: looked at before it goes out."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec

from content.message import BadMessage, Message, Playlist
from content.pictures import check_picture
from content.repository.index import read as read_index
from content.repository.names import INDEX, metadata_file
from content.repository.verification import Missing, examine

PUBLISHED = {"message": Message, "playlist": Playlist}


class Renewed(Mapping[str, bytes]):
    """The repository's files, with others over them that are not written yet."""

    def __init__(self, new: Mapping[str, bytes], folder: Mapping[str, bytes]) -> None:
        self._new, self._folder = new, folder

    def __getitem__(self, name: str) -> bytes:
        return self._new[name] if name in self._new else self._folder[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._new
        yield from (name for name in self._folder if name not in self._new)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def require_sound(area: str, kind: str, name: str, data: bytes) -> None:
    """Raises BadMessage for what is no message or playlist of this name for this area."""
    try:
        found: Message | Playlist = msgspec.json.decode(data, type=PUBLISHED[kind])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage(f"{area} {name}: not a {kind}: {error}") from error
    if (found.area, found.id) != (area, name):
        raise BadMessage(f"{kind} {found.id} for {found.area} cannot stand as {name} for {area}")
    if found.expires <= found.sent:
        raise BadMessage(f"{area} {name}: expires before it was sent")


def require_whole_picture(area: str, name: str, parts: Mapping[str, bytes]) -> None:
    """Raises BadMessage for a picture, by its parts' endings, of which one is missing or that nobody can decode."""
    named = [f"{n}of{len(parts)}" for n in range(1, len(parts) + 1)]
    if parts.keys() != set(named):
        raise BadMessage(f"{area} picture {name}: not all of its parts are there")
    try:
        check_picture(b"".join(parts[ending] for ending in named))
    except BadMessage as error:
        raise BadMessage(f"{area} {name}: {error}") from error


def require_believed(files: Mapping[str, bytes], area: str, utc: datetime) -> None:
    """Raises BadMessage for what a new display in an area would not take."""
    pinned, index = files[metadata_file("root", 1)], read_index(files[INDEX])
    try:
        seen = examine(pinned, area, utc, index=index, arrived=files, kept={})
    except Missing as error:
        raise BadMessage(f"{area}: {error} is missing") from error
    if seen.refused:
        path, reason = seen.refused[0]
        raise BadMessage(f"{area}: {path}: {reason}")
