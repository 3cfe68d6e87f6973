"""How strong one car's shaking is, as intensities of the event so far. Runs only while something is felt."""

import numpy as np
from numpy.typing import NDArray

from agent.detection.intensity import GbtIntensity, JmaIntensity

BEFORE_S = 5.0
"""So much from before the onset lets the filters settle and takes in what came before the level of a tremor."""


class Strength:
    """Both intensities of one event."""

    def __init__(self, rate_hz: float, before: NDArray[np.float64]) -> None:
        """`before`: the samples of the last seconds, shape (n, 3), m/s², gravity included."""
        self._jma, self._gbt = JmaIntensity(rate_hz), GbtIntensity(rate_hz)
        self.jma = self.gbt = 0.0
        """JMA instrumental intensity; GB/T 17742-2020, 1 to 12, which means nothing while the car rides."""
        if len(before):
            self.add(before)

    def add(self, acceleration: NDArray[np.float64]) -> None:
        """Samples of shape (n, 3), m/s², gravity included."""
        self.jma = float(self._jma.step(acceleration[None])[0])
        self.gbt = float(self._gbt.step(acceleration[None])[0])
