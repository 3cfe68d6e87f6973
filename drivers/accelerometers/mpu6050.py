"""MPU-6050 (InvenSense), three axes, ±2 to ±16 g, 16 bit; registers from its register map, revision 4.2.

Set to 100 samples a second; its FIFO of 1024 bytes holds 170 of them. Its gyroscope is not used. Clones answer to
other identities and differ in their FIFOs: they are refused.
"""

import numpy as np
from numpy.typing import NDArray

from drivers.accelerometers import SelfTest, check_range, check_rate
from drivers.errors import ReadingError
from drivers.fifo import Fetched, FifoChip, Settings, identify
from drivers.i2c import I2C

ADDRESSES = (0x68, 0x69)
RANGES_G = (2, 4, 8, 16)
RATES_HZ = (4.0, 5.0, 8.0, 10.0, 20.0, 25.0, 40.0, 50.0, 100.0, 125.0, 200.0, 250.0, 500.0, 1000.0)
"""All whole ones of 1000 Hz / (1 + SMPLRT_DIV)."""
RATE_HZ = 100.0

WHO_AM_I, IDENTITY = 0x75, b"\x68"
RELATIVES = {
    0x70: "an MPU-6500",
    0x71: "an MPU-9250",
    0x72: "a clone of the MPU-6050",
    0x98: "a clone of the MPU-6050",
}
TRIM = 0x0D  # SELF_TEST_X, _Y, _Z, _A
SMPLRT_DIV = 0x19  # then CONFIG, GYRO_CONFIG, ACCEL_CONFIG
BANDS = ((184, 1), (94, 2), (44, 3), (21, 4), (10, 5), (5, 6))
"""Of the low pass, Hz, and its code in CONFIG. Without it (code 0) the rate would come from 8 kHz, not 1 kHz."""
ACCEL_CONFIG, RANGE_CODE, PUSH_ALL = 0x1C, {2: 0x00, 4: 0x08, 8: 0x10, 16: 0x18}, 0xE0
FIFO_EN, ACCELERATION = 0x23, 0x08
INT_STATUS, FIFO_OFLOW = 0x3A, 0x10
ACCEL_OUT, TEMP_OUT = 0x3B, 0x41
USER_CTRL, FIFO_RESET, FIFO_ON = 0x6A, 0x04, 0x40
PWR_MGMT_1, DEVICE_RESET, AWAKE = 0x6B, 0x80, 0x01  # awake, by the gyroscope's clock: steadier than the other
FIFO_COUNT, FIFO_R_W, FIFO_BYTES = 0x72, 0x74, 1024

G0 = 9.80665  # standard gravity, m/s²
COUNTS_PER_G = {2: 16384, 4: 8192, 8: 4096, 16: 2048}
SAMPLE_BYTES = 6
SAMPLE_CLOCKS = 9 * (SAMPLE_BYTES + 1.5)  # twelve bytes around each burst of eight samples
RESET_S = 0.1
WAKE_S = 0.05  # what it measures while it wakes up, or turns from a self-test, is not ours
SETTLE_S = 0.1
TRIM_TOLERANCE = 0.14


class MPU6050(FifoChip):
    """A chip that was found, identified and set up, and is measuring."""

    name = "MPU-6050"
    noise_density = 400e-6 * G0

    def __init__(self, bus: I2C, address: int, range_g: int, rate_hz: float) -> None:
        """Set up and start a chip that `probe` has identified and reset. Raises BusError."""
        super().__init__(bus, address, rate_hz)
        self.count = G0 / COUNTS_PER_G[range_g]
        self.poll_s = min(8 / rate_hz, 1.0)
        self._wanted = settings(range_g, rate_hz)
        self._held = b""
        self._begin()

    def temperature(self) -> float:
        """Of the chip, °C. Raises BusError."""
        raw = int.from_bytes(self._bus.read(self._address, TEMP_OUT, 2), "big", signed=True)
        return raw / 340 + 36.53

    def self_test(self) -> SelfTest | None:
        """Against the trim that the factory left in the chip; None for a chip without. Raises BusError."""
        return super().self_test() if self._trim().all() else None

    def _tested(self) -> SelfTest:
        expected = self._trim()
        # The trim is meant for ±8 g.
        for register, value in settings(8, 100.0).items():
            self._write(register, value)
        still = self._mean()
        self._write(ACCEL_CONFIG, PUSH_ALL | RANGE_CODE[8])
        pushed = self._mean()
        return SelfTest(pushed - still, expected * (1 - TRIM_TOLERANCE), expected * (1 + TRIM_TOLERANCE))

    def _trim(self) -> NDArray[np.float64]:
        return factory_trim(self._bus.read(self._address, TRIM, 4))

    def _fetch(self) -> Fetched:
        """After an overflow the FIFO is emptied: its 1024 bytes are no whole samples, and nothing in them tells where one
        begins."""
        size = self._counted()
        now = self._bus.now()
        if size > FIFO_BYTES:
            raise ReadingError(f"{self._place} counts {size} bytes in its FIFO, but has {FIFO_BYTES}")
        if whole := size // SAMPLE_BYTES * SAMPLE_BYTES:
            self._held += self._bus.read(self._address, FIFO_R_W, whole)
        # Asked last, because the FIFO may overflow until its last byte is read; what was read is kept until the
        # answer: the chip does not give it twice.
        overflown = self._bus.read(self._address, INT_STATUS, 1)[0] & FIFO_OFLOW
        if overflown or size % SAMPLE_BYTES:
            self._empty()
        raw, self._held = self._held, b""
        return now, convert(raw, self.count)

    def _counted(self) -> int:
        """Bytes in the FIFO. Asked again when a sample is just entering; if that is not why it has a part of a
        sample, it has one at its other end too."""
        size = 0
        for _ in range(2):
            size = int.from_bytes(self._bus.read(self._address, FIFO_COUNT, 2), "big")
            if size % SAMPLE_BYTES == 0:
                break
        return size

    def _lose(self) -> None:
        self._held = b""
        super()._lose()

    def _empty(self) -> None:
        """The FIFO may be reset only while it is off. What was held goes too: the chip did not stop meanwhile."""
        self._write(USER_CTRL, FIFO_RESET)
        self._write(USER_CTRL, FIFO_ON)
        self._held = b""
        self._runs.restart(self._bus.now())

    def _start(self) -> None:
        for register, value in self._wanted.items():
            self._write(register, value)
        self._bus.sleep(WAKE_S)
        self._empty()

    def _settings(self) -> Settings:
        wanted = {**self._wanted, USER_CTRL: FIFO_ON}
        return {
            f"register 0x{register:02X}": (value, self._bus.read(self._address, register, 1)[0])
            for register, value in wanted.items()
        }

    def _mean(self) -> NDArray[np.float64]:
        """At ±8 g, past what the test disturbs; shape (3,), m/s²."""
        self._bus.sleep(SETTLE_S)
        return np.asarray(convert(self._newest(ACCEL_OUT, SAMPLE_BYTES), G0 / COUNTS_PER_G[8]).mean(axis=0))


def probe(bus: I2C, address: int, *, range_g: int, rate_hz: float | None = None) -> MPU6050:
    """Identify, reset and start the chip. Raises NoAnswer, WrongChip, BusError; ValueError for another range or
    rate."""
    check_range("an MPU-6050", range_g, RANGES_G)
    check_rate("an MPU-6050", rate_hz or RATE_HZ, RATES_HZ, bus_hz=bus.hz, clocks=SAMPLE_CLOCKS)
    identify(bus, address, WHO_AM_I, IDENTITY, part="an MPU-6050", relatives=RELATIVES)
    bus.write(address, bytes((PWR_MGMT_1, DEVICE_RESET)))
    bus.sleep(RESET_S)
    return MPU6050(bus, address, range_g, rate_hz or RATE_HZ)


def settings(range_g: int, rate_hz: float) -> dict[int, int]:
    """Register to value, in the order of writing: it comes up asleep. The low pass is the widest one below half the rate."""
    low_pass = next((code for band_hz, code in BANDS if band_hz <= rate_hz / 2), BANDS[-1][1])
    divider = round(1000 / rate_hz) - 1
    registers = (PWR_MGMT_1, SMPLRT_DIV, SMPLRT_DIV + 1, SMPLRT_DIV + 2, ACCEL_CONFIG, FIFO_EN)
    values = (AWAKE, divider, low_pass, 0, RANGE_CODE[range_g], ACCELERATION)
    return dict(zip(registers, values, strict=True))


def factory_trim(raw: bytes) -> NDArray[np.float64]:
    """SELF_TEST_X to SELF_TEST_A to what the self-test should change, shape (3,), m/s²; 0 where nothing is stored.

    Register map 4.2, section 4.1: 4096·0.34·(0.92 / 0.34)^((trim - 1) / 30) counts at ±8 g.
    """
    low_bits = (raw[3] >> 4, raw[3] >> 2, raw[3])
    trim = np.array([(high >> 5) << 2 | low & 0b11 for high, low in zip(raw, low_bits, strict=False)])
    return np.where(trim > 0, 0.34 * (0.92 / 0.34) ** ((trim - 1) / 30) * G0, 0.0)


def convert(raw: bytes, count: float) -> NDArray[np.float64]:
    """Whole samples (6 bytes each) to m/s², shape (n, 3); count is one digit, m/s²."""
    return np.frombuffer(raw, ">i2").reshape(-1, 3) * np.float64(count)
