"""Seven things that are no earthquake, each in a car of its own, without and with the door's signal.

Without it, each comes alone after 100 s of quiet. With it, each comes as it does in a working car, whose door also
shakes it: before a ride, an emergency stop or a safety-gear trip people board and the door closes, 2 s before the
departure; a slam ends the door's own closing; people walk while it is open; they jump or knock 10 s after it closed.
"""

from dataclasses import dataclass

import numpy as np

from agent.detection.motion import DOOR_UNKNOWN
from simulator import disturbances
from simulator.building import storeys
from simulator.elevator import Elevator
from simulator.score.elevators import door_codes, force
from simulator.score.protocol import (
    QUIET_S,
    RATE_HZ,
    Found,
    Inputs,
    Scored,
    began,
    constant_doors,
    first_on,
    measured,
    polls,
)

KINDS = ("ride", "door slam", "walking", "jumping", "emergency stop", "safety gear", "knock")
ALONE_S, BOARDING_S, AFTER_S = 100.0, 85.0, 30.0
STAY_S = 5.0
DEPARTS_S, LATER_S = 2.0, 10.0
"""After the door has closed: a departure; a jump or a knock."""


def disturb(kind: str, elevator: Elevator, at: float, rng: np.random.Generator) -> float:
    """Let it happen at that time; gives its end. Raises Busy."""
    top = len(elevator.building.heights_m) - 1
    here = elevator.floor(at)
    far = 0 if here > top // 2 else top
    match kind:
        case "ride":
            return elevator.ride(at, int((here + rng.integers(1, top + 1)) % (top + 1)))
        case "emergency stop":
            return elevator.emergency_stop(at, far, float(rng.uniform(3, 8)), float(rng.uniform(1, 4)))
        case "safety gear":
            return elevator.emergency_stop(at, far, float(rng.uniform(3, 8)), float(rng.uniform(3, 9)))
        case "door slam":
            source = disturbances.slam(at, rng)
        case _:
            source = getattr(disturbances, kind)(at, rng)
    elevator.add(source)
    return float(source.end)


@dataclass(frozen=True, slots=True)
class Disturbed:
    """One car, one disturbance."""

    kind: str
    seed: int
    with_door: bool

    @property
    def cost(self) -> float:
        return ALONE_S + (60.0 if self.kind == "ride" else 40.0)

    def _play(self) -> tuple[Elevator, float]:
        """The car and when it comes to rest."""
        rng = np.random.default_rng([KINDS.index(self.kind), self.seed])
        elevator = Elevator(storeys(int(rng.integers(6, 40))), self.seed)
        if not self.with_door:
            return elevator, disturb(self.kind, elevator, ALONE_S, rng)
        closed = elevator.open_door(BOARDING_S, STAY_S)
        door = elevator.building.door
        opened = BOARDING_S + door.opens_s
        match self.kind:
            case "ride" | "emergency stop" | "safety gear":
                elevator.add(disturbances.walking(opened, rng, steps=4))
                end = disturb(self.kind, elevator, closed + DEPARTS_S, rng)
                if self.kind == "ride":
                    end = elevator.open_door(end + 1.0, STAY_S)
            case "door slam":
                end = disturb(self.kind, elevator, closed - 0.05, rng)
            case "walking":
                end = disturb(self.kind, elevator, opened + 0.3, rng)
            case _:
                elevator.add(disturbances.walking(opened, rng, steps=4))
                end = disturb(self.kind, elevator, closed + LATER_S, rng)
        return elevator, max(end, closed)

    def render(self) -> Inputs:
        elevator, end = self._play()
        count = round((end + AFTER_S) * RATE_HZ)
        rng = np.random.default_rng([10, KINDS.index(self.kind), self.seed])
        samples = measured(force(elevator, 0, count), rng)[None]
        if not self.with_door:
            return Inputs(samples, constant_doors([DOOR_UNKNOWN], count))
        return Inputs(samples, door_codes(elevator, 0, polls(count))[None])

    def judge(self, found: list[Found]) -> list[Scored]:
        (one,) = found
        return [
            Scored(
                group=f"disturbance: {self.kind}",
                key=f"{self.kind} {self.seed}",
                door="seen" if self.with_door else "unknown",
                tremor_s=(first_on(one.tremor, QUIET_S, QUIET_S) - QUIET_S,),
                alarm_s=(first_on(one.alarm, QUIET_S, QUIET_S) - QUIET_S,),
                false_tremor=began(one.tremor, QUIET_S),
                false_alarm=began(one.alarm, QUIET_S),
            )
        ]


def singles(seeds: int) -> list[Disturbed]:
    return [
        Disturbed(kind, seed, with_door)
        for kind in KINDS
        for seed in range(seeds)
        for with_door in (False, True)
    ]
