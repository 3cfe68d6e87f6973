"""Up to three instructions, each with its signs, spread over a box in one size."""

from dataclasses import dataclass

from content.drawing.colours import Scheme
from content.drawing.pen import Pictogram
from content.drawing.sheet import Box, Sheet
from content.drawing.typesetting import Block, Manner, compose, largest
from content.languages import shown
from content.message import BadMessage, Text
from content.page import Site

TILES = (220, 186, 150, 116)
"""Sides of a sign's tile, in the design."""
SIZES, ALONE = (56, 100), 124
COMFORTABLE = 76
"""Sizes of type in the design: most for two languages, and for one alone. Tiles are smaller only where the words could not
be so large beside them."""
AIRS, GAP = (30, 6), 16
"""Least air above and below a step, and where nothing would fit; between two signs of one step; in the design."""
MANNER = Manner(ratio=0.58, gap=0.05, flush=True)


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction, verb first, and the signs that say it without words."""

    text: Text
    signs: tuple[Pictogram, ...]


def spread(sheet: Sheet, site: Site, steps: tuple[Step, ...], box: Box, scheme: Scheme) -> None:
    """Draw the steps one below the other, with hairlines between, as large as the box allows, in the site's languages; the
    signs stand where one begins to read."""
    steps = tuple(Step(site.says(step.text), step.signs) for step in steps)
    side, blocks = _composed(sheet, steps, box)
    heights = [_height(sheet, step, block, side) for step, block in zip(steps, blocks, strict=True)]
    spare = (box.height - sum(heights)) // len(steps)
    y = box.y
    for number, (step, block, height) in enumerate(zip(steps, blocks, heights, strict=True)):
        if number:
            sheet.fill(Box(box.x, y - sheet.px(2), box.width, sheet.px(4)), scheme.rule)
        row = Box(box.x, y, box.width, height + spare)
        tiles = Box(row.x, y, side, row.height)
        _signs(sheet, step, tiles.mirrored(row) if block.mirrored else tiles, scheme)
        middle = y + (row.height - block.height) // 2
        sheet.write(block, row.x if block.mirrored else row.right - _room(sheet, row, side), middle, scheme)
        y += height + spare


def _composed(sheet: Sheet, steps: tuple[Step, ...], box: Box) -> tuple[int, list[Block]]:
    """Side of the tiles, px, and the words of each step beside them: in comfortable type beside the largest tiles, or in
    the largest type that there is. Raises BadMessage."""
    for air in AIRS:
        found = _largest(sheet, steps, box, sheet.px(air))
        if found:
            return found
    raise BadMessage("the steps of this page do not fit a screen of this shape")


def _largest(sheet: Sheet, steps: tuple[Step, ...], box: Box, air: int) -> tuple[int, list[Block]] | None:
    best: tuple[int, list[Block]] | None = None
    alone = len(shown(steps[0].text)) == 1
    sizes = sheet.sizes(SIZES[0], ALONE if alone else SIZES[1])
    for side in map(sheet.px, TILES):
        blocks = largest(sizes, lambda size, side=side: _fitted(sheet, steps, box, (side, air), size))  # type: ignore[misc]
        if blocks and (best is None or blocks[0].size > best[1][0].size):
            best = side, blocks
        if best and best[1][0].size >= sheet.px(COMFORTABLE):
            break
    return best


def _fitted(
    sheet: Sheet, steps: tuple[Step, ...], box: Box, measures: tuple[int, int], size: int
) -> list[Block] | None:
    """The words at a size, with these sides of tiles and this air, or None where a step is too wide or all are too high."""
    side, air = measures
    blocks = [compose(step.text, _room(sheet, box, side), size, MANNER) for step in steps]
    whole = [block for block in blocks if block is not None]
    if len(whole) < len(steps):
        return None
    height = sum(_height(sheet, step, block, side) for step, block in zip(steps, whole, strict=True))
    return whole if height + 2 * air * (len(steps) - 1) <= box.height else None


def _room(sheet: Sheet, box: Box, side: int) -> int:
    """Width beside a tile, px."""
    return box.width - side - sheet.px(48)


def _height(sheet: Sheet, step: Step, block: Block, side: int) -> int:
    """Height of a step without the air around it."""
    return max(block.height, len(step.signs) * (side + sheet.px(GAP)) - sheet.px(GAP))


def _signs(sheet: Sheet, step: Step, column: Box, scheme: Scheme) -> None:
    """The tiles of a step, one below the other in the middle of their column's height."""
    tiles = len(step.signs) * (column.width + sheet.px(GAP)) - sheet.px(GAP)
    y = column.y + (column.height - tiles) // 2
    for sign in step.signs:
        sheet.tile(sign, column.x, y, column.width, scheme.ground)
        y += column.width + sheet.px(GAP)
