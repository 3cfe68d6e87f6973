"""ADXL355 (Analog Devices), three axes, ±2, ±4 or ±8 g, 20 bit; register names and values from its datasheet.

Set to 125 samples a second unless told otherwise; its FIFO of 96 axis values holds 32 samples, then a quarter of a
second.
"""

import re

import numpy as np
from numpy.typing import NDArray

from drivers.accelerometers import SelfTest, check_range, check_rate
from drivers.errors import NoAnswer, ReadingError
from drivers.fifo import Fetched, FifoChip, Settings, identify
from drivers.i2c import I2C
from drivers.samples import Samples

ADDRESSES = (0x1D, 0x53)
RANGES_G = (2, 4, 8)
RATE_CODE = {4000 / 2**code: code for code in range(10, -1, -1)}
RATES_HZ = tuple(RATE_CODE)
RATE_HZ = 125.0

DEVID_AD, IDENTITY = 0x00, bytes.fromhex("AD 1D ED")
STATUS, FIFO_OVR = 0x04, 0x04  # FIFO_ENTRIES, 0x05, is its neighbour: one read gives both.
TEMPERATURE = 0x06
DATA, SAMPLE_BYTES = 0x08, 9
FIFO_DATA, FIFO_SLOTS = 0x11, 96
FILTER = 0x28  # the rate's code; the high pass stays off
RANGE, I2C_HS, RANGE_CODE = 0x2C, 0x80, {2: 0x01, 4: 0x02, 8: 0x03}  # bit 7 as the reset leaves it
POWER_CTL, STANDBY, MEASURE = 0x2D, 0x01, 0x00
SELF_TEST, OFF, ARMED, PUSHED = 0x2E, 0x00, 0x01, 0x03  # ST1, then ST2 with it
RESET, RESET_CODE = 0x2F, 0x52
SHADOW, SHADOW_COUNT = 0x50, 5

G0 = 9.80665  # standard gravity, m/s²
COUNTS_PER_G = {2: 256_000, 4: 128_000, 8: 64_000}
RESET_TRIES = 5
FLUSHES = 3
"""Reads that empty the FIFO: some adapters read no more than 255 bytes at once."""
SAMPLE_CLOCKS = 9 * (SAMPLE_BYTES + 1.2)  # eight bytes around each burst of seven samples

SETTLE_S = 0.1
TYPICAL_CHANGE = np.array((0.3, 0.3, 1.5)) * G0
"""All that the datasheet says of the self-test. That half and twice as much pass is our choice."""

NO_SAMPLES = np.empty((0, 3))
MARKERS = bytes(b"-X.."[last & 3] for last in range(256))
"""A slot's last byte as one letter: bit 0 marks the X axis, bit 1 a slot read from an empty FIFO."""
LAST_RUN = re.compile(rb"((?:X--)*)(?:X-?)?$")


class ADXL355(FifoChip):
    """A chip that was found, identified and set up, and is measuring."""

    name = "ADXL355"
    noise_density = 22.5e-6 * G0

    def __init__(self, bus: I2C, address: int, range_g: int, rate_hz: float) -> None:
        """Set up and start a chip that `probe` has identified and reset. Raises BusError."""
        super().__init__(bus, address, rate_hz)
        self.count = G0 / COUNTS_PER_G[range_g]
        # The FIFO fills in 32; after a failure it is asked again sooner.
        self._usual_s = min(10 / rate_hz, 1.0)
        self.poll_s = self._usual_s
        self._range = I2C_HS | RANGE_CODE[range_g]
        self._rest = b""
        self._begin()

    def read(self) -> Samples:
        """Everything measured since the last call, in the chip's own axes.

        `end` is when the FIFO was counted: the newest sample is up to one period older, plus the time its three
        axes take to enter the FIFO. Raises BusError; after a lost transfer the next run has a gap.
        """
        try:
            run = super().read()
        except NoAnswer:
            self.poll_s = self._usual_s / 4
            raise
        self.poll_s = self._usual_s
        return run

    def temperature(self) -> float:
        """Of the chip, °C. Raises BusError.

        The chip may change one of the two registers between the other and it; the middle one of three readings
        is not torn in this way.
        """
        readings = [self._bus.read(self._address, TEMPERATURE, 2) for _ in range(3)]
        raw = sorted(int.from_bytes(reading, "big") & 0x0FFF for reading in readings)[1]
        return 25 + (raw - 1885) / -9.05

    def _tested(self) -> SelfTest:
        """Against half and twice the datasheet's typical change."""
        # At ±2 g, gravity and the force on Z would not fit together.
        self._configure(RATE_CODE[125.0], I2C_HS | RANGE_CODE[8])
        self._write(SELF_TEST, ARMED)
        still = self._mean()
        self._write(SELF_TEST, PUSHED)
        pushed = self._mean()
        return SelfTest(pushed - still, TYPICAL_CHANGE / 2, TYPICAL_CHANGE * 2)

    def _fetch(self) -> Fetched:
        status, entries = self._bus.read(self._address, STATUS, 2)
        now = self._bus.now()
        if entries > FIFO_SLOTS:
            raise ReadingError(f"{self._place} counts {entries} FIFO entries, but has {FIFO_SLOTS}")
        if status & FIFO_OVR:
            self._lose()
        # The FIFO fills axis by axis: a sample not yet whole stays there for the next time.
        held = len(self._rest) // 3
        slots = (held + entries) // 3 * 3 - held
        if slots <= 0:
            return now, NO_SAMPLES
        return now, self._decode(self._bus.read(self._address, FIFO_DATA, 3 * slots))

    def _decode(self, raw: bytes) -> NDArray[np.float64]:
        """What follows the last break in the slots; a partial sample at their end is kept."""
        whole, rest, broken = aligned(self._rest + raw)
        if broken:
            self._lose()
        self._rest = rest
        return convert(whole, self.count)

    def _lose(self) -> None:
        self._rest = b""
        super()._lose()

    def _start(self) -> None:
        self._write(SELF_TEST, OFF)
        self._configure(RATE_CODE[self.rate_hz], self._range)

    def _configure(self, rate: int, measured_range: int) -> None:
        """FILTER and RANGE may change in standby only. What was measured before is read away."""
        self._write(POWER_CTL, STANDBY)
        for _ in range(FLUSHES):
            self._bus.read(self._address, FIFO_DATA, 3 * FIFO_SLOTS // FLUSHES)
        self._write(FILTER, rate)
        self._write(RANGE, measured_range)
        self._write(POWER_CTL, MEASURE)

    def _settings(self) -> Settings:
        found = self._bus.read(self._address, FILTER, 1) + self._bus.read(self._address, RANGE, 2)
        wanted = (RATE_CODE[self.rate_hz], self._range, MEASURE)
        return dict(zip(("FILTER", "RANGE", "POWER_CTL"), zip(wanted, found, strict=True), strict=True))

    def _mean(self) -> NDArray[np.float64]:
        """At ±8 g, past what the test disturbs; shape (3,), m/s²."""
        self._bus.sleep(SETTLE_S)
        return np.asarray(convert(self._newest(DATA, SAMPLE_BYTES), G0 / COUNTS_PER_G[8]).mean(axis=0))


def probe(bus: I2C, address: int, *, range_g: int, rate_hz: float | None = None) -> ADXL355:
    """Identify, reset and start the chip. Raises NoAnswer, WrongChip, BusError; ValueError for another range or
    rate."""
    check_range("an ADXL355", range_g, RANGES_G)
    check_rate("an ADXL355", rate_hz or RATE_HZ, RATES_HZ, bus_hz=bus.hz, clocks=SAMPLE_CLOCKS)
    identify(bus, address, DEVID_AD, IDENTITY, part="an ADXL355")
    _reset(bus, address)
    return ADXL355(bus, address, range_g, rate_hz or RATE_HZ)


def convert(whole: bytes, count: float) -> NDArray[np.float64]:
    """Whole samples of the FIFO (9 bytes each) to m/s², shape (n, 3); count is one digit, m/s²."""
    words = np.zeros((len(whole) // 3, 4), np.uint8)
    words[:, :0:-1] = np.frombuffer(whole, np.uint8).reshape(-1, 3)
    # 20 bits, left justified, the highest byte last: the shift brings the sign along and drops the markers.
    values: NDArray[np.int32] = words.view("<i4") >> 12
    return values.reshape(-1, 3) * np.float64(count)


def aligned(raw: bytes) -> tuple[bytes, bytes, bool]:
    """The last unbroken run of whole samples in slots of the FIFO, the partial sample after it, and
    whether anything had to be dropped before it."""
    markers = raw[2::3].translate(MARKERS).partition(b".")[0]
    run = LAST_RUN.search(markers)
    if run is None:  # cannot be: the pattern also fits the empty end
        return b"", b"", True
    start, end = 3 * run.start(), 3 * run.end(1)
    return raw[start:end], raw[end : 3 * len(markers)], start > 0


def _reset(bus: I2C, address: int) -> None:
    """Soft reset until the trim values are loaded again.

    The reset may race with the load of the shadow registers: a chip that lost the race measures wrongly.
    The Linux kernel's driver compares and repeats in the same way.
    """
    shadow = bus.read(address, SHADOW, SHADOW_COUNT)
    for _ in range(RESET_TRIES):
        bus.write(address, bytes((RESET, RESET_CODE)))
        bus.sleep(0.005)
        if bus.read(address, SHADOW, SHADOW_COUNT) == shadow:
            return
    lost = f"the ADXL355 lost its trim values in {RESET_TRIES} resets"
    raise ReadingError(f"address 0x{address:02x}: {lost}; switch its power off and on")
