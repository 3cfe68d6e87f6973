"""Other people's drivers, unmodified, read the simulated ADXL345, ADXL355 and MPU-6050, and agree but for their known
errors."""

import sys
from itertools import count
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from adxl355 import ADXL355 as ADXL355_01
from adxl355 import ODR, PowerMode, Range
from numpy.typing import NDArray

from simulator.chips import Chip
from simulator.chips.adxl345 import ADXL345
from simulator.chips.adxl355 import ADXL355
from simulator.chips.mpu6050 import MPU6050
from simulator.i2c import SimulatedI2C
from tests.outside_i2c import OutsideI2C, OutsideSMBus, outside_driver

Array = NDArray[np.float64]
G0 = 9.80665
FELT = np.array((0.31, -0.62, 0.95)) * G0
ADAFRUIT_ADXL345 = 0.004 * 256
"""Adafruit has 4 mg a count where the datasheet has 1/256 g: 2.4 % too much."""
ADXL355_01_G = 0.0000039 * 256_000
"""adxl355 0.1 rounds the count to 3.9 µg: 0.16 % too little."""


def still(times: Array) -> Array:
    return np.tile(FELT, (len(times), 1))


def plugged(address: int, chip: Chip) -> SimulatedI2C:
    """A bus on which ten milliseconds pass between transfers: other drivers wait by a clock that is not the bus's."""
    return SimulatedI2C(count(0.0, 0.01).__next__, {address: chip})


@pytest.mark.parametrize(("code", "range_g"), [(0, 2), (1, 4), (2, 8), (3, 16)])
def test_adafruits_adxl345_reads_two_percent_too_much(code: int, range_g: int) -> None:
    bus = plugged(0x53, ADXL345(still, noise_density=0.0))
    chip = outside_driver("adafruit_adxl34x").ADXL345(OutsideI2C(bus))
    chip.range = code
    bus.sleep(0.1)
    assert np.array(chip.acceleration) == pytest.approx(FELT * ADAFRUIT_ADXL345, abs=0.004 * G0)
    assert chip.range == code
    assert chip.raw_z == pytest.approx(0.95 * 256, abs=1)


def test_adafruits_adxl345_sets_rate_and_offsets() -> None:
    bus = plugged(0x53, ADXL345(still, noise_density=0.0))
    chip = outside_driver("adafruit_adxl34x").ADXL345(OutsideI2C(bus))
    chip.data_rate, chip.offset = 0x0C, (2, -4, 0)
    bus.sleep(0.1)
    expected = (FELT + np.array((8, -16, 0)) * G0 / 256) * ADAFRUIT_ADXL345
    assert np.array(chip.acceleration) == pytest.approx(expected, abs=0.004 * G0)
    assert chip.data_rate == 0x0C


class Transport:
    """What adxl355 asks of a bus; its waiting is simulated too."""

    def __init__(self, bus: SimulatedI2C) -> None:
        self._bus = bus

    def read_register(self, reg: int, length: int = 1) -> bytes:
        return self._bus.read(0x1D, reg, length)

    def write_register(self, reg: int, data: bytes) -> None:
        self._bus.write(0x1D, bytes((reg, *data)))

    def delay_ms(self, ms: int) -> None:
        self._bus.sleep(ms / 1000)


def adxl355_01(chip: ADXL355) -> tuple[SimulatedI2C, ADXL355_01]:
    bus = SimulatedI2C(lambda: 0.0, {0x1D: chip})
    driver = ADXL355_01(Transport(bus))
    assert driver.probe()
    driver.reset()
    return bus, driver


@pytest.mark.parametrize("measured_range", list(Range))
def test_adxl355_01_agrees_but_for_its_rounded_count(measured_range: Range) -> None:
    bus, driver = adxl355_01(ADXL355(still, noise_density=0.0, temperature=31.5))
    driver.set_range(measured_range)
    driver.set_odr(ODR.HZ_500)
    driver.set_power_mode(PowerMode.MEASUREMENT)
    bus.sleep(0.02)
    got = driver.read_acceleration_mps2()
    assert np.array((got.x, got.y, got.z)) == pytest.approx(FELT * ADXL355_01_G, rel=1e-5, abs=2e-4)
    assert driver.read_temperature_c() == pytest.approx(31.5, abs=0.06)
    assert driver.read_fifo_entries() == 30


def test_adxl355_01_tests_the_chip_itself_and_finds_the_datasheets_change_on_x_and_y() -> None:
    """Its range of 2 g has no room for the change on Z and gravity."""
    _, driver = adxl355_01(ADXL355(lambda times: np.zeros((len(times), 3)), noise_density=0.0))
    change = driver.run_self_test().abs_delta_g
    assert (change.x, change.y, change.z) == pytest.approx((0.3, 0.3, 1.5), abs=0.01)


def test_adafruits_mpu6050_agrees_within_one_count() -> None:
    bus = plugged(0x68, MPU6050(still, noise_density=0.0, temperature=31.5))
    chip = outside_driver("adafruit_mpu6050").MPU6050(OutsideI2C(bus))
    for code, range_g in ((0, 2), (1, 4), (2, 8), (3, 16)):
        chip.accelerometer_range = code
        bus.sleep(0.1)
        assert np.array(chip.acceleration) == pytest.approx(FELT, abs=range_g / 32768 * G0)
    assert chip.temperature == pytest.approx(31.5, abs=0.003)


def test_adafruits_mpu6050_reads_the_fifo() -> None:
    bus = plugged(0x68, MPU6050(still, noise_density=0.0))
    chip = outside_driver("adafruit_mpu6050").MPU6050(OutsideI2C(bus))
    chip.filter_bandwidth, chip.sample_rate_divisor, chip.accel_fifo_en = 3, 9, True
    chip.fiforst = True
    chip.fifo_en = True
    bus.sleep(0.5)
    raw = bytes(chip.read_whole_fifo())
    whole = np.frombuffer(raw[: len(raw) // 6 * 6], ">i2").reshape(-1, 3)
    assert len(whole) > 40
    assert whole / 16384 * G0 == pytest.approx(np.tile(FELT, (len(whole), 1)), abs=G0 / 16384)


@pytest.fixture
def raspberry(monkeypatch: pytest.MonkeyPatch) -> Any:
    """mpu6050-raspberrypi opens a bus of the module "smbus", by its number: here it is given the bus itself."""
    monkeypatch.setitem(sys.modules, "smbus", SimpleNamespace(SMBus=lambda bus: bus))
    monkeypatch.delitem(sys.modules, "mpu6050", raising=False)
    monkeypatch.delitem(sys.modules, "mpu6050.mpu6050", raising=False)
    return outside_driver("mpu6050").mpu6050


@pytest.mark.parametrize(("code", "range_g"), [(0x00, 2), (0x08, 4), (0x10, 8), (0x18, 16)])
def test_mpu6050_raspberrypi_agrees_within_one_count(raspberry: Any, code: int, range_g: int) -> None:
    bus = plugged(0x68, MPU6050(still, noise_density=0.0, temperature=31.5))
    chip = raspberry(0x68, OutsideSMBus(bus))
    chip.set_accel_range(code)
    bus.sleep(0.1)
    got = chip.get_accel_data()
    assert np.array((got["x"], got["y"], got["z"])) == pytest.approx(FELT, abs=range_g / 32768 * G0)
    assert chip.read_accel_range() == range_g
    assert chip.get_temp() == pytest.approx(31.5, abs=0.003)
