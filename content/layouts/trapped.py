"""The car stands and its door does not open: stay calm, call and say which lift, wait."""

from content.drawing.colours import TRAPPED, TRAPPED_BOX
from content.drawing.pictograms import call_bell, do_not_force, stay_inside
from content.drawing.sheet import Box, Sheet
from content.drawing.steps import Step, spread
from content.drawing.typefaces import Face
from content.drawing.typesetting import Manner, fit
from content.page import Frame, Page, Site
from content.wording import CALL, DO_NOT_FORCE, SAY_WHERE, STAY_CALM, WAIT_INSIDE

STEPS = (
    Step(CALL, (call_bell,)),
    Step(WAIT_INSIDE, (stay_inside,)),
    Step(DO_NOT_FORCE, (do_not_force,)),
)
_HEAD = Manner(second=Face.BOLD, ratio=0.5, gap=0.02, flush=True)
_ASK = Manner(main=Face.REGULAR, ratio=0.7, gap=0.04, flush=True)
_NAME = Manner(second=Face.BOLD, ratio=0.68, gap=0.06, flush=True)


def samples() -> list[Page]:
    """The only page."""
    return [Page("trapped")]


def draw(page: Page, site: Site, size: tuple[int, int]) -> Frame:
    """Headline, steps and the lift's name in a box; in landscape the steps beside the other two."""
    sheet = Sheet(size, TRAPPED.ground)
    (_wide if sheet.wide else _tall)(sheet, site)
    return sheet.frame()


def _tall(sheet: Sheet, site: Site) -> None:
    margin = sheet.px(72)
    box = Box(margin, sheet.px(84), sheet.width - 2 * margin, sheet.height - sheet.px(84 + 72))
    headline = fit(
        "headline", site.says(STAY_CALM), (box.width, box.height // 4), _HEAD, sheet.sizes(84, 180)
    )
    top = sheet.write(headline, box.x, box.y, TRAPPED) + sheet.px(20)
    low = sheet.px(390)
    _where(sheet, site, Box(box.x, box.bottom - low, box.width, low))
    rest = Box(box.x, top, box.width, box.bottom - low - sheet.px(30) - top)
    spread(sheet, site, STEPS, rest, TRAPPED)


def _wide(sheet: Sheet, site: Site) -> None:
    margin, side = sheet.px(72), round(sheet.width * 0.4)
    head = Box(margin, margin, side - margin, sheet.height - 2 * margin)
    x = side + margin
    rest = Box(x, sheet.px(36), sheet.width - x - margin, sheet.height - sheet.px(72))
    if site.languages[0].rtl:
        head, rest = head.mirrored(sheet.whole), rest.mirrored(sheet.whole)
    low = sheet.px(440)
    room = (head.width, head.height - low - sheet.px(48))
    headline = fit("headline", site.says(STAY_CALM), room, _HEAD, sheet.sizes(84, 180))
    sheet.write(headline, head.x, head.y + (head.height - low - headline.height) // 2, TRAPPED)
    _where(sheet, site, Box(head.x, head.bottom - low, head.width, low))
    spread(sheet, site, STEPS, rest, TRAPPED)


def _where(sheet: Sheet, site: Site, box: Box) -> None:
    """What to say on the call: the lift's name, large, in a box of its own."""
    sheet.fill(box, TRAPPED_BOX.ground, sheet.px(40))
    inner = box.inset(sheet.px(44), sheet.px(30))
    ask = fit("headline", site.says(SAY_WHERE), (inner.width, inner.height // 2), _ASK, sheet.sizes(44, 68))
    room = inner.height - ask.height - sheet.px(22)
    name = fit("lift name", site.says(site.lift), (inner.width, room), _NAME, sheet.sizes(40, 112))
    y = inner.y + (inner.height - ask.height - sheet.px(22) - name.height) // 2
    y = sheet.write(ask, inner.x, y, TRAPPED_BOX) + sheet.px(22)
    sheet.write(name, inner.x, y, TRAPPED_BOX)
