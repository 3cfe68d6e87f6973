"""Words of the command line as values; what is wrong with one is said in a line that tells what to write."""

import re
from argparse import ArgumentTypeError
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from content.languages import LANGUAGES
from content.message import Dates, Window, is_name, is_path

LARGEST_SIDE = 8192
TLS_PORT = 8883


def area(word: str) -> str:
    """A path from the country down."""
    if not is_path(word):
        raise ArgumentTypeError(
            f"{word!r} is not an area: write words of a-z, 0-9 and - with / between them, "
            "the widest first, as cn/sichuan/chengdu/tower-a"
        )
    return word


def name(word: str) -> str:
    """An id, an event or a car."""
    if not is_name(word):
        raise ArgumentTypeError(f"{word!r} is not a name: write up to 64 of a-z, 0-9 and -")
    return word


def text(word: str) -> str:
    """Words for the glass."""
    try:
        word.encode()
    except UnicodeEncodeError as error:
        raise ArgumentTypeError("is not UTF-8: set the terminal to UTF-8") from error
    return word


def moment(word: str) -> datetime:
    """A date and time with its offset, in UTC."""
    try:
        written = datetime.fromisoformat(word)
        if written.tzinfo is None:
            raise ArgumentTypeError(f"{word!r} has no offset: write for instance 2026-11-22T17:00+08:00")
        return written.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ArgumentTypeError(
            f"{word!r} is not a time: write for instance 2026-11-22T17:00+08:00"
        ) from error


def window(word: str) -> Window:
    """A daypart, HH:MM-HH:MM, and after an @ the weekdays, 1 for Monday."""
    found = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)(?:@([1-7](?:,[1-7])*))?", word)
    if found is None:
        raise ArgumentTypeError(
            f"{word!r} is not a window: write HH:MM-HH:MM, or HH:MM-HH:MM@1,2,3 for Monday to Wednesday"
        )
    start, end = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    if start == end:
        raise ArgumentTypeError(f"{word!r} begins when it ends: without --window a message shows all day")
    days = found[5] or "1,2,3,4,5,6,7"
    return Window(start, end, tuple(sorted({int(day) for day in days.split(",")})))


def number(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers in a range."""

    def read(word: str) -> int:
        if not re.fullmatch(r"\d{1,9}", word) or not least <= int(word) <= most:
            raise ArgumentTypeError(f"{word!r} is not a whole number from {least} to {most}")
        return int(word)

    return read


def minutes(word: str) -> timedelta:
    """For how long, up to a week."""
    return timedelta(minutes=number(1, 7 * 24 * 60)(word))


def size(word: str) -> tuple[int, int]:
    """Width x height, px."""
    found = re.fullmatch(r"(\d{1,5})x(\d{1,5})", word)
    sides = (int(found[1]), int(found[2])) if found else (0, 0)
    if not all(64 <= side <= LARGEST_SIDE for side in sides):
        raise ArgumentTypeError(f"{word!r} is not a size in pixels: write for instance 1080x1920")
    return sides


def address(word: str) -> tuple[str, int]:
    """Host and port of a broker."""
    host, _, port = word.rpartition(":")
    if not host or not re.fullmatch(r"\d{1,5}", port) or not 1 <= int(port) <= 65535:
        raise ArgumentTypeError(f"{word!r} is not an address: write HOST:PORT, as 127.0.0.1:1883")
    return host.strip("[]"), int(port)


def host(word: str) -> tuple[str, int]:
    """Host of a broker, and its port where it is not that of MQTT over TLS."""
    name, colon, _ = word.rpartition(":")
    return address(word if colon and name else f"{word}:{TLS_PORT}")


def day(word: str) -> date:
    """A day of the calendar."""
    try:
        return date.fromisoformat(word)
    except ValueError as error:
        raise ArgumentTypeError(f"{word!r} is not a day: write for instance 2026-11-22") from error


def png(word: str) -> Path:
    """A file to be written as PNG."""
    path = Path(word)
    if path.suffix.lower() != ".png":
        raise ArgumentTypeError(f"{word!r} does not end in .png: what is written is a PNG file")
    return path


def dates(word: str) -> Dates:
    """Days from the first to the last, or one day."""
    first, _, last = word.partition("/")
    found = Dates(day(first), day(last or first))
    if found.last < found.first:
        raise ArgumentTypeError(f"{word!r} ends before it begins: write the earlier day first")
    return found


def said(word: str) -> tuple[str, str]:
    """Words in one language, LANG=TEXT; gives the language's field in a Text."""
    tag, _, words = word.partition("=")
    fields = {language.tag: language.field for language in LANGUAGES}
    if tag not in fields or not words.strip():
        raise ArgumentTypeError(f"{word!r}: write LANG=TEXT, where LANG is one of {', '.join(fields)}")
    return fields[tag], text(words)
