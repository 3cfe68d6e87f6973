"""Packing beside a slow reference, pixel by pixel, for every format and every turn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.pixels import BAND_ROWS, Format, Words, as_mounted, as_read, check_panel, pack, panel_size, place
from drivers.screens import Pixels, ScreenError

FORMATS = {
    "XRGB8888": Format(32, 16, 8, 0),
    "XBGR8888": Format(32, 0, 8, 16),
    "RGBX8888": Format(32, 24, 16, 8),
    "BGRX8888": Format(32, 8, 16, 24),
    "RGB565": Format(16, 11, 5, 0),
    "BGR565": Format(16, 0, 5, 11),
}
ROTATIONS = (0, 90, 180, 270)


def speckled(width: int, height: int) -> Pixels:
    return np.random.default_rng(width * 10_000 + height).integers(0, 256, (height, width, 3), dtype=np.uint8)


def word(colour: Pixels, form: Format) -> int:
    """One pixel, as linux/fb.h describes a channel: its highest bits, moved to its offset."""
    red, green, blue = (int(part) for part in colour)
    if form.bits == 16:
        red, green, blue = red >> 3, green >> 2, blue >> 3
    return red << form.red | green << form.green | blue << form.blue


def on_panel(x: int, y: int, size: tuple[int, int], rotation: int) -> tuple[int, int]:
    """Where the pixel at (x, y) of a picture is after the picture was turned clockwise; column, row."""
    width, height = size
    return {
        0: (x, y),
        90: (height - 1 - y, x),
        180: (width - 1 - x, height - 1 - y),
        270: (y, width - 1 - x),
    }[rotation]


@pytest.mark.parametrize("name", FORMATS)
@settings(derandomize=True, deadline=None, max_examples=30)
@given(
    width=st.integers(1, 20),
    height=st.one_of(st.integers(1, 20), st.integers(BAND_ROWS - 1, 2 * BAND_ROWS + 1)),
    rotation=st.sampled_from(ROTATIONS),
    spare=st.integers(0, 3),
    cut=st.booleans(),
)
def test_every_pixel_is_where_and_what_the_slow_reference_says(
    name: str, *, width: int, height: int, rotation: int, spare: int, cut: bool
) -> None:
    form = FORMATS[name]
    pixels = speckled(width + 2, height + 2)[1:-1, 1:-1] if cut else speckled(width, height)
    columns, rows = panel_size((width, height), rotation)
    memory: Words = np.zeros((rows, columns + spare), form.dtype)
    pack(pixels, form, as_read(memory[:, :columns], rotation))
    for y in range(height):
        for x in range(width):
            column, row = on_panel(x, y, (width, height), rotation)
            assert int(memory[row, column]) & ~form.free == word(pixels[y, x], form)
    assert not memory[:, columns:].any()


@pytest.mark.parametrize("name", FORMATS)
def test_the_extremes_of_each_colour_are_full_and_nothing(name: str) -> None:
    form = FORMATS[name]
    out: Words = np.zeros((1, 4), form.dtype)
    pack(np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]], np.uint8), form, out)
    red, green, blue, white = (int(one) & ~form.free for one in out[0])
    assert red | green | blue == white == (0xFFFF if form.bits == 16 else 0xFFFF_FFFF ^ form.free)
    assert red & green == green & blue == blue & red == 0


@pytest.mark.parametrize("rotation", ROTATIONS)
def test_the_way_back_is_the_panel_again(rotation: int) -> None:
    panel = np.arange(12).reshape(3, 4)
    assert np.array_equal(as_mounted(as_read(panel, rotation), rotation), panel)


@pytest.mark.parametrize(
    "form",
    [
        Format(24, 16, 8, 0),
        Format(8, 0, 0, 0),
        Format(16, 10, 5, 0),
        Format(32, 16, 0, 8),
        Format(32, 20, 10, 0),
    ],
)
def test_other_formats_are_not_known(form: Format) -> None:
    assert not form.known
    assert all(known.known for known in FORMATS.values())


@pytest.mark.parametrize(
    ("size", "rotation", "advice"),
    [
        (
            (1080, 1920),
            0,
            "1920x1080 pixels, which is not 1080x1920 with rotation = 0: write rotation = 90 or 270",
        ),
        (
            (1920, 1080),
            90,
            "1920x1080 pixels, which is not 1920x1080 with rotation = 90: write rotation = 0 or 180",
        ),
        ((800, 1280), 0, "write width = 1920 and height = 1080 under"),
        ((800, 1280), 270, "write width = 1080 and height = 1920 under"),
    ],
)
def test_another_panel_is_refused_with_what_to_write(
    size: tuple[int, int], rotation: int, advice: str
) -> None:
    with pytest.raises(ScreenError, match=f"/dev/fb0 has .*{advice}"):
        check_panel("/dev/fb0", (1920, 1080), size, rotation)


def test_what_is_written_as_advised_is_accepted() -> None:
    for rotation in (90, 270):
        check_panel("/dev/fb0", (1920, 1080), (1080, 1920), rotation)
    for rotation in (0, 180):
        check_panel("/dev/fb0", (1920, 1080), (1920, 1080), rotation)


def test_nothing_at_all_is_no_pixels() -> None:
    with pytest.raises(ValueError, match="not \\(height, width, 3\\)"):
        place(np.zeros((0, 5, 3), np.uint8), 0, 0, (10, 10))
