"""Pictures of managers: what is broken or too large is refused in one line, the rest is scaled into its box."""

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from content.drawing.examples import drop, festival
from content.message import BadMessage
from content.page import Picture, picture_of
from content.pictures import MOST_ACROSS, MOST_BYTES, check_picture, contents, opened, placed

WHITE = (255, 255, 255)


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def scaled(data: bytes, size: tuple[int, int], ground: tuple[int, int, int]) -> Image.Image:
    return placed(opened(data, size, ground), size)


def halves(size: tuple[int, int] = (300, 200)) -> Image.Image:
    """Red at the left, blue at the right."""
    image = Image.new("RGB", size, (200, 0, 0))
    image.paste((0, 0, 200), (size[0] // 2, 0, *size))
    return image


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def claiming(width: int, height: int) -> bytes:
    """A PNG of some hundred bytes whose header claims a size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def refused(data: bytes) -> str:
    with pytest.raises(BadMessage) as caught:
        check_picture(data)
    said = str(caught.value)
    assert said.startswith("picture: ")
    assert "\n" not in said
    return said


SEEDS = {
    "png": encoded(halves()),
    "palette": encoded(halves().quantize(4)),
    "jpeg": encoded(halves(), "JPEG"),
    "webp": encoded(halves(), "WEBP"),
}


@pytest.mark.parametrize("data", SEEDS.values(), ids=SEEDS)
def test_takes_the_three_formats(data: bytes) -> None:
    assert check_picture(data) == (300, 200)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_takes_every_kind_of_pixel_of_eight_bits(mode: str) -> None:
    image = scaled(encoded(halves().convert(mode)), (150, 100), WHITE)
    assert (image.mode, image.size) == ("RGB", (150, 100))


def test_takes_a_jpeg_of_a_printer() -> None:
    assert check_picture(encoded(halves().convert("CMYK"), "JPEG")) == (300, 200)


def test_is_upright_as_the_camera_was_held() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera lay on its side: turn by 90 degrees clockwise
    data = encoded(halves(), "JPEG", exif=exif)
    assert check_picture(data) == (200, 300)
    pixels = np.asarray(scaled(data, (200, 300), WHITE))
    assert pixels[20, 100, 0] > 150  # the left half is at the top
    assert pixels[280, 100, 2] > 150


def test_fills_its_box_and_is_cut_evenly() -> None:
    pixels = np.asarray(scaled(encoded(halves()), (100, 100), WHITE)).astype(int)
    assert (pixels[:, :45, 0] > 150).all()
    assert (pixels[:, 55:, 2] > 150).all()


def test_is_shown_whole_where_too_much_would_be_cut_away() -> None:
    pixels = np.asarray(scaled(encoded(halves((600, 200))), (300, 300), WHITE)).astype(int)
    assert pixels[150, 4, 0] == pytest.approx(200, abs=3)  # both of its ends are there
    assert pixels[150, 295, 2] == pytest.approx(200, abs=3)
    assert pixels[10].max() < 100  # and the margins are dark


def test_lies_on_the_ground_where_it_is_transparent() -> None:
    data = encoded(Image.new("RGBA", (100, 100), (255, 0, 0, 0)))
    assert scaled(data, (50, 50), (1, 2, 3)).getpixel((25, 25)) == (1, 2, 3)


def test_is_scaled_without_jagged_edges() -> None:
    lines = np.zeros((400, 400, 3), np.uint8)
    lines[:, ::2] = 255
    pixels = np.asarray(scaled(encoded(Image.fromarray(lines)), (100, 100), WHITE)).astype(int)
    assert np.abs(pixels[10:-10, 10:-10] - 128).max() < 20  # an even grey, no pattern


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"GIF89a" + bytes(100), "is a GIF: save it as PNG, JPEG or WebP"),
        (encoded(halves(), "GIF"), "is a GIF"),
        (encoded(halves(), "BMP"), "is a BMP"),
        (b"\0\0\0\x18ftypheic" + bytes(100), "is a HEIC"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "cannot be read"),
        (b"\x89PNG\r\n\x1a\n" + bytes(MOST_BYTES), "has 4.0 MB, at most 4"),
        (claiming(MOST_ACROSS + 1, 100), "has 4097x100 pixels, at most 4096 a side"),
        (claiming(4000, 3000), "at most 4096 a side and 9 million"),
        (claiming(60_000, 60_000), "save it smaller"),
        (claiming(2_000_000_000, 2_000_000_000), "picture: "),
        (claiming(32, 500), "has 32x500 pixels, at least 64"),
        (claiming(2000, 2000), "cannot be read as PNG, JPEG or WebP"),
        (encoded(Image.new("I;16", (100, 100))), "save it with 8 bits a channel"),
        (encoded(halves(), save_all=True, append_images=[Image.new("RGB", (300, 200))]), "moves"),
        (encoded(halves(), "WEBP", save_all=True, append_images=[Image.new("RGB", (300, 200))]), "moves"),
    ],
)  # fmt: skip
def test_says_what_is_wrong_with_a_picture(data: bytes, said: str) -> None:
    assert said in refused(data)


@pytest.mark.parametrize("data", SEEDS.values(), ids=SEEDS)
def test_a_picture_that_was_cut_off_is_refused_or_lacks_nothing(data: bytes) -> None:
    whole, taken = scaled(data, (300, 200), WHITE).tobytes(), 0
    for length in range(0, len(data), max(1, len(data) // 40)):
        try:
            cut = scaled(data[:length], (300, 200), WHITE)
        except BadMessage:
            continue
        taken += 1
        assert cut.tobytes() == whole
    assert taken <= 12  # only what ends in words about the file, not in pixels


@given(st.sampled_from(sorted(SEEDS)), st.data())
@settings(derandomize=True, deadline=None, max_examples=400)
def test_damaged_bytes_are_shown_or_refused_in_one_line(kind: str, data: st.DataObject) -> None:
    damaged = bytearray(SEEDS[kind])
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        width, height = check_picture(bytes(damaged))
    except BadMessage:
        refused(bytes(damaged))
    else:
        assert 0 < width <= MOST_ACROSS
        assert 0 < height <= MOST_ACROSS


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\x20\0\0\0WEBP"]),
)
@settings(derandomize=True, deadline=None, max_examples=300)
def test_noise_is_refused_in_one_line(noise: bytes, start: bytes) -> None:
    refused(start + noise)


def test_equal_pictures_are_equal_wherever_they_lie() -> None:
    data = SEEDS["png"]
    assert picture_of(data) == picture_of(bytes(bytearray(data)))
    assert picture_of(data) != picture_of(SEEDS["jpeg"])
    assert hash(picture_of(data)) == hash(picture_of(data))


def test_a_picture_that_is_gone_is_refused() -> None:
    def gone() -> bytes:
        raise FileNotFoundError(2, "No such file or directory")

    with pytest.raises(BadMessage, match=r"^picture: cannot be read any more"):
        contents(Picture("00", gone))


def test_our_own_examples_may_be_shown() -> None:
    assert check_picture(contents(drop())) == (936, 640)
    assert check_picture(contents(festival())) == (1080, 1920)
