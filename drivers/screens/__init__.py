"""Screens, one file a kind, found by its name."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""RGB, shape (height, width, 3)."""


class Screen(Protocol):
    """The glass."""

    size: tuple[int, int]
    """Width, height in pixels."""

    def show(self, pixels: Pixels, x: int = 0, y: int = 0) -> None:
        """Put pixels on the glass with their upper left corner at (x, y); smaller than the glass, a patch.

        Returns fast: called between an alarm and the person who has to read it. What was given may be drawn on
        again afterwards. Raises ValueError when it does not lie inside the glass, ScreenError.
        """

    def refresh(self) -> None:
        """Put everything on the glass again: the panel may have been without its cable or power, and the console may
        have drawn on it. Opens the device anew when it was gone. Cheap: called every few seconds. Raises
        ScreenError."""

    def read(self) -> Pixels:
        """What is on the glass, whole, read back from where the panel takes it. Raises ScreenError."""


class ScreenModule(Protocol):
    """What a screen's file offers."""

    def open_screen(self, target: str, size: tuple[int, int], rotation: int = 0) -> Screen:
        """Open the screen at a device or folder. `size`: width and height as a reader sees them; `rotation`: how
        many degrees clockwise the picture is turned on the panel, 0, 90, 180 or 270. Raises ScreenError."""


class ScreenError(Exception):
    """The screen cannot be used; the text says why and what to do."""


def names() -> list[str]:
    """The screens there are drivers for."""
    return sorted(module.name for module in iter_modules(__path__))


def find(name: str) -> ScreenModule:
    """The driver of a screen by its file's name. Raises KeyError."""
    if name not in names():
        raise KeyError(name)
    return cast("ScreenModule", import_module(f"{__name__}.{name}"))
