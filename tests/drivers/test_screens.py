"""The screen that is a folder: its pictures are decoded again by another library."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from drivers import screens
from drivers.screens import Pixels, ScreenError
from drivers.screens.pictures import Pictures, open_screen

SIZE = (90, 150)


def picture(path: Path) -> Pixels:
    with Image.open(path) as image:
        assert image.mode == "RGB"
        return np.array(image)


def speckled(width: int, height: int) -> Pixels:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def opened(folder: Path) -> Pictures:
    return open_screen(str(folder), SIZE)


def test_every_screen_is_found_by_its_name(tmp_path: Path) -> None:
    assert "pictures" in screens.names()
    assert screens.find("pictures").open_screen(str(tmp_path), SIZE).size == SIZE
    with pytest.raises(KeyError):
        screens.find("nothing")


def test_what_is_shown_is_the_picture(tmp_path: Path) -> None:
    screen = opened(tmp_path / "made" / "for it")
    shown = speckled(*SIZE)
    screen.show(shown)
    assert np.array_equal(picture(tmp_path / "made" / "for it" / "0001.png"), shown)
    assert np.array_equal(screen.pixels, shown)


@pytest.mark.parametrize(("x", "y"), [(0, 0), (1, 63), (70, 0), (0, 120), (70, 120), (3, 64)])
def test_a_patch_changes_its_place_only(tmp_path: Path, x: int, y: int) -> None:
    screen = opened(tmp_path)
    shown, patch = speckled(*SIZE), np.full((30, 20, 3), 255, np.uint8)
    screen.show(shown)
    screen.show(patch, x, y)
    expected = shown.copy()
    expected[y : y + 30, x : x + 20] = patch
    assert np.array_equal(screen.pixels, expected)
    assert np.array_equal(picture(tmp_path / "0002.png"), expected)
    assert np.array_equal(picture(tmp_path / "0001.png"), shown)


@settings(derandomize=True, deadline=None)
@given(
    patches=st.lists(
        st.tuples(st.integers(0, 89), st.integers(0, 149), st.integers(0, 255)), min_size=1, max_size=5
    )
)
def test_the_newest_picture_is_always_the_glass(
    tmp_path_factory: pytest.TempPathFactory, patches: list[tuple[int, int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("pictures")
    screen = opened(folder)
    for x, y, value in patches:
        screen.show(np.full((min(70, 150 - y), min(20, 90 - x), 3), value, np.uint8), x, y)
    assert np.array_equal(picture(sorted(folder.iterdir())[-1]), screen.pixels)


def test_nothing_changed_is_no_picture(tmp_path: Path) -> None:
    screen = opened(tmp_path)
    black = np.zeros((150, 90, 3), np.uint8)
    screen.show(black)
    screen.show(black)
    screen.show(black[:10, :10], 5, 5)
    assert [path.name for path in tmp_path.iterdir()] == ["0001.png"]


def test_numbers_go_on_after_the_pictures_that_are_there(tmp_path: Path) -> None:
    opened(tmp_path).show(speckled(*SIZE))
    opened(tmp_path).show(np.zeros((150, 90, 3), np.uint8))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0001.png", "0002.png"]


def test_what_was_shown_may_be_drawn_on_again(tmp_path: Path) -> None:
    screen = opened(tmp_path)
    frame = speckled(*SIZE)
    screen.show(frame)
    frame[:] = 0
    assert screen.pixels.any()


@pytest.mark.parametrize(("x", "y"), [(-1, 0), (0, -1), (81, 0), (0, 141)])
def test_refuses_a_patch_that_is_not_inside_the_glass(tmp_path: Path, x: int, y: int) -> None:
    with pytest.raises(ValueError, match="do not lie inside 90x150"):
        opened(tmp_path).show(np.zeros((10, 10, 3), np.uint8), x, y)


@pytest.mark.parametrize(
    "wrong", [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 4), np.uint8), np.zeros((9, 9, 3))]
)
def test_refuses_what_is_not_rgb(tmp_path: Path, wrong: Pixels) -> None:
    with pytest.raises(ValueError, match="not \\(height, width, 3\\)"):
        opened(tmp_path).show(wrong)


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ScreenError) as caught:
        opened(tmp_path / "file" / "pictures")
    assert str(caught.value) == (
        f"cannot write pictures to {tmp_path}/file/pictures: Not a directory; choose another folder"
    )


def test_a_folder_that_went_away_is_told_and_the_same_frame_is_written_once_it_is_back(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "pictures"
    screen = opened(folder)
    folder.rmdir()
    with pytest.raises(ScreenError, match=r"0001\.png: No such file"):
        screen.show(speckled(*SIZE))
    folder.mkdir()
    screen.show(speckled(*SIZE))
    assert np.array_equal(picture(folder / "0001.png"), speckled(*SIZE))


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_picture_lies_as_the_panel_would_be_driven_and_a_patch_changes_its_place_only(
    tmp_path: Path, rotation: int
) -> None:
    screen = open_screen(str(tmp_path), SIZE, rotation)
    expected, patch = speckled(*SIZE), np.full((30, 20, 3), 255, np.uint8)
    screen.show(expected)
    for x, y in ((0, 0), (70, 120), (3, 64), (62, 1)):
        screen.show(patch, x, y)
        expected[y : y + 30, x : x + 20] = patch
        newest = picture(sorted(tmp_path.iterdir())[-1])
        assert np.array_equal(newest, np.rot90(expected, -rotation // 90))
    assert np.array_equal(screen.pixels, expected)


def test_a_refresh_is_no_picture(tmp_path: Path) -> None:
    screen = opened(tmp_path)
    screen.show(speckled(*SIZE))
    screen.refresh()
    assert [path.name for path in tmp_path.iterdir()] == ["0001.png"]
