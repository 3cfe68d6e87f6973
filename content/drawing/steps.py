"""Up to three instructions, each with its signs, spread over a box in one size."""

from dataclasses import dataclass

from content.drawing.colours import Scheme
from content.drawing.pen import Pictogram
from content.drawing.sheet import Box, Sheet
from content.drawing.typesetting import Block, Manner, compose, largest
from content.message import BadMessage, Text

TILE = 220
"""Side of a sign's tile, in the design."""
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
    side = _side(sheet, steps, box)
    column = side + sheet.px(48)
    air = sheet.px(AIR)

    def attempt(size: int) -> list[Block] | None:
        blocks = [compose(step.text, box.width - column, size, MANNER) for step in steps]
        whole = [block for block in blocks if block is not None]
        if len(whole) < len(steps):
            return None
        height = sum(_height(sheet, step, block, side) for step, block in zip(steps, whole, strict=True))
        return whole if height + 2 * air * (len(steps) - 1) <= box.height else None

    blocks = largest(sheet.sizes(56, 100), attempt)
    if blocks is None:
        raise BadMessage("the steps of this page do not fit a screen of this shape")
    heights = [_height(sheet, step, block, side) for step, block in zip(steps, blocks, strict=True)]
    spare = (box.height - sum(heights)) // len(steps)
    y = box.y
    for number, (step, block, height) in enumerate(zip(steps, blocks, heights, strict=True)):
        if number:
            sheet.fill(Box(box.x, y - sheet.px(2), box.width, sheet.px(4)), scheme.rule)
        row = Box(box.x, y, box.width, height + spare)
        _signs(sheet, step, row, side, scheme)
        middle = y + (row.height - block.height) // 2
        sheet.write(block, row.x + column, middle, scheme)
        y += height + spare


def _side(sheet: Sheet, steps: tuple[Step, ...], box: Box) -> int:
    """Side of the tiles: smaller where they would not fit below each other."""
    tiles = sum(len(step.signs) for step in steps)
    between = sheet.px(2 * AIR) * (len(steps) - 1) + sheet.px(GAP) * (tiles - len(steps))
    return min(sheet.px(TILE), (box.height - between) // tiles)


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
