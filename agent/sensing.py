"""Reads the sensors: probes until one answers, reads it until it does not, and begins again."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from agent.board import Wired
from agent.detection.detector import Settings
from agent.detection.felt import Seismoscope
from agent.events import DoorMoved, Happening, SamplesLost, SensorFound, SensorLost
from content.work import Work
from drivers.accelerometers import Accelerometer
from drivers.doors import Door, DoorSensor
from drivers.errors import BusError, ReadingError
from drivers.samples import Samples

log = logging.getLogger("hoistway.agent")

PROBE_AGAIN_S = 1.0
FORGIVEN = 3
"""So many failed transfers in a row are noise on the wire; one more and the sensor is lost."""

S = TypeVar("S", Accelerometer, DoorSensor)
R = TypeVar("R")


@dataclass(slots=True)
class Sensing:
    """The two sensors of a car."""

    happened: Callable[[Happening], None]
    now: Callable[[], float]
    up: NDArray[np.float64]
    """Rotation from chip to car axes."""
    tap: Callable[[Samples, Seismoscope], None]
    """Told of every run of samples in car axes, after the detector."""
    settings: Settings = field(default_factory=Settings)
    door: Door | None = None

    async def accelerometer(self, wired: Wired[Accelerometer]) -> None:
        """Feel, for ever."""
        await self._keep("accelerometer", wired, self._feel)

    async def door_sensor(self, wired: Wired[DoorSensor]) -> None:
        """Watch the door, for ever."""
        await self._keep("door", wired, self._watch)

    async def _keep(self, name: str, wired: Wired[S], use: Callable[[S, Wired[S]], Awaitable[None]]) -> None:
        told = None
        while True:
            try:
                sensor = await wired.work(wired.probe)
                self.happened(SensorFound(name, sensor.name))
                told = None
                await use(sensor, wired)
            except BusError as error:
                # Told once for each reason: a sensor that stays away says nothing new.
                if str(error) != told:
                    log.warning("%s lost: %s; the glass goes on, tried again every second", name, error)
                    self.happened(SensorLost(name, str(error)))
                told = str(error)
            await asyncio.sleep(PROBE_AGAIN_S)

    async def _feel(self, chip: Accelerometer, wired: Wired[Accelerometer]) -> None:
        scope = Seismoscope(chip.rate_hz, self.settings)
        async for samples in self._readings(chip, chip.read, wired.work):
            if samples.gap:
                self.happened(SamplesLost("accelerometer"))
            if not len(samples.acceleration):
                continue
            turned = Samples(samples.end, samples.period, samples.acceleration @ self.up.T, samples.gap)
            for event in scope.feel(turned, self.door):
                self.happened(event)
            self.tap(turned, scope)

    async def _watch(self, sensor: DoorSensor, wired: Wired[DoorSensor]) -> None:
        try:
            async for door in self._readings(sensor, sensor.read, wired.work):
                if door is not self.door:
                    self.door = door
                    self.happened(DoorMoved(door))
        finally:
            self.door = None

    async def _readings(
        self, sensor: Accelerometer | DoorSensor, read: Callable[[], R], work: Work
    ) -> AsyncIterator[R]:
        """One reading after the other, in step with the clock even when one came late."""
        failures = 0
        due = self.now()
        while True:
            try:
                reading = await work(read)
            except ReadingError:
                raise
            except BusError:
                failures += 1
                if failures > FORGIVEN:
                    raise
            else:
                failures = 0
                yield reading
            now = self.now()
            due = max(due + sensor.poll_s, now)
            await asyncio.sleep(due - now)
