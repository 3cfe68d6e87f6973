"""Checks of the broker, the clock and the disk."""

import asyncio
import errno
import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

from agent.clock import Clock
from agent.commissioning.findings import failed, passed
from content.broker import Broker, BrokerLost
from content.requests import Finding
from content.wire import status_topic

BROKER_S = 10.0
WRITES, BLOCK = 40, bytes(4096)
SLOWEST_S = 0.25
"""A commit: an event may wait so long, the glass never does."""
LEAST_FREE = 200_000_000
"""Bytes: the library's bound, and room for what replaces it."""


async def broker(broker: Broker, car: str) -> Finding:
    """Reachable, and it lets this car in."""
    began = time.monotonic()
    try:
        async with asyncio.timeout(BROKER_S), broker.connect(f"{car}-check") as connection:
            await connection.subscribe(status_topic(car))
    except TimeoutError:
        return failed("broker", f"no answer in {BROKER_S:g} s", "look at host, port and the firewall")
    except BrokerLost as error:
        return failed("broker", str(error), "look at [broker] in the configuration, and at the network")
    return passed("broker", f"connected in {1000 * (time.monotonic() - began):.0f} ms")


def clock(clock: Clock) -> Finding:
    """Not before what it cannot be before."""
    reading = clock.read()
    said = f"{reading.utc:%Y-%m-%d %H:%M:%S} UTC"
    if not reading.good:
        return failed(
            "clock", f"{said}, before {clock.floor:%Y-%m-%d}", "set it, or connect it to a time server"
        )
    return passed("clock", said)


def disk(folder: Path) -> Finding:
    """How long a write takes until it would survive a power cut. Blocks."""
    probe = folder / "check.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        slowest = _slowest_write(probe)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        todo = "make room, or use a larger disk" if full else "name a folder that can be written in [store]"
        return failed("disk", f"{folder}: {error.strerror}", todo)
    finally:
        with suppress(OSError):  # never made, or the folder is gone: nothing is left behind
            probe.unlink()
    said = f"{1000 * slowest:.1f} ms for a synced write, the slowest of {WRITES}"
    if slowest > SLOWEST_S:
        return failed("disk", said, "the memory card is worn or too slow: change it")
    return passed("disk", said)


def _slowest_write(path: Path) -> float:
    slowest = 0.0
    with path.open("wb", buffering=0) as file:
        for _ in range(WRITES):
            began = time.perf_counter()
            file.write(BLOCK)
            os.fsync(file.fileno())
            slowest = max(slowest, time.perf_counter() - began)
    return slowest


def space(folder: Path) -> Finding:
    """Free bytes where the store is."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return failed("space", f"{folder}: {error.strerror}", "name a folder that is there in [store]")
    said = f"{free / 1e6:.0f} MB free"
    return (
        passed("space", said)
        if free >= LEAST_FREE
        else failed("space", said, "make room, or use a larger disk")
    )
