"""Shaking now, or an earthquake alert: what to do in the car's present state."""

from content.cabin import Advice
from content.drawing.colours import ALARM, ALARM_HEAD
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
_HEAD = Manner(en=Face.BOLD, ratio=1 / 3, gap=-0.06)


def samples() -> list[Page]:
    """The page for every state of the car."""
    return [Page("earthquake", variant=advice.value) for advice in Advice]


def draw(page: Page, site: Site, size: tuple[int, int]) -> Frame:
    """The headline above the steps, or beside them."""
    sheet = Sheet(size, ALARM.ground)
    (_wide if sheet.wide else _tall)(sheet, STEPS[Advice(page.variant)], site.lift)
    return sheet.frame()


def _tall(sheet: Sheet, steps: tuple[Step, ...], name: Text) -> None:
    """Head at the top with the trace beside the headline; the last line below the steps."""
    margin, head = sheet.px(72), sheet.px(560)
    sheet.fill(Box(0, 0, sheet.width, head), ALARM_HEAD.ground)
    block = fit("headline", HEADLINE, (sheet.width - 2 * margin, head), _HEAD, sheet.sizes(200, 300))
    sheet.write(block, margin, (head - block.height) // 2, ALARM_HEAD)
    trace = sheet.px(280)
    zh = max(line.ink()[2] for line in block.lines if not line.english)
    right = sheet.width - margin - trace
    middle = (margin + zh + sheet.width) // 2 - trace // 2
    sheet.stamp(seismogram, max(right, middle) - sheet.px(4), sheet.px(102), trace, ALARM_HEAD.ink)
    rest = Box(margin, head, sheet.width - 2 * margin, sheet.height - head - sheet.px(50))
    rest = sheet.last_line(name, rest, ALARM)
    spread(sheet, steps, rest.inset(0, sheet.px(20)), ALARM)


def _wide(sheet: Sheet, steps: tuple[Step, ...], name: Text) -> None:
    """Head at the left with the trace above the headline and the last line at its foot."""
    margin, head = sheet.px(72), round(sheet.width * 0.36)
    sheet.fill(Box(0, 0, head, sheet.height), ALARM_HEAD.ground)
    left = Box(margin, margin, head - 2 * margin, sheet.height - margin - sheet.px(50))
    left = sheet.last_line(name, left, ALARM_HEAD)
    block = fit("headline", HEADLINE, (left.width, left.height), _HEAD, sheet.sizes(150, 300))
    trace = min(sheet.px(340), left.width)
    y = left.y + (left.height - trace - block.height) // 2
    sheet.stamp(seismogram, margin, y, trace, ALARM_HEAD.ink)
    sheet.write(block, margin, y + trace, ALARM_HEAD)
    x = head + margin
    box = Box(x, sheet.px(36), sheet.width - x - margin, sheet.height - sheet.px(72))
    spread(sheet, steps, box, ALARM)
