"""Rows of the table that all benchmarks fill."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Row:
    """One number, measured."""

    what: str
    measured: str
    required: str = "-"
    met: bool = True
    """Whether measured keeps what is required."""
    jitter: float = 1.0
    """Of the machine around this benchmark: see `benchmarks.timing`."""


def milliseconds(seconds: Iterable[float]) -> str:
    """Median, and how far the slow ones are from it."""
    values = 1000 * np.array(list(seconds))
    p95 = np.percentile(values, 95)
    return f"{np.median(values):.1f} ms (p95 {p95:.1f}, worst {values.max():.1f}, n {len(values)})"


def table(rows: list[Row]) -> str:
    """The rows as Markdown; a number that is missed says so."""
    cells = [("what", "required", "measured", "jitter")]
    for row in rows:
        missed = "" if row.met else "MISSED "
        cells.append((row.what, row.required, missed + row.measured, f"x{row.jitter:.2f}"))
    widths = [max(len(line[column]) for line in cells) for column in range(4)]
    lines = [_line(line, widths) for line in cells]
    return "\n".join([lines[0], _line(tuple("-" * width for width in widths), widths), *lines[1:]])


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"
