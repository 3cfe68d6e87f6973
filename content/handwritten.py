"""Files that people write in TOML, as areas and senders are: what is wrong is said with its name, its key, and what to write."""

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from content.message import BadMessage

T = TypeVar("T", bound=msgspec.Struct)


def read(path: Path) -> str:
    """The text of a file that a person wrote; some editors begin one with a mark. Raises OSError, BadMessage."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadMessage("is not in UTF-8: save it in this encoding") from error


def entries(text: str, every: str, one: str, shape: type[T], hints: Mapping[str, str]) -> dict[str, T]:
    """The tables [every."name"] of a file, by name; one: what each is called; hints: what to write under each key.

    Raises BadMessage, in one line that says what to change.
    """
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadMessage(f"is not TOML: {error}") from error
    _require_known(written, [every], "the file")
    tables = written.get(every)
    if not isinstance(tables, dict):
        raise BadMessage(f'has no {every}: write each as [{every}."NAME"]')
    return {name: _entry(f"{one} {name!r}", table, shape, hints) for name, table in tables.items()}


def _entry(name: str, table: Any, shape: type[T], hints: Mapping[str, str]) -> T:
    if not isinstance(table, dict):
        raise BadMessage(f"{name}: write it as a table of its own, with its keys on the lines below")
    _require_known(table, shape.__struct_fields__, name)
    try:
        return msgspec.convert(table, shape)
    except msgspec.ValidationError as error:
        found = re.search(r"`\$\.(\w+)", str(error))
        if found is None:
            raise BadMessage(f"{name}: {error}") from error
        raise BadMessage(f"{name}: {found[1]}: write {hints[found[1]]}") from error


def _require_known(table: Mapping[str, Any], keys: list[str] | tuple[str, ...], place: str) -> None:
    for key in table:
        if key not in keys:
            close = get_close_matches(key, keys, 1)
            meant = f"did you mean {close[0]}?" if close else f"it has {', '.join(keys)}"
            raise BadMessage(f"{place}: {key} is not known; {meant}")
