"""What drivers of accelerometers with a FIFO do alike; what a chip's registers mean is in its own file."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from drivers.accelerometers import SelfTest
from drivers.continuity import Continuity
from drivers.errors import ReadingError, WrongChip
from drivers.i2c import I2C
from drivers.samples import Samples

Fetched = tuple[float, NDArray[np.float64]]
"""When the FIFO was counted, s, and what it held, shape (n, 3), m/s²."""
Settings = dict[str, tuple[int, int]]
"""By register: what was set, what is found."""

TEST_SAMPLES, TEST_S = 16, 0.01


def identify(
    bus: I2C,
    address: int,
    register: int,
    identity: bytes,
    *,
    part: str,
    relatives: Mapping[int, str] | None = None,
) -> None:
    """Raises WrongChip for a chip that gives another identity, with its name where it is one of the relatives, by their
    last byte; BusError. part: with its article, for instance "an ADXL345"."""
    found = bus.read(address, register, len(identity))
    if found != identity:
        expected, answered = (value.hex(" ").upper() for value in (identity, found))
        relative = (relatives or {}).get(found[-1])
        known = f", which is {relative}" if relative else ""
        raise WrongChip(
            f"address 0x{address:02x}: {part} answers {expected}, this chip answered {answered}{known}"
        )


class FifoChip(ABC):
    """A chip that was found and identified. Its driver sets it up and begins; from then on it measures."""

    name: str

    def __init__(self, bus: I2C, address: int, rate_hz: float) -> None:
        """It does not measure before `_begin`."""
        self.rate_hz = rate_hz
        self._bus, self._address = bus, address
        self._place = f"address 0x{address:02x}: the {self.name}"
        self._runs = Continuity(self._place, rate_hz, bus.now())
        self._measuring = False

    def read(self) -> Samples:
        """Everything measured since the last call, in the chip's own axes.

        `end` is when the FIFO was counted: the newest sample is up to one period older, after an overrun up to
        two. Raises BusError; after a lost transfer the next run has a gap.
        """
        return self._runs.read(self._measured, self._settings, self._lose)

    def temperature(self) -> float | None:
        """Of the chip, °C; None for one without a thermometer. Raises BusError."""
        return None

    def self_test(self) -> SelfTest | None:
        """The chip pushes its own mass. Takes under a second. Raises BusError."""
        self._measuring = False
        try:
            return self._tested()
        finally:
            self._begin()

    @abstractmethod
    def _start(self) -> None:
        """Set it up and have it measure, with an empty FIFO. Raises BusError."""

    @abstractmethod
    def _settings(self) -> Settings:
        """What `_start` set, and what is found now. Raises BusError."""

    @abstractmethod
    def _fetch(self) -> Fetched:
        """Empty the FIFO. Raises BusError."""

    @abstractmethod
    def _tested(self) -> SelfTest:
        """Push the mass; whatever is set for it, `_start` undoes. Raises BusError."""

    def _begin(self) -> None:
        """If it fails, the next read tries again. Raises BusError."""
        self._start()
        if any(wanted != found for wanted, found in self._settings().values()):
            raise ReadingError(f"{self._place} did not keep its settings")
        self._lose()
        self._runs.restart(self._bus.now())
        self._measuring = True

    def _measured(self) -> Fetched:
        if not self._measuring:
            self._begin()
        return self._fetch()

    def _lose(self) -> None:
        """Samples are gone, or may be."""
        self._runs.lose()

    def _write(self, register: int, value: int) -> None:
        self._bus.write(self._address, bytes((register, value)))

    def _newest(self, register: int, size: int) -> bytes:
        """The newest sample, again and again for a sixth of a second, past the FIFO."""
        raw = b""
        for _ in range(TEST_SAMPLES):
            self._bus.sleep(TEST_S)
            raw += self._bus.read(self._address, register, size)
        return raw

    def _mean_of_last(self, acceleration: NDArray[np.float64], samples: int) -> NDArray[np.float64]:
        """Of a FIFO's newest samples; shape (3,), m/s². Raises ReadingError where there are fewer."""
        if len(acceleration) < samples:
            raise ReadingError(f"{self._place} gave {len(acceleration)} samples in its self test")
        return np.asarray(acceleration[-samples:].mean(axis=0))
