"""A page while it is drawn: the picture, its measures, and the patches on it."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from content.drawing.colours import PROHIBITION, WHITE, Colour, Scheme
from content.drawing.pen import Pictogram, corners, drawn
from content.drawing.shaping import draw
from content.drawing.typefaces import Face, font
from content.drawing.typesetting import Block, fit_name
from content.message import Text
from content.page import Frame, Patch, Pixels

DESIGN = 1080
"""Length of the shorter side for which all measures are given."""
STRIP = 64
"""Lines that Pillow hands out at once: some 300 KB."""


Paint = Callable[[ImageDraw.ImageDraw, datetime], None]


class Box(NamedTuple):
    """A part of a page, px."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    def inset(self, across: int, down: int) -> "Box":
        """The box without a margin at both sides, and one above and below."""
        return Box(self.x + across, self.y + down, self.width - 2 * across, self.height - 2 * down)

    def mirrored(self, around: "Box") -> "Box":
        """The box as far from one side of a box around it as it is from the other now."""
        return Box(around.x + around.right - self.right, self.y, self.width, self.height)


class Sheet:
    """A picture of width x height pixels, on a ground of one colour or fading down to a second."""

    def __init__(self, size: tuple[int, int], ground: Colour, foot: Colour | None = None) -> None:
        self.width, self.height = size
        self._image = _faded(size, ground, foot) if foot else Image.new("RGB", size, ground)
        self._pen = ImageDraw.Draw(self._image)
        self._patches: list[Patch] = []

    @property
    def whole(self) -> Box:
        """All of the page."""
        return Box(0, 0, self.width, self.height)

    @property
    def wide(self) -> bool:
        """Whether the page is landscape."""
        return self.width > self.height

    def px(self, measure: float) -> int:
        """A measure of the design (1080 on the shorter side) in pixels."""
        return round(measure * min(self.width, self.height) / DESIGN)

    def sizes(self, smallest: float, largest: float) -> tuple[int, int]:
        """A range of type sizes of the design, px per em."""
        return self.px(smallest), self.px(largest)

    def write(self, block: Block, x: int, y: int, scheme: Scheme) -> int:
        """Write a block with its left top corner there; returns where it ends. The second language is quiet."""
        for line in block.lines:
            colour = scheme.quiet if line.second else scheme.ink
            place = (x + line.x, y + line.baseline)
            draw(self._image, place, line.text, (line.language, line.face, line.size), colour)
        return y + block.height

    def fill(self, box: Box, colour: Colour, radius: int = 0) -> None:
        """Fill a box, its corners rounded by a radius in pixels."""
        for part in (box.inset(radius, 0), box.inset(0, radius)) if radius else (box,):
            self._image.paste(colour, (part.x, part.y, part.right, part.bottom))
        for corner, (x, y) in corners(box.width, box.height, radius) if radius else ():
            self._image.paste(colour, (box.x + x, box.y + y), corner)

    def paste(self, what: Image.Image | Colour, x: int, y: int, cover: Image.Image | None = None) -> None:
        """Lay a picture over a place, or a colour through a cover of the same size."""
        self._image.paste(what, (x, y), cover)

    def polygon(self, points: list[tuple[float, float]], colour: Colour) -> None:
        """Fill a polygon, in pixels."""
        self._pen.polygon(points, colour)

    def stamp(self, pictogram: Pictogram, x: int, y: int, size: int, colour: Colour) -> None:
        """Draw a pictogram into a square of a size in pixels."""
        sign = drawn(pictogram, size)
        self._image.paste(colour, (x, y), sign.ink)
        if sign.accent.getbbox():
            self._image.paste(PROHIBITION, (x, y), sign.accent)

    def tile(self, pictogram: Pictogram, x: int, y: int, size: int, colour: Colour) -> None:
        """Draw a pictogram on a white tile."""
        self.fill(Box(x, y, size, size), WHITE, round(size * 28 / 220))
        self.stamp(pictogram, x, y, size, colour)

    def last_line(self, name: Text, box: Box, scheme: Scheme) -> Box:
        """The quiet line at the foot of a box: the lift's name, and the minute as a patch. Returns the box above it."""
        room = round(font(Face.REGULAR, self.px(40)).getlength("00:00")) + 2
        aside = room + self.px(40)
        line = fit_name("lift name", name, box.width - aside, self.sizes(30, 40))
        top = box.bottom - line.height
        mirrored = line.mirrored
        self.write(line, box.x + aside * mirrored, top, scheme)
        minute = font(Face.REGULAR, line.size)
        place, anchor = (1, "ls") if mirrored else (room - 1, "rs")
        baseline = line.lines[-1].baseline
        self.live(
            Box(box.x if mirrored else box.right - room, top, room, line.height),
            lambda pen, local: pen.text(
                (place, baseline), f"{local:%H:%M}", scheme.ink, minute, anchor=anchor
            ),
        )
        return Box(box.x, box.y, box.width, box.height - line.height)

    def live(self, box: Box, paint: Paint) -> None:
        """Make a box a patch: at a local time, paint draws over its present ground, from its left top corner."""
        ground = self._image.crop((box.x, box.y, box.right, box.bottom))

        def draw(local: datetime) -> Pixels:
            picture = ground.copy()
            paint(ImageDraw.Draw(picture), local)
            return np.array(picture)

        self._patches.append(Patch(box.x, box.y, draw))

    def frame(self) -> Frame:
        """The page as it is now."""
        return Frame(_pixels(self._image), tuple(self._patches))


def _pixels(image: Image.Image) -> Pixels:
    """The pixels of a picture, strip by strip: at once, Pillow takes memory for all of them twice more on the way, and
    getting it from the system takes as long as the pixels."""
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    for top in range(0, image.height, STRIP):
        strip = pixels[top : top + STRIP]
        strip[:] = np.asarray(image.crop((0, top, image.width, top + len(strip))))
    return pixels


def _faded(size: tuple[int, int], top: Colour, foot: Colour) -> Image.Image:
    """A ground that fades from its top to its foot."""
    share = np.linspace(0, 1, size[1])[:, None]
    column = np.round(np.array(top) * (1 - share) + np.array(foot) * share).astype(np.uint8)
    return Image.fromarray(column[:, None, :]).resize(size, Image.Resampling.NEAREST)
