"""A message of the building: what it is about, its title and text, and who says it."""

from content.drawing.colours import BAR, PAPER
from content.drawing.linebreaking import keep
from content.drawing.sheet import Box, Sheet
from content.drawing.title_and_body import spread
from content.drawing.typefaces import Face
from content.drawing.typesetting import fit_line
from content.languages import BESIDE_ENGLISH, first, only, shown
from content.message import CATEGORY, SENDER, Text
from content.page import Frame, Page, Site

_TITLE = Text(
    "明日停水检修",
    "Water off tomorrow",
    "明日停水檢修",
    keep("明日、|断水します"),
    "انقطاع المياه غدًا",
    "कल पानी बंद रहेगा",
)
_BODY = Text(
    "11月22日 9:00 至 17:00\n请提前储水",
    "22 November, 9:00 to 17:00.\nPlease store water beforehand.",
    "11月22日 9:00 至 17:00\n請提前儲水",
    "11月22日 9:00〜17:00\n" + keep("事前に|水を|ご用意|ください"),
    "22 نوفمبر، من 9:00 إلى 17:00\nيُرجى تخزين المياه مسبقًا. للاستفسار: 028-1234 5678",
    "22 नवंबर, 9:00 से 17:00 तक\nकृपया पहले से पानी भर लें।",
)


def samples() -> list[Page]:
    """A usual notice in every language beside English, a short one, one as long as may be, and one with emoji."""
    usual = [
        Page("notice", "usual", CATEGORY, only(_TITLE, pair), only(_BODY, pair), SENDER)
        for pair in BESIDE_ENGLISH
    ]
    return [
        *usual,
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
        Page(
            "notice",
            "emoji",
            CATEGORY,
            Text("🎉 中秋快乐 🥮", "Happy Mid-Autumn Festival 🌕"),
            Text(
                "9月25日 19:00，一楼大厅灯会🏮\n欢迎全家参加 👨‍👩‍👧‍👦",
                "25 September, 19:00, lanterns in the lobby.\nFamilies welcome 👨‍👩‍👧‍👦, dogs 🐕‍🦺 too 👍🏽",
            ),
            SENDER,
        ),
    ]


def draw(page: Page, site: Site, size: tuple[int, int]) -> Frame:
    """The story between the category and the sender."""
    sheet = Sheet(size, PAPER.ground)
    spread(sheet, page.title, page.body, surround(sheet, page), PAPER)
    return sheet.frame()


def surround(sheet: Sheet, page: Page) -> Box:
    """The category on a bar and the sender on the last line, in the story's languages; returns the box between them."""
    pair = first(page.title, page.body)
    margin, bar = sheet.px(72), sheet.px(150)
    width = sheet.width - 2 * margin
    sheet.fill(Box(0, 0, sheet.width, bar), BAR.ground)
    category = fit_line("category", only(page.category, pair), width, Face.BOLD, sheet.sizes(44, 60))
    sheet.write(category, margin, (bar - category.height) // 2, BAR)
    foot = sheet.height - sheet.px(50)
    if shown(page.sender):
        line = fit_line("sender", only(page.sender, pair), width, Face.REGULAR, sheet.sizes(30, 40))
        foot -= line.height
        sheet.write(line, margin, foot, PAPER)
    return Box(margin, bar + sheet.px(60), width, foot - bar - sheet.px(100))
