"""Simulated chips at register level, one file a chip, found by its name.

Each types its constants again from the datasheet: one that imports the driver's constants would share the
driver's mistakes. A chip's class has the chip's name in capitals; accelerometers all take the same arguments,
so that one test can visit every chip.
"""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

Signal = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Times, s, shape (n,), to what the chip feels: shape (n, 3), m/s², gravity included, the chip's own axes."""


class Chip(Protocol):
    """What hangs on a simulated bus. Times are the bus's, s; they never go back."""

    def power_on(self, now: float) -> None:
        """Supply switched on: every register as the datasheet's reset column has it."""

    def write(self, data: bytes, now: float) -> None:
        """The bytes after the address: for most chips the register pointer, then values; never empty."""

    def read(self, count: int, now: float) -> bytes:
        """Read count bytes from where the pointer is, as the last write and the reads since left it."""


class MakeAccelerometer(Protocol):
    """How every simulated accelerometer is made."""

    def __call__(
        self,
        signal: Signal,
        *,
        rate_error: float = 0.0,
        noise_density: float | None = None,
        seed: int = 0,
        stuck: bool = False,
    ) -> Chip:
        """A chip that feels the signal.

        rate_error is how much faster than nominal its clock runs (0.02: 2 %); noise_density is in m/s²/√Hz,
        0 for none, None for what the datasheet calls typical; a stuck one's mass does not move in its self-test.
        """


def names() -> list[str]:
    """The chips that can be simulated."""
    return sorted(module.name for module in iter_modules(__path__))


def find(name: str) -> Callable[..., Chip]:
    """The class of a simulated chip by its file's name. Raises KeyError."""
    if name not in names():
        raise KeyError(name)
    return cast("Callable[..., Chip]", getattr(import_module(f"{__name__}.{name}"), name.upper()))


def accelerometer(name: str) -> MakeAccelerometer:
    """The class of a simulated accelerometer by its file's name. Raises KeyError."""
    return cast("MakeAccelerometer", find(name))
