"""What must survive a power cut is on the disk right after it changed; nobody waits for it."""

import asyncio
import logging
from functools import partial
from typing import Any

from agent.store import Store, StoreError
from content.work import Work

log = logging.getLogger("hoistway.agent")

KEEP_AGAIN_S = 5.0
"""When the disk did not take a value."""


class Keeping:
    """Keeps the newest value of each name."""

    def __init__(self, store: Store, disk: Work) -> None:
        self._store, self._disk = store, disk
        self._waiting: dict[str, Any] = {}
        self._changed = asyncio.Event()

    def kept(self, name: str, kind: type[Any], otherwise: Any = None) -> Any:
        """What was kept, or None; `otherwise`, where it was kept in a form that cannot be read. Blocks."""
        try:
            return self._store.kept(name, kind, otherwise)
        except StoreError as error:
            log.warning("whether a %s was kept is not known: %s", name, error)
            return None

    def put(self, name: str, value: Any) -> None:
        """Keep a value over the one before; None forgets it."""
        self._waiting[name] = value
        self._changed.set()

    async def run(self) -> None:
        """Write, for ever."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._write()
            except StoreError as error:
                log.warning("%s would not survive a power cut: %s", ", ".join(self._waiting), error)
                self._changed.set()
                await asyncio.sleep(KEEP_AGAIN_S)

    async def _write(self) -> None:
        for name, value in list(self._waiting.items()):
            await self._disk(partial(self._store.keep, name, value))
            if self._waiting.get(name) is value:
                del self._waiting[name]
