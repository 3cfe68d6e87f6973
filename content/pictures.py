"""Pictures that managers send: checked when they are written, then scaled into their place on a page.

PNG, JPEG or WebP, of one frame, with 8 bits a channel. Pillow reads them, so whatever it raises on damaged bytes becomes
one line that says what to do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from PIL import Image, ImageOps

from content.drawing.colours import WHITE, Colour
from content.message import BadMessage
from content.page import Picture

FORMATS = ("PNG", "JPEG", "WEBP")
_OTHERS = (
    (0, b"GIF8", "a GIF"), (0, b"BM", "a BMP"), (0, b"II*\0", "a TIFF"), (0, b"MM\0*", "a TIFF"), (0, b"%PDF", "a PDF"),
    (4, b"ftyphei", "a HEIC"), (4, b"ftypavif", "an AVIF"),
)  # fmt: skip
"""What people send instead: where its mark stands, the mark, its name."""
MOST_BYTES = 4_000_000
MOST_ACROSS = 4096
MOST_PIXELS = 9_000_000
"""UHD has 8.3 million; decoding takes 4 bytes a pixel, and a display has 150 MB for everything."""
LEAST_ACROSS = 64
"""Less would be a smear on any glass."""
MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr")
MOST_CROPPED = 0.4
"""Share of a picture that may be cut away so that it fills its box; else it is shown whole, with margins."""
SOFT, DARK = 6, 0.35
"""The margins show the picture itself, reduced to so many pixels, and darkened to so much."""


def check_picture(data: bytes) -> tuple[int, int]:
    """Its width and height as it will be seen, px. Raises BadMessage when it is too large, too small or broken."""
    if not data:
        raise BadMessage("picture: is empty, choose a PNG, JPEG or WebP file")
    if len(data) > MOST_BYTES:
        raise BadMessage(
            f"picture: has {len(data) / 1e6:.1f} MB, at most {MOST_BYTES // 10**6}: save it smaller, or as JPEG"
        )
    other = next((name for at, mark, name in _OTHERS if data.startswith(mark, at)), None)
    if other is not None:
        raise BadMessage(f"picture: is {other}: save it as PNG, JPEG or WebP")
    return _decoded(data, None).size


def contents(picture: Picture) -> bytes:
    """The file of a page's picture. Raises BadMessage when it is gone."""
    try:
        return picture.read()
    except OSError as error:
        raise BadMessage(f"picture: cannot be read any more: {error}") from error


def opened(data: bytes, size: tuple[int, int], ground: Colour) -> Image.Image:
    """The picture upright and in RGB, no smaller than a size needs; where it is transparent, on the ground.

    Raises BadMessage.
    """
    return _decoded(data, size, ground)


def placed(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture at a size, px: filled with it, or where too much of it would be lost, shown whole with soft margins."""
    across, down = image.width * size[1], image.height * size[0]
    if min(across, down) >= (1 - MOST_CROPPED) * max(across, down):
        return _filling(image, size)
    whole = ImageOps.contain(image, size, Image.Resampling.LANCZOS)
    canvas = _margins(image, size)
    canvas.paste(whole, ((size[0] - whole.width) // 2, (size[1] - whole.height) // 2))
    return canvas


def _filling(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Cut evenly at both sides, or above and below, to the shape of the box."""
    width = min(image.width, image.height * size[0] / size[1])
    height = min(image.height, image.width * size[1] / size[0])
    left, top = (image.width - width) / 2, (image.height - height) / 2
    box = (left, top, left + width, top + height)
    return image.resize(size, Image.Resampling.LANCZOS, box, reducing_gap=3.0)


def _margins(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """What stands beside a picture that does not fill its box: the picture, out of focus and dark."""
    small = _filling(image, (SOFT, SOFT)).point([round(level * DARK) for level in range(256)] * 3)
    return small.resize(size, Image.Resampling.BICUBIC)


def _decoded(data: bytes, size: tuple[int, int] | None, ground: Colour = WHITE) -> Image.Image:
    """As opened; without a size all of it, so that damage anywhere is found."""
    with _readable(), Image.open(BytesIO(data), formats=FORMATS) as image:
        _require_bounded(image)
        if size is not None:
            image.draft("RGB", (max(size), max(size)))  # either way up; what is no JPEG ignores it
        image.load()
        ImageOps.exif_transpose(image, in_place=True)
        if not image.has_transparency_data:
            return image if image.mode == "RGB" else image.convert("RGB")
        cover = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", cover.size, (*ground, 255)), cover).convert("RGB")


@contextmanager
def _readable() -> Iterator[None]:
    """Pillow's own errors as ours."""
    try:
        yield
    except BadMessage:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadMessage(
            f"picture: has far more than {MOST_PIXELS // 10**6} million pixels: save it smaller"
        ) from error
    except Exception as error:
        raise BadMessage(
            "picture: cannot be read as PNG, JPEG or WebP, it may be damaged: save it anew"
        ) from error


def _require_bounded(image: Image.Image) -> None:
    """Refuse by what the header says, before a single pixel is decoded."""
    width, height = image.size
    if max(width, height) > MOST_ACROSS or width * height > MOST_PIXELS:
        raise BadMessage(
            f"picture: has {width}x{height} pixels, at most {MOST_ACROSS} a side and {MOST_PIXELS // 10**6} million: "
            "save it smaller"
        )
    if min(width, height) < LEAST_ACROSS:
        raise BadMessage(f"picture: has {width}x{height} pixels, at least {LEAST_ACROSS} a side are needed")
    if image.format in ("PNG", "WEBP") and getattr(image, "is_animated", False):  # a JPEG may carry a preview
        raise BadMessage("picture: moves, save one frame of it")
    if image.mode not in MODES:
        raise BadMessage(f"picture: has pixels of kind {image.mode}, save it with 8 bits a channel in RGB")
