"""Nothing to say: the building's name, the time, and how to get help. Needs no library, network or clock."""

from dataclasses import dataclass
from datetime import datetime

from PIL import ImageDraw, ImageFont

from content.dates import date
from content.drawing.advice_line import below_bell, beside_bell
from content.drawing.colours import IDLE, IDLE_FOOT, Colour, Scheme, blend
from content.drawing.sheet import Box, Sheet
from content.drawing.typefaces import Face, font
from content.drawing.typesetting import Manner, fit, fit_name
from content.languages import Language, words
from content.page import Frame, Page, Site
from content.wording import WELCOME

PANEL = Scheme(blend(IDLE.ground, IDLE.ink, 0.06), IDLE.ink, IDLE.quiet)
ALONE = 72
"""Size in which the longest date has room alone: Wednesday, 23 September."""
_NAME = Manner(ratio=0.75, gap=0.12, flush=True)
_WELCOME = Manner(main=Face.REGULAR, ratio=0.5, gap=0.05)


def samples() -> list[Page]:
    """The only page."""
    return [Page("idle")]


def draw(page: Page, site: Site, size: tuple[int, int]) -> Frame:
    """Name, clock, advice and lift, one below the other; in landscape the advice beside them."""
    sheet = Sheet(size, IDLE.ground, IDLE_FOOT)
    margin = sheet.px(84)
    if sheet.wide:
        side = sheet.width * 35 // 100
        panel = Box(sheet.width - side, 0, side, sheet.height)
        rest = Box(0, 0, panel.x, sheet.height)
        if site.languages[0].rtl:
            panel, rest = panel.mirrored(sheet.whole), rest.mirrored(sheet.whole)
        sheet.fill(panel, PANEL.ground)
        below_bell(sheet, site, panel.inset(sheet.px(60), margin), PANEL)
        _names_and_time(sheet, site, rest.inset(margin, margin))
    else:
        _names_and_time(sheet, site, sheet.whole.inset(margin, margin), sheet.px(330))
    return sheet.frame()


def _names_and_time(sheet: Sheet, site: Site, box: Box, low: int = 0) -> None:
    """The names at the ends of a box and the time between them; the advice in a height kept free for it."""
    building, number = site.says(site.building), site.says(site.lift)
    name = fit("building name", building, (box.width, sheet.px(300)), _NAME, sheet.sizes(44, 58))
    top = sheet.write(name, box.x, box.y, IDLE)
    lift = fit_name("lift name", number, box.width, sheet.sizes(34, 44))
    foot = box.bottom - lift.height
    sheet.write(lift, box.x, foot, IDLE)
    if low:
        foot -= low
        sheet.fill(Box(box.x, foot, box.width, sheet.px(4)), IDLE.rule)
        beside_bell(sheet, site, Box(box.x, foot, box.width, low - sheet.px(30)), IDLE)
    height = min(sheet.px(590), foot - top - sheet.px(40))
    _time(sheet, site, Box(box.x, top + (foot - top - height) // 2, box.width, height))


def _time(sheet: Sheet, site: Site, box: Box) -> None:
    """The clock and the date as one patch, where one begins to read; without it, a welcome."""
    digits = (box.height - sheet.px(280)) / 0.74  # as high as the date leaves room for
    clock = font(Face.LIGHT, min(sheet.px(360), round(box.width / 2.6), round(digits)))
    # The digits' own left bearing would push the clock out of line with the names.
    bearing = round(clock.getbbox("0", anchor="ls")[0])
    baseline = round(clock.size * 0.74) + sheet.px(20)
    mirrored = site.languages[0].rtl
    place, anchor = (box.width + bearing, "rs") if mirrored else (-bearing, "ls")
    looks = (74 if len(site.languages) > 1 else ALONE, 144, IDLE.ink), (54, 230, IDLE.quiet)
    lines = [
        _DateLine(language, _letters(language, sheet.px(size)), baseline + sheet.px(below), colour)
        for language, (size, below, colour) in zip(site.languages, looks, strict=False)
    ]
    # Numbers, not the box or the sheet: the patch outlives it and would keep its whole picture.
    edge = box.width if mirrored else 0

    def paint(pen: ImageDraw.ImageDraw, local: datetime) -> None:
        pen.text((place, baseline), f"{local:%H:%M}", IDLE.ink, clock, anchor=anchor)
        for line in lines:
            line.draw(pen, local, edge, anchor)

    sheet.live(box, paint)
    welcome = fit("welcome", site.says(WELCOME), (box.width, box.height), _WELCOME, sheet.sizes(100, 200))
    sheet.write(welcome, box.x, box.y + (box.height - welcome.height) // 2, IDLE)


def _letters(language: Language, size: int) -> ImageFont.FreeTypeFont:
    """A language's own font at a size, px per em: it has every character of a date."""
    return font(Face.REGULAR, size, language.fonts[0], language.shaped)


@dataclass(frozen=True, slots=True)
class _DateLine:
    """The date in one language."""

    language: Language
    letters: ImageFont.FreeTypeFont
    baseline: int
    colour: Colour

    def draw(self, pen: ImageDraw.ImageDraw, local: datetime, x: int, anchor: str) -> None:
        """Draw it from a place, px, to the right or (anchor rs) to the left."""
        shaped = self.language.shaped
        direction = ("rtl" if self.language.rtl else "ltr") if shaped else None
        pen.text(
            (x, self.baseline), words(date(local), self.language), self.colour, self.letters, anchor,
            direction=direction, language=self.language.tag if shaped else None,
        )  # fmt: skip
