"""Messages and alerts as the options say them, before they are checked and signed."""

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec

from content.cabin import Advice
from content.commands import BadInput
from content.commands.output import seconds
from content.languages import LANGUAGES, MOST_ON_A_PAGE, pair_of, spoken, words
from content.message import CATEGORY, SENDER, Alert, Instructions, Message, NamedPicture, Playlist, Text
from content.page import Site
from content.pages import EARTHQUAKE

QUAKE = Text("地震", "Earthquake")
T = TypeVar("T", Message, Alert, Playlist)


def everywhere(draft: T, places: Sequence[str]) -> list[T]:
    """The same for each of several areas: what stands at a topic is for one."""
    return [msgspec.structs.replace(draft, area=place) for place in places]


def message(options: Namespace, utc: datetime, picture: NamedPicture | None = None) -> Message:
    """The message that the options say, for the first of its areas. Raises BadInput."""
    expires = expiry(options, utc)
    if options.starts is not None and options.starts >= expires:
        raise BadInput(f"--starts {seconds(options.starts)}: expires before, at {seconds(expires)}")
    title, body = text(options, "title"), text(options, "body")
    return Message(
        options.id, 1, options.places[0], utc, expires, title, body,
        _beside(options, "category", CATEGORY, title), _beside(options, "sender", SENDER, title),
        options.priority, options.starts, tuple(options.window), dates=tuple(options.dates),
        exceptions=tuple(options.exception), layout=options.layout, picture=picture, languages=options.languages,
        reading_s=options.reading_s, scheduled=not options.only_playlist,
    )  # fmt: skip


def alert(options: Namespace, utc: datetime) -> Alert:
    """The alert that the options say, for the first of its areas. Raises BadInput."""
    title, body, told = text(options, "title"), text(options, "body"), instructions(options)
    if options.event == EARTHQUAKE:
        title = title if spoken(title) else QUAKE
    elif not spoken(title) or not spoken(body):
        raise BadInput(
            "--title-zh and --body-zh are needed, or another language: only an earthquake has a built-in page"
        )
    return Alert(
        options.id, 1, options.places[0], utc, expiry(options, utc), options.event, title, body,
        severity=options.severity, instructions=told, exercise=options.exercise,
    )  # fmt: skip


def site(options: Namespace, otherwise: Site) -> Site:
    """The lift that the options say; what they leave out is as otherwise. Raises BadInput."""
    if len(set(options.site_language)) > MOST_ON_A_PAGE:
        raise BadInput(
            f"--site-language: {MOST_ON_A_PAGE} at most share a page; name the two most read there"
        )
    names = {part: said for part in ("building", "lift") if spoken(said := text(options, part))}
    languages = pair_of(options.site_language) or otherwise.languages
    return replace(otherwise, languages=languages, seismic_control=options.seismic_control, **names)


def changes(options: Namespace) -> dict[str, Any]:
    """What the options say anew of an alert that stands; a text replaces all languages of the one before."""
    said = {part: text(options, part) for part in ("title", "body")}
    found: dict[str, Any] = {part: words for part, words in said.items() if spoken(words)}
    if (told := instructions(options)) is not None:
        found["instructions"] = told
    return found if options.severity is None else found | {"severity": options.severity}


def text(options: Namespace, part: str) -> Text:
    """What the options say of one part of the page, in every language."""
    return Text(**{field: getattr(options, f"{part}_{field}") or "" for field in _FIELDS})


_FIELDS = tuple(language.field for language in LANGUAGES)


def _beside(options: Namespace, part: str, default: Text, title: Text) -> Text:
    """The usual words, or others: then in every language that the title has, lest one page mixes both."""
    said = text(options, part)
    if not spoken(said):
        return default
    for language in spoken(title):
        if not words(said, language):
            raise BadInput(f"--{part}-{language.tag} is missing: the title is in {language.name} too")
    return said


def instructions(options: Namespace) -> Instructions | None:
    """What to do by the car's state, as --riding zh=... says it."""
    given = {state.value: dict(getattr(options, state.value) or ()) for state in Advice}
    said = {state: Text(**texts) for state, texts in given.items() if texts}
    return Instructions(**said) if said else None


def expiry(options: Namespace, utc: datetime) -> datetime:
    """When it ends. Raises BadInput when that is past."""
    lasts: timedelta = timedelta(days=options.days) if options.days else options.lasts
    expires: datetime = options.expires or utc + lasts
    if expires <= utc:
        raise BadInput(f"--expires {seconds(expires)}: is past, now is {seconds(utc)}; name a later time")
    return expires
