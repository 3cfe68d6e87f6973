"""Two pictures of our own that stand for those of managers, on sample pages: a drop of water and a night of lanterns."""

from functools import lru_cache
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw

from content.drawing.colours import Colour, blend, rgb
from content.page import Picture, picture_of

FINER = 2
DROP_SIZE, FESTIVAL_SIZE = (936, 640), (1080, 1920)


@lru_cache(maxsize=1)
def drop() -> Picture:
    """A white drop on light blue, wider than high."""
    width, height = DROP_SIZE
    image = _faded((width * FINER, height * FINER), rgb(0xC3DDE4), rgb(0x7FB0CB))
    pen = ImageDraw.Draw(image)
    turn = np.linspace(0, 2 * np.pi, 400)
    across = width / 2 + np.sin(turn) * np.sin(turn / 2) ** 1.6 * 165
    down = height / 2 + 4 - np.cos(turn) * 208
    edge = np.stack((across, down), axis=1) * FINER
    pen.polygon([(float(x), float(y)) for x, y in edge], rgb(0xFCFDFF))
    left, top, side = (v * FINER for v in (width / 2 - 84, height / 2 + 8, 132))
    pen.arc((left, top, left + side, top + side), 95, 180, rgb(0x0050C8), 16 * FINER)
    for x, y in ((left + 8 * FINER, top + side / 2), (left + side * 0.46, top + side - 8.2 * FINER)):
        _disc(pen, x, y, 8 * FINER, rgb(0x0050C8))
    return _encoded(image)


@lru_cache(maxsize=1)
def festival() -> Picture:
    """A full moon over hills and a string of lanterns, higher than wide."""
    width, height = (side * FINER for side in FESTIVAL_SIZE)
    image = _faded((width, height), rgb(0x0E1B3D), rgb(0x4A3A6B))
    pen = ImageDraw.Draw(image)
    for share, radius in ((0.06, 0.37), (0.13, 0.31), (0.22, 0.255)):
        _disc(pen, width * 0.62, height * 0.24, width * radius, blend(rgb(0x1A2448), rgb(0xFFE9B0), share))
    _disc(pen, width * 0.62, height * 0.24, width * 0.205, rgb(0xFFEFC4))
    for level, (base, colour) in enumerate(((0.74, 0x2B2B5C), (0.81, 0x1D2149), (0.89, 0x121633))):
        along = np.linspace(0, 1, 200)
        waves = np.sin(along * (5 + 2 * level) + 1.7 * level) * 0.035 + np.sin(along * 11 + level) * 0.012
        ridge = [
            (float(x * width), float((base + wave) * height)) for x, wave in zip(along, waves, strict=True)
        ]
        pen.polygon([*ridge, (width, height), (0, height)], rgb(colour))
    for x, y, size in (
        (0.16, 0.40, 0.13),
        (0.42, 0.50, 0.17),
        (0.74, 0.56, 0.15),
        (0.27, 0.70, 0.10),
        (0.90, 0.43, 0.08),
    ):
        _lantern(pen, x * width, y * height, size * width)
    return _encoded(image)


def _lantern(pen: ImageDraw.ImageDraw, x: float, y: float, size: float) -> None:
    """A round lantern with its caps, ribs and tassel; the size is its width."""
    gold, red, dark = rgb(0xF2B632), rgb(0xD8301F), rgb(0xB3200F)
    pen.line((x, y - size * 1.1, x, y), gold, round(size / 40))
    pen.ellipse((x - size / 2, y - size * 0.42, x + size / 2, y + size * 0.42), red)
    for share in (0.32, 0.12):
        box = (x - size * share, y - size * 0.42, x + size * share, y + size * 0.42)
        pen.ellipse(box, None, dark, round(size / 45))
    for side in (-1, 1):
        top = y + side * size * 0.42
        pen.rounded_rectangle(
            (x - size * 0.2, top - size * 0.05, x + size * 0.2, top + size * 0.05), size * 0.03, gold
        )
    for across in (-0.09, 0.0, 0.09):
        pen.line(
            (x + across * size, y + size * 0.46, x + across * size * 1.4, y + size * 0.78),
            gold,
            round(size / 30),
        )


def _disc(pen: ImageDraw.ImageDraw, x: float, y: float, radius: float, colour: Colour) -> None:
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), colour)


def _faded(size: tuple[int, int], top: Colour, foot: Colour) -> Image.Image:
    """A ground that fades from its top to its foot."""
    column = Image.new("RGB", (1, 2))
    column.putdata([top, foot])
    return column.resize((size[0], size[1]), Image.Resampling.BILINEAR, (0, 0.5, 1, 1.5))


def _encoded(image: Image.Image) -> Picture:
    file = BytesIO()
    image.reduce(FINER).save(file, "PNG")
    return picture_of(file.getvalue())
