"""Every page of every layout at every size: drawn whole, as once looked at, and legible."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from content import layouts
from content.cabin import Advice
from content.dates import date
from content.drawing.colours import (
    BLACK,
    IDLE,
    IDLE_FOOT,
    POSTER,
    SCHEMES,
    WHITE,
    Scheme,
    blend,
    contrast,
    rgb,
)
from content.drawing.examples import drop
from content.drawing.level_icon import CARD, LEVELS
from content.drawing.pen import FINER, drawn, rounded
from content.drawing.pictograms import do_not_force, stairs
from content.drawing.sheet import Box, Sheet
from content.layouts.idle import PANEL
from content.message import BadMessage, Text
from content.page import Frame, Page, Site, picture_of
from scripts.make_golden import FOLDER, LOCAL, SITE, goldens

PAGES = [page for name in layouts.names() for page in layouts.find(name).samples()]
ALL_SIZES = [(480, 800), (800, 1280), (1080, 1920), (1280, 800), (1920, 1080), (1024, 600), (800, 480)]
NIGHT = datetime(2026, 9, 30, 0, 0, tzinfo=UTC)
LONG = Site(
    Text("成都高新技术产业开发区锦江花园二期 A座", "Jinjiang Garden phase two, High-tech zone, Tower A"),
    Text("A座 12号梯", "Tower A, lift 12"),
)


TO_THE_EDGE = {"check", "do_not_use", "drill", "poster"}
"""Layouts with a border or a picture that reaches the edge of the glass."""
LONG_PAGES = [layouts.find(name).samples()[0] for name in layouts.names()]

SOME_SIZES = [(480, 800), (1280, 800), (1024, 600)]
"""The smallest, the least wide landscape, and the flattest; the golden pictures add the two largest."""
CASES = [
    *((page, LONG, size) for page in LONG_PAGES for size in ALL_SIZES),
    *((page, SITE, size) for page in layouts.find("earthquake").samples() for size in ALL_SIZES),
    *((page, SITE, size) for page in PAGES for size in SOME_SIZES if page.layout != "earthquake"),
]


def ids(page: Page) -> str:
    return f"{page.layout}-{page.variant}"


def png(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def outer(frame: Frame) -> list[NDArray[np.uint8]]:
    """The strips along the four edges in which no page has any text, each turned so that its rows run along the edge."""
    height, width, _ = frame.pixels.shape
    strip, corner = min(width, height) // 54, min(width, height) // 20
    sides = frame.pixels[corner:-corner]
    return [
        frame.pixels[:strip],
        frame.pixels[-strip:],
        sides[:, :strip].swapaxes(0, 1),
        sides[:, -strip:].swapaxes(0, 1),
    ]


@pytest.mark.parametrize(("page", "site", "size"), CASES)
def test_draws_every_page_at_every_size(page: Page, site: Site, size: tuple[int, int]) -> None:
    frame = layouts.draw(page, site, size)
    assert frame.pixels.shape == (size[1], size[0], 3)
    assert frame.pixels.dtype == np.uint8
    for strip in () if page.layout in TO_THE_EDGE else outer(frame):
        assert np.ptp(strip.astype(int), axis=0).max() <= 2  # a ground may fade, nothing else
    for patch in frame.patches:
        one, other = patch.draw(LOCAL), patch.draw(NIGHT)
        height, width, _ = one.shape
        assert 0 <= patch.x <= patch.x + width <= size[0]
        assert 0 <= patch.y <= patch.y + height <= size[1]
        assert one.shape == other.shape
        assert (one != other).any()
        assert np.array_equal(one, patch.draw(LOCAL))


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_a_minute_is_not_cut_off_by_its_patch(page: Page) -> None:
    for patch in layouts.draw(page, SITE, (1080, 1920)).patches:
        drawing = (patch.draw(LOCAL) != patch.draw(NIGHT)).any(axis=2)
        assert not drawing[0].any()
        assert not drawing[-1].any()


GOLDENS = goldens()


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda path: path.stem)
def test_looks_like_its_golden_picture(golden: Path, tmp_path: Path) -> None:
    actual = GOLDENS[golden]()
    expected = Image.open(golden).convert("RGB")
    assert actual.size == expected.size
    difference = np.abs(np.asarray(actual, int) - np.asarray(expected, int)).mean(axis=2)
    height, width = (length // 30 * 30 for length in difference.shape)
    cells = difference[:height, :width].reshape(height // 30, 30, width // 30, 30).mean(axis=(1, 3))
    if difference.mean() > 1.5 or cells.max() > 14:
        saved = tmp_path / golden.name
        actual.save(saved)
        pytest.fail(f"drawn otherwise: see {saved}; if it is right, run scripts/make_golden.py")


def test_there_is_no_golden_picture_without_a_page() -> None:
    assert set(GOLDENS) == set(FOLDER.glob("*.png"))


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)
def test_every_text_keeps_a_contrast_of_seven(scheme: Scheme) -> None:
    assert contrast(scheme.ink, scheme.ground) >= 7
    assert contrast(scheme.quiet, scheme.ground) >= 7


@pytest.mark.parametrize("ground", [PANEL.ground, IDLE_FOOT])
def test_the_idle_page_is_legible_on_all_of_its_grounds(ground: tuple[int, int, int]) -> None:
    assert min(contrast(IDLE.ink, ground), contrast(IDLE.quiet, ground)) >= 7


def test_contrast_is_that_of_wcag() -> None:
    assert contrast(rgb(0x000000), rgb(0xFFFFFF)) == pytest.approx(21)
    assert contrast(rgb(0xFF0000), rgb(0xFFFFFF)) == pytest.approx(4.0, abs=0.01)
    assert blend((0, 0, 0), (200, 100, 50), 0.5) == (100, 50, 25)


def test_there_is_an_earthquake_page_for_every_advice() -> None:
    variants = {page.variant for page in layouts.find("earthquake").samples()}
    assert variants == {advice.value for advice in Advice}


def test_earthquake_pages_differ_from_each_other_and_from_other_alerts() -> None:
    pictures = [
        layouts.draw(p, SITE, (480, 800)).pixels for p in PAGES if p.layout in {"earthquake", "other_alert"}
    ]
    means = {tuple(image.mean(axis=(0, 1)).round(1)) for image in pictures}
    assert len(means) == len(pictures)


def test_an_alarm_carries_no_time_of_its_own() -> None:
    page = Page("earthquake", Advice.RIDING.value)
    one, other = (layouts.draw(page, SITE, (480, 800)).pixels for _ in range(2))
    assert np.array_equal(one, other)


def test_the_idle_page_is_complete_without_a_time() -> None:
    frame = layouts.draw(Page("idle"), SITE, (1080, 1920))
    (patch,) = frame.patches
    clock = patch.draw(LOCAL)
    place = frame.pixels[patch.y : patch.y + clock.shape[0], patch.x : patch.x + clock.shape[1]]
    assert np.ptp(place.astype(int), axis=(0, 1)).max() > 100  # a welcome stands where the clock will be


def test_dates_are_words_in_every_language() -> None:
    assert date(LOCAL) == Text(
        "11月21日 星期六",
        "Saturday, 21 November",
        "11月21日 星期六",
        "11月21日 土曜日",
        "السبت، 21 نوفمبر",
        "शनिवार, 21 नवंबर",
    )


@pytest.mark.parametrize("layout", ["earthquake", "do_not_use", "idle", "trapped", "drill", "stand_down"])
def test_a_lift_name_that_cannot_fit_is_refused(layout: str) -> None:
    site = Site(SITE.building, Text("二号梯" * 20, "Lift 2"))
    page = layouts.find(layout).samples()[0]
    with pytest.raises(BadMessage, match=r"^lift name: shorten"):
        layouts.draw(page, site, (1080, 1920))


@pytest.mark.parametrize("size", SOME_SIZES, ids=str)
@pytest.mark.parametrize("layout", ["notice", "other_alert", "notice_with_picture", "stand_down", "drill"])
def test_a_story_that_cannot_fit_is_refused(layout: str, size: tuple[int, int]) -> None:
    variant = "3" if layout == "other_alert" else ""
    short, long = Text("停水", "No water"), Text("明日停水检修请提前储水" * 40, "No water. " * 9)
    with pytest.raises(BadMessage, match=r"^body: shorten"):
        layouts.draw(Page(layout, variant, short, short, long, short, drop()), SITE, size)
    with pytest.raises(BadMessage, match=r"^title: shorten"):
        layouts.draw(Page(layout, variant, short, long, short, short, drop()), SITE, size)


@pytest.mark.parametrize("size", SOME_SIZES, ids=str)
def test_words_that_cannot_fit_below_a_poster_are_refused(size: tuple[int, int]) -> None:
    short, long = Text("停水", "No water"), Text("明日停水检修请提前储水" * 20, "No water. " * 9)
    with pytest.raises(BadMessage, match=r"^body: shorten"):
        layouts.draw(Page("poster", title=short, body=long, picture=drop()), SITE, size)
    with pytest.raises(BadMessage, match=r"^title: shorten"):
        layouts.draw(Page("poster", title=long, body=short, picture=drop()), SITE, size)


@pytest.mark.parametrize("layout", ["notice_with_picture", "poster"])
def test_a_missing_or_broken_picture_is_refused(layout: str) -> None:
    for broken in (None, picture_of(b"no picture")):
        page = Page(layout, "", Text("通知"), Text("停水"), Text("明日"), picture=broken)
        with pytest.raises(BadMessage, match=r"^picture: "):
            layouts.draw(page, SITE, (480, 800))


@pytest.mark.parametrize("size", [(480, 800), (800, 480)], ids=str)
def test_words_over_a_poster_stand_on_a_ground_of_their_own(size: tuple[int, int]) -> None:
    white = picture_of(png(Image.new("RGB", size, (255, 255, 255))))
    page = Page("poster", title=Text("停水", "No water"), picture=white)
    blank = Page("poster", title=Text("停"), picture=white)
    pixels, other = (layouts.draw(each, SITE, size).pixels.astype(int) for each in (page, blank))
    rows, columns = np.nonzero((pixels != other).any(axis=2))
    words = pixels[rows.min() : rows.max(), columns.min() : columns.max()].reshape(-1, 3)
    ground = words[(words == POSTER.ground).all(axis=1)]
    assert len(ground) > len(words) / 2
    assert contrast(POSTER.quiet, POSTER.ground) >= 7


@pytest.mark.parametrize("advice", list(Advice), ids=str)
def test_a_drill_never_looks_like_the_real_thing(advice: Advice) -> None:
    real = layouts.draw(Page("earthquake", advice.value), SITE, (480, 800)).pixels.astype(int)
    drill = layouts.draw(Page("drill", advice.value), SITE, (480, 800)).pixels.astype(int)
    assert np.median(np.abs(real - drill).sum(axis=2)) > 100  # another ground
    red = (drill[..., 0] > 120) & (drill[..., 1] < 40) & (drill[..., 2] < 40)
    assert red.mean() < 0.02  # no more than a bar of prohibition
    for strip in (drill[:6], drill[-6:], drill[:, :6], drill[:, -6:]):
        assert np.ptp(strip, axis=(0, 1)).max() > 100  # striped on all four sides
    assert np.array_equal(drill[18:94, 60:-60], drill[706:782, 60:-60])  # the same word above and below
    assert np.ptp(drill[18:94, 60:-60]) > 100


def test_a_drill_says_so_in_two_languages_whatever_its_words_are_in() -> None:
    for text in (Text("停水"), Text(en="No water")):
        one = layouts.draw(Page("drill", title=text, body=text), SITE, (480, 800)).pixels
        other = layouts.draw(Page("drill", Advice.RIDING.value), SITE, (480, 800)).pixels
        assert np.array_equal(one[20:80], other[20:80])


@pytest.mark.parametrize("level", LEVELS)
def test_the_colours_of_an_earthquake_s_levels_can_be_told_from_white_and_from_each_other(level: str) -> None:
    others = [LEVELS[name].colour for name in LEVELS if name != level]
    apart = [sum(abs(a - b) for a, b in zip(LEVELS[level].colour, colour, strict=True)) for colour in others]
    assert min(apart) > 60
    assert contrast(CARD.ink, CARD.ground) >= 7


def test_who_is_trapped_reads_the_name_of_the_lift() -> None:
    one, other = (
        layouts.draw(Page("trapped"), Site(SITE.building, Text(name, "Lift")), (480, 800)).pixels
        for name in ("2号梯", "3号梯")
    )
    assert (one != other).any()


@pytest.mark.parametrize("size", ALL_SIZES, ids=str)
def test_a_notice_needs_neither_body_nor_english_nor_sender(size: tuple[int, int]) -> None:
    layouts.draw(Page("notice", category=Text("通知"), title=Text("停水")), SITE, size)


def test_a_layout_that_does_not_exist_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        layouts.find("nothing")


@pytest.mark.parametrize(("size", "radius"), [((60, 50), 7), ((97, 41), 20), ((1080, 390), 40)])
def test_rounded_corners_are_those_of_a_rectangle_drawn_finer(size: tuple[int, int], radius: int) -> None:
    (width, height), sheet = size, Sheet((1080, 500), WHITE)
    fine = Image.new("L", (width * FINER, height * FINER))
    box = (0, 0, fine.width - 1, fine.height - 1)
    ImageDraw.Draw(fine).rounded_rectangle(box, radius * FINER, 255)
    expected = Image.new("RGB", (1080, 500), WHITE)
    expected.paste(BLACK, (0, 9), fine.reduce(FINER))
    sheet.fill(Box(0, 9, width, height), BLACK, radius)
    assert np.array_equal(sheet.frame().pixels, np.asarray(expected))
    assert rounded(width, height, radius).tobytes() == fine.reduce(FINER).tobytes()


def test_a_prohibition_is_drawn_in_two_colours() -> None:
    assert drawn(do_not_force, 220).accent.getbbox() is not None
    assert drawn(stairs, 220).accent.getbbox() is None
    assert drawn(stairs, 220).ink.size == (220, 220)
