"""A display that has no configuration yet: says so to the installer, and helps passengers all the same."""

from content.drawing.advice_line import beside_bell
from content.drawing.colours import UNUSED
from content.drawing.sheet import Box, Sheet
from content.drawing.typefaces import Face
from content.drawing.typesetting import Manner, fit
from content.page import Frame, Page, Site
from content.wording import INSTALLER, NOT_IN_SERVICE

_STATE = Manner(ratio=0.55, gap=0.08, flush=True)
_NEXT = Manner(main=Face.REGULAR, ratio=0.75, gap=0.1, flush=True)


def samples() -> list[Page]:
    """The only page."""
    return [Page("not_commissioned")]


def draw(page: Page, site: Site, size: tuple[int, int]) -> Frame:
    """The state in the upper part, the call button below a rule. The names are not known yet."""
    sheet = Sheet(size, UNUSED.ground)
    box = Box(0, 0, sheet.width, sheet.height).inset(sheet.px(84), sheet.px(84))
    low = sheet.px(280)
    rule = box.bottom - low
    sheet.fill(Box(box.x, rule, box.width, sheet.px(4)), UNUSED.rule)
    beside_bell(sheet, site, Box(box.x, rule + sheet.px(40), box.width, low - sheet.px(40)), UNUSED)
    upper = Box(box.x, box.y, box.width, rule - box.y)
    state = fit(
        "state", site.says(NOT_IN_SERVICE), (upper.width, upper.height // 2), _STATE, sheet.sizes(120, 200)
    )
    following = fit(
        "state", site.says(INSTALLER), (upper.width, upper.height // 2), _NEXT, sheet.sizes(44, 64)
    )
    air = sheet.px(80)
    y = upper.y + (upper.height - state.height - air - following.height) // 2
    y = sheet.write(state, upper.x, y, UNUSED) + air
    sheet.write(following, upper.x, y, UNUSED)
    return sheet.frame()
