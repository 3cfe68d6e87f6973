"""A title and a body in one or two languages, spread over a box in sizes that suit their lengths."""

from dataclasses import dataclass

from content.drawing.colours import Scheme
from content.drawing.refusals import complaint, require
from content.drawing.sheet import Box, Sheet
from content.drawing.typefaces import Face
from content.drawing.typesetting import BODY, Block, Manner, Sizes, compose, largest, on_one_line
from content.languages import only, shown
from content.message import BadMessage, Text
from content.page import NOTHING

Pair = tuple[Block, Block]
"""Title and body."""
TITLE = Manner(second=Face.BOLD, ratio=0.6, gap=0.12)
STORY = Manner(Face.REGULAR, Face.REGULAR, BODY, BODY, ratio=0.68, gap=0.4)
"""With a body of at least 64 the second language has at least 43, in the design."""
TITLE_SIZES, BODY_SIZES = (76, 190), (64, 112)
"""In the design: 64 is legible from two metres (facts of the panel: 0.25 mm a pixel, 7.5 mm a metre)."""
ONE_LINE = 84
"""A title that has room at this size stays on one line."""
BROAD = 1.5
"""How much wider than high a box is in which title and body may stand side by side."""
GUTTER = 56
"""Between a rule and the texts beside it."""
SHARES = (0.5, 0.8)
"""Size of the body by the size of the title: at least, where the body could be larger, and at most."""


@dataclass(frozen=True, slots=True)
class _Room:
    """What a title and a body may take, px: two boxes beside each other, or parts of the same box."""

    title: tuple[int, int]
    body: tuple[int, int]
    shared: bool
    """Whether the title's height is taken from the body's."""

    def blocks(self, sheet: Sheet, title: Text, body: Text, size: int) -> Pair | None:
        """Title and body with the title at a size, or None."""
        head = compose(title, self.title[0], size, TITLE)
        if head is None or head.height > self.title[1]:
            return None
        left = self.body[1] - (head.height if self.shared else 0)
        text = _body(sheet, body, (self.body[0], left), size)
        return (head, text) if text else None

    def largest(self, sheet: Sheet, title: Text, body: Text, most: float) -> Pair | None:
        """Title and body at the largest sizes at which both fit, the title no larger than a size of the design."""
        sizes = _title_sizes(sheet, title, self.title[0], most)
        return largest(sizes, lambda size: self.blocks(sheet, title, body, size))


def spread(
    sheet: Sheet, title: Text, body: Text, box: Box, scheme: Scheme, *, most: float = TITLE_SIZES[1]
) -> None:
    """Draw title and body below each other, or side by side where that is larger; the title no larger than a size of the
    design. Raises BadMessage."""
    require("title", title)
    if shown(body):
        require("body", body)
    air, gutter = sheet.px(48), sheet.px(GUTTER)
    one = _Room((box.width, box.height * 6 // 10), (box.width, box.height - 2 * air), shared=True)
    left = box.width * 42 // 100 - gutter
    two = _Room((left, box.height), (box.width - left - 2 * gutter, box.height), shared=False)
    stacked = one.largest(sheet, title, body, most)
    broad = bool(shown(body)) and box.width > box.height * BROAD
    beside = two.largest(sheet, title, body, most) if broad else None
    if beside and (stacked is None or beside[1].size > stacked[1].size):
        _draw_beside(sheet, beside, box, left + gutter, scheme)
    elif stacked:
        _draw_stacked(sheet, stacked, box, air, scheme)
    else:
        room = two if broad else one
        raise BadMessage(_fault(sheet, title, body, room))


def _draw_stacked(sheet: Sheet, blocks: Pair, box: Box, air: int, scheme: Scheme) -> None:
    """Of the height left over some goes above, some around the rule, the rest below."""
    head, text = blocks
    spare = box.height - head.height - 2 * air - text.height
    air += min(spare // 6, sheet.px(72))
    y = sheet.write(head, box.x, box.y + spare * 3 // 8, scheme) + air
    if text.lines:
        sheet.fill(Box(box.x, y, box.width, sheet.px(4)), scheme.rule)
    sheet.write(text, box.x, y + air, scheme)


def _draw_beside(sheet: Sheet, blocks: Pair, box: Box, rule: int, scheme: Scheme) -> None:
    """Each in the middle of the height, with a rule between them, the title where one begins to read."""
    head, text = blocks
    gutter = sheet.px(GUTTER)
    x, at = box.x + rule, (box.x, box.x + rule + gutter)
    if head.mirrored:
        x, at = box.right - rule, (box.right - rule + gutter, box.x)
    sheet.write(head, at[0], box.y + (box.height - head.height) // 2, scheme)
    sheet.fill(Box(x, box.y, sheet.px(4), box.height), scheme.rule)
    sheet.write(text, at[1], box.y + (box.height - text.height) // 2, scheme)


def _title_sizes(sheet: Sheet, title: Text, width: int, most: float) -> Sizes:
    """A title that can be large on one line stays on one: without a dictionary, Chinese breaks inside words."""
    least, largest_size = sheet.sizes(TITLE_SIZES[0], most)
    main = only(title, shown(title)[0][:1])
    sizes = min(sheet.px(ONE_LINE), largest_size), largest_size
    one_line = largest(sizes, lambda size: on_one_line(main, width, TITLE.main, size))
    return least, one_line.size if one_line else largest_size


def _fault(sheet: Sheet, title: Text, body: Text, room: _Room) -> str:
    """Which of the two is too long, in one line."""
    least = sheet.px(TITLE_SIZES[0])

    def fits(title: Text, body: Text) -> bool:
        return room.blocks(sheet, title, body, least) is not None

    if not fits(title, NOTHING):
        return complaint("title", title, lambda shorter: fits(shorter, NOTHING))
    return complaint("body", body, lambda shorter: fits(title, shorter))


def _body(sheet: Sheet, body: Text, room: tuple[int, int], title: int) -> Block | None:
    """The body below or beside a title of that size."""
    least, most = sheet.sizes(*BODY_SIZES)
    smallest = max(least, round(title * SHARES[0]))
    sizes = (smallest, max(smallest, min(most, round(title * SHARES[1]))))

    def attempt(size: int) -> Block | None:
        block = compose(body, room[0], size, STORY)
        return block if block and block.height <= room[1] else None

    return largest(sizes, attempt)
