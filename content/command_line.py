"""The command line of every program of ours, as far as it is there before Ctrl-C is: imports nothing else of ours."""

import argparse
import sys
from collections.abc import Callable
from typing import Any, NoReturn

USAGE, STOPPED = 2, 130
"""Exit codes: what was typed cannot be done; Ctrl-C."""


def until_stopped(program: str, work: Callable[[], int]) -> int:
    """The exit code of a program's work; Ctrl-C, also while it loads, is one line."""
    try:
        return work()
    except KeyboardInterrupt:
        print(f"\n{program}: stopped", file=sys.stderr)
        return STOPPED


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and names the help of the very command that was typed."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Options are typed whole: --area is not --areas."""
        super().__init__(*args, **{"allow_abbrev": False, **options})

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Words that it does not know are an error here: the parser above would name its own help."""
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"{' '.join(unknown)}: not known here")
        return found, unknown

    def error(self, message: str) -> NoReturn:
        """One line, which the program's name begins."""
        program = self.prog.partition(" ")[0]
        self.exit(USAGE, f"{program}: {message}; `{self.prog} --help` shows how\n")
