"""A page: what a layout draws, and the frame that comes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from content.message import Text

NOTHING = Text("")

Pixels = NDArray[np.uint8]
"""RGB, shape (height, width, 3)."""


@dataclass(frozen=True, slots=True)
class Site:
    """The names on the pages of one car."""

    building: Text
    """For instance 锦江花园 A座, Jinjiang Garden, Tower A."""
    lift: Text
    """For instance 2号梯, Lift 2."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: a layout's name and what it draws. Equal pages look the same."""

    layout: str
    variant: str = ""
    """Which of the layout's fixed pages, for instance an Advice's value."""
    category: Text = NOTHING
    title: Text = NOTHING
    body: Text = NOTHING
    sender: Text = NOTHING


@dataclass(frozen=True, slots=True)
class Patch:
    """A small part of a frame that shows the minute, drawn on top of it."""

    x: int
    y: int
    draw: Callable[[datetime], Pixels]
    """The part at a local time."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A drawn page without any time on it: it stays true for as long as the page does."""

    pixels: Pixels
    patches: tuple[Patch, ...] = ()
