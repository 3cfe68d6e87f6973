"""Samples of many cars in, one decision a car and hop out."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent.detection.filters import Bank, Sections, band_pass, low_pass
from agent.detection.motion import Codes, Flags, Floats, Motion, MotionSettings
from agent.detection.shaking import Shaking, ShakingSettings

HOP_S = 0.1
"""A decision every hop; the true hop is a whole number of samples."""
MOTION_HZ = 0.6
BANDS_HZ = ((1.0, 10.0), (0.1, 1.0), (12.0, 35.0), (0.5, 3.0), (3.0, 10.0))
"""What the levels are of; the slow push of a ride and sway of tall buildings; what doors and knocks have more of;
the heavy and the quick half of the first."""
BAND_NAMES = ("1-10 Hz", "0.1-1 Hz", "12-35 Hz", "0.5-3 Hz", "3-10 Hz")

WAYS = np.array(((1.0, 1.0, 0.0), (0.0, 0.0, 1.0), (1.0, 1.0, 1.0)))
"""From the energies of the axes to those that levels are of: horizontal, vertical, all three."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All levels and times of a detector."""

    motion: MotionSettings = field(default_factory=MotionSettings)
    shaking: ShakingSettings = field(default_factory=ShakingSettings)


class Hop(NamedTuple):
    """What is known at the end of a hop. Accelerations in m/s²; car frame, z up, is axis 2."""

    behind: int
    """Samples that came after the hop's last one."""
    settled: Flags
    """Shape (cars,): false while the filters settle."""
    motion: Codes
    """Shape (cars,), codes of `agent.detection.motion`."""
    tremor: Flags
    alarm: Flags
    since_s: Floats
    """Shape (cars,): how long the level of a tremor has been exceeded."""
    energy: Floats
    """Mean square of this hop, (m/s²)², shape (bands, cars, 3), in the order of BANDS_HZ; zero where the rate is
    too low."""
    strong: Floats
    """The hop's samples in the band of the decisions, 1-10 Hz, shape (n, cars, 3)."""

    @property
    def bands(self) -> Floats:
        """RMS of this hop, shape (bands, cars, 3)."""
        return np.asarray(np.sqrt(self.energy))

    @property
    def rms(self) -> Floats:
        """1-10 Hz, shape (cars, 3)."""
        return np.asarray(self.bands[0])

    @property
    def peak(self) -> Floats:
        """Largest magnitude an axis, 1-10 Hz, shape (cars, 3)."""
        return np.asarray(np.abs(self.strong).max(axis=0))

    @property
    def peak_vector(self) -> Floats:
        """Largest magnitude of the vector, 1-10 Hz, shape (cars,)."""
        return np.asarray(np.sqrt(np.square(self.strong).sum(axis=2).max(axis=0)))


def _band(low_hz: float, high_hz: float, rate_hz: float) -> Sections:
    """The band as far as the rate carries it; silence where it carries less than half an octave."""
    high_hz = min(high_hz, 0.45 * rate_hz)
    if high_hz < 1.4 * low_hz:
        return np.array([[0.0, 0.0, 0.0, 1.0, 0.0, 0.0]])
    return band_pass(2, low_hz, high_hz, rate_hz)


class Detector:
    """Takes blocks of any length, decides hop by hop, for all cars in one go."""

    def __init__(self, rate_hz: float, cars: int = 1, settings: Settings | None = None) -> None:
        settings = settings or Settings()
        self.hop = max(1, round(HOP_S * rate_hz))
        """Samples a hop."""
        hop_s = self.hop / rate_hz
        self._cars = cars
        self._bank = Bank(
            [*(_band(*band, rate_hz) for band in BANDS_HZ), low_pass(2, MOTION_HZ, rate_hz)], 3 * cars
        )
        self._motion = Motion(cars, hop_s, settings.motion)
        self._shaking = Shaking(cars, hop_s, settings.shaking)
        self._mean = np.full(self.hop, 1 / self.hop)
        self._smooth = 1 - np.exp(-hop_s)
        self._second = np.zeros((3, cars))
        """Mean squares of 1-10 Hz, horizontal, vertical and of all three axes, with a time constant of 1 s."""
        self._left = np.zeros((0, 3 * cars))
        self._restart: Flags | None = np.ones(cars, dtype=np.bool_)

    def step(self, acceleration: Floats, door: NDArray[np.int8], gap: bool | Flags = False) -> list[Hop]:
        """Acceleration: shape (cars, n, 3), m/s², gravity included, z up in column 2; any n.
        Door: shape (cars,), codes of `agent.detection.motion`. Gap: samples were lost before these."""
        samples = acceleration[0] if self._cars == 1 else self._columns(acceleration)
        if gap is not False and np.any(gap) and len(samples):
            self._lose(np.broadcast_to(gap, (self._cars,)), samples[0])
        if len(self._left):
            samples = np.concatenate((self._left, samples))
        hops = []
        while len(samples) >= self.hop:
            block, samples = samples[: self.hop], samples[self.hop :]
            hops.append(self._hop(block, door, len(samples)))
        self._left = samples.copy()
        return hops

    def _columns(self, acceleration: Floats) -> Floats:
        return acceleration.transpose(1, 0, 2).reshape(acceleration.shape[1], -1)

    def _lose(self, cars: Flags, first: Floats) -> None:
        """Begin these cars anew; samples still waiting for their hop are replaced."""
        self._restart = cars.copy() if self._restart is None else self._restart | cars
        columns = np.repeat(cars, 3)
        self._left[:, columns] = first[columns]

    def _rest(self, block: Floats, cars: Flags) -> None:
        """Settle new cars on the middle of their first hop, so that gravity is no step."""
        columns = np.repeat(cars, 3)
        self._bank.rest(np.median(block[:, columns], axis=0), columns)
        self._motion.restart(cars)
        self._shaking.restart(cars)
        self._second[:, cars] = 0.0

    def _hop(self, block: Floats, door: NDArray[np.int8], behind: int) -> Hop:
        if self._restart is not None:
            self._rest(block, self._restart)
            self._restart = None
        filtered = self._bank.run(block)
        energy = (self._mean @ np.square(filtered[:-1])).reshape(-1, self._cars, 3)
        by_way = WAYS @ energy.transpose(0, 2, 1)
        self._second += self._smooth * (by_way[0] - self._second)
        now, second = np.sqrt(by_way[0]), np.sqrt(self._second)
        # A hop's own vertical counts as well: a jump is over before its second has filled.
        up = np.maximum(now[1], second[1])
        code = self._motion.step(filtered[-1, -1, 2::3], second[0], up, door)
        self._shaking.step(now, by_way, code, door, self._motion.settled)
        return Hop(
            behind=behind,
            settled=self._motion.settled,
            motion=code.copy(),
            tremor=self._shaking.tremor,
            alarm=self._shaking.alarm,
            since_s=self._shaking.since_s,
            energy=energy,
            strong=filtered[0].reshape(self.hop, self._cars, 3).copy(),
        )
