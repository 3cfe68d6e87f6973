"""Slanted stripes, as on the edge of a shaft: around what is out of order, and around what is not real."""

from functools import lru_cache

import numpy as np
from PIL import Image

from content.drawing.colours import Colour
from content.drawing.sheet import Box, Sheet


def hatch(sheet: Sheet, box: Box, colour: Colour, step: int) -> None:
    """Draw stripes at 45 degrees over a box, each half a step wide, px. They run on from one box into the next."""
    sheet.paste(colour, box.x, box.y, _cover(box, step))


def hatched_border(sheet: Sheet, colour: Colour, width: int, step: int) -> None:
    """Stripes along all four edges of the page."""
    for box in (
        Box(0, 0, sheet.width, width),
        Box(0, sheet.height - width, sheet.width, width),
        Box(0, width, width, sheet.height - 2 * width),
        Box(sheet.width - width, width, width, sheet.height - 2 * width),
    ):
        hatch(sheet, box, colour, step)


@lru_cache(maxsize=8)
def _cover(box: Box, step: int) -> Image.Image:
    """How much of each pixel the stripes cover."""
    along = np.arange(box.x, box.right)[None, :] + np.arange(box.y, box.bottom)[:, None]
    from_middle = np.abs(along % step - step / 2)
    return Image.fromarray((np.clip(step / 4 - from_middle + 0.5, 0, 1) * 255).astype(np.uint8))
