"""LSM6DSO and LSM6DSOX (STMicroelectronics), of which only the accelerometer is used: three axes, ±2 to ±16 g, 16 bit;
registers and limits from the datasheet DS12140, revision 2.

Set to 104 samples a second; its FIFO of 512 tagged words would hold them for five seconds.
"""

import numpy as np
from numpy.typing import NDArray

from drivers.accelerometers import SelfTest, check_range, check_rate
from drivers.errors import ReadingError
from drivers.fifo import Fetched, FifoChip, Settings, identify
from drivers.i2c import I2C

ADDRESSES = (0x6A, 0x6B)
RANGES_G = (2, 4, 8, 16)
RATE_CODE = {
    12.5: 1, 26.0: 2, 52.0: 3, 104.0: 4, 208.0: 5, 416.0: 6, 833.0: 7, 1667.0: 8, 3333.0: 9, 6667.0: 10
}  # fmt: skip
RATES_HZ = tuple(RATE_CODE)
RATE_HZ = 104.0

FIFO_CTRL3 = 0x09
FIFO_CTRL4, BYPASS, CONTINUOUS = 0x0A, 0x00, 0x06
WHO_AM_I, IDENTITY = 0x0F, b"\x6c"
CTRL1_XL, RANGE_CODE = 0x10, {2: 0, 4: 2, 8: 3, 16: 1}
CTRL3_C, BDU, IF_INC, SW_RESET = 0x12, 0x40, 0x04, 0x01
CTRL5_C, NO_TEST, POSITIVE_TEST = 0x14, 0x00, 0x01
CTRL9_XL, I3C_DISABLE = 0x18, 0xE2
OUT_TEMP = 0x20
FIFO_STATUS, OVERRUN, ENTRIES = 0x3A, 0x48, 0x03  # FIFO_OVR_IA and OVER_RUN_LATCHED; DIFF_FIFO[9:8]
FIFO_DATA_OUT, WORD_BYTES, FIFO_WORDS = 0x78, 7, 512
ACCELEROMETER = 2

G0 = 9.80665  # standard gravity, m/s²
MILLI_G = {2: 0.061, 4: 0.122, 8: 0.244, 16: 0.488}
MICRO_G = {2: 70, 4: 75, 8: 80, 16: 110}  # /√Hz, in high-performance mode, which is what the reset leaves
READ_BYTES = 8
"""Around the words: two addresses and a register for each of two reads, and the count."""
RESET_TRIES, RESET_S = 10, 0.001
SETTLE_SAMPLES = 4
"""ST's application note AN5192 tells to discard the first few samples after power-down."""

TEST_RANGE_G, TEST_HZ, TEST_SETTLE_S, TEST_SAMPLES = 4, 104.0, 0.1, 5  # as ST's own example does it
LOWEST, HIGHEST = (np.full(3, milli_g * G0 / 1000) for milli_g in (50, 1700))

ODD_PARITY = np.array([value.bit_count() & 1 for value in range(256)], bool)


class LSM6DSO(FifoChip):
    """A chip that was found, identified and set up, and is measuring."""

    name = "LSM6DSO"

    def __init__(self, bus: I2C, address: int, range_g: int, rate_hz: float) -> None:
        """`probe` identifies the chip first."""
        super().__init__(bus, address, rate_hz)
        self.count = MILLI_G[range_g] * G0 / 1000
        self.noise_density = MICRO_G[range_g] * 1e-6 * G0
        self.poll_s = poll_s(rate_hz)
        self._range_g = range_g
        self._reset()
        self._begin()

    def temperature(self) -> float:
        """Of the chip, °C, to ±15 °C by the datasheet. Raises BusError."""
        raw = self._bus.read(self._address, OUT_TEMP, 2)
        return 25 + int.from_bytes(raw, "little", signed=True) / 256

    def _tested(self) -> SelfTest:
        still, pushed = self._mean(NO_TEST), self._mean(POSITIVE_TEST)
        return SelfTest(np.abs(pushed - still), LOWEST, HIGHEST)

    def _fetch(self) -> Fetched:
        return self._drain(self.count)

    def _drain(self, count: float) -> Fetched:
        """When the FIFO was counted, and what it held, m/s²; count is one digit."""
        low, status = self._bus.read(self._address, FIFO_STATUS, 2)
        now = self._bus.now()
        entries = low | (status & ENTRIES) << 8
        if entries > FIFO_WORDS:
            raise ReadingError(f"{self._place} counts {entries} FIFO words, but has {FIFO_WORDS}")
        # A full FIFO drops its oldest word when the next one comes, perhaps before it is read: one word left
        # there keeps what comes after the count out of this run.
        if status & OVERRUN or entries == FIFO_WORDS:
            self._lose()
            entries -= entries == FIFO_WORDS
        raw = self._bus.read(self._address, FIFO_DATA_OUT, WORD_BYTES * entries) if entries else b""
        return now, self._decode(raw, count)

    def _decode(self, raw: bytes, count: float) -> NDArray[np.float64]:
        words = np.frombuffer(raw, np.uint8).reshape(-1, WORD_BYTES)
        if ODD_PARITY[words[:, 0]].any():
            raise ReadingError(f"{self._place} gave FIFO words whose tags have the wrong parity")
        return convert(words, count)

    def _reset(self) -> None:
        """Into the state after power-up. While its FIFO fills, the chip does not acknowledge a reset."""
        self._write(FIFO_CTRL4, BYPASS)
        self._write(CTRL3_C, IF_INC | SW_RESET)
        for _ in range(RESET_TRIES):
            self._bus.sleep(RESET_S)
            if not self._bus.read(self._address, CTRL3_C, 1)[0] & SW_RESET:
                return
        raise ReadingError(f"{self._place} does not come out of its reset; switch its power off and on")

    def _start(self) -> None:
        self._configure(self.rate_hz, self._range_g, NO_TEST, SETTLE_SAMPLES / self.rate_hz)

    def _configure(self, rate_hz: float, range_g: int, test: int, settle_s: float) -> None:
        self._write(FIFO_CTRL4, BYPASS)
        self._write(CTRL9_XL, I3C_DISABLE)
        self._write(CTRL3_C, BDU | IF_INC)
        self._write(CTRL5_C, test)
        self._write(FIFO_CTRL3, RATE_CODE[rate_hz])
        self._write(CTRL1_XL, RATE_CODE[rate_hz] << 4 | RANGE_CODE[range_g] << 2)
        self._bus.sleep(settle_s)
        self._write(FIFO_CTRL4, CONTINUOUS)

    def _settings(self) -> Settings:
        rate = RATE_CODE[self.rate_hz]
        wanted = {
            "CTRL1_XL": (CTRL1_XL, rate << 4 | RANGE_CODE[self._range_g] << 2),
            "CTRL3_C": (CTRL3_C, BDU | IF_INC),
            "CTRL5_C": (CTRL5_C, NO_TEST),
            "CTRL9_XL": (CTRL9_XL, I3C_DISABLE),
            "FIFO_CTRL3": (FIFO_CTRL3, rate),
            "FIFO_CTRL4": (FIFO_CTRL4, CONTINUOUS),
        }
        return {
            name: (value, self._bus.read(self._address, register, 1)[0])
            for name, (register, value) in wanted.items()
        }

    def _mean(self, test: int) -> NDArray[np.float64]:
        """Of the last five samples in a tenth of a second, past what the test disturbs; shape (3,), m/s²."""
        self._configure(TEST_HZ, TEST_RANGE_G, test, TEST_SETTLE_S)
        self._bus.sleep(2 * TEST_SAMPLES / TEST_HZ)
        _, acceleration = self._drain(MILLI_G[TEST_RANGE_G] * G0 / 1000)
        return self._mean_of_last(acceleration, TEST_SAMPLES)


def probe(bus: I2C, address: int, *, range_g: int, rate_hz: float | None = None) -> LSM6DSO:
    """Identify, reset and start the chip. Raises NoAnswer, WrongChip, BusError; ValueError for another range or
    rate."""
    rate_hz = rate_hz or RATE_HZ
    check_range("an LSM6DSO", range_g, RANGES_G)
    clocks = 9 * (WORD_BYTES + READ_BYTES / (poll_s(rate_hz) * rate_hz))
    check_rate("an LSM6DSO", rate_hz, RATES_HZ, bus_hz=bus.hz, clocks=clocks)
    identify(bus, address, WHO_AM_I, IDENTITY, part="an LSM6DSO")
    return LSM6DSO(bus, address, range_g, rate_hz)


def poll_s(rate_hz: float) -> float:
    """A tenth of a second, longer where that is less than ten samples, shorter where it fills a third of the FIFO."""
    return min(max(10 / rate_hz, 0.1), FIFO_WORDS / 3 / rate_hz)


def convert(words: NDArray[np.uint8], count: float) -> NDArray[np.float64]:
    """The accelerometer's words among the FIFO's, shape (n, 7), to m/s², shape (m, 3); count is one digit, m/s².

    Nothing else is asked for, yet other sensors' words may stand between them.
    """
    ours = words[words[:, 0] >> 3 == ACCELEROMETER, 1:]
    return np.ascontiguousarray(ours).view("<i2") * np.float64(count)
