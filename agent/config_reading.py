"""Reads the display's configuration, and explains everything that is wrong with it: file, key, what to do."""

import difflib
import re
import tomllib
import typing
from collections.abc import Iterator
from copy import deepcopy
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from agent import trust
from agent.commissioning.draft import TEMPLATE
from agent.config import (
    AccelerometerSection,
    CarSection,
    Config,
    ConfigError,
    DetectionSection,
    DoorSection,
    ScreenSection,
    site_of,
)
from agent.stage import ALARM_PAGES, DO_NOT_USE, IDLE, STAND_DOWN, TRAPPED
from content import layouts
from content.cabin import Advice
from content.languages import MOST_ON_A_PAGE, TAGS, Pair, pair_of
from content.message import BadMessage
from content.page import Page
from drivers import accelerometers, doors, screens

MOST_FAULTS = 20
BUILT_IN = (
    IDLE,
    DO_NOT_USE,
    TRAPPED,
    STAND_DOWN,
    *ALARM_PAGES,
    *(Page("drill", advice.value) for advice in Advice),
    Page("earthquake", Advice.RIDING.value, level="1"),
)
"""Every page that a display may have to show without being sent its words; of the levels one: they differ in the sign."""
SHOWN = "hoistway-agent config --write FILE writes one"


def load(path: Path) -> Config:
    """Read a configuration file. Raises ConfigError with its first fault."""
    config, found = read(path)
    if config is None:
        raise ConfigError(found[0])
    return config


def read(path: Path) -> tuple[Config | None, list[str]]:
    """A configuration, or all that is wrong with it, one line each."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        return None, [f"{path}: {error.strerror}; {SHOWN}, or name it with --config"]
    except UnicodeDecodeError:
        return None, [f"{path}: not UTF-8 text; save it as UTF-8"]
    return parse(text, str(path))


def parse(text: str, source: str) -> tuple[Config | None, list[str]]:
    """A configuration from TOML text, or all that is wrong with it; source is named in each line."""
    try:
        document = tomllib.loads(text)
    except (
        ValueError,
        RecursionError,
    ) as error:  # TOMLDecodeError, numbers and nesting that Python gives up on
        return None, [f"{source}: not TOML: {error}"]
    found = list(islice(_misshapen(document), MOST_FAULTS))
    if not found:
        config = msgspec.convert(document, Config)
        found = list(_impossible(config))
        if not found:
            return config, []
    return None, [f"{source}: {fault}" for fault in found]


class _OnlyScreen(Struct):
    screen: ScreenSection


def screen_of(path: Path) -> ScreenSection | None:
    """The screen section of a file that may be wrong everywhere else; None when that cannot be read either."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=_OnlyScreen).screen
    except (OSError, ValueError, RecursionError, msgspec.DecodeError):
        return None


class _OnlyLanguages(Struct):
    class Car(Struct):
        languages: tuple[str, ...]

    car: Car


def languages_of(path: Path) -> Pair | None:
    """The languages in a file that may be wrong everywhere else; None when they cannot be read or known either."""
    try:
        tags = msgspec.toml.decode(path.read_bytes(), type=_OnlyLanguages).car.languages
        return pair_of(tags) if 1 <= len(tags) <= MOST_ON_A_PAGE else None
    except (OSError, ValueError, RecursionError, msgspec.DecodeError, KeyError):
        return None


def _misshapen(document: dict[str, Any]) -> Iterator[str]:
    """What is no configuration at all. Each fault is mended by the template, to find the next one behind it."""
    template, mended = tomllib.loads(TEMPLATE.read_text(encoding="utf-8")), deepcopy(document)
    while True:
        try:
            msgspec.convert(mended, Config)
        except msgspec.ValidationError as error:
            yield _explain(str(error))
            if not _mend(mended, template, str(error)):
                return
        else:
            return


def _mend(document: dict[str, Any], template: dict[str, Any], error: str) -> bool:
    """Whether this fault could be taken out of the way."""
    words, _, place = error.partition(" - at ")
    parts = [part for part in re.sub(r"[`$]", "", place).split(".") if part]
    if unknown := re.search(r"unknown field `(.+)`", words):
        del _inside(document, parts)[unknown[1]]
        return True
    if missing := re.search(r"missing required field `(.+)`", words):
        parts.append(missing[1])
    if not parts or "[" in place:
        return False
    *above, name = parts
    good = _inside(template, above).get(name)
    if good is None:
        _inside(document, above).pop(name, None)
    else:
        _inside(document, above)[name] = deepcopy(good)
    return True


def _inside(document: dict[str, Any], parts: list[str]) -> dict[str, Any]:
    for part in parts:
        document = document.get(part, {})
    return document


def _explain(error: str) -> str:
    """msgspec's words ("… - at `$.car`") in ours."""
    words, _, place = error.partition(" - at ")
    section = re.sub(r"[`$]", "", place).strip(".")
    if unknown := re.search(r"unknown field `(.+)`", words):
        return f"{_where(section)} has no key {unknown[1]!r}{_nearest(unknown[1], section)}"
    if missing := re.search(r"missing required field `(.+)`", words):
        what = f"the key {missing[1]!r}" if section else f"the section [{missing[1]}]"
        return f"{_where(section)} needs {what}; {SHOWN}"
    return f"{_where(section)}: {_plain(words)}; {SHOWN}"


def _plain(words: str) -> str:
    """Without the names of Python's types."""
    for python, ours in (("`int`", "a whole number"), ("`float`", "a number"), ("`str`", "a text"),
                         ("`object`", "a section"), ("`array`", "a list"), ("`bool`", "true or false"), ("`null`", "nothing")):  # fmt: skip
        words = words.replace(python, ours)
    return words


def _where(section: str) -> str:
    return f"[{section}]" if section else "the file"


def _nearest(key: str, section: str) -> str:
    known = _keys(section)
    near = difflib.get_close_matches(key, known, 1)
    return f'; did you mean "{near[0]}"?' if near else f"; remove it, or use one of: {', '.join(known)}"


def _keys(section: str) -> list[str]:
    """The keys of a section, for instance "car" or "car.building"."""
    struct: Any = Config
    for part in filter(None, section.split(".")):
        kind = {field.name: field.type for field in msgspec.structs.fields(struct)}[part]
        struct = next((t for t in typing.get_args(kind) if t is not type(None)), kind)
    return [field.name for field in msgspec.structs.fields(struct)]


def _impossible(config: Config) -> Iterator[str]:
    """What only the rest of the program can judge."""
    yield from _unknown_parts(config)
    try:
        ZoneInfo(config.car.time_zone)
    except (KeyError, ValueError, OSError):
        yield f'[car] time_zone = {config.car.time_zone!r} is no time zone; use a name like "Asia/Shanghai"'
    yield from trust.faults(config.trust)
    papers = (config.broker.ca, config.broker.certificate, config.broker.private_key)
    if None in papers and papers != (None, None, None):
        yield "[broker] needs ca, certificate and private_key together, or none of them"
    yield from _addresses(config)
    yield from _levels(config.detection)
    unknown = list(_languages(config.car))
    yield from unknown or _pages(config)


def _unknown_parts(config: Config) -> Iterator[str]:
    yield from _one_of(config.screen.kind, screens.names(), "[screen] kind")
    unknown = list(_one_of(config.accelerometer.chip, accelerometers.names(), "[accelerometer] chip"))
    yield from unknown or _settings(config.accelerometer)
    if config.door is None:
        return
    unknown = list(_one_of(config.door.sensor, doors.names(), "[door] sensor"))
    yield from unknown
    if not unknown:
        try:
            msgspec.convert(config.door.settings, doors.find(config.door.sensor).Settings)
        except msgspec.ValidationError as error:
            yield f"[door.settings]: {_plain(str(error))}"


def _settings(section: AccelerometerSection) -> Iterator[str]:
    module = accelerometers.find(section.chip)
    for name, value, known in (
        ("range_g", section.range_g, module.RANGES_G),
        ("rate_hz", section.rate_hz, (None, *module.RATES_HZ)),
    ):
        if value not in known:
            choices = ", ".join(f"{one:g}" for one in known if one is not None)
            yield f"[accelerometer] {name} = {value:g}; {section.chip} has {choices}"


def _addresses(config: Config) -> Iterator[str]:
    taken: dict[tuple[str, int], str] = {}
    for where, section, addresses in _on_i2c(config):
        address = addresses[0] if section.address is None else section.address
        if address not in addresses:
            known = ", ".join(f"0x{one:02x}" for one in addresses)
            yield f"{where} address = 0x{address:02x}; this part can have {known}"
        other = taken.setdefault((section.bus, address), where)
        if other != where:
            yield f"{where} and {other} have the same address on {section.bus}"


def _on_i2c(config: Config) -> Iterator[tuple[str, AccelerometerSection | DoorSection, tuple[int, ...]]]:
    if config.accelerometer.chip in accelerometers.names():
        yield (
            "[accelerometer]",
            config.accelerometer,
            accelerometers.find(config.accelerometer.chip).ADDRESSES,
        )
    if config.door is not None and config.door.sensor in doors.names():
        module = doors.find(config.door.sensor)
        if module.WIRE == "i2c":
            yield "[door]", config.door, module.ADDRESSES


def _levels(section: DetectionSection) -> Iterator[str]:
    lowest = min(section.alarm_early, section.alarm_horizontal, section.alarm_parked, section.alarm_riding)
    if section.tremor >= lowest:
        yield f"[detection] tremor = {section.tremor} is not below every alarm ({lowest}); lower it"


def _languages(car: CarSection) -> Iterator[str]:
    tags = list(car.languages)
    for tag in tags:
        yield from _one_of(tag, list(TAGS), "[car] languages")
    if not 1 <= len(set(tags)) == len(tags) <= MOST_ON_A_PAGE:
        said = ", ".join(f'"{tag}"' for tag in tags)
        yield f'[car] languages = [{said}]: a page shows one or two, for instance ["zh", "en"]'


def _pages(config: Config) -> Iterator[str]:
    """The pages that are always there: one that cannot be shown would fail just when it is needed."""
    site, size = site_of(config.car), (config.screen.width, config.screen.height)
    try:
        for page in BUILT_IN:
            layouts.draw(page, site, size)
    except BadMessage as error:
        named = str(error).startswith(("building name", "lift name"))
        yield f"[car] {error}" if named else f"[screen] {size[0]}x{size[1]}: {error}"


def _one_of(value: str, known: list[str], where: str) -> Iterator[str]:
    if value not in known:
        yield f"{where} = {value!r} is not known; use one of: {', '.join(known)}"
