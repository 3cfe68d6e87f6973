"""Other people's drivers, unmodified, read the simulated LSM6DSO and LIS3DH, and agree but for their known errors."""

from itertools import count

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.chips import Chip
from simulator.chips.lis3dh import LIS3DH
from simulator.chips.lsm6dso import LSM6DSO
from simulator.i2c import SimulatedI2C
from tests.outside_i2c import OutsideI2C, OutsideSMBus, outside_driver

Array = NDArray[np.float64]
G0 = 9.80665
FELT = np.array((0.31, -0.62, 0.95)) * G0
ADAFRUIT_G = 9.806
ADAFRUIT_LIS3DH = 16000 / 16380 * ADAFRUIT_G / G0
"""Adafruit divides by 16380 where the datasheet has 16000 counts per g: 2.3 % too little."""
LIS3DH_02 = 0.061 / 0.0625
"""lis3dh 0.2 uses 0.061 mg a count, where the datasheet has 1 mg in 16: 2.4 % too little."""


def still(times: Array) -> Array:
    return np.tile(FELT, (len(times), 1))


def plugged(address: int, chip: Chip) -> SimulatedI2C:
    """A bus on which ten milliseconds pass between transfers: other drivers wait by a clock that is not the bus's."""
    return SimulatedI2C(count(0.0, 0.01).__next__, {address: chip})


class SparkFunI2C:
    """What SparkFun's drivers ask of a bus, over SMBus calls."""

    def __init__(self, bus: OutsideSMBus) -> None:
        self._bus = bus
        self.readByte = bus.read_byte_data
        self.writeByte = bus.write_byte_data
        self.readWord = bus.read_word_data
        self.readBlock = bus.read_i2c_block_data

    def isDeviceConnected(self, address: int) -> bool:  # noqa: N802, SparkFun's name
        self._bus.read_byte(address)
        return True


@pytest.mark.parametrize(("code", "range_g"), [(0, 2), (1, 4), (2, 8), (3, 16)])
def test_adafruits_lis3dh_reads_two_percent_too_little(code: int, range_g: int) -> None:
    bus = plugged(0x18, LIS3DH(still, noise_density=0.0))
    chip = outside_driver("adafruit_lis3dh").LIS3DH_I2C(OutsideI2C(bus))
    chip.range = code
    bus.sleep(0.1)
    digit = 0.012 * G0 if range_g == 16 else range_g / 2000 * G0
    # Its divisor for 8 g is a quarter of a per mille off the others.
    assert np.array(chip.acceleration) == pytest.approx(FELT * ADAFRUIT_LIS3DH, rel=3e-4, abs=digit)


def test_lis3dh_02_reads_byte_by_byte_and_two_percent_too_little() -> None:
    bus = plugged(0x18, LIS3DH(still, noise_density=0.0))
    driver = outside_driver("lis3dh")
    chip = driver.LIS3DH.__new__(driver.LIS3DH)  # its constructor opens /dev/i2c-N
    chip.bus, chip.dev = OutsideSMBus(bus), driver.device()
    chip.sensor_init(chip.dev.CTRL_REG4.SCALE_2G, chip.dev.CTRL_REG1.ODR_100Hz)
    bus.sleep(0.1)
    milli_g = np.array(chip.read_all_axes())
    assert milli_g == pytest.approx(FELT / G0 * 1000 * LIS3DH_02, abs=4)  # it leaves the chip at 10 bits


@pytest.mark.parametrize(("code", "range_g"), [(0, 2), (1, 16), (2, 4), (3, 8)])
def test_adafruits_lsm6dsox_agrees_within_one_count(code: int, range_g: int) -> None:
    bus = plugged(0x6A, LSM6DSO(still, noise_density=0.0, temperature=31.5))
    chip = outside_driver("adafruit_lsm6ds.lsm6dsox").LSM6DSOX(OutsideI2C(bus))
    chip.accelerometer_range = code
    bus.sleep(0.1)
    assert np.array(chip.acceleration) == pytest.approx(FELT, abs=range_g / 32768 * G0)
    assert chip.temperature == pytest.approx(31.5, abs=0.01)


def test_sparkfuns_lsm6dso_agrees_within_one_count() -> None:
    bus = plugged(0x6B, LSM6DSO(still, noise_density=0.0, temperature=31.5))
    chip = outside_driver("qwiic_lsm6dso").QwiicLSM6DSO(0x6B, SparkFunI2C(OutsideSMBus(bus)))
    assert chip.begin()
    assert chip.set_accel_range(chip.FS_XL_8g)
    bus.sleep(0.5)
    assert np.array(chip.read_float_accel_all()) * G0 == pytest.approx(FELT, abs=8 / 32768 * G0)
    assert chip.read_float_accel_z() * G0 == pytest.approx(FELT[2], abs=8 / 32768 * G0)
    assert chip.read_temp_c() == pytest.approx(31.5, abs=0.01)
