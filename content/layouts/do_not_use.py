"""After an earthquake, until the lift is released: do not use it."""

from content.drawing.colours import AFTERWARDS, AFTERWARDS_BOX, WHITE
from content.drawing.pictograms import lift_prohibited, whole
from content.drawing.sheet import Box, Sheet
from content.drawing.typefaces import Face
from content.drawing.typesetting import Manner, fit
from content.page import Frame, Page, Site
from content.wording import DO_NOT_USE, TO_BE_INSPECTED

_HEADLINE = Manner(second=Face.BOLD, ratio=0.58, gap=0.08, centred=True)
_REASON = Manner(ratio=0.59, gap=0.08, centred=True)
STRIPE = 44
"""Height of the stripes, in the design."""


def samples() -> list[Page]:
    """The only page."""
    return [Page("do_not_use")]


def draw(page: Page, site: Site, size: tuple[int, int]) -> Frame:
    """The sign above the words, or beside them, between hazard stripes."""
    sheet = Sheet(size, AFTERWARDS.ground)
    for y in (0, sheet.height - sheet.px(STRIPE)):
        _stripes(sheet, y, sheet.px(STRIPE))
    edge = sheet.px(STRIPE) + sheet.px(32)
    box = Box(0, edge, sheet.width, sheet.height - 2 * edge).inset(sheet.px(72), 0)
    box = sheet.last_line(site.says(site.lift), box, AFTERWARDS)
    (_wide if sheet.wide else _tall)(sheet, site, box)
    return sheet.frame()


def _stripes(sheet: Sheet, y: int, height: int) -> None:
    """Slanted bars as on the edge of a shaft, over the whole width."""
    step = sheet.px(124)
    for x in range(-step, sheet.width + step, step):
        bar = [(x + height, y), (x + height + step / 2, y), (x + step / 2, y + height), (x, y + height)]
        sheet.polygon([(px, py - (1 if py > y else 0)) for px, py in bar], AFTERWARDS.ink)


def _sign(sheet: Sheet, x: int, y: int, size: int) -> None:
    sheet.stamp(whole, x, y, size, WHITE)
    sheet.stamp(lift_prohibited, x, y, size, AFTERWARDS.ink)


def _tall(sheet: Sheet, site: Site, box: Box) -> None:
    side = min(sheet.px(540), box.height * 2 // 5)
    headline = fit(
        "headline", site.says(DO_NOT_USE), (box.width, box.height), _HEADLINE, sheet.sizes(100, 150)
    )
    reason = sheet.px(280)
    air = (box.height - side - headline.height - reason) // 4
    y = box.y + air * 3 // 4
    _sign(sheet, box.x + (box.width - side) // 2, y, side)
    y += side + air
    sheet.write(headline, box.x, y, AFTERWARDS)
    y += headline.height + air * 5 // 4
    _reason(sheet, site, Box(box.x, y, box.width, reason))


def _wide(sheet: Sheet, site: Site, box: Box) -> None:
    side = min(sheet.px(660), box.width * 2 // 5)
    _sign(sheet, box.x, box.y + (box.height - side) // 2, side)
    x = box.x + side + sheet.px(96)
    room = (box.right - x, box.height // 2)
    headline = fit("headline", site.says(DO_NOT_USE), room, _HEADLINE, sheet.sizes(90, 200))
    reason = sheet.px(280)
    air = sheet.px(72)
    y = box.y + (box.height - headline.height - air - reason) // 2
    sheet.write(headline, x, y, AFTERWARDS)
    _reason(sheet, site, Box(x, y + headline.height + air, box.right - x, reason))


def _reason(sheet: Sheet, site: Site, box: Box) -> None:
    """Why, in a dark box."""
    sheet.fill(box, AFTERWARDS_BOX.ground, sheet.px(40))
    inner = box.inset(sheet.px(36), sheet.px(24))
    block = fit(
        "reason", site.says(TO_BE_INSPECTED), (inner.width, inner.height), _REASON, sheet.sizes(48, 80)
    )
    sheet.write(block, inner.x, inner.y + (inner.height - block.height) // 2, AFTERWARDS_BOX)
