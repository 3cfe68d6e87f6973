"""What must hold for every door sensor there is a driver for, read through the driver from its simulated twin."""

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers import doors
from drivers.doors import Door, DoorSensor
from drivers.errors import BusError, NoAnswer
from simulator.doors import chip, device
from simulator.i2c import Between, Nack, SimulatedI2C
from simulator.serial import Cut, Noise, SimulatedSerial, Unplugged

SENSORS = doors.names()
ON_A_BUS = [name for name in SENSORS if doors.find(name).WIRE == "i2c"]
ON_A_LINE = [name for name in SENSORS if doors.find(name).WIRE == "serial"]
CLOSED, HALF, OPEN = 0.0, 0.5, 1.0
FIRST = 0x20


@dataclass
class DoorBench:
    """A door, its sensor, and the driver at the other end of the wire."""

    name: str
    opening: Callable[[float], float]
    wire: SimulatedI2C | SimulatedSerial = field(init=False)

    def __post_init__(self) -> None:
        if doors.find(self.name).WIRE == "i2c":
            self.wire = SimulatedI2C(lambda: 0.0, {FIRST: chip(self.name, self.opening)}, hz=100_000)
        else:
            self.wire = SimulatedSerial(lambda: 0.0, device(self.name, self.opening))

    def probe(self) -> DoorSensor:
        module = doors.find(self.name)
        return module.probe(self.wire, FIRST, module.Settings())

    def watch(self, sensor: DoorSensor, until: float) -> list[tuple[float, Door | None]]:
        """Times, s, and what was known then, read at the sensor's own pace."""
        told, due = [], self.wire.now()
        while self.wire.now() < until:
            told.append((sensor.read(), self.wire.now()))
            due = max(due + sensor.poll_s, self.wire.now())
            self.wire.sleep(due - self.wire.now())
        return [(time, door) for door, time in told]

    def last(self, sensor: DoorSensor, seconds: float) -> Door | None:
        return self.watch(sensor, self.wire.now() + seconds)[-1][1]


@pytest.mark.parametrize("name", SENSORS)
def test_a_sensor_says_what_it_is_and_where_it_can_be(name: str) -> None:
    module = doors.find(name)
    on_a_bus = module.WIRE == "i2c"
    assert bool(module.ADDRESSES) == on_a_bus
    assert bool(module.BAUD) != on_a_bus
    assert all(0x08 <= address <= 0x77 for address in module.ADDRESSES)
    assert msgspec.convert({}, module.Settings) == module.Settings()
    with pytest.raises(msgspec.ValidationError, match="unknown field `nothing`"):
        msgspec.convert({"nothing": 1}, module.Settings)


@pytest.mark.parametrize("name", SENSORS)
@pytest.mark.parametrize(("opening", "door"), [(CLOSED, Door.CLOSED), (HALF, Door.MOVING), (OPEN, Door.OPEN)])
def test_a_door_that_rests_is_known(name: str, opening: float, door: Door) -> None:
    bench = DoorBench(name, lambda now: opening)
    assert bench.last(bench.probe(), 0.2) is door


@pytest.mark.parametrize("name", SENSORS)
def test_a_door_that_opens_and_closes_is_told_in_order(name: str) -> None:
    bench = DoorBench(name, lambda now: float(np.interp(now, [2, 5, 8, 11], [0, 1, 1, 0])))
    told = [door for _, door in bench.watch(bench.probe(), 12.0) if door]
    changes = [door for before, door in zip([None, *told], told, strict=False) if door is not before]
    assert changes == [Door.CLOSED, Door.MOVING, Door.OPEN, Door.MOVING, Door.CLOSED]


@pytest.mark.parametrize("name", SENSORS)
def test_a_door_edge_is_known_within_60_ms_at_every_phase_of_the_polls(name: str) -> None:
    delays = []
    for edge in np.arange(1.0, 1.06, 0.0007):
        bench = DoorBench(name, lambda now, edge=edge: OPEN if now >= edge else HALF)  # type: ignore[misc]
        told = bench.watch(bench.probe(), 1.3)
        known = min(time for time, door in told if door is Door.OPEN)
        delays.append(known - edge)
        assert all(door is Door.MOVING for time, door in told if 0.9 < time < edge)
    assert min(delays) >= 0.020
    assert max(delays) <= 0.060, f"{name}: {1000 * max(delays):.1f} ms"


@pytest.mark.parametrize("name", SENSORS)
def test_a_bounce_of_15_ms_changes_nothing(name: str) -> None:
    for edge in np.arange(1.0, 1.05, 0.0031):
        bench = DoorBench(name, lambda now, edge=edge: OPEN if edge <= now < edge + 0.015 else CLOSED)  # type: ignore[misc]
        assert {door for time, door in bench.watch(bench.probe(), 1.3) if time > 0.9} == {Door.CLOSED}


@pytest.mark.parametrize("name", SENSORS)
def test_a_door_that_stays_between_its_ends_is_blocked(name: str) -> None:
    bench = DoorBench(name, lambda now: HALF)
    sensor = bench.probe()
    assert bench.last(sensor, 9.5) is Door.MOVING
    assert bench.last(sensor, 1.5) is Door.BLOCKED


@pytest.mark.parametrize("name", ON_A_BUS)
def test_says_that_no_chip_answers(name: str) -> None:
    module = doors.find(name)
    with pytest.raises(NoAnswer):
        module.probe(SimulatedI2C(lambda: 0.0, {}), FIRST, module.Settings())


@pytest.mark.parametrize("name", ON_A_LINE)
def test_says_that_nothing_answers_on_the_line(name: str) -> None:
    module = doors.find(name)
    port = SimulatedSerial(lambda: 0.0, None, baud=module.BAUD)
    with pytest.raises(NoAnswer) as caught:
        module.probe(port, 0, module.Settings())
    assert "\n" not in str(caught.value)
    assert port.now() <= 1.0, "a probe does not hold up its thread"


@pytest.mark.parametrize("name", ON_A_BUS)
def test_a_chip_that_was_gone_is_read_again(name: str) -> None:
    bench = DoorBench(name, lambda now: OPEN)
    assert isinstance(bench.wire, SimulatedI2C)
    sensor = bench.probe()
    bench.wire.faults.append(Nack(FIRST, Between(0.0, 1.0)))
    with pytest.raises(NoAnswer):
        sensor.read()
    bench.wire.sleep(1.0)
    assert bench.last(sensor, 0.2) is Door.OPEN


@pytest.mark.parametrize("name", ON_A_LINE)
def test_an_adapter_that_is_pulled_out_says_so_at_once_and_comes_back(name: str) -> None:
    bench = DoorBench(name, lambda now: OPEN)
    assert isinstance(bench.wire, SimulatedSerial)
    sensor = bench.probe()
    bench.wire.faults.append(Unplugged(Between(bench.wire.now(), 2.0)))
    with pytest.raises(BusError, match="gone"):
        sensor.read()
    with pytest.raises(BusError, match="gone"):
        bench.probe()
    bench.wire.sleep(2.0)
    assert bench.last(bench.probe(), 0.2) is Door.OPEN


@pytest.mark.parametrize("name", ON_A_LINE)
def test_a_cut_line_is_no_door_after_half_a_second(name: str) -> None:
    bench = DoorBench(name, lambda now: OPEN)
    assert isinstance(bench.wire, SimulatedSerial)
    sensor = bench.probe()
    assert bench.last(sensor, 0.2) is Door.OPEN
    cut = bench.wire.now()
    bench.wire.faults.append(Cut(Between(cut, 100.0)))
    with pytest.raises(NoAnswer):
        bench.watch(sensor, cut + 10.0)
    assert bench.wire.now() <= cut + 0.55


@pytest.mark.parametrize("name", ON_A_LINE)
@pytest.mark.parametrize("share", [0.001, 0.01, 0.1])
def test_a_line_that_loses_doubles_and_spoils_bytes_never_tells_another_door(name: str, share: float) -> None:
    bench = DoorBench(name, lambda now: CLOSED if now < 30.0 else OPEN)
    assert isinstance(bench.wire, SimulatedSerial)
    sensor = bench.probe()
    assert bench.last(sensor, 0.2) is Door.CLOSED
    bench.wire.faults.append(Noise(Between(bench.wire.now(), 60.0), lost=share, doubled=share, spoiled=share))
    told = []
    while bench.wire.now() < 61.0:
        bench.wire.sleep(sensor.poll_s)
        try:
            told.append((bench.wire.now(), sensor.read()))
        except BusError:
            continue
    assert {door for time, door in told if time < 30.0} <= {Door.CLOSED, None}
    assert {door for time, door in told if time > 31.0} <= {Door.OPEN, Door.CLOSED, None}
    assert told[-1][1] is Door.OPEN


class Random:
    """Something at the other end that answers with bytes of its own."""

    def __init__(self, answers: bytes, baud: int = 0) -> None:
        self._answers = answers
        self._at = 0
        self.baud = baud

    def power_on(self, now: float) -> None:
        pass

    def write(self, data: bytes, now: float) -> None:
        pass

    def receive(self, data: bytes, now: float) -> None:
        pass

    def read(self, count: int, now: float) -> bytes:
        taken = [self._answers[(self._at + step) % len(self._answers)] for step in range(count)]
        self._at += count
        return bytes(taken)

    def send(self, now: float) -> bytes:
        return self.read(int(now * self.baud / 10) - self._at, now)


@pytest.mark.parametrize("name", ON_A_BUS)
@settings(derandomize=True, deadline=None)
@given(answers=st.binary(min_size=1, max_size=50))
def test_no_register_contents_raise_anything_but_a_bus_error(name: str, answers: bytes) -> None:
    bench = DoorBench(name, lambda now: CLOSED)
    assert isinstance(bench.wire, SimulatedI2C)
    sensor = bench.probe()
    bench.wire.plug(FIRST, Random(answers))
    for use in [sensor.read] * 5 + [bench.probe]:
        try:
            bench.wire.sleep(sensor.poll_s)
            use()
        except BusError:
            continue


@pytest.mark.parametrize("name", ON_A_LINE)
def test_20_000_random_bytes_are_no_door_and_raise_nothing_but_bus_errors(name: str) -> None:
    bench = DoorBench(name, lambda now: CLOSED)
    assert isinstance(bench.wire, SimulatedSerial)
    sensor, baud = bench.probe(), doors.find(name).BAUD
    assert bench.last(sensor, 0.2) is Door.CLOSED
    bench.wire.plug(Random(np.random.default_rng(1).bytes(20_000), baud))
    end = bench.wire.now() + 20_000 * 10 / baud
    while bench.wire.now() < end:
        bench.wire.sleep(sensor.poll_s)
        try:
            assert sensor.read() in {Door.CLOSED, None}
        except BusError:
            continue
