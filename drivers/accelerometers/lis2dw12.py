"""LIS2DW12 (STMicroelectronics), three axes, ±2 to ±16 g, 14 bit in high-performance mode with low noise, the only mode
used.

Read in ST's C driver (lis2dw12-pid) and its examples: registers, bits, digits, reset, self test. Read in ST's Linux driver
(st_lis2dw12): 14 bits to the left, 12 of temperature, the FIFO in one burst from OUT_X_L on, three samples to discard.
The noise is a distributor's, at 2 g. From memory, to be compared with the datasheet DS11811: that a count of 32 is a full
FIFO, that FIFO_OVR means an overwritten sample, that only bypass empties it.

Set to 100 samples a second; its FIFO holds 32 of them, a third of a second.
"""

import numpy as np
from numpy.typing import NDArray

from drivers.accelerometers import SelfTest, check_range, check_rate
from drivers.errors import ReadingError
from drivers.fifo import Fetched, FifoChip, Settings, identify
from drivers.i2c import I2C

ADDRESSES = (0x18, 0x19)
RANGES_G = (2, 4, 8, 16)
RATE_CODE = {12.5: 2, 25.0: 3, 50.0: 4, 100.0: 5, 200.0: 6, 400.0: 7, 800.0: 8, 1600.0: 9}
RATES_HZ = tuple(RATE_CODE)
RATE_HZ = 100.0

OUT_T_L = 0x0D
WHO_AM_I, IDENTITY = 0x0F, b"\x44"
CTRL1, HIGH_PERFORMANCE = 0x20, 0x04  # CTRL2 to CTRL6 follow it: one write sets them all.
CONTROLS = tuple(f"CTRL{number}" for number in range(1, 7))
CTRL2, SOFT_RESET, BDU, IF_ADD_INC = 0x21, 0x40, 0x08, 0x04
NO_TEST, POSITIVE_TEST = 0x00, 0x40  # CTRL3
RANGE_CODE, LOW_NOISE = {2: 0x00, 4: 0x10, 8: 0x20, 16: 0x30}, 0x04  # CTRL6
OUT_X_L, SAMPLE_BYTES = 0x28, 6
FIFO_CTRL, BYPASS, CONTINUOUS = 0x2E, 0x00, 0xC0  # 0x80, as the LIS3DH streams, waits for a trigger
FIFO_SAMPLES, OVERRUN, ENTRIES, FIFO_SIZE = 0x2F, 0x40, 0x3F, 32

G0 = 9.80665  # standard gravity, m/s²
MILLI_G = {2: 0.244, 4: 0.488, 8: 0.976, 16: 1.952}
LEFT, UNUSED = 4, 0x03  # 14 bits in a word of 16
READ_BYTES = 7
"""Around the samples: two addresses and a register for each of two reads, and the count."""
POLL_SAMPLES = 7
"""Three polls in a row may fail, even when the clock is 5 % fast; two at 1600 Hz, where reading itself takes periods."""
RESET_TRIES, RESET_S = 10, 0.001
SETTLE_SAMPLES = 3.5
"""Three are to be discarded; the clock may be a few percent slow."""

TEST_RANGE_G, TEST_HZ, TEST_SETTLE_S, TEST_SAMPLES = 4, 50.0, 0.1, 5  # as ST's own example does it
LOWEST, HIGHEST = (np.full(3, milli_g * G0 / 1000) for milli_g in (70, 1500))


class LIS2DW12(FifoChip):
    """A chip that was found, identified and set up, and is measuring."""

    name = "LIS2DW12"
    noise_density = 90e-6 * G0

    def __init__(self, bus: I2C, address: int, range_g: int, rate_hz: float) -> None:
        """`probe` identifies the chip first."""
        super().__init__(bus, address, rate_hz)
        self.count = MILLI_G[range_g] * G0 / 1000
        self.poll_s = POLL_SAMPLES / rate_hz
        self._controls = controls(rate_hz, range_g, NO_TEST)
        self._reset()
        self._begin()

    def temperature(self) -> float:
        """Of the chip, °C, in steps of a sixteenth. Raises BusError."""
        raw = self._bus.read(self._address, OUT_T_L, 2)
        return 25 + int.from_bytes(raw, "little", signed=True) / 256

    def _tested(self) -> SelfTest:
        still, pushed = self._mean(NO_TEST), self._mean(POSITIVE_TEST)
        return SelfTest(np.abs(pushed - still), LOWEST, HIGHEST)

    def _fetch(self) -> Fetched:
        return self._drain(self.count)

    def _drain(self, count: float) -> Fetched:
        """When the FIFO was counted, and what it held, m/s²; count is one digit."""
        source = self._bus.read(self._address, FIFO_SAMPLES, 1)[0]
        now = self._bus.now()
        entries = source & ENTRIES
        if entries > FIFO_SIZE:
            raise ReadingError(f"{self._place} counts {entries} samples, but its FIFO has {FIFO_SIZE}")
        # A full FIFO drops its oldest sample when the next one comes, perhaps before it is read: one left there
        # keeps what comes after the count out of this run.
        if source & OVERRUN or entries == FIFO_SIZE:
            self._lose()
            entries -= entries == FIFO_SIZE
        raw = self._bus.read(self._address, OUT_X_L, SAMPLE_BYTES * entries) if entries else b""
        if any(low & UNUSED for low in raw[::2]):
            raise ReadingError(f"{self._place} gave words of more than 14 bits")
        return now, convert(raw, count)

    def _reset(self) -> None:
        """Into the state after power-up, whatever another program left."""
        self._write(CTRL2, SOFT_RESET | IF_ADD_INC)
        for _ in range(RESET_TRIES):
            self._bus.sleep(RESET_S)
            if not self._bus.read(self._address, CTRL2, 1)[0] & SOFT_RESET:
                return
        raise ReadingError(f"{self._place} does not come out of its reset; switch its power off and on")

    def _start(self) -> None:
        self._configure(self._controls, SETTLE_SAMPLES / self.rate_hz)

    def _configure(self, values: bytes, settle_s: float) -> None:
        self._bus.write(self._address, bytes((CTRL1, *values)))
        self._bus.sleep(settle_s)
        self._write(FIFO_CTRL, BYPASS)  # nothing else empties it
        self._write(FIFO_CTRL, CONTINUOUS)

    def _settings(self) -> Settings:
        found = self._bus.read(self._address, CTRL1, len(CONTROLS))
        fifo = self._bus.read(self._address, FIFO_CTRL, 1)
        pairs = zip(self._controls + bytes((CONTINUOUS,)), found + fifo, strict=True)
        return dict(zip((*CONTROLS, "FIFO_CTRL"), pairs, strict=True))

    def _mean(self, test: int) -> NDArray[np.float64]:
        """Of the last five samples, past what the test disturbs; shape (3,), m/s²."""
        self._configure(controls(TEST_HZ, TEST_RANGE_G, test), TEST_SETTLE_S)
        self._bus.sleep((TEST_SAMPLES + 2) / TEST_HZ)
        _, acceleration = self._drain(MILLI_G[TEST_RANGE_G] * G0 / 1000)
        return self._mean_of_last(acceleration, TEST_SAMPLES)


def probe(bus: I2C, address: int, *, range_g: int, rate_hz: float | None = None) -> LIS2DW12:
    """Identify, reset and start the chip. Raises NoAnswer, WrongChip, BusError; ValueError for another range or
    rate."""
    rate_hz = rate_hz or RATE_HZ
    check_range("an LIS2DW12", range_g, RANGES_G)
    clocks = 9 * (SAMPLE_BYTES + READ_BYTES / POLL_SAMPLES)
    check_rate("an LIS2DW12", rate_hz, RATES_HZ, bus_hz=bus.hz, clocks=clocks)
    identify(bus, address, WHO_AM_I, IDENTITY, part="an LIS2DW12")
    return LIS2DW12(bus, address, range_g, rate_hz)


def controls(rate_hz: float, range_g: int, test: int) -> bytes:
    """CTRL1 to CTRL6: high performance, no interrupts, the widest filter. IF_ADD_INC must stay set, or a burst reads one
    register again and again."""
    ctrl1 = RATE_CODE[rate_hz] << 4 | HIGH_PERFORMANCE
    return bytes((ctrl1, BDU | IF_ADD_INC, test, 0x00, 0x00, RANGE_CODE[range_g] | LOW_NOISE))


def convert(raw: bytes, count: float) -> NDArray[np.float64]:
    """Whole samples (6 bytes each, 14 bits left justified) to m/s², shape (n, 3); count is one digit, m/s²."""
    return np.frombuffer(raw, "<i2").reshape(-1, 3) * np.float64(count / LEFT)
