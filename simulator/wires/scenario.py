"""What a simulated board consists of and what happens to it: a TOML file, and errors of one line."""

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

Address = Annotated[int, Meta(ge=0x03, le=0x77)]
Device = Annotated[str, Meta(pattern=r"^/[^\t\n]{1,200}$")]
"""Where a program finds it: an absolute path."""


class ScenarioError(Exception):
    """The scenario cannot be played; the text names the place and what to do."""


class ElevatorSection(Struct, frozen=True, forbid_unknown_fields=True):
    """The car that the sensors are in."""

    storeys: Annotated[int, Meta(ge=2, le=200)] = 18
    floor: Annotated[int, Meta(ge=0)] = 2
    rides: bool = True
    """Now and then, by itself; the door opens before and after."""
    seed: Annotated[int, Meta(ge=0)] = 0


class ChipSection(Struct, frozen=True, forbid_unknown_fields=True):
    """A chip on a bus."""

    name: str
    """Of a file in simulator/chips."""
    address: Address
    settings: dict[str, Any] = {}
    """What its class takes, for instance rate_error, noise_density, seed."""


class BusSection(Struct, frozen=True, forbid_unknown_fields=True, rename={"chips": "chip"}):
    """An I2C bus."""

    path: Device = "/dev/i2c-1"
    hz: Annotated[float, Meta(ge=1000, le=5e6)] | None = None
    """When given, a byte takes nine clocks of real time; when not, no time at all."""
    no_answer: Literal["ENXIO", "EREMOTEIO"] = "ENXIO"
    """What the adapter says when nobody acknowledges."""
    chips: tuple[ChipSection, ...] = ()


class PortSection(Struct, frozen=True, forbid_unknown_fields=True):
    """A serial port and what is at its other end."""

    path: Device
    device: str
    """Of a file in simulator/lines."""
    settings: dict[str, Any] = {}


class ScreenSection(Struct, frozen=True, forbid_unknown_fields=True):
    """A framebuffer."""

    path: Device = "/dev/fb0"
    width: Annotated[int, Meta(ge=16, le=8192)] = 1080
    height: Annotated[int, Meta(ge=16, le=8192)] = 1920
    bits: Literal[16, 32] = 32
    """A pixel is RGB565 or XRGB8888."""
    stride: int | None = None
    """Bytes a row; just the pixels when left out."""
    file: str | None = None
    """Holds the pixels and stays; a file of our own, gone afterwards, when left out."""


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """Something that happens."""

    at: Annotated[float, Meta(ge=0)]
    """s from the start."""
    do: str
    """A line of simulator/wires/script.py."""


DEFAULT_BUS = BusSection(
    chips=(ChipSection("adxl355", 0x1D, {"rate_error": 0.01}), ChipSection("mcp23017", 0x20))
)


class Scenario(
    Struct, frozen=True, forbid_unknown_fields=True, rename={"buses": "bus", "ports": "port", "steps": "step"}
):
    """All of it. What nobody says is an ADXL355 and two reed switches in a car that rides now and then."""

    elevator: ElevatorSection = ElevatorSection()
    buses: tuple[BusSection, ...] = (DEFAULT_BUS,)
    ports: tuple[PortSection, ...] = ()
    screen: ScreenSection | None = None
    steps: tuple[Step, ...] = ()


def load(path: Path) -> Scenario:
    """The scenario of a file. Raises ScenarioError."""
    try:
        return read(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScenarioError(f"{path}: {error.strerror}") from error
    except (UnicodeDecodeError, ScenarioError) as error:
        raise ScenarioError(f"{path}: {error}") from error


def read(text: str) -> Scenario:
    """The scenario of a TOML text. Raises ScenarioError."""
    try:
        scenario = msgspec.toml.decode(text, type=Scenario)
    except msgspec.DecodeError as error:
        raise ScenarioError(str(error)) from error
    _check_places(scenario)
    if scenario.elevator.floor >= scenario.elevator.storeys:
        raise ScenarioError(f"[elevator] floor: the {scenario.elevator.storeys} storeys are numbered from 0")
    screen = scenario.screen
    if screen is not None and screen.stride is not None and screen.stride < screen.width * screen.bits // 8:
        raise ScenarioError(
            f"[screen] stride: a row of {screen.width} pixels has more than {screen.stride} bytes"
        )
    return scenario


def _check_places(scenario: Scenario) -> None:
    paths = [bus.path for bus in scenario.buses] + [port.path for port in scenario.ports]
    if scenario.screen is not None:
        paths.append(scenario.screen.path)
    for path in paths:
        if paths.count(path) > 1:
            raise ScenarioError(f"{path} is there twice; give each device its own path")
    for bus in scenario.buses:
        addresses = [chip.address for chip in bus.chips]
        for address in addresses:
            if addresses.count(address) > 1:
                raise ScenarioError(f"{bus.path}: two chips at 0x{address:02x}; give each its own address")
