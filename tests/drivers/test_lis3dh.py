"""What is particular to the LIS3DH: the address's top bit, 12 bits to the left, a FIFO counted to 31, no reset."""

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.accelerometers import lis3dh
from drivers.errors import ReadingError, WrongChip
from simulator.chips.lis3dh import LIS3DH
from simulator.i2c import SimulatedI2C

Array = NDArray[np.float64]
ADDRESS = 0x18
G0 = 9.80665


def one_g_up(times: Array) -> Array:
    return np.tile((0.0, 0.0, G0), (len(times), 1))


def rising(times: Array) -> Array:
    """A tenth of a g a second along X, from then on."""
    return np.column_stack((0.1 * G0 * times, 0 * times, 0 * times))


def plugged(chip: LIS3DH) -> SimulatedI2C:
    return SimulatedI2C(lambda: 0.0, {ADDRESS: chip})


def quiet() -> LIS3DH:
    return LIS3DH(one_g_up, noise_density=0.0)


class OneRegisterOff(LIS3DH):
    """A chip with the first byte changed in what is read from a register."""

    def __init__(self, register: int, value: int) -> None:
        self._change = register, value
        super().__init__(one_g_up)

    def read(self, count: int, now: float) -> bytes:
        register = self._pointer
        answer = super().read(count, now)
        return bytes((self._change[1], *answer[1:])) if register == self._change[0] else answer


def test_says_what_answered_instead() -> None:
    with pytest.raises(WrongChip) as caught:
        lis3dh.probe(plugged(OneRegisterOff(0x0F, 0x44)), ADDRESS, range_g=2)
    assert str(caught.value) == "address 0x18: an LIS3DH answers 33, this chip answered 44"


def test_what_another_program_left_in_the_chip_is_gone() -> None:
    bus = plugged(quiet())
    bus.write(ADDRESS, b"\x9f\xc0\x7f\x08\x10\x34\x40\x02")  # 400 Hz, low power, 16 g, self test, thermometer
    bus.write(ADDRESS, b"\x2e\x40")  # a FIFO that stops when it is full
    bus.sleep(1.0)
    chip = lis3dh.probe(bus, ADDRESS, range_g=2)
    assert bus.read(ADDRESS, 0x9F, 7) == b"\x00\x57\x00\x00\x88\x40\x00"
    bus.sleep(0.1)
    for _ in range(10):
        run = chip.read()
        assert not run.gap
        assert np.allclose(run.acceleration, (0, 0, G0), atol=chip.count)
        bus.sleep(0.1)
    assert len(run.acceleration) == pytest.approx(10, abs=1)


def test_waits_until_the_boot_is_over_and_says_when_it_never_is() -> None:
    with pytest.raises(ReadingError, match="does not end its boot"):
        lis3dh.probe(plugged(OneRegisterOff(0x24, 0x80)), ADDRESS, range_g=2)


def test_refuses_a_chip_that_does_not_keep_its_settings() -> None:
    with pytest.raises(ReadingError, match="did not keep its settings"):
        lis3dh.probe(plugged(OneRegisterOff(0x2E, 0x00)), ADDRESS, range_g=8)


def test_the_first_samples_are_settled_ones() -> None:
    bus = plugged(quiet())
    chip = lis3dh.probe(bus, ADDRESS, range_g=2)
    bus.sleep(0.1)
    assert np.allclose(chip.read().acceleration, (0, 0, G0), atol=chip.count)


def test_sixteen_g_has_digits_of_twelve_mg() -> None:
    bus = plugged(quiet())
    chip = lis3dh.probe(bus, ADDRESS, range_g=16)
    bus.sleep(0.1)
    assert chip.count == pytest.approx(0.012 * G0)
    assert np.abs(chip.read().acceleration - (0, 0, G0)).max() <= 0.006 * G0


def test_a_read_is_two_transfers_however_many_samples_there_are() -> None:
    bus = plugged(LIS3DH(rising, noise_density=0.0))
    chip = lis3dh.probe(bus, ADDRESS, range_g=2)
    bus.sleep(0.3)
    before = bus.transfers[ADDRESS]
    run = chip.read()
    assert bus.transfers[ADDRESS] == before + 2
    assert len(run.acceleration) == pytest.approx(30, abs=1)
    assert np.allclose(np.diff(run.acceleration[:, 0]), 0.001 * G0, atol=1e-6)


@pytest.mark.parametrize(
    ("source", "late", "gap"), [(0x1F, 0.0, False), (0x5F, 0.0, True), (0x5F, 0.2, True)]
)
def test_a_full_fifo_may_have_dropped_samples_and_one_waits_for_the_next_read(
    source: int, late: float, gap: bool
) -> None:
    """FIFO_SRC counts to 31 and says "full" of 32, whether or not any were dropped."""
    bus = plugged(LIS3DH(rising, noise_density=0.0))
    chip = lis3dh.probe(bus, ADDRESS, range_g=2)
    bus.sleep(0.1)
    chip.read()
    while bus.read(ADDRESS, 0x2F, 1)[0] & 0x5F != source:
        bus.sleep(0.001)
    bus.sleep(late)
    full, after = chip.read(), chip.read()
    assert (len(full.acceleration), full.gap) == (31, gap)
    assert (len(after.acceleration) > 0, after.gap) == (gap, False)
    digits = np.rint(np.concatenate((full.acceleration, after.acceleration))[:, 0] / chip.count)
    assert np.all(np.diff(digits) == 1)


def test_words_of_more_than_twelve_bits_are_an_error() -> None:
    bus = plugged(OneRegisterOff(0x28, 0xFF))
    chip = lis3dh.probe(bus, ADDRESS, range_g=2)
    bus.sleep(0.1)
    with pytest.raises(ReadingError, match="more than 12 bits"):
        chip.read()


def test_a_power_cut_is_told_by_the_registers_after_it() -> None:
    simulated = quiet()
    bus = plugged(simulated)
    chip = lis3dh.probe(bus, ADDRESS, range_g=4)
    bus.plug(ADDRESS, simulated)
    bus.sleep(1.1)
    with pytest.raises(ReadingError, match=r"was reset \(CTRL_REG1 0x07, .*\): did it lose its power"):
        chip.read()


def test_a_thermometer_that_tells_changes_only_tells_nothing() -> None:
    assert lis3dh.probe(plugged(quiet()), ADDRESS, range_g=2).temperature() is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize("range_g", [2, 16])
def test_the_self_test_measures_how_far_the_mass_was_pushed(range_g: int) -> None:
    result = lis3dh.probe(plugged(quiet()), ADDRESS, range_g=range_g).self_test()
    assert result is not None
    assert result.change / G0 == pytest.approx([0.31, 0.38, 0.52], abs=0.004)
    assert result.lowest / G0 == pytest.approx([0.068] * 3)
    assert result.highest / G0 == pytest.approx([1.44] * 3)


def test_nothing_of_a_self_test_stays_in_the_fifo() -> None:
    bus = plugged(quiet())
    chip = lis3dh.probe(bus, ADDRESS, range_g=2)
    chip.self_test()
    bus.sleep(0.1)
    assert np.allclose(chip.read().acceleration, (0, 0, G0), atol=chip.count)


@pytest.mark.parametrize("rate_hz", lis3dh.RATES_HZ)
def test_three_polls_in_a_row_may_fail_at_every_rate(rate_hz: float) -> None:
    bus = plugged(LIS3DH(one_g_up, rate_error=0.05))
    chip = lis3dh.probe(bus, ADDRESS, range_g=2, rate_hz=rate_hz)
    bus.sleep(chip.poll_s)
    chip.read()
    bus.sleep(4 * chip.poll_s)
    assert not chip.read().gap


@pytest.mark.parametrize(
    ("raw", "digits"),
    [
        ("1000 0000 F0FF", (1, 0, -1)),
        ("F07F 0080 803E", (2047, -2048, 1000)),
    ],
)
def test_twelve_bits_stand_to_the_left(raw: str, digits: tuple[int, int, int]) -> None:
    assert lis3dh.convert(bytes.fromhex(raw), 1.0).tolist() == [list(digits)]
