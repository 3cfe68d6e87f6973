"""LIS3DH (STMicroelectronics), three axes, ±2 to ±16 g, 12 bit in high resolution, which is the only mode used;
registers and limits from the datasheet DocID17530, revision 2.

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
# At 1 Hz high resolution would take seven seconds to turn on, with nothing to be learned from it about a tremor.
RATE_CODE = {10.0: 2, 25.0: 3, 50.0: 4, 100.0: 5, 200.0: 6, 400.0: 7, 1344.0: 9}
RATES_HZ = tuple(RATE_CODE)
RATE_HZ = 100.0

NEXT = 0x80  # in the register's address: go on with the next register
WHO_AM_I, IDENTITY = 0x0F, b"\x33"
TEMP_CFG_REG = 0x1F  # CTRL_REG1 to CTRL_REG6, 0x20 to 0x25, are its neighbours: one write sets them all.
CONTROLS = ("TEMP_CFG_REG", *(f"CTRL_REG{number}" for number in range(1, 7)))
AXES = 0x07  # CTRL_REG1, with the rate's code above it
BDU, HIGH_RESOLUTION, SELF_TEST_0, RANGE_CODE = 0x80, 0x08, 0x02, {2: 0x00, 4: 0x10, 8: 0x20, 16: 0x30}
CTRL_REG5, BOOT, FIFO_EN = 0x24, 0x80, 0x40
OUT_X_L, SAMPLE_BYTES = 0x28, 6
FIFO_CTRL_REG, BYPASS, STREAM = 0x2E, 0x00, 0x80
FIFO_SRC_REG, FULL, ENTRIES = 0x2F, 0x40, 0x1F

G0 = 9.80665  # standard gravity, m/s²
MILLI_G = {2: 1, 4: 2, 8: 4, 16: 12}  # 12, not 8
LEFT, UNUSED = 16, 0x0F  # 12 bits in a word of 16
READ_BYTES = 7
"""Around the samples: two addresses and a register for each of two reads, and the count."""
POLL_SAMPLES = 7
"""Three polls in a row may fail, even when the clock is 5 % fast: the FIFO says that it is full, not whether it
dropped any."""
BOOT_TRIES, BOOT_S = 5, 0.005
SETTLE_SAMPLES = 7.5
"""High resolution takes 7 periods to turn on; the clock may be a few percent slow."""

# In normal mode, 10 bit, at 2 g, as the datasheet defines the limits: 17 to 360 digits of 4 mg.
TEST_RANGE_G, TEST_HZ, TEST_SETTLE_S, TEST_SAMPLES = 2, 400.0, 0.09, 5
LOWEST, HIGHEST = (np.full(3, digits * 4 * G0 / 1000) for digits in (17, 360))


class LIS3DH(FifoChip):
    """A chip that was found, identified and set up, and is measuring."""

    name = "LIS3DH"
    noise_density = 220e-6 * G0

    def __init__(self, bus: I2C, address: int, range_g: int, rate_hz: float) -> None:
        """`probe` identifies the chip first."""
        super().__init__(bus, address, rate_hz)
        self.count = MILLI_G[range_g] * G0 / 1000
        self.poll_s = POLL_SAMPLES / rate_hz
        self._controls = controls(rate_hz, BDU | RANGE_CODE[range_g] | HIGH_RESOLUTION)
        self._boot()
        self._begin()

    def temperature(self) -> None:
        """Its thermometer tells changes only."""

    def _tested(self) -> SelfTest:
        still, pushed = self._mean(0), self._mean(SELF_TEST_0)
        return SelfTest(np.abs(pushed - still), LOWEST, HIGHEST)

    def _fetch(self) -> Fetched:
        return self._drain(self.count)

    def _drain(self, count: float) -> Fetched:
        """When the FIFO was counted, and what it held, m/s²; count is one digit."""
        source = self._bus.read(self._address, FIFO_SRC_REG, 1)[0]
        now = self._bus.now()
        # A full FIFO counts 31 of its 32 samples, and whether it dropped some it does not say. The one that is
        # left there keeps what comes after the count out of this run.
        if source & FULL:
            self._lose()
        entries = source & ENTRIES
        raw = self._bus.read(self._address, NEXT | OUT_X_L, SAMPLE_BYTES * entries) if entries else b""
        if any(low & UNUSED for low in raw[::2]):
            raise ReadingError(f"{self._place} gave words of more than 12 bits")
        return now, convert(raw, count)

    def _boot(self) -> None:
        """Load the trim values again; the chip has no reset, so `_configure` sets all that decides what is
        measured."""
        self._write(CTRL_REG5, BOOT)
        for _ in range(BOOT_TRIES):
            self._bus.sleep(BOOT_S)
            if not self._bus.read(self._address, CTRL_REG5, 1)[0] & BOOT:
                return
        raise ReadingError(f"{self._place} does not end its boot; switch its power off and on")

    def _start(self) -> None:
        self._configure(self._controls, SETTLE_SAMPLES / self.rate_hz)

    def _configure(self, values: bytes, settle_s: float) -> None:
        self._bus.write(self._address, bytes((NEXT | TEMP_CFG_REG, *values)))
        self._bus.sleep(settle_s)
        self._write(FIFO_CTRL_REG, BYPASS)  # nothing else empties it
        self._write(FIFO_CTRL_REG, STREAM)

    def _settings(self) -> Settings:
        found = self._bus.read(self._address, NEXT | TEMP_CFG_REG, len(CONTROLS))
        fifo = self._bus.read(self._address, FIFO_CTRL_REG, 1)
        pairs = zip(self._controls + bytes((STREAM,)), found + fifo, strict=True)
        return dict(zip((*CONTROLS, "FIFO_CTRL_REG"), pairs, strict=True))

    def _mean(self, test: int) -> NDArray[np.float64]:
        """Of the last five samples, past what the test disturbs; shape (3,), m/s²."""
        self._configure(controls(TEST_HZ, BDU | RANGE_CODE[TEST_RANGE_G] | test), TEST_SETTLE_S)
        self._bus.sleep((TEST_SAMPLES + 2) / TEST_HZ)
        _, acceleration = self._drain(MILLI_G[TEST_RANGE_G] * G0 / 1000)
        return self._mean_of_last(acceleration, TEST_SAMPLES)


def probe(bus: I2C, address: int, *, range_g: int, rate_hz: float | None = None) -> LIS3DH:
    """Identify, set up and start the chip. Raises NoAnswer, WrongChip, BusError; ValueError for another range or
    rate."""
    rate_hz = rate_hz or RATE_HZ
    check_range("an LIS3DH", range_g, RANGES_G)
    clocks = 9 * (SAMPLE_BYTES + READ_BYTES / POLL_SAMPLES)
    check_rate("an LIS3DH", rate_hz, RATES_HZ, bus_hz=bus.hz, clocks=clocks)
    identify(bus, address, WHO_AM_I, IDENTITY, part="an LIS3DH")
    return LIS3DH(bus, address, range_g, rate_hz)


def controls(rate_hz: float, ctrl_reg4: int) -> bytes:
    """TEMP_CFG_REG and CTRL_REG1 to CTRL_REG6: three axes, no filter, no interrupts, the FIFO on."""
    return bytes((0x00, RATE_CODE[rate_hz] << 4 | AXES, 0x00, 0x00, ctrl_reg4, FIFO_EN, 0x00))


def convert(raw: bytes, count: float) -> NDArray[np.float64]:
    """Whole samples (6 bytes each, 12 bits left justified) to m/s², shape (n, 3); count is one digit, m/s²."""
    return np.frombuffer(raw, "<i2").reshape(-1, 3) * np.float64(count / LEFT)
