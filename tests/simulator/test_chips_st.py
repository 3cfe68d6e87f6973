"""The simulated LSM6DSO and LIS3DH, register by register, by bytes typed from the datasheets: no driver takes part."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.errors import NoAnswer
from simulator.chips import Chip
from simulator.chips.lis3dh import LIS3DH
from simulator.chips.lsm6dso import LSM6DSO

Array = NDArray[np.float64]
G0 = 9.80665


def still(*vector: float) -> Callable[[Array], Array]:
    return lambda times: np.tile(vector, (len(times), 1)) * G0


def registers(chip: Chip, register: int, count: int, now: float) -> bytes:
    """Write the pointer, read from there on."""
    chip.write(bytes((register,)), now)
    return chip.read(count, now)


def lsm6dso(chip: LSM6DSO, *, ctrl1: int = 0x40, fifo: int = 0x06) -> LSM6DSO:
    """104 samples a second at 2 g, all into the FIFO, unless told otherwise; measuring from 0 on."""
    chip.write(bytes((0x09, ctrl1 >> 4)), 0.0)
    chip.write(bytes((0x0A, fifo)), 0.0)
    chip.write(bytes((0x10, ctrl1)), 0.0)
    return chip


def lis3dh(chip: LIS3DH, *, ctrl1: int = 0x57, ctrl4: int = 0x08, fifo: int = 0x00) -> LIS3DH:
    """100 samples a second at 2 g in high resolution, the FIFO on but bypassed; measuring from 0 on."""
    chip.write(bytes((0x24, 0x40)), 0.0)
    chip.write(bytes((0x2E, fifo)), 0.0)
    chip.write(bytes((0x23, ctrl4)), 0.0)
    chip.write(bytes((0x20, ctrl1)), 0.0)
    return chip


def triples(raw: bytes) -> list[tuple[int, ...]]:
    return [tuple(row) for row in np.frombuffer(raw, "<i2").reshape(-1, 3).tolist()]


def test_lsm6dso_comes_up_powered_down_with_its_identity() -> None:
    chip = LSM6DSO(still(0, 0, 1))
    assert registers(chip, 0x0F, 4, 1.0) == b"\x6c\x00\x00\x04"
    assert registers(chip, 0x18, 1, 1.0) == b"\xe0"
    assert registers(chip, 0x3A, 2, 1.0) == b"\x00\x00"
    assert registers(chip, 0x28, 6, 1.0) == bytes(6)


@pytest.mark.parametrize(("code", "milli_g"), [(0x40, 0.061), (0x48, 0.122), (0x4C, 0.244), (0x44, 0.488)])
def test_lsm6dso_has_four_ranges_of_which_code_1_is_the_widest(code: int, milli_g: float) -> None:
    chip = lsm6dso(LSM6DSO(still(1, -1, 20), noise_density=0.0), ctrl1=code)
    counts = round(1000 / milli_g)
    assert triples(registers(chip, 0x28, 6, 0.1)) == [(counts, -counts, 32767)]


@pytest.mark.parametrize(
    ("code", "rate"),
    [(1, 12.5), (2, 26), (3, 52), (4, 104), (5, 208), (6, 416), (7, 833), (8, 1667), (10, 6667)],
)
def test_lsm6dso_has_these_rates(code: int, rate: float) -> None:
    chip = lsm6dso(LSM6DSO(still(0, 0, 1)), ctrl1=code << 4)
    assert registers(chip, 0x3A, 1, 9.9 / rate) == b"\x09"
    assert registers(chip, 0x3A, 1, 10.1 / rate) == b"\x0a"


def test_lsm6dso_tags_its_words_with_sensor_time_slot_and_even_parity() -> None:
    chip = lsm6dso(LSM6DSO(still(0, 0, 1), noise_density=0.0))
    raw = registers(chip, 0x78, 7 * 6, 5.5 / 104)
    assert raw[0::7] == b"\x11\x12\x14\x17\x11\x00"  # the sixth was read from an empty FIFO
    assert raw[7 * 4 + 1 : 7 * 5] == (0).to_bytes(4, "little") + round(1000 / 0.061).to_bytes(2, "little")


def test_lsm6dso_is_not_settled_at_first() -> None:
    chip = lsm6dso(LSM6DSO(still(0, 0, 1), noise_density=0.0))
    z = [registers(chip, 0x78, 7, 4.5 / 104)[5:] for _ in range(4)]
    assert z[:2] == [b"\0\0", b"\0\0"]
    assert z[2] == z[3] != b"\0\0"


def test_lsm6dso_gives_a_word_away_with_its_last_byte() -> None:
    chip = lsm6dso(LSM6DSO(still(0, 0, 1), noise_density=0.0))
    assert registers(chip, 0x78, 6, 2.5 / 104)[:1] == b"\x11"
    assert registers(chip, 0x78, 7, 2.5 / 104)[:1] == b"\x11"
    assert registers(chip, 0x78, 7, 2.5 / 104)[:1] == b"\x12"


def test_lsm6dso_counts_in_ten_bits_and_latches_an_overrun_until_that_is_read() -> None:
    chip = lsm6dso(LSM6DSO(still(0, 0, 1)))
    assert registers(chip, 0x3A, 2, 511.5 / 104) == b"\xff\x01"
    assert registers(chip, 0x3A, 2, 512.5 / 104) == b"\x00\x22"
    assert registers(chip, 0x3A, 2, 513.5 / 104) == b"\x00\x6a"
    assert registers(chip, 0x3A, 2, 513.5 / 104) == b"\x00\x62"
    registers(chip, 0x78, 7, 513.5 / 104)
    assert registers(chip, 0x3A, 2, 513.5 / 104) == b"\xff\x01"


def test_lsm6dso_fifo_drops_its_oldest_words_or_in_fifo_mode_the_newest() -> None:
    def times(asked: Array) -> Array:
        return np.column_stack([asked] * 3) * 0.05 * G0

    for mode, newest in ((0x06, 599), (0x01, 511)):
        chip = lsm6dso(LSM6DSO(times, noise_density=0.0), fifo=mode)
        raw = registers(chip, 0x78, 7 * 512, 600.5 / 104)
        last = int.from_bytes(raw[-2:], "little")
        assert last * 0.061e-3 == pytest.approx((newest + 1) / 104 * 0.05, abs=1e-4)


def test_lsm6dso_with_stop_on_wtm_has_a_smaller_fifo() -> None:
    chip = LSM6DSO(still(0, 0, 1))
    chip.write(b"\x07\x10\x80", 0.0)
    assert registers(lsm6dso(chip), 0x3A, 1, 1.0) == b"\x10"


def test_lsm6dso_fills_its_fifo_with_what_else_it_is_asked_for() -> None:
    chip = LSM6DSO(still(0, 0, 1), noise_density=0.0, temperature=27.0)
    chip.write(b"\x11\x40", 0.0)
    chip.write(b"\x19\x20", 0.0)
    chip = lsm6dso(chip, fifo=0x76)
    chip.write(b"\x09\x44", 0.0)
    raw = registers(chip, 0x78, 7 * 7, 2.5 / 104)
    assert [tag >> 3 for tag in raw[0::7]] == [2, 1, 3, 4, 2, 1, 4]
    assert raw[15:17] == b"\x00\x02"


def test_lsm6dso_resets_itself_but_not_while_its_fifo_fills() -> None:
    chip = lsm6dso(LSM6DSO(still(0, 0, 1)))
    with pytest.raises(NoAnswer):
        chip.write(b"\x12\x01", 1.0)
    chip.write(b"\x0a\x00", 1.0)
    chip.write(b"\x12\x01", 1.0)
    assert registers(chip, 0x12, 1, 1.001)[0] & 0x01
    chip.write(b"\x10\x40", 1.001)
    assert registers(chip, 0x12, 1, 1.003) == b"\x04"
    assert registers(chip, 0x10, 1, 1.003) == b"\x00"


def test_lsm6dso_reads_one_register_again_and_again_without_if_inc() -> None:
    chip = LSM6DSO(still(0, 0, 1))
    chip.write(b"\x12\x00", 0.0)
    assert registers(chip, 0x0F, 3, 0.0) == b"\x6c\x6c\x6c"


@pytest.mark.parametrize(("celsius", "raw"), [(25, b"\x00\x00"), (26, b"\x00\x01"), (24.5, b"\x80\xff")])
def test_lsm6dso_tells_its_temperature(celsius: float, raw: bytes) -> None:
    assert registers(lsm6dso(LSM6DSO(still(0, 0, 1), temperature=celsius)), 0x20, 2, 0.1) == raw


@pytest.mark.parametrize(("code", "sign"), [(0, 0), (1, 1), (2, -1)])
@pytest.mark.parametrize("stuck", [False, True])
def test_lsm6dso_pushes_its_mass_unless_that_is_stuck(code: int, sign: int, stuck: bool) -> None:
    chip = lsm6dso(LSM6DSO(still(0, 0, 0), noise_density=0.0, stuck=stuck))
    chip.write(bytes((0x14, code)), 0.0)
    (counts,) = triples(registers(chip, 0x28, 6, 0.1))
    assert np.array(counts) * 0.061e-3 == pytest.approx(
        sign * (not stuck) * np.array((0.35, 0.42, 0.6)), abs=1e-4
    )


def test_lsm6dso_has_the_noise_of_its_datasheet() -> None:
    """70 µg/√Hz up to half the output rate."""
    chip = lsm6dso(LSM6DSO(still(0, 0, 0)))
    raw = b"".join(registers(chip, 0x78, 7 * 400, 4 * number) for number in range(1, 20))
    counts = np.frombuffer(raw, np.uint8).reshape(-1, 7)[2:, 1:].copy().view("<i2")
    assert (counts * 0.061e-3).std() == pytest.approx(70e-6 * 52**0.5, rel=0.03)


def test_lis3dh_comes_up_powered_down_with_its_identity() -> None:
    chip = LIS3DH(still(0, 0, 1))
    assert registers(chip, 0x0F, 1, 1.0) == b"\x33"
    assert registers(chip, 0x9E, 3, 1.0) == b"\x10\x00\x07"
    assert registers(chip, 0xA8, 6, 1.0) == bytes(6)


def test_lis3dh_goes_on_to_the_next_register_only_when_bit_7_is_set() -> None:
    chip = lis3dh(LIS3DH(still(1, 1, 1)))
    assert registers(chip, 0x0F, 3, 0.0) == b"\x33\x33\x33"
    assert registers(chip, 0xA3, 2, 0.0) == b"\x08\x40"
    chip.write(b"\x23\x10\x20", 0.0)
    assert registers(chip, 0xA3, 2, 0.0) == b"\x20\x40"
    chip.write(b"\xa3\x10\x00", 0.0)
    assert registers(chip, 0xA3, 2, 0.0) == b"\x10\x00"


@pytest.mark.parametrize(("code", "counts"), [(0x08, 16000), (0x18, 8000), (0x28, 4000), (0x38, 83 * 16)])
def test_lis3dh_has_four_ranges_in_twelve_bits_to_the_left(code: int, counts: int) -> None:
    chip = lis3dh(LIS3DH(still(1, -1, 0), noise_density=0.0), ctrl4=code)
    assert triples(registers(chip, 0xA8, 6, 0.2)) == [(counts, -counts, 0)]


@pytest.mark.parametrize(
    ("ctrl1", "ctrl4", "counts"), [(0x57, 0x08, 0x15F0), (0x57, 0x00, 0x1600), (0x5F, 0x00, 0x1600)]
)
def test_lis3dh_drops_bits_in_its_other_modes(ctrl1: int, ctrl4: int, counts: int) -> None:
    """351 mg: digits of 1, 4 and 16 mg."""
    chip = lis3dh(LIS3DH(still(0.351, 0, 0), noise_density=0.0), ctrl1=ctrl1, ctrl4=ctrl4)
    assert triples(registers(chip, 0xA8, 6, 0.2)) == [(counts, 0, 0)]


@pytest.mark.parametrize(
    ("code", "rate"), [(1, 1), (2, 10), (3, 25), (4, 50), (5, 100), (6, 200), (7, 400), (9, 1344)]
)
def test_lis3dh_has_these_rates(code: int, rate: float) -> None:
    chip = lis3dh(LIS3DH(still(0, 0, 1)), ctrl1=code << 4 | 7, fifo=0x80)
    assert registers(chip, 0x2F, 1, 9.9 / rate) == b"\x89"
    assert registers(chip, 0x2F, 1, 10.1 / rate) == b"\x8a"


def test_lis3dh_fifo_counts_to_31_and_says_full_of_32() -> None:
    chip = lis3dh(LIS3DH(still(0, 0, 1)), fifo=0x9F)
    sources = [registers(chip, 0x2F, 1, (samples + 0.5) / 100)[0] for samples in (0, 1, 31, 32, 40)]
    assert sources == [0x20, 0x01, 0x1F, 0xDF, 0xDF]


def test_lis3dh_burst_turns_from_the_last_output_to_the_first_and_an_empty_fifo_repeats_itself() -> None:
    def times(asked: Array) -> Array:
        return np.column_stack((asked, 2 * asked, 3 * asked)) * G0

    chip = lis3dh(LIS3DH(times, noise_density=0.0), fifo=0x80)
    read = np.array(triples(registers(chip, 0xA8, 6 * 12, 0.105))) // 16
    assert read[7:].tolist() == [
        [80, 160, 240],
        [90, 180, 270],
        [100, 200, 300],
        [100, 200, 300],
        [100, 200, 300],
    ]


def test_lis3dh_fifo_drops_its_oldest_samples_and_only_bypass_empties_it() -> None:
    chip = lis3dh(LIS3DH(still(0, 0, 1)), fifo=0x80)
    assert registers(chip, 0x2F, 1, 1.0)[0] & 0x5F == 0x5F
    chip.write(b"\x2e\x80", 1.0)
    assert registers(chip, 0x2F, 1, 1.0)[0] & 0x5F == 0x5F
    chip.write(b"\x2e\x00", 1.0)
    chip.write(b"\x2e\x80", 1.0)
    assert registers(chip, 0x2F, 1, 1.0)[0] == 0x20


def test_lis3dh_in_fifo_mode_stops_when_it_is_full() -> None:
    chip = lis3dh(LIS3DH(still(0, 0, 1), noise_density=0.0), fifo=0x40)
    raw = triples(registers(chip, 0xA8, 6 * 32, 1.0))
    assert raw[:8] == [(0, 0, 0)] * 7 + [(0, 0, 16000)]  # the first ones, seven of them not settled


def test_lis3dh_with_bdu_keeps_the_bytes_of_a_value_together() -> None:
    def signal(asked: Array) -> Array:
        return np.column_stack([np.where(asked < 0.205, 0.255, 0.256)] * 3) * G0

    for ctrl4, together in ((0x88, 255), (0x08, 256 * 16 // 256 * 16 + 15)):
        chip = lis3dh(LIS3DH(signal, noise_density=0.0), ctrl4=ctrl4)
        low, high = registers(chip, 0x28, 1, 0.202)[0], registers(chip, 0x29, 1, 0.212)[0]
        assert (low | high << 8) >> 4 == together


def test_lis3dh_boots_for_five_milliseconds_and_keeps_its_settings() -> None:
    chip = lis3dh(LIS3DH(still(0, 0, 1)))
    chip.write(b"\x24\x80", 0.0)
    assert registers(chip, 0x24, 1, 0.0049)[0] & 0x80
    chip.write(b"\x23\x88", 0.0049)
    assert registers(chip, 0xA3, 2, 0.0051) == b"\x08\x00"


@pytest.mark.parametrize(("code", "sign"), [(0x00, 0), (0x02, 1), (0x04, -1)])
@pytest.mark.parametrize("stuck", [False, True])
def test_lis3dh_pushes_its_mass_unless_that_is_stuck(code: int, sign: int, stuck: bool) -> None:
    chip = lis3dh(LIS3DH(still(0, 0, 0), noise_density=0.0, stuck=stuck), ctrl4=0x08 | code)
    (counts,) = triples(registers(chip, 0xA8, 6, 0.1))
    assert np.array(counts) / 16000 == pytest.approx(
        sign * (not stuck) * np.array((0.31, 0.38, 0.52)), abs=1e-3
    )


def test_lis3dh_has_the_noise_of_its_datasheet() -> None:
    """220 µg/√Hz up to half the output rate, and a digit of 1 mg."""
    chip = lis3dh(LIS3DH(still(0, 0, 0)), fifo=0x80)
    raw = b"".join(registers(chip, 0xA8, 6 * 30, 0.3 * number + 0.001) for number in range(1, 200))
    noise = np.array(triples(raw)[7:]) / 16000
    assert noise.std() == pytest.approx((50 * 220e-6**2 + 1e-6 / 12) ** 0.5, rel=0.03)
