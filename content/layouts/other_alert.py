"""An alert that is no earthquake: its level in colour, words and bars, its title and text."""

from content.drawing.colours import EXTREME, MINOR, MODERATE, PAPER, SEVERE, Scheme
from content.drawing.linebreaking import keep
from content.drawing.pictograms import warning
from content.drawing.sheet import Box, Sheet
from content.drawing.title_and_body import spread
from content.drawing.typesetting import Manner, fit
from content.message import Text
from content.page import Frame, Page, Site

LEVELS = {
    "1": (MINOR, Text(keep("预警 · 一般"), "Alert: minor")),
    "2": (MODERATE, Text(keep("预警 · 较重"), "Alert: moderate")),
    "3": (SEVERE, Text(keep("预警 · 严重"), "Alert: severe")),
    "4": (EXTREME, Text(keep("预警 · 特别严重"), "Alert: extreme")),
}
"""By CAP severity; the Chinese words are those of the four levels of China's weather warnings."""
EDGE = 28
"""Width of the coloured frame around the page, in the design."""
_LEVEL = Manner(ratio=0.6, gap=0.05)


def samples() -> list[Page]:
    """One alert at each level."""
    return [
        Page(
            "other_alert",
            severity,
            title=Text("暴雨预警", "Heavy rain"),
            body=Text(
                "地下车库可能积水，请将车辆移至地面，不要乘电梯前往地下楼层。",
                "The basement may flood. Move cars to ground level. Do not take the lift to the basement.",
            ),
        )
        for severity in LEVELS
    ]


def draw(page: Page, site: Site, size: tuple[int, int]) -> Frame:
    """A head with the level, on paper with a frame in the level's colour."""
    scheme, words = LEVELS[page.variant]
    sheet = Sheet(size, scheme.ground)
    edge, head = sheet.px(EDGE), sheet.px(220 if sheet.wide else 290)
    paper = Box(edge, head, sheet.width - 2 * edge, sheet.height - head - edge)
    sheet.fill(paper, PAPER.ground)
    margin = sheet.px(72)
    _head(sheet, words, Box(margin, 0, sheet.width - 2 * margin, head), scheme, int(page.variant))
    box = Box(margin, paper.y, sheet.width - 2 * margin, paper.height - sheet.px(26))
    box = sheet.last_line(site.lift, box, PAPER)
    spread(sheet, page.title, page.body, box.inset(0, sheet.px(48)), PAPER)
    return sheet.frame()


def _head(sheet: Sheet, words: Text, box: Box, scheme: Scheme, level: int) -> None:
    """The sign, the level in words, and four bars of which so many are full."""
    sign = sheet.px(190)
    sheet.stamp(warning, box.x - sign * 4 // 100, box.y + (box.height - sign) // 2, sign, scheme.ink)
    bars = sheet.px(148)
    x = box.x + sign + sheet.px(36)
    room = (box.right - bars - sheet.px(36) - x, box.height)
    block = fit("level", words, room, _LEVEL, sheet.sizes(60, 84))
    sheet.write(block, x, box.y + (box.height - block.height) // 2, scheme)
    foot = box.y + (box.height + sheet.px(140)) // 2
    for bar in range(4):
        height = sheet.px(50 + 30 * bar)
        place = Box(box.right - bars + sheet.px(40) * bar, foot - height, sheet.px(28), height)
        sheet.fill(place, scheme.ink if bar < level else scheme.rule)
