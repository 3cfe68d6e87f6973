"""Modbus RTU input modules: maps, refusals, and lines that are not as they should be."""

from typing import Any

import pytest

from drivers.doors import Door, modbus
from drivers.errors import BusError, NoAnswer, ReadingError
from simulator.i2c import Between
from simulator.lines.modbus import MODBUS
from simulator.serial import Noise, SimulatedSerial

CLOSED, OPEN = 0b01, 0b10


class Talker:
    """Answers each request with the same bytes, and remembers the requests."""

    def __init__(self, answer: str, before: bytes = b"") -> None:
        self.baud = 9600
        self.heard: list[bytes] = []
        self._answer, self._before = before + bytes.fromhex(answer), before
        self._due: bytes = b""

    def power_on(self, now: float) -> None:
        pass

    def receive(self, data: bytes, now: float) -> None:
        self.heard.append(data)
        self._due += self._answer

    def send(self, now: float) -> bytes:
        due, self._due = self._due, b""
        return due


def port_to(device: MODBUS | Talker) -> SimulatedSerial:
    return SimulatedSerial(lambda: 0.0, device)


def test_asks_and_understands_as_the_waveshare_manual_has_it() -> None:
    talker = Talker("01 02 01 01 60 48")
    sensor = modbus.probe(port_to(talker), 0, modbus.Settings(open=7))
    assert talker.heard == [bytes.fromhex("01 02 00 00 00 08 79 CC")]
    assert sensor.read() is Door.CLOSED


@pytest.mark.parametrize(
    ("wiring", "low"),
    [
        ({"read": "coils"}, OPEN),
        ({"read": "discrete_inputs"}, OPEN),
        ({"read": "holding_registers"}, OPEN),
        ({"read": "input_registers"}, OPEN),
        ({"read": "discrete_inputs", "closed": 9, "open": 12}, 1 << 12),
        ({"read": "input_registers", "closed": 0, "open": 16}, 1 << 16),
        ({"read": "holding_registers", "closed": 47, "open": 32}, 1 << 32),
        ({"unit": 247, "start": 1000, "closed": 1, "open": 0}, 1),
        ({"inverted": True}, ~OPEN & 0xFFFF),
        ({"contacts": "change_over"}, 0b0110),
    ],
)
def test_the_map_is_configuration(wiring: dict[str, Any], low: int) -> None:
    settings = modbus.Settings(**wiring)
    device = MODBUS(lambda now: low, unit=settings.unit, start=settings.start, count=48)
    assert modbus.probe(port_to(device), 0, settings).read() is Door.OPEN


def test_inputs_of_other_things_do_not_matter() -> None:
    device = MODBUS(lambda now: 0b1111_1101)
    assert modbus.probe(port_to(device), 0, modbus.Settings()).read() is Door.CLOSED


@pytest.mark.parametrize(
    ("wiring", "words"),
    [
        ({"start": 9}, "exception 2, illegal data address; look at read, start"),
        ({"start": 9, "read": "input_registers"}, "exception 2"),
    ],
)
def test_a_module_that_refuses_is_told_with_its_reason(wiring: dict[str, Any], words: str) -> None:
    device = MODBUS(lambda now: CLOSED, count=8)
    with pytest.raises(ReadingError, match=words):
        modbus.probe(port_to(device), 0, modbus.Settings(**wiring, closed=0, open=8))


def test_an_unknown_exception_is_told_by_its_number() -> None:
    with pytest.raises(ReadingError, match="exception 170, unknown"):
        modbus.probe(port_to(Talker("01 82 AA C0 DF")), 0, modbus.Settings())


def test_another_unit_is_no_answer() -> None:
    with pytest.raises(NoAnswer, match=r"unit 2 at 9600 baud does not answer: .* A and B swapped"):
        modbus.probe(port_to(MODBUS(lambda now: CLOSED, unit=1)), 0, modbus.Settings(unit=2))


@pytest.mark.parametrize(
    "answer",
    [
        "01 02 01 01 60 49",  # a wrong check
        "01 02 01 01 60",  # cut off
        "02 02 01 01 60 0C",  # another unit's
        "01 01 01 01 90 48",  # to another function
        "01 02 02 01 00 B8 28",  # more than was asked for, its check right
        "FF FF FF FF FF FF",
    ],
)
def test_what_is_no_answer_to_the_request_is_a_bus_error_that_shows_it(answer: str) -> None:
    with pytest.raises(BusError, match=f"no whole answer in {answer}") as caught:
        modbus.probe(port_to(Talker(answer)), 0, modbus.Settings())
    assert not isinstance(caught.value, NoAnswer | ReadingError)


@pytest.mark.parametrize("before", ["00", "FF 00", "01 02 00 00 00 02 F9 CB", "01"])
def test_an_echo_or_a_byte_of_noise_before_the_answer_does_not_matter(before: str) -> None:
    talker = Talker("01 02 01 01 60 48", before=bytes.fromhex(before))
    assert modbus.probe(port_to(talker), 0, modbus.Settings()).read() is Door.CLOSED


def test_an_echo_alone_is_no_answer() -> None:
    with pytest.raises(NoAnswer):
        modbus.probe(port_to(Talker("01 02 00 00 00 02 F9 CB")), 0, modbus.Settings())


def test_one_lost_answer_is_one_bus_error() -> None:
    port = port_to(MODBUS(lambda now: CLOSED))
    sensor = modbus.probe(port, 0, modbus.Settings())
    port.faults.append(Noise(Between(port.now(), port.now() + 0.03), lost=0.5))
    with pytest.raises(BusError):
        sensor.read()
    assert sensor.read() is Door.CLOSED


def test_an_answer_that_came_too_late_does_not_answer_the_next_request() -> None:
    inputs = [CLOSED]
    slow = MODBUS(lambda now: inputs[0], turnround_s=0.2)
    port = port_to(slow)
    with pytest.raises(NoAnswer):
        modbus.probe(port, 0, modbus.Settings())
    inputs[0] = OPEN
    port.sleep(0.3)
    assert modbus.probe(port, 0, modbus.Settings(timeout_s=0.3)).read() is Door.OPEN


def test_the_line_is_silent_for_three_and_a_half_characters_between_frames() -> None:
    silences, ended = list[float](), [float("-inf")]

    class Timed(MODBUS):
        def send(self, now: float) -> bytes:
            data = super().send(now)
            ended[0] = now if data else ended[0]
            return data

        def receive(self, data: bytes, now: float) -> None:
            silences.append(now - len(data) * 10 / self.baud - ended[0])
            super().receive(data, now)

    sensor = modbus.probe(port_to(Timed(lambda now: CLOSED)), 0, modbus.Settings())
    for _ in range(20):
        sensor.read()
    assert len(silences) == 21
    assert min(silences) >= 3.5 * 10 / 9600 - 1e-9


def test_a_module_that_was_slow_once_does_not_slow_the_next_readings() -> None:
    device = MODBUS(lambda now: CLOSED)
    port = port_to(device)
    sensor = modbus.probe(port, 0, modbus.Settings())
    for turnround_s in (0.005, 0.09, 0.005):
        device._turnround_s = turnround_s
        begin = port.now()
        sensor.read()
    assert port.now() - begin <= 0.025


@pytest.mark.parametrize(("baud", "longest"), [(9600, 0.0245), (19200, 0.0165), (115200, 0.0095)])
def test_a_reading_takes_little_more_than_its_bytes_and_the_modules_own_time(
    baud: int, longest: float
) -> None:
    port = port_to(MODBUS(lambda now: CLOSED, baud=baud, turnround_s=0.005))
    sensor = modbus.probe(port, 0, modbus.Settings())
    for _ in range(5):
        sensor.read()
    begin = port.now()
    for _ in range(10):
        sensor.read()
    assert (port.now() - begin) / 10 <= longest
