"""What a floor of a building does under an earthquake: the first three modes of a uniform shear beam.

Modes n = 1, 2, 3 have periods T, T/3, T/5 and, at the height z of H, the shares 4/((2n-1)π)·sin((2n-1)πz/2H): 1.27,
-0.42, 0.25 at the top and 0.90, 0.30, -0.18 at mid height (Chopra, Dynamics of Structures, ch. 17; the shear limit of
Miranda and Taghavi 2005, J. Struct. Eng. 131:203). The floor moves with the ground and with each mode's relative
acceleration. 5 % damping in all; the vertical passes unchanged. Not modelled: torsion, soil, yielding, the hoistway.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.score.protocol import Floats

NDArrayComplex = NDArray[np.complex128]

PERIODS_S = (0.3, 0.6, 1.0, 2.0, 3.0, 5.0)
HEIGHTS = {"mid": 0.5, "top": 1.0}
"""Of the building's."""
DAMPING = 0.05
MODES = 3
PAD_S = 120.0
"""Silence behind the record, so that the sway's end does not wrap into its beginning: 5 s at 5 % decays by 2000."""


@dataclass(frozen=True, slots=True)
class Floor:
    """A height in a building of this first period."""

    period_s: float
    height: str

    def shares(self) -> Floats:
        """Of each mode, participation included, shape (MODES,)."""
        odd = 2 * np.arange(1, MODES + 1) - 1
        return np.asarray(4 / (odd * np.pi) * np.sin(odd * np.pi / 2 * HEIGHTS[self.height]))

    def response(self, frequency_hz: Floats) -> NDArrayComplex:
        """Total acceleration of the floor over that of the ground."""
        w = 2 * np.pi * frequency_hz
        total = np.ones(len(w), dtype=np.complex128)
        for mode, share in enumerate(self.shares()):
            own = 2 * np.pi * (2 * mode + 1) / self.period_s
            total += share * w**2 / (own**2 - w**2 + 2j * DAMPING * own * w)
        return total

    def moved(self, ground: Floats, rate_hz: float) -> Floats:
        """The floor's acceleration, shape (n, 3), z vertical, at rest before."""
        count = len(ground) + round(PAD_S * rate_hz)
        response = self.response(np.arange(count // 2 + 1) * rate_hz / count)[:, None]
        spectrum = np.fft.rfft(ground[:, :2], count, axis=0) * response
        floor = ground.copy()
        floor[:, :2] = np.fft.irfft(spectrum, count, axis=0)[: len(ground)]
        return floor
