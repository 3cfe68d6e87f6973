"""The display's configuration: the sections of one TOML file. `agent/config_reading.py` reads and explains it."""

import typing
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from agent.detection.detector import Settings
from agent.detection.escalation import EscalationSettings
from agent.detection.shaking import ShakingSettings
from content.languages import pair_of
from content.message import Name, Text
from content.message import Path as AreaPath
from content.page import Site

Address = Annotated[int, Meta(ge=0x03, le=0x77)]
Pixels = Annotated[int, Meta(ge=320, le=4096)]
Filled = Annotated[str, Meta(min_length=1)]


class ConfigError(Exception):
    """The configuration cannot be used; the text names the file, the key and what to do."""


class Named(Text, frozen=True, forbid_unknown_fields=True):
    """A name on the pages, in their languages."""


class CarSection(Struct, forbid_unknown_fields=True):
    """Which car this is, and what its pages call it."""

    name: Name
    area: AreaPath
    building: Named
    lift: Named
    time_zone: str
    languages: tuple[str, ...] = ("zh", "en")
    """Of the built-in pages: one or two tags of content/languages.py, in any order."""
    seismic_control: bool = False
    """Whether the lift is built to stop by itself at the nearest floor in an earthquake, and to open its door."""


class AccelerometerSection(Struct, forbid_unknown_fields=True):
    """Which chip, and where."""

    chip: str
    bus: str = "/dev/i2c-1"
    address: Address | None = None
    range_g: int = 2
    rate_hz: Annotated[float, Meta(ge=50)] | None = None
    """The chip's own for detection when left out; below 50 Hz the bands of the detector do not fit."""
    up: typing.Literal["auto", "x", "-x", "y", "-y", "z", "-z"] = "auto"
    """The chip's axis that points up; auto, found by gravity, is any direction."""


class DoorSection(Struct, forbid_unknown_fields=True):
    """Which door sensor, and where: on a bus, or on a serial port."""

    sensor: str
    bus: str = "/dev/i2c-1"
    address: Address | None = None
    port: str = "/dev/ttyUSB0"
    baud: Annotated[int, Meta(ge=1200, le=1_000_000)] | None = None
    parity: typing.Literal["none", "even", "odd"] = "none"
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
    """Where the broker is, and who this car is to it."""

    host: Filled
    port: Annotated[int, Meta(ge=1, le=65535)] | None = None
    """8883 with TLS, 1883 without, when left out."""
    username: str | None = None
    password_file: str | None = None
    ca: Filled | None = None
    """With certificate and private_key: TLS, the car known by its certificate. All three, or none."""
    certificate: Filled | None = None
    private_key: Filled | None = None


class TrustSection(Struct, forbid_unknown_fields=True):
    """Whom the display believes: exactly one of the two."""

    key: str | None = None
    """64 hexadecimal digits: one key signs everything, for a demo."""
    root: str | None = None
    """The file root.json of enrolment: the signed repository, which also names the keys of alerts."""


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


def site_of(car: CarSection) -> Site:
    """What the pages of this car are drawn with. Raises KeyError for a language that there is not."""
    return Site(car.building, car.lift, pair_of(car.languages), car.seismic_control)


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
