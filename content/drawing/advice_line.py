"""The line that every calm page of a lift carries: in difficulty, press the call button."""

from content.drawing.colours import Scheme
from content.drawing.linebreaking import keep
from content.drawing.pictograms import call_bell
from content.drawing.sheet import Box, Sheet
from content.drawing.typefaces import Face
from content.drawing.typesetting import Manner, fit
from content.message import Text

ADVICE = Text(keep("遇到困难|请按呼叫按钮"), "In difficulty, press the call button")
_MANNER = Manner(main=Face.REGULAR, ratio=0.6, gap=0.1)


def beside_bell(sheet: Sheet, box: Box, scheme: Scheme) -> None:
    """The bell at the left, the words at its right, in the middle of the box's height."""
    bell = min(box.height, sheet.px(150))
    x = box.x + bell + sheet.px(40)
    block = fit("advice", ADVICE, (box.right - x, box.height), _MANNER, sheet.sizes(44, 68))
    # The bell's drawing keeps a margin inside its square: move it so that its edge meets the page's margin.
    y = box.y + (box.height - bell) // 2
    sheet.stamp(call_bell, box.x - bell * 18 // 100, y, bell, scheme.ink)
    sheet.write(block, x - bell * 18 // 100, box.y + (box.height - block.height) // 2, scheme)


def below_bell(sheet: Sheet, box: Box, scheme: Scheme) -> None:
    """The bell above the words, both in the middle of the box."""
    bell = min(box.width, sheet.px(260))
    manner = Manner(main=Face.REGULAR, ratio=0.66, gap=0.1, centred=True)
    block = fit("advice", ADVICE, (box.width, box.height - bell), manner, sheet.sizes(44, 74))
    y = box.y + (box.height - bell - block.height - sheet.px(24)) // 2
    sheet.stamp(call_bell, box.x + (box.width - bell) // 2, y, bell, scheme.ink)
    sheet.write(block, box.x, y + bell + sheet.px(24), scheme)
