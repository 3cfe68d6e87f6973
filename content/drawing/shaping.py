"""One line of text as runs, each in one font and one direction; its width and its ink."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from math import ceil, floor, modf
from typing import Literal

from PIL import Image, ImageFont

from content.drawing import bidi
from content.drawing.colours import Colour
from content.drawing.covers import Lettering, covers
from content.drawing.emoji import clusters, is_private, joined
from content.drawing.letters import Extent, family_of, width
from content.drawing.letters import outer as outer_of_letters
from content.drawing.typefaces import JOINER, Face, covered, font
from content.languages import ARABIC, DEVANAGARI, Language

SHAPED = (ARABIC, DEVANAGARI)
LARGE = 1000
"""Size at which shaped text is measured, px per em: that of the fonts' own units."""
ROUNDED = 2
"""How much further up and down a glyph of a small size may reach than a large one made small, px."""
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a line in one font; x counts from the line's start, px."""

    text: str
    family: str
    x: float
    direction: Literal["ltr", "rtl"] | None = None
    """Where the run is shaped: from which side."""
    tag: str | None = None
    """Where the run is shaped: its language."""

    def font(self, face: Face, size: int) -> ImageFont.FreeTypeFont:
        """Its font."""
        return font(face, size, self.family, self.direction is not None)

    def length(self, face: Face, size: int) -> float:
        """Its width, px."""
        if self.direction is None:
            return self.font(face, size).getlength(self.text)
        return _length(face, self.family, self.direction, self.tag, self.text) * size

    def box(self, face: Face, size: int) -> Box:
        """Its ink: left, top, right and bottom, px from the start of the line's baseline."""
        if self.direction is None:
            left, top, right, bottom = self.font(face, size).getbbox(self.text, anchor="ls")
        else:
            unit = _box(face, self.family, self.direction, self.tag, self.text)
            left, top, right, bottom = (edge * size for edge in unit)
            top, bottom = top - ROUNDED, bottom + ROUNDED
        return self.x + left, top, self.x + right, bottom


@lru_cache(maxsize=2048)
def _length(face: Face, family: str, direction: str, tag: str | None, text: str) -> float:
    """Width of shaped text, em: it takes 1 ms in Devanagari, but every size is like the others."""
    letters = font(face, LARGE, family, shaped=True)
    return letters.getlength(text, direction=direction, language=tag) / LARGE


@lru_cache(maxsize=1024)
def _box(face: Face, family: str, direction: str, tag: str | None, text: str) -> Box:
    """Ink of shaped text, em: it takes up to 20 ms."""
    letters = font(face, LARGE, family, shaped=True)
    left, top, right, bottom = letters.getbbox(text, direction=direction, language=tag, anchor="ls")
    return left / LARGE, top / LARGE, right / LARGE, bottom / LARGE


@lru_cache(maxsize=2048)
def runs(language: Language, face: Face, size: int, text: str) -> tuple[Run, ...]:
    """The runs of a line from left to right."""
    whole = joined(text)
    own = language.fonts[0]
    if not language.shaped and covered(own).issuperset(whole):
        return (Run(whole, own, 0.0),)
    placed: list[Run] = []
    x = 0.0
    for family, left, part in _parts(language, whole):
        if left or family in SHAPED:
            placed.append(Run(part, family, x, "rtl" if left else "ltr", language.tag))
        else:
            placed.append(Run(part, family, x))
        x += placed[-1].length(face, size)
    return tuple(placed)


def _parts(language: Language, text: str) -> Iterator[tuple[str, bool, str]]:
    """Parts of one font and one direction from left to right: family, whether it runs to the left, text."""
    families = [family_of(language, character) for character in text]
    directions = bidi.levels(text) if language.rtl else [0] * len(text)
    keys = list(zip(families, directions, strict=True))
    parts, start = [], 0
    for (family, level), group in groupby(keys):
        end = start + len(list(group))
        parts.append((family, level, text[start:end]))
        start = end
    for place in bidi.visual([level for _, level, _ in parts]):
        family, level, part = parts[place]
        yield family, level % 2 == 1, part


@lru_cache(maxsize=8192)
def advance(language: Language, face: Face, size: int, text: str) -> float:
    """Width of a text on one line, px. Without shaping and kerning the widths of parts add up."""
    if not language.shaped:
        return width(language, face, size, joined(text))
    if not text:
        return 0.0
    last = runs(language, face, size, text)[-1]
    return last.x + last.length(face, size)


@lru_cache(maxsize=8192)
def extent(language: Language, face: Face, size: int, text: str) -> Extent:
    """Left, top, right and bottom of the ink of a text, px from the start of its baseline."""
    boxes = [run.box(face, size) for run in runs(language, face, size, text or " ")]
    left, top, right, bottom = zip(*boxes, strict=True)
    return floor(min(left)), floor(min(top)), ceil(max(right)), ceil(max(bottom))


def outer(language: Language, face: Face, size: int, text: str) -> Extent:
    """A box that holds the extent of a text and is hardly larger, known much sooner."""
    exact = extent if language.shaped else outer_of_letters
    return exact(language, face, size, joined(text))


def draw(
    image: Image.Image,
    place: tuple[int, int],
    text: str,
    manner: tuple[Language, Face, int],
    colour: Colour,
) -> None:
    """Draw a line with the start of its baseline at a place, px."""
    language, face, size = manner
    for run in runs(language, face, size, text):
        start, whole = modf(run.x)
        cover = covers(Lettering(run.text, run.family, face, size, run.direction, run.tag, start))
        image.paste(colour, (place[0] + int(whole) + cover.x, place[1] + cover.y), cover.ink)


def uncovered(text: str, language: Language) -> list[str]:
    """What of a text cannot be drawn in a language, each once, in the order of the text."""
    if is_private(text):
        return [c for c in dict.fromkeys(text) if is_private(c)]
    return [
        part
        for part in dict.fromkeys(clusters(text))
        if part not in ("\n", JOINER) and not any(part in covered(name) for name in language.fonts)
    ]


def cache_clear() -> None:
    """Forget every text."""
    for kept in (_length, _box, runs, advance, extent):
        kept.cache_clear()
