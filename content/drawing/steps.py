"""Up to three instructions, each with its signs, spread over a box in one size."""

from dataclasses import dataclass

from content.drawing.colours import Scheme
from content.drawing.pen import Pictogram
from content.drawing.sheet import Box, Sheet
from content.drawing.typesetting import Block, Manner, compose, largest
from content.message import BadMessage, Text

TILES = (220, 186, 150, 116)
"""Sides of a sign's tile, in the design."""
SIZES = (56, 100)
COMFORTABLE = 76
"""Sizes of type in the design. Tiles are smaller only where the words could not be so large beside them."""
AIR, GAP = 30, 16
"""Least air above and below a step, and between two signs of one step, in the design."""
MANNER = Manner(ratio=0.58, gap=0.05)


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction, verb first, and the signs that say it without words."""

    text: Text
    signs: tuple[Pictogram, ...]


def spread(sheet: Sheet, steps: tuple[Step, ...], box: Box, scheme: Scheme) -> None:
    """Draw the steps one below the other, with hairlines between, as large as the box allows."""
    side, blocks = _composed(sheet, steps, box)
    heights = [_height(sheet, step, block, side) for step, block in zip(steps, blocks, strict=True)]
    spare = (box.height - sum(heights)) // len(steps)
    y = box.y
    for number, (step, block, height) in enumerate(zip(steps, blocks, heights, strict=True)):
        if number:
            sheet.fill(Box(box.x, y - sheet.px(2), box.width, sheet.px(4)), scheme.rule)
        row = Box(box.x, y, box.width, height + spare)
        _signs(sheet, step, row, side, scheme)
        middle = y + (row.height - block.height) // 2
        sheet.write(block, row.x + side + sheet.px(48), middle, scheme)
        y += height + spare


def _composed(sheet: Sheet, steps: tuple[Step, ...], box: Box) -> tuple[int, list[Block]]:
    """Side of the tiles, px, and the words of each step beside them: in comfortable type beside the largest tiles, or in
    the largest type that there is. Raises BadMessage."""
    best: tuple[int, list[Block]] | None = None
    for tile in TILES:
        side = sheet.px(tile)
        blocks = largest(sheet.sizes(*SIZES), lambda size, side=side: _fitted(sheet, steps, box, side, size))  # type: ignore[misc]
        if blocks and (best is None or blocks[0].size > best[1][0].size):
            best = side, blocks
        if best and best[1][0].size >= sheet.px(COMFORTABLE):
            break
    if best is None:
        raise BadMessage("the steps of this page do not fit a screen of this shape")
    return best


def _fitted(sheet: Sheet, steps: tuple[Step, ...], box: Box, side: int, size: int) -> list[Block] | None:
    """The words at a size beside tiles of a side, or None where a step is too wide or all are too high."""
    room = box.width - side - sheet.px(48)
    blocks = [compose(step.text, room, size, MANNER) for step in steps]
    whole = [block for block in blocks if block is not None]
    if len(whole) < len(steps):
        return None
    height = sum(_height(sheet, step, block, side) for step, block in zip(steps, whole, strict=True))
    return whole if height + 2 * sheet.px(AIR) * (len(steps) - 1) <= box.height else None


def _height(sheet: Sheet, step: Step, block: Block, side: int) -> int:
    """Height of a step without the air around it."""
    return max(block.height, len(step.signs) * (side + sheet.px(GAP)) - sheet.px(GAP))


def _signs(sheet: Sheet, step: Step, row: Box, side: int, scheme: Scheme) -> None:
    """The tiles of a step, one below the other in the middle of its row."""
    tiles = len(step.signs) * (side + sheet.px(GAP)) - sheet.px(GAP)
    y = row.y + (row.height - tiles) // 2
    for sign in step.signs:
        sheet.tile(sign, row.x, y, side, scheme.ground)
        y += side + sheet.px(GAP)
