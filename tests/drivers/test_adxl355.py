"""What is particular to the ADXL355: its reset race, its FIFO of single axes, its markers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drivers.accelerometers import adxl355
from drivers.errors import BusError, ReadingError, WrongChip
from simulator.chips.adxl355 import ADXL355
from simulator.i2c import SimulatedI2C, TimedOut, Transfer

Array = NDArray[np.float64]
ADDRESS = 0x1D
G0 = 9.80665


def one_g_up(times: Array) -> Array:
    return np.tile((0.0, 0.0, G0), (len(times), 1))


def plugged(chip: ADXL355) -> SimulatedI2C:
    return SimulatedI2C(lambda: 0.0, {ADDRESS: chip})


class OneRegisterOff(ADXL355):
    """A chip with one byte changed in what is read from a register."""

    def __init__(self, register: int, offset: int, value: int) -> None:
        self._change = register, offset, value
        super().__init__(one_g_up)

    def read(self, count: int, now: float) -> bytes:
        register = self._pointer
        answer = bytearray(super().read(count, now))
        if register == self._change[0]:
            answer[self._change[1]] = self._change[2]
        return bytes(answer)


def test_says_what_answered_instead() -> None:
    with pytest.raises(WrongChip) as caught:
        adxl355.probe(plugged(OneRegisterOff(0x00, 2, 0xE9)), ADDRESS, range_g=2)
    assert str(caught.value) == "address 0x1d: an ADXL355 answers AD 1D ED, this chip answered AD 1D E9"


@pytest.mark.parametrize("races", [0, 1, 4])
def test_resets_again_until_the_trim_values_are_back(races: int) -> None:
    bus = plugged(ADXL355(one_g_up, noise_density=0.0, reset_races=races))
    chip = adxl355.probe(bus, ADDRESS, range_g=2)
    bus.sleep(0.1)
    assert np.allclose(chip.read().acceleration, (0, 0, G0), atol=chip.count)


def test_gives_up_after_five_resets() -> None:
    with pytest.raises(ReadingError, match="trim values in 5 resets"):
        adxl355.probe(plugged(ADXL355(one_g_up, reset_races=5)), ADDRESS, range_g=2)


def test_refuses_a_chip_that_does_not_keep_its_range() -> None:
    with pytest.raises(ReadingError, match="did not keep its settings"):
        adxl355.probe(plugged(OneRegisterOff(0x2C, 0, 0x81)), ADDRESS, range_g=8)


def test_refuses_more_entries_than_the_fifo_has() -> None:
    chip = adxl355.probe(plugged(OneRegisterOff(0x04, 1, 97)), ADDRESS, range_g=2)
    with pytest.raises(ReadingError, match="97 FIFO entries"):
        chip.read()


def test_a_silent_chip_that_kept_its_settings_is_noticed() -> None:
    bus = plugged(OneRegisterOff(0x04, 1, 0))
    chip = adxl355.probe(bus, ADDRESS, range_g=2)
    bus.sleep(0.9)
    assert len(chip.read().acceleration) == 0
    bus.sleep(0.2)
    with pytest.raises(ReadingError, match="no sample"):
        chip.read()


def test_a_power_cut_is_told_by_the_registers_after_it() -> None:
    simulated = ADXL355(one_g_up)
    bus = plugged(simulated)
    chip = adxl355.probe(bus, ADDRESS, range_g=4)
    bus.plug(ADDRESS, simulated)
    bus.sleep(1.1)
    with pytest.raises(
        ReadingError, match=r"was reset \(FILTER 0x00, RANGE 0x81, POWER_CTL 0x01\): did it lose its power"
    ):
        chip.read()


def test_a_read_is_two_transfers() -> None:
    bus = plugged(ADXL355(one_g_up))
    chip = adxl355.probe(bus, ADDRESS, range_g=2)
    before = bus.transfers[ADDRESS]
    bus.sleep(chip.poll_s)
    chip.read()
    assert bus.transfers[ADDRESS] == before + 2


def test_a_sample_of_which_axes_are_missing_waits_for_the_next_read() -> None:
    """Read every 0.3 ms: most counts find one or two axes of a sample."""
    bus = plugged(ADXL355(lambda times: np.column_stack((times, -times, times)), noise_density=0.0))
    chip = adxl355.probe(bus, ADDRESS, range_g=2)
    runs = []
    partial = 0
    for _ in range(600):
        bus.sleep(0.0003)
        partial += bus.read(ADDRESS, 0x05, 1)[0] % 3 > 0
        runs.append(chip.read().acceleration)
    values = np.concatenate(runs)
    assert partial > 50
    assert len(values) > 20
    assert np.allclose(np.diff(values[:, 0]), 0.008, atol=2 * chip.count)
    assert np.allclose(values, values[:, :1] * (1, -1, 1), atol=2 * chip.count)


class LosesASlot(ADXL355):
    """A chip that drops the oldest slot of the FIFO on the fifth read of it, and tells nobody: three are its setting up."""

    reads = 0

    def read(self, count: int, now: float) -> bytes:
        if self._pointer == 0x11:
            self.reads += 1
            if self.reads == 5:
                super().read(3, now)
        return super().read(count, now)


def test_slots_that_do_not_begin_with_x_are_a_gap() -> None:
    bus = plugged(LosesASlot(one_g_up, noise_density=0.0))
    chip = adxl355.probe(bus, ADDRESS, range_g=2)
    gaps = []
    for _ in range(4):
        bus.sleep(chip.poll_s)
        run = chip.read()
        gaps.append(run.gap)
        assert np.allclose(run.acceleration, (0, 0, G0), atol=chip.count)
    assert gaps == [False, True, False, False]


def test_a_fifo_burst_lost_on_the_way_is_a_gap() -> None:
    bus = plugged(ADXL355(one_g_up))
    chip = adxl355.probe(bus, ADDRESS, range_g=2)
    bus.sleep(chip.poll_s)
    chip.read()
    bus.faults.append(TimedOut(ADDRESS, Transfer(bus.transfers[ADDRESS] + 2)))
    bus.sleep(chip.poll_s)
    with pytest.raises(BusError, match="timed out"):
        chip.read()
    runs = [chip.read() for _ in range(200)]
    gaps = [run.gap for run in runs if len(run.acceleration)]
    assert gaps[:2] == [True, False]


@pytest.mark.parametrize(
    ("raw", "counts"),
    [
        ("000011 000000 000000", (1, 0, 0)),
        ("7FFFF1 800000 FFFFF0", (524287, -524288, -1)),
        ("FFFFF1 000010 123450", (-1, 1, 0x12345)),
    ],
)
def test_twenty_bits_come_with_their_sign(raw: str, counts: tuple[int, int, int]) -> None:
    whole = bytes.fromhex(raw.replace(" ", ""))
    assert adxl355.convert(whole, 1.0).tolist() == [list(counts)]


X, Y, Z, EMPTY = b"\x00\x00\x11", b"\x00\x00\x20", b"\x00\x00\x30", b"\x00\x00\x02"


@pytest.mark.parametrize(
    ("raw", "whole", "rest", "broken"),
    [
        (b"", b"", b"", False),
        (X + Y + Z, X + Y + Z, b"", False),
        (X + Y + Z + X + Y, X + Y + Z, X + Y, False),
        (Y + Z + X + Y + Z + X, X + Y + Z, X, True),
        (Z + X + Y + Z, X + Y + Z, b"", True),
        (X + Y + Z + X + Z + X + Y + Z, X + Y + Z, b"", True),
        (X + Y + Z + EMPTY + EMPTY, X + Y + Z, b"", False),
        (X + Y + EMPTY, b"", X + Y, False),
        (EMPTY, b"", b"", False),
        (Y + Z, b"", b"", True),
    ],
)
def test_samples_begin_at_the_x_marker(raw: bytes, whole: bytes, rest: bytes, broken: bool) -> None:
    assert adxl355.aligned(raw) == (whole, rest, broken)


@settings(derandomize=True, deadline=None)
@given(st.lists(st.sampled_from([X, Y, Z, EMPTY]), max_size=96))
def test_any_slots_give_whole_samples_and_less_than_one_more(slots: list[bytes]) -> None:
    whole, rest, _ = adxl355.aligned(b"".join(slots))
    assert len(whole) % 9 == 0
    assert len(rest) in (0, 3, 6)
    assert whole + rest in b"".join(slots)


@pytest.mark.parametrize("temperature", [-40.0, 25.0, 85.0])
def test_the_temperature_falls_as_its_number_rises(temperature: float) -> None:
    chip = adxl355.probe(plugged(ADXL355(one_g_up, temperature=temperature)), ADDRESS, range_g=2)
    assert chip.temperature() == pytest.approx(temperature, abs=0.06)


class TearsOneReading(ADXL355):
    """A chip that changes TEMP2 between it and TEMP1, once."""

    torn = False

    def read(self, count: int, now: float) -> bytes:
        register = self._pointer
        answer = super().read(count, now)
        if register == 0x06 and not self.torn:
            self.torn = True
            return bytes((answer[0] ^ 0x01, *answer[1:]))
        return answer


def test_a_torn_temperature_is_not_believed() -> None:
    chip = adxl355.probe(plugged(TearsOneReading(one_g_up)), ADDRESS, range_g=2)
    assert chip.temperature() == pytest.approx(25.0, abs=0.06)


def test_the_self_test_has_room_for_gravity_and_the_force() -> None:
    """At ±2 g, Z would stop at 2.05 g where it feels 2.5 g."""
    result = adxl355.probe(plugged(ADXL355(one_g_up)), ADDRESS, range_g=2).self_test()
    assert result is not None
    assert result.change / G0 == pytest.approx((0.3, 0.3, 1.5), abs=0.01)
    assert result.lowest / G0 == pytest.approx((0.15, 0.15, 0.75))
    assert result.highest / G0 == pytest.approx((0.6, 0.6, 3.0))


class KeepsItsFifo(ADXL355):
    """A chip that still has a pushed sample in its FIFO when it leaves standby."""

    left = b""

    def write(self, data: bytes, now: float) -> None:
        super().write(data, now)
        if data == b"\x2e\x00":
            self.left = b"\x40\x00\x01\x40\x00\x00\x40\x00\x00"

    def read(self, count: int, now: float) -> bytes:
        register = self._pointer
        if register == 0x11:
            left, self.left = self.left, b""
            return left + super().read(count - len(left), now)
        answer = super().read(count, now)
        return bytes((answer[0], answer[1] + len(self.left) // 3)) if register == 0x04 else answer


def test_what_is_left_of_the_self_test_in_the_fifo_is_not_a_measurement() -> None:
    bus = plugged(KeepsItsFifo(one_g_up, noise_density=0.0))
    chip = adxl355.probe(bus, ADDRESS, range_g=2)
    chip.self_test()
    bus.sleep(0.1)
    run = chip.read()
    assert len(run.acceleration) > 5
    assert np.allclose(run.acceleration, (0, 0, G0), atol=chip.count)


@pytest.mark.parametrize(("bus_hz", "highest"), [(100_000, 500.0), (400_000, 2000.0)])
def test_the_highest_rate_is_what_the_bus_carries(bus_hz: float, highest: float) -> None:
    bus = SimulatedI2C(lambda: 0.0, {ADDRESS: ADXL355(one_g_up)}, hz=bus_hz)
    assert adxl355.probe(bus, ADDRESS, range_g=2, rate_hz=highest).rate_hz == highest
    with pytest.raises(ValueError, match="choose a lower rate or a faster bus"):
        adxl355.probe(bus, ADDRESS, range_g=2, rate_hz=2 * highest)


def test_a_slow_chip_is_not_called_silent_between_its_samples() -> None:
    bus = plugged(ADXL355(one_g_up, rate_error=-0.05))
    chip = adxl355.probe(bus, ADDRESS, range_g=2, rate_hz=3.90625)
    total = 0
    for _ in range(1000):
        bus.sleep(0.01)
        total += len(chip.read().acceleration)
    assert abs(total - 10 * 3.90625 * 0.95) <= 2
