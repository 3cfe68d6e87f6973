"""The framebuffer on mapped files in place of the device's memory; the device file itself as far as any machine has it."""

import errno
import os
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.pixels import Format
from drivers.screens import Pixels, ScreenError
from drivers.screens.framebuffer import Framebuffer, FramebufferDevice, Geometry, geometry, open_screen
from tests.panels import Mapped

SIZE = (90, 150)
PAGE = 4096
XRGB8888, RGB565 = (32, (16, 8, 0)), (16, (11, 5, 0))


def var_screeninfo(
    width: int,
    height: int,
    bits: int = 32,
    offsets: tuple[int, ...] = (16, 8, 0),
    lengths: tuple[int, ...] = (8, 8, 8),
    *,
    seen_from: tuple[int, int] = (0, 0),
) -> bytes:
    """struct fb_var_screeninfo, 160 bytes of 32 bit numbers."""
    head = (width, height, width, 2 * height, *seen_from, bits, 0)
    channels = [number for pair in zip(offsets, lengths, strict=True) for number in (*pair, 0)]
    return struct.pack("=20I", *head, *channels, *(0, 0, 0)) + bytes(80)


def fix_screeninfo(stride: int, length: int, *, start: int = 0x3E00_0000, kind: int = 0) -> bytes:
    """struct fb_fix_screeninfo where a long has 64 bit: line_length at byte 48 of 80."""
    info = bytearray(80)
    info[:6] = b"panel\0"
    struct.pack_into("=QII", info, 16, start, length, kind)
    struct.pack_into("=I", info, 48, stride)
    return bytes(info)


def panel(
    folder: Path, form: tuple[int, tuple[int, int, int]] = XRGB8888, rotation: int = 0, begin: int = 0
) -> Mapped:
    bits, offsets = form
    width, height = SIZE if rotation % 180 == 0 else SIZE[::-1]
    stride = width * bits // 8 + 24
    return Mapped(
        folder / "memory",
        Geometry((width, height), Format(bits, *offsets), begin, stride, begin + height * stride),
    )


def screen_on(device: Mapped, rotation: int = 0) -> Framebuffer:
    return Framebuffer("/dev/fb0", device.open, SIZE, rotation)


def speckled(width: int = SIZE[0], height: int = SIZE[1]) -> Pixels:
    return np.random.default_rng(4).integers(0, 256, (height, width, 3), dtype=np.uint8)


def words(pixels: Pixels, form: tuple[int, tuple[int, int, int]], rotation: int = 0) -> NDArray[np.uint32]:
    """What the panel has to hold."""
    bits, (red, green, blue) = form
    turned = np.rot90(pixels, -rotation // 90).astype(np.uint32)
    r, g, b = (turned[..., number] for number in range(3))
    if bits == 16:
        return np.asarray(r >> 3 << red | g >> 2 << green | b >> 3 << blue, np.uint32)
    opaque = 0xFFFF_FFFF & ~(0xFF << red | 0xFF << green | 0xFF << blue)
    return np.asarray(r << red | g << green | b << blue | opaque, np.uint32)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("form", [XRGB8888, (32, (0, 8, 16)), RGB565, (16, (0, 5, 11))])
def test_a_frame_and_patches_are_in_the_memory_as_the_panel_reads_it(
    tmp_path: Path, form: tuple[int, tuple[int, int, int]], rotation: int
) -> None:
    device = panel(tmp_path, form, rotation, begin=3 * PAGE + 8)
    screen = screen_on(device, rotation)
    expected = speckled()
    screen.show(expected)
    assert np.array_equal(device.seen, words(expected, form, rotation))
    for x, y, width, height in [
        (0, 0, 1, 1),
        (89, 149, 1, 1),
        (3, 60, 40, 70),
        (0, 7, 90, 5),
        (17, 0, 3, 150),
    ]:
        patch = speckled(width, height)[::-1]
        screen.show(patch, x, y)
        expected[y : y + height, x : x + width] = patch
        assert np.array_equal(device.seen, words(expected, form, rotation))


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_nothing_is_written_beside_the_rows(tmp_path: Path, rotation: int) -> None:
    device = panel(tmp_path, RGB565, rotation, begin=64)
    screen_on(device, rotation).show(np.full((150, 90, 3), 255, np.uint8))
    memory = np.frombuffer(device.path.read_bytes(), np.uint8)
    rows = memory[64:].reshape(-1, device.shape.stride)
    row = device.shape.size[0] * 2
    assert not memory[:64].any()
    assert rows[:, :row].all()
    assert not rows[:, row:].any()


def test_opening_leaves_the_glass_as_it_is_and_switches_it_on(tmp_path: Path) -> None:
    device = panel(tmp_path)
    device.scribble()
    screen_on(device)
    assert device.path.read_bytes() == b"\x55" * device.shape.length
    assert device.unblanked == 1


def test_a_refresh_puts_everything_back_and_switches_the_panel_on(tmp_path: Path) -> None:
    device = panel(tmp_path)
    screen = screen_on(device)
    screen.show(speckled())
    screen.show(np.zeros((9, 9, 3), np.uint8), 5, 5)
    before, switched = device.seen, device.unblanked
    device.scribble()
    screen.refresh()
    assert np.array_equal(device.seen, before)
    assert device.unblanked == switched + 1


@pytest.mark.parametrize("trouble", [errno.ENODEV, errno.ENXIO, errno.EIO])
def test_a_device_that_was_gone_has_its_page_again_after_the_next_refresh(
    tmp_path: Path, trouble: int
) -> None:
    device = panel(tmp_path)
    screen = screen_on(device)
    screen.show(speckled())
    before = device.seen
    device.trouble = trouble
    with pytest.raises(
        ScreenError, match=f"/dev/fb0 is gone: {os.strerror(trouble)}; is the panel connected"
    ):
        screen.refresh()
    with pytest.raises(ScreenError, match="cannot open /dev/fb0"):
        screen.refresh()
    device.trouble = None
    device.scribble()
    screen.refresh()
    assert np.array_equal(device.seen, before)
    assert device.opened == 1


def test_what_is_shown_while_the_device_is_gone_is_on_the_glass_once_it_is_back(tmp_path: Path) -> None:
    device = panel(tmp_path)
    screen = screen_on(device)
    screen.show(speckled())
    device.trouble = errno.ENODEV
    with pytest.raises(ScreenError):
        screen.refresh()
    patch = np.zeros((9, 9, 3), np.uint8)
    with pytest.raises(ScreenError, match="cannot open"):
        screen.show(patch, 2, 3)
    device.trouble = None
    device.scribble()
    screen.show(patch, 40, 50)
    expected = speckled()
    expected[3:12, 2:11] = 0
    expected[50:59, 40:49] = 0
    assert np.array_equal(device.seen, words(expected, XRGB8888))


def test_after_the_console_moved_the_seen_part_a_refresh_writes_there(tmp_path: Path) -> None:
    device = panel(tmp_path, begin=0)
    screen = screen_on(device)
    screen.show(speckled())
    old = device.shape
    device.shape = Geometry(old.size, old.form, PAGE, old.stride, PAGE + old.length)
    device.path.write_bytes(bytes(device.shape.length))
    screen.refresh()
    assert np.array_equal(device.seen, words(speckled(), XRGB8888))
    assert device.opened == 1


def test_another_panel_that_comes_back_is_refused_and_let_go(tmp_path: Path) -> None:
    device = panel(tmp_path)
    screen = screen_on(device)
    right = device.shape
    device.shape = Geometry(SIZE[::-1], right.form, 0, right.stride * 2, right.length)
    with pytest.raises(ScreenError, match=r"150x90 pixels.*write rotation = 90 or 270"):
        screen.refresh()
    device.shape = Geometry(SIZE, Format(16, 11, 5, 0), 0, right.stride, right.length)
    with pytest.raises(ScreenError, match="another format of pixels: start the display program again"):
        screen.refresh()
    assert device.opened == 0
    device.shape = right
    screen.refresh()
    assert device.opened == 1


@pytest.mark.parametrize("stride", [360, 512])
def test_the_kernels_structures_are_understood(stride: int) -> None:
    shape = geometry(
        var_screeninfo(90, 150, seen_from=(3, 150)), fix_screeninfo(stride, 300 * 512), "/dev/fb0"
    )
    assert shape == Geometry((90, 150), Format(32, 16, 8, 0), 150 * stride + 12, stride, 300 * 512)


def test_memory_that_begins_inside_a_page_is_found_there() -> None:
    fixed = fix_screeninfo(180, 150 * 180, start=0x3E00_0400)
    shape = geometry(var_screeninfo(90, 150, 16, (11, 5, 0), (5, 6, 5)), fixed, "/dev/fb0")
    assert shape == Geometry((90, 150), Format(16, 11, 5, 0), 0x400, 180, 0x400 + 150 * 180)


@pytest.mark.parametrize(
    ("bits", "offsets", "lengths", "kind"),
    [
        (24, (16, 8, 0), (8, 8, 8), 0),
        (8, (0, 0, 0), (8, 8, 8), 0),
        (16, (10, 5, 0), (5, 5, 5), 0),
        (32, (20, 10, 0), (10, 10, 10), 0),
        (32, (16, 0, 8), (8, 8, 8), 0),
        (32, (16, 8, 0), (8, 8, 8), 1),
    ],
)
def test_other_pixels_are_refused_with_what_to_set(
    bits: int, offsets: tuple[int, ...], lengths: tuple[int, ...], kind: int
) -> None:
    with pytest.raises(
        ScreenError, match=f"/dev/fb0 has {bits} bit pixels.*32 bit XRGB8888 or 16 bit RGB565"
    ):
        geometry(
            var_screeninfo(90, 150, bits, offsets, lengths), fix_screeninfo(400, 10**6, kind=kind), "/dev/fb0"
        )


@pytest.mark.parametrize(("stride", "length"), [(360, 150 * 360 - 1), (359, 10**6), (0, 10**6)])
def test_memory_that_cannot_hold_the_panel_is_refused(stride: int, length: int) -> None:
    with pytest.raises(ScreenError, match="too few for 90x150"):
        geometry(var_screeninfo(90, 150), fix_screeninfo(stride, length), "/dev/fb0")


def open_files() -> set[str]:
    return set(os.listdir("/proc/self/fd"))


@pytest.fixture
def nothing_left_open() -> Iterator[None]:
    before = open_files()
    yield
    assert open_files() == before


@pytest.mark.usefixtures("nothing_left_open")
def test_an_ordinary_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "fb0").write_bytes(b"something")
    with pytest.raises(ScreenError, match='fb0 is not a character device: write target = "/dev/fb0" under'):
        open_screen(str(tmp_path / "fb0"), SIZE)
    assert (tmp_path / "fb0").read_bytes() == b"something"


@pytest.mark.usefixtures("nothing_left_open")
def test_a_missing_device_is_one_clear_line_and_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(
        ScreenError, match=r"cannot open .*fb9: No such file or directory; is the panel connected"
    ):
        open_screen(str(tmp_path / "fb9"), SIZE)
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("nothing_left_open")
def test_a_character_device_that_is_no_framebuffer_is_refused() -> None:
    with pytest.raises(ScreenError, match="cannot open /dev/null: Inappropriate ioctl"):
        open_screen("/dev/null", SIZE)


@pytest.mark.usefixtures("nothing_left_open")
def test_an_open_device_that_is_no_framebuffer_is_closed_again() -> None:
    with pytest.raises(OSError, match="Inappropriate ioctl"):
        FramebufferDevice("/dev/zero")
