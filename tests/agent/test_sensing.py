"""Sensors are probed until they answer, and read until they do not."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from agent.board import Wired
from agent.detection.events import ShakingFelt
from agent.detection.felt import Seismoscope
from agent.events import (
    DoorMoved,
    GravityWrong,
    Happening,
    MountingChanged,
    MountingFound,
    RateMeasured,
    SamplesLost,
    SensorFound,
    SensorLost,
)
from agent.mounting import Up, direction, rotation, tilt_deg
from agent.sensing import PROBE_AGAIN_S, Memory, Sensing
from agent.store import Store
from content.work import Inline
from drivers import accelerometers, doors
from drivers.doors import Door
from drivers.samples import Samples
from simulator import loop
from simulator.broker import InProcessBroker
from simulator.building import storeys
from simulator.chips import Chip, accelerometer
from simulator.doors import chip as door_chip
from simulator.elevator import Elevator
from simulator.headless import tell
from simulator.i2c import Between, Nack, SimulatedI2C, TimedOut, Transfer
from simulator.sources import Floats
from simulator.story import Story
from simulator.world import CHIP, SENSOR, Surroundings, build
from tests.agent_rig import BEGINNING, MemoryScreen

UPSIDE_DOWN = np.array([0.0, 0.0, -9.80665])
TRUE_HZ = 125.0 * 1.03


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def leaning(degrees: float) -> Floats:
    """Gravity in the axes of a chip that leans so far over towards its x."""
    angle = np.radians(degrees)
    return 9.80665 * np.array((np.sin(angle), 0.0, np.cos(angle)))


class Car:
    """Two sensors on a bus, read in simulated time."""

    def __init__(
        self,
        store: Store,
        opening: Callable[[float], float] = lambda _now: 0.0,
        *,
        up: str = "-z",
        rate_error: float = 0.03,
    ) -> None:
        self.now = asyncio.get_running_loop().time
        self.gravity, self.rate_error = UPSIDE_DOWN, rate_error
        self.happened: list[tuple[float, Happening]] = []
        self.samples: list[Samples] = []
        self.bus = SimulatedI2C(self.now, {CHIP: self.chip(), SENSOR: door_chip("mcp23017", opening)})
        self.sensing = Sensing(self._happened, self.now, Memory(store, Inline(), up), self._tap)
        self._tasks: list[asyncio.Task[None]] = []

    def chip(self) -> Chip:
        return accelerometer("adxl355")(self._signal, noise_density=0.0, rate_error=self.rate_error)

    def _signal(self, t: Floats) -> Floats:
        return np.tile(self.gravity, (len(t), 1))

    def _happened(self, event: Happening) -> None:
        self.happened.append((self.now(), event))

    def _tap(self, samples: Samples, _scope: Seismoscope) -> None:
        self.samples.append(samples)

    def begin(self) -> None:
        chip = Wired(lambda: accelerometers.find("adxl355").probe(self.bus, CHIP, range_g=2), Inline())
        settings = doors.find("mcp23017").Settings()
        door = Wired(lambda: doors.find("mcp23017").probe(self.bus, SENSOR, settings), Inline())
        self._tasks = [
            asyncio.create_task(self.sensing.accelerometer(chip)),
            asyncio.create_task(self.sensing.door_sensor(door)),
            asyncio.create_task(self.sensing.memory.keep()),
        ]

    async def until(self, at: float) -> None:
        await asyncio.sleep(at - self.now())

    async def stop(self) -> None:
        for task in self._tasks:
            assert not task.done()
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def of(self, *kinds: type[Happening]) -> list[Happening]:
        return [event for _, event in self.happened if isinstance(event, kinds)]


def test_samples_are_turned_into_the_cars_axes_and_none_is_missing(store: Store) -> None:
    async def main() -> None:
        car = Car(store)
        car.begin()
        await car.until(10.0)
        await car.stop()
        acceleration = np.concatenate([samples.acceleration for samples in car.samples])
        assert len(acceleration) == pytest.approx(10 * TRUE_HZ, abs=13)
        assert np.allclose(acceleration, (0.0, 0.0, 9.80665), atol=4e-5)
        assert car.of(SensorFound) == [
            SensorFound("accelerometer", "ADXL355"),
            SensorFound("door", "MCP23017"),
        ]
        assert car.of(SamplesLost, SensorLost, ShakingFelt) == []

    loop.run(main())


def test_the_door_is_told_when_it_changes(store: Store) -> None:
    async def main() -> None:
        car = Car(store, lambda now: 0.0 if now < 1.0 else 0.5 if now < 2.0 else 1.0)
        car.begin()
        await car.until(3.0)
        doors_told = [(at, e.door) for at, e in car.happened if isinstance(e, DoorMoved)]
        assert [door for _, door in doors_told] == [Door.CLOSED, Door.MOVING, Door.OPEN]
        assert [at for at, _ in doors_told] == pytest.approx([0.0, 1.04, 2.04], abs=0.03)
        assert car.sensing.door is Door.OPEN
        await car.stop()

    loop.run(main())


@pytest.mark.parametrize("address", [CHIP, SENSOR])
@pytest.mark.parametrize(("failed", "lost"), [(3, 0), (4, 1)])
def test_three_failures_in_a_row_are_forgiven(store: Store, address: int, failed: int, lost: int) -> None:
    async def main() -> None:
        car = Car(store)
        car.begin()
        await car.until(5.0)
        done = car.bus.transfers[address]
        car.bus.faults += [Nack(address, Transfer(done + n + 1)) for n in range(failed)]
        await car.until(8.0)
        assert len(car.of(SensorLost)) == lost
        assert len(car.of(SensorFound)) == 2 + lost
        await car.stop()

    loop.run(main())


def test_failures_with_readings_between_them_are_never_too_many(store: Store) -> None:
    async def main() -> None:
        car = Car(store)
        car.begin()
        await car.until(1.0)
        for n in range(50):
            car.bus.faults.append(Nack(SENSOR, Between(1.0 + 0.08 * n, 1.04 + 0.08 * n)))
        await car.until(5.0)
        assert car.of(SensorLost) == []
        await car.stop()

    loop.run(main())


def test_samples_lost_on_the_way_are_told(store: Store) -> None:
    async def main() -> None:
        car = Car(store)
        car.begin()
        await car.until(5.0)
        car.bus.faults.append(TimedOut(CHIP, Between(5.0, 5.09)))
        await car.until(8.0)
        assert car.of(SamplesLost) == [SamplesLost("accelerometer")]
        assert car.of(SensorLost) == []
        await car.stop()

    loop.run(main())


def test_a_sensor_that_stays_away_is_told_once_and_probed_every_second(store: Store) -> None:
    async def main() -> None:
        car = Car(store)
        car.bus.unplug(SENSOR)
        car.begin()
        await car.until(60.5)
        assert len(car.of(SensorLost)) == 1
        assert car.bus.transfers[SENSOR] == 61 / PROBE_AGAIN_S
        await car.stop()

    loop.run(main())


def test_a_door_whose_sensor_is_lost_is_not_known(store: Store) -> None:
    async def main() -> None:
        car = Car(store, lambda _now: 1.0)
        car.begin()
        await car.until(1.0)
        car.bus.unplug(SENSOR)
        await car.until(2.0)
        assert car.sensing.door is None
        car.bus.plug(SENSOR, door_chip("mcp23017", lambda _now: 1.0))
        await car.until(4.0)
        assert car.of(DoorMoved) == [DoorMoved(Door.OPEN), DoorMoved(Door.OPEN)]
        await car.stop()

    loop.run(main())


def test_a_chip_that_lost_its_power_for_a_moment_is_set_up_again(store: Store) -> None:
    async def main() -> None:
        car = Car(store)
        car.begin()
        await car.until(5.0)
        car.bus.plug(CHIP, car.chip())
        await car.until(10.0)
        (lost,) = car.of(SensorLost)
        assert isinstance(lost, SensorLost)
        assert "did it lose its power?" in lost.reason
        assert len(car.samples[-1].acceleration) > 0
        await car.stop()

    loop.run(main())


@pytest.mark.parametrize("rate_error", [0.03, -0.04, 1e-5])
def test_the_true_rate_is_told_once_and_is_that_of_the_samples(store: Store, rate_error: float) -> None:
    """Also of a chip whose samples come nearly in step with the reads."""

    async def main() -> None:
        car = Car(store, rate_error=rate_error)
        car.begin()
        await car.until(60.0)
        await car.stop()
        (told,) = car.of(RateMeasured)
        assert isinstance(told, RateMeasured)
        true_hz = 125.0 * (1 + rate_error)
        assert told.error_hz <= 1e-4 * true_hz + 1e-4
        assert told.rate_hz == pytest.approx(true_hz, abs=told.error_hz)
        assert 0 < told.late_s < 0.004
        assert car.samples[0].period == 1 / 125
        assert car.samples[-1].period == pytest.approx(1 / true_hz, rel=2e-5)

    loop.run(main())


def test_the_newest_samples_time_goes_on_by_true_periods_however_reads_fall(store: Store) -> None:
    async def main() -> None:
        car = Car(store)
        car.begin()
        await car.until(60.0)
        await car.stop()
        late = [one for one in car.samples if one.end > 30.0]
        steps = np.diff([one.end for one in late])
        counts = [len(one.acceleration) for one in late[1:]]
        assert np.allclose(steps, np.array(counts) / TRUE_HZ, atol=2e-4)

    loop.run(main())


def test_a_chip_is_found_any_way_round_and_remembered(store: Store) -> None:
    async def main() -> None:
        car = Car(store, up="auto")
        car.gravity = leaning(137.0)
        car.begin()
        await car.until(15.0)
        await car.stop()
        (found,) = car.of(MountingFound)
        assert isinstance(found, MountingFound)
        assert found.tilt_deg is None
        assert tilt_deg(found.up, (np.sin(np.radians(137)), 0, np.cos(np.radians(137)))) < 0.01
        turned = np.concatenate([samples.acceleration for samples in car.samples])
        assert np.allclose(turned, (0.0, 0.0, 9.80665), atol=2e-4)
        assert not any(samples.gap for samples in car.samples[1:])

        again = Car(store, up="auto")
        again.gravity = leaning(137.0 + 4.0)
        again.begin()
        await again.until(30.0)
        await again.stop()
        ((tilt,),) = [(e.tilt_deg,) for e in again.of(MountingFound) if isinstance(e, MountingFound)]
        assert tilt == pytest.approx(4.0, abs=0.1)

    loop.run(main())


def test_a_display_that_was_knocked_says_so_at_every_start_and_feels_along_gravity(store: Store) -> None:
    async def main() -> None:
        for lean, told in ((0.0, 0), (12.0, 1), (12.0, 1)):
            car = Car(store, up="auto")
            car.gravity = leaning(lean)
            car.begin()
            await car.until(car.now() + 25.0)
            await car.stop()
            assert [e.tilt_deg for e in car.of(MountingChanged) if isinstance(e, MountingChanged)] == (
                [pytest.approx(12.0, abs=0.1)] * told
            )
            assert np.allclose(car.samples[0].acceleration, (0.0, 0.0, 9.80665), atol=2e-3)
            assert np.allclose(car.samples[-1].acceleration, (0.0, 0.0, 9.80665), atol=2e-3)

    loop.run(main())


def test_a_chip_knocked_while_it_is_read_gets_a_detector_that_begins_anew(store: Store) -> None:
    async def main() -> None:
        car = Car(store, up="auto")
        car.gravity = leaning(0.0)
        car.begin()
        await car.until(20.0)
        car.gravity = leaning(30.0)
        await car.until(60.0)
        await car.stop()
        (changed,) = car.of(MountingChanged)
        assert isinstance(changed, MountingChanged)
        assert changed.tilt_deg == pytest.approx(30.0, abs=0.1)
        (anew,) = [samples for samples in car.samples[1:] if samples.gap]
        assert np.allclose(anew.acceleration, (0.0, 0.0, 9.80665), atol=2e-3)
        assert car.of(SamplesLost) == []

    loop.run(main())


def test_a_chip_that_does_not_show_gravity_says_so_once(store: Store) -> None:
    async def main() -> None:
        car = Car(store, up="auto")
        car.gravity = 0.5 * leaning(20.0)
        car.begin()
        await car.until(40.0)
        await car.stop()
        assert car.of(GravityWrong) == [GravityWrong(4.9)]
        assert car.of(MountingFound, MountingChanged) == []

    loop.run(main())


def test_an_axis_of_the_configuration_that_does_not_point_up_is_told(store: Store) -> None:
    async def main() -> None:
        car = Car(store, up="x")
        car.begin()
        await car.until(15.0)
        await car.stop()
        assert car.of(MountingChanged, MountingFound) == [MountingChanged((0.0, 0.0, -1.0), 90.0)]
        assert np.allclose(car.samples[0].acceleration, (0.0, 0.0, 9.80665), atol=4e-5)

    loop.run(main())


def test_a_disk_that_fails_is_no_reason_not_to_feel(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        store.close()
        car = Car(store, up="auto")
        car.begin()
        await car.until(15.0)
        await car.stop()
        assert len(car.of(MountingFound)) == 1
        assert len(car.samples) > 100
        assert "how the accelerometer was mounted is not known" in caplog.text
        assert "the mounting is not kept" in caplog.text

    loop.run(main())


def test_what_to_do_about_a_knocked_display_is_logged(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        car = Car(store, up="x")
        car.begin()
        await car.until(15.0)
        await car.stop()
        assert "hangs 90.0° from where it was left: look at the display" in caplog.text

    loop.run(main())


FELT = (
    "ride-started",
    "ride-ended",
    "motion-found",
    "motion-lost",
    "tremor-felt",
    "shaking-felt",
    "shaking-ended",
)


async def story(folder: Path, mounting: Floats | None, rate_error: float = 0.01) -> Story:
    """The story with a chip that is mounted so: from the car's axes into its own."""
    now = asyncio.get_running_loop().time

    def utc() -> datetime:
        return BEGINNING + timedelta(seconds=now())

    told = Story(now)
    around = Surroundings(
        now=now, utc=utc, work=lambda _name: Inline(), broker=InProcessBroker(), folder=folder,
        screen=MemoryScreen((320, 480)), rate_error=rate_error,
    )  # fmt: skip
    world = build(Elevator(storeys(18), floor=2, mounting=mounting), around, told=told.told)
    try:
        await tell(told, world, utc, lambda _share: None)
    finally:
        world.close()
    return told


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """With a chip that is mounted upright."""
    return loop.run(story(tmp_path_factory.mktemp("straight"), None))


@pytest.mark.parametrize(
    ("up", "rate_error"),
    [((0.5445, -0.2243, 0.8082), 0.01), ((0.6, 0.0, -0.8), 0.01), (None, 0.1), (None, -0.1)],
    ids=["37 degrees askew", "head down and askew", "a tenth too fast", "a tenth too slow"],
)
def test_the_story_is_felt_the_same_however_the_chip_is_mounted_and_its_clock_runs(
    straight: Story, tmp_path: Path, up: Up | None, rate_error: float
) -> None:
    mounting = None if up is None else rotation(direction(np.array(up))).T
    other = loop.run(story(tmp_path, mounting, rate_error))
    assert [step.name for step in other.steps if not step.good] == []
    felt = [[(event.kind, at) for at, event in one.events if event.kind in FELT] for one in (straight, other)]
    assert [kind for kind, _ in felt[1]] == [kind for kind, _ in felt[0]]
    assert [at for _, at in felt[1]] == pytest.approx([at for _, at in felt[0]], abs=0.8)
    ended = [next(e.body for _, e in one.events if e.kind == "shaking-ended") for one in (straight, other)]
    assert ended[1]["jma"] == pytest.approx(ended[0]["jma"], abs=0.1)
