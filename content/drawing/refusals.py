"""What is wrong with a text that cannot be shown, in one line that says what to change."""

from bisect import bisect_left
from collections.abc import Callable
from unicodedata import name as unicode_name

from content.drawing.linebreaking import widest
from content.drawing.typefaces import uncovered
from content.message import BadMessage, Text


def require(what: str, text: Text) -> None:
    """Refuse a text without Chinese, or with characters that the fonts do not have."""
    if not text.zh.strip():
        raise BadMessage(f"{what}: is empty, write at least the Chinese")
    check(f"{what} (Chinese)", text.zh)
    check(f"{what} (English)", text.en)


def check(what: str, text: str) -> None:
    """Refuse characters that the fonts do not have, by name and place."""
    if unknown := uncovered(text):
        names = ", ".join(f"{_shown(c)} (character {text.index(c) + 1})" for c in unknown[:5])
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        raise BadMessage(f"{what}: cannot be shown, replace {names}{more}")


def _shown(character: str) -> str:
    label = unicode_name(character, "control character")
    mark = f"{character} " if character.isprintable() else ""
    return f"{mark}U+{ord(character):04X} {label}"


def complaint(what: str, text: Text, fits: Callable[[Text], bool]) -> str:
    """One line that says which language to shorten and by how much, for a text that does not fit."""

    def chinese(words: str) -> bool:
        return fits(Text(words, text.en))

    def english(words: str) -> bool:
        return fits(Text(text.zh, words))

    faults = []
    for language, words, cut in (("Chinese", text.zh, chinese), ("English", text.en, english)):
        over = excess(words, cut)
        if 0 < over < len(words):  # else no shortening of this language alone is enough
            faults.append(
                (over / len(words), f"the {language} by about {over} of its {len(words)} characters")
            )
    if not faults:
        share = excess("%" * 100, lambda part: fits(_share(text, len(part))))
        faults.append((1, f"both the Chinese and the English by about {share} %"))
    word = max(widest(text.zh, len), widest(text.en, len), key=len)
    hint = f' (its longest word is "{word}")' if len(word) > 12 else ""
    return f"{what}: shorten {min(faults)[1]}{hint}"


def _share(text: Text, percent: int) -> Text:
    """The first part of both languages."""
    return Text(text.zh[: len(text.zh) * percent // 100], text.en[: len(text.en) * percent // 100])


def excess(words: str, fits: Callable[[str], bool]) -> int:
    """How many characters at the end have to go before the rest fits."""
    return bisect_left(range(len(words)), True, key=lambda over: fits(words[: len(words) - over]))
