"""An exercise: says so above and below, between stripes, on a ground that no alert has.

Its variant is an Advice's value where an earthquake is exercised; without one it shows a title and a body.
"""

from dataclasses import dataclass

from content.cabin import Advice
from content.drawing.colours import DRILL, DRILL_BAND
from content.drawing.hatching import hatched_border
from content.drawing.sheet import Box, Sheet
from content.drawing.steps import spread as spread_steps
from content.drawing.title_and_body import spread as spread_story
from content.drawing.typefaces import Face
from content.drawing.typesetting import Manner, fit, fit_line
from content.languages import BESIDE_ENGLISH, Pair, first, only, ranked
from content.layouts.earthquake import steps_for
from content.message import BadMessage, Text
from content.page import Frame, Page, Site
from content.wording import EXERCISE, IF_REAL, NO_DANGER

BORDER, STEP = 40, 80
"""Widths of the border and of its stripes, in the design."""


@dataclass(frozen=True, slots=True)
class Room:
    """What the frame of an exercise leaves for the steps."""

    bands: tuple[int, int]
    """Height of a band in portrait and in landscape, in the design."""
    word: int
    """Largest word on a band, in the design."""
    heads: tuple[int, int]
    """Largest headline in portrait and in landscape, in the design."""
    calm: int
    """Largest calming line, in the design."""
    side: int
    """Width of the headline in landscape, percent."""


USUAL, CROWDED = Room((170, 120), 112, (120, 130), 60, 34), Room((110, 90), 68, (64, 64), 44, 30)
"""Crowded: on a glass that is nearly square, in a script whose lines are high."""
_IF_REAL = Manner(second=Face.BOLD, ratio=0.55, gap=0.02, flush=True)
_CALM = Manner(main=Face.REGULAR, ratio=0.7, gap=0.06)
_TITLE = Text("暴雨预警", "Heavy rain", "暴雨警報", "大雨警報", "أمطار غزيرة", "भारी वर्षा")
_BODY = Text(
    "请将车辆移至地面，不要乘电梯前往地下楼层。",
    "Move cars to ground level. Do not take the lift to the basement.",
    "請將車輛移至地面，不要乘搭電梯前往地下樓層。",
    "車を地上へ移動し、エレベーターで地下階へ行かないでください。",
    "انقلوا السيارات إلى الأعلى ولا تنزلوا إلى القبو بالمصعد.",
    "गाड़ियाँ ज़मीनी तल पर ले जाएँ। लिफ़्ट से तहखाने में न जाएँ।",
)


def samples() -> list[Page]:
    """An earthquake's for every state of the car, and another alert's in every language beside English."""
    return [
        *(Page("drill", advice.value) for advice in Advice),
        *(Page("drill", title=only(_TITLE, pair), body=only(_BODY, pair)) for pair in BESIDE_ENGLISH),
    ]


def draw(page: Page, site: Site, size: tuple[int, int]) -> Frame:
    """Border, bands, and what is exercised between them, with the calming line."""
    try:
        return _drawn(page, site, size, USUAL)
    except BadMessage:
        if not page.variant:
            raise
        return _drawn(page, site, size, CROWDED)


def _drawn(page: Page, site: Site, size: tuple[int, int], room: Room) -> Frame:
    pair = _languages(page, site)
    sheet = Sheet(size, DRILL.ground)
    edge, band = sheet.px(BORDER), sheet.px(room.bands[sheet.wide])
    hatched_border(sheet, DRILL.ink, edge, sheet.px(STEP))
    inner = sheet.whole.inset(edge, edge)
    for y in (inner.y, inner.bottom - band):
        _band(sheet, pair, Box(inner.x, y, inner.width, band), room)
    box = inner.inset(sheet.px(48), band + sheet.px(32))
    box = sheet.last_line(only(site.lift, pair), box, DRILL)
    if page.variant:
        (_wide if sheet.wide else _tall)(sheet, page, site, box, room)
    else:
        spread_story(sheet, page.title, page.body, _calm(sheet, pair, box, room), DRILL)
    return sheet.frame()


def _languages(page: Page, site: Site) -> Pair:
    """Those of its words; where they are one only, one of the site's beside it, best English: it must be understood."""
    said = first(page.title, page.body)
    others = [language for language in reversed(site.languages) if language not in said]
    return ranked([*said, *others][:2]) if said else site.languages


def _band(sheet: Sheet, pair: Pair, box: Box, room: Room) -> None:
    """The word in the page's languages, across the page."""
    sheet.fill(box, DRILL_BAND.ground)
    words = only(EXERCISE, pair)
    sizes = sheet.sizes(60, room.word)
    block = fit_line("exercise", words, box.width * 9 // 10, Face.BOLD, sizes)
    ink = [line.ink() for line in block.lines]
    wide, middle = (max(edges[2] for edges in ink), (min(e[1] for e in ink) + max(e[3] for e in ink)) // 2)
    left = min(edges[0] for edges in ink)
    sheet.write(block, box.x + (box.width - wide - left) // 2, box.y + box.height // 2 - middle, DRILL_BAND)


def _tall(sheet: Sheet, page: Page, site: Site, box: Box, room: Room) -> None:
    """What to do in an earthquake, in the car's present state, above the calming line."""
    box = _calm(sheet, site.languages, box, room)
    sizes = sheet.sizes(60, room.heads[0])
    head = fit("headline", site.says(IF_REAL), (box.width, box.height // 4), _IF_REAL, sizes)
    top = sheet.write(head, box.x, box.y, DRILL) + sheet.px(16)
    rest = Box(box.x, top, box.width, box.bottom - top)
    spread_steps(sheet, site, steps_for(Advice(page.variant), site), rest, DRILL)


def _wide(sheet: Sheet, page: Page, site: Site, box: Box, room: Room) -> None:
    """The headline with the calming line where one begins to read, the steps beside them."""
    air, side = sheet.px(48), Box(box.x, box.y, box.width * room.side // 100, box.height)
    left = side.right + sheet.px(60)
    rest = Box(left, box.y, box.right - left, box.height)
    if site.languages[0].rtl:
        side, rest = side.mirrored(box), rest.mirrored(box)
    half, sizes = (side.width, box.height // 2), sheet.sizes(60, room.heads[1])
    head = fit("headline", site.says(IF_REAL), half, _IF_REAL, sizes)
    calm = fit("headline", site.says(NO_DANGER), half, _CALM, sheet.sizes(44, room.calm))
    y = side.y + (side.height - head.height - air - calm.height) // 2
    y = sheet.write(head, side.x, y, DRILL) + air
    sheet.write(calm, side.x, y, DRILL)
    spread_steps(sheet, site, steps_for(Advice(page.variant), site), rest, DRILL)


def _calm(sheet: Sheet, pair: Pair, box: Box, room: Room) -> Box:
    """That there is no danger, below a box; returns the rest of it."""
    calm = fit(
        "headline", only(NO_DANGER, pair), (box.width, box.height // 4), _CALM, sheet.sizes(44, room.calm)
    )
    top = box.bottom - calm.height - sheet.px(24)
    sheet.write(calm, box.x, top, DRILL)
    rule = top - sheet.px(24)
    sheet.fill(Box(box.x, rule, box.width, sheet.px(4)), DRILL.rule)
    return Box(box.x, box.y, box.width, rule - sheet.px(24) - box.y)
