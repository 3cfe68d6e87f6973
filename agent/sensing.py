"""Reads the sensors: probes until one answers, reads it until it does not, and begins again."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import TypeVar

import numpy as np

from agent.board import Wired
from agent.detection.detector import Settings
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
from agent.mounting import KEPT, NAMED_DEG, Left, Mounting, Up, axis, direction
from agent.store import Store, StoreError
from content.work import Work
from drivers.accelerometers import Accelerometer
from drivers.doors import Door, DoorSensor
from drivers.errors import BusError, ReadingError
from drivers.samples import Samples
from drivers.sampling import Estimate, SampleClock

log = logging.getLogger("hoistway.agent")

PROBE_AGAIN_S = 1.0
FORGIVEN = 3
"""So many failed transfers in a row are noise on the wire; one more and the sensor is lost."""

RATE_TOLD = 1e-4
"""Once a start, when the rate is known so well (relative)."""

S = TypeVar("S", Accelerometer, DoorSensor)


class Memory:
    """Where the chip was left: by the configuration, or on the disk."""

    def __init__(self, store: Store, disk: Work, up: str) -> None:
        """up: "auto", or the axis that the configuration names."""
        self._store, self._disk, self._up = store, disk, up
        self._found: asyncio.Queue[Up] = asyncio.Queue()

    async def mounting(self) -> Mounting:
        """As it was left; a disk that cannot tell is no reason not to feel."""
        if self._up != "auto":
            return Mounting(axis(self._up), NAMED_DEG)
        try:
            left: Left | None = await self._disk(partial(self._store.kept, KEPT, Left))
        except StoreError as error:
            log.warning("how the accelerometer was mounted is not known: %s", error)
            left = None
        return Mounting(None if left is None else direction(np.array(left.up)))

    def found(self, up: Up) -> None:
        """To be kept: nobody waits for the disk."""
        self._found.put_nowait(up)

    async def keep(self) -> None:
        """Keep what is found, for ever."""
        while True:
            up = await self._found.get()
            try:
                await self._disk(partial(self._store.keep, KEPT, Left(up)))
            except StoreError as error:
                log.warning("the mounting is not kept, and found anew at the next start: %s", error)


class _Patience:
    """Forgives a sensor a few failed transfers in a row."""

    def __init__(self) -> None:
        self._failures = 0

    def forgive(self, error: BusError) -> None:
        """Raises the error when it is more than noise on the wire."""
        self._failures += 1
        if isinstance(error, ReadingError) or self._failures > FORGIVEN:
            raise error

    def answered(self) -> None:
        """Begin to count anew."""
        self._failures = 0


class _DoorWatch:
    """Looks at a door in the bus's own thread, and wakes nobody before it has moved."""

    def __init__(self, sensor: DoorSensor) -> None:
        self.door: Door | None = None
        self._sensor, self._patience = sensor, _Patience()

    def look(self) -> float | None:
        """Seconds to the next look; None when the door is another than before. Raises BusError."""
        try:
            door = self._sensor.read()
        except BusError as error:
            self._patience.forgive(error)
            return self._sensor.poll_s
        self._patience.answered()
        if door is self.door:
            return self._sensor.poll_s
        self.door = door
        return None


@dataclass(slots=True)
class Sensing:
    """The two sensors of a car."""

    happened: Callable[[Happening], None]
    now: Callable[[], float]
    memory: Memory
    tap: Callable[[Samples, Seismoscope], None]
    """Told of every run of samples in car axes, after the detector."""
    settings: Settings = field(default_factory=Settings)
    door: Door | None = None

    async def accelerometer(self, wired: Wired[Accelerometer]) -> None:
        """Feel, for ever."""
        await self._keep("accelerometer", wired, partial(self._feel, await self.memory.mounting()))

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

    async def _feel(self, mounting: Mounting, chip: Accelerometer, wired: Wired[Accelerometer]) -> None:
        # Its filters stay as they are for the nominal rate: a corner 5 % off changes no decision.
        scope = Seismoscope(chip.rate_hz, self.settings)
        clock, rate_told = SampleClock(chip.rate_hz), False
        mounting.begin(chip.rate_hz)
        async for read in self._readings(chip, wired.work):
            if read.gap:
                self.happened(SamplesLost("accelerometer"))
            if not len(read.acceleration):
                continue
            turned = self._turned(mounting, clock.timed(read))
            rate_told = rate_told or self._tell_rate(clock.estimate)
            for event in scope.feel(turned, self.door):
                self.happened(event)
            self.tap(turned, scope)

    def _turned(self, mounting: Mounting, samples: Samples) -> Samples:
        """In the car's axes; another vertical is a gap to whoever goes on from the samples before."""
        anew, told = mounting.see(samples.acceleration, samples.gap)
        if told is not None:
            self._tell(told)
        turned = mounting.turned(samples.acceleration)
        return Samples(samples.end, samples.period, turned, samples.gap or anew)

    def _tell(self, told: MountingFound | MountingChanged | GravityWrong) -> None:
        match told:
            case MountingFound(up=up, tilt_deg=None):
                self.memory.found(up)
            case MountingChanged(tilt_deg=tilt):
                log.warning(
                    "the accelerometer hangs %.1f° from where it was left: look at the display; detection goes on "
                    "with what gravity says now, and hoistway-agent check keeps it so",
                    tilt,
                )
            case GravityWrong(m_s2=size):
                log.warning(
                    "the accelerometer shows %.2f m/s² at rest, not gravity: run hoistway-agent check; look at chip "
                    "and wiring, or change it",
                    size,
                )
        self.happened(told)

    def _tell_rate(self, estimate: Estimate | None) -> bool:
        if estimate is None or estimate.error > RATE_TOLD:
            return False
        rate_hz, error_hz = round(estimate.rate_hz, 4), round(estimate.rate_hz * estimate.error, 4)
        self.happened(RateMeasured("accelerometer", rate_hz, error_hz, round(estimate.late_s, 5)))
        return True

    async def _watch(self, sensor: DoorSensor, wired: Wired[DoorSensor]) -> None:
        watch = _DoorWatch(sensor)
        try:
            while True:
                await wired.work.repeat(watch.look)
                self.door = watch.door
                self.happened(DoorMoved(self.door))
        finally:
            self.door = None

    async def _readings(self, chip: Accelerometer, work: Work) -> AsyncIterator[Samples]:
        """One reading after the other, in step with the clock even when one came late; each at random up to a
        sample's period early, as `drivers/sampling.py` asks for."""
        patience, random, spread_s = _Patience(), Random(0), 1 / chip.rate_hz
        due = self.now()
        while True:
            try:
                reading = await work(chip.read)
            except BusError as error:
                patience.forgive(error)
            else:
                patience.answered()
                yield reading
            now = self.now()
            due = max(due + chip.poll_s, now)
            await asyncio.sleep(due - spread_s * random.random() - now)
