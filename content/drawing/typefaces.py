"""The fonts of the glass: Noto Sans SC, and the characters that they have."""

import json
from enum import Enum
from functools import lru_cache
from math import ceil, floor
from pathlib import Path

from PIL import ImageFont

FOLDER = Path(__file__).parents[1] / "fonts"
JOINER = "\u2060"
"""WORD JOINER: never drawn; forbids a line break where it stands."""


class Face(Enum):
    """A weight; its value is the file's name."""

    REGULAR = "NotoSansSC-Regular.ttf"
    BOLD = "NotoSansSC-Bold.ttf"
    LIGHT = "NotoSansSC-Light.ttf"
    """Digits and the colon only."""


@lru_cache(maxsize=12)  # each takes 1.4 MB; opening one again takes 0.4 ms, and widths are kept below
def font(face: Face, size: int) -> ImageFont.FreeTypeFont:
    """A font at a size in pixels per em. Basic layout: its widths add up, and it needs no system library."""
    return ImageFont.truetype(FOLDER / face.value, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=8192)
def advance(face: Face, size: int, text: str) -> float:
    """Width of a text on one line, px. Basic layout has no kerning: the widths of parts add up."""
    return font(face, size).getlength(text)


@lru_cache(maxsize=8192)
def extent(face: Face, size: int, text: str) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the ink of a text, px from the start of its baseline."""
    left, top, right, bottom = font(face, size).getbbox(text or " ", anchor="ls")
    return floor(left), floor(top), ceil(right), ceil(bottom)


@lru_cache(maxsize=1)
def covered() -> frozenset[str]:
    """The characters that texts may use."""
    ranges = json.loads((FOLDER / "coverage.json").read_text(encoding="ascii"))["text"]
    return frozenset(chr(code) for first, last in ranges for code in range(first, last + 1))


def uncovered(text: str) -> list[str]:
    """The characters of a text that cannot be drawn, each once, in the order of the text."""
    known = covered()
    return list(dict.fromkeys(c for c in text if c not in known and c not in ("\n", JOINER)))
