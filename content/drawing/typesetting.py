"""Measured text: set in one or two languages at the largest size at which all of it fits, or refused."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from math import ceil
from typing import NamedTuple, TypeVar

from content.drawing.letters import Extent
from content.drawing.linebreaking import balance
from content.drawing.refusals import complaint, require
from content.drawing.shaping import advance, extent, outer
from content.drawing.typefaces import Face
from content.languages import ENGLISH, Language, shown
from content.message import BadMessage, Text

T = TypeVar("T")
MeasureInk = Callable[[Language, Face, int, str], Extent]
"""What measures the ink of a line."""
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


class Column(NamedTuple):
    """How the lines of a column begin."""

    width: int
    """Pixels."""
    centred: bool
    mirrored: bool
    """Whether they are read from the right."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a block; x and baseline count from the block's left top corner, px."""

    text: str
    language: Language
    face: Face
    size: int
    second: bool
    """Whether it stands back behind the main language."""
    baseline: int = 0
    start: int = 0
    """Where it begins, if it is in no column, px."""
    column: Column | None = None

    @property
    def x(self) -> int:
        """Where it begins, px."""
        return self._begin(extent)

    def _begin(self, box: MeasureInk) -> int:
        """Where it begins with such ink: in a column at the side from which it is read, or so that it is centred."""
        if self.column is None:
            return self.start
        width, centred, mirrored = self.column
        if centred:
            return round((width - self.advance) / 2)
        left, _, right, _ = box(self.language, self.face, self.size, self.text)
        return width - max(ceil(self.advance), right) if mirrored else max(0, -left)

    def ends_within(self, width: int) -> bool:
        """Whether its ink does."""
        manner = self.language, self.face, self.size, self.text
        return any(self._begin(box) + box(*manner)[2] <= width for box in (outer, extent))

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

    height: int
    lines: tuple[Line, ...]

    @property
    def width(self) -> int:
        """Where the ink of its lines ends, px."""
        return max((line.ink()[2] for line in self.lines), default=0)

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
        least = _least(language, em, manner.second_leading if second else manner.main_leading)
        column = Column(width, manner.centred, mirrored)
        y += round(size * manner.gap) if second else 0
        for words in broken:
            above, below = _room(language, face, em, words, least)
            lines.append(Line(words, language, face, em, bool(second), y + above, column=column))
            y += above + below
    return Block(y, tuple(lines))


def _lines(text: str, language: Language, face: Face, size: int, width: int) -> list[str] | None:
    """Lines in a column."""
    limit, measure = _limit(width, size), partial(advance, language, face, size)
    lines = balance(text.strip(), limit, measure)
    # Letters that are shaped may take more room together than apart.
    return None if lines and language.shaped and max(map(measure, lines)) > limit else lines


def _limit(width: int, size: int) -> int:
    """A column's width with two pixels to spare for ink that leans out of its advance."""
    return width - max(2, size // 16)


def _least(language: Language, size: int, leading: float) -> tuple[int, int]:
    """The line height above the baseline and below it, px."""
    below = _below(leading)
    return round(size * (leading - below + language.above)), round(size * (below + language.below))


def _room(language: Language, face: Face, size: int, words: str, least: tuple[int, int]) -> tuple[int, int]:
    """What a line takes above and below its baseline, px: at least so much, and room for all of its ink."""
    for box in (outer, extent):
        _, top, _, bottom = box(language, face, size, words)
        if -top <= least[0] and bottom <= least[1]:
            return least
    return max(least[0], -top), max(least[1], bottom)


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
    fits = block and block.height <= room[1] and all(line.ends_within(room[0]) for line in block.lines)
    return block if fits else None


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
    parts = [
        (language, words[0])
        for (language, _), words in zip(said, broken, strict=True)
        if words is not None and len(words) == 1
    ]
    if len(parts) < len(said):
        return None
    if len(parts) > 1:
        parts.insert(1, (ENGLISH, BETWEEN))
    total = sum(advance(language, face, size, words) for language, words in parts)
    if total > _limit(width, size):
        return None
    mirrored = bool(said) and said[0][0].rtl
    x = width - total if mirrored else 0.0
    rooms = [_room(language, face, size, words, _least(language, size, BODY)) for language, words in parts]
    baseline = max((above for above, _ in rooms), default=0)
    lines = []
    for language, words in reversed(parts) if mirrored else parts:
        lines.append(Line(words, language, face, size, False, baseline, round(x)))
        x += advance(language, face, size, words)
    return Block(baseline + max((below for _, below in rooms), default=0), tuple(lines))
