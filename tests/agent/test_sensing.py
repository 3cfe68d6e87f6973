"""Sensors are probed until they answer, and read until they do not."""

import asyncio
from collections.abc import Callable

import numpy as np
import pytest

from agent.board import Wired
from agent.detection.events import ShakingFelt
from agent.detection.felt import Seismoscope
from agent.events import DoorMoved, Happening, SamplesLost, SensorFound, SensorLost
from agent.mounting import rotation
from agent.sensing import PROBE_AGAIN_S, Sensing
from content.work import Inline
from drivers import accelerometers, doors
from drivers.doors import Door
from drivers.samples import Samples
from simulator import loop
from simulator.chips import Chip, accelerometer
from simulator.chips.mcp23017 import MCP23017
from simulator.i2c import Between, Nack, SimulatedI2C, TimedOut, Transfer
from simulator.sources import Floats
from simulator.world import CHIP, SENSOR, switches

UPSIDE_DOWN = np.array([0.0, 0.0, -9.80665])


class Car:
    """Two sensors on a bus, read in simulated time."""

    def __init__(self, opening: Callable[[float], float] = lambda _now: 0.0) -> None:
        self.now = asyncio.get_running_loop().time
        self.happened: list[tuple[float, Happening]] = []
        self.samples: list[Samples] = []
        self.bus = SimulatedI2C(
            self.now, {CHIP: self.chip(), SENSOR: MCP23017(lambda t: switches(opening(t)))}
        )
        self.sensing = Sensing(self._happened, self.now, rotation("-z"), self._tap)
        self._tasks: list[asyncio.Task[None]] = []

    def chip(self) -> Chip:
        return accelerometer("adxl355")(self._signal, noise_density=0.0)

    def _signal(self, t: Floats) -> Floats:
        return np.tile(UPSIDE_DOWN, (len(t), 1))

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


def test_samples_are_turned_into_the_cars_axes_and_none_is_missing() -> None:
    async def main() -> None:
        car = Car()
        car.begin()
        await car.until(10.0)
        await car.stop()
        acceleration = np.concatenate([samples.acceleration for samples in car.samples])
        assert len(acceleration) == pytest.approx(1250, abs=13)
        assert np.allclose(acceleration, (0.0, 0.0, 9.80665), atol=4e-5)
        assert car.of(SensorFound) == [
            SensorFound("accelerometer", "ADXL355"),
            SensorFound("door", "MCP23017"),
        ]
        assert car.of(SamplesLost, SensorLost, ShakingFelt) == []

    loop.run(main())


def test_the_door_is_told_when_it_changes() -> None:
    async def main() -> None:
        car = Car(lambda now: 0.0 if now < 1.0 else 0.5 if now < 2.0 else 1.0)
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
def test_three_failures_in_a_row_are_forgiven(address: int, failed: int, lost: int) -> None:
    async def main() -> None:
        car = Car()
        car.begin()
        await car.until(5.0)
        done = car.bus.transfers[address]
        car.bus.faults += [Nack(address, Transfer(done + n + 1)) for n in range(failed)]
        await car.until(8.0)
        assert len(car.of(SensorLost)) == lost
        assert len(car.of(SensorFound)) == 2 + lost
        await car.stop()

    loop.run(main())


def test_failures_with_readings_between_them_are_never_too_many() -> None:
    async def main() -> None:
        car = Car()
        car.begin()
        await car.until(1.0)
        for n in range(50):
            car.bus.faults.append(Nack(SENSOR, Between(1.0 + 0.08 * n, 1.04 + 0.08 * n)))
        await car.until(5.0)
        assert car.of(SensorLost) == []
        await car.stop()

    loop.run(main())


def test_samples_lost_on_the_way_are_told() -> None:
    async def main() -> None:
        car = Car()
        car.begin()
        await car.until(5.0)
        car.bus.faults.append(TimedOut(CHIP, Between(5.0, 5.09)))
        await car.until(8.0)
        assert car.of(SamplesLost) == [SamplesLost("accelerometer")]
        assert car.of(SensorLost) == []
        await car.stop()

    loop.run(main())


def test_a_sensor_that_stays_away_is_told_once_and_probed_every_second() -> None:
    async def main() -> None:
        car = Car()
        car.bus.unplug(SENSOR)
        car.begin()
        await car.until(60.5)
        assert len(car.of(SensorLost)) == 1
        assert car.bus.transfers[SENSOR] == 61 / PROBE_AGAIN_S
        await car.stop()

    loop.run(main())


def test_a_door_whose_sensor_is_lost_is_not_known() -> None:
    async def main() -> None:
        car = Car(lambda _now: 1.0)
        car.begin()
        await car.until(1.0)
        car.bus.unplug(SENSOR)
        await car.until(2.0)
        assert car.sensing.door is None
        car.bus.plug(SENSOR, MCP23017(lambda t: switches(1.0)))
        await car.until(4.0)
        assert car.of(DoorMoved) == [DoorMoved(Door.OPEN), DoorMoved(Door.OPEN)]
        await car.stop()

    loop.run(main())


def test_a_chip_that_lost_its_power_for_a_moment_is_set_up_again() -> None:
    async def main() -> None:
        car = Car()
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
