"""What passengers read of an alert: languages, the event's name, and wordings from long to short."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from content import languages
from content.cap.message import Info
from content.message import Text

SEVERITY = {"Extreme": 4, "Severe": 3, "Moderate": 2, "Minor": 1, "Unknown": 2}
"""CAP's word to the number of an alert; what the sender does not know counts as moderate."""
LANGUAGES = tuple(language.field for language in languages.LANGUAGES)
"""Of the glass, in its order, as a Text names them."""
_TRADITIONAL = {"tw", "hk", "mo", "hant"}
_EMPTY = {"", "none", "n/a", "na", "not applicable", "nil", "null", "-", "无", "無"}
_NAMES = (
    # The first that is found in the event or the event's codes.
    ("tsunami", r"tsunami|海啸|海嘯|津波|\bTSW\b|\bTSA\b"),
    ("earthquake", r"earthquake|地震|زلزال|भूकंप|भूकम्प|\bEQW\b"),
)
_IN_TIME = ("Immediate", "Expected", "Unknown")
"""The urgencies at which a car should still act on an earthquake; for a past one its alarm page would be false."""


@dataclass(frozen=True, slots=True)
class Words:
    """What an info says in one language, tidied: no markup, no runs of blanks."""

    title: str
    """The headline, or the event."""
    event: str
    instruction: str
    description: str


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to say it, with what it leaves out."""

    title: Text
    body: Text
    left_out: tuple[str, ...]


def language_of(tag: str) -> str | None:
    """The language of the glass that a tag of RFC 5646 means, or None: zh-Hant-TW is zh_hant, en-CA is en."""
    first, *rest = tag.lower().replace("_", "-").split("-")
    if first in ("zh", "cmn", "yue"):
        traditional = _TRADITIONAL & set(rest) and "hans" not in rest
        return "zh_hant" if traditional or (first == "yue" and "hans" not in rest) else "zh"
    return first if first in LANGUAGES else None


def event_of(info: Info) -> str:
    """The event's name: `earthquake` makes displays show the page for the car's state, `tsunami`, or the event's words.

    An earthquake that is past or only forecast is `earthquake-report`: its own words are shown.
    """
    text = " ".join((info.event, *(code.partition("=")[2] for code in info.event_codes)))
    named = next((name for name, pattern in _NAMES if re.search(pattern, text, re.IGNORECASE)), None)
    if named == "earthquake" and (info.urgency not in _IN_TIME or info.over):
        return "earthquake-report"
    return named or slug(info.event, 64) or "alert"


def slug(text: str, longest: int) -> str:
    """A name of a-z, 0-9 and - from any text; empty where the text has none of them."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:longest].strip("-")


def words_of(info: Info) -> Words:
    """What an info says."""
    event = _tidy(info.event)
    return Words(_tidy(info.headline) or event, event, _tidy(info.instruction), _tidy(info.description))


def _tidy(text: str) -> str:
    plain = re.sub(r"<[a-zA-Z/!][^<>]{0,200}>", " ", text[:100_000])
    joined = " ".join("".join(c if c.isprintable() else " " for c in plain).split())
    return "" if joined.strip(" .\"'").lower() in _EMPTY else joined


def wordings(texts: Mapping[str, Words], longest: int = 800) -> Iterator[Wording]:
    """From all that is said to the least, in every language alike: take the first that fits the glass.

    The headline and the instruction stay longest: they say what to do. No text is longer than `longest` characters.
    """
    before: Mapping[str, tuple[str, str]] | None = None
    for left_out, body in _BODIES:
        said = {language: _title_and_body(words, body(words)) for language, words in texts.items()}
        if said == before or any(len(below) > longest for _, below in said.values()):
            continue
        before = said
        short = any(
            _joined(w.instruction, w.description) not in said[language][1] for language, w in texts.items()
        )
        titles = {language: _cut(title, longest) for language, (title, _) in said.items()}
        bodies = {language: below for language, (_, below) in said.items()}
        yield Wording(Text(**titles), Text(**bodies), left_out if short else ())


def _title_and_body(words: Words, body: str) -> tuple[str, str]:
    """A page has both: where there is no body, the event stands above the headline."""
    return (words.title, body) if body else (words.event, _cut(words.title, 300))


def _joined(*parts: str) -> str:
    """Chinese and Japanese need no space after a full stop, which is wide enough."""
    return re.sub(r"(?<=[。！？；]) ", "", " ".join(part for part in parts if part))


def _sentences(text: str, count: int) -> str:
    """The first sentences."""
    return "".join(re.split(r"(?<=[。！？])|(?<=[.!?।])(?=\s)", text)[:count]).strip()


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


_BODIES: tuple[tuple[tuple[str, ...], Callable[[Words], str]], ...] = (
    ((), lambda w: _joined(w.instruction, w.description)),
    (("description",), lambda w: w.instruction or w.description),
    (("description", "end of the instruction"), lambda w: _sentences(w.instruction or w.description, 2)),
    (("description", "most of the instruction"), lambda w: _sentences(w.instruction or w.description, 1)),
    (("description", "instruction"), lambda _: ""),
)
