"""Door sensors on a bus, through a simulated bus to a simulated chip: what only these have."""

from itertools import cycle, islice
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers import doors
from drivers.doors import Door, DoorSensor, mcp23017, pcf8574
from drivers.errors import BusError, NoAnswer, ReadingError, WrongChip
from simulator.chips.mcp23017 import MCP23017
from simulator.chips.pcf8574 import PCF8574
from simulator.i2c import Nack, SimulatedI2C, Transfer

ADDRESS = 0x20
CLOSED, BETWEEN, OPEN, BOTH = 0b01, 0b00, 0b10, 0b11


class Switches:
    """The switches at a door: what they are set to, or for a moment what a bounce makes of them."""

    def __init__(self, low: int) -> None:
        self.low = low

    def __call__(self, now: float) -> int:
        return self.low


class Pins:
    """A chip without registers, like a PCF8574: it gives its pins again and again."""

    def __init__(self, answers: bytes) -> None:
        self._answers = cycle(answers)

    def power_on(self, now: float) -> None:
        pass

    def write(self, data: bytes, now: float) -> None:
        pass

    def read(self, count: int, now: float) -> bytes:
        return bytes(islice(self._answers, count))


def bus_with(switches: Switches) -> SimulatedI2C:
    return SimulatedI2C(lambda: 0.0, {ADDRESS: MCP23017(switches)})


def poll(bus: SimulatedI2C, sensor: DoorSensor, times: int) -> list[Door | None]:
    """Read that often, at the pace the sensor asks for."""
    found = []
    for _ in range(times):
        bus.sleep(sensor.poll_s)
        found.append(sensor.read())
    return found


def test_every_door_sensor_is_found_by_its_name() -> None:
    assert {"mcp23017", "pcf8574", "tfmini", "modbus"} <= set(doors.names())
    assert all(doors.find(name).Settings() for name in doors.names())
    with pytest.raises(KeyError):
        doors.find("nothing")


@pytest.mark.parametrize(
    ("low", "door"), [(CLOSED, Door.CLOSED), (OPEN, Door.OPEN), (BETWEEN, Door.MOVING), (BOTH, None)]
)
def test_the_two_switches_tell_the_door(low: int, door: Door | None) -> None:
    sensor = mcp23017.probe(bus_with(Switches(low)), ADDRESS, mcp23017.Settings())
    assert sensor.read() is door


def test_the_other_pins_do_not_matter() -> None:
    sensor = mcp23017.probe(bus_with(Switches(CLOSED | 0b0111_1100)), ADDRESS, mcp23017.Settings())
    assert sensor.read() is Door.CLOSED


def test_a_door_that_moves_is_told_in_order() -> None:
    switches = Switches(CLOSED)
    bus = bus_with(switches)
    sensor = mcp23017.probe(bus, ADDRESS, mcp23017.Settings())
    told = []
    for low in (CLOSED, BETWEEN, OPEN, BETWEEN, CLOSED):
        switches.low = low
        told.append(poll(bus, sensor, 5)[-1])
    assert told == [Door.CLOSED, Door.MOVING, Door.OPEN, Door.MOVING, Door.CLOSED]


def test_a_change_holds_only_after_20_ms() -> None:
    switches = Switches(CLOSED)
    bus = bus_with(switches)
    sensor = mcp23017.probe(bus, ADDRESS, mcp23017.Settings())
    switches.low = OPEN
    assert sensor.read() is Door.CLOSED
    bus.sleep(0.019)
    assert sensor.read() is Door.CLOSED
    bus.sleep(0.001)
    assert sensor.read() is Door.OPEN


def test_a_bounce_changes_nothing() -> None:
    switches = Switches(CLOSED)
    bus = bus_with(switches)
    sensor = mcp23017.probe(bus, ADDRESS, mcp23017.Settings())
    for low in (BETWEEN, CLOSED, BETWEEN, CLOSED, BOTH, CLOSED, OPEN):
        switches.low = low
        assert poll(bus, sensor, 1) == [Door.CLOSED]


def test_says_that_no_chip_answers() -> None:
    with pytest.raises(NoAnswer):
        mcp23017.probe(SimulatedI2C(lambda: 0.0, {}), ADDRESS, mcp23017.Settings())


def test_a_missing_acknowledge_is_not_an_answer() -> None:
    bus = bus_with(Switches(CLOSED))
    sensor = mcp23017.probe(bus, ADDRESS, mcp23017.Settings())
    bus.faults.append(Nack(ADDRESS, Transfer(bus.transfers[ADDRESS] + 1)))
    with pytest.raises(NoAnswer):
        sensor.read()
    assert sensor.read() is Door.CLOSED


def test_refuses_another_chip_and_says_what_answered() -> None:
    bus = SimulatedI2C(lambda: 0.0, {ADDRESS: Pins(b"\xfd")})
    with pytest.raises(
        WrongChip, match=r"0x20: an MCP23017 keeps 7F 00 00 03, this chip answered FD FD FD FD"
    ):
        mcp23017.probe(bus, ADDRESS, mcp23017.Settings())


def test_a_chip_left_in_the_other_register_layout_is_set_up_all_the_same() -> None:
    bus = bus_with(Switches(OPEN))
    bus.write(ADDRESS, bytes((0x0A, 0x80)))  # IOCON.BANK = 1
    assert mcp23017.probe(bus, ADDRESS, mcp23017.Settings()).read() is Door.OPEN


def test_no_pin_but_the_last_one_is_left_to_drive_a_wire() -> None:
    bus = bus_with(Switches(CLOSED))
    mcp23017.probe(bus, ADDRESS, mcp23017.Settings())
    assert bus.read(ADDRESS, 0x00, 1) == b"\x7f"  # IODIRA: GPA7 must be an output


def test_a_chip_that_lost_its_power_is_noticed_at_once_and_can_be_set_up_again() -> None:
    chip = MCP23017(Switches(CLOSED))
    bus = SimulatedI2C(lambda: 0.0, {ADDRESS: chip})
    sensor = mcp23017.probe(bus, ADDRESS, mcp23017.Settings())
    bus.plug(ADDRESS, chip)
    with pytest.raises(ReadingError, match=r"was reset .*power"):
        sensor.read()
    assert mcp23017.probe(bus, ADDRESS, mcp23017.Settings()).read() is Door.CLOSED


@settings(derandomize=True, deadline=None)
@given(answers=st.binary(min_size=1, max_size=50))
def test_no_answer_raises_anything_but_a_bus_error(answers: bytes) -> None:
    bus = bus_with(Switches(CLOSED))
    sensor = mcp23017.probe(bus, ADDRESS, mcp23017.Settings())
    bus.plug(ADDRESS, Pins(answers))
    for _ in range(5):
        try:
            assert sensor.read() in {Door.CLOSED, Door.MOVING, Door.OPEN, None}
        except BusError:
            continue


@pytest.mark.parametrize(("low", "door"), [(0b1001_0000, Door.CLOSED), (0b0110_0000, Door.OPEN)])
def test_both_contacts_of_each_end_can_be_wired_to_any_pins(low: int, door: Door) -> None:
    wiring = pcf8574.Settings(contacts="change_over", closed=4, open=6, closed_nc=5, open_nc=7)
    bus = SimulatedI2C(lambda: 0.0, {ADDRESS: PCF8574(Switches(low))})
    assert pcf8574.probe(bus, ADDRESS, wiring).read() is door


def test_an_mcp23017_pulls_up_all_pins_in_use_and_no_others() -> None:
    switches = Switches(0b0001_1000)
    bus = bus_with(switches)
    wiring = mcp23017.Settings(contacts="change_over", closed=3, open=6, closed_nc=5, open_nc=4)
    sensor = mcp23017.probe(bus, ADDRESS, wiring)
    assert bus.read(ADDRESS, 0x0C, 1) == b"\x78"  # GPPUA
    assert sensor.read() is Door.CLOSED
    switches.low &= ~0b0001_0000  # the wire of the open end's normally closed contact is cut
    assert poll(bus, sensor, 4)[-1] is None


def test_a_single_contact_may_be_wired_to_other_pins() -> None:
    sensor = mcp23017.probe(bus_with(Switches(0b0100_0001)), ADDRESS, mcp23017.Settings(closed=5, open=6))
    assert sensor.read() is Door.OPEN


@pytest.mark.parametrize(
    ("sensor", "keys", "words"),
    [
        ("mcp23017", {"open": 7}, "GPA7 cannot be an input: .* spoils the bus, .* use GPA0 to GPA6"),
        ("mcp23017", {"closed": 8}, "no input 8; use 0 to 6"),
        ("mcp23017", {"contacts": "normally_closed"}, "cut wire"),
        ("mcp23017", {"contacts": "none"}, "Invalid enum value"),
        ("mcp23017", {"blocked_after_s": 0.5}, ">= 2"),
        ("pcf8574", {"closed": 8}, "no input 8; use 0 to 7"),
        ("pcf8574", {"closed": 1}, "share an input"),
        ("modbus", {"closed": 256}, "no input 256; use 0 to 255"),
        ("modbus", {"unit": 0}, ">= 1"),
        ("modbus", {"start": 65535}, "no address beyond 65535"),
        ("tfmini", {"open_m": 0.45}, "four times tolerance_m apart"),
    ],
)
def test_settings_that_cannot_be_are_refused_with_the_configuration(
    sensor: str, keys: dict[str, Any], words: str
) -> None:
    with pytest.raises(msgspec.ValidationError, match=words) as caught:
        msgspec.convert(keys, doors.find(sensor).Settings)
    assert "\n" not in str(caught.value)


def test_a_pcf8574_has_no_registers_so_an_mcp23017_in_its_place_is_refused() -> None:
    with pytest.raises(WrongChip, match=r"0x20: .* again and again, .* is it an MCP23017"):
        pcf8574.probe(bus_with(Switches(CLOSED)), ADDRESS, pcf8574.Settings())


def test_a_pcf8574_in_an_mcp23017s_place_is_refused_and_none_the_worse() -> None:
    bus = SimulatedI2C(lambda: 0.0, {ADDRESS: PCF8574(Switches(OPEN))})
    with pytest.raises(WrongChip, match="this chip answered 00 00 00 00"):
        mcp23017.probe(bus, ADDRESS, mcp23017.Settings())
    assert pcf8574.probe(bus, ADDRESS, pcf8574.Settings()).read() is Door.OPEN


def test_a_contact_that_bounces_while_it_is_probed_is_no_other_chip() -> None:
    once = [bytes((0xFE,)) * 23 + b"\xff", bytes((0xFE,)) * 24]
    bus = SimulatedI2C(lambda: 0.0, {ADDRESS: Pins(b"".join(once))})
    assert pcf8574.probe(bus, ADDRESS, pcf8574.Settings()).read() is Door.CLOSED


def test_a_pcf8574_that_another_program_wrote_to_is_read_all_the_same() -> None:
    bus = SimulatedI2C(lambda: 0.0, {0x3F: PCF8574(Switches(OPEN))})
    sensor = pcf8574.probe(bus, 0x3F, pcf8574.Settings())
    bus.write(0x3F, b"\x00")  # all pins driven low: both ends at once
    assert poll(bus, sensor, 4) == [Door.OPEN] * 4
