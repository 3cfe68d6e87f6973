"""SDL's window on a real X server, its pixels read back from the server's memory."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
import pygame
import pytest

from drivers.screens import Pixels, ScreenError
from drivers.screens.sdl import Sdl, open_screen
from tests.panels import XServer, rgb, x_server

SIZE = (330, 490)
BEGIN = "from drivers.screens.sdl import open_screen; screen = open_screen('window', (330, 490)); "


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[XServer]:
    with x_server(tmp_path_factory.mktemp("server")) as running:
        yield running


def window(server: XServer, size: tuple[int, int] = SIZE, bits: int = 32) -> Pixels:
    """What is seen of a window of that size."""
    x, y = pygame.display.get_window_position()
    return rgb(server.pixels[y : y + size[1], x : x + size[0]], bits)


def speckled(width: int = SIZE[0], height: int = SIZE[1]) -> Pixels:
    return np.random.default_rng(2).integers(0, 256, (height, width, 3), dtype=np.uint8)


def shown(server: XServer) -> Sdl:
    screen = open_screen("window", SIZE)
    screen.show(speckled())
    assert np.array_equal(window(server), speckled())
    return screen


@pytest.mark.parametrize("target", ["window", "auto"])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_frame_and_a_patch_are_on_the_glass(server: XServer, rotation: int, target: str) -> None:
    screen = open_screen(target, SIZE, rotation)
    size = SIZE if rotation % 180 == 0 else SIZE[::-1]
    expected = speckled()
    screen.show(expected)
    assert np.array_equal(window(server, size), np.rot90(expected, -rotation // 90))
    patch = np.full((40, 70, 3), (255, 128, 1), np.uint8)
    screen.show(patch, 11, 400)
    expected[400:440, 11:81] = patch
    assert np.array_equal(window(server, size), np.rot90(expected, -rotation // 90))


def test_a_server_with_16_bit_pixels_shows_the_same_as_near_as_it_can(
    server: XServer, tmp_path: Path
) -> None:
    del server  # one SDL, one server at a time
    with x_server(tmp_path, bits=16) as coarse:
        open_screen("window", SIZE).show(speckled())
        assert np.array_equal(window(coarse, bits=16), speckled() & np.array((0xF8, 0xFC, 0xF8), np.uint8))


def test_a_refresh_puts_back_what_was_drawn_over(server: XServer) -> None:
    screen = shown(server)
    server.scribble()
    assert not np.array_equal(window(server), speckled())
    screen.refresh()
    assert np.array_equal(window(server), speckled())


def test_closing_the_window_ends_nothing(server: XServer) -> None:
    screen = shown(server)
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    screen.show(np.zeros((9, 9, 3), np.uint8))
    assert not window(server)[:9, :9].any()


def test_the_windows_events_are_taken_with_every_refresh(server: XServer) -> None:
    screen = shown(server)
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_a))
    screen.refresh()
    assert not pygame.event.peek(pygame.KEYDOWN)


def test_after_sdl_failed_the_next_refresh_opens_it_anew_with_its_page(server: XServer) -> None:
    screen = shown(server)
    pygame.display.quit()
    with pytest.raises(ScreenError, match="SDL cannot show on window: video system not initialized"):
        screen.show(np.zeros((9, 9, 3), np.uint8))
    screen.refresh()
    expected = speckled()
    expected[:9, :9] = 0
    assert np.array_equal(window(server), expected)


def test_without_a_display_there_is_one_clear_line(server: XServer, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = shown(server)
    pygame.display.quit()
    monkeypatch.setenv("DISPLAY", ":nowhere")
    with pytest.raises(ScreenError, match=r"SDL cannot open window: .*is DISPLAY or WAYLAND_DISPLAY set\?"):
        open_screen("window", SIZE)
    with pytest.raises(ScreenError, match="cannot show"):
        screen.refresh()
    with pytest.raises(ScreenError, match="cannot open"):
        screen.refresh()
    monkeypatch.setenv("DISPLAY", server.display)
    screen.refresh()
    assert np.array_equal(window(server), speckled())


def test_where_nothing_can_be_seen_auto_says_so(server: XServer, monkeypatch: pytest.MonkeyPatch) -> None:
    shown(server)
    monkeypatch.setenv("DISPLAY", ":nowhere")
    with pytest.raises(ScreenError, match=r"SDL cannot open auto: .*is there a panel for KMS"):
        open_screen("auto", SIZE)


def test_another_target_is_refused_with_those_there_are() -> None:
    with pytest.raises(ScreenError, match="no target 'x12': write one of kms, window, auto"):
        open_screen("x12", SIZE)


def program(text: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", text],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, "SDL_VIDEODRIVER": ""},
    )  # fmt: skip


def lines(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.read()


def test_without_pygame_it_says_what_to_install() -> None:
    with program("import sys; sys.modules['pygame'] = None\n" + BEGIN) as child:
        said = lines(child.stdout)
    assert said.endswith("ScreenError: the screen sdl needs pygame-ce: pip install 'hoistway[sdl]'\n")


@pytest.mark.parametrize(
    ("number", "ends"), [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, -signal.SIGINT)]
)
def test_sdl_does_not_take_the_programs_signals(server: XServer, number: int, ends: int) -> None:
    text = f"import signal; signal.signal({int(signal.SIGINT)}, signal.SIG_DFL)\n"
    with program(text + BEGIN + "print('open', flush=True); input()") as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "open\n"
        child.send_signal(number)
        try:
            assert child.wait(timeout=10) == ends
        finally:
            child.kill()
