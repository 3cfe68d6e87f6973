"""Emoji: a sequence of several characters is drawn as one, in one colour, and never falls apart."""

import re
from functools import lru_cache

from content.drawing.typefaces import FIRST_PRIVATE, sequences

_ONE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
    "[\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?\ufe0f?[\U000e0020-\U000e007f]*"
)
SEQUENCE = re.compile(
    f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_ONE}(?:\u200d{_ONE})*|[\ufe0e\ufe0f]"
)
"""Unicode Technical Standard 51, ED-17, wide enough for what is not there yet; or a selector that stands alone."""
_UNSEEN = str.maketrans("", "", "\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
"""One colour shows neither the choice of colour nor a tone of skin."""


@lru_cache(maxsize=2048)
def joined(text: str) -> str:
    """The text with each known sequence as its one private character; others stay as they are."""
    return text if text.isascii() else SEQUENCE.sub(_one, text)


def clusters(text: str) -> list[str]:
    """What a text is drawn from: single characters, and emoji sequences that no font draws as one."""
    parts: list[str] = []
    end = 0
    for match in SEQUENCE.finditer(text):
        parts += text[end : match.start()]
        one = _one(match)
        parts += [one] if len(one) < 2 else [match[0]]
        end = match.end()
    return [part for part in [*parts, *text[end:]] if part]


def is_private(text: str) -> bool:
    """Whether a text itself uses the characters that sequences are drawn with."""
    return any(ord(character) >= FIRST_PRIVATE for character in SEQUENCE.sub("", text))


def _one(match: re.Match[str]) -> str:
    plain = match[0].translate(_UNSEEN)
    return sequences().get(plain, plain)
