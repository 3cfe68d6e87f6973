"""What an accelerometer gives."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray


class Samples(Struct, frozen=True):
    """A run of evenly spaced samples."""

    end: float
    """Monotonic time of the last sample, s."""
    period: float
    """Time from sample to sample, s."""
    acceleration: NDArray[np.float64]
    """Shape (n, 3), m/s², gravity included; n may be 0."""
    gap: bool = False
    """Samples were lost between the run before and this one."""
