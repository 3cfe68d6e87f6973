"""An exercise: says so above and below, between stripes, on a ground that no alert has.

Its variant is an Advice's value where an earthquake is exercised; without one it shows a title and a body.
"""

from content.cabin import Advice
from content.drawing.colours import DRILL, DRILL_BAND
from content.drawing.hatching import hatched_border
from content.drawing.linebreaking import keep
from content.drawing.sheet import Box, Sheet
from content.drawing.steps import spread as spread_steps
from content.drawing.title_and_body import spread as spread_story
from content.drawing.typefaces import Face
from content.drawing.typesetting import Manner, fit, fit_line
from content.languages import BESIDE_ENGLISH, CHINESE, ENGLISH, Pair, first, only
from content.layouts.earthquake import STEPS
from content.message import Text
from content.page import Frame, Page, Site

EXERCISE = Text("演练", "EXERCISE", "演習", "訓練", "تمرين", "अभ्यास")
CALM = Text(
    keep("这是演练，|没有危险"),
    "This is only an exercise. There is no danger.",
    keep("這是演習，|沒有危險"),
    keep("これは|訓練です。|危険は|ありません。"),
    "هذا تمرين فقط. لا يوجد خطر.",
    "यह केवल अभ्यास है। कोई ख़तरा नहीं है।",
)
IF_REAL = Text("如遇地震", "In an earthquake")
BORDER, STEP, BANDS = 40, 80, (170, 120)
"""Widths of the border and of its stripes, and height of a band in portrait and in landscape, in the design."""
_IF_REAL = Manner(second=Face.BOLD, ratio=0.55, gap=0.02)
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
    pair = first(page.title, page.body)
    pair = pair if len(pair) == 2 else (pair[0] if pair and pair[0] is not ENGLISH else CHINESE, ENGLISH)
    sheet = Sheet(size, DRILL.ground)
    edge, band = sheet.px(BORDER), sheet.px(BANDS[sheet.wide])
    hatched_border(sheet, DRILL.ink, edge, sheet.px(STEP))
    inner = Box(0, 0, sheet.width, sheet.height).inset(edge, edge)
    for y in (inner.y, inner.bottom - band):
        _band(sheet, pair, Box(inner.x, y, inner.width, band))
    box = inner.inset(sheet.px(48), band + sheet.px(32))
    box = sheet.last_line(only(site.lift, pair), box, DRILL)
    (_steps if page.variant else _story)(sheet, page, pair, box)
    return sheet.frame()


def _band(sheet: Sheet, pair: Pair, box: Box) -> None:
    """The word in both languages, across the page."""
    sheet.fill(box, DRILL_BAND.ground)
    words = only(EXERCISE, pair)
    block = fit_line("exercise", words, box.width * 9 // 10, Face.BOLD, sheet.sizes(60, 112))
    ink = [line.ink() for line in block.lines]
    wide, middle = (max(edges[2] for edges in ink), (min(e[1] for e in ink) + max(e[3] for e in ink)) // 2)
    left = min(edges[0] for edges in ink)
    sheet.write(block, box.x + (box.width - wide - left) // 2, box.y + box.height // 2 - middle, DRILL_BAND)


def _steps(sheet: Sheet, page: Page, pair: Pair, box: Box) -> None:
    """What to do in an earthquake, in the car's present state."""
    steps = STEPS[Advice(page.variant)]
    if sheet.wide:
        side, air = box.width * 34 // 100, sheet.px(48)
        head = fit("headline", IF_REAL, (side, box.height // 2), _IF_REAL, sheet.sizes(80, 130))
        calm = fit("headline", only(CALM, pair), (side, box.height // 2), _CALM, sheet.sizes(44, 60))
        y = box.y + (box.height - head.height - air - calm.height) // 2
        y = sheet.write(head, box.x, y, DRILL) + air
        sheet.write(calm, box.x, y, DRILL)
        left = box.x + side + sheet.px(60)
        spread_steps(sheet, steps, Box(left, box.y, box.right - left, box.height), DRILL)
        return
    box = _calm(sheet, pair, box)
    head = fit("headline", IF_REAL, (box.width, box.height // 4), _IF_REAL, sheet.sizes(90, 120))
    top = sheet.write(head, box.x, box.y, DRILL) + sheet.px(16)
    spread_steps(sheet, steps, Box(box.x, top, box.width, box.bottom - top), DRILL)


def _story(sheet: Sheet, page: Page, pair: Pair, box: Box) -> None:
    """Another alert's title and body."""
    spread_story(sheet, page.title, page.body, _calm(sheet, pair, box), DRILL)


def _calm(sheet: Sheet, pair: Pair, box: Box) -> Box:
    """That there is no danger, below a box; returns the rest of it."""
    calm = fit("headline", only(CALM, pair), (box.width, box.height // 4), _CALM, sheet.sizes(44, 60))
    top = box.bottom - calm.height - sheet.px(24)
    sheet.write(calm, box.x, top, DRILL)
    rule = top - sheet.px(24)
    sheet.fill(Box(box.x, rule, box.width, sheet.px(4)), DRILL.rule)
    return Box(box.x, box.y, box.width, rule - sheet.px(24) - box.y)
