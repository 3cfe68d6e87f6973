"""From the chip's axes to the car's: z up. Pure."""

import numpy as np
from numpy.typing import NDArray

_UP = {
    "x": ((0, 1, 0), (0, 0, 1), (1, 0, 0)),
    "-x": ((0, 0, 1), (0, 1, 0), (-1, 0, 0)),
    "y": ((0, 0, 1), (1, 0, 0), (0, 1, 0)),
    "-y": ((1, 0, 0), (0, 0, 1), (0, -1, 0)),
    "z": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "-z": ((0, 1, 0), (1, 0, 0), (0, 0, -1)),
}


def rotation(up: str) -> NDArray[np.float64]:
    """The rotation that turns the chip's axis `up` into the car's z; shape (3, 3), car = chip @ rotation.T."""
    return np.array(_UP[up], dtype=np.float64)
