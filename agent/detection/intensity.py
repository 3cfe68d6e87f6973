"""Seismic intensity while the shaking goes on, for one car or many: of Japan (JMA) and of China (GB/T 17742-2020).

Both take what a car's chip gives, gravity included, and give the intensity of the event so far. They work in
hops of 0.1 s, so the length of the blocks they are given does not matter.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from math import pi, tan
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from agent.detection.filters import Bank, Sections, band_pass

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

HOP_S = 0.1
"""The intensity is known anew every hop; the true hop is a whole number of samples."""
SETTLING = 11
"""Hops after a (re)start that count for nothing; all but the first make the level at which the filters rest."""

SUM = np.ones(3)
"""A product with it is faster than a sum over so short an axis."""

JMA_LOWEST = -3.0
"""What stillness is called: its logarithm has no end."""
JMA_EXCEEDED_S = 0.3
JMA_LAGS = ((0.9, 12.0), (0.6, 20.0), (0.6, 30.0))
"""Damping and frequency in Hz of the three sections that cut the high frequencies (Kunugi et al. 2013)."""
JMA_PUBLISHED_BELOW, JMA_LEFT_OUT_ABOVE = 0.3, 0.45
"""Of the rate: how far a section of JMA_LAGS is built as published, and where it is of no use any more."""

GBT_BAND_HZ = (0.1, 10.0)
GBT_ORDER = 4
"""Poles a side of a Butterworth, forward in time. The text of the standard was not at hand for the kind of filter."""
GBT_LOWEST, GBT_HIGHEST = 1.0, 12.0
GBT_SLOPES, GBT_OFFSETS = np.array([[3.17], [3.00]]), np.array([[6.59], [9.77]])
"""I_A = 3.17 lg PGA + 6.59, I_V = 3.00 lg PGV + 9.77, in m/s² and m/s."""


class _Running(ABC):
    """Filters of all cars, hop by hop, and the rest they begin from."""

    def __init__(self, rate_hz: float, cars: int, filters: Sequence[Sections], lowest: float) -> None:
        self._hop = max(1, round(HOP_S * rate_hz))
        self._cars = cars
        self._bank = Bank(filters, 3 * cars)
        self._left = np.zeros((0, 3 * cars))
        self._lowest = lowest
        self._intensity = np.full(cars, lowest)
        self._level = np.zeros(3 * cars)
        self._hops = np.zeros(cars, dtype=np.int64)
        """Since the start, counted as far as SETTLING."""
        self._settling = True

    def step(self, acceleration: Floats) -> Floats:
        """Acceleration: shape (cars, n, 3), m/s², gravity included, any n.

        Gives the intensity of the event so far, as of the last whole hop, shape (cars,).
        """
        samples = acceleration[0] if self._cars == 1 else self._columns(acceleration)
        if len(self._left):
            samples = np.concatenate((self._left, samples))
        whole = len(samples) - len(samples) % self._hop
        for first in range(0, whole, self._hop):
            self._one_hop(samples[first : first + self._hop])
        self._left = samples[whole:].copy()
        return self._intensity.copy()

    def begin(self, cars: Flags | slice = slice(None)) -> None:
        """A new event in these cars; the filters go on. cars: shape (cars,)."""
        self._intensity[cars] = self._lowest
        self._forget(cars)

    def restart(self, cars: Flags | slice = slice(None)) -> None:
        """Begin these cars anew, as after lost samples: new filters, 1.1 s that count for nothing, a new event."""
        self._hops[cars] = 0
        self._settling = True
        self.begin(cars)

    def _columns(self, acceleration: Floats) -> Floats:
        return acceleration.transpose(1, 0, 2).reshape(acceleration.shape[1], -1)

    def _one_hop(self, block: Floats) -> None:
        filtered = self._bank.run(block)
        squares = np.square(filtered).reshape(-1, self._hop, self._cars, 3) @ SUM
        if self._settling:
            self._settle(block, squares)
        self._count(squares)

    def _settle(self, block: Floats, squares: Floats) -> None:
        """Rest the filters of new cars on the mean of their hops, so that gravity is no step, and silence them.

        A car's first hop may hold samples from before it was started: the second replaces it in the mean.
        """
        new = self._hops < SETTLING
        columns, weight = np.repeat(new, 3), np.repeat(1 / np.maximum(1, self._hops[new]), 3)
        self._level[columns] += (block[:, columns].mean(axis=0) - self._level[columns]) * weight
        self._bank.rest(self._level[columns], columns)
        squares[:, :, new] = 0.0
        self._hops[new] += 1
        self._settling = bool((self._hops < SETTLING).any())

    @abstractmethod
    def _count(self, squares: Floats) -> None:
        """Take in a hop: the squared vectors of each filter, shape (filters, n, cars)."""

    @abstractmethod
    def _forget(self, cars: Flags | slice) -> None:
        """Forget what was counted in these cars."""


class JmaIntensity(_Running):
    """Real-time seismic intensity: I = 2 lg a + 0.94, a in gal the level exceeded for 0.3 s in total.

    The vector of the three components, weighted by `jma_weighting`. Neither rounded nor cut as the agency does
    for publication; JMA_LOWEST while nothing moved.
    """

    def __init__(self, rate_hz: float, cars: int = 1) -> None:
        super().__init__(rate_hz, cars, [jma_weighting(rate_hz)], JMA_LOWEST)
        kept = exceeding(rate_hz)
        self._largest = np.zeros((cars, kept))
        self._least = np.zeros(cars)
        """The smallest of the largest squares: the square of a, (m/s²)²."""

    def _count(self, squares: Floats) -> None:
        new = squares[0]
        over = new.max(axis=0) > self._least
        if not np.count_nonzero(over):
            return
        both = np.concatenate((new.T[over], self._largest[over]), axis=1)
        both.partition(self._hop, axis=1)
        self._largest[over] = both[:, self._hop :]
        least = both[:, self._hop]
        self._least[over] = least
        # lg a² with a in gal is lg a² with a in m/s² and 4 more.
        self._intensity[over] = np.log10(np.maximum(least, 10 ** (JMA_LOWEST - 4.94))) + 4.94

    def _forget(self, cars: Flags | slice) -> None:
        self._largest[cars] = 0.0
        self._least[cars] = 0.0


class GbtIntensity(_Running):
    """Instrumental intensity of GB/T 17742-2020, 1 to 12, from the peaks of acceleration and velocity.

    Both are peaks of the vector of the three components in 0.1-10 Hz.
    """

    def __init__(self, rate_hz: float, cars: int = 1) -> None:
        acceleration = band_pass(GBT_ORDER, *GBT_BAND_HZ, rate_hz)
        super().__init__(rate_hz, cars, [acceleration, integrated(acceleration, rate_hz)], GBT_LOWEST)
        self._peaks = np.zeros((2, cars))
        """Squares of PGA and PGV, (m/s²)² and (m/s)²."""

    def _count(self, squares: Floats) -> None:
        peaks = squares.max(axis=1)
        if np.count_nonzero(peaks > self._peaks):
            self._peaks = np.maximum(peaks, self._peaks)
            self._intensity = gbt_intensity(self._peaks)

    def _forget(self, cars: Flags | slice) -> None:
        self._peaks[:, cars] = 0.0


def gbt_intensity(squares: Floats) -> Floats:
    """The standard's formulas: I_V where it and I_A are 6 or more, else their mean; 1 to 12.

    squares: of PGA and PGV, (m/s²)² and (m/s)², shape (2, cars).
    """
    either = GBT_SLOPES / 2 * np.log10(np.maximum(squares, 1e-18)) + GBT_OFFSETS
    by_acceleration, by_velocity = either
    together = np.where(either.min(axis=0) >= 6, by_velocity, (by_acceleration + by_velocity) / 2)
    return np.asarray(np.minimum(np.maximum(together, GBT_LOWEST), GBT_HIGHEST))


def exceeding(rate_hz: float) -> int:
    """So many samples last 0.3 s."""
    return max(1, round(JMA_EXCEEDED_S * rate_hz))


def integrated(sections: Sections, rate_hz: float) -> Sections:
    """The band-pass and the trapezoidal rule in one: the integrator's pole cancels a zero at 0 Hz, so nothing drifts.

    The last section's numerator 1 - z⁻² becomes (1 + z⁻¹)² / (2 rate).
    """
    gain, result = sections[-1, 0], sections.copy()
    result[-1, :3] = gain / (2 * rate_hz) * np.array((1.0, 2.0, 1.0))
    return result


def jma_weighting(rate_hz: float) -> Sections:
    """The weighting of the JMA intensity as recursive sections (Kunugi et al. 2013, Zisin 65, 223-230).

    The published sections are unstable where their frequency is above 0.39 of the rate (30 Hz at 77 Hz). From
    100 Hz all are as published. Below, those above 0.3 of the rate follow the bilinear transform with their
    frequency kept, those above 0.45 are left out: 20 Hz kept and 30 Hz out at 62.5 Hz, both out at 31.25 Hz.
    """
    low, high, swell = (2 * pi * frequency / rate_hz for frequency in (0.45, 7.0, 0.5))
    rows = [
        _bilinear((1, high, 0), (2, 2 * low + high, low * high)),
        _bilinear((1, 4.25 * high, high**2), (4, 8.5 * high, high**2)),
        _fourth_order((1, 2 * swell, swell**2), (1, 1.5 * swell, swell**2)),
    ]
    for damping, frequency_hz in JMA_LAGS:
        share = frequency_hz / rate_hz
        if share <= JMA_PUBLISHED_BELOW:
            angle = 2 * pi * share
            rows.append(_fourth_order((0, 0, angle**2), (1, 2 * damping * angle, angle**2)))
        elif share <= JMA_LEFT_OUT_ABOVE:
            angle = 2 * tan(pi * share)
            rows.append(_bilinear((0, 0, angle**2), (1, 2 * damping * angle, angle**2)))
    sections = np.array(rows)
    sections[0, :3] *= 1.262
    return sections


Polynomial: TypeAlias = tuple[float, float, float]
"""Factors of s², s and 1, with time counted in samples."""


def _bilinear(numerator: Polynomial, denominator: Polynomial) -> Floats:
    """s = 2 (1 - z⁻¹) / (1 + z⁻¹)."""
    return _mapped(((4, -8, 4), (2, 0, -2), (1, 2, 1)), numerator, denominator)


def _fourth_order(numerator: Polynomial, denominator: Polynomial) -> Floats:
    """s² = 12 (1 - z⁻¹)² / (1 + 10 z⁻¹ + z⁻²), s = 6 (1 - z⁻²) / the same: closer at high frequencies."""
    return _mapped(((12, -24, 12), (6, 0, -6), (1, 10, 1)), numerator, denominator)


def _mapped(powers: Sequence[Polynomial], numerator: Polynomial, denominator: Polynomial) -> Floats:
    """A section b0 b1 b2 1 a1 a2."""
    b, a = np.array(numerator) @ np.array(powers), np.array(denominator) @ np.array(powers)
    return np.asarray(np.concatenate((b, a)) / a[0])
