"""An alert that is no earthquake: its level in colour, words and bars, its title and text."""

from content.drawing.colours import EXTREME, MINOR, MODERATE, PAPER, SEVERE, Scheme
from content.drawing.pictograms import warning
from content.drawing.sheet import Box, Sheet
from content.drawing.title_and_body import spread
from content.drawing.typesetting import Manner, fit
from content.languages import BESIDE_ENGLISH, first, only, shown
from content.message import Text
from content.page import Frame, Page, Site
from content.wording import LEVELS

_TITLE = Text("暴雨预警", "Heavy rain", "暴雨警報", "大雨警報", "أمطار غزيرة", "भारी वर्षा")
_BODY = Text(
    "地下车库可能积水，请将车辆移至地面，不要乘电梯前往地下楼层。",
    "The basement may flood. Move cars to ground level. Do not take the lift to the basement.",
    "地下停車場可能積水，請將車輛移至地面，不要乘搭電梯前往地下樓層。",
    "地下駐車場が浸水するおそれがあります。車を地上へ移動し、エレベーターで地下階へ行かないでください。",
    "قد تغمر المياه موقف السيارات السفلي. انقلوا السيارات إلى مستوى الأرض ولا تستخدموا المصعد إلى القبو.",
    "तहखाने की पार्किंग में पानी भर सकता है। गाड़ियाँ ज़मीनी तल पर ले जाएँ। लिफ़्ट से तहखाने में न जाएँ।",
)
COLOURS = {"1": MINOR, "2": MODERATE, "3": SEVERE, "4": EXTREME}
"""By CAP severity."""
EDGE = 28
"""Width of the coloured frame around the page, in the design."""
_LEVEL = Manner(ratio=0.6, gap=0.05, flush=True)


def samples() -> list[Page]:
    """One alert at each level, and one in every language beside English."""
    kinds = [(severity, BESIDE_ENGLISH[0]) for severity in LEVELS] + [
        ("3", pair) for pair in BESIDE_ENGLISH[1:]
    ]
    return [
        Page("other_alert", severity, title=only(_TITLE, pair), body=only(_BODY, pair))
        for severity, pair in kinds
    ]


def draw(page: Page, site: Site, size: tuple[int, int]) -> Frame:
    """A head with the level, on paper with a frame in the level's colour."""
    scheme, words = COLOURS[page.variant], LEVELS[page.variant]
    pair = first(page.title, page.body)
    sheet = Sheet(size, scheme.ground)
    edge, head = sheet.px(EDGE), sheet.px(220 if sheet.wide else 290)
    paper = Box(edge, head, sheet.width - 2 * edge, sheet.height - head - edge)
    sheet.fill(paper, PAPER.ground)
    margin = sheet.px(72)
    _head(sheet, only(words, pair), Box(margin, 0, sheet.width - 2 * margin, head), scheme, int(page.variant))
    box = Box(margin, paper.y, sheet.width - 2 * margin, paper.height - sheet.px(26))
    box = sheet.last_line(only(site.lift, pair), box, PAPER)
    spread(sheet, page.title, page.body, box.inset(0, sheet.px(48)), PAPER)
    return sheet.frame()


def _head(sheet: Sheet, words: Text, box: Box, scheme: Scheme, level: int) -> None:
    """The sign, the level in words, and four bars of which so many are full, from where one begins to read."""
    mirrored = shown(words)[0][0].rtl
    sign, bars, gap = sheet.px(190), sheet.px(148), sheet.px(36)
    edge = sign * 4 // 100  # the drawing's own margin
    left = box.right - sign + edge if mirrored else box.x - edge
    sheet.stamp(warning, left, box.y + (box.height - sign) // 2, sign, scheme.ink)
    x = box.x + (bars if mirrored else sign) + gap
    block = fit("level", words, (box.width - sign - bars - 2 * gap, box.height), _LEVEL, sheet.sizes(60, 84))
    sheet.write(block, x, box.y + (box.height - block.height) // 2, scheme)
    foot = box.y + (box.height + sheet.px(140)) // 2
    first_bar = box.x if mirrored else box.right - bars
    for bar in range(4):
        height = sheet.px(50 + 30 * bar)
        place = Box(first_bar + sheet.px(40) * bar, foot - height, sheet.px(28), height)
        sheet.fill(place, scheme.ink if bar < level else scheme.rule)
