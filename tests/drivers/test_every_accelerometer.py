"""What must hold for every accelerometer there is a driver for: set in SI units, read through the driver."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drivers import accelerometers
from drivers.accelerometers import Accelerometer
from drivers.errors import BusError, NoAnswer, ReadingError, WrongChip
from drivers.samples import Samples
from simulator import chips
from simulator.chips import Chip, Signal
from simulator.i2c import Between, Nack, SimulatedI2C, TimedOut, Transfer

Array = NDArray[np.float64]
G0 = 9.80665
WRAP = 256
SPAN = 1.8 * G0
CHIPS = accelerometers.names()
CHIPS_AND_RANGES = [(name, range_g) for name in CHIPS for range_g in accelerometers.find(name).RANGES_G]
DIRECTIONS = [
    (0, 0, 1),
    (0, 0, -1),
    (1, -1, 0.5),
    (-0.25, 0.0005, -1),
    (0.99, -0.99, 0.99),
    (-0.99, 0.99, -0.99),
]


@dataclass
class Bench:
    """A driver at one end of a simulated bus, its chip at the other."""

    bus: SimulatedI2C
    address: int
    chip: Chip
    driver: Accelerometer

    def wait_and_read(self, seconds: float) -> Samples:
        self.bus.sleep(seconds)
        return self.driver.read()


class Rubbish:
    """Something at the address that answers every read with what comes next."""

    def __init__(self, answers: bytes) -> None:
        self._answers = cycle(answers)

    def power_on(self, now: float) -> None:
        pass

    def write(self, data: bytes, now: float) -> None:
        pass

    def read(self, count: int, now: float) -> bytes:
        return bytes(islice(self._answers, count))


def still(vector: Array) -> Signal:
    return lambda times: np.tile(vector, (len(times), 1))


def numbered(rate_hz: float) -> Signal:
    """A sawtooth that rises by the same step from sample to sample: a lost or doubled sample shows."""

    def signal(times: Array) -> Array:
        x = SPAN * (2 * ((times * rate_hz) % WRAP) / WRAP - 1)
        return np.column_stack((x, -x, x / 2))

    return signal


def numbers(acceleration: Array) -> Array:
    """The sawtooth back to sample numbers, modulo WRAP."""
    x, y, z = acceleration.T
    assert np.allclose(y, -x, atol=0.01)
    assert np.allclose(z, x / 2, atol=0.01)
    return np.asarray((x / SPAN + 1) / 2 * WRAP)


def assert_nothing_lost_or_doubled(runs: list[Samples]) -> None:
    steps = np.diff(numbers(np.concatenate([run.acceleration for run in runs])))
    assert np.allclose(steps % WRAP, 1, atol=0.2)


def bench(name: str, signal: Signal | None = None, *, range_g: int = 2, rate_error: float = 0.0) -> Bench:
    module = accelerometers.find(name)
    address = module.ADDRESSES[0]
    chip = chips.accelerometer(name)(
        signal or still(np.array((0.0, 0.0, G0))), rate_error=rate_error, noise_density=0.0
    )
    bus = SimulatedI2C(lambda: 100.0, {address: chip})
    return Bench(bus, address, chip, module.probe(bus, address, range_g=range_g))


def numbered_bench(name: str, *, rate_error: float = 0.0) -> Bench:
    rate_hz = bench(name).driver.rate_hz
    return bench(name, numbered(rate_hz * (1 + rate_error)), rate_error=rate_error)


def polls(device: Bench, seconds: float) -> Iterator[Samples]:
    """Runs of samples at the pace the driver asks for."""
    end = device.bus.now() + seconds
    while device.bus.now() < end:
        yield device.wait_and_read(device.driver.poll_s)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize(("name", "range_g"), CHIPS_AND_RANGES)
def test_reads_what_the_chip_feels_within_one_count(
    name: str, range_g: int, direction: tuple[float, float, float]
) -> None:
    felt = np.array(direction) * range_g * G0
    device = bench(name, still(felt), range_g=range_g)
    acceleration = device.wait_and_read(device.driver.poll_s).acceleration
    assert len(acceleration) >= 5
    assert np.abs(acceleration - felt).max() <= device.driver.count


@pytest.mark.parametrize(("name", "range_g"), CHIPS_AND_RANGES)
def test_stops_at_full_scale(name: str, range_g: int) -> None:
    device = bench(name, still(np.array((3.0, -3.0, 0.0)) * range_g * G0), range_g=range_g)
    x, y, _ = device.wait_and_read(device.driver.poll_s).acceleration[-1] / G0
    assert range_g <= x < 1.3 * range_g
    assert range_g <= -y < 1.3 * range_g


@pytest.mark.parametrize("name", CHIPS)
def test_answers_at_every_address_it_can_have(name: str) -> None:
    module = accelerometers.find(name)
    for address in module.ADDRESSES:
        chip = chips.accelerometer(name)(still(np.zeros(3)))
        module.probe(SimulatedI2C(lambda: 0.0, {address: chip}), address, range_g=2)


@pytest.mark.parametrize("name", CHIPS)
def test_refuses_another_chip_and_says_what_answered(name: str) -> None:
    module = accelerometers.find(name)
    address = module.ADDRESSES[0]
    bus = SimulatedI2C(lambda: 0.0, {address: Rubbish(b"\xa5")})
    with pytest.raises(WrongChip, match=rf"0x{address:02x}.*{name.upper()}.*A5"):
        module.probe(bus, address, range_g=2)


@pytest.mark.parametrize("name", CHIPS)
def test_says_that_no_chip_answers(name: str) -> None:
    module = accelerometers.find(name)
    with pytest.raises(NoAnswer):
        module.probe(SimulatedI2C(lambda: 0.0, {}), module.ADDRESSES[0], range_g=2)


@pytest.mark.parametrize("name", CHIPS)
def test_refuses_a_range_the_chip_does_not_have(name: str) -> None:
    with pytest.raises(ValueError, match="3 g"):
        bench(name, range_g=3)


@pytest.mark.parametrize("name", CHIPS)
def test_a_late_first_read_is_not_a_gap(name: str) -> None:
    device = bench(name)
    first = device.wait_and_read(20 * device.driver.poll_s)
    assert len(first.acceleration) > 0
    assert not first.gap


@pytest.mark.parametrize("name", CHIPS)
@pytest.mark.parametrize("lateness", [4.5, 5.0, 5.31, 7.77, 20.1])
def test_an_overrun_is_a_gap_and_the_samples_after_it_are_right(name: str, lateness: float) -> None:
    device = numbered_bench(name)
    before = device.wait_and_read(device.driver.poll_s)
    late = device.wait_and_read(lateness * device.driver.poll_s)
    after = device.wait_and_read(device.driver.poll_s)
    assert (before.gap, late.gap, after.gap) == (False, True, False)
    assert_nothing_lost_or_doubled([late, after])
    assert newest_age(device, late) < 2 * late.period


@pytest.mark.parametrize("name", CHIPS)
def test_the_end_of_a_run_is_close_after_its_newest_sample(name: str) -> None:
    device = numbered_bench(name)
    for step in range(50):
        run = device.wait_and_read(device.driver.poll_s + step * 0.000_37)
        assert 0 <= newest_age(device, run) <= 1.5 * run.period


def newest_age(device: Bench, run: Samples) -> float:
    """How long before the run's end its newest sample was taken, s, by the sawtooth."""
    taken = numbers(run.acceleration[-1:])[0] / device.driver.rate_hz
    return float((run.end - taken) % (WRAP / device.driver.rate_hz))


@pytest.mark.parametrize("rate_error", [-0.02, 0.0, 0.02])
@pytest.mark.parametrize("name", CHIPS)
def test_a_minute_loses_no_sample_when_the_chips_clock_is_off(name: str, rate_error: float) -> None:
    device = numbered_bench(name, rate_error=rate_error)
    began = device.bus.now()
    runs = list(polls(device, 60))
    assert not any(run.gap for run in runs)
    assert_nothing_lost_or_doubled(runs)
    count = sum(len(run.acceleration) for run in runs)
    assert abs(count - (runs[-1].end - began) * device.driver.rate_hz * (1 + rate_error)) <= 2


@pytest.mark.parametrize("name", CHIPS)
@settings(derandomize=True, deadline=None)
@given(waits=st.lists(st.floats(0, 2.9), min_size=2, max_size=30))
def test_no_poll_times_lose_double_or_reorder_samples(name: str, waits: list[float]) -> None:
    device = numbered_bench(name)
    runs = [device.wait_and_read(wait * device.driver.poll_s) for wait in [1, *waits, 1]]
    assert not any(run.gap for run in runs)
    assert_nothing_lost_or_doubled(runs)


@pytest.mark.parametrize("name", CHIPS)
@settings(derandomize=True, deadline=None)
@given(waits=st.lists(st.floats(0, 9), min_size=2, max_size=30))
def test_whatever_the_poll_times_only_a_gap_separates_samples(name: str, waits: list[float]) -> None:
    device = numbered_bench(name)
    runs = [device.wait_and_read(wait * device.driver.poll_s) for wait in [1, *waits, 1]]
    gaps = [number for number, run in enumerate(runs) if run.gap]
    for start, end in pairwise([0, *gaps, len(runs)]):
        assert_nothing_lost_or_doubled(runs[start:end])


@pytest.mark.parametrize("name", CHIPS)
def test_a_missing_acknowledge_loses_no_sample(name: str) -> None:
    device = numbered_bench(name)
    before = device.wait_and_read(device.driver.poll_s)
    device.bus.faults.append(Nack(device.address, Transfer(device.bus.transfers[device.address] + 1)))
    with pytest.raises(NoAnswer):
        device.wait_and_read(device.driver.poll_s)
    after = device.wait_and_read(device.driver.poll_s)
    assert not after.gap
    assert_nothing_lost_or_doubled([before, after])


@pytest.mark.parametrize("name", CHIPS)
def test_an_answer_lost_on_the_way_is_a_gap(name: str) -> None:
    device = numbered_bench(name)
    device.wait_and_read(device.driver.poll_s)
    now = device.bus.now()
    device.bus.faults.append(TimedOut(device.address, Between(now, now + 1.5 * device.driver.poll_s)))
    with pytest.raises(BusError, match="timed out"):
        device.wait_and_read(device.driver.poll_s)
    assert device.wait_and_read(device.driver.poll_s).gap


@pytest.mark.parametrize("name", CHIPS)
def test_an_unplugged_chip_gives_no_answer(name: str) -> None:
    device = bench(name)
    device.bus.unplug(device.address)
    with pytest.raises(NoAnswer):
        device.driver.read()


@pytest.mark.parametrize("name", CHIPS)
def test_a_chip_that_lost_its_power_is_noticed_within_two_seconds(name: str) -> None:
    device = bench(name)
    list(polls(device, 1))
    device.bus.plug(device.address, device.chip)
    with pytest.raises(ReadingError, match="power"):
        list(polls(device, 2))


@pytest.mark.parametrize("name", CHIPS)
@settings(derandomize=True, deadline=None)
@given(answers=st.binary(min_size=1, max_size=400))
def test_no_answer_to_a_read_raises_anything_but_a_bus_error(name: str, answers: bytes) -> None:
    device = bench(name)
    device.bus.plug(device.address, Rubbish(answers))
    for _ in range(5):
        try:
            run = device.wait_and_read(0.4)
        except BusError:
            continue
        assert run.acceleration.shape[1:] == (3,)


@pytest.mark.parametrize("name", CHIPS)
@settings(derandomize=True, deadline=None)
@given(answers=st.binary(min_size=1, max_size=400))
def test_no_answer_to_a_probe_raises_anything_but_a_bus_error(name: str, answers: bytes) -> None:
    module = accelerometers.find(name)
    bus = SimulatedI2C(lambda: 0.0, {module.ADDRESSES[0]: Rubbish(answers)})
    with pytest.raises(BusError):
        module.probe(bus, module.ADDRESSES[0], range_g=2)
