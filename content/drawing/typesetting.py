"""Measured text: set in two languages at the largest size at which all of it fits, or refused."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from content.drawing.linebreaking import balance
from content.drawing.refusals import complaint, excess, require
from content.drawing.typefaces import Face, advance, extent
from content.message import BadMessage, Text

T = TypeVar("T")
Sizes = tuple[int, int]
"""The smallest and the largest size, px per em."""
HEADING = 1.18
BODY = 1.4
"""Line heights, in em."""
ROOM_BELOW = 0.25
"""Room below the baseline of a heading, em: descenders reach 0.24."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a text is set: faces, line heights (em), and the English relative to the Chinese."""

    zh: Face = Face.BOLD
    en: Face = Face.REGULAR
    zh_leading: float = HEADING
    en_leading: float = HEADING
    ratio: float = 0.58
    """Size of the English by the size of the Chinese."""
    gap: float = 0.06
    """Between the two, em of the Chinese."""
    centred: bool = False


NAME = Manner(zh=Face.REGULAR, zh_leading=BODY, en_leading=BODY, ratio=1, gap=0)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a block; x and baseline count from the block's left top corner, px."""

    text: str
    face: Face
    size: int
    english: bool
    x: int
    baseline: int

    @property
    def advance(self) -> float:
        """Width, px."""
        return advance(self.face, self.size, self.text)

    def ink(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of what is drawn, in the block; an empty box for an empty line."""
        left, top, right, bottom = extent(self.face, self.size, self.text)
        return left + self.x, top + self.baseline, right + self.x, bottom + self.baseline


@dataclass(frozen=True, slots=True)
class Block:
    """Lines with the box that holds all of their ink, px."""

    width: int
    height: int
    lines: tuple[Line, ...]

    @property
    def size(self) -> int:
        """Size of the Chinese, or of the only language, px per em."""
        return self.lines[0].size if self.lines else 0


def largest(sizes: Sizes, attempt: Callable[[int], T | None]) -> T | None:
    """What the attempt makes at the largest size at which it succeeds."""
    made: dict[int, T | None] = {}

    def fails(step: int) -> bool:
        made[step] = attempt(sizes[1] - step)
        return made[step] is not None

    steps = range(max(0, sizes[1] - sizes[0]) + 1)
    found = bisect_left(steps, True, key=fails)
    return made.get(found)


def compose(text: Text, width: int, size: int, manner: Manner) -> Block | None:
    """The text in a column at a size of the Chinese; None when a word is wider than the column."""
    small = round(size * manner.ratio)
    chinese = _lines(text.zh, manner.zh, size, width)
    english = _lines(text.en, manner.en, small, width)
    if chinese is None or english is None:
        return None
    lines: list[Line] = []
    y = 0
    for words in chinese:
        lines.append(_placed(Line(words, manner.zh, size, False, 0, y), manner.zh_leading))
        y = _end(lines[-1], manner.zh_leading)
    y += round(size * manner.gap) if chinese else 0
    for words in english:
        lines.append(_placed(Line(words, manner.en, small, True, 0, y), manner.en_leading))
        y = _end(lines[-1], manner.en_leading)
    if manner.centred:
        lines = [replace(line, x=round((width - line.advance) / 2)) for line in lines]
    return Block(max((line.ink()[2] for line in lines), default=0), y, tuple(lines))


def _lines(text: str, face: Face, size: int, width: int) -> list[str] | None:
    """Lines in a column, with two pixels to spare for ink that leans out of its advance."""
    return balance(text.strip(), width - max(2, size // 16), partial(advance, face, size))


def _placed(line: Line, leading: float) -> Line:
    """The line moved down from its top to its baseline: room for the line height, and for all of its ink."""
    left, top, _, _ = extent(line.face, line.size, line.text)
    above = line.size * (leading - _below(leading))
    return replace(line, x=max(0, -left), baseline=line.baseline + max(round(above), -top))


def _end(line: Line, leading: float) -> int:
    """Where the line's height ends, and with it all of its ink."""
    return max(line.baseline + round(line.size * _below(leading)), line.ink()[3])


def _below(leading: float) -> float:
    """The share of a line height below the baseline, em."""
    return ROOM_BELOW + (leading - HEADING) / 2


def fit(what: str, text: Text, room: tuple[int, int], manner: Manner, sizes: Sizes) -> Block:
    """The text at the largest size at which it fits a room of width x height, px. Raises BadMessage."""
    require(what, text)
    block = largest(sizes, lambda size: _within(text, room, manner, size))
    if block is None:
        raise BadMessage(complaint(what, text, lambda t: _within(t, room, manner, sizes[0]) is not None))
    return block


def _within(text: Text, room: tuple[int, int], manner: Manner, size: int) -> Block | None:
    block = compose(text, room[0], size, manner)
    return block if block and block.height <= room[1] and block.width <= room[0] else None


def fit_line(what: str, words: str, width: int, face: Face, sizes: Sizes) -> Block:
    """Words on one line, at the largest size at which it fits the width. Raises BadMessage."""
    require(what, Text(words))
    block = largest(sizes, lambda size: on_one_line(words, width, face, size))
    if block is None:
        smallest = sizes[0]
        over = excess(words, lambda cut: not cut or on_one_line(cut, width, face, smallest) is not None)
        raise BadMessage(f'{what}: shorten "{words}" by about {over} of its {len(words)} characters')
    return block


def fit_name(what: str, name: Text, width: int, sizes: Sizes) -> Block:
    """A name on one line, or where that is too long the English below the Chinese. Raises BadMessage."""
    require(what, name)
    together = largest(sizes, lambda size: on_one_line(both(name), width, Face.REGULAR, size))
    if together or not name.en:
        return together or fit_line(what, name.zh, width, Face.REGULAR, sizes)
    return fit(what, name, (width, 3 * sizes[0]), NAME, sizes)


def on_one_line(words: str, width: int, face: Face, size: int) -> Block | None:
    """The words at a size, if they need no more than one line."""
    block = compose(Text(words), width, size, Manner(zh=face, zh_leading=BODY))
    return block if block and len(block.lines) == 1 and block.width <= width else None


def both(text: Text) -> str:
    """The two languages on one line."""
    return " · ".join(part for part in (text.zh, text.en) if part)
