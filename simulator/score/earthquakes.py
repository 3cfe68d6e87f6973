"""Recordings on a parked car: earthquakes on the ground and in a building, rides, quiet."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from simulator.recordings import Recording
from simulator.score.building_model import HEIGHTS, PERIODS_S, Floor
from simulator.score.protocol import (
    ANGLES,
    DOORS,
    GAL,
    GRAVITY,
    ONSET,
    QUIET_S,
    SCORED_S,
    STRONG,
    Floats,
    Found,
    Inputs,
    Scored,
    after_quiet,
    at_rate,
    began,
    constant_doors,
    first_above,
    first_on,
    measured,
    peak_gal,
    turned,
)

LEAST_RATE_HZ = 50.0
SILENT_GAL = 3.0
VEHICLE_GAL = 20.0
"""Ambient recordings that shake more are of trams and buses."""
BUILDING_GAL = 3.0
"""Weaker earthquakes are not sent through buildings."""


@dataclass(frozen=True, slots=True)
class Parked:
    """One recording, in 8 rotations, for each state of the door."""

    recording: Recording
    group: str
    doors: tuple[str, ...] = ("closed", "unknown")
    floor: Floor | None = None

    @property
    def cost(self) -> float:
        return QUIET_S + self.recording.duration_s

    @property
    def key(self) -> str:
        place = f" {self.floor.period_s} s {self.floor.height}" if self.floor else ""
        return f"{self.recording.key}{place}"

    def motion(self) -> Floats:
        """Where the car stands, without gravity, shape (n, 3), at the recording's rate."""
        ground = self.recording.shaking()
        return self.floor.moved(ground, self.recording.rate_hz) if self.floor else ground

    def render(self) -> Inputs:
        shaking = after_quiet(at_rate(self.motion(), self.recording.rate_hz)) + GRAVITY
        rng = np.random.default_rng(crc32(self.key.encode()))
        turns = np.stack([measured(turned(shaking, angle), rng) for angle in ANGLES])
        samples = np.tile(turns, (len(self.doors), 1, 1))
        codes = [DOORS[door] for door in self.doors for _ in ANGLES]
        return Inputs(samples, constant_doors(codes, samples.shape[1]))

    def judge(self, found: list[Found]) -> list[Scored]:
        motion, rate_hz = self.motion(), self.recording.rate_hz
        onset, strong = first_above(motion, ONSET, rate_hz), first_above(motion[:, :2], STRONG, rate_hz)
        peak = float(np.linalg.norm(motion, axis=1).max()) / GAL if self.floor else peak_gal(self.recording)
        return [
            Scored(
                group=self.group,
                key=self.key,
                door=door,
                tremor_s=tuple(first_on(one.tremor, QUIET_S, QUIET_S + SCORED_S) - QUIET_S for one in turns),
                alarm_s=tuple(first_on(one.alarm, QUIET_S, QUIET_S + SCORED_S) - QUIET_S for one in turns),
                peak_gal=peak,
                onset_s=onset,
                strong_s=strong,
                false_tremor=any(began(one.tremor, QUIET_S) for one in turns),
                false_alarm=any(began(one.alarm, QUIET_S) for one in turns),
            )
            for door, turns in zip(self.doors, _split(found, len(ANGLES)), strict=True)
        ]


def _split(found: list[Found], size: int) -> list[list[Found]]:
    return [found[start : start + size] for start in range(0, len(found), size)]


def group_of(recording: Recording) -> str:
    """By what the index says, and how it begins."""
    match recording.kind:
        case "ride":
            return "ride" if recording.components == 3 else "ride, vertical only"
        case "ambient":
            return "vehicle" if peak_gal(recording) >= VEHICLE_GAL else "quiet"
    begins = "" if peak_gal(recording, 1.0) < SILENT_GAL else ", begins shaking"
    if recording.downhole:
        return "downhole"
    if recording.components < 3:
        return "one or two components"
    return ("earthquake" if recording.rate_hz >= LEAST_RATE_HZ else "30 Hz MEMS") + begins


def parked(recordings: Sequence[Recording]) -> list[Parked]:
    """All recordings as they are."""
    return [Parked(one, group_of(one)) for one in recordings]


def in_buildings(recordings: Sequence[Recording]) -> list[Parked]:
    """Selected earthquakes on two heights of buildings of six periods."""
    chosen = [one for one in recordings if group_of(one) == "earthquake" and peak_gal(one) >= BUILDING_GAL]
    return [
        Parked(one, f"building {height}", ("closed",), Floor(period, height))
        for one in chosen
        for height in HEIGHTS
        for period in PERIODS_S
    ]
