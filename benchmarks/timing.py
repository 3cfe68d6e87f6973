"""Times of repeated work, the machine's own jitter, and bars for those who wait.

Jitter is the 95th percentile over the median of a fixed piece of work: what the machine does to a time even
when nothing changed. A difference smaller than it means nothing.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")
BAR = 30


def times(tries: int, work: Callable[[], object]) -> list[float]:
    """Wall seconds of each try, after one that is not counted."""
    work()
    return [_timed(work) for _ in range(tries)]


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def fixed_work() -> float:
    """Some milliseconds of Python and of NumPy, always the same."""
    matrix = np.arange(10_000.0).reshape(100, 100) / 1e4
    total = 0.0
    for number in range(600):
        total += float((matrix[number % 100] * number).sum())
        total += sum(digit * digit for digit in range(100))
    return total


def ratio(seconds: Sequence[float]) -> float:
    """95th percentile over median."""
    return float(np.percentile(seconds, 95) / np.median(seconds))


def rss_mb() -> float:
    """Memory of this process that is really in use (Linux), MB."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def progress(name: str, items: Sequence[T]) -> Iterator[T]:
    """The items, with a bar on a terminal."""
    for number, item in enumerate(items):
        show(name, number / len(items))
        yield item
    show(name, 1.0)


def show(name: str, share: float) -> None:
    """Draw the bar on a terminal; its end wipes it away."""
    if not sys.stderr.isatty():
        return
    full = round(BAR * min(share, 1.0))
    line = f"{name:12} [{'#' * full}{'.' * (BAR - full)}]"
    wipe = "\r" + " " * len(line) + "\r"
    print(wipe if share >= 1 else "\r" + line, end="", file=sys.stderr, flush=True)
