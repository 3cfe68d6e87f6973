"""The display's configuration: one TOML file, and errors that name the file, the key and what to do."""

import difflib
import re
import typing
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

from agent.detection.detector import Settings
from agent.detection.escalation import EscalationSettings
from agent.detection.shaking import ShakingSettings
from agent.stage import DO_NOT_USE, EARTHQUAKE, IDLE
from content import layouts
from content.envelope import BadKey, public_key
from content.message import BadMessage, Name, Text
from content.message import Path as AreaPath
from content.page import Site
from drivers import accelerometers, doors, screens

Address = Annotated[int, Meta(ge=0x03, le=0x77)]
Pixels = Annotated[int, Meta(ge=320, le=4096)]
Filled = Annotated[str, Meta(min_length=1)]


class ConfigError(Exception):
    """The configuration cannot be used; the text names the file, the key and what to do."""


class Named(Text, frozen=True, forbid_unknown_fields=True):
    """A name on the pages, in both languages."""


class CarSection(Struct, forbid_unknown_fields=True):
    """Which car this is, and what its pages call it."""

    name: Name
    area: AreaPath
    building: Named
    lift: Named
    time_zone: str


class AccelerometerSection(Struct, forbid_unknown_fields=True):
    """Which chip, and where."""

    chip: str
    bus: str = "/dev/i2c-1"
    address: Address | None = None
    range_g: int = 2
    rate_hz: Annotated[float, Meta(ge=50)] | None = None
    """The chip's own for detection when left out; below 50 Hz the bands of the detector do not fit."""
    up: typing.Literal["x", "-x", "y", "-y", "z", "-z"] = "z"
    """The chip's axis that points up."""


class DoorSection(Struct, forbid_unknown_fields=True):
    """Which door sensor, and where: on a bus, or on a serial port."""

    sensor: str
    bus: str = "/dev/i2c-1"
    address: Address | None = None
    port: str = "/dev/ttyUSB0"
    baud: Annotated[int, Meta(ge=1200, le=1_000_000)] | None = None
    settings: dict[str, Any] = msgspec.field(default_factory=dict)
    """The sensor's own keys: its `Settings`."""


class ScreenSection(Struct, forbid_unknown_fields=True):
    """Which screen, and where."""

    kind: str
    target: Filled
    width: Pixels = 1080
    height: Pixels = 1920
    rotation: typing.Literal[0, 90, 180, 270] = 0
    """How far clockwise the picture is turned on the panel; width and height are what a reader sees."""


class BrokerSection(Struct, forbid_unknown_fields=True):
    """Where the broker is."""

    host: Filled
    port: Annotated[int, Meta(ge=1, le=65535)] = 1883
    username: str | None = None
    password_file: str | None = None


class TrustSection(Struct, forbid_unknown_fields=True):
    """Whom the display believes."""

    key: str
    """64 hexadecimal digits."""


class StoreSection(Struct, forbid_unknown_fields=True):
    """Where the display keeps what must survive a power cut."""

    folder: Filled


Level = Annotated[float, Meta(gt=0, le=10)]


class DetectionSection(Struct, forbid_unknown_fields=True):
    """Levels of this site, RMS of 1-10 Hz in m/s². What each is for, and why so much: docs/detector.md."""

    tremor: Level = 0.015
    alarm_early: Level = 0.05
    alarm_parked: Level = 0.30
    alarm_horizontal: Level = 0.08
    alarm_riding: Level = 0.24


class AfterwardsSection(Struct, forbid_unknown_fields=True):
    """What follows an earthquake."""

    page_stays_s: Annotated[float, Meta(ge=0, le=600)] = 10.0
    """The earthquake page after the shaking ended, which took 10 s of rest to say: time to finish reading."""
    hold_h: Annotated[float, Meta(gt=0, le=720)] | None = None
    """The do-not-use hold ends by itself after so long; without it, only by a signed release: the car has to be
    inspected, and no clock does that."""


class Config(Struct, forbid_unknown_fields=True):
    """The whole file. Without a door section the door is unknown; the last two have safe defaults."""

    car: CarSection
    accelerometer: AccelerometerSection
    screen: ScreenSection
    broker: BrokerSection
    trust: TrustSection
    store: StoreSection
    door: DoorSection | None = None
    detection: DetectionSection = msgspec.field(default_factory=DetectionSection)
    afterwards: AfterwardsSection = msgspec.field(default_factory=AfterwardsSection)


def levels(section: DetectionSection) -> Settings:
    """The detector's settings with this site's levels."""
    shaking = ShakingSettings(
        tremor=section.tremor,
        alarm_parked=section.alarm_parked,
        alarm_horizontal=section.alarm_horizontal,
        alarm_riding=section.alarm_riding,
        escalation=EscalationSettings(onset=section.tremor, level=section.alarm_early),
    )
    return Settings(shaking=shaking)


def load(path: Path) -> Config:
    """Read a configuration file. Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"{path}: {error.strerror}; write one from docs/hoistway.toml or name it with --config"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 text; save it as UTF-8") from error
    return parse(text, str(path))


class _OnlyScreen(Struct):
    screen: ScreenSection


def screen_of(path: Path) -> ScreenSection | None:
    """The screen section of a file that may be wrong everywhere else; None when that cannot be read either."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=_OnlyScreen).screen
    except (OSError, ValueError, RecursionError, msgspec.DecodeError):
        return None


def parse(text: str, source: str) -> Config:
    """A configuration from TOML text; source is named in errors. Raises ConfigError."""
    try:
        config: Config = msgspec.toml.decode(text, type=Config)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{source}: {_explain(str(error))}") from error
    except msgspec.DecodeError as error:
        raise ConfigError(f"{source}: not TOML: {error}") from error
    except (ValueError, RecursionError) as error:  # numbers and nesting that Python gives up on
        raise ConfigError(f"{source}: not a configuration: {error}") from error
    _check(config, source)
    return config


def _explain(error: str) -> str:
    """msgspec's words ("… - at `$.car`") in ours."""
    words, _, place = error.partition(" - at ")
    section = re.sub(r"[`$]", "", place).strip(".")
    if unknown := re.search(r"unknown field `(.+)`", words):
        return f"{_where(section)} has no key {unknown[1]!r}{_nearest(unknown[1], section)}"
    if missing := re.search(r"missing required field `(.+)`", words):
        what = f"the key {missing[1]!r}" if section else f"the section [{missing[1]}]"
        return f"{_where(section)} needs {what}; docs/hoistway.toml shows one"
    return f"{_where(section)}: {words}; docs/hoistway.toml shows each key"


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


def _check(config: Config, source: str) -> None:
    """What only the rest of the program can judge."""
    _one_of(config.accelerometer.chip, accelerometers.names(), source, "[accelerometer] chip")
    _one_of(config.screen.kind, screens.names(), source, "[screen] kind")
    if config.door is not None:
        _one_of(config.door.sensor, doors.names(), source, "[door] sensor")
        try:
            msgspec.convert(config.door.settings, doors.find(config.door.sensor).Settings)
        except msgspec.ValidationError as error:
            raise ConfigError(f"{source}: [door.settings]: {error}") from error
    ranges = accelerometers.find(config.accelerometer.chip).RANGES_G
    if config.accelerometer.range_g not in ranges:
        raise ConfigError(
            f"{source}: [accelerometer] range_g = {config.accelerometer.range_g}; "
            f"{config.accelerometer.chip} has {', '.join(map(str, ranges))}"
        )
    try:
        ZoneInfo(config.car.time_zone)
    except (KeyError, ValueError, OSError) as error:
        raise ConfigError(
            f"{source}: [car] time_zone = {config.car.time_zone!r} is no time zone; "
            'use a name like "Asia/Shanghai"'
        ) from error
    try:
        public_key(config.trust.key)
    except BadKey as error:
        raise ConfigError(f"{source}: [trust] key: {error}") from error
    _check_wires(config, source)
    _check_levels(config.detection, source)
    _check_pages(config, source)


def _check_wires(config: Config, source: str) -> None:
    taken: dict[tuple[str, int], str] = {}
    chip = accelerometers.find(config.accelerometer.chip)
    parts: list[tuple[str, AccelerometerSection | DoorSection, tuple[int, ...]]]
    parts = [("[accelerometer]", config.accelerometer, chip.ADDRESSES)]
    if config.door is not None and doors.find(config.door.sensor).WIRE == "i2c":
        parts.append(("[door]", config.door, doors.find(config.door.sensor).ADDRESSES))
    for where, section, addresses in parts:
        address = addresses[0] if section.address is None else section.address
        if address not in addresses:
            known = ", ".join(f"0x{one:02x}" for one in addresses)
            raise ConfigError(f"{source}: {where} address = 0x{address:02x}; this part can have {known}")
        other = taken.setdefault((section.bus, address), where)
        if other != where:
            raise ConfigError(f"{source}: {where} and {other} have the same address on {section.bus}")


def _check_levels(section: DetectionSection, source: str) -> None:
    alarms = (section.alarm_early, section.alarm_horizontal, section.alarm_parked, section.alarm_riding)
    if section.tremor >= min(alarms):
        raise ConfigError(
            f"{source}: [detection] tremor = {section.tremor} is not below every alarm ({min(alarms)}); lower it"
        )


def _check_pages(config: Config, source: str) -> None:
    """The pages that are always there: one that cannot be shown would fail just when it is needed."""
    site = Site(config.car.building, config.car.lift)
    size = (config.screen.width, config.screen.height)
    where = "[car]"
    try:
        layouts.draw(IDLE, site, size)
        layouts.draw(DO_NOT_USE, site, size)
        where = f"[screen] {size[0]}x{size[1]}:"
        for page in EARTHQUAKE.values():
            layouts.draw(page, site, size)
    except BadMessage as error:
        raise ConfigError(f"{source}: {where} {error}") from error


def _one_of(value: str, known: list[str], source: str, where: str) -> None:
    if value not in known:
        raise ConfigError(f"{source}: {where} = {value!r} is not known; use one of: {', '.join(known)}")
