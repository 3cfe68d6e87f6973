"""The languages of the glass: their fonts, their direction, and which of them share a page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from content.message import Text

SC, TC, JP = "NotoSansSC", "NotoSansTC", "NotoSansJP"
ARABIC, DEVANAGARI, EMOJI = "NotoSansArabic", "NotoSansDevanagari", "NotoEmoji"


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """How words in one language are drawn. There is one of each: they are the same or they differ."""

    tag: str
    """BCP 47, as in the payloads."""
    field: str
    """Its field in a Text."""
    name: str
    fonts: tuple[str, ...]
    """Families, the language's own first; a character is drawn with the first that has it."""
    shaped: bool = False
    """Whether its letters change shape beside each other: needs Raqm and FriBiDi."""
    rtl: bool = False
    """Whether it runs from right to left."""
    above: float = 0.0
    below: float = 0.0
    """What its marks need above and below a usual line, em."""


CHINESE = Language("zh", "zh", "Chinese", (SC, TC, JP, EMOJI))
ENGLISH = Language("en", "en", "English", (SC, EMOJI))
LANGUAGES = (
    CHINESE,
    ENGLISH,
    Language("zh-Hant", "zh_hant", "traditional Chinese", (TC, SC, JP, EMOJI)),
    Language("ja", "ja", "Japanese", (JP, SC, TC, EMOJI)),
    Language("ar", "ar", "Arabic", (ARABIC, SC, EMOJI), shaped=True, rtl=True, above=0.12, below=0.2),
    Language("hi", "hi", "Hindi", (DEVANAGARI, SC, EMOJI), shaped=True, above=0.12, below=0.14),
)
"""In the order in which they come on the glass."""
Pair = tuple[Language, ...]
"""One or two languages that share a page: the main one, and the one that stands back."""
BESIDE_ENGLISH: tuple[Pair, ...] = tuple(
    (language, ENGLISH) for language in LANGUAGES if language is not ENGLISH
)
"""Every other language with English: what sample pages show."""
TAGS = {language.tag: language for language in LANGUAGES}


MOST_ON_A_PAGE = 2


def pair_of(tags: Sequence[str]) -> Pair:
    """One language or two by their tags, in the order of the glass. Raises KeyError."""
    said = {TAGS[tag] for tag in tags}
    return ranked([language for language in LANGUAGES if language in said])


def words(text: Text, language: Language) -> str:
    """What a text says in a language; empty where it says nothing."""
    said: str = getattr(text, language.field)
    return said if said.strip() else ""


def spoken(*texts: Text) -> list[Language]:
    """The languages that any of the texts speaks, in the order of the glass."""
    return [language for language in LANGUAGES if any(words(text, language) for text in texts)]


def showings(texts: Sequence[Text], order: Sequence[Language] = LANGUAGES) -> list[Pair]:
    """The pages that texts which belong together take in turn, two languages on each, the first ones first."""
    said = spoken(*texts)
    said = [language for language in order if language in said]
    return [ranked(said[n : n + 2]) for n in range(0, len(said), 2)]


def first(*texts: Text) -> Pair:
    """The languages of the first page of texts which belong together; none where all are empty."""
    return (showings(texts) or [()])[0]


def only(text: Text, pair: Pair) -> Text:
    """A text in the languages of one page; where it has neither, in those that it has."""
    said = [language for language in pair if words(text, language)] or first(text)
    return Text(**{language.field: words(text, language) for language in said})


@lru_cache(maxsize=256)
def shown(text: Text) -> tuple[tuple[Language, str], ...]:
    """At most two languages of a text with their words, the main one first."""
    return tuple((language, words(text, language)) for language in first(text))


def replaced(text: Text, language: Language, said: str) -> Text:
    """The text with other words in one language."""
    return msgspec.structs.replace(text, **{language.field: said})


def ranked(pair: Iterable[Language]) -> Pair:
    """English helps whoever reads nothing else: beside another language it stands second."""
    return tuple(sorted(pair, key=lambda language: language is ENGLISH))
