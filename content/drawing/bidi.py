"""Directions in one line: which parts run to the right and which to the left, by FriBiDi (UAX 9)."""

import ctypes
import re
from functools import lru_cache

from PIL import features

from content.drawing.typefaces import FIRST_PRIVATE

LIBRARY = "libfribidi.so.0"
_RIGHT_TO_LEFT = 0x111
"""FRIBIDI_PAR_RTL (fribidi-bidi-types.h)."""
_ISOLATE, _END = "\u2066", "\u2069"
_NUMBER = re.compile(r"\+?\d(?:[ \u00a0\u2010\u2011-]?\d){5,}")
"""A telephone number: UAX 9 alone would turn its groups around."""


@lru_cache(maxsize=1)
def available() -> bool:
    """Whether this machine can shape text: Pillow has Raqm inside, and finds FriBiDi on the system."""
    return bool(features.check("raqm") and features.check("fribidi"))


def levels(text: str) -> list[int]:
    """Embedding level of each character of a right-to-left line: odd ones run to the left."""
    marked = _NUMBER.sub(lambda number: f"{_ISOLATE}{number[0]}{_END}", text)
    # To FriBiDi the private characters of emoji would be letters of a left-to-right script.
    plain = [0x2022 if ord(character) >= FIRST_PRIVATE else ord(character) for character in marked]
    found = (ctypes.c_int8 * len(plain))()
    base = ctypes.c_uint32(_RIGHT_TO_LEFT)
    codes = (ctypes.c_uint32 * len(plain))(*plain)
    if not _fribidi().fribidi_log2vis(codes, len(plain), ctypes.byref(base), None, None, None, found):
        raise MemoryError("FriBiDi")
    return [level for level, c in zip(found, marked, strict=True) if c not in (_ISOLATE, _END)]


def visual(order: list[int]) -> list[int]:
    """Positions of parts with these levels from left to right (UAX 9, rule L2)."""
    places = list(range(len(order)))
    for level in range(max(order, default=0), 0, -1):
        start = 0
        while start < len(places):
            end = start
            while end < len(places) and order[places[end]] >= level:
                end += 1
            places[start:end] = places[start:end][::-1]
            start = end + 1
    return places


@lru_cache(maxsize=1)
def _fribidi() -> ctypes.CDLL:
    return ctypes.CDLL(LIBRARY)
