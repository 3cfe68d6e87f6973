"""Shaking now, or an earthquake alert: what to do in the car's present state.

An alert from the network has a level: its sign stands in the trace's place, and the head is in its colour.
"""

from content.cabin import Advice
from content.drawing.colours import ALARM, ALARM_HEAD, MINOR, MODERATE, NIGHT, SEVERE, Scheme
from content.drawing.level_icon import HEIGHT, LEVELS, WIDTH, stamp_level
from content.drawing.linebreaking import keep
from content.drawing.pictograms import (
    call_bell,
    do_not_force,
    floor_buttons,
    hold_rail,
    leave_door,
    lift_prohibited,
    open_door,
    seismogram,
    stairs,
    wait_then_leave,
)
from content.drawing.sheet import Box, Sheet
from content.drawing.steps import Step, spread
from content.drawing.typefaces import Face
from content.drawing.typesetting import Manner, fit
from content.message import Text
from content.page import Frame, Page, Site

HEADLINE = Text("地震", "EARTHQUAKE")
PRESS_ALL = Step(Text(keep("按下|所有|楼层|按钮"), "Press every floor button"), (floor_buttons,))
TAKE_STAIRS = Step(Text(keep("走楼梯"), "Take the stairs"), (stairs,))
STEPS = {
    Advice.RIDING: (
        PRESS_ALL,
        Step(Text(keep("在最先|停靠|的楼层|离开"), "Leave at the first stop"), (leave_door,)),
        TAKE_STAIRS,
    ),
    Advice.LEAVE: (
        Step(Text(keep("立即|离开|轿厢"), "Leave the car now"), (leave_door,)),
        TAKE_STAIRS,
        Step(Text(keep("不要|返回"), "Do not go back in"), (lift_prohibited,)),
    ),
    Advice.CLOSED: (
        Step(Text(keep("按|开门|按钮"), "Press the door‑open button"), (open_door,)),
        Step(Text(keep("门开|即离开，|走楼梯"), "If it opens, leave. Take the stairs."), (leave_door,)),
        Step(
            Text(
                keep("门不开：|按呼叫按钮，|不要扒门"),
                "If not: press the call button. Never force the door.",
            ),
            (call_bell, do_not_force),
        ),
    ),
    Advice.UNSURE: (
        Step(Text(keep("抓紧|扶手"), "Hold on"), (hold_rail,)),
        PRESS_ALL,
        Step(
            Text(keep("停稳、|门开后|离开"), "Leave once it has stopped and the door is open"),
            (wait_then_leave,),
        ),
    ),
}
COLOURS: dict[str, tuple[Scheme, Scheme]] = {
    "": (ALARM_HEAD, ALARM),
    "1": (MINOR, NIGHT),
    "2": (MODERATE, NIGHT),
    "3": (SEVERE, NIGHT),
    "4": (ALARM_HEAD, ALARM),
}
"""Of the head and of the steps, by the alert's level."""
_HEAD = Manner(second=Face.BOLD, ratio=1 / 3, gap=-0.06)


def samples() -> list[Page]:
    """The page for every state of the car, and for every level of an alert."""
    felt = [Page("earthquake", variant=advice.value) for advice in Advice]
    return felt + [Page("earthquake", Advice.RIDING.value, level=level) for level in LEVELS]


def draw(page: Page, site: Site, size: tuple[int, int]) -> Frame:
    """The headline above the steps, or beside them."""
    sheet = Sheet(size, COLOURS[page.level][1].ground)
    (_wide if sheet.wide else _tall)(sheet, page, site.lift)
    return sheet.frame()


def _tall(sheet: Sheet, page: Page, name: Text) -> None:
    """Head at the top with the sign beside the headline; the last line below the steps."""
    scheme, ground = COLOURS[page.level]
    margin, head = sheet.px(72), sheet.px(560)
    sheet.fill(Box(0, 0, sheet.width, head), scheme.ground)
    sizes = sheet.sizes(180, 250) if page.level else sheet.sizes(200, 300)
    block = fit("headline", HEADLINE, (sheet.width - 2 * margin, head), _HEAD, sizes)
    y = (head - block.height) // 2
    sheet.write(block, margin, y, scheme)
    zh = max(line.ink()[2] for line in block.lines if not line.second)
    if page.level:
        width = sheet.px(350)
        place = max(margin + zh + sheet.px(30), sheet.width - margin - width)
        stamp_level(sheet, page.level, place, (head - width * HEIGHT // WIDTH) // 2, width)
    else:
        trace = sheet.px(280)
        middle = (margin + zh + sheet.width) // 2 - trace // 2
        place = max(sheet.width - margin - trace, middle) - sheet.px(4)
        sheet.stamp(seismogram, place, sheet.px(102), trace, scheme.ink)
    rest = Box(margin, head, sheet.width - 2 * margin, sheet.height - head - sheet.px(50))
    rest = sheet.last_line(name, rest, ground)
    spread(sheet, STEPS[Advice(page.variant)], rest.inset(0, sheet.px(20)), ground)


def _wide(sheet: Sheet, page: Page, name: Text) -> None:
    """Head at the left with the sign above the headline and the last line at its foot."""
    scheme, ground = COLOURS[page.level]
    margin, head = sheet.px(72), round(sheet.width * 0.36)
    sheet.fill(Box(0, 0, head, sheet.height), scheme.ground)
    left = Box(margin, margin, head - 2 * margin, sheet.height - margin - sheet.px(50))
    left = sheet.last_line(name, left, scheme)
    block = fit("headline", HEADLINE, (left.width, left.height), _HEAD, sheet.sizes(150, 300))
    side = min(sheet.px(340), left.width)
    y = left.y + (left.height - side - block.height) // 2
    if page.level:
        stamp_level(sheet, page.level, margin, y, side)
    else:
        sheet.stamp(seismogram, margin, y, side, scheme.ink)
    sheet.write(block, margin, y + side, scheme)
    x = head + margin
    box = Box(x, sheet.px(36), sheet.width - x - margin, sheet.height - sheet.px(72))
    spread(sheet, STEPS[Advice(page.variant)], box, ground)
