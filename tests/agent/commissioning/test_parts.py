"""probe names what is on every bus and port, and drafts the configuration for it."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from agent.commissioning.draft import TEMPLATE, draft
from agent.commissioning.parts import Seen, on_buses, on_ports
from agent.config_reading import parse
from drivers import accelerometers, doors
from drivers.errors import BusError
from drivers.i2c import I2C
from simulator import chips
from simulator.chips import Chip
from simulator.doors import chip as door_chip
from simulator.doors import device
from simulator.i2c import SimulatedI2C
from simulator.serial import SimulatedSerial

Array = NDArray[np.float64]
BUS, PORT = "/dev/i2c-1", "/dev/ttyUSB0"
KEY = "7f79957513f6e5b2b214765d47d6555d8983f676b034eadbc56fba4dd6415ea2"
CHIPS = [
    (name, address) for name in accelerometers.names() for address in accelerometers.find(name).ADDRESSES
]
ON_I2C = [(name, address) for name in doors.names() for address in doors.find(name).ADDRESSES]
ON_SERIAL = [name for name in doors.names() if doors.find(name).WIRE == "serial"]


def still(times: Array) -> Array:
    return np.tile((0.0, 0.0, 9.80665), (len(times), 1))


def seen(parts: dict[int, Chip]) -> list[Seen]:
    return list(on_buses([BUS], lambda _path: SimulatedI2C(lambda: 0.0, parts)))


def closed(_now: float) -> float:
    return 0.0


class Deaf:
    """A chip of another maker: whatever is asked, it answers the same."""

    def power_on(self, now: float) -> None:
        pass

    def write(self, data: bytes, now: float) -> None:
        pass

    def read(self, count: int, now: float) -> bytes:
        return b"\x5a" * count


@pytest.mark.parametrize(("name", "address"), CHIPS)
def test_every_accelerometer_is_named_at_every_address(name: str, address: int) -> None:
    (found,) = seen({address: chips.accelerometer(name)(still)})
    assert (found.wire, found.address, found.kind, found.module) == (BUS, address, "accelerometer", name)


@pytest.mark.parametrize(("name", "address"), ON_I2C)
def test_every_door_sensor_on_a_bus_is_named_at_every_address(name: str, address: int) -> None:
    (found,) = seen({address: door_chip(name, closed)})
    assert (found.wire, found.address, found.kind, found.module) == (BUS, address, "door", name)


@pytest.mark.parametrize("name", ON_SERIAL)
def test_every_serial_door_sensor_is_named_on_a_port_that_was_named(name: str) -> None:
    (found,) = on_ports([PORT], lambda _path, _baud: SimulatedSerial(lambda: 0.0, device(name, closed)))
    assert (found.wire, found.address, found.kind, found.module) == (PORT, None, "door", name)


def test_all_parts_of_a_bus_are_named_each_once() -> None:
    parts = {0x1D: chips.accelerometer("adxl355")(still), 0x53: chips.accelerometer("adxl345")(still),
             0x20: door_chip("mcp23017", closed), 0x38: door_chip("pcf8574", closed)}  # fmt: skip
    assert [(one.address, one.module) for one in seen(parts)] == [
        (0x1D, "adxl355"), (0x20, "mcp23017"), (0x38, "pcf8574"), (0x53, "adxl345"),
    ]  # fmt: skip


def test_an_empty_bus_has_nothing() -> None:
    assert seen({}) == []


def test_a_chip_of_another_maker_is_told_with_what_it_answered() -> None:
    (found,) = seen({0x68: Deaf()})
    assert (found.kind, found.module) == ("unknown", "")
    assert "MPU-6050" in found.said
    assert "5A" in found.said


def test_a_bus_that_cannot_be_opened_says_why_and_the_next_one_is_asked() -> None:
    def opened(path: str) -> I2C:
        if path == BUS:
            raise BusError(f"cannot open {path}: it is not there")
        return SimulatedI2C(lambda: 0.0, {0x1D: chips.accelerometer("adxl355")(still)})

    broken, found = on_buses([BUS, "/dev/i2c-2"], opened)
    assert (broken.address, broken.said) == (None, f"cannot open {BUS}: it is not there")
    assert (found.wire, found.module) == ("/dev/i2c-2", "adxl355")


def test_a_silent_port_says_what_was_asked() -> None:
    class Silent:
        baud = 9600

        def power_on(self, now: float) -> None:
            pass

        def receive(self, data: bytes, now: float) -> None:
            pass

        def send(self, now: float) -> bytes:
            return b""

    (found,) = on_ports([PORT], lambda _path, _baud: SimulatedSerial(lambda: 0.0, Silent()))
    assert (found.kind, found.module) == ("unknown", "")
    assert all(name in found.said for name in ON_SERIAL)


def part(kind: str, name: str) -> Seen:
    if kind == "accelerometer":
        return Seen(BUS, accelerometers.find(name).ADDRESSES[-1], "accelerometer", name, name.upper())
    if doors.find(name).WIRE == "serial":
        return Seen(PORT, None, "door", name, name.upper())
    return Seen(BUS, doors.find(name).ADDRESSES[-1], "door", name, name.upper())


@pytest.mark.parametrize("door", doors.names())
@pytest.mark.parametrize("chip", accelerometers.names())
def test_the_draft_of_what_was_found_is_a_good_configuration(chip: str, door: str) -> None:
    found = [part("accelerometer", chip), part("door", door)]
    config, faults = parse(draft(found).replace("PUT-THE-64-DIGITS-HERE", KEY), "draft")
    assert faults == []
    assert config is not None
    assert config.door is not None
    assert (config.accelerometer.chip, config.accelerometer.address) == (chip, found[0].address)
    assert (config.door.sensor, config.door.address) == (door, found[1].address)
    assert config.door.port == PORT


def test_the_draft_keeps_every_comment_of_the_template() -> None:
    text = draft([part("accelerometer", "lis3dh"), part("door", "mcp23017")])
    for line in TEMPLATE.read_text(encoding="utf-8").splitlines():
        _, mark, comment = line.partition("#")
        assert not mark or comment.strip() in text


def test_without_a_door_sensor_its_section_is_commented_out() -> None:
    config, faults = parse(
        draft([part("accelerometer", "adxl355")]).replace("PUT-THE-64-DIGITS-HERE", KEY), "draft"
    )
    assert faults == []
    assert config is not None
    assert config.door is None


def test_where_nothing_answers_the_draft_says_so() -> None:
    assert "No accelerometer answers" in draft([])


@pytest.mark.parametrize("make", [list, lambda: [part("accelerometer", "adxl345")]])
def test_only_the_parts_are_shown_by_probe(make: Callable[[], list[Seen]]) -> None:
    text = draft(make(), only_parts=True)
    assert "[accelerometer]" in text
    assert "[broker]" not in text
