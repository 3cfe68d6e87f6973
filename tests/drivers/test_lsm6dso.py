"""What is particular to the LSM6DSO: tagged words, a reset it may refuse, a FIFO counted in ten bits."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drivers.accelerometers import lsm6dso
from drivers.errors import NoAnswer, ReadingError, WrongChip
from simulator.chips.lsm6dso import LSM6DSO
from simulator.i2c import SimulatedI2C

Array = NDArray[np.float64]
ADDRESS = 0x6A
G0 = 9.80665


def one_g_up(times: Array) -> Array:
    return np.tile((0.0, 0.0, G0), (len(times), 1))


def plugged(chip: LSM6DSO) -> SimulatedI2C:
    return SimulatedI2C(lambda: 0.0, {ADDRESS: chip})


def quiet(**more: float) -> LSM6DSO:
    return LSM6DSO(one_g_up, noise_density=0.0, **more)  # type: ignore[arg-type]


class Changed(LSM6DSO):
    """A chip with what is read from one register changed, once told to."""

    def __init__(self, register: int, change: Callable[[bytes], bytes], *, on: bool = True) -> None:
        self._register, self._change = register, change
        self.on = on
        super().__init__(one_g_up, noise_density=0.0)

    def read(self, count: int, now: float) -> bytes:
        register = self._pointer
        answer = super().read(count, now)
        return self._change(answer) if self.on and register == self._register else answer


def test_says_what_answered_instead() -> None:
    with pytest.raises(WrongChip) as caught:
        lsm6dso.probe(plugged(Changed(0x0F, lambda _: b"\x69")), ADDRESS, range_g=2)
    assert str(caught.value) == "address 0x6a: an LSM6DSO answers 6C, this chip answered 69"


def test_a_chip_that_another_program_left_measuring_is_reset() -> None:
    bus = plugged(quiet())
    for setting in ("0764", "0880", "0940", "1044", "1402", "0A06"):  # a FIFO of 100 words, 16 g, self test
        bus.write(ADDRESS, bytes.fromhex(setting))
    bus.sleep(1.0)
    chip = lsm6dso.probe(bus, ADDRESS, range_g=2)
    bus.sleep(2.0)
    run = chip.read()
    assert len(run.acceleration) > 200
    assert np.allclose(run.acceleration, (0, 0, G0), atol=chip.count)


def test_waits_until_the_reset_is_over_and_says_when_it_never_is() -> None:
    with pytest.raises(ReadingError, match="does not come out of its reset"):
        lsm6dso.probe(plugged(Changed(0x12, lambda answer: bytes((answer[0] | 1,)))), ADDRESS, range_g=2)


def test_switches_i3c_off_and_keeps_both_bytes_of_a_value_together() -> None:
    bus = plugged(quiet())
    lsm6dso.probe(bus, ADDRESS, range_g=2)
    assert bus.read(ADDRESS, 0x18, 1)[0] & 0x02
    assert bus.read(ADDRESS, 0x12, 1)[0] & 0x40


def test_refuses_a_chip_that_does_not_keep_its_range() -> None:
    with pytest.raises(ReadingError, match="did not keep its settings"):
        lsm6dso.probe(plugged(Changed(0x10, lambda _: b"\x40")), ADDRESS, range_g=8)


def test_the_first_samples_are_settled_ones() -> None:
    bus = plugged(quiet())
    chip = lsm6dso.probe(bus, ADDRESS, range_g=2)
    bus.sleep(0.1)
    assert np.allclose(chip.read().acceleration, (0, 0, G0), atol=chip.count)


def test_words_of_other_sensors_are_no_samples() -> None:
    bus = plugged(quiet())
    chip = lsm6dso.probe(bus, ADDRESS, range_g=2)
    chip.read()
    bus.write(ADDRESS, b"\x19\x20")  # the timestamp's counter
    bus.write(ADDRESS, b"\x11\x40")  # the gyroscope,
    bus.write(ADDRESS, b"\x09\x44")  # and its words beside the accelerometer's
    bus.write(ADDRESS, b"\x0a\x76")  # the timestamp with every sample, the temperature with every other
    bus.sleep(1.0)
    words = bus.read(ADDRESS, 0x3A, 1)[0]
    run = chip.read()
    assert words > 300 - 256  # the low byte of more than three words a sample
    assert len(run.acceleration) == pytest.approx(104, abs=1)
    assert np.allclose(run.acceleration, (0, 0, G0), atol=chip.count)


def test_a_tag_of_wrong_parity_is_an_error_and_then_a_gap() -> None:
    simulated = Changed(0x78, lambda answer: bytes((answer[0] ^ 0x10, *answer[1:])), on=False)
    bus = plugged(simulated)
    chip = lsm6dso.probe(bus, ADDRESS, range_g=2)
    bus.sleep(0.1)
    chip.read()
    bus.sleep(0.1)
    simulated.on = True
    with pytest.raises(ReadingError, match="parity"):
        chip.read()
    simulated.on = False
    bus.sleep(0.1)
    assert chip.read().gap
    bus.sleep(0.1)
    assert not chip.read().gap


def test_more_words_than_a_byte_counts_are_read_at_once() -> None:
    bus = plugged(quiet())
    chip = lsm6dso.probe(bus, ADDRESS, range_g=2)
    bus.sleep(0.1)
    chip.read()
    bus.sleep(4.5)
    run = chip.read()
    assert len(run.acceleration) == pytest.approx(4.5 * 104, abs=1)
    assert not run.gap


def test_refuses_more_words_than_the_fifo_has() -> None:
    chip = lsm6dso.probe(plugged(Changed(0x3A, lambda _: b"\x01\x02")), ADDRESS, range_g=2)
    with pytest.raises(ReadingError, match="513 FIFO words"):
        chip.read()


@pytest.mark.parametrize("taken", [0, 1, 30])
def test_an_overrun_is_a_gap_although_somebody_took_words_since(taken: int) -> None:
    """The live flag goes with the first word read, the latched one stays."""
    bus = plugged(quiet())
    chip = lsm6dso.probe(bus, ADDRESS, range_g=2)
    bus.sleep(0.1)
    chip.read()
    bus.sleep(5.5)
    bus.read(ADDRESS, 0x78, 7 * taken)
    assert chip.read().gap


def test_a_run_ends_no_sooner_than_its_newest_sample_although_a_full_fifo_goes_on() -> None:
    """Read at all phases of a period: at some a sample comes between the count and the read."""
    asked: list[float] = []

    def signal(times: Array) -> Array:
        asked.extend(times)
        return np.column_stack([(times % 8) * 0.2 * G0] * 3)

    bus = plugged(LSM6DSO(signal, noise_density=0.0))
    chip = lsm6dso.probe(bus, ADDRESS, range_g=2)
    began = bus.now()
    for number in range(200):
        bus.sleep(began + (number + 1) * (600 / 104 + 0.000_05) - bus.now())
        run = chip.read()
        x = run.acceleration[-1, 0]
        newest = min(asked[-3:], key=lambda time: abs(time % 8 * 0.2 * G0 - x))
        assert 0 <= run.end - newest < 2 * run.period


def test_a_power_cut_is_told_by_the_registers_after_it() -> None:
    simulated = quiet()
    bus = plugged(simulated)
    chip = lsm6dso.probe(bus, ADDRESS, range_g=4)
    bus.plug(ADDRESS, simulated)
    bus.sleep(1.1)
    with pytest.raises(ReadingError, match=r"was reset \(CTRL1_XL 0x00, .*\): did it lose its power"):
        chip.read()


@pytest.mark.parametrize("celsius", [-39.5, 0.0, 25.0, 31.25, 84.0])
def test_tells_its_temperature(celsius: float) -> None:
    chip = lsm6dso.probe(plugged(quiet(temperature=celsius)), ADDRESS, range_g=2)
    assert chip.temperature() == pytest.approx(celsius, abs=1 / 256)


@pytest.mark.parametrize("range_g", [2, 16])
def test_the_self_test_measures_how_far_the_mass_was_pushed(range_g: int) -> None:
    chip = lsm6dso.probe(plugged(quiet()), ADDRESS, range_g=range_g)
    result = chip.self_test()
    assert result is not None
    assert result.change / G0 == pytest.approx([0.35, 0.42, 0.6], abs=0.001)
    assert result.lowest / G0 == pytest.approx([0.05] * 3)
    assert result.highest / G0 == pytest.approx([1.7] * 3)


def test_a_lost_chip_stays_lost_in_its_self_test() -> None:
    bus = plugged(quiet())
    chip = lsm6dso.probe(bus, ADDRESS, range_g=2)
    bus.unplug(ADDRESS)
    with pytest.raises(NoAnswer):
        chip.self_test()


@pytest.mark.parametrize(("rate_hz", "poll_s"), [(12.5, 0.8), (104.0, 0.1), (1667.0, 0.1), (3333.0, 0.0512)])
def test_is_polled_for_ten_samples_or_ten_times_a_second(rate_hz: float, poll_s: float) -> None:
    chip = lsm6dso.probe(plugged(quiet()), ADDRESS, range_g=2, rate_hz=rate_hz)
    assert chip.poll_s == pytest.approx(poll_s, rel=1e-3)


def test_a_slow_bus_carries_833_samples_a_second_but_not_1667() -> None:
    bus = SimulatedI2C(lambda: 0.0, {ADDRESS: quiet()}, hz=100_000)
    assert lsm6dso.probe(bus, ADDRESS, range_g=2, rate_hz=833.0).rate_hz == 833.0
    with pytest.raises(ValueError, match="1667 Hz needs more than this bus of 100 kHz carries"):
        lsm6dso.probe(bus, ADDRESS, range_g=2, rate_hz=1667.0)


def words(*texts: str) -> NDArray[np.uint8]:
    return np.array([list(bytes.fromhex(text)) for text in texts], np.uint8).reshape(-1, 7)


@pytest.mark.parametrize(
    ("raw", "counts"),
    [
        (words("11 0100 FF7F 0080"), [[1, 32767, -32768]]),
        (words("0A 0100 0200 0300", "12 0100 0200 0300", "1B 0002 0000 0000"), [[1, 2, 3]]),
        (words("22 0100 0000 0000"), []),
        (words(), []),
    ],
)
def test_words_are_little_endian_and_told_apart_by_their_tags(
    raw: NDArray[np.uint8], counts: list[list[int]]
) -> None:
    assert lsm6dso.convert(raw, 1.0).tolist() == counts


@settings(derandomize=True, deadline=None)
@given(st.lists(st.binary(min_size=7, max_size=7), max_size=64))
def test_any_words_give_as_many_samples_as_accelerometer_tags(drawn: list[bytes]) -> None:
    raw = np.frombuffer(b"".join(drawn), np.uint8).reshape(-1, 7)
    assert lsm6dso.convert(raw, 1.0).shape == (sum(word[0] >> 3 == 2 for word in drawn), 3)
