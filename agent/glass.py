"""The glass: frames drawn before they are needed, one copy from being shown."""

import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

import numpy as np

from agent import heap
from content import layouts
from content.drawing.burn_in import STILL, moved, offset
from content.page import Frame, Page, Patch, Site
from content.work import Work
from drivers.screens import Pixels, Screen

MOST_PACKED = 32
RAW = -zlib.MAX_WBITS
"""No header and no checksum, which takes as long as to unpack."""
Packed = tuple[bytes, tuple[Patch, ...]]


class Glass:
    """Shows pages. At 1080x1920 a frame is 6.2 MB: the alarm pages stay ready as pixels (31 MB), the others wait
    compressed."""

    def __init__(self, screen: Screen, site: Site, now: Callable[[], float] = lambda: 0.0) -> None:
        """now: monotonic, s; what stays for days moves a little each hour."""
        self._screen, self._site, self._now, self._began = screen, site, now, now()
        self._ready: dict[Page, Frame] = {}
        self._present: tuple[Page, tuple[Patch, ...]] | None = None
        """What is shown; its pixels are the screen's."""
        self._waiting: dict[Page, Packed] = {}
        self._packed: OrderedDict[Page, Packed] = OrderedDict()
        self._lock = threading.Lock()  # pages are drawn in a thread and shown from the event loop
        self._minute: datetime | None = None
        self._stands = (0, 0)
        """How far what is shown stands from its place."""

    async def prepare(self, pages: tuple[Page, ...], waiting: tuple[Page, ...], drawing: Work) -> None:
        """Draw pages and keep them ready as pixels; then those that wait compressed, for good."""
        for page in pages:
            if page not in self._ready:
                self._ready[page] = await drawing(partial(self.draw, page))
        for page in waiting:
            if page not in self._waiting:
                self._waiting[page] = await drawing(lambda page=page: _packed(self.draw(page)))  # type: ignore[misc]
        await drawing(_forget)

    def draw(self, page: Page) -> Frame:
        """Draw a page. Raises BadMessage when it cannot be shown whole. Blocks for some 10 ms, and for some 50 when its
        words are new."""
        return layouts.draw(page, self._site, self._screen.size)

    def check(self, *pages: Page) -> None:
        """Draw pages to see that they can be, and keep them for when they are wanted. Raises BadMessage."""
        try:
            for page in pages:
                self._pack(page, self.draw(page))
        finally:
            _forget()

    def show(self, page: Page, local: datetime | None) -> None:
        """Put a page on the glass, with the minute where the time is known. Raises ScreenError."""
        frame, place = self._frame(page), self._place(page)
        there = moved(frame, place)
        if not there.pixels.flags.writeable:  # as zlib gives them: the minute is drawn on a copy
            there = Frame(there.pixels.copy(), there.patches)
        with _with_minute(there, local):
            self._screen.show(there.pixels)
        self._present, self._minute, self._stands = (page, there.patches), _whole(local), place
        if page not in self._ready and page not in self._waiting and page not in self._packed:
            self._pack(page, frame)

    def show_minute(self, page: Page, local: datetime | None) -> None:
        """Draw the minute anew when it is another one; in another hour the page, a little beside. Raises ScreenError."""
        stands = self._place(page) == self._stands
        if _whole(local) == self._minute and stands:
            return
        if (
            local is None or self._minute is None or self._present is None or self._present[0] != page
            or not stands
        ):  # fmt: skip
            self.show(page, local)
            heap.trim()
            return
        for x, y, part in _minute_of(self._present[1], local):
            self._screen.show(part, x, y)
        self._minute = _whole(local)

    def refresh(self) -> None:
        """Put what is shown on the glass again: its cable may have been out. Raises ScreenError."""
        self._screen.refresh()

    def _place(self, page: Page) -> tuple[int, int]:
        return (0, 0) if page.layout in STILL else offset(self._now() - self._began)

    def _frame(self, page: Page) -> Frame:
        return self._ready.get(page) or self._unpacked(page) or self.draw(page)

    def _pack(self, page: Page, frame: Frame) -> None:
        packed = _packed(frame)
        with self._lock:
            self._packed[page] = packed
            while len(self._packed) > MOST_PACKED:
                self._packed.popitem(last=False)

    def _unpacked(self, page: Page) -> Frame | None:
        with self._lock:
            packed = self._waiting.get(page) or self._packed.get(page)
        if packed is None:
            return None
        width, height = self._screen.size
        raw = zlib.decompress(packed[0], RAW, 3 * width * height)
        return Frame(np.frombuffer(raw, dtype=np.uint8).reshape(height, width, 3), packed[1])


def _packed(frame: Frame) -> Packed:
    return zlib.compress(np.ascontiguousarray(frame.pixels).data, 1, RAW), frame.patches


def _whole(local: datetime | None) -> datetime | None:
    return local and local.replace(second=0, microsecond=0)


@contextmanager
def _with_minute(frame: Frame, local: datetime | None) -> Iterator[None]:
    """The minute on the frame for as long as it is being shown: one frame, not a frame and then a patch, so that the
    glass never flickers, and no second frame in memory."""
    covered: list[tuple[Pixels, Pixels]] = []
    try:
        for x, y, part in () if local is None else _minute_of(frame.patches, local):
            place = frame.pixels[y : y + part.shape[0], x : x + part.shape[1]]
            covered.append((place, place.copy()))
            place[:] = part
        yield
    finally:
        for place, before in reversed(covered):
            place[:] = before


def _minute_of(patches: tuple[Patch, ...], local: datetime) -> Iterator[tuple[int, int, Pixels]]:
    for patch in patches:
        yield patch.x, patch.y, patch.draw(local)


def _forget() -> None:
    """Drawing takes tens of megabytes; between pages they are the system's."""
    layouts.forget()
    heap.trim()
