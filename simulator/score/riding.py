"""Strong earthquakes that begin while the car rides."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from simulator.building import Limits, storeys
from simulator.elevator import Elevator
from simulator.recordings import Recording
from simulator.score.earthquakes import group_of
from simulator.score.elevators import force
from simulator.score.protocol import (
    ANGLES,
    DOORS,
    ONSET,
    QUIET_S,
    RATE_HZ,
    STRONG,
    Found,
    Inputs,
    Scored,
    at_rate,
    began,
    constant_doors,
    first_above,
    first_on,
    measured,
    peak_gal,
    turned,
)

PHASES = ("start", "cruise", "stop")
STOREYS, LIMITS = 32, Limits(speed_m_s=1.6, acceleration_m_s2=0.8, jerk_m_s3=1.0)
"""A ride of a minute, so that most of an earthquake falls into it."""
STARTING_S, STOPPING_S = 1.5, 3.0
"""The shaking begins so long after the departure, or before the arrival."""
LEAST_GAL = 80.0


@dataclass(frozen=True, slots=True)
class Riding:
    """One recording, in 8 rotations and for each state of the door, from a phase of a ride on."""

    recording: Recording
    phase: str

    @property
    def cost(self) -> float:
        return QUIET_S + self.recording.duration_s + 60.0

    def _ride(self) -> tuple[Elevator, float]:
        """A car in its ride, and when the recording begins."""
        shaking = self.recording.shaking()
        onset = first_above(shaking, ONSET, self.recording.rate_hz)
        seed = crc32(f"{self.recording.key} {self.phase}".encode())
        elevator = Elevator(storeys(STOREYS, limits=LIMITS), seed)
        departs = QUIET_S + 2.0 + onset
        arrives = elevator.ride(departs, STOREYS - 1)
        match self.phase:
            case "start":
                shakes = departs + STARTING_S
            case "cruise":
                shakes = departs + 0.3 * (arrives - departs)
            case _:
                shakes = arrives - STOPPING_S
        return elevator, round((shakes - onset) * RATE_HZ) / RATE_HZ

    def render(self) -> Inputs:
        elevator, at = self._ride()
        shaking = at_rate(self.recording.shaking(), self.recording.rate_hz)
        first = round(at * RATE_HZ)
        ride = force(elevator, 0, first + len(shaking))
        rng = np.random.default_rng(crc32(self.recording.key.encode()))
        turns = []
        for angle in ANGLES:
            both = ride.copy()
            both[first:] += turned(shaking, angle)
            turns.append(measured(both, rng))
        samples = np.tile(np.stack(turns), (len(DOORS), 1, 1))
        codes = [code for code in DOORS.values() for _ in ANGLES]
        return Inputs(samples, constant_doors(codes, samples.shape[1]))

    def judge(self, found: list[Found]) -> list[Scored]:
        _, at = self._ride()
        shaking, rate_hz = self.recording.shaking(), self.recording.rate_hz
        onset = first_above(shaking, ONSET, rate_hz)
        # Before the onset the ride is alone: what is on then is false, and its alarm is not the earthquake's.
        false = [any(began(spans, at) for spans in tier) for tier in _tiers(found)]
        return [
            Scored(
                group=f"riding, {self.phase}",
                key=f"{self.recording.key} {self.phase}",
                door=door,
                tremor_s=tuple(first_on(one.tremor, at, at) - at for one in turns),
                alarm_s=tuple(first_on(one.alarm, at, at) - at for one in turns),
                peak_gal=peak_gal(self.recording),
                onset_s=onset,
                strong_s=first_above(shaking[:, :2], STRONG, rate_hz),
                false_tremor=false[0],
                false_alarm=false[1],
            )
            for door, turns in zip(DOORS, (found[: len(ANGLES)], found[len(ANGLES) :]), strict=True)
        ]


def _tiers(found: list[Found]) -> tuple[list[tuple[tuple[float, float], ...]], ...]:
    return [one.tremor for one in found], [one.alarm for one in found]


def riding(recordings: Sequence[Recording]) -> list[Riding]:
    """Selected earthquakes of 80 gal and more, at each phase."""
    chosen = [one for one in recordings if group_of(one) == "earthquake" and peak_gal(one) >= LEAST_GAL]
    return [Riding(one, phase) for one in chosen for phase in PHASES]
