"""A message of the building with a picture: above its words, in landscape beside them."""

from content.drawing.colours import PAPER
from content.drawing.examples import drop
from content.drawing.pen import rounded
from content.drawing.sheet import Box, Sheet
from content.drawing.title_and_body import spread
from content.languages import BESIDE_ENGLISH, first, only
from content.layouts.notice import surround
from content.message import CATEGORY, SENDER, BadMessage, Text
from content.page import NOTHING, Frame, Page, Picture, Site
from content.pictures import contents, opened, placed

HEIGHTS = (640, 520, 420)
"""Of the picture above its words, in the design: lower where the words need the room."""
SHARES = (50, 42, 34)
"""Of the picture beside its words, percent of the width."""
RADIUS = 28


_TITLE = Text("请节约用水", "Please save water", "請節約用水", "節水のお願い", "وفّروا المياه", "पानी बचाएँ")
_BODY = Text(
    "明日 9:00 至 17:00 水压较低",
    "Low pressure tomorrow, 9:00 to 17:00.",
    "明日 9:00 至 17:00 水壓較低",
    "明日 9:00〜17:00 は水圧が下がります",
    "ضغط المياه منخفض غدًا من 9:00 إلى 17:00",
    "कल 9:00 से 17:00 तक पानी का दबाव कम रहेगा।",
)


def samples() -> list[Page]:
    """In every language beside English, with a title alone, and with as many words as go beside a picture."""
    long = Text(
        "施工期间请绕行地下一层东侧通道，如有不便敬请谅解。",
        "During the works please use the east passage on basement level 1. Thank you for your patience.",
    )
    return [
        *(_sample("usual", only(_TITLE, pair), only(_BODY, pair)) for pair in BESIDE_ENGLISH),
        _sample("bare", Text("请节约用水"), NOTHING),
        _sample("long", Text("大堂翻新", "Lobby renovation"), long),
    ]


def _sample(variant: str, title: Text, body: Text) -> Page:
    return Page("notice_with_picture", variant, CATEGORY, title, body, SENDER, drop())


def draw(page: Page, site: Site, size: tuple[int, int]) -> Frame:
    """As a notice, with its picture as large as its words allow."""
    if page.picture is None:
        raise BadMessage("picture: is missing, choose one or take the layout notice")
    sheet = Sheet(size, PAPER.ground)
    box = surround(sheet, page)
    places = _beside(sheet, page, box) if sheet.wide else _above(sheet, box)
    for place, rest in places:
        try:
            spread(sheet, page.title, page.body, rest, PAPER)
        except BadMessage:
            if place == places[-1][0]:
                raise
            continue
        _place(sheet, page.picture, place)
        break
    return sheet.frame()


def _above(sheet: Sheet, box: Box) -> list[tuple[Box, Box]]:
    """Where the picture may be, and what it leaves, the largest first."""
    places = [Box(box.x, box.y, box.width, min(sheet.px(height), box.height // 2)) for height in HEIGHTS]
    return [
        (place, Box(box.x, place.bottom + sheet.px(24), box.width, box.bottom - place.bottom - sheet.px(24)))
        for place in places
    ]


def _beside(sheet: Sheet, page: Page, box: Box) -> list[tuple[Box, Box]]:
    """As above; the picture is on the side where reading ends in, the words where it begins."""
    gap, said = sheet.px(64), first(page.title, page.body)
    found = []
    for share in SHARES:
        width = box.width * share // 100
        rest = box.width - width - gap
        mirrored = bool(said) and said[0].rtl
        left = box.x + rest + gap if mirrored else box.x
        words = box.x if mirrored else box.x + width + gap
        found.append((Box(left, box.y, width, box.height), Box(words, box.y, rest, box.height)))
    return found


def _place(sheet: Sheet, picture: Picture, box: Box) -> None:
    size = box.width, box.height
    image = placed(opened(contents(picture), size, PAPER.ground), size)
    sheet.paste(image, box.x, box.y, rounded(box.width, box.height, sheet.px(RADIUS)))
