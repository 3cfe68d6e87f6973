"""China's sign of an earthquake warning: four quarters on a ground of 6:5, in the colour of its level.

House, 地震, the colour's name and EARTHQUAKE, as annex A of the provincial standards has them; our own drawing. Where the
site's languages are others, so are the words. The text is black on white, because two of the four colours carry neither
black nor white at 7:1.
"""

from dataclasses import dataclass

from content.drawing.colours import BLACK, WHITE, Colour, Scheme, rgb
from content.drawing.pictograms import house, house_outline
from content.drawing.sheet import Box, Sheet
from content.drawing.typesetting import Manner, fit
from content.languages import CHINESE, ENGLISH, Pair, only
from content.message import Text
from content.wording import COLOURS, EARTHQUAKE

WIDTH, HEIGHT = 6, 5
"""Its sides."""
CARD = Scheme(WHITE, BLACK, BLACK)


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the warning."""

    name: Text
    colour: Colour
    """From its Munsell notation, under illuminant C, in sRGB."""


LEVELS = {
    "1": Level(COLOURS["1"], rgb(0x5971D8)),  # 7.5PB 5/14
    "2": Level(COLOURS["2"], rgb(0xEAC600)),  # 5Y 8/12
    "3": Level(COLOURS["3"], rgb(0xF18500)),  # 5YR 6.5/14
    "4": Level(COLOURS["4"], rgb(0xC13F35)),  # 7.5R 4.5/12
}
"""By `Alert.severity`."""
_WORD = Manner(centred=True)
_COLOUR = Manner(ratio=0.42, gap=0.02, centred=True)


def stamp_level(sheet: Sheet, level: str, languages: Pair, place: tuple[int, int], width: int) -> int:
    """Draw the sign with its left top corner at a place; returns where it ends. It always has two languages."""
    (x, y), (main, second) = place, _two(languages)
    shown, height = LEVELS[level], width * HEIGHT // WIDTH
    line = max(3, width // 40)
    sheet.fill(Box(x, y, width, height), shown.colour, width // 20)
    card = Box(x, y, width, height).inset(line, line)
    sheet.fill(card, WHITE, width // 20 - line)
    left, top = (card.width - line) * 43 // 100, (card.height - line) * 56 // 100
    sheet.fill(Box(card.x + left, card.y, line, card.height), shown.colour)
    sheet.fill(Box(card.x, card.y + top, card.width, line), shown.colour)
    right, low = card.x + left + line, card.y + top + line
    _house(sheet, Box(card.x, card.y, left, top), shown.colour)
    _centred(sheet, only(EARTHQUAKE, (main,)), Box(right, card.y, card.right - right, top), _WORD)
    _centred(sheet, only(shown.name, (main, second)), Box(card.x, low, left, card.bottom - low), _COLOUR)
    _centred(
        sheet, only(EARTHQUAKE, (second,)), Box(right, low, card.right - right, card.bottom - low), _WORD
    )
    return y + height


def _two(languages: Pair) -> Pair:
    """English beside another language, and Chinese, the sign's own, before English."""
    if len(languages) > 1:
        return languages
    return (CHINESE if languages[0] is ENGLISH else languages[0], ENGLISH)


def _house(sheet: Sheet, box: Box, colour: Colour) -> None:
    side = min(box.width, box.height)
    x, y = box.x + (box.width - side) // 2, box.y + (box.height - side) // 2
    sheet.stamp(house_outline, x, y, side, BLACK)
    sheet.stamp(house, x, y, side, colour)


def _centred(sheet: Sheet, text: Text, box: Box, manner: Manner) -> None:
    """Words in the middle of a quarter, as large as it allows."""
    inner = box.inset(box.width // 22, box.height // 12)
    block = fit("level", text, (inner.width, inner.height), manner, (8, inner.height))
    ink = [line.ink() for line in block.lines]
    top, bottom = min(edges[1] for edges in ink), max(edges[3] for edges in ink)
    sheet.write(block, inner.x, inner.y + (inner.height - (bottom - top)) // 2 - top, CARD)
