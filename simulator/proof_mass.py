"""The mass inside a simulated accelerometer: what moves it, before its chip makes numbers of that."""

import math

import numpy as np
from numpy.typing import NDArray

from simulator.chips import Signal

Array = NDArray[np.float64]
NOISE_CHUNK = 4096


class ProofMass:
    """Follows the signal, trembles, and is pushed by the self-test."""

    def __init__(self, signal: Signal, *, noise_density: float | Array, seed: int, stuck: bool) -> None:
        """noise_density is in m/s²/√Hz, one for all axes or of shape (3,). A stuck mass cannot be pushed."""
        self._signal = signal
        self._noise = np.broadcast_to(np.asarray(noise_density, np.float64), 3)
        self._noisy = bool(self._noise.any())
        self._random = np.random.default_rng(seed)
        self._drawn = np.empty((0, 3))
        self._stuck = stuck
        self._push: Array | None = None

    def push(self, acceleration: Array | None) -> None:
        """The electrostatic force of the self-test from now on, shape (3,), m/s²; None for none."""
        self._push = None if self._stuck else acceleration

    def at(self, times: Array, rate_hz: float) -> Array:
        """Acceleration at times, s, in ascending order, none of them asked for before; shape (n, 3), m/s².

        The noise is white up to half the rate, so its standard deviation is density·√(rate / 2). A real chip
        rolls off below that, which makes the simulated one pessimistic there.
        """
        felt = self._signal(times)
        if self._push is not None:
            felt = felt + self._push
        if self._noisy:
            felt = felt + math.sqrt(rate_hz / 2) * self._draw(len(times))
        return felt

    def _draw(self, count: int) -> Array:
        """Noise of its density, shape (count, 3), from a stock."""
        while len(self._drawn) < count:
            more = self._noise * self._random.standard_normal((NOISE_CHUNK, 3))
            self._drawn = np.concatenate((self._drawn, more))
        drawn, self._drawn = self._drawn[:count], self._drawn[count:]
        return drawn
