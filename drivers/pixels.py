"""From pixels as they are drawn to pixels as a panel keeps them: their place, their turn, their format."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drivers.screens import Pixels, ScreenError

Words = NDArray[Any]
"""Pixels in a panel's format, one unsigned number each, shape (height, width)."""

BAND_ROWS = 64
"""Packed as one: what a band needs stays in the processor's cache."""

# Pixels wait as … R G B R G B …, one byte before them. Read four bytes at a time, three further each time, every
# number has the colours of one pixel in order, and a byte of a neighbour: which four bytes, and which end first.
_FOUR_BYTES = {
    (16, 8, 0): (0, ">u4"),
    (8, 16, 24): (0, "<u4"),
    (24, 16, 8): (1, ">u4"),
    (0, 8, 16): (1, "<u4"),
}
_ORDERS_16 = ((11, 5, 0), (0, 5, 11))


@dataclass(frozen=True, slots=True)
class Format:
    """How a panel keeps a pixel: its bits, and the lowest bit of each colour. With 32 bits a colour has 8; with 16
    bits red and blue have 5, green 6. Little endian."""

    bits: int
    red: int
    green: int
    blue: int

    @property
    def known(self) -> bool:
        """Whether pack can write it."""
        order = (self.red, self.green, self.blue)
        return (self.bits == 32 and order in _FOUR_BYTES) or (self.bits == 16 and order in _ORDERS_16)

    @property
    def dtype(self) -> str:
        """Of one pixel."""
        return f"<u{self.bits // 8}"

    @property
    def free(self) -> int:
        """The bits that no colour takes."""
        return (
            0
            if self.bits == 16
            else 0xFFFF_FFFF ^ sum(0xFF << low for low in (self.red, self.green, self.blue))
        )


def place(pixels: Pixels, x: int, y: int, size: tuple[int, int]) -> tuple[slice, slice]:
    """Rows and columns that pixels take on a glass of (width, height) with their upper left corner at (x, y).

    Raises ValueError when they are no pixels, or do not lie inside the glass.
    """
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or not pixels.size:
        raise ValueError(
            f"pixels of shape {pixels.shape}, {pixels.dtype}, are not (height, width, 3) of uint8"
        )
    height, width = pixels.shape[:2]
    if min(x, y) < 0 or x + width > size[0] or y + height > size[1]:
        raise ValueError(f"{width}x{height} pixels at ({x}, {y}) do not lie inside {size[0]}x{size[1]}")
    return slice(y, y + height), slice(x, x + width)


def panel_size(size: tuple[int, int], rotation: int) -> tuple[int, int]:
    """Width and height of the panel on which a reader sees size, the picture turned by rotation degrees."""
    return size if rotation % 180 == 0 else size[::-1]


def check_panel(name: str, panel: tuple[int, int], size: tuple[int, int], rotation: int) -> None:
    """Raise ScreenError, with what to write into the configuration, unless a reader of the panel sees size."""
    if panel_size(size, rotation) == panel:
        return
    if size == panel_size(panel, rotation)[::-1]:
        advice = "rotation = 90 or 270" if rotation % 180 == 0 else "rotation = 0 or 180"
    else:
        advice = "width = {} and height = {}".format(*panel_size(panel, rotation))
    raise ScreenError(
        f"{name} has {panel[0]}x{panel[1]} pixels, which is not {size[0]}x{size[1]} with rotation = {rotation}: "
        f"write {advice} under [screen]"
    )


def as_read(panel: NDArray[Any], rotation: int) -> NDArray[Any]:
    """A view of the panel's rows and columns as a reader sees them; rotation: how many degrees clockwise the picture
    is turned on the panel, a multiple of 90."""
    return np.rot90(panel, rotation // 90)


def as_mounted(read: NDArray[Any], rotation: int) -> NDArray[Any]:
    """The way back from as_read."""
    return np.rot90(read, -rotation // 90)


def pack(pixels: Pixels, form: Format, out: Words) -> None:
    """Write RGB pixels, shape (height, width, 3), into out, shape (height, width), a view with any strides. What
    colours leave free of 32 bits is arbitrary afterwards."""
    write = _pack_32 if form.bits == 32 else _pack_16
    for top in range(0, len(out), BAND_ROWS):
        write(_with_neighbours(pixels, top), form, out[top : top + BAND_ROWS])


def unpack(words: Words, form: Format) -> Pixels:
    """The way back from pack: RGB pixels, a new array; 5 and 6 bits spread over 0 to 255."""
    pixels: Pixels = np.empty((*words.shape, 3), np.uint8)
    depths = (8, 8, 8) if form.bits == 32 else (5, 6, 5)
    for channel, (low, bits) in enumerate(zip((form.red, form.green, form.blue), depths, strict=True)):
        full = (1 << bits) - 1
        pixels[..., channel] = (((words >> low) & full).astype(np.uint16) * 255 + full // 2) // full
    return pixels


def _with_neighbours(pixels: Pixels, top: int) -> Pixels:
    """The bytes of a band, and one more before and after it."""
    rows = pixels[top : top + BAND_ROWS]
    begin = top * rows[0].size
    if pixels.flags.c_contiguous and begin > 0 and begin + rows.size < pixels.size:
        return pixels.reshape(-1)[begin - 1 : begin + rows.size + 1]
    raw: Pixels = np.zeros(rows.size + 2, np.uint8)
    raw[1:-1].reshape(rows.shape)[:] = rows
    return raw


def _pack_32(raw: Pixels, form: Format, out: Words) -> None:
    begin, kind = _FOUR_BYTES[form.red, form.green, form.blue]
    out[:] = _every_third(raw, begin, kind, out.shape)


def _pack_16(raw: Pixels, form: Format, out: Words) -> None:
    # Red is in the upper byte of one, blue in that of the other, green below blue.
    red = _every_third(raw, 0, "<u2", out.shape).copy()
    blue = _every_third(raw, 2, "<u2", out.shape).copy()
    upper, lower = (red, blue) if form.red > form.blue else (blue, red)
    words = upper & 0xF800
    words |= lower >> 11
    blue *= 8  # a shift by 3, which NumPy does faster so
    blue &= 0x07E0
    words |= blue
    out[:] = words


def _every_third(raw: Pixels, begin: int, kind: str, shape: tuple[int, ...]) -> Words:
    """Numbers that begin at every third byte, as they lie: no copy."""
    return np.ndarray(shape, kind, raw, begin, (3 * shape[1], 3))
