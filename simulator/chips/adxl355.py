"""A simulated ADXL355 at register level; constants typed from its datasheet, independent of the driver.

Modelled: identity, standby, soft reset and its race, ranges, rates, the FIFO that fills axis by axis and
drops its oldest slots, both markers, overrun, saturation, quantisation, self-test, the thermometer, a clock that is
off, noise.
Not modelled: the low pass filter's shape and delay, the high pass filter, offsets, interrupts, synchronisation, the
FIFO's three spare slots.
"""

import numpy as np

from simulator.chips import Signal
from simulator.proof_mass import ProofMass

STANDARD_GRAVITY = 9.80665  # m/s²
TYPICAL_NOISE = 22.5e-6 * STANDARD_GRAVITY  # m/s²/√Hz
COUNTS_PER_G = (256_000, 256_000, 128_000, 64_000)  # by RANGE[1:0]; 0 is not assigned
AXIS_DELAY = 1 / 8
"""Y enters the FIFO this part of a period after X, and Z after Y: our choice, seen in a quarter of all counts."""
RESET_S = 0.005
SELF_TEST_FORCE = np.array((0.3, 0.3, 1.5)) * STANDARD_GRAVITY  # the datasheet's typical change

REGISTERS_AFTER_RESET = {
    0x00: 0xAD,  # DEVID_AD
    0x01: 0x1D,  # DEVID_MST
    0x02: 0xED,  # PARTID
    0x03: 0x01,  # REVID
    0x29: 0x60,  # FIFO_SAMPLES
    0x2C: 0x81,  # Range
    0x2D: 0x01,  # POWER_CTL, standby
}
SHADOW = bytes((0x5A, 0x13, 0xC7, 0x40, 0x2E))  # 0x50 to 0x54, the trim of this one chip
WRONG_SHADOW = bytes((0x5A, 0x00, 0xC7, 0x40, 0x2E))
WRONG_TRIM = 0.9
"""A chip whose trim was loaded wrongly measures wrongly; by how much is our choice."""
EMPTY_SLOT = b"\x00\x00\x02"


class ADXL355:
    """The chip at the end of a simulated bus."""

    def __init__(
        self,
        signal: Signal,
        *,
        rate_error: float = 0.0,
        noise_density: float | None = None,
        seed: int = 0,
        stuck: bool = False,
        temperature: float = 25.0,
        reset_races: int = 0,
    ) -> None:
        """As every simulated accelerometer is made, see `MakeAccelerometer`; temperature in °C; the first
        reset_races resets go wrong."""
        noise = TYPICAL_NOISE if noise_density is None else noise_density
        self._mass = ProofMass(signal, noise_density=noise, seed=seed, stuck=stuck)
        self._speed = 1 + rate_error
        self._temperature = temperature
        self._races = reset_races
        self.power_on(0.0)

    def power_on(self, now: float) -> None:
        """Supply switched on: reset values, in standby, the FIFO empty."""
        self._registers = bytearray(0x60)
        for register, value in REGISTERS_AFTER_RESET.items():
            self._registers[register] = value
        self._registers[0x50:0x55] = SHADOW
        self._ready = now
        self._pointer = 0x00
        self._mass.push(None)
        self._standby()

    def write(self, data: bytes, now: float) -> None:
        """The register pointer, then values; what is written while a reset runs is lost."""
        if now < self._ready:
            return
        self._pointer = data[0]
        for value in data[1:]:
            self._write_register(self._pointer, value, now)
            self._pointer += 1

    def read(self, count: int, now: float) -> bytes:
        """Registers, the pointer moving on from all but FIFO_DATA; zeros while a reset runs, by our choice."""
        if now < self._ready:
            return bytes(count)
        self._count_slots(now)
        register = self._pointer
        self._pointer = 0x11 if register <= 0x11 < register + count else register + count
        if register > 0x11:
            return bytes(self._registers[register : register + count]).ljust(count, b"\0")
        before = 0x11 - register
        answer = b""
        if before:
            end = min(register + count, 0x11)
            self._refresh(end)
            answer = bytes(self._registers[register:end])
            if register <= 0x04 < end:  # STATUS is cleared by reading it
                self._overrun, self._seen = False, self._entered // 3
        return answer + self._pop(count - before) if count > before else answer

    def _write_register(self, register: int, value: int, now: float) -> None:
        if register == 0x2F and value == 0x52:
            self._reset(now)
        elif register == 0x2D:
            self._registers[register] = value & 0x07
            self._standby() if value & 0x01 else self._measure(now)
        elif register in (0x28, 0x2C) and self._start is not None:
            pass  # FILTER and Range may change in standby only: here a driver that forgets that gets nothing
        elif register == 0x2E:
            self._count_slots(now)
            self._make()
            self._registers[register] = value & 0x03
            self._mass.push(SELF_TEST_FORCE if value & 0x03 == 0x03 else None)
        elif 0x1E <= register <= 0x2E:
            self._registers[register] = value

    def _reset(self, now: float) -> None:
        self.power_on(now + RESET_S)
        if self._races > 0:
            self._races -= 1
            self._registers[0x50:0x55] = WRONG_SHADOW

    def _standby(self) -> None:
        self._start: float | None = None
        self._overrun = False
        self._entered = self._popped = 0
        self._seen = 0
        self._made, self._first_slot = 0, 0
        self._slots = bytearray()

    def _measure(self, now: float) -> None:
        if self._start is not None:
            return
        self._standby()
        self._start = now
        self._rate_hz = 4000 / 2 ** min(self._registers[0x28] & 0x0F, 10)
        self._rate = self._rate_hz * self._speed
        trim = 1.0 if self._registers[0x50:0x55] == SHADOW else WRONG_TRIM
        self._counts = COUNTS_PER_G[self._registers[0x2C] & 0x03] / STANDARD_GRAVITY * trim

    def _count_slots(self, now: float) -> None:
        """Slots that entered the FIFO until now; sample k was taken at start + (k + 1) / rate."""
        if self._start is None:
            return
        samples = (now - self._start) * self._rate - 1
        if samples < 0:
            return
        whole = int(samples)
        self._entered = 3 * whole + 1 + min(int((samples - whole) / AXIS_DELAY), 2)
        if self._entered - self._popped > 96:
            self._popped = self._entered - 96
            self._overrun = True

    def _refresh(self, end: int) -> None:
        """Bring the registers before end up to date: they are made when somebody looks."""
        entries = self._entered - self._popped
        full = 0x02 if entries >= self._registers[0x29] else 0x00
        overrun = 0x04 if self._overrun else 0x00
        self._registers[0x04] = overrun | full | (self._entered // 3 > self._seen)
        self._registers[0x05] = entries
        if end <= 0x06:
            return
        raw = round(1885 - 9.05 * (self._temperature - 25))
        self._registers[0x06:0x08] = raw.to_bytes(2, "big")
        whole = self._entered // 3
        if whole:
            self._make()
            last = 3 * (3 * (whole - 1) - self._first_slot)
            self._registers[0x08:0x11] = self._slots[last : last + 9]
            self._registers[0x0A] &= 0xF0  # the marker exists in the FIFO only

    def _pop(self, count: int) -> bytes:
        """Bytes of FIFO_DATA; a slot begun is a slot gone."""
        slots = min(-(-count // 3), self._entered - self._popped)
        if slots:
            self._make()
        first = 3 * (self._popped - self._first_slot)
        self._popped += slots
        answer = bytes(self._slots[first : first + min(3 * slots, count)])
        missing = count - len(answer)
        return answer + (EMPTY_SLOT * missing)[:missing] if missing else answer

    def _make(self) -> None:
        """Encode the samples that entered since the last time and are not lost already."""
        end = -(-self._entered // 3)
        start = max(self._made, self._popped // 3)
        if start >= end:
            return
        if start > self._made:
            self._slots.clear()
        elif len(self._slots) > 4096:
            del self._slots[:-297]  # what has not been read is never more than the last 99 slots
        self._slots += self._encode(start, end)
        self._made = end
        self._first_slot = 3 * end - len(self._slots) // 3

    def _encode(self, start: int, end: int) -> bytes:
        """Samples start to end as slots: 20 bits left justified, bit 0 of the last byte marks X."""
        assert self._start is not None
        times = np.arange(start + 1, end + 1) / self._rate + self._start
        counts = self._mass.at(times, self._rate_hz) * self._counts
        # Not np.clip, which takes three times as long for so few numbers.
        counts = np.maximum(np.minimum(counts, 524287.0), -524288.0)
        words = np.rint(counts).astype("<i4") << 12
        words[:, 0] |= 0x100
        return words.view(np.uint8).reshape(-1, 4)[:, :0:-1].tobytes()
