"""A simulated car as the detector sees it: samples and the door's signal, poll by poll."""

from itertools import pairwise

import numpy as np

from agent.detection.motion import DOOR_CLOSED, DOOR_MOVING, DOOR_OPEN
from simulator.elevator import Elevator
from simulator.score.protocol import POLL, RATE_HZ, Codes, Floats

POLL_S = POLL / RATE_HZ
CHUNK = 1250
"""Samples a rendering: long ones evaluate sources that are over."""
STRIDE = 12
"""Polls, about a second."""


def force(elevator: Elevator, first: int, count: int) -> Floats:
    """Gravity included, without the chip's noise, shape (count, 3), from that sample on."""
    edges = [*range(first, first + count, CHUNK), first + count]
    parts = [elevator.specific_force(np.arange(start, end) / RATE_HZ) for start, end in pairwise(edges)]
    return np.concatenate(parts)


def door_codes(elevator: Elevator, first: int, count: int) -> Codes:
    """What a door sensor says at the beginning of each poll, shape (count,).

    Doors move and rest for longer than STRIDE polls: between two equal ends nothing happens."""
    codes = np.empty(count, dtype=np.int8)
    marks = [*range(0, count, STRIDE), count]
    openings = [elevator.door_opening((first + mark) * POLL_S) for mark in marks]
    for (start, end), (before, after) in zip(pairwise(marks), pairwise(openings), strict=True):
        if before == after and before in {0.0, 1.0}:
            codes[start:end] = _code(before)
        else:
            codes[start:end] = [
                _code(elevator.door_opening((first + poll) * POLL_S)) for poll in range(start, end)
            ]
    return codes


def _code(opening: float) -> int:
    if opening <= 0:
        return DOOR_CLOSED
    return DOOR_OPEN if opening >= 1 else DOOR_MOVING
