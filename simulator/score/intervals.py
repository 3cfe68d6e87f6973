"""Intervals: what so few recordings and so few days can prove."""

from collections.abc import Iterable
from math import exp, inf, lgamma, log, sqrt

import numpy as np

Z_95 = 1.959964


def wilson(hits: int, of: int, z: float = Z_95) -> tuple[float, float]:
    """95 % interval of a share by its score (Wilson 1927; Brown, Cai and DasGupta 2001); 0 to 1 for nothing."""
    if not of:
        return 0.0, 1.0
    share = hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (max(0.0, middle - half) if hits else 0.0), (min(1.0, middle + half) if hits < of else 1.0)


def poisson_upper(events: int, confidence: float = 0.95) -> float:
    """The largest mean that gives so few events as often as 1 - confidence (Garwood 1936); 3.00 for none."""
    low, high = float(events), 10.0 + 3.0 * events
    for _ in range(60):
        mean = (low + high) / 2
        logarithms = (k * log(mean) - mean - lgamma(k + 1) for k in range(events + 1))
        total = sum(exp(logarithm) for logarithm in logarithms)
        low, high = (mean, high) if total > 1 - confidence else (low, mean)
    return high


def quantile(values: Iterable[float], share: float) -> float:
    """The least value that so large a share does not exceed (nearest rank, infinities are values); infinite for
    nothing."""
    ordered = sorted(values)
    if not ordered:
        return inf
    return ordered[max(0, int(np.ceil(share * len(ordered) - 1e-9)) - 1)]


def median(values: Iterable[float]) -> float:
    """With infinities as values; nan for nothing. Between two that differ in finiteness, the infinite one."""
    ordered = sorted(values)
    if not ordered:
        return float("nan")
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return low if low == high else (low + high) / 2


def share_of(flags: Iterable[bool]) -> float:
    """0 to 1; nan for nothing."""
    votes = list(flags)
    return sum(votes) / len(votes) if votes else float("nan")
