"""What is particular to the MPU-6050: it sleeps, its clones, and a FIFO of bytes that loses its place."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drivers.accelerometers import mpu6050
from drivers.errors import BusError, NoAnswer, ReadingError, WrongChip
from simulator.chips.mpu6050 import MPU6050
from simulator.i2c import Nack, SimulatedI2C, TimedOut, Transfer

Array = NDArray[np.float64]
ADDRESS = 0x68
G0 = 9.80665
FELT = np.array((0.25, -0.5, 1.0)) * G0


def still(times: Array) -> Array:
    return np.tile(FELT, (len(times), 1))


def plugged(chip: MPU6050) -> SimulatedI2C:
    return SimulatedI2C(lambda: 0.0, {ADDRESS: chip})


def ready(chip: MPU6050) -> tuple[SimulatedI2C, mpu6050.MPU6050]:
    """A chip that was read once."""
    bus = plugged(chip)
    driver = mpu6050.probe(bus, ADDRESS, range_g=2)
    bus.sleep(0.0805)
    assert len(driver.read().acceleration) == 8
    return bus, driver


class Answers(MPU6050):
    """A chip of which a register always begins the same way."""

    def __init__(self, register: int, answer: bytes) -> None:
        self._register, self._answer = register, answer
        super().__init__(still)

    def read(self, count: int, now: float) -> bytes:
        register = self._pointer
        answer = super().read(count, now)
        return (self._answer + answer[len(self._answer) :])[:count] if register == self._register else answer


@pytest.mark.parametrize(
    ("identity", "said"),
    [
        (0x70, "this chip answered 70, which is an MPU-6500"),
        (0x71, "this chip answered 71, which is an MPU-9250"),
        (0x72, "this chip answered 72, which is a clone of the MPU-6050"),
        (0x98, "this chip answered 98, which is a clone of the MPU-6050"),
        (0x12, "this chip answered 12"),
    ],
)
def test_refuses_relatives_by_name(identity: int, said: str) -> None:
    with pytest.raises(WrongChip) as caught:
        mpu6050.probe(plugged(MPU6050(still, identity=identity)), ADDRESS, range_g=2)
    assert str(caught.value) == f"address 0x68: an MPU-6050 answers 68, {said}"


def test_wakes_the_chip_whatever_another_program_left_in_it() -> None:
    bus = plugged(MPU6050(still, noise_density=0.0))
    for register, value in ((0x6B, 0x00), (0x19, 9), (0x1C, 0xF8), (0x23, 0xF8), (0x6A, 0x40), (0x6B, 0x40)):
        bus.write(ADDRESS, bytes((register, value)))
    driver = mpu6050.probe(bus, ADDRESS, range_g=2)
    bus.sleep(0.1)
    run = driver.read()
    assert len(run.acceleration) == 10
    assert np.allclose(run.acceleration, FELT, atol=driver.count)


def test_what_it_gives_while_it_wakes_up_is_dropped() -> None:
    bus = plugged(MPU6050(still, noise_density=0.0))
    driver = mpu6050.probe(bus, ADDRESS, range_g=2, rate_hz=1000.0)
    bus.sleep(0.05)
    assert np.allclose(driver.read().acceleration, FELT, atol=driver.count)


def test_the_low_pass_is_below_half_the_rate_and_always_on() -> None:
    for rate_hz in mpu6050.RATES_HZ:
        bus = plugged(MPU6050(still))
        mpu6050.probe(bus, ADDRESS, range_g=2, rate_hz=rate_hz)
        low_pass = bus.read(ADDRESS, 0x1A, 1)[0]
        band_hz = {1: 184, 2: 94, 3: 44, 4: 21, 5: 10, 6: 5}[low_pass]
        assert band_hz <= max(rate_hz / 2, 5)
        assert bus.read(ADDRESS, 0x19, 1)[0] == 1000 / rate_hz - 1


def test_refuses_a_chip_that_does_not_keep_its_settings() -> None:
    with pytest.raises(ReadingError, match="did not keep its settings"):
        mpu6050.probe(plugged(Answers(0x1C, b"\x00")), ADDRESS, range_g=8)


def test_refuses_more_bytes_than_the_fifo_has() -> None:
    bus = plugged(Answers(0x72, b"\x04\x01"))
    driver = mpu6050.probe(bus, ADDRESS, range_g=2)
    with pytest.raises(ReadingError, match="1025 bytes"):
        driver.read()


def test_an_overflow_leaves_no_sample_out_of_step() -> None:
    bus, driver = ready(MPU6050(still, noise_density=0.0))
    bus.sleep(1.75)
    assert bus.read(ADDRESS, 0x72, 2) == b"\x04\x00"  # 1024: no multiple of 6
    late = driver.read()
    bus.sleep(0.08)
    after = driver.read()
    for run in (late, after):
        assert np.allclose(run.acceleration, FELT, atol=driver.count)
    assert (len(late.acceleration), after.gap) == (0, True)


class Stalls(SimulatedI2C):
    """A bus that somebody holds up before its n-th read."""

    stall: tuple[int, float] = (0, 0.0)

    def read(self, address: int, register: int, count: int) -> bytes:
        number, seconds = self.stall
        self.stall = (number - 1, seconds)
        if number == 1:
            self.sleep(seconds)
        return super().read(address, register, count)


def test_an_overflow_between_the_count_and_the_bytes_leaves_no_sample_out_of_step() -> None:
    bus = Stalls(lambda: 0.0, {ADDRESS: MPU6050(still, noise_density=0.0)})
    driver = mpu6050.probe(bus, ADDRESS, range_g=2)
    bus.sleep(0.0805)
    driver.read()
    bus.sleep(0.08)
    bus.stall = (2, 1.75)
    assert len(driver.read().acceleration) == 0
    bus.sleep(0.08)
    run = driver.read()
    assert run.gap
    assert np.allclose(run.acceleration, FELT, atol=driver.count)


def test_a_sample_that_is_just_entering_waits_for_the_next_read() -> None:
    """Read every 0.13 ms at 1 kHz: some counts find a part of a sample."""
    bus = plugged(MPU6050(still, noise_density=0.0))
    driver = mpu6050.probe(bus, ADDRESS, range_g=2, rate_hz=1000.0)
    began, total, partial = bus.now(), 0, 0
    for step in range(1000):
        bus.sleep(0.000_13 + step % 7 * 0.000_01)
        partial += int.from_bytes(bus.read(ADDRESS, 0x72, 2), "big") % 6 > 0
        run = driver.read()
        total += len(run.acceleration)
        assert not run.gap
        assert np.allclose(run.acceleration, FELT, atol=driver.count)
    assert partial > 10
    assert abs(total - (bus.now() - began) * 1000) <= 2


class LosesABytes(MPU6050):
    """A chip that drops one byte of its FIFO without a word."""

    def lose(self) -> None:
        del self._fifo[0]


def test_a_count_that_stays_out_of_step_empties_the_fifo_and_is_a_gap() -> None:
    chip = LosesABytes(still, noise_density=0.0)
    bus, driver = ready(chip)
    bus.sleep(0.08)
    bus.read(ADDRESS, 0x72, 2)
    chip.lose()
    assert len(driver.read().acceleration) == 0
    bus.sleep(0.08)
    run = driver.read()
    assert run.gap
    assert np.allclose(run.acceleration, FELT, atol=driver.count)


@pytest.mark.parametrize("transfer", [1, 2, 3])
def test_a_missing_acknowledge_loses_no_sample(transfer: int) -> None:
    bus, driver = ready(MPU6050(still))
    bus.sleep(0.08)
    bus.faults.append(Nack(ADDRESS, Transfer(bus.transfers[ADDRESS] + transfer)))
    with pytest.raises(NoAnswer):
        driver.read()
    run = driver.read()
    assert (len(run.acceleration), run.gap) == (8, False)


def test_samples_read_before_a_lost_answer_do_not_come_after_its_gap() -> None:
    bus, driver = ready(MPU6050(still))
    bus.sleep(0.08)
    before = bus.transfers[ADDRESS]
    bus.faults += [Nack(ADDRESS, Transfer(before + 3)), TimedOut(ADDRESS, Transfer(before + 4))]
    for _ in range(2):
        with pytest.raises(BusError):
            driver.read()
    bus.sleep(0.08)
    run = driver.read()
    assert (len(run.acceleration), run.gap) == (8, True)


class HalfABurst(MPU6050):
    """A chip that gave away half of what was asked for when the transfer broke off."""

    broken = False

    def _pop(self, count: int) -> bytes:
        return super()._pop(count // 2 - 1) if self.broken else super()._pop(count)


def test_a_burst_that_broke_off_leaves_no_sample_out_of_step() -> None:
    chip = HalfABurst(still, noise_density=0.0)
    bus, driver = ready(chip)
    bus.sleep(0.08)
    bus.faults.append(TimedOut(ADDRESS, Transfer(bus.transfers[ADDRESS] + 2)))
    chip.broken = True
    with pytest.raises(BusError, match="timed out"):
        driver.read()
    chip.broken = False
    bus.sleep(0.08)
    driver.read()
    bus.sleep(0.08)
    run = driver.read()
    assert run.gap
    assert np.allclose(run.acceleration, FELT, atol=driver.count)


def test_a_chip_that_was_not_heard_for_long_is_not_called_silent() -> None:
    bus, driver = ready(MPU6050(still))
    bus.sleep(5.0)
    assert len(driver.read().acceleration) == 0
    bus.sleep(0.08)
    assert len(driver.read().acceleration) == 8


def test_a_power_cut_is_told_by_the_registers_after_it() -> None:
    chip = MPU6050(still)
    bus, driver = ready(chip)
    bus.plug(ADDRESS, chip)
    bus.sleep(1.1)
    with pytest.raises(ReadingError, match=r"was reset \(.*register 0x6B 0x40.*\): did it lose its power"):
        driver.read()


@pytest.mark.parametrize("temperature", [-20.0, 25.0, 71.5])
def test_the_temperature_comes_with_its_sign(temperature: float) -> None:
    _, driver = ready(MPU6050(still, temperature=temperature))
    assert driver.temperature() == pytest.approx(temperature, abs=0.002)


def test_the_self_test_is_against_the_trim_of_the_factory() -> None:
    _, driver = ready(MPU6050(still))
    result = driver.self_test()
    assert result is not None
    trim = np.array((0.578, 0.682, 0.541)) * G0
    assert result.lowest == pytest.approx(0.86 * trim, rel=0.002)
    assert result.highest == pytest.approx(1.14 * trim, rel=0.002)


def test_a_chip_without_factory_trim_cannot_test_itself() -> None:
    assert mpu6050.probe(plugged(Answers(0x0D, bytes(4))), ADDRESS, range_g=2).self_test() is None


@pytest.mark.parametrize(
    ("raw", "trim_g"),
    [
        ("00 00 00 00", (0, 0, 0)),
        ("1F 1F 1F 15", (0.34, 0.34, 0.34)),  # the lowest: code 1; the gyroscope's bits are not ours
        ("E0 E0 E0 FF", (0.92, 0.92, 0.92)),  # the highest: code 31
        ("E0 00 80 30", (0.92, 0, 0.5594)),
    ],
)
def test_the_trim_is_five_bits_in_two_registers(raw: str, trim_g: tuple[float, float, float]) -> None:
    assert mpu6050.factory_trim(bytes.fromhex(raw)) / G0 == pytest.approx(trim_g, abs=0.0002)


@settings(derandomize=True, deadline=None)
@given(st.lists(st.tuples(*[st.integers(-32768, 32767)] * 3), max_size=170))
def test_words_come_high_byte_first_with_their_sign(samples: list[tuple[int, int, int]]) -> None:
    raw = b"".join(word.to_bytes(2, "big", signed=True) for sample in samples for word in sample)
    assert mpu6050.convert(raw, 0.5).tolist() == [[word * 0.5 for word in sample] for sample in samples]
