"""A page that stays for days moves by a few pixels each hour, so that no edge is burnt into the glass."""

import numpy as np

from content.page import Frame, Patch

HOUR_S = 3600.0
REACH = 4
"""How far a page moves from its place, px at most: no margin of a page is narrower."""
PATH = ((0, 0), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1))
"""One place an hour, in units of the reach, each beside the one before."""
STILL = ("earthquake", "trapped", "other_alert", "drill")
"""Layouts of an alert, which never move."""


def offset(since_s: float) -> tuple[int, int]:
    """Where a page stands so long after the display began: px to the right and down of its place. No clock is needed."""
    x, y = PATH[int(since_s // HOUR_S) % len(PATH)]
    return x * REACH, y * REACH


def moved(frame: Frame, by: tuple[int, int]) -> Frame:
    """The frame and its patches moved; what comes in at an edge is that edge's own colour."""
    x, y = by
    if by == (0, 0):
        return frame
    pixels = np.empty_like(frame.pixels)
    pixels[_to(y), _to(x)] = frame.pixels[_to(-y), _to(-x)]
    for lines, shift in ((pixels, y), (pixels.swapaxes(0, 1), x)):
        lines[: max(shift, 0)] = lines[max(shift, 0)]
        lines[len(lines) + min(shift, 0) :] = lines[min(shift, 0) - 1]
    patches = tuple(Patch(patch.x + x, patch.y + y, patch.draw) for patch in frame.patches)
    return Frame(pixels, patches)


def _to(shift: int) -> slice:
    """Where what stays on the glass lies after a move."""
    return slice(max(shift, 0), min(shift, 0) or None)
