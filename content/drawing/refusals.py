"""What is wrong with a text that cannot be shown, in one line that says what to change."""

from bisect import bisect_left
from collections.abc import Callable
from unicodedata import name as unicode_name

from content.drawing import bidi
from content.drawing.linebreaking import widest
from content.drawing.shaping import uncovered
from content.languages import Language, replaced, shown, spoken, words
from content.message import BadMessage, Text


def require(what: str, text: Text) -> None:
    """Refuse a text without words, in a script that this machine cannot draw, or with characters no font has."""
    said = spoken(text)
    if not said:
        raise BadMessage(f"{what}: is empty, write it in one language at least")
    for language in said:
        check(f"{what} ({language.name})", words(text, language), language)


def check(what: str, text: str, language: Language) -> None:
    """Refuse letters that would not be joined, and characters that the fonts do not have, by name and place."""
    if language.shaped and not bidi.available():
        raise BadMessage(f"{what}: needs FriBiDi to be drawn right, install it: apt-get install libfribidi0")
    if unknown := uncovered(text, language):
        names = ", ".join(f"{_shown(c)} (character {text.index(c) + 1})" for c in unknown[:5])
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        raise BadMessage(f"{what}: cannot be shown, replace {names}{more}")


def _shown(cluster: str) -> str:
    """A character, or a sequence of them, with code points and names."""
    label = " + ".join(unicode_name(character, "control character") for character in cluster)
    mark = f"{cluster} " if cluster[0].isprintable() else ""
    return f"{mark}{' '.join(f'U+{ord(character):04X}' for character in cluster)} {label}"


def complaint(what: str, text: Text, fits: Callable[[Text], bool]) -> str:
    """One line that says which language to shorten and by how much, for a text that does not fit."""
    faults = []
    for language, said in shown(text):
        over = excess(said, lambda cut, language=language: fits(replaced(text, language, cut)))  # type: ignore[misc]
        if 0 < over < len(said):  # else no shortening of this language alone is enough
            faults.append(
                (over / len(said), f"the {language.name} by about {over} of its {len(said)} characters")
            )
    if not faults:
        share = excess("%" * 100, lambda part: fits(_share(text, len(part))))
        names = " and ".join(f"the {language.name}" for language, _ in shown(text))
        faults.append((1, f"{'both ' if len(shown(text)) > 1 else ''}{names} by about {share} %"))
    word = max((widest(said, len) for _, said in shown(text)), key=len)
    hint = f' (its longest word is "{word}")' if len(word) > 12 else ""
    return f"{what}: shorten {min(faults)[1]}{hint}"


def _share(text: Text, percent: int) -> Text:
    """The first part of every language."""
    for language, said in shown(text):
        text = replaced(text, language, said[: len(said) * percent // 100])
    return text


def excess(words: str, fits: Callable[[str], bool]) -> int:
    """How many characters at the end have to go before the rest fits."""
    return bisect_left(range(len(words)), True, key=lambda over: fits(words[: len(words) - over]))
