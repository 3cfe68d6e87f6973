"""Rendered text, kept while pages are drawn: those of one site say much the same in the same sizes."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageDraw

from content.drawing.typefaces import Face, font

MOST_BYTES = 2_000_000
"""Of all covers together: the words of one page take up to 0.9 MB."""
BESIDE = 1000
"""Bytes of a cover beside its pixels."""


@dataclass(frozen=True, slots=True)
class Lettering:
    """What is rendered."""

    text: str
    family: str
    face: Face
    size: int
    direction: Literal["ltr", "rtl"] | None
    tag: str | None
    start: float
    """How far from a whole pixel its baseline begins, px."""


@dataclass(frozen=True, slots=True)
class Cover:
    """How much of each pixel the ink covers, and where it lies from the start of the baseline, px."""

    ink: Image.Image
    x: int
    y: int


class Covers:
    """The covers that were wanted last, up to a sum of bytes. May be used in several threads."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes, self._bytes = most_bytes, 0
        self._kept: OrderedDict[Lettering, Cover] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, lettering: Lettering) -> Cover:
        """The cover, rendered where it is not kept."""
        with self._lock:
            cover = self._kept.get(lettering)
            if cover is None:
                cover = self._kept[lettering] = rendered(lettering)
                self._bytes += _bytes(cover)
            self._kept.move_to_end(lettering)
            while self._bytes > self._most_bytes:
                self._bytes -= _bytes(self._kept.popitem(last=False)[1])
            return cover

    @property
    def held(self) -> int:
        """Bytes of what is kept."""
        return self._bytes

    def cache_clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0


covers = Covers(MOST_BYTES)


def rendered(lettering: Lettering) -> Cover:
    """The cover, as Pillow's own `ImageDraw.text` makes it."""
    letters = font(lettering.face, lettering.size, lettering.family, lettering.direction is not None)
    mask, (x, y) = letters.getmask2(
        lettering.text, "L", lettering.direction, None, lettering.tag, anchor="ls", start=(lettering.start, 0)
    )
    ink = Image.new("L", mask.size)
    ImageDraw.Draw(ink).draw.draw_bitmap((0, 0), mask, 255)
    return Cover(ink, x, y)


def _bytes(cover: Cover) -> int:
    return cover.ink.width * cover.ink.height + BESIDE
