"""Whoever waits at a terminal sees how far it is; a script sees nothing."""

from contextlib import redirect_stderr
from io import StringIO

from content.progress import bar


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def drawn(of: int, screen: StringIO) -> list[str]:
    with redirect_stderr(screen):
        for done in range(1, of + 1):
            bar("writing", done, of)
    return screen.getvalue().split("\r\033[K")


def test_a_terminal_shows_at_most_a_hundred_steps_and_nothing_at_the_end() -> None:
    lines = drawn(10_000, Terminal())
    assert len(lines) == 101
    assert lines[50] == f"writing [{'#' * 15}{' ' * 15}] 5000/10000"
    assert lines[-1] == ""
    assert drawn(3, Terminal())[1] == f"writing [{'#' * 10}{' ' * 20}] 1/3"


def test_what_is_no_terminal_is_told_nothing() -> None:
    assert drawn(10_000, StringIO()) == [""]
