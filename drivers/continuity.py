"""From run to run of one accelerometer: whether samples are missing between two, and whether it still gives any."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from drivers.errors import BusError, NoAnswer, ReadingError
from drivers.samples import Samples


class Continuity:
    """A driver says what it read and what it lost; the runs say where the gaps are."""

    def __init__(self, place: str, rate_hz: float, now: float) -> None:
        """place names the chip in messages, for instance "address 0x1d: the ADXL355"; now is when it began to
        measure, s."""
        self._place = place
        self._period = 1 / rate_hz
        self._silence_s = max(1.0, 4 / rate_hz)
        self._lost = self._running = False
        self._heard = now

    def lose(self) -> None:
        """Samples are gone, or may be: the next run has a gap."""
        self._lost = True

    def restart(self, now: float) -> None:
        """The chip was started again, or its FIFO emptied: the next run has a gap, the wait for it begins now."""
        self._lost, self._heard = True, now

    def read(
        self,
        fetch: Callable[[], tuple[float, NDArray[np.float64]]],
        settings: Callable[[], dict[str, tuple[int, int]]],
        lose: Callable[[], None],
    ) -> Samples:
        """One reading: the run that `fetch` gives, with what every driver makes of its failures.

        fetch: when the FIFO was counted and what it held; settings: as for `silence`; lose: called when a transfer
        failed that the chip may have seen. Raises BusError; after a lost transfer the next run has a gap.
        """
        try:
            now, acceleration = fetch()
        except NoAnswer:
            raise  # the chip was not addressed, so it gave nothing away
        except BusError:
            lose()
            raise
        run = self.run(now, acceleration)
        if self.silent(now):
            raise self.silence(settings())
        return run

    def run(self, end: float, acceleration: NDArray[np.float64]) -> Samples:
        """What was read, shape (n, 3), m/s²; end is when the FIFO was counted, s."""
        gap = False
        if len(acceleration):
            # Before the first run nothing was promised, so nothing can be missing.
            gap = self._lost and self._running
            self._lost, self._running, self._heard = False, True, end
        return Samples(end=end, period=self._period, acceleration=acceleration, gap=gap)

    def silent(self, now: float) -> bool:
        """Whether the last sample is so long ago that the chip must be asked why, see `silence`."""
        return now - self._heard > self._silence_s

    def silence(self, settings: dict[str, tuple[int, int]]) -> ReadingError:
        """Why a silent chip is silent. settings: by register name, what was set and what is found.

        A chip that lost its power comes back in standby and answers as if nothing had happened.
        """
        changed = [f"{name} 0x{found:02X}" for name, (wanted, found) in settings.items() if found != wanted]
        if changed:
            return ReadingError(f"{self._place} was reset ({', '.join(changed)}): did it lose its power?")
        waited = f"{self._silence_s:.3g} s"
        return ReadingError(f"{self._place} is set to measure, but has given no sample for {waited}")
