"""A pen for pictograms: draws on a square of 100 units, finer than the picture, so that edges come out smooth."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from PIL import Image, ImageDraw

FINER = 4
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sign:
    """A drawn pictogram: how much of each pixel its own colour covers, and how much the colour of prohibition."""

    ink: Image.Image
    accent: Image.Image


class Pen:
    """Draws shapes in units of a hundredth of the square; x to the right, y down."""

    def __init__(self, size: int) -> None:
        self._unit = size * FINER / 100
        self._ink = Image.new("L", (size * FINER, size * FINER))
        self._accent = Image.new("L", self._ink.size)
        self._target, self._fill = ImageDraw.Draw(self._ink), 255

    def ink(self) -> "Pen":
        """Draw in the pictogram's own colour from here on."""
        self._target, self._fill = ImageDraw.Draw(self._ink), 255
        return self

    def paper(self) -> "Pen":
        """Take ink away from here on."""
        self._target, self._fill = ImageDraw.Draw(self._ink), 0
        return self

    def accent(self) -> "Pen":
        """Draw in the colour of prohibition from here on."""
        self._target, self._fill = ImageDraw.Draw(self._accent), 255
        return self

    def sign(self) -> Sign:
        """What has been drawn, at the size of the picture."""
        return Sign(self._ink.reduce(FINER), self._accent.reduce(FINER))

    def disc(self, x: float, y: float, radius: float) -> None:
        """A filled circle."""
        u = self._unit
        self._target.ellipse(
            ((x - radius) * u, (y - radius) * u, (x + radius) * u, (y + radius) * u), self._fill
        )

    def ring(self, x: float, y: float, radius: float, width: float) -> None:
        """A circle's line; the radius is the outer one."""
        u = self._unit
        box = ((x - radius) * u, (y - radius) * u, (x + radius) * u, (y + radius) * u)
        self._target.ellipse(box, None, self._fill, round(width * u))

    def bowl(self, x: float, y: float, radius: float) -> None:
        """The lower half of a filled circle."""
        u = self._unit
        box = ((x - radius) * u, (y - radius) * u, (x + radius) * u, (y + radius) * u)
        self._target.pieslice(box, 0, 180, self._fill)

    def line(self, *points: Point, width: float = 7) -> None:
        """A line through points, with round ends and corners."""
        u = self._unit
        for (x0, y0), (x1, y1) in pairwise(points):
            self._target.line((x0 * u, y0 * u, x1 * u, y1 * u), self._fill, round(width * u))
        for x, y in points:
            self.disc(x, y, width / 2)

    def shape(self, *points: Point, rounding: float = 0) -> None:
        """A filled polygon; its corners are rounded outwards by a radius."""
        u = self._unit
        self._target.polygon([(x * u, y * u) for x, y in points], self._fill)
        if rounding:
            self.line(*points, points[0], width=2 * rounding)

    def box(self, left: float, top: float, right: float, bottom: float, radius: float = 0) -> None:
        """A filled rectangle with rounded corners."""
        u = self._unit
        self._target.rounded_rectangle(
            (left * u, top * u, right * u - 1, bottom * u - 1), radius * u, self._fill
        )

    def frame(self, left: float, top: float, right: float, bottom: float, width: float = 7) -> None:
        """A rectangle's line, its middle on the given sides."""
        self.line((left, top), (right, top), (right, bottom), (left, bottom), (left, top), width=width)

    def arrow(self, start: Point, end: Point, head: float = 12, width: float = 7) -> None:
        """A line with an open head at its end, along one axis."""
        self.line(start, end, width=width)
        across, along = (start[0] == end[0]), (1 if end > start else -1) * head
        x, y = end
        wings = (
            ((x - head, y - along), (x + head, y - along))
            if across
            else ((x - along, y - head), (x - along, y + head))
        )
        self.line(wings[0], end, wings[1], width=width)


Pictogram = Callable[[Pen], None]


@lru_cache(maxsize=64)
def drawn(pictogram: Pictogram, size: int) -> Sign:
    """A pictogram at a size in px."""
    pen = Pen(size)
    pictogram(pen)
    return pen.sign()


def rounded(width: int, height: int, radius: int) -> Image.Image:
    """The cover of a rectangle with smooth rounded corners, px."""
    cover = Image.new("L", (width, height), 255)
    for corner, place in corners(width, height, radius):
        cover.paste(corner, place)
    return cover


def corners(width: int, height: int, radius: int) -> list[tuple[Image.Image, tuple[int, int]]]:
    """The covers of a rectangle's smooth rounded corners, and their places in it, px; radius: half of a side at most."""
    right, foot = width - radius, height - radius
    return list(zip(quarters(radius), ((0, 0), (right, 0), (0, foot), (right, foot)), strict=True))


@lru_cache(maxsize=32)
def quarters(radius: int) -> tuple[Image.Image, ...]:
    """The covers of corners: left and right above, left and right below."""
    side = 3 * radius  # with straight sides between the corners, as they are drawn in any rectangle
    cover = Image.new("L", (side * FINER, side * FINER))
    box = (0, 0, side * FINER - 1, side * FINER - 1)
    ImageDraw.Draw(cover).rounded_rectangle(box, radius * FINER, 255)
    small, ends = cover.reduce(FINER), (0, side - radius)
    return tuple(small.crop((x, y, x + radius, y + radius)) for y in ends for x in ends)
