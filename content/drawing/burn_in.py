"""A page that stays for days moves by a few pixels each hour, so that no edge is burnt into the glass."""

from datetime import datetime

import numpy as np

from content.page import Frame, Patch

REACH = 4
"""How far a page moves from its place, px at most: no margin of a page is narrower."""
PATH = ((0, 0), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1))
"""One place an hour, in units of the reach, each beside the one before."""
STILL = ("earthquake", "trapped", "other_alert", "drill")
"""Layouts of an alert, which never move."""


def offset(local: datetime) -> tuple[int, int]:
    """Where a page stands in this hour, px to the right and down of its place."""
    hours = local.toordinal() * 24 + local.hour
    x, y = PATH[hours % len(PATH)]
    return x * REACH, y * REACH


def moved(frame: Frame, by: tuple[int, int]) -> Frame:
    """The frame and its patches moved; what comes in at an edge is that edge's own colour."""
    x, y = by
    if by == (0, 0):
        return frame
    height, width, _ = frame.pixels.shape
    rows = np.clip(np.arange(height) - y, 0, height - 1)
    columns = np.clip(np.arange(width) - x, 0, width - 1)
    patches = tuple(Patch(patch.x + x, patch.y + y, patch.draw) for patch in frame.patches)
    return Frame(frame.pixels[rows][:, columns], patches)
