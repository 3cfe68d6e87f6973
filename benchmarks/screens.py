"""Pixels onto a mapped framebuffer, 1080x1920: whole frames, patches, refreshes; 32 and 16 bit; every rotation.

The memory is a mapped file. A copy of as many bytes into it is what no packing can beat, and tells what share of a
time is the machine's: memory of a real panel may be slower.
"""

import asyncio
import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.glass import Glass
from agent.stage import ALARM_PAGES
from benchmarks.display import SIZE, scratch
from benchmarks.report import Row, milliseconds
from benchmarks.timing import times
from content.message import Text
from content.page import Site
from content.work import Inline
from drivers.pixels import Format, panel_size
from drivers.screens.framebuffer import Framebuffer, Geometry

TRIES = 100
FORMATS = {32: Format(32, 16, 8, 0), 16: Format(16, 11, 5, 0)}
MOST_S = {32: 0.005, 16: 0.008}
TURNING_S = 0.002
READY_S = 0.002
PATCH = (200, 80)
"""About as large as the minute."""
SPARE_BYTES = 64
"""After each row, as many panels have them."""
SITE = Site(Text("锦江花园 A座", "Jinjiang Garden, Tower A"), Text("A座 2号梯", "Tower A, lift 2"))
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class MappedFile:
    """A framebuffer whose memory is a file."""

    def __init__(self, memory: mmap.mmap, shape: Geometry) -> None:
        self.memory, self._shape = memory, shape

    def geometry(self) -> Geometry:
        """Always the same."""
        return self._shape

    def unblank(self) -> None:
        """A file is never dark."""

    def close(self) -> None:
        """Whoever mapped it unmaps it."""


def measure(_records: Path | None = None) -> Iterator[Row]:
    """Each format and rotation, the copy first."""
    for bits in FORMATS:
        with _mapped(bits, 0) as (screen, memory):
            yield from _format(bits, screen, memory)
        for rotation in (90, 180, 270):
            with _mapped(bits, rotation) as (screen, _):
                yield _frame(bits, screen, rotation)


@contextmanager
def _mapped(bits: int, rotation: int) -> Iterator[tuple[Framebuffer, NDArray[np.uint8]]]:
    """A screen on a file, and the rows of its memory without what is spare."""
    width, height = panel_size(SIZE, rotation)
    row, stride = width * bits // 8, width * bits // 8 + SPARE_BYTES
    with scratch() as folder, (folder / "memory").open("w+b") as file:
        file.truncate(stride * height)
        memory = mmap.mmap(file.fileno(), stride * height)
        device = MappedFile(memory, Geometry((width, height), FORMATS[bits], 0, stride, stride * height))
        yield (
            Framebuffer("a mapped file", lambda: device, SIZE, rotation),
            np.ndarray((height, row), np.uint8, memory, 0, (stride, 1)),
        )


def _format(bits: int, screen: Framebuffer, memory: NDArray[np.uint8]) -> Iterator[Row]:
    """What is measured without rotation only."""
    plain: NDArray[np.uint8] = np.zeros(memory.shape, np.uint8)
    yield Row(
        f"a copy of a frame's bytes, {bits} bit", milliseconds(times(TRIES, lambda: np.copyto(memory, plain)))
    )
    yield _frame(bits, screen, 0)
    patch = _speckled(*PATCH)

    def patches() -> None:
        for _ in range(10):
            screen.show(patch, 301, 77)

    seconds = times(TRIES, patches)
    share = PATCH[0] * PATCH[1] / (SIZE[0] * SIZE[1])
    each = float(np.median(seconds)) / 10
    measured = f"{1e3 * each:.3f} ms for {100 * share:.1f} % of the glass"
    yield Row(f"framebuffer, a patch of {PATCH[0]}x{PATCH[1]}, {bits} bit", measured)
    yield Row(f"framebuffer, a refresh, {bits} bit", milliseconds(times(TRIES, screen.refresh)))
    yield _ready(bits, screen)


def _frame(bits: int, screen: Framebuffer, rotation: int) -> Row:
    frame = _speckled(*SIZE)
    seconds = times(TRIES, lambda: screen.show(frame))
    most_s = MOST_S[bits] + (TURNING_S if rotation else 0.0)
    what = f"framebuffer, a full frame, {bits} bit, rotation {rotation}"
    return Row(
        what, milliseconds(seconds), f"{1e3 * most_s:.0f} ms median", bool(np.median(seconds) <= most_s)
    )


def _ready(bits: int, screen: Framebuffer) -> Row:
    """Through the agent's glass, with the minute."""
    glass, page = Glass(screen, SITE), ALARM_PAGES[0]
    asyncio.run(glass.prepare((page,), (), Inline()))
    seconds = times(TRIES, lambda: glass.show(page, NOON))
    what = f"a ready frame with its minute, onto the framebuffer, {bits} bit"
    return Row(
        what, milliseconds(seconds), f"{1e3 * READY_S:.0f} ms median", bool(np.median(seconds) <= READY_S)
    )


def _speckled(width: int, height: int) -> NDArray[np.uint8]:
    return np.random.default_rng(9).integers(0, 256, (height, width, 3), dtype=np.uint8)
