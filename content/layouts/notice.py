"""A message of the building: what it is about, its title and text, and who says it."""

from content.drawing.colours import BAR, PAPER
from content.drawing.sheet import Box, Sheet
from content.drawing.title_and_body import spread
from content.drawing.typefaces import Face
from content.drawing.typesetting import both, fit_line
from content.message import Text
from content.page import Frame, Page, Site

CATEGORY, SENDER = Text("通知", "Notice"), Text("物业服务中心", "Property office")


def samples() -> list[Page]:
    """A usual notice, a short one in Chinese only, and one as long as may be."""
    return [
        Page(
            "notice",
            "usual",
            CATEGORY,
            Text("明日停水检修", "Water off tomorrow"),
            Text(
                "11月22日 9:00 至 17:00\n请提前储水",
                "22 November, 9:00 to 17:00.\nPlease store water beforehand.",
            ),
            SENDER,
        ),
        Page("notice", "short", CATEGORY, Text("请勿在轿厢内吸烟"), Text("谢谢配合"), SENDER),
        Page(
            "notice",
            "long",
            Text("安全提示", "Safety"),
            Text("电动自行车禁止进入电梯", "No electric bicycles in the lift"),
            Text(
                "电动自行车及其电池不得进入电梯、楼道和住户室内。充电请使用地下一层的集中充电区，24小时开放。"
                "咨询电话 028-1234 5678。",
                "Electric bicycles and their batteries must not enter lifts, corridors or homes. "
                "Charge them on basement level 1, open day and night. "
                "Questions: 028-1234 5678.",
            ),
            SENDER,
        ),
    ]


def draw(page: Page, site: Site, size: tuple[int, int]) -> Frame:
    """The category on a bar, the story, and the sender on the last line."""
    sheet = Sheet(size, PAPER.ground)
    margin, bar = sheet.px(72), sheet.px(150)
    width = sheet.width - 2 * margin
    sheet.fill(Box(0, 0, sheet.width, bar), BAR.ground)
    category = fit_line("category", both(page.category), width, Face.BOLD, sheet.sizes(44, 60))
    sheet.write(category, margin, (bar - category.height) // 2, BAR)
    foot = sheet.height - sheet.px(50)
    if sender := both(page.sender):
        line = fit_line("sender", sender, width, Face.REGULAR, sheet.sizes(30, 40))
        foot -= line.height
        sheet.write(line, margin, foot, PAPER)
    box = Box(margin, bar + sheet.px(60), width, foot - bar - sheet.px(100))
    spread(sheet, page.title, page.body, box, PAPER)
    return sheet.frame()
