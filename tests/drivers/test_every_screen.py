"""What must hold for every screen there is a driver for: shown through the driver, read back below it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pygame
import pytest
from PIL import Image

from drivers import screens
from drivers.pixels import Format
from drivers.screens import Pixels, Screen
from drivers.screens.framebuffer import Framebuffer, Geometry
from tests.panels import Mapped, rgb, x_server

SIZE = (330, 490)
NAMES = screens.names()


@dataclass
class Bench:
    """A screen, and what is on its panel."""

    screen: Screen
    seen: Callable[[], Pixels]


def pictures(folder: Path, rotation: int, _stack: ExitStack) -> Bench:
    def newest() -> Pixels:
        with Image.open(max(folder.iterdir())) as image:
            return np.array(image)

    return Bench(screens.find("pictures").open_screen(str(folder), SIZE, rotation), newest)


def framebuffer(folder: Path, rotation: int, _stack: ExitStack) -> Bench:
    """Its memory is a file; the device file itself needs a Linux with a panel."""
    width, height = SIZE if rotation % 180 == 0 else SIZE[::-1]
    shape = Geometry((width, height), Format(32, 16, 8, 0), 0, 4 * width, 4 * width * height)
    device = Mapped(folder / "memory", shape)
    return Bench(Framebuffer("/dev/fb0", device.open, SIZE, rotation), lambda: rgb(device.seen))


def sdl(folder: Path, rotation: int, stack: ExitStack) -> Bench:
    server = stack.enter_context(x_server(folder))
    width, height = SIZE if rotation % 180 == 0 else SIZE[::-1]

    def seen() -> Pixels:
        x, y = pygame.display.get_window_position()
        return rgb(server.pixels[y : y + height, x : x + width])

    return Bench(screens.find("sdl").open_screen("window", SIZE, rotation), seen)


OPENED = {"framebuffer": framebuffer, "pictures": pictures, "sdl": sdl}


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[0, 90, 180, 270])
def rotation(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def bench(name: str, rotation: int, tmp_path: Path) -> Iterator[Bench]:
    with ExitStack() as stack:
        yield OPENED[name](tmp_path, rotation, stack)


def speckled(width: int, height: int) -> Pixels:
    return np.random.default_rng(3).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_shows_frames_and_patches_and_refuses_what_is_outside(bench: Bench, rotation: int) -> None:
    def on_panel(pixels: Pixels) -> bool:
        assert np.array_equal(bench.screen.read(), pixels), "what the driver reads back"
        return np.array_equal(bench.seen(), np.rot90(pixels, -rotation // 90))

    screen, expected = bench.screen, speckled(*SIZE)
    assert screen.size == SIZE
    given = expected.copy()
    screen.show(given)
    given[:] = 0  # what was shown may be drawn on again
    assert on_panel(expected)
    patch = speckled(77, 200)
    screen.show(patch, 253, 290)
    expected[290:, 253:] = patch
    assert on_panel(expected)
    for x, y in ((-1, 0), (0, -1), (254, 0), (0, 291)):
        with pytest.raises(ValueError, match=r"77x200 pixels .* do not lie inside 330x490"):
            screen.show(patch, x, y)
    with pytest.raises(ValueError, match="not \\(height, width, 3\\)"):
        screen.show(patch[..., 0])
    screen.refresh()
    assert on_panel(expected)


def test_every_screen_has_a_bench_to_be_tested_on() -> None:
    assert set(NAMES) == set(OPENED)
