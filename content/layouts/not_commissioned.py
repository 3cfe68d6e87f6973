"""A display that has no configuration yet: says so to the installer, and helps passengers all the same."""

from content.drawing.advice_line import beside_bell
from content.drawing.colours import UNUSED
from content.drawing.linebreaking import keep
from content.drawing.sheet import Box, Sheet
from content.drawing.typefaces import Face
from content.drawing.typesetting import Manner, fit
from content.message import Text
from content.page import Frame, Page, Site

STATE = Text("尚未启用", "Not yet in service")
NEXT = Text(keep("安装人员：|请运行| |hoistway-agent config"), "Installer: run hoistway-agent config")
_STATE = Manner(ratio=0.55, gap=0.08)
_NEXT = Manner(main=Face.REGULAR, ratio=0.75, gap=0.1)


def samples() -> list[Page]:
    """The only page."""
    return [Page("not_commissioned")]


def draw(page: Page, site: Site, size: tuple[int, int]) -> Frame:
    """The state in the upper part, the call button below a rule. The site is not known yet: no names."""
    sheet = Sheet(size, UNUSED.ground)
    box = Box(0, 0, sheet.width, sheet.height).inset(sheet.px(84), sheet.px(84))
    low = sheet.px(280)
    rule = box.bottom - low
    sheet.fill(Box(box.x, rule, box.width, sheet.px(4)), UNUSED.rule)
    beside_bell(sheet, Box(box.x, rule + sheet.px(40), box.width, low - sheet.px(40)), UNUSED)
    upper = Box(box.x, box.y, box.width, rule - box.y)
    state = fit("state", STATE, (upper.width, upper.height // 2), _STATE, sheet.sizes(120, 200))
    following = fit("state", NEXT, (upper.width, upper.height // 2), _NEXT, sheet.sizes(44, 64))
    air = sheet.px(80)
    y = upper.y + (upper.height - state.height - air - following.height) // 2
    y = sheet.write(state, upper.x, y, UNUSED) + air
    sheet.write(following, upper.x, y, UNUSED)
    return sheet.frame()
