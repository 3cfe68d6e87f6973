"""The simulated bus: its time, its faults, its chips coming and going."""

import pytest

from drivers.errors import BusError, NoAnswer
from simulator.i2c import Between, Nack, SimulatedI2C, Sometimes, TimedOut, Transfer

ADDRESS = 0x42


class Memory:
    """A chip that is nothing but 256 registers, and remembers when it was used."""

    def __init__(self) -> None:
        self.registers = bytearray(range(256))
        self.times: list[float] = []
        self.powered: list[float] = []

    def power_on(self, now: float) -> None:
        self.powered.append(now)

    def write(self, data: bytes, now: float) -> None:
        if len(data) > 1:
            self.times.append(now)
        self.pointer = data[0] + len(data) - 1
        self.registers[data[0] : self.pointer] = data[1:]

    def read(self, count: int, now: float) -> bytes:
        self.times.append(now)
        return bytes(self.registers[self.pointer : self.pointer + count])


class Clock:
    """Simulated time that somebody else moves."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def test_what_is_written_can_be_read() -> None:
    bus = SimulatedI2C(lambda: 0.0, {ADDRESS: Memory()})
    bus.write(ADDRESS, b"\x10\xaa\xbb")
    assert bus.read(ADDRESS, 0x0F, 4) == b"\x0f\xaa\xbb\x12"


def test_a_transfer_takes_nine_clocks_a_byte() -> None:
    bus = SimulatedI2C(lambda: 0.0, {ADDRESS: Memory()}, hz=100_000)
    bus.write(ADDRESS, b"\x10\xaa")
    assert bus.now() == pytest.approx(3 * 90e-6)  # address, pointer, value
    bus.read(ADDRESS, 0x10, 90)
    assert bus.now() == pytest.approx((3 + 93) * 90e-6)  # address, pointer, address again, values


def test_time_is_the_clocks_unless_transfers_have_run_ahead_of_it() -> None:
    clock = Clock()
    bus = SimulatedI2C(clock, {})
    clock.time = 5.0
    assert bus.now() == 5.0
    bus.sleep(2.0)
    clock.time = 6.0
    assert bus.now() == 7.0
    clock.time = 8.0
    assert bus.now() == 8.0


def test_a_chip_sees_the_same_time_as_the_driver() -> None:
    memory = Memory()
    bus = SimulatedI2C(lambda: 3.0, {ADDRESS: memory})
    before = bus.now()
    bus.read(ADDRESS, 0, 2)
    bus.write(ADDRESS, b"\x00\x01")
    after = bus.now()
    assert memory.powered == [3.0]
    assert [before, *memory.times, after] == sorted([before, *memory.times, after])
    assert before < memory.times[0] < memory.times[1] <= after


def test_nobody_answers_at_an_empty_address() -> None:
    bus = SimulatedI2C(lambda: 0.0, {ADDRESS: Memory()})
    with pytest.raises(NoAnswer, match="0x41"):
        bus.read(0x41, 0, 1)
    with pytest.raises(NoAnswer, match="0x41"):
        bus.write(0x41, b"\x00")


def test_an_unplugged_chip_answers_again_once_it_is_plugged_in() -> None:
    memory = Memory()
    bus = SimulatedI2C(lambda: 0.0, {ADDRESS: memory})
    bus.unplug(ADDRESS)
    with pytest.raises(NoAnswer):
        bus.read(ADDRESS, 0, 1)
    bus.sleep(1.0)
    bus.plug(ADDRESS, memory)
    assert bus.read(ADDRESS, 7, 1) == b"\x07"
    assert memory.powered == [0.0, pytest.approx(1.0, abs=0.001)]


def test_the_scripted_transfer_is_not_acknowledged_and_the_chip_does_not_notice_it() -> None:
    memory = Memory()
    bus = SimulatedI2C(lambda: 0.0, {ADDRESS: memory})
    bus.faults.append(Nack(ADDRESS, Transfer(2)))
    bus.write(ADDRESS, b"\x00\x01")
    with pytest.raises(NoAnswer):
        bus.write(ADDRESS, b"\x00\x02")
    assert bus.read(ADDRESS, 0, 1) == b"\x01"
    assert bus.transfers[ADDRESS] == 3


def test_a_fault_lasts_from_its_start_up_to_its_end() -> None:
    clock = Clock()
    bus = SimulatedI2C(clock, {ADDRESS: Memory(), 0x43: Memory()})
    bus.faults.append(Nack(ADDRESS, Between(1.0, 2.0)))
    bus.read(ADDRESS, 0, 1)
    clock.time = 1.0
    with pytest.raises(NoAnswer):
        bus.read(ADDRESS, 0, 1)
    bus.read(0x43, 0, 1)
    clock.time = 2.0
    bus.read(ADDRESS, 0, 1)


def test_a_transfer_that_timed_out_did_reach_the_chip() -> None:
    memory = Memory()
    bus = SimulatedI2C(lambda: 0.0, {ADDRESS: memory})
    bus.faults += [TimedOut(ADDRESS, Transfer(1)), TimedOut(ADDRESS, Transfer(2))]
    with pytest.raises(BusError, match="timed out") as caught:
        bus.write(ADDRESS, b"\x05\x99")
    assert not isinstance(caught.value, NoAnswer)
    with pytest.raises(BusError, match="timed out"):
        bus.read(ADDRESS, 5, 1)
    assert len(memory.times) == 2
    assert bus.read(ADDRESS, 5, 1) == b"\x99"


def test_a_plain_read_goes_on_where_the_pointer_is() -> None:
    bus = SimulatedI2C(lambda: 0.0, {ADDRESS: Memory()}, hz=100_000)
    bus.write(ADDRESS, b"\x10")
    began = bus.now()
    assert bus.receive(ADDRESS, 3) == b"\x10\x11\x12"
    assert bus.now() - began == pytest.approx(4 * 90e-6)  # address, values
    bus.faults += [TimedOut(ADDRESS, Transfer(3)), Nack(ADDRESS, Transfer(4))]
    with pytest.raises(BusError, match="timed out"):
        bus.receive(ADDRESS, 1)
    with pytest.raises(NoAnswer):
        bus.receive(ADDRESS, 1)


def failed(seed: int) -> list[int]:
    """Which of 10 000 transfers nobody acknowledged, when one in a hundred is to fail."""
    bus = SimulatedI2C(lambda: 0.0, {ADDRESS: Memory()})
    bus.faults.append(Nack(ADDRESS, Sometimes(0.01, seed)))
    numbers = []
    for number in range(10_000):
        try:
            bus.read(ADDRESS, 0, 1)
        except NoAnswer:
            numbers.append(number)
    return numbers


def test_random_faults_are_as_many_as_asked_for_and_the_same_ones_for_a_seed() -> None:
    assert 70 < len(failed(1)) < 130
    assert failed(1) == failed(1) != failed(2)
