"""Tables for a terminal, in which a Chinese character takes two columns."""

from unicodedata import east_asian_width


def table(headings: list[str], rows: list[list[str]]) -> str:
    """Aligned lines, the headings first."""
    lines = [headings, *([_printable(cell) for cell in row] for row in rows)]
    widths = [max(map(_columns, column)) for column in zip(*lines, strict=True)]
    return "\n".join(_line(cells, widths) for cells in lines)


def _line(cells: list[str], widths: list[int]) -> str:
    padded = (cell + " " * (width - _columns(cell)) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _printable(text: str) -> str:
    """Whoever may write to the broker must not reach the terminal's control characters."""
    return "".join(character if character.isprintable() else " " for character in text)
