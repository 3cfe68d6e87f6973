"""Has a broker hold the repository's files, each retained at its own topic, the timestamp last."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from content.broker import Connection
from content.envelope import BadKey
from content.message import BadMessage
from content.repository.disk import Folder
from content.repository.keyring import KeyRing
from content.repository.names import INDEX, TIMESTAMP, content_topic, hash_in
from content.repository.publisher import is_stale, opened
from content.work import Work

log = logging.getLogger("hoistway.content")

LOOK_S = 0.2
REFRESH_LOOK_S = 600.0


class Broadcast:
    """Run it on every connection of the service: a broker may have lost what it held."""

    def __init__(self, folder: Path, keys: Path, work: Work, utc: Callable[[], datetime]) -> None:
        """keys is the key ring with the online keys, to keep the timestamp fresh."""
        self._folder, self._keys, self._work, self._utc = Folder(folder), keys, work, utc

    async def run(self, connection: Connection) -> None:
        """All that should stand there, then whatever changes, until cancelled. Raises BrokerLost."""
        stood: set[str] | None = None
        top, looked = b"", -REFRESH_LOOK_S
        while True:
            now = asyncio.get_running_loop().time()
            if now - looked >= REFRESH_LOOK_S:
                await self._work(self._refresh)
                looked = now
            latest = self._folder.get(TIMESTAMP, b"")
            if latest != top:
                stood = await self._show(connection, stood, latest)
                top = latest
            await asyncio.sleep(LOOK_S)

    async def _show(self, connection: Connection, stood: set[str] | None, timestamp: bytes) -> set[str]:
        """Publish what is new since; gives what stands there then."""
        files, gone = await self._work(partial(self._listed, stood))
        for file in sorted(files - (stood or set()) | {INDEX}, key=_order):
            payload = await self._work(partial(self._folder.get, file))
            if payload is not None:
                await connection.publish(content_topic(file), payload, qos=1, retain=True)
        await connection.publish(content_topic(TIMESTAMP), timestamp, qos=1, retain=True)
        for file in sorted(gone):
            await connection.publish(content_topic(file), b"", qos=1, retain=True)
        return files

    def _listed(self, stood: set[str] | None) -> tuple[set[str], set[str]]:
        files = set(self._folder) - {TIMESTAMP}
        before = set(self._folder.forgotten()) if stood is None else stood
        return files, before - files

    def _refresh(self) -> None:
        try:
            if is_stale(self._folder, self._utc()):
                with opened(self._folder.path, KeyRing(self._keys)) as publisher:
                    publisher.publish(self._utc())
        except (BadMessage, BadKey) as error:
            log.warning("the timestamp of the repository is not kept fresh: %s", error)


def _order(file: str) -> tuple[int, str]:
    """Targets, then what names them; the index is the last before the timestamp."""
    top = ("root", "snapshot", "targets")
    rank = 0 if hash_in(file) else 3 if file == INDEX else 2 if file.split(".")[1] in top else 1
    return rank, file
