"""How early and how quiet the detector is; with a folder of recordings, on those instead of the shipped ones.

Each recording follows 60 s of quiet at the chip's noise, with the median of its first 2 s subtracted and faded in
over 0.5 s; what begins from 2 s after the joint counts. Delays are from the first sample above 5 gal. Earthquakes:
three components, 50 Hz and more, not downhole, first second below 3 gal, by the peak of the vector.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.detection.detector import Detector
from agent.detection.motion import DOOR_CLOSED, DOOR_MOVING, DOOR_OPEN, DOOR_UNKNOWN
from benchmarks.report import Row
from benchmarks.timing import progress
from simulator import disturbances
from simulator.building import storeys
from simulator.day import schedule_day
from simulator.elevator import STANDARD_GRAVITY, Elevator
from simulator.recordings import Recording, load

Floats = NDArray[np.float64]

GAL = 0.01
GRAVITY = np.array((0.0, 0.0, STANDARD_GRAVITY))
QUIET_S, JOINT_S = 60.0, 2.0
NOISE_DENSITY = 22.5e-6 * STANDARD_GRAVITY
"""ADXL355, m/s²/√Hz (datasheet, table 1)."""
KINDS = ("ride", "slam", "walking", "jumping", "emergency stop", "safety gear", "knock")
SEEDS = 20
RATE_HZ = 125.0

PLAIN = """The plain scheme of the first study, same protocol, same 45 earthquakes and 25 rides, for comparison:
  tremor   10-25 gal 9/9, 0.47 s; 25-80 gal 18/18, 0.91 s; 80+ 18/18, 0.85 s; rides 15/25; disturbances 0/140
  alarm    10-25 gal 0/9; 25-80 gal 14/18, 15 s; 80+ 16/18, 6.1 s; rides 0/25; disturbances 0/140
  warning before 80 gal horizontal: tremor 5.2 s, 94 % of 1 s and more; alarm -0.6 s, 11 %"""


@dataclass(frozen=True, slots=True)
class Scored:
    """Times in s after the joint, infinite when never."""

    tremor: float
    alarm: float
    onset: float
    strong: float
    """First horizontal sample above 80 gal."""
    riding: bool
    early: bool
    """A tremor was on before anything counts: many rides begin in a moving hand."""


def chip_noise(rng: np.random.Generator, shape: tuple[int, ...], rate_hz: float) -> Floats:
    return rng.normal(0.0, NOISE_DENSITY * np.sqrt(rate_hz / 2), shape)


def begins(on: NDArray[np.bool_], times: Floats) -> float:
    """When it first goes on after the joint has settled."""
    edges = on & ~np.concatenate(([False], on[:-1])) & (times >= JOINT_S)
    return float(times[np.argmax(edges)]) if edges.any() else np.inf


def first(times: Floats, above: NDArray[np.bool_]) -> float:
    return float(times[np.argmax(above)]) if above.any() else np.inf


def score(recording: Recording) -> Scored:
    shaking, rate_hz = recording.shaking(), recording.rate_hz
    quiet = chip_noise(np.random.default_rng(1), (round(QUIET_S * rate_hz), 3), rate_hz)
    samples = np.vstack((quiet, shaking)) + GRAVITY
    detector = Detector(rate_hz)
    hops = detector.step(samples[None], np.array([DOOR_UNKNOWN], dtype=np.int8))
    times = (np.arange(1, len(hops) + 1) * detector.hop - len(quiet)) / rate_hz
    t = np.arange(len(shaking)) / rate_hz
    return Scored(
        tremor=begins(np.array([hop.tremor[0] for hop in hops]), times),
        alarm=begins(np.array([hop.alarm[0] for hop in hops]), times),
        onset=first(t, np.linalg.norm(shaking, axis=1) > 5 * GAL),
        strong=first(t, np.linalg.norm(shaking[:, :2], axis=1) > 80 * GAL),
        riding=any(abs(int(hop.motion[0])) == 1 for hop in hops),
        early=any(hop.tremor[0] for hop, at in zip(hops, times, strict=True) if at < JOINT_S),
    )


def peak_gal(recording: Recording, seconds: float = np.inf) -> float:
    end = int(min(seconds, recording.duration_s) * recording.rate_hz)
    still = recording.acceleration - np.median(recording.acceleration[: round(2 * recording.rate_hz)], axis=0)
    return float(np.linalg.norm(still[:end], axis=1).max()) / GAL


def selected(recording: Recording) -> bool:
    whole = recording.kind == "earthquake" and recording.components == 3 and not recording.downhole
    return whole and recording.rate_hz >= 50 and peak_gal(recording, 1.0) < 3


def median(values: Iterable[float], unit: str = " s") -> str:
    numbers = list(values)
    middle = float(np.median(numbers)) if numbers else np.inf
    return f"{middle:6.2f}{unit}" if np.isfinite(middle) else "     -  "


def row(name: str, scored: list[Scored], *, delays: bool) -> None:
    if not scored:
        return
    line = f"{name:34} {len(scored):4}"
    for found in ([one.tremor for one in scored], [one.alarm for one in scored]):
        late = median(at - one.onset for at, one in zip(found, scored, strict=True)) if delays else " " * 8
        line += f"  {int(np.isfinite(found).sum()):4} {late}"
    print(f"{line}  {sum(one.riding for one in scored):4}  {sum(one.early for one in scored):4}")


def warnings(name: str, scored: list[Scored]) -> None:
    """Time from tremor or alarm to 80 gal; a miss is never."""
    strong = [one for one in scored if np.isfinite(one.strong)]
    if not strong:
        return
    for tier, times in (("tremor", [one.tremor for one in strong]), ("alarm", [one.alarm for one in strong])):
        gained = [one.strong - at for one, at in zip(strong, times, strict=True)]
        share = 100 * float(np.mean([gain >= 1.0 for gain in gained]))
        print(
            f"warning of the {tier:6} before 80 gal {name}: n {len(strong)}, median {median(gained)}, 1 s+ {share:.0f} %"
        )


def recordings(folder: Path | None) -> None:
    everything = list(load(folder).values())
    quakes = [(peak_gal(one), score(one)) for one in everything if selected(one)]
    for name, low, high in (("10-25", 10, 25), ("25-80", 25, 80), ("80 and more", 80, np.inf)):
        row(f"earthquakes {name} gal", [one for peak, one in quakes if low <= peak < high], delays=True)
    mems = [
        one for one in everything if one.kind == "earthquake" and one.rate_hz < 50 and one.components == 3
    ]
    row("30 Hz MEMS, 10 gal and more", [score(one) for one in mems if peak_gal(one) >= 10], delays=True)
    rides = [one for one in everything if one.kind == "ride"]
    row("rides, three components", [score(one) for one in rides if one.components == 3], delays=False)
    row("rides, vertical only", [score(one) for one in rides if one.components < 3], delays=False)
    ambient = [one for one in everything if one.kind == "ambient"]
    row("quiet", [score(one) for one in ambient if peak_gal(one) < 3], delays=False)
    row("vehicles and other ambient", [score(one) for one in ambient if peak_gal(one) >= 3], delays=False)
    warnings("horizontal", [one for _, one in quakes])


def disturbed(kind: str, seed: int, at: float) -> Elevator:
    """A car with one disturbance at that time."""
    rng = np.random.default_rng([KINDS.index(kind), seed])
    elevator = Elevator(storeys(int(rng.integers(6, 40))), seed)
    top = len(elevator.building.heights_m) - 1
    match kind:
        case "ride":
            elevator.ride(at, int(rng.integers(1, top + 1)))
        case "emergency stop":
            elevator.emergency_stop(at, top, float(rng.uniform(3, 8)), float(rng.uniform(1, 4)))
        case "safety gear":
            elevator.emergency_stop(at, top, float(rng.uniform(3, 8)), float(rng.uniform(3, 9)))
        case _:
            elevator.add(getattr(disturbances, kind)(at, rng))
    return elevator


def disturbances_row(kind: str) -> tuple[int, int, int]:
    """Cars with tremor, alarm, ride; all seeds in one batch."""
    at, end = 100.0, 140.0
    cars = [disturbed(kind, seed, at) for seed in range(SEEDS)]
    rng, t = np.random.default_rng(2), np.arange(round(end * RATE_HZ)) / RATE_HZ
    samples = np.stack([car.specific_force(t) for car in cars])
    samples += chip_noise(rng, samples.shape, RATE_HZ)
    hops = Detector(RATE_HZ, len(cars)).step(samples, np.full(len(cars), DOOR_UNKNOWN, dtype=np.int8))
    on = [
        [hop.tremor for hop in hops],
        [hop.alarm for hop in hops],
        [np.abs(hop.motion) == 1 for hop in hops],
    ]
    tremors, alarms, rides = (int(np.any(flags, axis=0).sum()) for flags in on)
    return tremors, alarms, rides


def door_code(opening: float) -> int:
    if opening <= 0:
        return DOOR_CLOSED
    return DOOR_OPEN if opening >= 1 else DOOR_MOVING


def hours(count: int, *, with_door: bool) -> int:
    """Rides of simulated hours: how many are felt, and what else is. Gives the alarms."""
    elevator = Elevator(storeys(20), 3)
    rides = schedule_day(elevator, 30, 4, start=65.0, hours=count)
    detector, rng = Detector(RATE_HZ), np.random.default_rng(5)
    codes, flags = [], []
    for poll in range(round((count + 0.05) * 3600 / 0.1)):
        t = poll * 0.1 + np.arange(12) / 120.0
        opening = elevator.door_opening(poll * 0.1) if with_door else None
        door = DOOR_UNKNOWN if opening is None else door_code(opening)
        samples = elevator.specific_force(t) + chip_noise(rng, (12, 3), RATE_HZ)
        for hop in detector.step(samples[None], np.array([door], dtype=np.int8)):
            codes.append(int(hop.motion[0]))
            flags.append((hop.tremor[0], hop.alarm[0]))
    tremors, alarms = (np.diff(np.array(flags).astype(int), axis=0) > 0).sum(axis=0)
    started = int((np.diff((np.abs(codes) == 1).astype(int)) > 0).sum())
    name = f"{count} h, door {'seen' if with_door else 'unknown'}"
    print(f"{name}: {len(rides)} rides, {started} felt, {tremors} tremors, {alarms} alarms")
    return int(alarms)


def measure(records: Path | None = None) -> list[Row]:
    """Print the table of quality; what the number of alarms may be is a row of its own."""
    print(f"{'':34} {'n':>4}  {'tremor':>13}  {'alarm':>13}  riding  tremor before 2 s")
    recordings(records)
    alarms = 0
    for kind in progress("detection", KINDS):
        *found, ridden = disturbances_row(kind)
        alarms += found[1]
        print(f"{'simulated ' + kind:34} {SEEDS:4}  {found[0]:4}           {found[1]:4}           {ridden:4}")
    for with_door in (True, False):
        alarms += hours(4, with_door=with_door)
    print(PLAIN)
    what = f"false alarms, {SEEDS * len(KINDS)} simulated disturbances and 8 hours"
    return [Row(what, str(alarms), "0", alarms == 0)]
