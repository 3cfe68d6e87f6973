"""How commands answer: a table or words for people, JSON for programs."""

from argparse import Namespace
from collections.abc import Iterable
from datetime import datetime
from difflib import get_close_matches

import msgspec


def tell(options: Namespace, value: object, text: str) -> None:
    """Print the answer as it was asked for."""
    print(as_json(value) if options.json else text)


def counted(count: int, what: str) -> str:
    """As "1 file" and "2 files"."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def as_json(value: object) -> str:
    """For programs, and still legible."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """What follows a word that is not known: which of those that are comes nearest, or otherwise."""
    close = get_close_matches(word, sorted(known), 1)
    return f"; did you mean {close[0]}?" if close else otherwise


def seconds(moment: datetime) -> str:
    """A moment as people read it."""
    return moment.isoformat(timespec="seconds")
