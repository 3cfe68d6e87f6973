"""The check of a display, for the installer: what was found, in large letters, and a QR code with the result.

Its frame reaches all four edges, and its bars go from black to white: what the panel cuts off or swallows shows.
A page's variant is `name=verdict,name=verdict,…|what the code says`; a verdict that is not there yet is empty.
"""

import numpy as np
import segno
from PIL import Image

from content.drawing.colours import BLACK, EXTREME, PAPER, UNUSED, WHITE, blend, rgb
from content.drawing.sheet import Box, Sheet
from content.drawing.typefaces import Face
from content.drawing.typesetting import Manner, fit, fit_line
from content.languages import shown
from content.message import Text
from content.page import Frame, Page, Site

NAMES = {
    "identity": Text("加速度传感器", "Accelerometer"),
    "self-test": Text("传感器自检", "Sensor self-test"),
    "noise": Text("噪声", "Noise"),
    "gravity": Text("重力方向", "Gravity"),
    "rate": Text("采样率", "Sampling rate"),
    "door": Text("轿门", "Car door"),
    "screen": Text("屏幕", "Screen"),
    "broker": Text("网络", "Network"),
    "clock": Text("时钟", "Clock"),
    "disk": Text("存储速度", "Storage speed"),
    "space": Text("剩余空间", "Free space"),
}
"""Every check that there is."""
HEADING, ASK = Text("安装检查", "Installation check"), Text("请开关一次轿门", "Open and close the door once")
GOOD, BAD, OPEN = rgb(0x0A6B2E), EXTREME.ground, rgb(0x3B4853)
SYMBOLS = {"pass": (GOOD, "tick"), "fail": (BAD, "cross"), "skipped": (OPEN, "dash"), "": (OPEN, "")}
_HEADING = Manner(ratio=0.55, gap=0.05)
QUIET_MODULES = 4
"""Around a QR code (ISO/IEC 18004)."""


def samples() -> list[Page]:
    """At the beginning, and with every verdict."""
    some = ["pass", "skipped", "pass", "fail", "pass", "pass", "pass", "fail", "pass", "pass", "pass"]
    ended = ",".join(f"{name}={verdict}" for name, verdict in zip(NAMES, some, strict=True))
    begun = ",".join(f"{name}=" for name in NAMES)
    said = (
        "hoistway check tower-a-lift-2 2026-11-22T09:30Z; not ready; fail: gravity broker; skipped: self-test"
    )
    return [
        Page("check", f"{begun}|"),
        Page("check", f"{ended}|{said}"),
        Page("check", f"{begun}|", body=ASK),
    ]


def draw(page: Page, site: Site, size: tuple[int, int]) -> Frame:
    """Heading, rows, and below them or beside them bars and code."""
    rows, _, payload = page.variant.partition("|")
    verdicts = dict(row.split("=") for row in rows.split(","))
    sheet = Sheet(size, WHITE)
    _frame(sheet)
    box = Box(0, 0, sheet.width, sheet.height).inset(sheet.px(72), sheet.px(64))
    foot = box.height // 3 if sheet.wide else sheet.px(400)
    heading = page.body if shown(page.body) else HEADING
    width = box.width - (foot + sheet.px(40) if sheet.wide else 0)
    block = fit("heading", heading, (width, sheet.px(200)), _HEADING, sheet.sizes(56, 96))
    y = sheet.write(block, box.x, box.y, PAPER) + sheet.px(24)
    if sheet.wide:
        aside = Box(box.right - foot, box.y, foot, box.height)
        _rows(sheet, verdicts, Box(box.x, y, width, box.bottom - y))
        _code(sheet, payload, Box(aside.x, aside.y, foot, foot))
        _bars(sheet, Box(aside.x, aside.bottom - sheet.px(100), foot, sheet.px(100)))
    else:
        _rows(sheet, verdicts, Box(box.x, y, box.width, box.bottom - foot - y - sheet.px(24)))
        _code(sheet, payload, Box(box.right - foot, box.bottom - foot, foot, foot))
        _bars(sheet, Box(box.x, box.bottom - sheet.px(120), box.width - foot - sheet.px(40), sheet.px(120)))
    return sheet.frame()


def _frame(sheet: Sheet) -> None:
    """A line along every edge, and a corner in each corner."""
    line, arm = sheet.px(6), sheet.px(60)
    for box in (
        Box(0, 0, sheet.width, line),
        Box(0, sheet.height - line, sheet.width, line),
        Box(0, 0, line, sheet.height),
        Box(sheet.width - line, 0, line, sheet.height),
    ):
        sheet.fill(box, BLACK)
    for x in (0, sheet.width - arm):
        for y in (0, sheet.height - arm):
            thick = sheet.px(18)
            sheet.fill(Box(x, y if y == 0 else sheet.height - thick, arm, thick), BLACK)
            sheet.fill(Box(x if x == 0 else sheet.width - thick, y, thick, arm), BLACK)


def _rows(sheet: Sheet, verdicts: dict[str, str], box: Box) -> None:
    """One a check, in one column or two: its sign, and its name in both languages."""
    columns = 2 if sheet.wide else 1
    deep = -(-len(verdicts) // columns)
    height, width = box.height // deep, box.width // columns
    sign = min(height * 7 // 10, sheet.px(84))
    room = width - sign - sheet.px(56)
    least, most = sheet.sizes(28, 54)
    size = min(fit_line(name, NAMES[name], room, Face.BOLD, (least, most)).size for name in verdicts)
    for number, (name, verdict) in enumerate(verdicts.items()):
        column, row = divmod(number, deep)
        x, y = box.x + column * width, box.y + row * height
        colour, symbol = SYMBOLS[verdict]
        _sign(sheet, symbol, Box(x, y + (height - sign) // 2, sign, sign), colour)
        line = fit_line(name, NAMES[name], room, Face.BOLD, (least, size))
        sheet.write(line, x + sign + sheet.px(28), y + (height - line.height) // 2, PAPER)


def _sign(sheet: Sheet, symbol: str, box: Box, colour: tuple[int, int, int]) -> None:
    """A filled square with a white tick, cross or dash; an empty one where nothing is known yet."""
    sheet.fill(box, colour, box.width // 6)
    if not symbol:
        inner = box.inset(box.width // 12, box.height // 12)
        sheet.fill(inner, WHITE, inner.width // 8)
        return
    for outline in STROKES[symbol]:
        points = [(box.x + box.width * x, box.y + box.height * y) for x, y in outline]
        sheet.polygon(points, WHITE)


STROKES = {
    "tick": [[(0.18, 0.52), (0.28, 0.42), (0.44, 0.57), (0.74, 0.24), (0.84, 0.34), (0.44, 0.77)]],
    "cross": [
        [(0.22, 0.32), (0.32, 0.22), (0.78, 0.68), (0.68, 0.78)],
        [(0.68, 0.22), (0.78, 0.32), (0.32, 0.78), (0.22, 0.68)],
    ],
    "dash": [[(0.22, 0.43), (0.78, 0.43), (0.78, 0.57), (0.22, 0.57)]],
}


def _bars(sheet: Sheet, box: Box) -> None:
    """Nine steps from black to white, and red, green and blue below them."""
    step, half = box.width // 9, box.height // 2
    for number in range(9):
        shade = blend((0, 0, 0), (255, 255, 255), number / 8)
        sheet.fill(Box(box.x + number * step, box.y, step, half), shade)
    for number, colour in enumerate((rgb(0xFF0000), rgb(0x00FF00), rgb(0x0000FF))):
        sheet.fill(Box(box.x + number * 3 * step, box.y + half, 3 * step, half), colour)
    sheet.fill(Box(box.x, box.bottom, 9 * step, sheet.px(4)), UNUSED.ground)


def _code(sheet: Sheet, payload: str, box: Box) -> None:
    """The code as large as the box allows, in whole pixels."""
    if not payload:
        return
    matrix = segno.make(payload, error="m", micro=False).matrix
    across = len(matrix) + 2 * QUIET_MODULES
    module = min(box.width, box.height) // across
    left, top = box.right - module * across, box.bottom - module * across
    cover = np.kron(np.array(matrix, np.uint8), np.full((module, module), 255, np.uint8))
    quiet = QUIET_MODULES * module
    sheet.paste((0, 0, 0), left + quiet, top + quiet, Image.fromarray(cover))
