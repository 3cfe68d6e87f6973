"""ADXL355 (Analog Devices), three axes, ±2, ±4 or ±8 g, 20 bit; register names and values from its datasheet.

Set to 125 samples a second; its FIFO of 96 axis values holds 32 samples, a quarter of a second.
"""

import re

import numpy as np
from numpy.typing import NDArray

from drivers.accelerometers import SelfTest, check_range, check_rate
from drivers.errors import BusError, NoAnswer, ReadingError, WrongChip
from drivers.i2c import I2C
from drivers.samples import Samples

ADDRESSES = (0x1D, 0x53)
RANGES_G = (2, 4, 8)
RATES_HZ = (125.0,)
RATE_HZ = 125.0

DEVID_AD, IDENTITY = 0x00, bytes.fromhex("AD 1D ED")
STATUS, FIFO_OVR = 0x04, 0x04  # FIFO_ENTRIES, 0x05, is its neighbour: one read gives both.
FIFO_DATA, FIFO_SLOTS = 0x11, 96
FILTER, ODR_125_HZ = 0x28, 0x05  # 4000 Hz / 2**5, high pass off
RANGE, I2C_HS, RANGE_CODE = 0x2C, 0x80, {2: 0x01, 4: 0x02, 8: 0x03}  # bit 7 as the reset leaves it
POWER_CTL, MEASURE = 0x2D, 0x00
RESET, RESET_CODE = 0x2F, 0x52
SHADOW, SHADOW_COUNT = 0x50, 5

G0 = 9.80665  # standard gravity, m/s²
COUNTS_PER_G = {2: 256_000, 4: 128_000, 8: 64_000}
RESET_TRIES = 5
SILENCE_S = 1.0
SAMPLE_CLOCKS = 81.0  # nine bytes of nine clocks

NO_SAMPLES = np.empty((0, 3))
MARKERS = bytes(b"-X.."[last & 3] for last in range(256))
"""A slot's last byte as one letter: bit 0 marks the X axis, bit 1 a slot read from an empty FIFO."""
LAST_RUN = re.compile(rb"((?:X--)*)(?:X-?)?$")


class ADXL355:
    """A chip that was found, identified and set up, and is measuring."""

    name = "ADXL355"
    rate_hz = RATE_HZ
    noise_density = 22.5e-6 * G0
    poll_s = 10 / rate_hz
    """The FIFO fills in 32: two polls in a row may fail."""

    def __init__(self, bus: I2C, address: int, range_g: int) -> None:
        """Use a chip that is set up already; `probe` sets it up."""
        self.count = G0 / COUNTS_PER_G[range_g]
        self._bus = bus
        self._address = address
        self._settings = bytes((I2C_HS | RANGE_CODE[range_g], MEASURE))
        self._rest = b""
        self._lost = self._running = False
        self._heard = bus.now()

    def read(self) -> Samples:
        """Everything measured since the last call, in the chip's own axes.

        `end` is when the FIFO was counted: the newest sample is up to one period (8 ms) older, plus the time
        its three axes take to enter the FIFO. Raises BusError; after a lost transfer the next run has a gap.
        """
        try:
            return self._read()
        except NoAnswer:
            raise  # the chip was not addressed, so it gave nothing away
        except BusError:
            self._lose()
            raise

    def temperature(self) -> float | None:
        """Not read yet."""
        return None

    def self_test(self) -> SelfTest | None:
        """Not done yet."""
        return None

    def _read(self) -> Samples:
        status, entries = self._bus.read(self._address, STATUS, 2)
        now = self._bus.now()
        if entries > FIFO_SLOTS:
            raise ReadingError(f"{self._place()} counts {entries} FIFO entries, but has {FIFO_SLOTS}")
        if status & FIFO_OVR:
            self._lose()
        # The FIFO fills axis by axis: a sample not yet whole stays there for the next time.
        held = len(self._rest) // 3
        slots = (held + entries) // 3 * 3 - held
        acceleration = NO_SAMPLES
        if slots > 0:
            acceleration = self._decode(self._bus.read(self._address, FIFO_DATA, 3 * slots))
        return self._run(now, acceleration)

    def _decode(self, raw: bytes) -> NDArray[np.float64]:
        """What follows the last break in the slots; a partial sample at their end is kept."""
        whole, rest, broken = aligned(self._rest + raw)
        if broken:
            self._lose()
        self._rest = rest
        return convert(whole, self.count)

    def _run(self, now: float, acceleration: NDArray[np.float64]) -> Samples:
        if not len(acceleration):
            self._check_alive(now)
            return Samples(end=now, period=1 / self.rate_hz, acceleration=acceleration)
        # Before the first run nothing was promised, so nothing can be missing.
        gap = self._lost and self._running
        self._lost, self._running, self._heard = False, True, now
        return Samples(end=now, period=1 / self.rate_hz, acceleration=acceleration, gap=gap)

    def _lose(self) -> None:
        self._lost = True
        self._rest = b""

    def _check_alive(self, now: float) -> None:
        """A chip that lost its power comes back in standby and answers as if nothing had happened."""
        if now - self._heard <= SILENCE_S:
            return
        settings = self._bus.read(self._address, RANGE, 2)
        if settings == self._settings:
            raise ReadingError(
                f"{self._place()} is set to measure, but has given no sample for {SILENCE_S} s"
            )
        found = f"RANGE 0x{settings[0]:02X}, POWER_CTL 0x{settings[1]:02X}"
        raise ReadingError(f"{self._place()} was reset ({found}): did it lose its power?")

    def _place(self) -> str:
        return f"address 0x{self._address:02x}: the {self.name}"


def probe(bus: I2C, address: int, *, range_g: int, rate_hz: float | None = None) -> ADXL355:
    """Identify, reset and start the chip. Raises NoAnswer, WrongChip, BusError; ValueError for another range."""
    check_range("an ADXL355", range_g, RANGES_G)
    check_rate("an ADXL355", rate_hz or RATE_HZ, RATES_HZ, bus_hz=bus.hz, clocks=SAMPLE_CLOCKS)
    found = bus.read(address, DEVID_AD, len(IDENTITY))
    if found != IDENTITY:
        expected, answered = (identity.hex(" ").upper() for identity in (IDENTITY, found))
        raise WrongChip(
            f"address 0x{address:02x}: an ADXL355 answers {expected}, this chip answered {answered}"
        )
    _reset(bus, address)
    # FILTER and RANGE may change in standby only, which is where the reset leaves the chip.
    bus.write(address, bytes((FILTER, ODR_125_HZ)))
    bus.write(address, bytes((RANGE, I2C_HS | RANGE_CODE[range_g])))
    bus.write(address, bytes((POWER_CTL, MEASURE)))
    _check_settings(bus, address, range_g)
    return ADXL355(bus, address, range_g)


def convert(whole: bytes, count: float) -> NDArray[np.float64]:
    """Whole samples of the FIFO (9 bytes each) to m/s², shape (n, 3); count is one digit, m/s²."""
    words = np.zeros((len(whole) // 3, 4), np.uint8)
    words[:, :3] = np.frombuffer(whole, np.uint8).reshape(-1, 3)
    # 20 bits, left justified in a big endian word: the shift brings the sign along and drops the markers.
    values: NDArray[np.int32] = words.view(">i4") >> 12
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


def _check_settings(bus: I2C, address: int, range_g: int) -> None:
    expected = bytes((I2C_HS | RANGE_CODE[range_g], MEASURE))
    settings = bus.read(address, FILTER, 1) + bus.read(address, RANGE, 2)
    if settings != bytes((ODR_125_HZ,)) + expected:
        raise ReadingError(f"address 0x{address:02x}: the ADXL355 did not keep its settings")
