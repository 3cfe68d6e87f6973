"""How fast pages are drawn: every layout in every language and every pair of languages, upright and on its side."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations, groupby

import numpy as np

from benchmarks.report import Row, milliseconds
from benchmarks.timing import progress, times
from content import layouts
from content.languages import LANGUAGES, Pair, only, pair_of, spoken, words
from content.message import CATEGORY, SENDER, Text
from content.page import NOTHING, Page, Site
from content.pages import SOMEWHERE

SIZES = ((1080, 1920), (1920, 1080))
FEW, MANY = 3, 15
"""Tries of every page, and of the slowest of each layout."""
REQUIRED_S = 0.02
PAIRS = tuple(pair_of(tags) for n in (1, 2) for tags in combinations([one.tag for one in LANGUAGES], n))
"""Each language alone too."""
SAMPLE = "as its sample"
ONE_LANGUAGE = ("check", "poster")
"""Layouts whose pages without words of a manager are the same in every language."""
WORDS_OF = {"poster": "notice_with_picture"}
"""Layouts whose samples do not speak all languages, and whose words they take."""


@dataclass(frozen=True, slots=True)
class Case:
    """A page on a glass."""

    page: Page
    site: Site
    size: tuple[int, int]
    tags: str
    """Its languages."""

    def draw(self) -> object:
        """Its frame."""
        return layouts.draw(self.page, self.site, self.size)

    def draw_new(self) -> object:
        """Its frame, when none of its words was drawn before: as a message is for the first time."""
        layouts.forget_words()
        return self.draw()

    @property
    def is_usual(self) -> bool:
        """Whether it is in Chinese and English, upright."""
        said = {language.tag for language in spoken(self.page.title, self.page.body)}
        return self.size == SIZES[0] and self.tags in (SAMPLE, "zh+en") and said <= {"zh", "en"}

    def __str__(self) -> str:
        return " ".join(part for part in (self.page.variant[-9:], self.page.level, self.tags) if part)


def measure() -> Iterator[Row]:
    """Of every layout the slowest page in Chinese and English, fonts and signs at hand: its words set before, as when a
    page is drawn again; and new. Then pages in all languages, and what it takes with nothing at hand."""
    every = list(cases())
    for layout, found in groupby(every, key=lambda case: case.page.layout):
        usual = [case for case in found if case.is_usual]
        yield _slowest(f"drawing, {layout}", usual, Case.draw, REQUIRED_S)
        yield _slowest(f"drawing, {layout}, new words", usual, Case.draw_new)
    again = [times(1, case.draw)[0] for case in progress("again", every) if case.draw()]
    new = [times(1, case.draw_new)[0] for case in progress("new", every)]
    yield Row(f"drawing, all {len(every)} pages in all languages", milliseconds(again))
    yield Row(f"the same, new words; the slowest: {every[int(np.argmax(new))]}", milliseconds(new))
    yield Row(
        "the same, nothing at hand, a page of every layout", milliseconds(map(_cold_s, layouts.names()))
    )


def _slowest(
    what: str, usual: list[Case], draw: Callable[[Case], object], required_s: float | None = None
) -> Row:
    """The page that takes longest, measured once more with more tries."""
    seconds = [float(np.median(times(FEW, partial(draw, case)))) for case in usual]
    slowest = usual[int(np.argmax(seconds))]
    again = times(MANY, partial(draw, slowest))
    name = f"{what}, the slowest of {len(usual)}: {slowest}"
    if required_s is None:
        return Row(name, milliseconds(again))
    met = float(np.median(again)) <= required_s
    return Row(name, milliseconds(again), f"{1000 * required_s:.0f} ms median", met)


def _cold_s(layout: str) -> float:
    """Seconds of the layout's first sample after all that was kept has been freed: median of a few."""
    page = layouts.find(layout).samples()[0]

    def draw() -> None:
        layouts.forget()
        layouts.draw(page, SOMEWHERE, SIZES[0])

    return float(np.median(times(FEW, draw)))


def cases() -> Iterator[Case]:
    """All of them, layout by layout."""
    for layout in layouts.names():
        for size in SIZES:
            for page in layouts.find(layout).samples():
                yield Case(page, SOMEWHERE, size, SAMPLE)
            for pair in PAIRS:
                tags = "+".join(language.tag for language in pair)
                for page in _in(layout, pair):
                    yield Case(page, replace(SOMEWHERE, languages=pair), size, tags)


def _in(layout: str, pair: Pair) -> Iterator[Page]:
    """What the layout shows in these languages: the pages that need no words of a manager, and one that has some."""
    samples = layouts.find(layout).samples()
    if layout not in ONE_LANGUAGE:
        yield from (page for page in samples if page.title == NOTHING)
    for page in [page for page in samples if NOTHING not in (page.title, page.body)][:1]:
        said = layouts.find(WORDS_OF.get(layout, layout)).samples()
        title, body = _merged([one.title for one in said]), _merged([one.body for one in said])
        yield replace(page, category=CATEGORY, title=only(title, pair), body=only(body, pair), sender=SENDER)


def _merged(texts: list[Text]) -> Text:
    """One text with the first words in every language."""
    return Text(
        **{
            language.field: next(filter(None, (words(text, language) for text in texts)), "")
            for language in LANGUAGES
        }
    )
