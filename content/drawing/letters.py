"""What single characters measure at a size: without shaping and kerning, a text measures what they do together."""

import re
from functools import lru_cache, partial
from math import ceil

from content.drawing.typefaces import Face, covered, font
from content.languages import Language

SQUARE = re.compile("[、。〈-】ぁ-ゖァ-ヺー\u3400-\u4dbf\u4e00-\u9fff！（），：？]+")
"""Characters that are as wide as their size in every family: FreeType's hinting leaves widths of these scripts alone. So
new words in Chinese are measured without opening a font at sizes that are only tried."""
LEAN, UP, DOWN = 0.018, 0.87, 0.14
"""How far the ink of square characters reaches at most, em: to the right of their width, above and below the baseline."""
HINTED = 2
"""How much further hinting may move it up and down, px, and 1 to the sides."""
Extent = tuple[int, int, int, int]
"""Left, top, right and bottom of ink, px from the start of its baseline."""


def family_of(language: Language, character: str) -> str:
    """The first family that has a character; what none has was refused when it was written."""
    return next((name for name in language.fonts if character in covered(name)), language.fonts[0])


def width(language: Language, face: Face, size: int, text: str) -> float:
    """Width of a text, px: a whole number."""
    others = SQUARE.sub("", text)
    return (len(text) - len(others)) * size + sum(map(partial(_width, language, face, size), others), 0.0)


def outer(language: Language, face: Face, size: int, text: str) -> Extent:
    """A box around the ink of a text that is hardly larger: known without opening a font for a square character."""
    others = SQUARE.sub("", text)
    reaches = {_reach(language, face, size, character) for character in set(others)}
    if len(others) < len(text):
        reaches.add((1, ceil(UP * size) + HINTED, ceil(LEAN * size) + 1, ceil(DOWN * size) + HINTED))
    left, up, right, down = map(max, zip(*reaches, strict=True)) if reaches else (0, 0, 0, 0)
    return -left, -up, ceil(width(language, face, size, text)) + right, down


@lru_cache(maxsize=8192)  # of a font: letters, digits and marks in some hundred sizes
def _width(language: Language, face: Face, size: int, character: str) -> float:
    """Width of a character, px."""
    return font(face, size, family_of(language, character)).getlength(character)


@lru_cache(maxsize=4096)
def _reach(language: Language, face: Face, size: int, character: str) -> Extent:
    """How far the ink of a character reaches to the left of its start, up, to the right of its end, and down, px."""
    letters = font(face, size, family_of(language, character))
    left, top, right, bottom = map(ceil, letters.getbbox(character, anchor="ls"))  # they are whole
    return -left, -top, right - ceil(_width(language, face, size, character)), bottom


def cache_clear() -> None:
    """Forget every character."""
    for kept in (_width, _reach):
        kept.cache_clear()
