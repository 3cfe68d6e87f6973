"""The tree of areas that a content manager writes down: names, codes, where buildings stand, their lifts."""

from collections.abc import Callable, Iterable, Iterator
from typing import Annotated

import numpy as np
from msgspec import Meta, Struct

from content.handwritten import entries
from content.message import BadMessage, Name, in_area, is_path, prefixes

Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    """What is written of one area."""

    zh: str = ""
    en: str = ""
    geocodes: tuple[str, ...] = ()
    """Codes that mean all of it, each `scheme=value`, for instance `CN=510100` or `SAME=006037`."""
    position: tuple[Latitude, Longitude] | None = None
    """Of a building, WGS 84, degrees."""
    lifts: tuple[Name, ...] = ()
    """Of a building: their names; the lift's area is the building's with this name behind it."""


_HINTS = {
    "zh": 'its name in quotes, as "成都市"',
    "en": 'its name in quotes, as "Chengdu"',
    "geocodes": 'codes in quotes, as ["CN=510100"]',
    "position": "[latitude, longitude] in degrees, -90 to 90 and -180 to 180, as [30.66, 104.06]",
    "lifts": 'names of a-z, 0-9 and -, in quotes, as ["lift-1", "lift-2"]',
}


class Areas:
    """The tree. A building is an area that has no area below it; its lifts are known by name only."""

    def __init__(self, places: dict[str, Place]) -> None:
        """The areas as written. Raises BadMessage, which names the area, where they cannot be a tree."""
        inner = {above for path in places for above in prefixes(path)[:-1]}
        for path, place in places.items():
            _require_sound(path, place, path in inner)
        whole = {prefix: Place() for path in places for prefix in prefixes(path)} | places
        self._places = dict(sorted(whole.items()))
        self._buildings: dict[str, list[str]] = {path: [] for path in self._places}
        for building in (path for path in self._places if path not in inner):
            for around in prefixes(building):
                self._buildings[around].append(building)
        self._coded: dict[str, list[str]] = {}
        for path, place in self._places.items():
            for code in place.geocodes:
                self._coded.setdefault(code.casefold(), []).append(path)
        located = {path: place.position for path, place in self._places.items() if place.position}
        self.located = list(located)
        """The buildings whose position is known."""
        self.positions = np.array(list(located.values()), dtype=np.float64).reshape(-1, 2)
        """Where these are: shape (n, 2), latitude and longitude, degrees."""

    def __iter__(self) -> Iterator[str]:
        """All areas that are written down, and those around them, in alphabetical order."""
        return iter(self._places)

    def contains(self, path: str) -> bool:
        """Whether it is an area of the tree, or a lift of one of its buildings."""
        above, _, name = path.rpartition("/")
        return path in self._places or (above in self._places and name in self._places[above].lifts)

    def place(self, path: str) -> Place:
        """What is written of an area. Raises BadMessage when there is no such area."""
        if path not in self._places:
            raise BadMessage(f"there is no area {path}; write it into the file of areas, or correct the name")
        return self._places[path]

    def names(self, path: str) -> tuple[str, str]:
        """How passengers call an area, in Chinese and in English; the last word of its path where none is given.

        Raises BadMessage when there is no such area.
        """
        last = path.rpartition("/")[2]
        place = self._places.get(path) or (Place() if self.contains(path) else self.place(path))
        return place.zh or place.en or last, place.en or place.zh or last

    def lifts(self, area: str) -> list[str]:
        """The lifts in an area, or the lift itself: whom an alert for it reaches."""
        if area in self._buildings:
            return [f"{one}/{name}" for one in self._buildings[area] for name in self._places[one].lifts]
        return [area] if self.contains(area) else []

    def buildings(self, area: str) -> list[str]:
        """The buildings in an area; the building itself. None where there is no such area."""
        return self._buildings.get(area, [])

    def coded(self, geocodes: Iterable[str]) -> set[str]:
        """The buildings in all areas that have one of these codes; the case of letters does not matter."""
        hit = {path for code in geocodes for path in self._coded.get(code.casefold(), [])}
        return {building for area in hit for building in self._buildings[area]}

    def smallest(self, buildings: set[str]) -> list[str]:
        """The fewest areas that hold exactly these buildings: a parent where all of its buildings are meant.

        Of areas that hold the same buildings the innermost: a city's first building is not the whole country.
        """
        every = {building for group in self._buildings.values() for building in group}
        spoiled = {prefix for building in every - buildings for prefix in prefixes(building)}
        whole = {next(p for p in prefixes(b) if p not in spoiled) for b in buildings & every}
        return sorted(self._innermost(area) for area in whole)

    def _innermost(self, area: str) -> str:
        held = self._buildings[area]
        same = [p for p in prefixes(held[0]) if in_area(area, p) and len(self._buildings[p]) == len(held)]
        return same[-1]


def _require_sound(path: str, place: Place, has_below: bool) -> None:
    checks: list[tuple[Callable[[], bool], str]] = [
        (lambda: is_path(path), "write an area as cn/sichuan/chengdu, in a-z, 0-9 and -, at most 16 deep"),
        (
            lambda: all(_is_code(code) for code in place.geocodes),
            "write a geocode as scheme=value: CN=510100",
        ),
        (
            lambda: not (has_below and place.position),
            "only a building has a position, and areas lie below this one",
        ),
        (lambda: not (has_below and place.lifts), "only a building has lifts, and areas lie below this one"),
        (lambda: len(set(place.lifts)) == len(place.lifts), "a lift is named twice"),
        (lambda: not place.lifts or path.count("/") < 15, "no lift fits below it: at most 16 deep"),
    ]
    for sound, otherwise in checks:
        if not sound():
            raise BadMessage(f"area {path!r}: {otherwise}")


def _is_code(code: str) -> bool:
    scheme, _, value = code.partition("=")
    return bool(scheme.strip() and value.strip())


def parse(text: str) -> Areas:
    """The tree from the text of its TOML file. Raises BadMessage, in one line that says what to change."""
    return Areas(entries(text, "areas", "area", Place, _HINTS))
