"""What is particular to the ADXL345: one sample a burst, an overrun that reading hides, no reset."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drivers.accelerometers import adxl345
from drivers.errors import BusError, NoAnswer, ReadingError, WrongChip
from simulator.chips.adxl345 import ADXL345
from simulator.i2c import Nack, SimulatedI2C, TimedOut, Transfer

Array = NDArray[np.float64]
ADDRESS = 0x53
G0 = 9.80665


def one_g_up(times: Array) -> Array:
    return np.tile((0.0, 0.0, G0), (len(times), 1))


def rising(times: Array) -> Array:
    """Ten counts from sample to sample at 100 Hz."""
    return np.outer(times * 100 * 10 * G0 / 256 % 15, (1.0, 0.0, 0.0))


def plugged(chip: ADXL345, hz: float = 400_000) -> SimulatedI2C:
    return SimulatedI2C(lambda: 0.0, {ADDRESS: chip}, hz=hz)


class Answers(ADXL345):
    """A chip of which one register always reads the same."""

    def __init__(self, register: int, value: int) -> None:
        self._register, self._value = register, value
        super().__init__(one_g_up)

    def read(self, count: int, now: float) -> bytes:
        register = self._pointer
        answer = bytearray(super().read(count, now))
        if register == self._register:
            answer[0] = self._value
        return bytes(answer)


def test_says_what_answered_instead() -> None:
    with pytest.raises(WrongChip) as caught:
        adxl345.probe(plugged(Answers(0x00, 0xE6)), ADDRESS, range_g=2)
    assert str(caught.value) == "address 0x53: an ADXL345 answers E5, this chip answered E6"


def test_a_read_is_one_burst_of_six_bytes_for_each_sample() -> None:
    bus = plugged(ADXL345(one_g_up))
    chip = adxl345.probe(bus, ADDRESS, range_g=2)
    before = bus.transfers[ADDRESS]
    bus.sleep(0.0805)
    assert len(chip.read().acceleration) == 8
    assert bus.transfers[ADDRESS] == before + 2 + 8


def test_a_digit_is_the_same_in_every_range() -> None:
    for range_g in adxl345.RANGES_G:
        chip = adxl345.probe(plugged(ADXL345(one_g_up)), ADDRESS, range_g=range_g)
        assert chip.count == pytest.approx(0.0039 * G0, rel=0.002)


def test_the_two_highest_rates_have_half_the_resolution() -> None:
    """No bus that the chip can take carries them; a faster one shows it."""
    felt = np.array((0.3, -0.7, 1.1)) * G0
    bus = plugged(ADXL345(lambda times: np.tile(felt, (len(times), 1)), noise_density=0.0), hz=4_000_000)
    for rate_hz in (1600.0, 3200.0):
        chip = adxl345.probe(bus, ADDRESS, range_g=4, rate_hz=rate_hz)
        bus.sleep(chip.poll_s)
        acceleration = chip.read().acceleration
        assert chip.count == 2 * G0 / 256
        assert np.abs(acceleration - felt).max() <= chip.count
        assert np.allclose(np.rint(acceleration / chip.count), acceleration / chip.count)


@pytest.mark.parametrize(("bus_hz", "highest"), [(100_000, 200.0), (400_000, 800.0)])
def test_the_bus_carries_what_the_datasheet_allows(bus_hz: float, highest: float) -> None:
    bus = plugged(ADXL345(one_g_up), hz=bus_hz)
    assert adxl345.probe(bus, ADDRESS, range_g=2, rate_hz=highest).rate_hz == highest
    with pytest.raises(
        ValueError, match=f"bus of {bus_hz / 1000:g} kHz carries, which is {highest:g} samples"
    ):
        adxl345.probe(bus, ADDRESS, range_g=2, rate_hz=2 * highest)


def test_what_another_program_left_in_the_chip_is_set_right() -> None:
    """Offsets, low power, self-test and the justification outlive a program: there is no reset."""
    chip = ADXL345(one_g_up, noise_density=0.0)
    bus = plugged(chip)
    for register, value in ((0x1E, 40), (0x20, 0x80), (0x2C, 0x1C), (0x31, 0x8F), (0x38, 0x5F), (0x2D, 0x08)):
        bus.write(ADDRESS, bytes((register, value)))
    bus.sleep(1.0)
    driver = adxl345.probe(bus, ADDRESS, range_g=2)
    bus.sleep(0.1)
    run = driver.read()
    assert len(run.acceleration) == 10
    assert np.allclose(run.acceleration, (0, 0, G0), atol=driver.count)


def test_refuses_a_chip_that_does_not_keep_its_range() -> None:
    with pytest.raises(ReadingError, match="did not keep its settings"):
        adxl345.probe(plugged(Answers(0x31, 0x08)), ADDRESS, range_g=8)


def test_refuses_more_entries_than_the_fifo_has() -> None:
    chip = adxl345.probe(plugged(Answers(0x39, 34)), ADDRESS, range_g=2)
    with pytest.raises(ReadingError, match="34 FIFO entries"):
        chip.read()


def test_a_silent_chip_that_kept_its_settings_is_noticed() -> None:
    bus = plugged(Answers(0x39, 0))
    chip = adxl345.probe(bus, ADDRESS, range_g=2)
    bus.sleep(0.9)
    assert len(chip.read().acceleration) == 0
    bus.sleep(0.2)
    with pytest.raises(ReadingError, match="is set to measure, but has given no sample for 1 s"):
        chip.read()


def test_a_power_cut_is_told_by_the_registers_after_it() -> None:
    simulated = ADXL345(one_g_up)
    bus = plugged(simulated)
    chip = adxl345.probe(bus, ADDRESS, range_g=4)
    bus.plug(ADDRESS, simulated)
    bus.sleep(1.1)
    with pytest.raises(ReadingError, match=r"was reset \(POWER_CTL 0x00, .*\): did it lose its power"):
        chip.read()


def measured(bus: SimulatedI2C) -> tuple[adxl345.ADXL345, int]:
    """A chip that was read once and has eight samples waiting, and how many transfers there were."""
    chip = adxl345.probe(bus, ADDRESS, range_g=2)
    bus.sleep(0.0805)
    chip.read()
    bus.sleep(0.08)
    return chip, bus.transfers[ADDRESS]


@pytest.mark.parametrize("transfer", range(3, 11))
def test_a_sample_that_is_not_acknowledged_is_asked_for_again(transfer: int) -> None:
    bus = plugged(ADXL345(rising, noise_density=0.0))
    chip, before = measured(bus)
    bus.faults.append(Nack(ADDRESS, Transfer(before + transfer)))
    run = chip.read()
    assert (len(run.acceleration), run.gap) == (8, False)
    assert np.allclose(np.diff(run.acceleration[:, 0]) % 15, 10 * chip.count, atol=1.01 * chip.count)


@pytest.mark.parametrize("transfer", range(1, 11))
def test_samples_read_before_a_missing_acknowledge_are_not_lost(transfer: int) -> None:
    bus = plugged(ADXL345(rising, noise_density=0.0))
    chip, before = measured(bus)
    bus.faults += [Nack(ADDRESS, Transfer(before + transfer + again)) for again in (0, 1)]
    with pytest.raises(NoAnswer):
        chip.read()
    bus.faults.clear()
    run = chip.read()
    assert len(run.acceleration) == 8
    assert not run.gap
    steps = np.diff(run.acceleration[:, 0]) % 15
    assert np.allclose(steps, 10 * chip.count, atol=1.01 * chip.count)


@pytest.mark.parametrize("transfer", [1, 2, 3, 10])
def test_a_sample_lost_on_the_way_is_a_gap(transfer: int) -> None:
    bus = plugged(ADXL345(one_g_up))
    chip, before = measured(bus)
    bus.faults.append(TimedOut(ADDRESS, Transfer(before + transfer)))
    with pytest.raises(BusError, match="timed out"):
        chip.read()
    bus.sleep(0.08)
    assert chip.read().gap
    bus.sleep(0.08)
    assert not chip.read().gap


class Stalls(SimulatedI2C):
    """A bus that somebody holds up before its n-th read."""

    stall: tuple[int, float] = (0, 0.0)

    def read(self, address: int, register: int, count: int) -> bytes:
        number, seconds = self.stall
        self.stall = (number - 1, seconds)
        if number == 1:
            self.sleep(seconds)
        return super().read(address, register, count)


@pytest.mark.parametrize("number", [3, 4, 10])
def test_an_overrun_between_the_count_and_the_samples_is_a_gap(number: int) -> None:
    """Reading a sample clears OVERRUN, so that nothing tells of it afterwards."""
    bus = Stalls(lambda: 0.0, {ADDRESS: ADXL345(rising, noise_density=0.0)})
    chip, _ = measured(bus)
    bus.stall = (number, 0.5)
    runs = [chip.read(), chip.read()]
    bus.sleep(0.08)
    runs.append(chip.read())
    assert any(run.gap for run in runs)
    for run in runs:
        assert np.allclose(np.diff(run.acceleration[:, 0]) % 15, 10 * chip.count, atol=1.01 * chip.count)


def test_a_stall_that_the_fifo_bridges_is_no_gap() -> None:
    bus = Stalls(lambda: 0.0, {ADDRESS: ADXL345(rising, noise_density=0.0)})
    chip, _ = measured(bus)
    bus.stall = (3, 0.2)
    runs = [chip.read(), chip.read()]
    assert [run.gap for run in runs] == [False, False]
    assert sum(len(run.acceleration) for run in runs) == 28


def test_has_no_thermometer() -> None:
    assert adxl345.probe(plugged(ADXL345(one_g_up)), ADDRESS, range_g=2).temperature() is None


def test_the_self_test_has_the_limits_for_3_3_volts() -> None:
    result = adxl345.probe(plugged(ADXL345(one_g_up)), ADDRESS, range_g=2, rate_hz=12.5).self_test()
    assert result is not None
    assert result.lowest / G0 == pytest.approx((0.354, -3.717, 0.441))
    assert result.highest / G0 == pytest.approx((3.717, -0.354, 4.998))


def test_samples_read_before_a_self_test_do_not_come_after_its_gap() -> None:
    bus = plugged(ADXL345(one_g_up))
    chip, before = measured(bus)
    bus.faults += [Nack(ADDRESS, Transfer(before + number)) for number in (5, 6)]
    with pytest.raises(NoAnswer):
        chip.read()
    chip.self_test()
    bus.sleep(0.0805)
    run = chip.read()
    assert (len(run.acceleration), run.gap) == (8, True)


@settings(derandomize=True, deadline=None)
@given(st.lists(st.tuples(*[st.integers(-4096, 4095)] * 3), max_size=33))
def test_words_come_low_byte_first_with_their_sign(samples: list[tuple[int, int, int]]) -> None:
    raw = b"".join(word.to_bytes(2, "little", signed=True) for sample in samples for word in sample)
    assert adxl345.convert(raw).tolist() == [[word * G0 / 256 for word in sample] for sample in samples]
