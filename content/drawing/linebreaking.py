"""Where lines may break (UAX 14), and how a text is cut into lines that fit a width."""

from collections.abc import Callable
from functools import lru_cache

from uniseg.linebreak import line_break_units

from content.drawing.typefaces import JOINER

Measure = Callable[[str], float]
"""Width of a text on one line; the widths of its parts add up to its own."""
Part = tuple[str, float, float]
BREAKABLE = " \u3000\n"
"""White space that a line loses at its end."""


def keep(marked: str) -> str:
    """Chinese with words kept whole: "走|楼梯" may break only at the bar."""
    return "".join(JOINER.join(word) for word in marked.split("|"))


@lru_cache(maxsize=512)
def pieces(text: str) -> tuple[str, ...]:
    """The smallest parts of a text that stay on one line, without joiners; they end in the space broken at."""
    return tuple(piece.replace(JOINER, "") for piece in line_break_units(text))


def widest(text: str, measure: Measure) -> str:
    """The part that no line break can make narrower."""
    return max((piece.rstrip(BREAKABLE) for piece in pieces(text)), key=measure, default="")


def wrap(text: str, limit: float, measure: Measure) -> list[str] | None:
    """Lines no wider than the limit, each as long as it can be; None when a part is too wide for any line."""
    return _filled(_measured(text, measure), limit)


def balance(text: str, limit: int, measure: Measure) -> list[str] | None:
    """Like wrap, with as many lines, but each paragraph's lines of even length: no last line of one word."""
    lines: list[str] = []
    for paragraph in text.split("\n") if text else ():
        even = _even(_measured(paragraph, measure), limit)
        if even is None:
            return None
        lines += even or [""]
    return lines


def _measured(text: str, measure: Measure) -> list[Part]:
    """The parts of a text, each with its width and its width at the end of a line."""
    return [(piece, measure(piece), measure(piece.rstrip(BREAKABLE))) for piece in pieces(text)]


def _filled(parts: list[Part], limit: float) -> list[str] | None:
    lines: list[str] = []
    line, used = "", 0.0
    for piece, width, bare in parts:
        if line and used + bare > limit:
            lines.append(line)
            line, used = "", 0.0
        line += piece
        if used + bare > limit:
            return None
        used += width
        if piece.endswith("\n"):
            lines.append(line)
            line, used = "", 0.0
    lines += [line] if line else []
    return [line.rstrip(BREAKABLE) for line in lines]


def _even(parts: list[Part], limit: int) -> list[str] | None:
    """The lines of the narrowest column that needs no more of them than the limit does."""
    best = _filled(parts, limit)
    if best is None or len(best) < 2:
        return best
    low, high = limit // 2, limit
    while low < high:
        middle = (low + high) // 2
        lines = _filled(parts, middle)
        if lines is None or len(lines) > len(best):
            low = middle + 1
        else:
            best, high = lines, middle
    return best
