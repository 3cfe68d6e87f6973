"""How far long work is, told on a terminal and nowhere else."""

import sys
from collections.abc import Callable

Tell = Callable[[str, int, int], None]
"""What is done, and how much of how much."""

WIDTH = 30


def silent(_what: str, _done: int, _of: int) -> None:
    """For work that nobody watches."""


def bar(what: str, done: int, of: int) -> None:
    """One line on the error output, drawn over the one before, and gone at the end; nothing where that is no terminal."""
    if not sys.stderr.isatty() or (done < of and done * 100 // of == (done - 1) * 100 // of):
        return
    full = WIDTH * done // of
    line = f"{what} [{'#' * full}{' ' * (WIDTH - full)}] {done}/{of}"
    print(f"\r\033[K{line if done < of else ''}", end="", file=sys.stderr, flush=True)
