"""Measured text: set in one or two languages at the largest size at which all of it fits, or refused."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from math import ceil
from typing import TypeVar

from content.drawing.linebreaking import balance
from content.drawing.refusals import complaint, require
from content.drawing.shaping import advance, extent
from content.drawing.typefaces import Face
from content.languages import ENGLISH, Language, shown
from content.message import BadMessage, Text

T = TypeVar("T")
Sizes = tuple[int, int]
"""The smallest and the largest size, px per em."""
HEADING = 1.18
BODY = 1.4
"""Line heights, in em."""
ROOM_BELOW = 0.25
"""Room below the baseline of a heading, em: descenders reach 0.24."""
BETWEEN = " · "
"""Between two languages on one line."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a text is set: faces, line heights (em), and the second language relative to the main one."""

    main: Face = Face.BOLD
    second: Face = Face.REGULAR
    main_leading: float = HEADING
    second_leading: float = HEADING
    ratio: float = 0.58
    """Size of the second language by the size of the main one."""
    gap: float = 0.06
    """Between the two, em of the main one."""
    centred: bool = False
    flush: bool = False
    """Whether the second language begins at the side of the main one, and not at its own."""


NAME = Manner(Face.REGULAR, Face.REGULAR, BODY, BODY, ratio=1, gap=0, flush=True)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a block; x and baseline count from the block's left top corner, px."""

    text: str
    language: Language
    face: Face
    size: int
    second: bool
    """Whether it stands back behind the main language."""
    x: int = 0
    baseline: int = 0

    @property
    def advance(self) -> float:
        """Width, px."""
        return advance(self.language, self.face, self.size, self.text)

    def extent(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of what is drawn, from the start of its baseline."""
        return extent(self.language, self.face, self.size, self.text)

    def ink(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom of what is drawn, in the block; an empty box for an empty line."""
        left, top, right, bottom = self.extent()
        return left + self.x, top + self.baseline, right + self.x, bottom + self.baseline


@dataclass(frozen=True, slots=True)
class Block:
    """Lines with the box that holds all of their ink, px."""

    width: int
    height: int
    lines: tuple[Line, ...]

    @property
    def size(self) -> int:
        """Size of the main language, px per em."""
        return self.lines[0].size if self.lines else 0

    @property
    def mirrored(self) -> bool:
        """Whether its main language is read from the right."""
        return any(line.language.rtl and not line.second for line in self.lines)


def largest(sizes: Sizes, attempt: Callable[[int], T | None]) -> T | None:
    """What the attempt makes at the largest size at which it succeeds."""
    made: dict[int, T | None] = {}

    def fails(step: int) -> bool:
        made[step] = attempt(sizes[1] - step)
        return made[step] is not None

    steps = range(max(0, sizes[1] - sizes[0]) + 1)
    found = bisect_left(steps, True, key=fails)
    return made.get(found)


@lru_cache(maxsize=256)
def compose(text: Text, width: int, size: int, manner: Manner) -> Block | None:
    """The text in a column at a size of its main language; None when a word is wider than the column."""
    lines: list[Line] = []
    y = 0
    mirrored = False
    for second, (language, said) in enumerate(shown(text)):
        mirrored = mirrored if second and manner.flush else language.rtl
        face, em = (manner.second, round(size * manner.ratio)) if second else (manner.main, size)
        broken = _lines(said, language, face, em, width)
        if broken is None:
            return None
        leading = manner.second_leading if second else manner.main_leading
        y += round(size * manner.gap) if second else 0
        for words in broken:
            line = _placed(words, (language, face, em), bool(second), y, leading)
            lines.append(_moved(line, _start(line, width, manner.centred, mirrored)))
            y = _end(line, leading)
    return Block(max((line.ink()[2] for line in lines), default=0), y, tuple(lines))


def _lines(text: str, language: Language, face: Face, size: int, width: int) -> list[str] | None:
    """Lines in a column."""
    limit, measure = _limit(width, size), partial(advance, language, face, size)
    lines = balance(text.strip(), limit, measure)
    # Letters that are shaped may take more room together than apart.
    return None if lines and language.shaped and max(map(measure, lines)) > limit else lines


def _limit(width: int, size: int) -> int:
    """A column's width with two pixels to spare for ink that leans out of its advance."""
    return width - max(2, size // 16)


def _start(line: Line, width: int, centred: bool, mirrored: bool) -> int:
    """Where a line begins in its column: at the side from which it is read, or so that it is centred."""
    left, _, right, _ = line.extent()
    if centred:
        return round((width - line.advance) / 2)
    return width - max(ceil(line.advance), right) if mirrored else max(0, -left)


def _placed(words: str, manner: tuple[Language, Face, int], second: bool, top: int, leading: float) -> Line:
    """A line below a height: room for the line height, and for all of its ink."""
    language, face, size = manner
    above = size * (leading - _below(leading) + language.above)
    baseline = top + max(round(above), -extent(language, face, size, words)[1])
    return Line(words, language, face, size, second, 0, baseline)


def _moved(line: Line, x: int) -> Line:
    """The line at a place; several times as fast as `replace`, and needed for every size that is tried."""
    if x == line.x:
        return line
    return Line(line.text, line.language, line.face, line.size, line.second, x, line.baseline)


def _end(line: Line, leading: float) -> int:
    """Where the line's height ends, and with it all of its ink."""
    below = line.size * (_below(leading) + line.language.below)
    return max(line.baseline + round(below), line.ink()[3])


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


def fit_line(what: str, text: Text, width: int, face: Face, sizes: Sizes) -> Block:
    """The text on one line, at the largest size at which it fits the width. Raises BadMessage."""
    require(what, text)
    block = largest(sizes, lambda size: on_one_line(text, width, face, size))
    if block is None:
        raise BadMessage(complaint(what, text, lambda t: on_one_line(t, width, face, sizes[0]) is not None))
    return block


def fit_name(what: str, name: Text, width: int, sizes: Sizes) -> Block:
    """A name on one line, or where that is too long one language below the other. Raises BadMessage."""
    require(what, name)
    together = largest(sizes, lambda size: on_one_line(name, width, Face.REGULAR, size))
    if together or len(shown(name)) < 2:
        return together or fit_line(what, name, width, Face.REGULAR, sizes)
    marks = sum(language.above + language.below for language, _ in shown(name))
    return fit(what, name, (width, round((3 + marks) * sizes[0])), NAME, sizes)


def on_one_line(text: Text, width: int, face: Face, size: int) -> Block | None:
    """The words at a size, its languages beside each other, if they need no more than one line."""
    said = shown(text)
    broken = [_lines(words, language, face, size, width) for language, words in said]
    lines = [
        _placed(words[0], (language, face, size), False, 0, BODY)
        for (language, _), words in zip(said, broken, strict=True)
        if words is not None and len(words) == 1
    ]
    if len(lines) < len(said):
        return None
    if len(lines) > 1:
        lines.insert(1, _placed(BETWEEN, (ENGLISH, face, size), False, 0, BODY))
    total = sum(line.advance for line in lines)
    if total > _limit(width, size):
        return None
    mirrored = bool(said) and said[0][0].rtl
    placed, x = [], width - total if mirrored else 0.0
    for line in reversed(lines) if mirrored else lines:
        placed.append(_moved(line, round(x)))
        x += line.advance
    return _level(placed)


def _level(lines: list[Line]) -> Block:
    """Lines beside each other on one baseline."""
    baseline = max((line.baseline for line in lines), default=0)
    level = tuple(replace(line, baseline=baseline) for line in lines)
    return Block(
        max((line.ink()[2] for line in level), default=0),
        max((_end(line, BODY) for line in level), default=0),
        level,
    )
