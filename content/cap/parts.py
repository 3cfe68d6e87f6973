"""What of a message counts at a time, and which places are told what."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from content.areas import Areas
from content.cap.geography import reached
from content.cap.known import LONGEST
from content.cap.message import BadCap, CapMessage, Info
from content.cap.verdict import Part
from content.cap.words import LANGUAGES, SEVERITY, event_of, language_of, words_of

WITHOUT_EXPIRY = {
    "Immediate": timedelta(hours=12),
    "Expected": timedelta(hours=24),
    "Future": timedelta(hours=48),
    "Past": timedelta(hours=6),
    "Unknown": timedelta(hours=24),
}
"""How long an info without an expiry lasts, by its urgency."""
EARTHQUAKE_WITHOUT_EXPIRY = timedelta(minutes=10)
"""Shaking is over by then, and the page of an earthquake alarm makes a lift unusable."""
GRACE = timedelta(minutes=5)
"""The sender's clock may run so far ahead of ours."""


def expiry(info: Info, sent: datetime) -> datetime:
    """When an info ends: what it says, or the bound for one that says nothing; never over LONGEST after sent."""
    bound = EARTHQUAKE_WITHOUT_EXPIRY if event_of(info) == "earthquake" else WITHOUT_EXPIRY[info.urgency]
    return min(info.expires or (info.effective or sent) + bound, sent + LONGEST)


def last_expiry(message: CapMessage) -> datetime:
    """When the whole message has ended."""
    return max((expiry(info, message.sent) for info in message.infos), default=message.sent)


def telling(message: CapMessage) -> list[Info]:
    """The infos that warn. One that says that all is clear does not; in an update neither one that is past."""
    return [
        info
        for info in message.infos
        if "AllClear" not in info.response_types and not (message.kind == "Update" and info.over)
    ]


def begun(infos: Iterable[Info], utc: datetime) -> list[Info]:
    """Those that are in effect already."""
    return [info for info in infos if info.effective is None or info.effective <= utc + GRACE]


def current(infos: Iterable[Info], sent: datetime, utc: datetime) -> list[Info]:
    """Those that have not ended."""
    return [info for info in infos if expiry(info, sent) > utc]


def parts_of(infos: list[Info], sent: datetime, tree: Areas, fallback: str | None) -> tuple[Part, ...]:
    """What to tell where: at each building, in each language, the most severe info that concerns it.

    Raises BadCap when no info has a language of the glass, or none has an area and there is no fallback.
    """
    legible = [info for info in infos if language_of(info.language)]
    if not legible:
        tags = ", ".join(dict.fromkeys(info.language for info in infos))
        raise BadCap(f"language: {tags:.100}; a display shows {', '.join(LANGUAGES)}")
    if fallback is None and not any(map(_is_placed, legible)):
        raise BadCap("area: missing or only words, and no area is configured for this sender")
    told: dict[str, dict[str, Info]] = defaultdict(dict)
    for info in legible:
        language = str(language_of(info.language))
        for building in _buildings(info, tree, fallback):
            before = told[building].get(language)
            if before is None or _weight(info) > _weight(before):
                told[building][language] = info
    return _grouped(told, sent, tree)


def _weight(info: Info) -> int:
    return SEVERITY[info.severity]


def _buildings(info: Info, tree: Areas, fallback: str | None) -> set[str]:
    if _is_placed(info) or fallback is None:
        return reached(info.areas, tree)
    return set(tree.buildings(fallback))


def _is_placed(info: Info) -> bool:
    """Whether it says by more than words where it counts."""
    return any(area.polygons or area.circles or area.geocodes for area in info.areas)


def _grouped(told: dict[str, dict[str, Info]], sent: datetime, tree: Areas) -> tuple[Part, ...]:
    """Buildings that are told the same are one part."""
    groups: dict[tuple[int, ...], set[str]] = defaultdict(set)
    for building, infos in told.items():
        groups[tuple(id(infos.get(language)) for language in LANGUAGES)].add(building)
    parts = [_part(told[min(group)], tree.smallest(group), sent) for group in groups.values()]
    return tuple(sorted(parts, key=lambda part: part.areas))


def _part(infos: dict[str, Info], areas: list[str], sent: datetime) -> Part:
    ordered = {language: infos[language] for language in LANGUAGES if language in infos}
    first = max(ordered.values(), key=_weight)
    return Part(
        areas=tuple(areas),
        event=event_of(first),
        severity=_weight(first),
        texts={language: words_of(info) for language, info in ordered.items()},
        expires=max(expiry(info, sent) for info in ordered.values()),
        onset=first.onset,
        sender_name=first.sender_name,
    )
