"""Keeps the parts of the agent running: a part that fails is reported and started again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from agent.events import Happening, TaskFailed

log = logging.getLogger("hoistway.agent")

PAUSES_S = (0.5, 2.0, 10.0, 60.0)


async def keep_running(
    name: str,
    part: Callable[[], Awaitable[None]],
    happened: Callable[[Happening], None],
    now: Callable[[], float],
) -> None:
    """Run a part for ever; a part that failed again and again waits longer each time."""
    failures = 0
    while True:
        began = now()
        try:
            await part()
            reason = "it ended"
        except Exception as error:
            log.exception("%s failed", name)
            reason = f"{type(error).__name__}: {error}"
        happened(TaskFailed(name, reason))
        failures = failures + 1 if now() - began < PAUSES_S[-1] else 1
        await asyncio.sleep(PAUSES_S[min(failures, len(PAUSES_S)) - 1])
