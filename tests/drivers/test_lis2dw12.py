"""What is particular to the LIS2DW12: its neighbour the LIS3DH, an increment that can be off, 14 bits to the left, a FIFO
that counts to 32, a reset that takes its time."""

import numpy as np
import pytest
from numpy.typing import NDArray

from drivers.accelerometers import lis2dw12, lis3dh
from drivers.errors import ReadingError, WrongChip
from simulator.chips import Chip
from simulator.chips.lis2dw12 import LIS2DW12
from simulator.chips.lis3dh import LIS3DH
from simulator.i2c import SimulatedI2C

Array = NDArray[np.float64]
ADDRESS = 0x18
G0 = 9.80665


def one_g_up(times: Array) -> Array:
    return np.tile((0.0, 0.0, G0), (len(times), 1))


def rising(times: Array) -> Array:
    """A digit at 2 g from sample to sample at 100 Hz, along X."""
    return np.column_stack((0.0244 * G0 * times, 0 * times, 0 * times))


def plugged(chip: Chip) -> SimulatedI2C:
    return SimulatedI2C(lambda: 0.0, {ADDRESS: chip})


def quiet(temperature: float = 25.0) -> LIS2DW12:
    return LIS2DW12(one_g_up, noise_density=0.0, temperature=temperature)


def streaming(bus: SimulatedI2C, ctrl1: int = 0x54) -> None:
    """The bare chip set to 100 Hz, unless told otherwise, into its FIFO; ten samples of it."""
    bus.write(ADDRESS, bytes((0x20, ctrl1)))
    bus.write(ADDRESS, b"\x2e\xc0")
    bus.sleep(0.1)


class OneRegisterOff(LIS2DW12):
    """A chip with the first byte changed in what is read from a register."""

    def __init__(self, register: int, value: int) -> None:
        self._change = register, value
        super().__init__(one_g_up)

    def read(self, count: int, now: float) -> bytes:
        register = self._pointer
        answer = super().read(count, now)
        return bytes((self._change[1], *answer[1:])) if register == self._change[0] else answer


def test_an_lis3dh_at_the_same_address_is_told_by_its_identity_and_left_as_it_was() -> None:
    bus = plugged(LIS3DH(one_g_up))
    with pytest.raises(WrongChip) as caught:
        lis2dw12.probe(bus, ADDRESS, range_g=2)
    assert str(caught.value) == "address 0x18: an LIS2DW12 answers 44, this chip answered 33"
    assert bus.transfers[ADDRESS] == 1


def test_the_driver_of_the_lis3dh_refuses_it() -> None:
    with pytest.raises(WrongChip, match="this chip answered 44"):
        lis3dh.probe(plugged(quiet()), ADDRESS, range_g=2)


def test_what_another_program_left_in_the_chip_is_gone() -> None:
    bus = plugged(quiet())
    # 400 Hz in low power, 16 g, self test, a FIFO that stops when it is full, sleep, offsets; last, the increment off.
    left = ((0x22, 0x40), (0x25, 0x30), (0x2E, 0x20), (0x34, 0x40), (0x3F, 0x10), (0x20, 0x70), (0x21, 0x00))
    for register, value in left:
        bus.write(ADDRESS, bytes((register, value)))
    bus.sleep(1.0)
    chip = lis2dw12.probe(bus, ADDRESS, range_g=2)
    assert bus.read(ADDRESS, 0x20, 6) == b"\x54\x0c\x00\x00\x00\x04"
    assert bus.read(ADDRESS, 0x30, 16) == bytes(16)
    bus.sleep(0.1)
    for _ in range(10):
        run = chip.read()
        assert not run.gap
        assert np.allclose(run.acceleration, (0, 0, G0), atol=chip.count)
        bus.sleep(0.1)
    assert len(run.acceleration) == pytest.approx(10, abs=1)


def test_waits_until_the_reset_is_over_and_says_when_it_never_is() -> None:
    with pytest.raises(ReadingError, match="does not come out of its reset"):
        lis2dw12.probe(plugged(OneRegisterOff(0x21, 0x44)), ADDRESS, range_g=2)


@pytest.mark.parametrize(("register", "value"), [(0x20, 0x00), (0x2E, 0x00)])
def test_refuses_a_chip_that_does_not_keep_its_settings(register: int, value: int) -> None:
    with pytest.raises(ReadingError, match="did not keep its settings"):
        lis2dw12.probe(plugged(OneRegisterOff(register, value)), ADDRESS, range_g=8)


@pytest.mark.parametrize("rate_error", [-0.05, 0.0, 0.05])
@pytest.mark.parametrize("rate_hz", lis2dw12.RATES_HZ)
def test_the_first_samples_are_settled_ones(rate_hz: float, rate_error: float) -> None:
    bus = plugged(LIS2DW12(one_g_up, noise_density=0.0, rate_error=rate_error))
    chip = lis2dw12.probe(bus, ADDRESS, range_g=2, rate_hz=rate_hz)
    bus.sleep(chip.poll_s)
    assert np.allclose(chip.read().acceleration, (0, 0, G0), atol=chip.count)


@pytest.mark.parametrize(("range_g", "milli_g"), [(2, 0.244), (4, 0.488), (8, 0.976), (16, 1.952)])
def test_a_digit_is_one_of_fourteen_bits_at_every_range(range_g: int, milli_g: float) -> None:
    bus = plugged(quiet())
    chip = lis2dw12.probe(bus, ADDRESS, range_g=range_g)
    bus.sleep(0.1)
    assert chip.count == pytest.approx(milli_g * G0 / 1000)
    assert np.abs(chip.read().acceleration - (0, 0, G0)).max() <= 0.5001 * chip.count


def test_a_read_is_two_transfers_however_many_samples_there_are() -> None:
    bus = plugged(LIS2DW12(rising, noise_density=0.0))
    chip = lis2dw12.probe(bus, ADDRESS, range_g=2)
    bus.sleep(0.3)
    before = bus.transfers[ADDRESS]
    run = chip.read()
    assert bus.transfers[ADDRESS] == before + 2
    assert len(run.acceleration) == pytest.approx(30, abs=1)
    assert np.allclose(np.diff(run.acceleration[:, 0]), chip.count, atol=1e-6)


@pytest.mark.parametrize(("count", "late", "gap"), [(0x1F, 0.0, False), (0x20, 0.0, True), (0x60, 0.2, True)])
def test_a_full_fifo_may_drop_samples_and_one_waits_for_the_next_read(
    count: int, late: float, gap: bool
) -> None:
    """FIFO_SAMPLES counts to 32; once a sample was overwritten, FIFO_OVR stands above it."""
    bus = plugged(LIS2DW12(rising, noise_density=0.0))
    chip = lis2dw12.probe(bus, ADDRESS, range_g=2)
    bus.sleep(0.1)
    chip.read()
    for _ in range(1000):
        if bus.read(ADDRESS, 0x2F, 1)[0] == count:
            break
        bus.sleep(0.001)
    else:
        pytest.fail(f"FIFO_SAMPLES never was {count:#x}")
    bus.sleep(late)
    full, after = chip.read(), chip.read()
    assert (len(full.acceleration), full.gap) == (31, gap)
    assert (len(after.acceleration) > 0, after.gap) == (gap, False)
    digits = np.rint(np.concatenate((full.acceleration, after.acceleration))[:, 0] / chip.count)
    assert np.all(np.diff(digits) == 1)


def test_an_overrun_is_believed_whatever_the_count() -> None:
    bus = plugged(OneRegisterOff(0x2F, 0x45))
    chip = lis2dw12.probe(bus, ADDRESS, range_g=2)
    bus.sleep(0.1)
    chip.read()
    assert chip.read().gap


@pytest.mark.parametrize(
    ("register", "value", "complaint"),
    [(0x28, 0x01, "more than 14 bits"), (0x2F, 0x21, "counts 33 samples, but its FIFO has 32")],
)
def test_what_cannot_be_measured_is_an_error(register: int, value: int, complaint: str) -> None:
    bus = plugged(OneRegisterOff(register, value))
    chip = lis2dw12.probe(bus, ADDRESS, range_g=2)
    bus.sleep(0.1)
    with pytest.raises(ReadingError, match=complaint):
        chip.read()


def test_a_power_cut_is_told_by_the_registers_after_it() -> None:
    simulated = quiet()
    bus = plugged(simulated)
    chip = lis2dw12.probe(bus, ADDRESS, range_g=4)
    bus.plug(ADDRESS, simulated)
    bus.sleep(1.1)
    with pytest.raises(
        ReadingError, match=r"was reset \(CTRL1 0x00, CTRL2 0x04, .*\): did it lose its power"
    ):
        chip.read()


@pytest.mark.parametrize("temperature", [-40.0, 24.9375, 25.0, 31.5, 85.0])
def test_a_degree_has_sixteen_steps_and_zero_is_25_degrees(temperature: float) -> None:
    chip = lis2dw12.probe(plugged(quiet(temperature)), ADDRESS, range_g=2)
    assert chip.temperature() == temperature


@pytest.mark.parametrize("range_g", [2, 16])
def test_the_self_test_measures_how_far_the_mass_was_pushed(range_g: int) -> None:
    result = lis2dw12.probe(plugged(quiet()), ADDRESS, range_g=range_g).self_test()
    assert result is not None
    assert result.change / G0 == pytest.approx([0.34, 0.41, 0.57], abs=0.001)
    assert result.lowest / G0 == pytest.approx([0.07] * 3)
    assert result.highest / G0 == pytest.approx([1.5] * 3)


def test_nothing_of_a_self_test_stays_in_the_fifo_and_bursts_still_work() -> None:
    bus = plugged(quiet())
    chip = lis2dw12.probe(bus, ADDRESS, range_g=2)
    chip.self_test()
    assert bus.read(ADDRESS, 0x20, 6) == b"\x54\x0c\x00\x00\x00\x04"
    bus.sleep(0.1)
    assert np.allclose(chip.read().acceleration, (0, 0, G0), atol=chip.count)


@pytest.mark.parametrize("rate_hz", lis2dw12.RATES_HZ)
def test_three_polls_in_a_row_may_fail_or_two_at_the_highest_rate(rate_hz: float) -> None:
    bus = plugged(LIS2DW12(one_g_up, rate_error=0.05))
    chip = lis2dw12.probe(bus, ADDRESS, range_g=2, rate_hz=rate_hz)
    bus.sleep(chip.poll_s)
    chip.read()
    bus.sleep((4 if rate_hz < 1600 else 3) * chip.poll_s)
    assert not chip.read().gap


@pytest.mark.parametrize(
    ("raw", "digits"), [("0400 0000 FCFF", (1, 0, -1)), ("FC7F 0080 A00F", (8191, -8192, 1000))]
)
def test_fourteen_bits_stand_to_the_left(raw: str, digits: tuple[int, int, int]) -> None:
    assert lis2dw12.convert(bytes.fromhex(raw), 1.0).tolist() == [list(digits)]


def test_the_simulated_chip_comes_up_powered_down_with_its_identity() -> None:
    bus = plugged(quiet(31.5))
    bus.sleep(1.0)
    assert bus.read(ADDRESS, 0x0F, 1) == b"\x44"
    assert bus.read(ADDRESS, 0x20, 16) == b"\x00\x04" + bytes(14)
    assert bus.read(ADDRESS, 0x0D, 2) == b"\x00\x00"


def test_the_simulated_chip_reads_one_register_again_and_again_without_the_increment() -> None:
    bus = plugged(quiet())
    streaming(bus)
    bus.write(ADDRESS, b"\x21\x08")
    assert bus.read(ADDRESS, 0x20, 3) == b"\x54\x54\x54"
    assert len(set(bus.read(ADDRESS, 0x2D, 6))) == 1
    assert bus.read(ADDRESS, 0x2F, 1)[0] >= 10  # and its FIFO gives nothing away


def test_the_simulated_chip_does_not_listen_while_it_resets() -> None:
    bus = plugged(quiet())
    bus.write(ADDRESS, b"\x21\x44")
    bus.write(ADDRESS, b"\x20\x54")
    assert bus.read(ADDRESS, 0x21, 1) == b"\x44"
    bus.sleep(0.01)
    assert bus.read(ADDRESS, 0x20, 2) == b"\x00\x04"


def test_nothing_but_bypass_empties_the_simulated_fifo() -> None:
    bus = plugged(quiet())
    streaming(bus)
    for register, value in ((0x25, 0x30), (0x2E, 0x20), (0x2E, 0xC0), (0x20, 0x00)):
        bus.write(ADDRESS, bytes((register, value)))
    held = bus.read(ADDRESS, 0x2F, 1)[0]
    assert held >= 10
    bus.read(ADDRESS, 0x28, 6)
    assert bus.read(ADDRESS, 0x2F, 1)[0] == held - 1
    bus.write(ADDRESS, b"\x2e\x00")
    assert bus.read(ADDRESS, 0x2F, 1) == b"\x00"


def test_the_simulated_fifo_says_when_its_threshold_is_reached_and_stops_in_fifo_mode() -> None:
    bus = plugged(quiet())
    bus.write(ADDRESS, b"\x2e\x2a")  # FIFO mode, a threshold of ten
    bus.write(ADDRESS, b"\x20\x54")
    bus.sleep(0.095)
    assert bus.read(ADDRESS, 0x2F, 1) == b"\x09"
    bus.sleep(0.01)
    assert bus.read(ADDRESS, 0x2F, 1) == b"\x8a"
    assert bus.read(ADDRESS, 0x27, 1) == b"\x81"
    bus.sleep(1.0)
    assert bus.read(ADDRESS, 0x2F, 1) == b"\xa0"


def test_the_code_that_makes_an_lis3dh_stream_leaves_the_simulated_fifo_bypassed() -> None:
    bus = plugged(quiet())
    bus.write(ADDRESS, b"\x2e\x80")
    bus.write(ADDRESS, b"\x20\x54")
    bus.sleep(1.0)
    assert bus.read(ADDRESS, 0x2F, 1) == b"\x00"


@pytest.mark.parametrize(("ctrl1", "word"), [(0x54, 0x4008), (0x50, 0x4010), (0x51, 0x4008)])
def test_the_simulated_chip_has_twelve_bits_in_the_first_kind_of_low_power(ctrl1: int, word: int) -> None:
    bus = plugged(quiet())
    streaming(bus, ctrl1)
    assert int.from_bytes(bus.read(ADDRESS, 0x28, 6 * 9)[-2:], "little") == word


def test_a_low_byte_keeps_its_high_byte_with_bdu() -> None:
    bus = plugged(LIS2DW12(lambda times: np.outer(times, (G0, 0, 0)), noise_density=0.0))
    bus.write(ADDRESS, b"\x21\x0c")
    bus.write(ADDRESS, b"\x20\x54")
    bus.sleep(0.2)
    low = bus.read(ADDRESS, 0x28, 1)
    bus.sleep(1.0)
    word = int.from_bytes(low + bus.read(ADDRESS, 0x29, 1), "little") / 4
    assert word * 0.244e-3 == pytest.approx(0.2, abs=0.011)
