"""The fonts of the glass: families of Noto in two weights, and the characters that each has."""

import json
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import ImageFont

from content.languages import EMOJI, SC

FOLDER = Path(__file__).parents[1] / "fonts"
JOINER = "\u2060"
"""WORD JOINER: never drawn; forbids a line break where it stands."""
FIRST_PRIVATE = 0xF0000
"""From here on the emoji font has its sequences, in the order of the coverage's list."""


class Face(Enum):
    """A weight."""

    REGULAR = "Regular"
    BOLD = "Bold"
    LIGHT = "Light"
    """Digits and the colon only, of one family only."""

    __hash__ = (
        object.__hash__
    )  # there is one of each; Enum's own is no C, and every width looked up asks for it


def path(family: str, face: Face) -> Path:
    """The file of a family in a weight; emoji have one weight for all."""
    return FOLDER / f"{family}-{'Regular' if family == EMOJI else face.value}.ttf"


@lru_cache(maxsize=16)  # each takes 1.4 MB; opening one again takes 0.4 ms, and widths are kept
def font(face: Face, size: int, family: str = SC, shaped: bool = False) -> ImageFont.FreeTypeFont:
    """A font at a size in pixels per em. Unshaped, its widths add up, and it needs no system library."""
    engine = ImageFont.Layout.RAQM if shaped else ImageFont.Layout.BASIC
    return ImageFont.truetype(path(family, face), size, layout_engine=engine)


@lru_cache(maxsize=8)
def covered(family: str) -> frozenset[str]:
    """The characters that a family draws in every weight for text."""
    known = {chr(code) for first, last in coverage()[family] for code in range(first, last + 1)}
    if family == EMOJI:
        known |= set(sequences().values())
    return frozenset(known)


@lru_cache(maxsize=1)
def sequences() -> dict[str, str]:
    """Emoji sequences, without variation selectors and skin tones, and the private character of each."""
    listed: list[str] = coverage()["sequences"]
    texts = ("".join(chr(int(code, 16)) for code in codes.split()) for codes in listed)
    return {text: chr(FIRST_PRIVATE + n) for n, text in enumerate(texts)}


@lru_cache(maxsize=1)
def coverage() -> dict[str, Any]:
    """Ranges of code points by family, and the sequences as texts of code points."""
    listed: dict[str, Any] = json.loads((FOLDER / "coverage.json").read_text(encoding="ascii"))
    return listed
