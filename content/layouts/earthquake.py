"""Shaking now, or an earthquake alert: what to do in the car's present state.

An alert from the network has a level: its sign stands in the trace's place, and the head is in its colour.
"""

from content.cabin import Advice
from content.drawing.colours import ALARM, ALARM_HEAD, MINOR, MODERATE, NIGHT, SEVERE, Scheme
from content.drawing.level_icon import HEIGHT, LEVELS, WIDTH, stamp_level
from content.drawing.pictograms import (
    call_bell,
    do_not_force,
    floor_buttons,
    hold_rail,
    leave_door,
    lift_prohibited,
    nearest_floor,
    open_door,
    seismogram,
    stairs,
    wait_then_leave,
)
from content.drawing.refusals import require
from content.drawing.sheet import Box, Sheet
from content.drawing.steps import Step, spread
from content.drawing.typefaces import Face
from content.drawing.typesetting import Block, Manner, compose, fit, largest
from content.message import BadMessage
from content.page import Frame, Page, Site
from content.wording import (
    EARTHQUAKE,
    HOLD_ON,
    IF_IT_OPENS,
    IF_NOT,
    LEAVE_AT_FIRST_STOP,
    LEAVE_NOW,
    LEAVE_ONCE_OPEN,
    OPEN_DOOR,
    PRESS_ALL,
    STAY_OUT,
    TAKE_STAIRS,
    WAIT_FOR_STOP,
)

STEPS = {
    Advice.RIDING: (
        Step(PRESS_ALL, (floor_buttons,)),
        Step(LEAVE_AT_FIRST_STOP, (leave_door,)),
        Step(TAKE_STAIRS, (stairs,)),
    ),
    Advice.LEAVE: (
        Step(LEAVE_NOW, (leave_door,)),
        Step(TAKE_STAIRS, (stairs,)),
        Step(STAY_OUT, (lift_prohibited,)),
    ),
    Advice.CLOSED: (
        Step(OPEN_DOOR, (open_door,)),
        Step(IF_IT_OPENS, (leave_door,)),
        Step(IF_NOT, (call_bell, do_not_force)),
    ),
    Advice.UNSURE: (
        Step(HOLD_ON, (hold_rail,)),
        Step(PRESS_ALL, (floor_buttons,)),
        Step(LEAVE_ONCE_OPEN, (wait_then_leave,)),
    ),
}
WITH_CONTROL = STEPS | {
    Advice.RIDING: (
        Step(HOLD_ON, (hold_rail,)),
        Step(WAIT_FOR_STOP, (nearest_floor,)),
        Step(IF_IT_OPENS, (leave_door,)),
    ),
    Advice.UNSURE: (
        Step(HOLD_ON, (hold_rail,)),
        Step(WAIT_FOR_STOP, (nearest_floor,)),
        Step(LEAVE_ONCE_OPEN, (wait_then_leave,)),
    ),
}
"""In a lift with seismic control: nobody is told to press floor buttons, which would only call it elsewhere."""
COLOURS: dict[str, tuple[Scheme, Scheme]] = {
    "": (ALARM_HEAD, ALARM),
    "1": (MINOR, NIGHT),
    "2": (MODERATE, NIGHT),
    "3": (SEVERE, NIGHT),
    "4": (ALARM_HEAD, ALARM),
}
"""Of the head and of the steps, by the alert's level."""
HEADS = (36, 42)
"""Width of the head in landscape, percent: the second where its words need more."""
_HEAD = Manner(second=Face.BOLD, ratio=1 / 3, gap=-0.06, flush=True)
_LARGEST, _LARGEST_BESIDE_LEVEL, _SMALLEST_BESIDE, _SMALLEST = 300, 250, 150, 60
"""Sizes of the headline in the design."""
_HIGH, _AIR = 560, 30
"""Height of the head in portrait, and least air above and below the headline in it, in the design."""


def samples() -> list[Page]:
    """The page for every state of the car, and for every level of an alert."""
    felt = [Page("earthquake", variant=advice.value) for advice in Advice]
    return felt + [Page("earthquake", Advice.RIDING.value, level=level) for level in LEVELS]


def steps_for(advice: Advice, site: Site) -> tuple[Step, ...]:
    """What to do in a state of the car."""
    return (WITH_CONTROL if site.seismic_control else STEPS)[advice]


def draw(page: Page, site: Site, size: tuple[int, int]) -> Frame:
    """The headline above the steps, or beside them."""
    sheet = Sheet(size, COLOURS[page.level][1].ground)
    if not sheet.wide:
        _tall(sheet, page, site)
        return sheet.frame()
    try:
        _wide(sheet, page, site, HEADS[0])
    except BadMessage:
        sheet = Sheet(size, COLOURS[page.level][1].ground)
        _wide(sheet, page, site, HEADS[1])
    return sheet.frame()


def _tall(sheet: Sheet, page: Page, site: Site) -> None:
    """Head at the top with the sign beside the headline; the last line below the steps."""
    scheme, ground = COLOURS[page.level]
    margin, head = sheet.px(72), sheet.px(_HIGH)
    sheet.fill(Box(0, 0, sheet.width, head), scheme.ground)
    box = Box(margin, 0, sheet.width - 2 * margin, head)
    mark = sheet.px(350 if page.level else 280)
    block = _beside(sheet, page, site, box.width - mark - sheet.px(30))
    if block is None:
        _stacked(sheet, page, site, box, mark)
    else:
        sheet.write(block, margin, (head - block.height) // 2, scheme)
        _mark(sheet, page, site, _place(sheet, page, block, mark, head))
    rest = Box(margin, head, sheet.width - 2 * margin, sheet.height - head - sheet.px(50))
    rest = sheet.last_line(site.says(site.lift), rest, ground)
    spread(sheet, site, steps_for(Advice(page.variant), site), rest.inset(0, sheet.px(20)), ground)


def _beside(sheet: Sheet, page: Page, site: Site, room: int) -> Block | None:
    """The headline over the page's width, where its main language leaves the sign its place beside it."""
    words, width = site.says(EARTHQUAKE), sheet.width - 2 * sheet.px(72)

    def attempt(size: int) -> Block | None:
        block = compose(words, width, size, _HEAD)
        fits = block and block.height <= sheet.px(_HIGH - 2 * _AIR) and _taken(block, width) <= room
        return block if fits else None

    require("headline", words)
    most = _LARGEST_BESIDE_LEVEL if page.level else _LARGEST
    return largest(sheet.sizes(_SMALLEST_BESIDE, most), attempt)


def _taken(block: Block, width: int) -> int:
    """How far the main language reaches into a column from where one begins to read, px."""
    ink = [line.ink() for line in block.lines if not line.second]
    return width - min(box[0] for box in ink) if block.mirrored else max(box[2] for box in ink)


def _place(sheet: Sheet, page: Page, block: Block, mark: int, head: int) -> Box:
    """Where the sign stands beside the headline: at the end of the line, the trace in the middle of what is left."""
    margin = sheet.px(72)
    end = margin + _taken(block, sheet.width - 2 * margin)
    if page.level:
        height = mark * HEIGHT // WIDTH
        place = Box(max(end + sheet.px(30), sheet.width - margin - mark), (head - height) // 2, mark, height)
    else:
        middle = (end + sheet.width) // 2 - mark // 2
        place = Box(max(sheet.width - margin - mark, middle) - sheet.px(4), sheet.px(102), mark, mark)
    return place.mirrored(sheet.whole) if block.mirrored else place


def _mark(sheet: Sheet, page: Page, site: Site, place: Box) -> None:
    """The sign of the alert's level, or the trace of the shaking."""
    if page.level:
        stamp_level(sheet, page.level, site.languages, place[:2], place.width)
    else:
        sheet.stamp(seismogram, place.x, place.y, place.width, COLOURS[page.level][0].ink)


def _stacked(sheet: Sheet, page: Page, site: Site, box: Box, mark: int) -> None:
    """The sign above the headline, both in the middle of a box's height and where one begins to read."""
    scheme = COLOURS[page.level][0]
    sizes = sheet.sizes(_SMALLEST, _LARGEST)
    block = fit("headline", site.says(EARTHQUAKE), (box.width, box.height - mark), _HEAD, sizes)
    place = Box(box.x, box.y + (box.height - mark - block.height) // 2, mark, mark)
    _mark(sheet, page, site, place.mirrored(box) if block.mirrored else place)
    sheet.write(block, box.x, place.bottom, scheme)


def _wide(sheet: Sheet, page: Page, site: Site, share: int) -> None:
    """Head where one begins to read, with the sign above the headline and the last line at its foot."""
    scheme, ground = COLOURS[page.level]
    margin, mirrored = sheet.px(72), site.languages[0].rtl
    head = Box(0, 0, round(sheet.width * share / 100), sheet.height)
    x = head.right + margin
    rest = Box(x, sheet.px(36), sheet.width - x - margin, sheet.height - sheet.px(72))
    if mirrored:
        head, rest = head.mirrored(sheet.whole), rest.mirrored(sheet.whole)
    sheet.fill(head, scheme.ground)
    box = Box(head.x + margin, margin, head.width - 2 * margin, sheet.height - margin - sheet.px(50))
    box = sheet.last_line(site.says(site.lift), box, scheme)
    _stacked(sheet, page, site, box, min(sheet.px(340), box.width))
    spread(sheet, site, steps_for(Advice(page.variant), site), rest, ground)
