"""The car stands and its door does not open: stay calm, call and say which lift, wait."""

from content.drawing.colours import TRAPPED, TRAPPED_BOX
from content.drawing.linebreaking import keep
from content.drawing.pictograms import call_bell, do_not_force, stay_inside
from content.drawing.sheet import Box, Sheet
from content.drawing.steps import Step, spread
from content.drawing.typefaces import Face
from content.drawing.typesetting import Manner, fit
from content.message import Text
from content.page import Frame, Page, Site

HEADLINE = Text(keep("请保持冷静"), "Stay calm")
NUMBER = Text("报上梯号", "Say where you are")
STEPS = (
    Step(Text(keep("按|呼叫按钮"), "Press the call button"), (call_bell,)),
    Step(Text(keep("在轿厢内|等待救援"), "Wait inside for help"), (stay_inside,)),
    Step(Text(keep("不要|扒门"), "Do not force the door"), (do_not_force,)),
)
_HEAD = Manner(second=Face.BOLD, ratio=0.5, gap=0.02)
_ASK = Manner(main=Face.REGULAR, ratio=0.7, gap=0.04)
_NAME = Manner(second=Face.BOLD, ratio=0.68, gap=0.06)


def samples() -> list[Page]:
    """The only page."""
    return [Page("trapped")]


def draw(page: Page, site: Site, size: tuple[int, int]) -> Frame:
    """Headline, steps and the lift's name in a box; in landscape the steps beside the other two."""
    sheet = Sheet(size, TRAPPED.ground)
    (_wide if sheet.wide else _tall)(sheet, site.lift)
    return sheet.frame()


def _tall(sheet: Sheet, lift: Text) -> None:
    margin = sheet.px(72)
    box = Box(margin, sheet.px(84), sheet.width - 2 * margin, sheet.height - sheet.px(84 + 72))
    headline = fit("headline", HEADLINE, (box.width, box.height // 4), _HEAD, sheet.sizes(120, 180))
    top = sheet.write(headline, box.x, box.y, TRAPPED) + sheet.px(20)
    low = sheet.px(390)
    _where(sheet, lift, Box(box.x, box.bottom - low, box.width, low))
    spread(sheet, STEPS, Box(box.x, top, box.width, box.bottom - low - sheet.px(30) - top), TRAPPED)


def _wide(sheet: Sheet, lift: Text) -> None:
    margin, side = sheet.px(72), round(sheet.width * 0.4)
    left = Box(margin, margin, side - margin, sheet.height - 2 * margin)
    low = sheet.px(440)
    headline = fit("headline", HEADLINE, (left.width, left.height - low), _HEAD, sheet.sizes(84, 180))
    sheet.write(headline, left.x, left.y + (left.height - low - headline.height) // 2, TRAPPED)
    _where(sheet, lift, Box(left.x, left.bottom - low, left.width, low))
    x = side + margin
    box = Box(x, sheet.px(36), sheet.width - x - margin, sheet.height - sheet.px(72))
    spread(sheet, STEPS, box, TRAPPED)


def _where(sheet: Sheet, lift: Text, box: Box) -> None:
    """What to say on the call: the lift's name, large, in a box of its own."""
    sheet.fill(box, TRAPPED_BOX.ground, sheet.px(40))
    inner = box.inset(sheet.px(44), sheet.px(30))
    ask = fit("headline", NUMBER, (inner.width, inner.height // 2), _ASK, sheet.sizes(44, 68))
    room = inner.height - ask.height - sheet.px(22)
    name = fit("lift name", lift, (inner.width, room), _NAME, sheet.sizes(40, 112))
    y = inner.y + (inner.height - ask.height - sheet.px(22) - name.height) // 2
    y = sheet.write(ask, inner.x, y, TRAPPED_BOX) + sheet.px(22)
    sheet.write(name, inner.x, y, TRAPPED_BOX)
