"""The simulated chips, register by register, by bytes typed from the datasheets: no driver takes part."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator import chips
from simulator.chips import Chip
from simulator.chips.adxl345 import ADXL345
from simulator.chips.adxl355 import ADXL355
from simulator.chips.mcp23017 import MCP23017
from simulator.chips.mpu6050 import MPU6050

Array = NDArray[np.float64]
G0 = 9.80665


def still(*vector: float) -> Callable[[Array], Array]:
    return lambda times: np.tile(vector, (len(times), 1))


def measuring(chip: ADXL355, *, filter_code: int = 0x05, range_code: int = 0x01, now: float = 0.0) -> ADXL355:
    """125 samples a second and 2 g unless told otherwise."""
    chip.write(bytes((0x28, filter_code)), now)
    chip.write(bytes((0x2C, range_code)), now)
    chip.write(bytes((0x2D, 0x00)), now)
    return chip


def registers(chip: Chip, register: int, count: int, now: float) -> bytes:
    """Write the pointer, read from there on."""
    chip.write(bytes((register,)), now)
    return chip.read(count, now)


def slots(raw: bytes) -> list[bytes]:
    return [raw[start : start + 3] for start in range(0, len(raw), 3)]


def test_every_chip_is_found_by_its_name() -> None:
    assert {"adxl345", "adxl355", "mcp23017", "mpu6050"} <= set(chips.names())
    assert all(callable(chips.find(name)) for name in chips.names())
    with pytest.raises(KeyError):
        chips.find("nothing")


def test_adxl355_comes_up_in_standby_with_its_identity() -> None:
    chip = ADXL355(still(0, 0, G0))
    assert registers(chip, 0x00, 3, 1.0) == b"\xad\x1d\xed"
    assert registers(chip, 0x2C, 2, 1.0) == b"\x81\x01"
    assert registers(chip, 0x29, 1, 1.0) == b"\x60"
    assert registers(chip, 0x04, 2, 1.0) == b"\x00\x00"
    assert registers(chip, 0x11, 3, 1.0) == b"\x00\x00\x02"


def test_adxl355_codes_what_it_feels_as_the_datasheet_says() -> None:
    chip = measuring(ADXL355(still(1 * G0, -1 * G0, 9 * G0), noise_density=0.0))
    x, y, z = slots(registers(chip, 0x11, 9, 0.0119))
    assert x == (256_000 << 4 | 1).to_bytes(3, "big")
    assert y == (-256_000 << 4).to_bytes(3, "big", signed=True)
    assert z == b"\x7f\xff\xf0"
    assert registers(chip, 0x08, 9, 0.0119) == (256_000 << 4).to_bytes(3, "big") + y + z


@pytest.mark.parametrize(("code", "counts"), [(0x81, 256_000), (0x82, 128_000), (0x83, 64_000)])
def test_adxl355_has_three_ranges(code: int, counts: int) -> None:
    chip = measuring(ADXL355(still(0, G0, 0), noise_density=0.0), range_code=code)
    assert int.from_bytes(registers(chip, 0x11, 9, 0.0119)[3:6], "big") >> 4 == counts


def test_adxl355_fills_its_fifo_axis_by_axis() -> None:
    chip = measuring(ADXL355(still(0, 0, G0)))
    entries = [
        registers(chip, 0x05, 1, 0.008 + late)[0]
        for late in (-0.0001, 0.0001, 0.0011, 0.0021, 0.0079, 0.0081)
    ]
    assert entries == [0, 1, 2, 3, 3, 4]


def test_adxl355_has_eleven_rates() -> None:
    rates = []
    for code in range(11):
        chip = measuring(ADXL355(still(0, 0, 0)), filter_code=code)
        period = 2**code / 4000
        rates.append((registers(chip, 0x05, 1, 0.99 * period)[0], registers(chip, 0x05, 1, 1.01 * period)[0]))
    assert rates == [(0, 1)] * 11


def test_adxl355_counts_its_samples_by_its_own_clock() -> None:
    times: list[float] = []

    def remember(asked: Array) -> Array:
        times.extend(asked)
        return np.zeros((len(asked), 3))

    chip = measuring(ADXL355(remember, rate_error=0.25))
    assert registers(chip, 0x05, 1, 0.0639)[0] == 27
    registers(chip, 0x11, 27 * 3, 0.0639)
    assert times == pytest.approx([0.0064 * number for number in range(1, 10)])


def test_adxl355_drops_its_oldest_slots_and_says_so_until_status_is_read() -> None:
    chip = measuring(ADXL355(lambda times: np.column_stack([times] * 3), noise_density=0.0))
    assert registers(chip, 0x04, 2, 32 * 0.008 + 0.0021) == b"\x03\x60"
    assert registers(chip, 0x04, 2, 33 * 0.008 + 0.0011) == b"\x06\x60"
    assert registers(chip, 0x04, 2, 33 * 0.008 + 0.0012) == b"\x02\x60"
    first = slots(registers(chip, 0x11, 96 * 3, 33 * 0.008 + 0.0012))
    assert [slot[2] & 3 for slot in first[:3]] == [0, 1, 0]  # X and Y of the oldest sample are gone
    z = int.from_bytes(first[0], "big") >> 4
    assert z * G0 / 256_000 == pytest.approx(0.008, abs=1e-4)


def test_adxl355_has_data_ready_once_for_each_sample() -> None:
    chip = measuring(ADXL355(still(0, 0, 0)))
    times = (0.0079, 0.0119, 0.0120, 0.0159, 0.0199)
    assert [registers(chip, 0x04, 1, now)[0] & 1 for now in times] == [0, 1, 0, 0, 1]


def test_adxl355_gives_empty_slots_when_too_many_are_read() -> None:
    chip = measuring(ADXL355(still(0, 0, 0), noise_density=0.0))
    assert slots(registers(chip, 0x11, 15, 0.0119)) == [b"\0\0\1", b"\0\0\0", b"\0\0\0", b"\0\0\2", b"\0\0\2"]


def test_adxl355_ignores_filter_and_range_while_it_measures() -> None:
    chip = measuring(ADXL355(still(0, 0, G0)))
    chip.write(b"\x28\x00", 0.1)
    chip.write(b"\x2c\x83", 0.1)
    assert registers(chip, 0x28, 1, 0.1) == b"\x05"
    assert registers(chip, 0x2C, 1, 0.1) == b"\x01"


def test_adxl355_reset_takes_five_milliseconds_and_may_race() -> None:
    chip = ADXL355(still(0, 0, G0), reset_races=1)
    trim = registers(chip, 0x50, 5, 0.0)
    chip.write(b"\x2f\x52", 0.0)
    assert registers(chip, 0x00, 3, 0.0049) == b"\0\0\0"
    assert registers(chip, 0x50, 5, 0.0051) != trim
    chip.write(b"\x2f\x52", 0.0051)
    assert registers(chip, 0x50, 5, 0.0102) == trim


def test_adxl355_that_loaded_its_trim_wrongly_measures_wrongly() -> None:
    chip = ADXL355(still(0, G0, 0), noise_density=0.0, reset_races=1)
    chip.write(b"\x2f\x52", 0.0)
    measuring(chip, now=1.0)
    assert int.from_bytes(registers(chip, 0x11, 9, 1.0119)[3:6], "big") >> 4 != 256_000


def test_adxl355_tells_its_temperature() -> None:
    raw = registers(measuring(ADXL355(still(0, 0, G0), temperature=43.1)), 0x06, 2, 0.1)
    assert 25 + (int.from_bytes(raw, "big") - 1885) / -9.05 == pytest.approx(43.1, abs=0.06)


def test_adxl355_has_the_noise_of_its_datasheet() -> None:
    """22.5 µg/√Hz up to half the output rate."""
    noise = noise_of(ADXL355(still(0, 0, 0)))
    assert noise.std() == pytest.approx(22.5e-6 * G0 * 62.5**0.5, rel=0.02)


def test_adxl355_has_the_same_noise_for_the_same_seed_only() -> None:
    first, again, other = (noise_of(ADXL355(still(0, 0, 0), seed=seed)) for seed in (7, 7, 8))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def noise_of(chip: ADXL355) -> Array:
    """What X, Y and Z say in a minute and a half, m/s²."""
    measuring(chip)
    raw = b"".join(registers(chip, 0x11, 60 * 3, number * 0.16 + 0.003) for number in range(1, 600))
    return np.array([int.from_bytes(slot, "big", signed=True) >> 4 for slot in slots(raw)]) * G0 / 256_000


def test_adxl355_is_pushed_by_both_bits_of_its_self_test_unless_it_is_stuck() -> None:
    for stuck, pushed_g in ((False, 1.5), (True, 0.0)):
        chip = measuring(ADXL355(still(0, 0, 0), noise_density=0.0, stuck=stuck))
        for now, bits, expected in ((0.0, 0x01, 0.0), (0.1, 0x03, pushed_g), (0.2, 0x00, 0.0)):
            chip.write(bytes((0x2E, bits)), now)
            z = registers(chip, 0x08, 9, now + 0.05)[6:]
            assert (int.from_bytes(z, "big", signed=True) >> 4) / 256_000 == pytest.approx(expected, abs=1e-5)


def started(chip: ADXL345, *settings: tuple[int, int]) -> ADXL345:
    """Streaming into the FIFO in full resolution, 100 samples a second, ±2 g, unless told otherwise."""
    for register, value in ((0x31, 0x08), (0x38, 0x80), *settings, (0x2D, 0x08)):
        chip.write(bytes((register, value)), 0.0)
    return chip


def words(raw: bytes) -> list[int]:
    return [int.from_bytes(raw[start : start + 2], "little", signed=True) for start in range(0, len(raw), 2)]


def test_adxl345_comes_up_in_standby_with_its_identity() -> None:
    chip = ADXL345(still(0, 0, G0))
    assert registers(chip, 0x00, 1, 1.0) == b"\xe5"
    assert registers(chip, 0x2C, 4, 1.0) == b"\x0a\x00\x00\x00"
    assert registers(chip, 0x31, 9, 1.0) == bytes(9)


@pytest.mark.parametrize(
    ("data_format", "counts"),
    [(0x08, 256), (0x09, 256), (0x0A, 256), (0x0B, 256), (0x00, 256), (0x01, 128), (0x02, 64), (0x03, 32)],
)
def test_adxl345_codes_what_it_feels_as_the_datasheet_says(data_format: int, counts: int) -> None:
    chip = started(ADXL345(still(G0, -G0, 99 * G0), noise_density=0.0), (0x31, data_format))
    highest = (512 << (data_format & 3)) - 1 if data_format & 0x08 else 511
    assert words(registers(chip, 0x32, 6, 0.011)) == [counts, -counts, highest]


def test_adxl345_gives_one_sample_a_burst_and_a_longer_one_runs_into_the_fifos_registers() -> None:
    chip = started(ADXL345(lambda times: np.outer(np.rint(times * 100), (G0, 0, 0)) / 256, noise_density=0.0))
    assert registers(chip, 0x39, 1, 0.051) == b"\x05"
    raw = registers(chip, 0x32, 8, 0.051)
    assert words(raw[:6]) == [1, 0, 0]
    assert raw[6:] == b"\x80\x04"  # FIFO_CTL, and FIFO_STATUS after the step
    assert words(registers(chip, 0x32, 2, 0.051)) == [2]
    assert words(registers(chip, 0x32, 6, 0.051)) == [3, 0, 0]  # a burst that ended early took the sample too
    assert registers(chip, 0x39, 1, 0.051) == b"\x02"


def test_adxl345_drops_its_oldest_samples_and_says_so_until_data_are_read() -> None:
    chip = started(ADXL345(lambda times: np.outer(np.rint(times * 100), (G0, 0, 0)) / 256, noise_density=0.0))
    assert registers(chip, 0x30, 1, 0.321)[0] & 0x81 == 0x80
    assert registers(chip, 0x39, 1, 0.321) == b"\x20"
    assert registers(chip, 0x30, 1, 0.401)[0] & 0x81 == 0x81
    assert registers(chip, 0x30, 1, 0.401)[0] & 0x81 == 0x81
    assert words(registers(chip, 0x32, 6, 0.401)) == [9, 0, 0]
    assert registers(chip, 0x30, 1, 0.401)[0] & 0x81 == 0x80


def test_adxl345_shows_its_newest_sample_when_the_fifo_is_bypassed() -> None:
    chip = started(
        ADXL345(lambda times: np.outer(times * 100, (G0, 0, 0)) / 256, noise_density=0.0), (0x38, 0)
    )
    assert words(registers(chip, 0x32, 6, 0.101)) == [10, 0, 0]
    assert registers(chip, 0x30, 1, 0.101)[0] & 0x80 == 0
    assert registers(chip, 0x39, 1, 0.201) == b"\x00"


def test_adxl345_has_rates_from_a_tenth_of_a_hertz_to_3200() -> None:
    for code in range(16):
        period = 2 ** (15 - code) / 3200
        chip = started(ADXL345(still(0, 0, 0)), (0x2C, code))
        counts = [registers(chip, 0x39, 1, time * period)[0] for time in (0.99, 1.01, 2.01)]
        assert counts == [0, 1, 2]


def test_adxl345_has_no_last_bit_at_its_two_highest_rates() -> None:
    for code, odd in ((0x0D, 1), (0x0E, 0), (0x0F, 0)):
        chip = started(ADXL345(still(3 * G0 / 256, 0, 0), noise_density=0.0), (0x2C, code))
        assert words(registers(chip, 0x32, 6, 0.01))[0] & 1 == odd


def test_adxl345_adds_its_offsets() -> None:
    chip = started(ADXL345(still(0, 0, 0), noise_density=0.0), (0x1E, 2), (0x20, 0xFF))
    assert words(registers(chip, 0x32, 6, 0.011)) == [8, 0, -4]


def test_adxl345_is_pushed_by_its_self_test_unless_it_is_stuck() -> None:
    for stuck in (False, True):
        chip = started(ADXL345(still(0, 0, 0), noise_density=0.0, stuck=stuck), (0x31, 0x8B))
        x, y, z = np.array(words(registers(chip, 0x32, 6, 0.011))) / 256
        assert (0.354 < x < 3.717, -3.717 < y < -0.354, 0.441 < z < 4.998) == (not stuck,) * 3


def test_adxl345_has_the_noise_of_its_datasheet() -> None:
    """290 µg/√Hz on X and Y, 430 on Z, up to half the output rate; and 1/√12 of a count."""
    chip = started(ADXL345(still(0, 0, 0)))
    raw = b"".join(registers(chip, 0x32, 6, 0.01 * number + 0.001) for number in range(1, 6000))
    noise = np.array(words(raw)).reshape(-1, 3).std(axis=0) / 256
    assert noise == pytest.approx(
        np.hypot(np.array((290e-6, 290e-6, 430e-6)) * 50**0.5, 1 / 256 / 12**0.5), rel=0.03
    )


def awake(chip: MPU6050, *settings: tuple[int, int]) -> MPU6050:
    """Acceleration into the FIFO, 100 samples a second, ±2 g, unless told otherwise."""
    chip.power_on(-1.0)
    chip.write(b"\x6b\x01", -1.0)
    for register, value in ((0x1A, 0x03), (0x19, 9), (0x23, 0x08), (0x6A, 0x04), (0x6A, 0x40), *settings):
        chip.write(bytes((register, value)), 0.0)
    return chip


def big_words(raw: bytes) -> list[int]:
    return [int.from_bytes(raw[start : start + 2], "big", signed=True) for start in range(0, len(raw), 2)]


def counted(chip: MPU6050, now: float) -> int:
    return int.from_bytes(registers(chip, 0x72, 2, now), "big")


def test_mpu6050_comes_up_asleep_with_its_identity() -> None:
    chip = MPU6050(still(0, 0, G0))
    assert registers(chip, 0x75, 1, 1.0) == b"\x68"
    assert registers(chip, 0x6B, 1, 1.0) == b"\x40"
    chip.write(b"\x23\x08", 0.0)
    chip.write(b"\x6a\x40", 0.0)
    assert counted(chip, 1.0) == 0
    assert registers(MPU6050(still(0, 0, G0), identity=0x72), 0x75, 1, 1.0) == b"\x72"


def test_mpu6050_gives_nothing_valid_while_it_wakes_up() -> None:
    chip = MPU6050(still(G0, G0, G0), noise_density=0.0)
    chip.write(b"\x1a\x01", 0.0)
    chip.write(b"\x6b\x01", 0.0)
    assert big_words(registers(chip, 0x3B, 6, 0.0298)) == [0, 0, 0]
    assert big_words(registers(chip, 0x3B, 6, 0.0311)) == [16384, 16384, 16384]


@pytest.mark.parametrize(("code", "counts"), [(0x00, 16384), (0x08, 8192), (0x10, 4096), (0x18, 2048)])
def test_mpu6050_codes_what_it_feels_as_the_register_map_says(code: int, counts: int) -> None:
    chip = awake(MPU6050(still(G0, -G0, 99 * G0), noise_density=0.0), (0x1C, code))
    assert big_words(registers(chip, 0x74, 6, 0.0101)) == [counts, -counts, 32767]
    assert big_words(registers(chip, 0x3B, 6, 0.0101)) == [counts, -counts, 32767]


@pytest.mark.parametrize(
    ("low_pass", "divider", "rate_hz"),
    [(1, 0, 1000), (3, 9, 100), (6, 255, 3.90625), (0, 79, 100), (7, 7, 1000)],
)
def test_mpu6050_has_a_rate_that_depends_on_its_low_pass(low_pass: int, divider: int, rate_hz: float) -> None:
    chip = awake(MPU6050(still(0, 0, 0)), (0x1A, low_pass), (0x19, divider))
    assert counted(chip, 10.0001 / rate_hz + 0.0001) == 60


def test_mpu6050_without_low_pass_gives_the_same_sample_eight_times() -> None:
    chip = awake(MPU6050(lambda times: np.outer(times, (G0, 0, 0)), noise_density=0.0), (0x1A, 0), (0x19, 0))
    x = np.array(big_words(registers(chip, 0x74, 600, 0.0127)))[::3]
    assert len(np.unique(x[7:55])) == 6


def test_mpu6050_fills_its_fifo_byte_by_byte() -> None:
    chip = awake(MPU6050(still(0, 0, 0)))
    late = (-1e-6, 1e-6, 11e-6, 41e-6, 51e-6, 99e-6)
    assert [counted(chip, 0.01 + seconds) for seconds in late] == [0, 1, 2, 5, 6, 6]


def test_mpu6050_loses_its_oldest_bytes_and_its_place_and_says_so_once() -> None:
    chip = awake(MPU6050(lambda times: np.outer(np.rint(times * 100), (G0, 0, 0)) / 16384, noise_density=0.0))
    assert counted(chip, 1.701) == 1020
    assert registers(chip, 0x3A, 1, 1.701)[0] & 0x10 == 0
    assert counted(chip, 2.001) == 1024
    assert registers(chip, 0x3A, 1, 2.001)[0] & 0x10
    assert registers(chip, 0x3A, 1, 2.001)[0] & 0x10 == 0
    raw = registers(chip, 0x74, 1024, 2.001)
    assert big_words(raw[4:10]) == [31, 0, 0]
    assert big_words(raw[:6]) != [30, 0, 0]


def test_mpu6050_resets_its_fifo_only_while_it_is_off() -> None:
    chip = awake(MPU6050(still(0, 0, 0)))
    chip.write(b"\x6a\x44", 0.0501)
    assert counted(chip, 0.0502) == 30
    assert registers(chip, 0x6A, 1, 0.0502) == b"\x40"
    chip.write(b"\x6a\x04", 0.0502)
    assert counted(chip, 0.0502) == 0


def test_mpu6050_reset_takes_a_while_and_puts_it_to_sleep() -> None:
    chip = awake(MPU6050(still(0, 0, 0)))
    chip.write(b"\x6b\x80", 1.0)
    assert registers(chip, 0x6B, 1, 1.001)[0] & 0x80
    chip.write(b"\x6b\x01", 1.001)
    assert registers(chip, 0x6B, 1, 1.1) == b"\x40"
    assert registers(chip, 0x19, 1, 1.1) == b"\x00"


def test_mpu6050_is_pushed_axis_by_axis_near_its_trim_unless_it_is_stuck() -> None:
    for stuck in (False, True):
        for axis, bit, trim_g in ((0, 0x80, 0.578), (1, 0x40, 0.682), (2, 0x20, 0.541)):
            chip = awake(MPU6050(still(0, 0, 0), noise_density=0.0, stuck=stuck), (0x1C, 0x10 | bit))
            pushed = np.array(big_words(registers(chip, 0x3B, 6, 0.011))) / 4096
            assert pushed[axis] == pytest.approx(0.0 if stuck else trim_g, rel=0.14)
            assert np.count_nonzero(pushed) == (0 if stuck else 1)


def test_mpu6050_tells_its_temperature() -> None:
    raw = registers(MPU6050(still(0, 0, 0), temperature=-12.5), 0x41, 2, 0.1)
    assert big_words(raw)[0] / 340 + 36.53 == pytest.approx(-12.5, abs=0.002)


def test_mpu6050_has_the_noise_of_its_datasheet() -> None:
    """400 µg/√Hz up to half the output rate."""
    chip = awake(MPU6050(still(0, 0, 0)))
    raw = b"".join(registers(chip, 0x74, 60, 0.1 * number + 0.001) for number in range(1, 600))
    assert np.array(big_words(raw)).std() / 16384 == pytest.approx(400e-6 * 50**0.5, rel=0.02)


def test_mcp23017_pins_are_inputs_without_pull_ups_when_it_comes_up() -> None:
    chip = MCP23017(lambda now: 0)
    assert registers(chip, 0x00, 14, 0.0) == b"\xff\xff" + bytes(12)


def test_mcp23017_pulled_up_pins_are_high_unless_switched_to_ground() -> None:
    chip = MCP23017(lambda now: 0b01 if now < 1 else 0b10)
    chip.write(b"\x0c\x03", 0.0)
    assert registers(chip, 0x12, 1, 0.0)[0] & 0b11 == 0b10
    assert registers(chip, 0x12, 1, 1.0)[0] & 0b11 == 0b01


def test_mcp23017_pins_without_pull_up_rattle() -> None:
    chip = MCP23017(lambda now: 0b01)
    assert [registers(chip, 0x12, 1, 0.0)[0] & 0b11 for _ in range(4)] == [0b10, 0b00, 0b10, 0b00]


def test_mcp23017_outputs_read_their_latch_and_inputs_their_polarity() -> None:
    chip = MCP23017(lambda now: 0b0001)
    chip.write(b"\x0c\xff", 0.0)  # GPPUA
    chip.write(b"\x00\x0f", 0.0)  # IODIRA
    chip.write(b"\x02\x03", 0.0)  # IPOLA
    chip.write(b"\x12\xa5", 0.0)  # GPIOA, which writes OLATA
    assert registers(chip, 0x14, 1, 0.0) == b"\xa5"
    assert registers(chip, 0x12, 1, 0.0) == b"\xad"


def test_mcp23017_in_bank_1_has_port_b_at_0x10() -> None:
    chip = MCP23017(lambda now: 0)
    chip.write(b"\x0a\x80", 0.0)
    chip.write(b"\x16\x55", 0.0)  # GPPUB
    chip.write(b"\x05\x00", 0.0)  # IOCON, back to bank 0
    assert registers(chip, 0x0C, 2, 0.0) == b"\x00\x55"


def test_mcp23017_pointer_wraps_or_stays_in_its_pair() -> None:
    chip = MCP23017(lambda now: 0)
    chip.write(b"\x0c\x11\x22", 0.0)
    assert registers(chip, 0x15, 3, 0.0) == b"\x00\xff\xff"
    chip.write(b"\x0a\x20", 0.0)  # IOCON.SEQOP
    assert registers(chip, 0x0C, 4, 0.0) == b"\x11\x22\x11\x22"


def test_mcp23017_forgets_everything_with_its_power() -> None:
    chip = MCP23017(lambda now: 0)
    chip.write(b"\x0c\x03", 0.0)
    chip.power_on(1.0)
    assert registers(chip, 0x0C, 1, 1.0) == b"\x00"
