"""The line that every calm page of a lift carries: in difficulty, press the call button."""

from content.drawing.colours import Scheme
from content.drawing.pictograms import call_bell
from content.drawing.sheet import Box, Sheet
from content.drawing.typefaces import Face
from content.drawing.typesetting import Manner, fit
from content.page import Site
from content.wording import IN_DIFFICULTY

_MANNER = Manner(main=Face.REGULAR, ratio=0.6, gap=0.1, flush=True)
MARGIN = 18
"""Of the bell's drawing inside its square, percent: it is moved so that its edge meets the page's margin."""


def beside_bell(sheet: Sheet, site: Site, box: Box, scheme: Scheme) -> None:
    """The bell where one begins to read, the words beside it, in the middle of the box's height."""
    bell = min(box.height, sheet.px(150))
    aside, margin = bell + sheet.px(40), bell * MARGIN // 100
    room = (box.width - aside, box.height)
    block = fit("advice", site.says(IN_DIFFICULTY), room, _MANNER, sheet.sizes(44, 68))
    bell_x, x = box.x - margin, box.x + aside - margin
    if block.mirrored:
        bell_x, x = box.right - bell + margin, box.x + margin
    sheet.stamp(call_bell, bell_x, box.y + (box.height - bell) // 2, bell, scheme.ink)
    sheet.write(block, x, box.y + (box.height - block.height) // 2, scheme)


def below_bell(sheet: Sheet, site: Site, box: Box, scheme: Scheme) -> None:
    """The bell above the words, both in the middle of the box."""
    bell = min(box.width, sheet.px(260))
    manner = Manner(main=Face.REGULAR, ratio=0.66, gap=0.1, centred=True)
    room = (box.width, box.height - bell)
    block = fit("advice", site.says(IN_DIFFICULTY), room, manner, sheet.sizes(44, 74))
    y = box.y + (box.height - bell - block.height - sheet.px(24)) // 2
    sheet.stamp(call_bell, box.x + (box.width - bell) // 2, y, bell, scheme.ink)
    sheet.write(block, box.x, y + bell + sheet.px(24), scheme)
