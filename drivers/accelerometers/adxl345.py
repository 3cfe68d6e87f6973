"""ADXL345 (Analog Devices), three axes, ±2 to ±16 g, 3.9 mg a digit in every range; registers and limits from its
datasheet, revision E.

Set to 100 samples a second; its FIFO holds 32 of them, a third of a second.
"""

import numpy as np
from numpy.typing import NDArray

from drivers.accelerometers import BUS_SHARE, SelfTest, check_range, check_rate
from drivers.errors import NoAnswer, ReadingError
from drivers.fifo import Fetched, FifoChip, Settings, identify
from drivers.i2c import I2C

ADDRESSES = (0x53, 0x1D)
RANGES_G = (2, 4, 8, 16)
RATE_CODE = {3200 / 2 ** (15 - code): code for code in range(6, 16)}
RATES_HZ = tuple(RATE_CODE)
RATE_HZ = 100.0

DEVID, IDENTITY = 0x00, b"\xe5"
OFFSETS, NO_OFFSETS = 0x1E, bytes(3)
BW_RATE = 0x2C
POWER_CTL, STANDBY, MEASURE = 0x2D, 0x00, 0x08
INT_SOURCE, OVERRUN = 0x30, 0x01
DATA_FORMAT, FULL_RES, SELF_TEST, RANGE_CODE = 0x31, 0x08, 0x80, {2: 0, 4: 1, 8: 2, 16: 3}
DATA, SAMPLE_BYTES = 0x32, 6
FIFO_CTL, BYPASS, STREAM = 0x38, 0x00, 0x80
FIFO_STATUS, ENTRIES = 0x39, 0x3F
FIFO_SAMPLES = 32  # one more waits in the output filter

G0 = 9.80665  # standard gravity, m/s²
COUNT = G0 / 256
COARSE_HZ = 1600
"""From here on the last bit of a word is always 0 (datasheet, "Data formatting of upper data rates")."""
SAMPLE_CLOCKS = 500 * BUS_SHARE
"""The datasheet allows 200 Hz on a bus of 100 kHz and 800 Hz on one of 400 kHz; nothing else comes near that."""
STALL_SAMPLES = 8
"""Reading a full FIFO takes less than six periods: if more went by, something held the bus up."""

SETTLE_S = 0.05
# Table 1, which holds at 2.5 V, by Table 14's factors for 3.3 V, which is what boards carry.
LOWEST = np.array((0.20 * 1.77, -2.10 * 1.77, 0.30 * 1.47)) * G0
HIGHEST = np.array((2.10 * 1.77, -0.20 * 1.77, 3.40 * 1.47)) * G0


class ADXL345(FifoChip):
    """A chip that was found, identified and set up, and is measuring."""

    name = "ADXL345"
    noise_density = 430e-6 * G0
    """Of Z, the worst axis; X and Y have 290 µg/√Hz."""

    def __init__(self, bus: I2C, address: int, range_g: int, rate_hz: float) -> None:
        """Set up and start a chip that `probe` has identified. Raises BusError."""
        super().__init__(bus, address, rate_hz)
        self.count = 2 * COUNT if rate_hz >= COARSE_HZ else COUNT
        self.poll_s = min(7 / rate_hz, 1.0)  # the FIFO fills in 32: three polls in a row may fail
        self._format = FULL_RES | RANGE_CODE[range_g]
        self._held = b""
        self._begin()

    def _tested(self) -> SelfTest:
        """Table 1's limits, scaled to a supply of 3.3 V."""
        # Below 100 Hz and at 1600 Hz the limits do not hold; ±2 g and gravity leave no room for the force.
        self._configure(RATE_CODE[100.0], FULL_RES | RANGE_CODE[16], BYPASS)
        still = self._mean()
        self._write(DATA_FORMAT, SELF_TEST | FULL_RES | RANGE_CODE[16])
        pushed = self._mean()
        return SelfTest(pushed - still, LOWEST, HIGHEST)

    def _fetch(self) -> Fetched:
        overrun = self._bus.read(self._address, INT_SOURCE, 1)[0] & OVERRUN
        entries = self._bus.read(self._address, FIFO_STATUS, 1)[0] & ENTRIES
        now = self._bus.now()
        if entries > FIFO_SAMPLES + 1:
            raise ReadingError(f"{self._place} counts {entries} FIFO entries, but has {FIFO_SAMPLES}")
        if overrun:
            self._lose()
        for _ in range(entries):
            # What was read is kept until all is read: the chip does not give it twice.
            self._held += self._sample()
        # The first of these reads cleared OVERRUN, which may have come after INT_SOURCE was read.
        came = (self._bus.now() - now) * self.rate_hz
        if came >= STALL_SAMPLES and entries + came >= FIFO_SAMPLES:
            self._lose()
        raw, self._held = self._held, b""
        return now, convert(raw)

    def _sample(self) -> bytes:
        """The oldest sample: a longer burst would run on into FIFO_CTL. Of so many transfers one may well not be
        acknowledged, so each is tried twice."""
        try:
            return self._bus.read(self._address, DATA, SAMPLE_BYTES)
        except NoAnswer:
            return self._bus.read(self._address, DATA, SAMPLE_BYTES)

    def _lose(self) -> None:
        self._held = b""
        super()._lose()

    def _start(self) -> None:
        self._configure(RATE_CODE[self.rate_hz], self._format, STREAM)

    def _configure(self, rate: int, data_format: int, fifo: int) -> None:
        """All that decides what is measured: there is no reset, so a program before us may have left anything."""
        self._write(POWER_CTL, STANDBY)
        self._bus.write(self._address, bytes((OFFSETS, *NO_OFFSETS)))
        self._write(BW_RATE, rate)
        self._write(DATA_FORMAT, data_format)
        self._write(FIFO_CTL, BYPASS)  # which empties it
        self._write(FIFO_CTL, fifo)
        self._write(POWER_CTL, MEASURE)

    def _settings(self) -> Settings:
        wanted = {
            "BW_RATE": (BW_RATE, RATE_CODE[self.rate_hz]),
            "POWER_CTL": (POWER_CTL, MEASURE),
            "DATA_FORMAT": (DATA_FORMAT, self._format),
            "FIFO_CTL": (FIFO_CTL, STREAM),
        }
        return {
            name: (value, self._bus.read(self._address, register, 1)[0])
            for name, (register, value) in wanted.items()
        }

    def _mean(self) -> NDArray[np.float64]:
        """Past what the test disturbs; shape (3,), m/s²."""
        self._bus.sleep(SETTLE_S)
        return np.asarray(convert(self._newest(DATA, SAMPLE_BYTES)).mean(axis=0))


def probe(bus: I2C, address: int, *, range_g: int, rate_hz: float | None = None) -> ADXL345:
    """Identify, set up and start the chip. Raises NoAnswer, WrongChip, BusError; ValueError for another range or
    rate."""
    check_range("an ADXL345", range_g, RANGES_G)
    check_rate("an ADXL345", rate_hz or RATE_HZ, RATES_HZ, bus_hz=bus.hz, clocks=SAMPLE_CLOCKS)
    identify(bus, address, DEVID, IDENTITY, part="an ADXL345")
    return ADXL345(bus, address, range_g, rate_hz or RATE_HZ)


def convert(raw: bytes) -> NDArray[np.float64]:
    """Whole samples (6 bytes each) in full resolution to m/s², shape (n, 3)."""
    return np.frombuffer(raw, "<i2").reshape(-1, 3) * np.float64(COUNT)
