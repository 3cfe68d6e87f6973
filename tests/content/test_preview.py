"""A preview is exactly what the display draws, for any message, alert, layout, language, state and screen."""

from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from content import layouts
from content.languages import LANGUAGES, TAGS, only, pair_of
from content.message import CATEGORY, SENDER, Message, Text
from content.page import Page, Pixels
from content.pages import SOMEWHERE, page_of
from tests.commands_rig import WORDS, Office

SMALL = (480, 800)
SIZE = ("--size", "480x800")


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    return Office(tmp_path, capsys)


def drawn(office: Office, *words: str) -> Pixels:
    """What a preview puts into its file."""
    kind, *rest = words
    picture = office.folder / "page.png"
    office.does("preview", kind, str(picture), *rest)
    with Image.open(picture) as image:
        pixels: Pixels = np.array(image)
    return pixels


def same(pixels: Pixels, page: Page, size: tuple[int, int] = SMALL) -> bool:
    return np.array_equal(pixels, layouts.draw(page, SOMEWHERE, size).pixels)


def test_of_a_message_it_is_exactly_the_pixels(office: Office) -> None:
    office.add()
    (message,) = office.published()
    assert isinstance(message, Message)
    assert same(drawn(office, "message", *WORDS, *SIZE), page_of(message))


def test_of_a_message_with_a_picture_it_is_exactly_the_pixels(office: Office) -> None:
    file = office.folder / "lobby.png"
    Image.new("RGB", (400, 300), "navy").save(file)
    pixels = drawn(office, "message", *WORDS, "--picture", str(file), *SIZE)
    office.add("--picture", str(file), *office.repository())
    (message,) = office.published()
    assert isinstance(message, Message)
    assert same(pixels, page_of(message, lambda _named: file.read_bytes()))
    assert not same(pixels, page_of(msgspec.structs.replace(message, picture=None)))


def test_the_pages_that_take_turns_are_drawn_one_by_one(office: Office) -> None:
    four = (*WORDS, "--title-en", "Water off", "--title-ja", "断水", "--body-ja", "断水", *SIZE)
    first, second = drawn(office, "message", *four), drawn(office, "message", *four, "--page", "2")
    assert same(second, Page("notice", "", CATEGORY, Text(ja="断水"), Text(ja="断水"), SENDER))
    assert not np.array_equal(first, second)
    refusal = office.refused("preview", "message", str(office.folder / "p.png"), *four, "--page", "3")
    assert "--page 3: it has 2" in refusal


@pytest.mark.parametrize("state", ["riding", "leave", "closed", "unsure"])
def test_an_earthquake_alert_is_drawn_for_each_state_of_the_car(office: Office, state: str) -> None:
    words = ("alert", "--event", "earthquake", "--severity", "4", "--state", state, *SIZE)
    assert same(drawn(office, *words), Page("earthquake", state, level="4"))
    assert same(drawn(office, *words, "--exercise"), Page("drill", state))


def test_an_instruction_is_drawn_for_its_state(office: Office) -> None:
    words = ("alert", "--event", "rain", *WORDS, "--closed", "zh=请勿开门", "--state", "closed", *SIZE)
    page = Page("other_alert", "3", title=Text(WORDS[1]), body=Text("请勿开门"))
    assert same(drawn(office, *words), page)


@pytest.mark.parametrize(
    ("words", "page"),
    [
        (("earthquake", "closed"), Page("earthquake", "closed")),
        (("idle",), Page("idle")),
        (("trapped",), Page("trapped")),
        (("earthquake", "leave", "--level", "4"), Page("earthquake", "leave", level="4")),
    ],
)
def test_a_layout_is_drawn_with_its_own_words(office: Office, words: tuple[str, ...], page: Page) -> None:
    assert same(drawn(office, "layout", *words, *SIZE), page)


def test_a_layout_is_drawn_in_the_language_that_is_asked_for(office: Office) -> None:
    pixels = drawn(office, "layout", "other_alert", "--language", "ar", "--size", "1920x1080")
    arabic = next(language for language in LANGUAGES if language.tag == "ar")
    sample = next(page for page in layouts.find("other_alert").samples() if page.title.ar)
    cut = (arabic,)
    page = Page(
        "other_alert", sample.variant, only(sample.category, cut), only(sample.title, cut),
        only(sample.body, cut), only(sample.sender, cut),
    )  # fmt: skip
    assert same(pixels, page, (1920, 1080))


@pytest.mark.parametrize(
    ("words", "page"),
    [
        (("earthquake", "closed"), Page("earthquake", "closed")),
        (("earthquake", "riding", "--level", "3"), Page("earthquake", "riding", level="3")),
        (("trapped",), Page("trapped")),
        (("idle",), Page("idle")),
        (("drill", "leave"), Page("drill", "leave")),
        (("stand_down", "bare"), Page("stand_down")),
    ],
)
@pytest.mark.parametrize("tag", TAGS)
def test_built_in_words_are_drawn_in_a_language_with_english(
    office: Office, words: tuple[str, ...], page: Page, tag: str
) -> None:
    site = replace(SOMEWHERE, languages=pair_of([tag, "en"]))
    pixels = drawn(office, "layout", *words, "--language", tag, *SIZE)
    assert np.array_equal(pixels, layouts.draw(page, site, SMALL).pixels)


@pytest.mark.parametrize("words", [("earthquake", "riding"), ("drill", "unsure")])
def test_pages_of_a_lift_with_seismic_control_are_drawn(office: Office, words: tuple[str, str]) -> None:
    site = replace(SOMEWHERE, languages=pair_of(["ja", "en"]), seismic_control=True)
    pixels = drawn(office, "layout", *words, "--language", "ja", "--seismic-control", *SIZE)
    assert np.array_equal(pixels, layouts.draw(Page(*words), site, SMALL).pixels)
    assert not same(drawn(office, "layout", *words, "--seismic-control", *SIZE), Page(*words))


@pytest.mark.parametrize("layout", layouts.names())
def test_every_layout_can_be_asked_for(office: Office, layout: str) -> None:
    assert drawn(office, "layout", layout, *SIZE).shape == (800, 480, 3)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("earthquake", "sideways"), "it has"),
        (("earthquake", "closed", "--level", "9"), "no level 9"),
        (("check", "--language", "hi"), "no sample in Hindi"),
        (("poster", "--language", "hi"), "no sample in Hindi"),
        (("trapped", "--language", "tlh"), "invalid choice"),
        (("nowhere",), "invalid choice"),
    ],
)
def test_what_a_layout_does_not_have_is_refused(office: Office, words: tuple[str, ...], reason: str) -> None:
    assert reason in office.refused("preview", "layout", str(office.folder / "page.png"), *words)


def test_a_file_that_cannot_be_written_is_refused(office: Office) -> None:
    (office.folder / "folder.png").mkdir()
    refusal = office.refused("preview", "alert", str(office.folder / "folder.png"), "--event", "earthquake")
    assert "Is a directory" in refusal


@pytest.mark.parametrize(
    "kind", [("message", *WORDS), ("alert", "--event", "earthquake"), ("layout", "idle")]
)
def test_what_is_drawn_is_called_what_it_is(office: Office, kind: tuple[str, ...]) -> None:
    word, *rest = kind
    refusal = office.refused("preview", word, str(office.folder / "page.jpg"), *rest)
    assert "page.jpg' does not end in .png" in refusal


def test_what_could_not_be_added_is_refused_before(office: Office) -> None:
    page = str(office.folder / "page.png")
    assert "--body-zh" in office.refused("preview", "message", page, "--title-zh", "停水")
    assert "at 480x800 pixels" in office.refused(
        "preview", "message", page, "--title-zh", "停水", "--body-zh", "请提前储水" * 41
    )
    assert "longer" in office.refused("preview", "message", page, *WORDS, "--reading-s", "2")
    assert not (office.folder / "page.png").exists()


def test_the_answer_says_which_page_of_how_many_was_drawn(office: Office) -> None:
    words = ("preview", "message", str(office.folder / "page.png"), *WORDS, "--languages", "turn", *SIZE)
    two = (*words, "--title-en", "Water off", "--body-en", "Store water")
    assert "480x800 pixels, page 1 of 2; --page 2 draws another" in office.does(*two)
    assert "page 2 of 2; --page 1 draws another" in office.does(*two, "--page", "2")
    assert office.does(*words).endswith("480x800 pixels\n")
