"""What must hold for every accelerometer there is a driver for: set in SI units, read through the driver."""

import re
from collections.abc import Callable, Iterator
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
from simulator.i2c import Between, Nack, SimulatedI2C, Sometimes, TimedOut, Transfer

Array = NDArray[np.float64]
G0 = 9.80665
WRAP = 128
SPAN = 1.8 * G0
CHIPS = accelerometers.names()
CHIPS_AND_RANGES = [(name, range_g) for name in CHIPS for range_g in accelerometers.find(name).RANGES_G]
CHIPS_AND_RATES = [(name, rate_hz) for name in CHIPS for rate_hz in accelerometers.find(name).RATES_HZ]
DIRECTIONS = [
    (0, 0, 0.5),
    (0, 0, -0.5),
    (0.9, -0.9, 0.1),
    (-0.25, 0.0005, -0.75),
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


def numbers(run: Samples, count: float) -> Array:
    """The sawtooth back to sample numbers, modulo WRAP."""
    x, y, z = run.acceleration.T
    assert np.allclose(y, -x, atol=2 * count)
    assert np.allclose(z, x / 2, atol=2 * count)
    return np.asarray((x / SPAN + 1) / 2 * WRAP)


def assert_nothing_lost_or_doubled(device: Bench, runs: list[Samples]) -> None:
    steps = np.diff(np.concatenate([numbers(run, device.driver.count) for run in runs]))
    assert np.allclose(steps % WRAP, 1, atol=0.45)


def bench(
    name: str,
    signal: Signal | None = None,
    *,
    range_g: int = 2,
    rate_hz: float | None = None,
    rate_error: float = 0.0,
    bus_hz: float = 400_000,
    stuck: bool = False,
) -> Bench:
    module = accelerometers.find(name)
    address = module.ADDRESSES[0]
    chip = chips.accelerometer(name)(
        signal or still(np.array((0.0, 0.0, G0))), rate_error=rate_error, noise_density=0.0, stuck=stuck
    )
    bus = SimulatedI2C(lambda: 100.0, {address: chip}, hz=bus_hz)
    return Bench(bus, address, chip, module.probe(bus, address, range_g=range_g, rate_hz=rate_hz))


def numbered_bench(
    name: str, *, rate_hz: float | None = None, rate_error: float = 0.0, bus_hz: float = 400_000
) -> Bench:
    rate_hz = rate_hz or accelerometers.find(name).RATE_HZ
    signal = numbered(rate_hz * (1 + rate_error))
    return bench(name, signal, rate_hz=rate_hz, rate_error=rate_error, bus_hz=bus_hz)


def as_printed(name: str) -> str:
    """A pattern for the part's name: a file's name has no hyphen."""
    return re.sub(r"(?<=[A-Z])(?=\d)", "-?", name.upper())


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
    assert np.abs(acceleration - felt).max() <= device.driver.count + 1e-9


@pytest.mark.parametrize(("name", "range_g"), CHIPS_AND_RANGES)
def test_stops_at_full_scale(name: str, range_g: int) -> None:
    device = bench(name, still(np.array((3.0, -3.0, 0.0)) * range_g * G0), range_g=range_g)
    x, y, _ = device.wait_and_read(device.driver.poll_s).acceleration[-1]
    # The largest word is often a little short of the full scale.
    assert 0.995 * range_g * G0 <= x < 1.3 * range_g * G0
    assert 0.995 * range_g * G0 <= -y < 1.3 * range_g * G0


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
    with pytest.raises(WrongChip, match=rf"0x{address:02x}.*{as_printed(name)}.*A5"):
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
    device.bus.sleep(20 * device.driver.poll_s)
    assert not first_samples(device).gap


@pytest.mark.parametrize("name", CHIPS)
@pytest.mark.parametrize("lateness", [1.0, 1.1, 1.18, 1.73, 4.5])
def test_an_overrun_is_a_gap_and_the_samples_after_it_are_right(name: str, lateness: float) -> None:
    device = numbered_bench(name)
    device.wait_and_read(device.driver.poll_s)
    # How long its FIFO lasts only the driver knows: ever later reads find out.
    for periods in 20 * 1.25 ** np.arange(30):
        device.bus.sleep(lateness * periods / device.driver.rate_hz)
        late = first_samples(device)
        if late.gap:
            break
    after = device.wait_and_read(device.driver.poll_s)
    assert (late.gap, after.gap) == (True, False)
    assert_nothing_lost_or_doubled(device, [late, after])
    assert newest_age(device, late) < 2 * late.period


def first_samples(device: Bench) -> Samples:
    """The first run that is not empty, with a poll or two more: some chips' FIFOs must be emptied first."""
    run = device.driver.read()
    return run if len(run.acceleration) else next(filter(lambda run: len(run.acceleration), polls(device, 1)))


@pytest.mark.parametrize("name", CHIPS)
def test_the_end_of_a_run_is_close_after_its_newest_sample(name: str) -> None:
    device = numbered_bench(name)
    for step in range(50):
        run = device.wait_and_read(device.driver.poll_s + step * 0.000_37)
        assert -0.15 * run.period <= newest_age(device, run) <= 1.5 * run.period


def newest_age(device: Bench, run: Samples) -> float:
    """How long before the run's end its newest sample was taken, s, by the sawtooth; it is as exact as a count."""
    wrap_s = WRAP / device.driver.rate_hz
    age = run.end - numbers(run, device.driver.count)[-1] / device.driver.rate_hz
    return float((age + wrap_s / 4) % wrap_s - wrap_s / 4)


@pytest.mark.parametrize("rate_error", [-0.05, 0.0, 0.05])
@pytest.mark.parametrize("name", CHIPS)
def test_a_minute_loses_no_sample_when_the_chips_clock_is_off(name: str, rate_error: float) -> None:
    assert_complete(numbered_bench(name, rate_error=rate_error), 60, rate_error)


@pytest.mark.parametrize(("bus_hz", "rate_error"), [(100_000, -0.05), (400_000, 0.05)])
@pytest.mark.parametrize(("name", "rate_hz"), CHIPS_AND_RATES)
def test_every_rate_that_the_bus_carries_is_complete_and_others_are_refused(
    name: str, rate_hz: float, bus_hz: float, rate_error: float
) -> None:
    if refusal := why_refused(name, rate_hz, bus_hz):
        assert f"bus of {bus_hz / 1000:g} kHz" in refusal
        assert rate_hz > accelerometers.find(name).RATE_HZ
        return
    device = numbered_bench(name, rate_hz=rate_hz, rate_error=rate_error, bus_hz=bus_hz)
    assert device.driver.rate_hz == rate_hz
    assert_complete(device, 10, rate_error)


def why_refused(name: str, rate_hz: float, bus_hz: float) -> str:
    try:
        bench(name, rate_hz=rate_hz, bus_hz=bus_hz)
    except ValueError as error:
        return str(error)
    return ""


def assert_complete(device: Bench, seconds: float, rate_error: float) -> None:
    began = device.bus.now()
    runs = list(polls(device, seconds))
    assert not any(run.gap for run in runs)
    assert_nothing_lost_or_doubled(device, runs)
    count = sum(len(run.acceleration) for run in runs)
    assert abs(count - (runs[-1].end - began) * device.driver.rate_hz * (1 + rate_error)) <= 2


@pytest.mark.parametrize("name", CHIPS)
def test_refuses_a_rate_the_chip_does_not_have_and_lists_those_it_has(name: str) -> None:
    with pytest.raises(ValueError, match=r"no rate of 123 Hz; choose one of [\d., ]+"):
        bench(name, rate_hz=123.0)


@pytest.mark.parametrize("name", CHIPS)
def test_rates_ascend_and_the_default_is_for_detection(name: str) -> None:
    module = accelerometers.find(name)
    assert list(module.RATES_HZ) == sorted(set(module.RATES_HZ))
    assert module.RATE_HZ in module.RATES_HZ
    assert 100 <= module.RATE_HZ <= 125
    assert bench(name).driver.rate_hz == module.RATE_HZ


@pytest.mark.parametrize("name", CHIPS)
@settings(derandomize=True, deadline=None)
@given(waits=st.lists(st.floats(0, 2.9), min_size=2, max_size=30))
def test_no_poll_times_lose_double_or_reorder_samples(name: str, waits: list[float]) -> None:
    device = numbered_bench(name)
    runs = [device.wait_and_read(wait * device.driver.poll_s) for wait in [1, *waits, 1]]
    assert not any(run.gap for run in runs)
    assert_nothing_lost_or_doubled(device, runs)


@pytest.mark.parametrize("name", CHIPS)
@settings(derandomize=True, deadline=None)
@given(waits=st.lists(st.floats(0, 9), min_size=2, max_size=30))
def test_whatever_the_poll_times_only_a_gap_separates_samples(name: str, waits: list[float]) -> None:
    device = numbered_bench(name)
    runs = [device.wait_and_read(wait * device.driver.poll_s) for wait in [1, *waits, 1]]
    gaps = [number for number, run in enumerate(runs) if run.gap]
    for start, end in pairwise([0, *gaps, len(runs)]):
        assert_nothing_lost_or_doubled(device, runs[start:end])


@pytest.mark.parametrize("name", CHIPS)
def test_a_missing_acknowledge_loses_no_sample(name: str) -> None:
    device = numbered_bench(name)
    before = device.wait_and_read(device.driver.poll_s)
    device.bus.faults.append(Nack(device.address, Transfer(device.bus.transfers[device.address] + 1)))
    with pytest.raises(NoAnswer):
        device.wait_and_read(device.driver.poll_s)
    after = device.wait_and_read(device.driver.poll_s)
    assert not after.gap
    assert_nothing_lost_or_doubled(device, [before, after])


@pytest.mark.parametrize("name", CHIPS)
def test_an_answer_lost_on_the_way_is_a_gap(name: str) -> None:
    device = numbered_bench(name)
    device.wait_and_read(device.driver.poll_s)
    now = device.bus.now()
    device.bus.faults.append(TimedOut(device.address, Between(now, now + 1.5 * device.driver.poll_s)))
    with pytest.raises(BusError, match="timed out"):
        device.wait_and_read(device.driver.poll_s)
    device.bus.sleep(device.driver.poll_s)
    assert first_samples(device).gap


@pytest.mark.parametrize("name", CHIPS)
def test_with_one_transfer_in_a_hundred_not_acknowledged_no_sample_is_lost(name: str) -> None:
    device = numbered_bench(name)
    runs, failures = runs_with(Nack(device.address, Sometimes(0.01)), device)
    assert failures > 5
    assert not any(run.gap for run in runs)
    assert_nothing_lost_or_doubled(device, runs)


@pytest.mark.parametrize("name", CHIPS)
def test_with_one_answer_in_a_hundred_lost_the_gaps_have_the_right_lengths(name: str) -> None:
    device = numbered_bench(name)
    runs, failures = runs_with(TimedOut(device.address, Sometimes(0.01)), device)
    assert failures > 5
    assert any(run.gap for run in runs)
    for before, after in pairwise(run for run in runs if len(run.acceleration)):
        assert_nothing_lost_or_doubled(device, [after])
        missing = (after.end - before.end) / after.period - len(after.acceleration)
        assert after.gap or abs(missing) < 1.3
        last, first = (numbers(run, device.driver.count) for run in (before, after))
        off = first[0] - last[-1] - 1 - missing
        # Ends are up to one sample, and its way into the FIFO, after the newest one.
        assert abs((off + WRAP / 2) % WRAP - WRAP / 2) < 1.3


def runs_with(fault: Nack | TimedOut, device: Bench) -> tuple[list[Samples], int]:
    """What a minute gives under a fault, and how many reads fail."""
    device.wait_and_read(device.driver.poll_s)
    device.bus.faults.append(fault)
    runs, failures, end = [device.driver.read()], 0, device.bus.now() + 60
    while device.bus.now() < end:
        try:
            runs.append(device.wait_and_read(device.driver.poll_s))
        except BusError:
            failures += 1
    return runs, failures


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


@pytest.mark.parametrize("range_g_of", [min, max])
@pytest.mark.parametrize("rate_of", [min, None])
@pytest.mark.parametrize("name", CHIPS)
def test_a_self_test_passes_and_leaves_a_gap_and_the_chip_measuring_as_before(
    name: str, rate_of: Callable[..., float] | None, range_g_of: Callable[..., int]
) -> None:
    module = accelerometers.find(name)
    rate_hz = rate_of(module.RATES_HZ) if rate_of else module.RATE_HZ
    device = bench(name, rate_hz=rate_hz, range_g=range_g_of(module.RANGES_G))
    device.wait_and_read(2 * device.driver.poll_s)
    began = device.bus.now()
    result = device.driver.self_test()
    assert device.bus.now() - began <= 1
    assert result is None or result.passed, result
    runs = list(polls(device, 10 + 20 / rate_hz))
    with_samples = [run for run in runs if len(run.acceleration)]
    assert [run.gap for run in with_samples] == [result is not None] + [False] * (len(with_samples) - 1)
    for run in with_samples:
        assert np.allclose(run.acceleration, (0, 0, G0), atol=device.driver.count)
    count = sum(len(run.acceleration) for run in runs[1:])
    assert abs(count - (runs[-1].end - runs[0].end) * rate_hz) <= 2


@pytest.mark.parametrize("name", CHIPS)
def test_a_self_test_fails_when_the_mass_is_stuck(name: str) -> None:
    result = bench(name, stuck=True).driver.self_test()
    assert result is None or not result.passed


@pytest.mark.parametrize("name", CHIPS)
@pytest.mark.parametrize("after_s", [0.0, 0.05, 0.15, 0.25])
def test_a_self_test_that_the_bus_breaks_off_is_an_error_and_the_chip_then_measures_as_before(
    name: str, after_s: float
) -> None:
    device = bench(name)
    device.wait_and_read(device.driver.poll_s)
    if device.driver.self_test() is None:
        return
    now = device.bus.now()
    device.bus.faults.append(Nack(device.address, Between(now + after_s, now + 5)))
    with pytest.raises(BusError):
        device.driver.self_test()
    device.bus.sleep(6)
    device.driver.read()
    run = device.wait_and_read(10 / device.driver.rate_hz)
    assert run.gap
    assert len(run.acceleration) >= 5
    assert np.allclose(run.acceleration, (0, 0, G0), atol=device.driver.count)


@pytest.mark.parametrize("name", CHIPS)
def test_the_temperature_is_that_of_the_room_and_asking_for_it_costs_no_sample(name: str) -> None:
    device = numbered_bench(name)
    before = device.wait_and_read(device.driver.poll_s)
    temperature = device.driver.temperature()
    assert temperature is None or abs(temperature - 25) < 1
    after = device.wait_and_read(device.driver.poll_s)
    assert not after.gap
    assert_nothing_lost_or_doubled(device, [before, after])


@pytest.mark.parametrize("name", CHIPS)
@settings(derandomize=True, deadline=None)
@given(answers=st.binary(min_size=1, max_size=400))
def test_no_answer_to_a_read_raises_anything_but_a_bus_error(name: str, answers: bytes) -> None:
    device = bench(name)
    device.bus.plug(device.address, Rubbish(answers))
    for _ in range(5):
        try:
            run = device.wait_and_read(0.4)
            assert run.acceleration.shape[1:] == (3,)
            device.driver.temperature()
            device.driver.self_test()
        except BusError:
            continue


@pytest.mark.parametrize("name", CHIPS)
@settings(derandomize=True, deadline=None)
@given(answers=st.binary(min_size=1, max_size=400))
def test_no_answer_to_a_probe_raises_anything_but_a_bus_error(name: str, answers: bytes) -> None:
    module = accelerometers.find(name)
    bus = SimulatedI2C(lambda: 0.0, {module.ADDRESSES[0]: Rubbish(answers)})
    with pytest.raises(BusError):
        module.probe(bus, module.ADDRESSES[0], range_g=2)
