"""Panels to show on, below the drivers: a framebuffer whose memory is a file, and an X server whose pixels are one."""

import mmap
import os
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.screens import Pixels
from drivers.screens.framebuffer import Geometry

XWD_WORDS, XWD_COLOUR = 25, 12
"""struct XWDFileHeader (X11/XWDFile.h) in 32 bit words, and the size of a colour after it."""


class Mapped:
    """A framebuffer whose memory is an ordinary file: what it shows can be read there."""

    def __init__(self, path: Path, shape: Geometry) -> None:
        self.path, self.shape = path, shape
        path.write_bytes(bytes(shape.length))
        self.opened = self.unblanked = 0
        self.trouble: int | None = None

    def open(self) -> "Opened":
        self.check()
        self.opened += 1
        return Opened(self)

    def check(self) -> None:
        if self.trouble is not None:
            raise OSError(self.trouble, os.strerror(self.trouble))

    @property
    def seen(self) -> NDArray[np.uint32]:
        """The words in the part of the memory that is seen."""
        width, height = self.shape.size
        size = self.shape.form.bits // 8
        words: NDArray[np.uint32] = np.ndarray(
            (height, width), f"<u{size}", self.path.read_bytes(), self.shape.begin, (self.shape.stride, size)
        ).astype(np.uint32)
        return words

    def scribble(self) -> None:
        """What a panel without power, or the console, leaves behind."""
        self.path.write_bytes(b"\x55" * self.shape.length)


class Opened:
    """As long as it is open."""

    def __init__(self, panel: Mapped) -> None:
        self._panel = panel
        with panel.path.open("r+b") as file:
            self.memory = mmap.mmap(file.fileno(), panel.shape.length)

    def geometry(self) -> Geometry:
        self._panel.check()
        return self._panel.shape

    def unblank(self) -> None:
        self._panel.check()
        self._panel.unblanked += 1

    def close(self) -> None:
        self.memory.close()
        self._panel.opened -= 1


class XServer:
    """Xvfb, and the file that it keeps its pixels in."""

    def __init__(self, display: str, file: Path) -> None:
        self.display, self._file = display, file

    @property
    def pixels(self) -> NDArray[np.uint32]:
        """All of the root window, one word a pixel."""
        memory = self._file.read_bytes()
        header = struct.unpack(f">{XWD_WORDS}I", memory[: 4 * XWD_WORDS])
        begin = header[0] + XWD_COLOUR * header[19]
        width, height, bits, stride = header[4], header[5], header[11], header[12]
        rows = np.frombuffer(memory, f"<u{bits // 8}", stride * 8 // bits * height, begin).reshape(height, -1)
        return rows[:, :width].astype(np.uint32)

    def scribble(self) -> None:
        """Change what is shown behind the back of everybody."""
        with self._file.open("r+b") as file:
            length = self._file.stat().st_size
            file.seek(length // 4)
            file.write(bytes(length // 2))


@contextmanager
def x_server(folder: Path, *, bits: int = 24, size: tuple[int, int] = (640, 640)) -> Iterator[XServer]:
    """Start Xvfb on a free display, and SDL there; both are gone afterwards."""
    import pygame  # noqa: PLC0415 - not before the first test that shows on it

    reading, writing = os.pipe()
    screen = f"{size[0]}x{size[1]}x{bits}"
    command = [
        "Xvfb", "-displayfd", str(writing), "-screen", "0", screen, "-fbdir", str(folder),
        "-noreset",  # else it begins anew after its last window, and refuses the next for a while
        "-nolisten", "tcp",
    ]  # fmt: skip
    with (
        subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server,
        pytest.MonkeyPatch.context() as environment,
    ):
        os.close(writing)
        with open(reading, encoding="ascii") as answer:
            display = f":{answer.readline().strip()}"
        environment.setenv("DISPLAY", display)
        environment.setenv("SDL_VIDEODRIVER", "")  # the driver sets it
        try:
            yield XServer(display, folder / "Xvfb_screen0")
        finally:
            pygame.display.quit()  # Xlib ends a program whose server is gone
            server.terminate()


def rgb(words: NDArray[np.uint32], bits: int = 32) -> Pixels:
    """Colours of words in XRGB8888, or RGB565 with their low bits zero."""
    shifts = [(words >> 8) & 0xF8, (words >> 3) & 0xFC, (words << 3) & 0xF8]
    if bits == 32:
        shifts = [(words >> 16) & 0xFF, (words >> 8) & 0xFF, words & 0xFF]
    return np.stack(shifts, axis=-1).astype(np.uint8)
