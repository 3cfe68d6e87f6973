"""How long it takes to read what is on the glass, and whether a message gives that time. Pure.

Speeds: reading aloud, normally sighted adults of 18 to 35, characters without blanks: Trauzettel-Klosinski and Dietz
2012, "Standardized Assessment of Reading Performance: The New International Reading Speed Texts IReST", Invest.
Ophthalmol. Vis. Sci. 53(9), 5452-5461. Halved here: for old eyes, for a second language, and for whoever looks up late.
"""

import math
from datetime import timedelta

from content.languages import LANGUAGES, Language, Pair, showings, words
from content.message import BadMessage, Message, Text, Window

CHARACTERS_A_MINUTE = {"zh": 255, "zh-Hant": 255, "ja": 357, "en": 987, "ar": 612, "hi": 612}
"""By language; Hindi is not in the study and counts as Arabic, the slowest of its alphabets."""
SHARE = 0.5
NOTICE_S = 2.0
"""Until a new page is seen at all."""
SHORTEST_S = 8
"""No page is gone before: riders look up when the doors have closed."""
PICTURE_S = 12
"""For a picture without words."""


def reading_s(*texts: Text, pair: Pair = LANGUAGES) -> float:
    """Seconds to read texts that share a page, in the language that takes longest: nobody reads both."""
    longest = max((_seconds(texts, language) for language in pair), default=0.0)
    return NOTICE_S + longest if longest else 0.0


def _seconds(texts: tuple[Text, ...], language: Language) -> float:
    characters = sum(len("".join(words(text, language).split())) for text in texts)
    return 60.0 * characters / (SHARE * CHARACTERS_A_MINUTE[language.tag])


def pairs(message: Message) -> list[Pair]:
    """The languages of each page that a message takes in turn; at least one page, even without words."""
    shared: list[Pair] = showings([message.title, message.body]) or [()]
    if message.languages == "beside":
        return shared
    return [(language,) for pair in shared for language in pair] or [()]


def page_s(message: Message, pair: Pair) -> int:
    """How long a page of a message stays, whole seconds."""
    if message.reading_s is not None:
        return math.ceil(message.reading_s)
    needed = math.ceil(reading_s(message.title, message.body, pair=pair))
    return max(SHORTEST_S, needed or PICTURE_S)


def require_time_to_read(message: Message) -> None:
    """Raises BadMessage for a message that is gone before it is read, and says what to change."""
    for pair in pairs(message):
        needed = math.ceil(reading_s(message.title, message.body, pair=pair))
        if message.reading_s is not None and needed > message.reading_s:
            names = " and ".join(language.name for language in pair)
            raise BadMessage(
                f"reading time: {names} takes {needed} s to read and is shown for {message.reading_s:g} s: "
                "shorten the text or show it for longer"
            )
    round_s = sum(page_s(message, pair) for pair in pairs(message))
    begins = message.sent if message.starts is None else max(message.sent, message.starts)
    if message.expires - begins < timedelta(seconds=round_s):
        raise BadMessage(
            f"expiry: comes before the message is read once, which takes {round_s} s: let it last"
        )
    for window in message.windows:
        if _length_s(window) < round_s:
            raise BadMessage(
                f"window {window.start:%H:%M}-{window.end:%H:%M}: is shorter than one reading, {round_s} s: widen it"
            )


def _length_s(window: Window) -> float:
    """Of an ordinary day's occurrence."""
    start, end = (
        timedelta(
            hours=wall.hour, minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond
        ).total_seconds()
        for wall in (window.start, window.end)
    )
    return end - start if start <= end else end - start + 86400.0
