"""LIS3DH (STMicroelectronics), three axes, ±2 to ±16 g, 12 bit in high resolution, which is the only mode used;
registers and limits from the datasheet DocID17530, revision 2.

Set to 100 samples a second; its FIFO holds 32 of them, a third of a second.
"""

import numpy as np
from numpy.typing import NDArray

from drivers.accelerometers import SelfTest, check_range, check_rate
from drivers.continuity import Continuity
from drivers.errors import ReadingError, WrongChip
from drivers.i2c import I2C
from drivers.samples import Samples

ADDRESSES = (0x18, 0x19)
RANGES_G = (2, 4, 8, 16)
# At 1 Hz high resolution would take seven seconds to turn on, with nothing to be learned from it about a tremor.
RATE_CODE = {10.0: 2, 25.0: 3, 50.0: 4, 100.0: 5, 200.0: 6, 400.0: 7, 1344.0: 9}
RATES_HZ = tuple(RATE_CODE)
RATE_HZ = 100.0

NEXT = 0x80  # in the register's address: go on with the next register
WHO_AM_I, IDENTITY = 0x0F, 0x33
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


class LIS3DH:
    """A chip that was found, identified and set up, and is measuring."""

    name = "LIS3DH"
    noise_density = 220e-6 * G0

    def __init__(self, bus: I2C, address: int, range_g: int, rate_hz: float) -> None:
        """`probe` identifies the chip first."""
        self.rate_hz = rate_hz
        self.count = MILLI_G[range_g] * G0 / 1000
        self.poll_s = POLL_SAMPLES / rate_hz
        self._bus = bus
        self._address = address
        self._controls = controls(rate_hz, BDU | RANGE_CODE[range_g] | HIGH_RESOLUTION)
        self._place = f"address 0x{address:02x}: the {self.name}"
        self._boot()
        self._start()
        self._runs = Continuity(self._place, rate_hz, bus.now())

    def read(self) -> Samples:
        """Everything measured since the last call, in the chip's own axes.

        `end` is when the FIFO was counted: the newest sample is up to one period older, after an overrun up to
        two. Raises BusError; after a lost transfer the next run has a gap.
        """
        return self._runs.read(self._measured, self._settings, self._runs.lose)

    def temperature(self) -> None:
        """Its thermometer tells changes only."""

    def self_test(self) -> SelfTest:
        """The mass is pushed along all axes. Takes under a second. Raises BusError."""
        self._runs.lose()
        self._started = False
        try:
            still, pushed = self._mean(0), self._mean(SELF_TEST_0)
        finally:
            self._resume()
        return SelfTest(np.abs(pushed - still), LOWEST, HIGHEST)

    def check_settings(self) -> None:
        """Raises ReadingError when the chip did not keep what it was set to."""
        if any(wanted != found for wanted, found in self._settings().values()):
            raise ReadingError(f"{self._place} did not keep its settings")

    def _measured(self) -> tuple[float, NDArray[np.float64]]:
        if not self._started:
            self._resume()
        return self._fetch(self.count)

    def _fetch(self, count: float) -> tuple[float, NDArray[np.float64]]:
        """When the FIFO was counted, and what it held, m/s²; count is one digit."""
        source = self._bus.read(self._address, FIFO_SRC_REG, 1)[0]
        now = self._bus.now()
        # A full FIFO counts 31 of its 32 samples, and whether it dropped some it does not say. The one that is
        # left there keeps what comes after the count out of this run.
        if source & FULL:
            self._runs.lose()
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
        self._started = True

    def _resume(self) -> None:
        """After a self test; if that fails, the next read tries again."""
        self._start()
        self._runs.restart(self._bus.now())

    def _configure(self, values: bytes, settle_s: float) -> None:
        self._bus.write(self._address, bytes((NEXT | TEMP_CFG_REG, *values)))
        self._bus.sleep(settle_s)
        self._write(FIFO_CTRL_REG, BYPASS)  # nothing else empties it
        self._write(FIFO_CTRL_REG, STREAM)

    def _settings(self) -> dict[str, tuple[int, int]]:
        """By register: what was set, what is found."""
        found = self._bus.read(self._address, NEXT | TEMP_CFG_REG, len(CONTROLS))
        fifo = self._bus.read(self._address, FIFO_CTRL_REG, 1)
        pairs = zip(self._controls + bytes((STREAM,)), found + fifo, strict=True)
        return dict(zip((*CONTROLS, "FIFO_CTRL_REG"), pairs, strict=True))

    def _mean(self, test: int) -> NDArray[np.float64]:
        """Of the last five samples, past what the test disturbs; shape (3,), m/s²."""
        self._configure(controls(TEST_HZ, BDU | RANGE_CODE[TEST_RANGE_G] | test), TEST_SETTLE_S)
        self._bus.sleep((TEST_SAMPLES + 2) / TEST_HZ)
        _, acceleration = self._fetch(MILLI_G[TEST_RANGE_G] * G0 / 1000)
        if len(acceleration) < TEST_SAMPLES:
            raise ReadingError(f"{self._place} gave {len(acceleration)} samples in its self test")
        return np.asarray(acceleration[-TEST_SAMPLES:].mean(axis=0))

    def _write(self, register: int, value: int) -> None:
        self._bus.write(self._address, bytes((register, value)))


def probe(bus: I2C, address: int, *, range_g: int, rate_hz: float | None = None) -> LIS3DH:
    """Identify, set up and start the chip. Raises NoAnswer, WrongChip, BusError; ValueError for another range or
    rate."""
    rate_hz = rate_hz or RATE_HZ
    check_range("an LIS3DH", range_g, RANGES_G)
    clocks = 9 * (SAMPLE_BYTES + READ_BYTES / POLL_SAMPLES)
    check_rate("an LIS3DH", rate_hz, RATES_HZ, bus_hz=bus.hz, clocks=clocks)
    found = bus.read(address, WHO_AM_I, 1)[0]
    if found != IDENTITY:
        raise WrongChip(
            f"address 0x{address:02x}: an LIS3DH answers {IDENTITY:02X}, this chip answered {found:02X}"
        )
    chip = LIS3DH(bus, address, range_g, rate_hz)
    chip.check_settings()
    return chip


def controls(rate_hz: float, ctrl_reg4: int) -> bytes:
    """TEMP_CFG_REG and CTRL_REG1 to CTRL_REG6: three axes, no filter, no interrupts, the FIFO on."""
    return bytes((0x00, RATE_CODE[rate_hz] << 4 | AXES, 0x00, 0x00, ctrl_reg4, FIFO_EN, 0x00))


def convert(raw: bytes, count: float) -> NDArray[np.float64]:
    """Whole samples (6 bytes each, 12 bits left justified) to m/s², shape (n, 3); count is one digit, m/s²."""
    return np.frombuffer(raw, "<i2").reshape(-1, 3) * np.float64(count / LEFT)
