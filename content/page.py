"""A page: what a layout draws, and the frame that comes of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from content.languages import CHINESE, ENGLISH, Pair, only
from content.message import Text

NOTHING = Text("")

Pixels = NDArray[np.uint8]
"""RGB, shape (height, width, 3)."""


@dataclass(frozen=True, slots=True)
class Site:
    """The names on the pages of one car, and what its built-in pages say."""

    building: Text
    """For instance 锦江花园 A座, Jinjiang Garden, Tower A."""
    lift: Text
    """For instance 2号梯, Lift 2."""
    languages: Pair = (CHINESE, ENGLISH)
    """Of the built-in pages: one or two, as `pair_of` gives them."""
    seismic_control: bool = False
    """Whether the lift is built to stop by itself at the nearest floor in an earthquake, and to open its door."""

    def says(self, text: Text) -> Text:
        """A text in the site's languages; where it has neither, in those that it has."""
        return only(text, self.languages)


@dataclass(frozen=True, slots=True)
class Picture:
    """A manager's picture, known by its digest: equal ones look the same, and a page that waits holds no megabytes."""

    digest: str
    """SHA-256 of the file, hexadecimal."""
    read: Callable[[], bytes] = field(compare=False, repr=False)
    """The file, wherever it lies; called when the page is drawn. May raise OSError."""


def picture_of(data: bytes) -> Picture:
    """A picture that is at hand."""
    return Picture(sha256(data).hexdigest(), lambda: data)


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
    picture: Picture | None = None
    level: str = ""
    """Of an earthquake alert from the network, "1" to "4" as in `Alert.severity`; empty for shaking felt in the car."""


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
