"""The detectors of others on the inputs that ours was given, at one rotation: they have no door, and their own rules.

Their alarms count from 2 s after the joint, like ours, and last 2 s at least, so that one in those 2 s counts.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from simulator.recordings import Recording
from simulator.score import peers
from simulator.score.batch import spread
from simulator.score.days import plan
from simulator.score.disturbances import singles
from simulator.score.earthquakes import parked
from simulator.score.elevators import force
from simulator.score.outcome import PeerOutcome
from simulator.score.protocol import GRAVITY, RATE_HZ, Case, Floats, Found, Scored, measured

SHOWN_S = 2.0
MOST_DAYS = 10
"""They alarm so often that more days tell nothing new."""
CASES = 40


def run(recordings: Sequence[Recording], seeds: int, days: int, jobs: int) -> list[PeerOutcome]:
    """All of them on all recordings, single disturbances and some car-days. Raises ModuleNotFoundError."""
    peers.recursive_sta_lta()
    cases: list[Case] = [*parked(recordings), *(one for one in singles(seeds) if not one.with_door)]
    cases.sort(key=lambda case: case.cost)
    parts = spread(on_cases, [cases[start::CASES] for start in range(CASES)], jobs, "peers")
    days = min(days, MOST_DAYS)
    lived = spread(on_day, range(days), jobs, "peers, car-days")
    return [
        PeerOutcome(
            peer.name,
            [one for part in parts for one in part[place]],
            days,
            sum(alarms[place] for alarms in lived),
            peer.tier,
        )
        for place, peer in enumerate(peers.PEERS)
    ]


def on_cases(cases: Sequence[Case]) -> list[list[Scored]]:
    """By peer."""
    answer: list[list[Scored]] = [[] for _ in peers.PEERS]
    for case in cases:
        samples = case.render().samples
        felt = samples[0] - GRAVITY
        for peer, scored in zip(peers.PEERS, answer, strict=True):
            found = Found((), tuple((at, at + SHOWN_S) for at in peer.alarms(felt, RATE_HZ)))
            # A case judges all its rotations and doors at once; its first vote is enough here.
            first = case.judge([found] * len(samples))[0]
            scored.append(replace(first, door="none", tremor_s=first.tremor_s[:1], alarm_s=first.alarm_s[:1]))
    return answer


def on_day(seed: int) -> list[int]:
    """Alarms in one car-day, by peer."""
    felt = _day(seed)
    return [len(peer.alarms(felt, RATE_HZ)) for peer in peers.PEERS]


def _day(seed: int) -> Floats:
    day = plan(seed)
    samples = force(day.elevator, 0, round(day.end * RATE_HZ))
    return np.asarray(measured(samples, np.random.default_rng([79, seed])) - GRAVITY)
