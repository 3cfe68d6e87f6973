"""Nothing to say: the building's name, the time, and how to get help. Needs no library, network or clock."""

from datetime import datetime

from PIL import ImageDraw

from content.drawing.advice_line import below_bell, beside_bell
from content.drawing.colours import IDLE, IDLE_FOOT, Scheme, blend
from content.drawing.sheet import Box, Sheet
from content.drawing.typefaces import Face, font
from content.drawing.typesetting import Manner, fit, fit_name
from content.message import Text
from content.page import Frame, Page, Site

WELCOME = Text("欢迎乘梯", "Welcome")
"""In the clock's place while the time is not known."""
WEEKDAYS = (
    Text("星期一", "Monday"),
    Text("星期二", "Tuesday"),
    Text("星期三", "Wednesday"),
    Text("星期四", "Thursday"),
    Text("星期五", "Friday"),
    Text("星期六", "Saturday"),
    Text("星期日", "Sunday"),
)
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
PANEL = Scheme(blend(IDLE.ground, IDLE.ink, 0.06), IDLE.ink, IDLE.quiet)
_NAME = Manner(ratio=0.75, gap=0.12)
_WELCOME = Manner(main=Face.REGULAR, ratio=0.5, gap=0.05)


def samples() -> list[Page]:
    """The only page."""
    return [Page("idle")]


def draw(page: Page, site: Site, size: tuple[int, int]) -> Frame:
    """Name, clock, advice and lift, one below the other; in landscape the advice beside them."""
    sheet = Sheet(size, IDLE.ground, IDLE_FOOT)
    margin = sheet.px(84)
    if sheet.wide:
        side = sheet.width * 35 // 100
        panel = Box(sheet.width - side, 0, side, sheet.height)
        sheet.fill(panel, PANEL.ground)
        below_bell(sheet, panel.inset(sheet.px(60), margin), PANEL)
        _names_and_time(sheet, site, Box(0, 0, panel.x, sheet.height).inset(margin, margin))
    else:
        low = sheet.px(330)
        column = Box(0, 0, sheet.width, sheet.height).inset(margin, margin)
        _names_and_time(sheet, site, column, low)
    return sheet.frame()


def _names_and_time(sheet: Sheet, site: Site, box: Box, low: int = 0) -> None:
    """The names at the ends of a box and the time between them; the advice in a height kept free for it."""
    name = fit("building name", site.building, (box.width, sheet.px(300)), _NAME, sheet.sizes(44, 58))
    top = sheet.write(name, box.x, box.y, IDLE)
    lift = fit_name("lift name", site.lift, box.width, sheet.sizes(34, 44))
    foot = box.bottom - lift.height
    sheet.write(lift, box.x, foot, IDLE)
    if low:
        foot -= low
        sheet.fill(Box(box.x, foot, box.width, sheet.px(4)), IDLE.rule)
        beside_bell(sheet, Box(box.x, foot, box.width, low - sheet.px(30)), IDLE)
    height = min(sheet.px(590), foot - top - sheet.px(40))
    _time(sheet, Box(box.x, top + (foot - top - height) // 2, box.width, height))


def _time(sheet: Sheet, box: Box) -> None:
    """The clock and the date as one patch; without it, a welcome."""
    digits = (box.height - sheet.px(280)) / 0.74  # as high as the date leaves room for
    clock = font(Face.LIGHT, min(sheet.px(360), round(box.width / 2.6), round(digits)))
    day, small = font(Face.REGULAR, sheet.px(74)), font(Face.REGULAR, sheet.px(54))
    # The digits' own left bearing would push the clock out of line with the names.
    bearing = round(clock.getbbox("0", anchor="ls")[0])
    baseline = round(clock.size * 0.74) + sheet.px(20)
    # Numbers, not the sheet: the patch outlives it and would keep its whole picture.
    first, second = baseline + sheet.px(144), baseline + sheet.px(230)

    def paint(pen: ImageDraw.ImageDraw, local: datetime) -> None:
        pen.text((-bearing, baseline), f"{local:%H:%M}", IDLE.ink, clock, anchor="ls")
        pen.text((0, first), date(local).zh, IDLE.ink, day, anchor="ls")
        pen.text((0, second), date(local).en, IDLE.quiet, small, anchor="ls")

    sheet.live(box, paint)
    welcome = fit("welcome", WELCOME, (box.width, box.height), _WELCOME, sheet.sizes(100, 200))
    sheet.write(welcome, box.x, box.y + (box.height - welcome.height) // 2, IDLE)


def date(local: datetime) -> Text:
    """A date in words, the same in every locale of the system."""
    weekday = WEEKDAYS[local.weekday()]
    return Text(
        f"{local.month}月{local.day}日 {weekday.zh}",
        f"{weekday.en}, {local.day} {MONTHS[local.month - 1]}",
    )
