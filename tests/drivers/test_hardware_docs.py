"""What docs/hardware.md says of the parts is what their drivers do; every part is in it, with a drawing."""

import re
from collections.abc import Callable
from itertools import islice, takewhile
from math import sqrt
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from agent.config import DetectionSection
from drivers import accelerometers, doors, screens
from drivers.accelerometers import Accelerometer
from simulator import chips
from simulator.i2c import SimulatedI2C

DOCS = Path(__file__).parents[2] / "docs"
DOCUMENT = (DOCS / "hardware.md").read_text(encoding="utf-8")
DRAWINGS = sorted((DOCS / "wiring").glob("*.svg"))
G0 = 9.80665
BAND_HZ, SIGMAS = 10.0, 5
TREMOR_GAL = 100 * DetectionSection().tremor
GOOD, COARSE = "tremors and alarms", "strong shaking only"
DRAWING_OF = {"framebuffer": "panel", "sdl": "panel", "pictures": "panel"}
"""Where it is not the file's own name: screens have one cable."""


def table(*columns: str) -> list[dict[str, str]]:
    """The rows of the table that has these columns, by column."""
    lines = iter(DOCUMENT.splitlines())
    for line in lines:
        heads = cells(line)
        if set(columns) <= set(heads):
            body = takewhile(lambda row: row.startswith("|"), islice(lines, 1, None))
            return [dict(zip(heads, cells(row), strict=True)) for row in body]
    raise AssertionError(f"no table has the columns {columns}")


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def driver(
    name: str, *, range_g: int = 2, rate_hz: float | None = None, bus_hz: float = 100_000
) -> Accelerometer:
    module = accelerometers.find(name)
    chip = chips.accelerometer(name)(
        lambda times: np.tile((0.0, 0.0, G0), (len(times), 1)), rate_error=0.0, noise_density=0.0, stuck=False
    )
    bus = SimulatedI2C(lambda: 0.0, {module.ADDRESSES[0]: chip}, hz=bus_hz)
    return module.probe(bus, module.ADDRESSES[0], range_g=range_g, rate_hz=rate_hz)


def rows(*columns: str) -> dict[str, list[str]]:
    """The table's cells by the chip's printed name, which is the first word of its row."""
    return {row["chip"].split(",")[0]: list(row.values())[1:] for row in table("chip", *columns)}


CHIPS = [name for name in accelerometers.names() if driver(name).name in rows("what it can see")]
"""Those that the document has: a new driver needs no edit here, and tells itself to users when it is written about."""


def carries(name: str, rate_hz: float, bus_hz: float) -> bool:
    try:
        return driver(name, rate_hz=rate_hz, bus_hz=bus_hz).rate_hz == rate_hz
    except ValueError:
        return False


def seen_gal(name: str, range_g: int) -> float:
    """Five times the noise below 10 Hz."""
    return SIGMAS * driver(name, range_g=range_g).noise_density * sqrt(BAND_HZ) * 100


def sees(name: str) -> str:
    """What the smallest range can see, and from which range on it is less."""
    lowest, *others = accelerometers.find(name).RANGES_G
    if seen_gal(name, lowest) >= TREMOR_GAL:
        return COARSE
    worse = [range_g for range_g in others if seen_gal(name, range_g) >= TREMOR_GAL]
    return f"{GOOD}; at ±{worse[0]} g {COARSE}" if worse else GOOD


def listed(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:.10g}" for value in values)


def words(path: Path) -> str:
    """What a drawing says; raises where it is no XML."""
    return " ".join(ElementTree.parse(path).getroot().itertext())


def what_it_sees(name: str) -> list[str]:
    """The row that the table of what a chip can see should have, past the chip's name."""
    lowest = accelerometers.find(name).RANGES_G[0]
    chip, gal = driver(name, range_g=lowest), seen_gal(name, lowest)
    return [f"{chip.noise_density / G0 * 1e6:.3g}", f"{gal:.2f}", f"{100 * chip.count:#.2g}", sees(name)]


def addresses_and_rates(name: str) -> list[str]:
    """Likewise of the table of addresses, ranges and rates."""
    module = accelerometers.find(name)
    carried = [
        max(rate for rate in module.RATES_HZ if carries(name, rate, bus_hz)) for bus_hz in (100_000, 400_000)
    ]
    return [
        f"`{name}`",
        ", ".join(f"0x{address:02X}" for address in module.ADDRESSES),
        listed(module.RANGES_G),
        listed((module.RATE_HZ,)),
        listed(module.RATES_HZ),
        *(listed((rate,)) for rate in carried),
    ]


TABLES = [("what it can see", what_it_sees), ("`chip =`", addresses_and_rates)]


@pytest.mark.parametrize(("column", "expected"), TABLES)
def test_the_tables_of_chips_have_the_numbers_of_their_drivers(
    column: str, expected: Callable[[str], list[str]]
) -> None:
    found = rows(column)
    wanted = {driver(name).name: expected(name) for name in CHIPS}
    assert found.keys() <= wanted.keys(), "no driver for it"
    assert found == {printed: wanted[printed] for printed in found}


@pytest.mark.parametrize("name", CHIPS)
def test_a_bus_of_100_khz_carries_the_default_rate_and_every_rate_below_the_highest_it_carries(
    name: str,
) -> None:
    module = accelerometers.find(name)
    assert carries(name, module.RATE_HZ, 100_000)
    for bus_hz in (100_000, 400_000):
        carried = [carries(name, rate, bus_hz) for rate in module.RATES_HZ]
        assert carried == sorted(carried, reverse=True)


@pytest.mark.parametrize("name", CHIPS)
def test_the_digit_adds_at_most_seven_percent_to_the_noise(name: str) -> None:
    chip = driver(name)
    of_digit = chip.count / sqrt(12) * sqrt(BAND_HZ / (chip.rate_hz / 2))
    of_chip = chip.noise_density * sqrt(BAND_HZ)
    assert np.hypot(of_digit, of_chip) <= 1.07 * of_chip


@pytest.mark.parametrize("name", doors.names())
def test_the_table_of_door_sensors_says_where_each_is(name: str) -> None:
    module = doors.find(name)
    row = next(row for row in table("sensor", "`sensor =`") if row["`sensor =`"] == f"`{name}`")
    spans = re.findall(r"0x(\w+)-0x(\w+)", row["where"])
    assert [at for low, high in spans for at in range(int(low, 16), int(high, 16) + 1)] == list(
        module.ADDRESSES
    )
    assert ("I2C" in row["wire"]) == (module.WIRE == "i2c")
    assert module.BAUD == 0 or f"{module.BAUD} baud" in row["wire"]


def test_the_table_of_screens_names_every_kind_there_is() -> None:
    assert [row["`kind =`"].strip("`") for row in table("`kind =`")] == screens.names()


@pytest.mark.parametrize("name", [*CHIPS, *doors.names(), *screens.names()])
def test_every_part_has_a_drawing_that_the_document_shows(name: str) -> None:
    drawing = DRAWING_OF.get(name, name)
    assert f"](wiring/{drawing}.svg)" in DOCUMENT
    assert words(DOCS / "wiring" / f"{drawing}.svg")


@pytest.mark.parametrize("name", CHIPS)
def test_the_drawing_of_a_chip_names_it_and_straps_all_its_addresses(name: str) -> None:
    said = words(DOCS / "wiring" / f"{name}.svg")
    assert driver(name).name in said
    straps = re.findall(r"address 0x(\w+)", said)
    assert tuple(int(address, 16) for address in straps) == accelerometers.find(name).ADDRESSES


@pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: str(path.name))
def test_every_drawing_is_shown_on_white_and_has_a_title(path: Path) -> None:
    root = ElementTree.parse(path).getroot()
    names = [element.tag.rpartition("}")[2] for element in root]
    assert names[:3] == ["title", "desc", "rect"]
    assert root[2].get("fill") == "#ffffff"
    assert f"](wiring/{path.name})" in DOCUMENT, "no drawing is left over"


def test_the_defaults_that_the_text_gives_are_those_of_the_drivers() -> None:
    light, contacts = doors.find("tfmini").Settings(), doors.find("mcp23017").Settings()
    for key in ("closed_m", "open_m", "tolerance_m"):
        assert f"`{key} = {getattr(light, key)}`" in DOCUMENT
    assert f"for {contacts.blocked_after_s:g} s (`blocked_after_s`)" in DOCUMENT
    assert (
        f"blocked after {contacts.blocked_after_s:g} s, unknown after {contacts.unknown_after_s:g} s"
        in DOCUMENT
    )


def test_the_drawings_of_switches_use_the_default_inputs() -> None:
    contacts = doors.find("mcp23017").Settings()
    drawn = words(DOCS / "wiring" / "change-over.svg")
    for key in ("closed", "open", "closed_nc", "open_nc"):
        assert f"{key} = {getattr(contacts, key)} " in " ".join(drawn.split())
    for name, pin in (("mcp23017", "GPA"), ("pcf8574", "P")):
        said = " ".join(words(DOCS / "wiring" / f"{name}.svg").split())
        ends = ((contacts.closed, "closed"), (contacts.open, "open"))
        assert " ".join(f"{pin}{number} GND made while fully {end}" for number, end in ends) in said
