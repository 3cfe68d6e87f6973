"""Door sensors, through a simulated bus to a simulated chip."""

from itertools import cycle, islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers import doors
from drivers.doors import Door, DoorSensor, mcp23017
from drivers.errors import BusError, NoAnswer, ReadingError, WrongChip
from simulator.chips.mcp23017 import MCP23017
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
    assert "mcp23017" in doors.names()
    assert all(doors.find(name).ADDRESSES for name in doors.names())
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
