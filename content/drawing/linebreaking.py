"""Where lines may break (UAX 14), and how a text is cut into lines that fit a width."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from math import ceil, floor

from uniseg.linebreak import line_break_units

from content.drawing.typefaces import JOINER

Measure = Callable[[str], float]
"""Width of a text on one line; the widths of its parts add up to its own."""
Part = tuple[str, float, float]
_IDEOGRAPH = (
    "あいうえおか-ぢつ-もやゆよら-ろわ-んアイウエオカ-ヂツ-モヤユヨラ-ロワ-ン\u3400-\u4dbf\u4e00-\u9fff"
)
_LETTER = "A-Za-z0-9\u0621-\u064a\u0904-\u0939\u0958-\u0961"
_MARK = "[\u064b-\u0652\u0900-\u0903\u093a-\u094f]"
_STOP, _END = "[，。、！？：]", "[.,:;!?،؛؟।]"
"""What may stand behind ideographs and behind letters."""
_ANY = "[^\n\r\v\f\x85\u2028\u2029\u200b]"
_WHOLE = re.compile(
    f"{_ANY}(?:{JOINER}{_ANY})*|[{_IDEOGRAPH}]{_STOP}? ?"
    f"|[{_LETTER}]{_MARK}*(?:[.,:;]?[{_LETTER}]{_MARK}*)*{_END}? ?"
)
"""What no line end parts (rules LB 7, 9, 11, 13, 15d, 21, 23, 25, 28, 29)."""
_BEFORE = (
    *(f"[{_IDEOGRAPH}]{stop}{space}" for stop in ("", _STOP, JOINER + _STOP) for space in ("", " ")),
    *(f"[{_LETTER}]{marks * _MARK}{end} " for marks in range(3) for end in ("", _END)),
)
_SURE = re.compile(
    f"(?:{'|'.join(f'(?<={before})' for before in _BEFORE)})(?=[{_IDEOGRAPH}{_LETTER}])"
    f"|(?<=[{_LETTER}])(?=[{_IDEOGRAPH}])"
)
"""Where a line may end whatever else stands around (LB 18, 31)."""
BREAKABLE = " \u3000\n"
"""White space that a line loses at its end."""


def keep(marked: str) -> str:
    """Chinese with words kept whole: "走|楼梯" may break only at the bar."""
    return "".join(JOINER.join(word) for word in marked.split("|"))


@lru_cache(maxsize=512)
def pieces(text: str) -> tuple[str, ...]:
    """The smallest parts of a text that stay on one line, without joiners; they end in the space broken at."""
    return tuple(piece.replace(JOINER, "") for part in _SURE.split(text) for piece in _units(part))


def _units(part: str) -> Iterable[str]:
    """Parts between line breaks: uniseg takes 0.1 ms a character, and most of a text is plain."""
    return (part,) if _WHOLE.fullmatch(part) else line_break_units(part)


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
    parts = [(piece, piece.rstrip(BREAKABLE), measure(piece)) for piece in pieces(text)]
    return [(piece, width, width if bare == piece else measure(bare)) for piece, bare, width in parts]


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
    widths = [(width, bare) for _, width, bare in parts]
    spaces = (len(best) - 1) * max(width - bare for width, bare in widths)
    share = (sum(width for width, _ in widths) - spaces) / len(best)  # narrower than this cannot do
    low, high = max(limit // 2, ceil(max(bare for _, bare in widths)), floor(share)), limit
    while low < high:
        middle = (low + high) // 2
        if _counted(widths, middle) > len(best):
            low = middle + 1
        else:
            high = middle
    return _filled(parts, low)


def _counted(widths: list[tuple[float, float]], limit: float) -> int:
    """How many lines parts of these widths fill, none of which is wider than the limit, in one paragraph."""
    lines, used = 1, 0.0
    for width, bare in widths:
        if used and used + bare > limit:
            lines += 1
            used = width
        else:
            used += width
    return lines
