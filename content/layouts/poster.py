"""A picture that fills the glass; its words, if it has any, stand on a ground of their own."""

from PIL import Image

from content.drawing.colours import POSTER
from content.drawing.examples import drop, festival
from content.drawing.sheet import Sheet
from content.drawing.typefaces import Face
from content.drawing.typesetting import BODY, Block, Manner, fit
from content.languages import shown
from content.message import BadMessage, Text
from content.page import Frame, Page, Site
from content.pictures import contents, opened, placed

_TITLE = Manner(second=Face.BOLD, ratio=0.56, gap=0.06)
_BODY = Manner(Face.REGULAR, Face.REGULAR, BODY, BODY, ratio=0.7, gap=0.1)
_TITLE_SIZES, _BODY_SIZES = (76, 130), (64, 76)
MOST = 48
"""Share of the glass's height that words below the picture may take, percent."""
SQUARE = 1.6
"""A picture that is less wide by its height has its words beside it on a landscape glass."""


def samples() -> list[Page]:
    """A picture alone, with a title, with a title and a body, and one that is wider than it is high."""
    title = Text("中秋灯会", "Mid-Autumn lanterns")
    body = Text("9月25日 19:00 一楼大厅", "25 September, 19:00, in the lobby")
    arabic = Text(en="Mid-Autumn lanterns", ar="فوانيس منتصف الخريف")
    return [
        Page("poster", "bare", picture=festival()),
        Page("poster", "title", title=title, picture=festival()),
        Page("poster", "story", title=title, body=body, picture=festival()),
        Page("poster", "story", title=arabic, picture=festival()),
        Page("poster", "wide", title=Text("请节约用水", "Please save water"), picture=drop()),
    ]


def draw(page: Page, site: Site, size: tuple[int, int]) -> Frame:
    """The picture alone, above its words, or where glass and picture differ much in shape, beside them."""
    if page.picture is None:
        raise BadMessage("picture: is missing, a poster is nothing without one")
    sheet = Sheet(size, POSTER.ground)
    image = opened(contents(page.picture), size, POSTER.ground)
    if not shown(page.title) and not shown(page.body):
        sheet.paste(placed(image, size), 0, 0)
    elif sheet.wide and image.width < image.height * SQUARE:
        _beside(sheet, page, image)
    else:
        _above(sheet, page, image)
    return sheet.frame()


def _above(sheet: Sheet, page: Page, image: Image.Image) -> None:
    """The picture, and below it the words over the whole width."""
    margin, above, below = sheet.px(72), sheet.px(44), sheet.px(56)
    most = sheet.height * MOST // 100 - above - below
    blocks = _words(sheet, page, (sheet.width - 2 * margin, most), sheet.px(16))
    height = _height(blocks, sheet.px(16))
    top = sheet.height - below - height
    sheet.paste(placed(image, (sheet.width, top - above)), 0, 0)
    _write(sheet, blocks, margin, top, sheet.px(16))


def _beside(sheet: Sheet, page: Page, image: Image.Image) -> None:
    """The picture in its own shape, and beside it the words, where one begins to read."""
    margin, air = sheet.px(84), sheet.px(40)
    across = max(
        sheet.width * 38 // 100, min(sheet.width * 55 // 100, sheet.height * image.width // image.height)
    )
    room = sheet.width - across - 2 * margin
    blocks = _words(sheet, page, (room, sheet.height - 2 * margin), air)
    y = (sheet.height - _height(blocks, air)) // 2
    mirrored = blocks[0].mirrored
    sheet.paste(placed(image, (across, sheet.height)), 0 if mirrored else sheet.width - across, 0)
    _write(sheet, blocks, across + margin if mirrored else margin, y, air)


def _words(sheet: Sheet, page: Page, room: tuple[int, int], air: int) -> list[Block]:
    """Title and body in a room of width x height, px. Raises BadMessage."""
    blocks: list[Block] = []
    if shown(page.title):
        most = room[1] * (55 if shown(page.body) else 100) // 100
        blocks.append(fit("title", page.title, (room[0], most), _TITLE, sheet.sizes(*_TITLE_SIZES)))
    if shown(page.body):
        left = room[1] - sum(block.height + air for block in blocks)
        blocks.append(fit("body", page.body, (room[0], left), _BODY, sheet.sizes(*_BODY_SIZES)))
    return blocks


def _height(blocks: list[Block], air: int) -> int:
    return sum(block.height for block in blocks) + air * (len(blocks) - 1)


def _write(sheet: Sheet, blocks: list[Block], x: int, y: int, air: int) -> None:
    for block in blocks:
        y = sheet.write(block, x, y, POSTER) + air
