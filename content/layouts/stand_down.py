"""The warning is over: which one, and what else there is to say. Green, a tick, and no sign of alarm."""

from content.drawing.colours import SAFE
from content.drawing.pictograms import tick
from content.drawing.sheet import Box, Sheet
from content.drawing.title_and_body import spread
from content.drawing.typefaces import Face
from content.drawing.typesetting import Manner, fit
from content.languages import BESIDE_ENGLISH, first, only, shown
from content.message import Text
from content.page import Frame, Page, Site
from content.wording import WARNING_OVER

_TITLE = Text("暴雨预警", "Heavy rain", "暴雨警報", "大雨警報", "أمطار غزيرة", "भारी वर्षा")
_BODY = Text(
    "地下车库恢复使用，电梯可以前往地下楼层。",
    "The basement is open again. The lift may be taken there.",
    "地下停車場恢復使用，電梯可以前往地下樓層。",
    "地下駐車場は再開しました。エレベーターで地下階へ行けます。",
    "أُعيد فتح القبو، ويمكن استخدام المصعد للوصول إليه.",
    "तहखाना फिर खुल गया है। लिफ़्ट से वहाँ जा सकते हैं।",
)
TITLE = 108
"""Most that the title may have, in the design: what is over must not be louder than that it is over."""
_OVER = Manner(second=Face.BOLD, ratio=0.5, gap=0.05)
_CENTRED = Manner(second=Face.BOLD, ratio=0.5, gap=0.05, centred=True)


def samples() -> list[Page]:
    """Without any words of its own, and with a title and a body in every language beside English."""
    return [
        Page("stand_down", "bare"),
        *(Page("stand_down", title=only(_TITLE, pair), body=only(_BODY, pair)) for pair in BESIDE_ENGLISH),
    ]


def draw(page: Page, site: Site, size: tuple[int, int]) -> Frame:
    """A tick with the words; where there is more to say, they make room for it."""
    sheet = Sheet(size, SAFE.ground)
    pair = first(page.title, page.body) or site.languages
    margin = sheet.px(72)
    box = Box(margin, margin, sheet.width - 2 * margin, sheet.height - margin - sheet.px(50))
    box = sheet.last_line(only(site.lift, pair), box, SAFE)
    box = Box(box.x, box.y, box.width, box.height - sheet.px(28))
    words = only(WARNING_OVER, pair)
    if not shown(page.title):
        _alone(sheet, words, box)
    elif sheet.wide:
        side = box.width * 36 // 100
        _alone(sheet, words, Box(box.x, box.y, side, box.height))
        rule = box.x + side + sheet.px(56)
        sheet.fill(Box(rule, box.y, sheet.px(4), box.height), SAFE.rule)
        left = rule + sheet.px(60)
        spread(sheet, page.title, page.body, Box(left, box.y, box.right - left, box.height), SAFE, most=TITLE)
    else:
        foot = _head(sheet, words, box) + sheet.px(56)
        sheet.fill(Box(box.x, foot, box.width, sheet.px(4)), SAFE.rule)
        rest = Box(box.x, foot + sheet.px(40), box.width, box.bottom - foot - sheet.px(80))
        spread(sheet, page.title, page.body, rest, SAFE, most=TITLE)
    return sheet.frame()


def _alone(sheet: Sheet, words: Text, box: Box) -> None:
    """The tick above the words, in the middle of a box."""
    side = min(sheet.px(460), box.width * 6 // 10, box.height * 45 // 100)
    air = sheet.px(72)
    room = (box.width, box.height - side - air)
    block = fit("headline", words, room, _CENTRED, sheet.sizes(72, 190))
    y = box.y + (box.height - side - air - block.height) // 2
    sheet.stamp(tick, box.x + (box.width - side) // 2, y, side, SAFE.ink)
    sheet.write(block, box.x, y + side + air, SAFE)


def _head(sheet: Sheet, words: Text, box: Box) -> int:
    """The tick beside the words, where one begins to read; returns where they end."""
    side, gap = sheet.px(240), sheet.px(44)
    mirrored = shown(words)[0][0].rtl
    block = fit("headline", words, (box.width - side - gap, sheet.px(330)), _OVER, sheet.sizes(60, 170))
    height = max(side, block.height)
    x = box.right - side if mirrored else box.x
    sheet.stamp(tick, x, box.y + (height - side) // 2, side, SAFE.ink)
    left = box.x if mirrored else box.x + side + gap
    sheet.write(block, left, box.y + (height - block.height) // 2, SAFE)
    return box.y + height
