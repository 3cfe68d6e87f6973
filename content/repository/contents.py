"""What stands in a repository, whoever signed it: messages, playlists, and which keys may sign alerts."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from content.behind import Standing
from content.message import BadMessage, Message, Playlist, kind_of
from content.repository.alert_keys import AlertKeys, decode
from content.repository.disk import Folder
from content.repository.inspection import PUBLISHED
from content.repository.names import ALERT_KEYS, TIMESTAMP, parts_of_target, target_file
from content.repository.standing import read


class Contents:
    """Read anew when the timestamp is another one."""

    def __init__(self, folder: Path) -> None:
        self._folder = Folder(folder)
        self._timestamp, self._found = b"", dict[str, Message | Playlist]()
        """By file: what a file holds never changes."""

    def current(self, utc: datetime) -> list[Standing]:
        """What has not expired."""
        timestamp = self._folder.get(TIMESTAMP, b"")
        if timestamp != self._timestamp:
            # Where files go away while they are read, a newer timestamp is there already: it is read at the next look.
            with suppress(BadMessage, KeyError):
                self._found = {
                    file: self._found.get(file) or self._read(kind, file) for kind, file in self._files()
                }
                self._timestamp = timestamp
        found = [one for one in self._found.values() if one.expires > utc]
        return [(one.area, kind_of(one), one.id, one.revision) for one in found]

    def _files(self) -> list[tuple[str, str]]:
        """Kind and file of each."""
        paths = [item for role in read(self._folder).roles.values() for item in role.signed.targets.items()]
        return [
            (parts[1], target_file(path, signed.hashes["sha256"]))
            for path, signed in paths
            if (parts := parts_of_target(path)) and parts[1] in PUBLISHED
        ]

    def _read(self, kind: str, file: str) -> Message | Playlist:
        found: Message | Playlist = msgspec.json.decode(self._folder[file], type=PUBLISHED[kind])
        return found


def alert_keys_in(folder: Folder) -> AlertKeys:
    """Which keys may sign alerts, releases and requests. Raises BadMessage."""
    signed = read(folder, only_top=True).role("targets").targets.get(ALERT_KEYS)
    if signed is None:
        return AlertKeys()
    try:
        return decode(folder[target_file(ALERT_KEYS, signed.hashes["sha256"])])
    except KeyError as error:
        raise BadMessage(f"{folder.path}: {error} is missing") from error
