"""SDL: a panel without X through KMS, or a window for developers. Needs pygame-ce, the extra `sdl`.

Targets: `kms`, `window`, or `auto`: what SDL finds first, a window before KMS.
"""

import os
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from drivers.pixels import Format, Words, as_read, check_panel, pack, panel_size, place
from drivers.screens import Pixels, ScreenError

if TYPE_CHECKING:
    import pygame

WINDOWS = "x11,wayland,cocoa,windows"
VIDEO_DRIVERS = {"kms": "kmsdrm", "window": WINDOWS, "auto": f"{WINDOWS},kmsdrm"}
"""SDL's own names, tried in this order. Left to itself SDL would at last choose one that shows nothing."""
ADVICE = {
    "kms": "is the panel connected, is this user in the groups video and render, and does nobody else show on it?",
    "window": "is DISPLAY or WAYLAND_DISPLAY set?",
    "auto": "is there a panel for KMS, or is DISPLAY set for a window?",
}
XRGB8888 = Format(32, 16, 8, 0)


class Sdl:
    """The glass, kept as the panel is mounted, and SDL's surface."""

    def __init__(self, target: str, size: tuple[int, int], rotation: int = 0) -> None:
        """Open the panel or the window. Raises ScreenError."""
        self.size, self._target, self._rotation = size, target, rotation
        self._pygame = _pygame()
        self._panel = panel_size(size, rotation)
        self._kept: Words = np.zeros(self._panel[::-1], XRGB8888.dtype)
        self._picture = self._pygame.image.frombuffer(self._kept, self._panel, "BGRA")
        self._picture.set_alpha(None)  # copied, not blended
        self._surface: pygame.Surface | None = None
        self._open()

    def show(self, pixels: Pixels, x: int = 0, y: int = 0) -> None:
        """Put pixels on the glass. Raises ValueError when they do not lie inside it, ScreenError."""
        where = place(pixels, x, y, self.size)
        pack(pixels, XRGB8888, as_read(self._kept, self._rotation)[where])
        self.refresh()

    def refresh(self) -> None:
        """Present all of it; after SDL failed, open the panel anew. Raises ScreenError."""
        surface = self._surface or self._open()
        try:
            # A window whose events nobody takes looks hung. Closing it does not end a display.
            self._pygame.event.clear()
            surface.blit(self._picture, (0, 0))
            self._pygame.display.flip()
        except self._pygame.error as error:
            self._surface = None
            raise ScreenError(
                f"SDL cannot show on {self._target}: {error}; {ADVICE[self._target]}"
            ) from error

    def read(self) -> Pixels:
        """The pixels of the surface that SDL shows."""
        if self._surface is None:
            raise ScreenError(f"SDL has lost {self._target}; {ADVICE[self._target]}")
        across = self._pygame.surfarray.array3d(self._surface)
        return np.ascontiguousarray(as_read(across.swapaxes(0, 1), self._rotation))

    def _open(self) -> "pygame.Surface":
        display = self._pygame.display
        display.quit()
        os.environ["SDL_VIDEODRIVER"] = VIDEO_DRIVERS[self._target]
        try:
            display.init()
            self._surface = self._full_panel() if display.get_driver().lower() == "kmsdrm" else self._window()
        except self._pygame.error as error:
            raise ScreenError(f"SDL cannot open {self._target}: {error}; {ADVICE[self._target]}") from error
        return self._surface

    def _full_panel(self) -> "pygame.Surface":
        display = self._pygame.display
        check_panel("the panel", display.get_desktop_sizes()[0], self.size, self._rotation)
        surface: pygame.Surface = display.set_mode(self._panel, self._pygame.FULLSCREEN)
        self._pygame.mouse.set_visible(False)
        return surface

    def _window(self) -> "pygame.Surface":
        self._pygame.display.set_caption("Hoistway")
        surface: pygame.Surface = self._pygame.display.set_mode(self._panel)
        return surface


def open_screen(target: str, size: tuple[int, int], rotation: int = 0) -> Sdl:
    """Open `kms`, `window` or `auto`. Raises ScreenError."""
    if target not in VIDEO_DRIVERS:
        raise ScreenError(
            f"SDL has no target {target!r}: write one of {', '.join(VIDEO_DRIVERS)} under [screen]"
        )
    return Sdl(target, size, rotation)


def _pygame() -> ModuleType:
    """pygame, without its greeting, and without SDL taking the program's signals."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    os.environ.setdefault("SDL_NO_SIGNAL_HANDLERS", "1")
    try:
        import pygame  # noqa: PLC0415 - an extra that other screens do without
    except ImportError as error:
        raise ScreenError("the screen sdl needs pygame-ce: pip install 'hoistway[sdl]'") from error
    return pygame
