"""The machine itself: a fixed piece of Python and NumPy, again and again."""

from pathlib import Path

import numpy as np

from benchmarks.report import Row, milliseconds
from benchmarks.timing import fixed_work, ratio, times

TRIES = 300


def measure(_records: Path | None = None) -> list[Row]:
    """How far a time can be trusted here."""
    seconds = times(TRIES, fixed_work)
    worst = max(seconds) / float(np.median(seconds))
    return [
        Row("fixed work", milliseconds(seconds)),
        Row("fixed work, p95 over median", f"x{ratio(seconds):.2f} (worst x{worst:.2f})"),
    ]
