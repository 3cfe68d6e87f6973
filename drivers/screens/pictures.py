"""A screen that is a folder: every change of the glass becomes the next picture, 0001.png, 0002.png, …

The folder stands for the panel: with a rotation the pictures lie as the panel would be driven.
"""

import zlib
from pathlib import Path

import numpy as np

from drivers.pixels import as_read, panel_size, place
from drivers.screens import Pixels, ScreenError

BAND_ROWS = 64
"""Rows compressed as one: a patch costs only the bands that it touches."""


class Pictures:
    """The glass in memory, and its pictures in a folder."""

    def __init__(self, folder: Path, size: tuple[int, int], rotation: int = 0) -> None:
        """Begin black, number on after the pictures that are there."""
        self.size = size
        width, height = panel_size(size, rotation)
        # PNG rows begin with the number of their filter; 0, none, is what stays in that column.
        self._rows = np.zeros((height, 1 + 3 * width), np.uint8)
        panel: Pixels = self._rows[:, 1:].reshape(height, width, 3)
        self.pixels: Pixels = as_read(panel, rotation)
        """As a reader sees them."""
        self._row_of = as_read(np.broadcast_to(np.arange(height)[:, np.newaxis], (height, width)), rotation)
        self._bands: dict[int, bytes] = {}
        self._folder = folder
        self._number = _last_number(folder)

    def show(self, pixels: Pixels, x: int = 0, y: int = 0) -> None:
        """Put pixels on the glass and write the next picture, if that changed anything.

        Raises ValueError when they do not lie inside the glass, ScreenError when the folder refuses.
        """
        where = place(pixels, x, y, self.size)
        if self._bands and np.array_equal(self.pixels[where], pixels):
            return
        self.pixels[where] = pixels
        self._forget(where)
        self._write()

    def refresh(self) -> None:
        """Nothing: a picture does not go out."""

    def read(self) -> Pixels:
        """The pixels of the last picture."""
        return self.pixels.copy()

    def _forget(self, where: tuple[slice, slice]) -> None:
        rows = self._row_of[where]
        first, last = sorted((int(rows[0, 0]), int(rows[-1, -1])))
        for band in range(first // BAND_ROWS, last // BAND_ROWS + 1):
            self._bands.pop(band, None)

    def _write(self) -> None:
        picture = self._folder / f"{self._number + 1:04}.png"
        beside = picture.with_suffix(".part")
        try:
            beside.write_bytes(self._png())
            beside.rename(picture)
        except OSError as error:
            self._bands.clear()  # so that showing the same again tries again
            raise ScreenError(f"cannot write {picture}: {error.strerror}") from error
        self._number += 1

    def _png(self) -> bytes:
        """PNG (ISO/IEC 15948), 8 bit RGB. The bands are joined in one zlib stream (RFC 1950)."""
        height, width = len(self._rows), self._rows.shape[1] // 3
        for band in range(-(-height // BAND_ROWS)):
            if band not in self._bands:
                self._bands[band] = _compressed(self._rows[band * BAND_ROWS : (band + 1) * BAND_ROWS])
        bands = b"".join(self._bands[band] for band in sorted(self._bands))
        # 78 01: a stream compressed fast; 03 00: an empty last block.
        image = b"\x78\x01" + bands + b"\x03\x00" + zlib.adler32(self._rows.data).to_bytes(4, "big")
        header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 2, 0, 0, 0))
        chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", image) + _chunk(b"IEND", b"")
        return b"\x89PNG\r\n\x1a\n" + chunks


def open_screen(target: str, size: tuple[int, int], rotation: int = 0) -> Pictures:
    """Use a folder, made when it is not there. Raises ScreenError."""
    folder = Path(target)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / "writable.part"
        beside.touch()
        beside.unlink()
    except OSError as error:
        raise ScreenError(
            f"cannot write pictures to {target}: {error.strerror}; choose another folder"
        ) from error
    return Pictures(folder, size, rotation)


def _last_number(folder: Path) -> int:
    return max((int(path.stem) for path in folder.glob("*.png") if path.stem.isdecimal()), default=0)


def _compressed(rows: Pixels) -> bytes:
    """Raw deflate blocks (RFC 1951) that end on a byte and refer to nothing outside, so they can be joined."""
    deflate = zlib.compressobj(level=1, wbits=-15)
    return deflate.compress(rows.data) + deflate.flush(zlib.Z_FULL_FLUSH)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")
