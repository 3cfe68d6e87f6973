"""A simulated LIS2DW12 at register level; constants typed from ST's C driver, independent of ours.

Modelled: identity, power-down, soft reset, IF_ADD_INC, ranges, rates, high-performance and low-power mode (12 bits in
the first of its kinds), samples that are not settled yet, the FIFO with its count, threshold and overrun, its wrapping
burst, that bypass alone empties it, data held while half read, self test, temperature, saturation, quantisation, a
clock that is off, noise.
Not modelled: filters, offsets, more noise without LOW_NOISE, single conversions, the triggers of its FIFO, interrupts,
wake-up, sleep, taps, a reloading of the trim values.
Read in ST's code: registers, bits, digits, rates, temperature; in a Renode model that cites the datasheet DS11811: the
reset value of CTRL2. From memory: the other reset values, rates above 200 Hz in low power, when FIFO_OVR and the
threshold come and go, when a sample leaves the FIFO, what an empty one gives.
"""

import numpy as np

from simulator.chips import Signal
from simulator.proof_mass import ProofMass

STANDARD_GRAVITY = 9.80665  # m/s²
TYPICAL_NOISE = 90e-6 * STANDARD_GRAVITY  # m/s²/√Hz
MILLI_G = (0.244, 0.488, 0.976, 1.952)  # a digit of 14 bits, by CTRL6[5:4]: 2, 4, 8, 16 g
HIGH_PERFORMANCE_RATES = (0.0, 12.5, 12.5, 25.0, 50.0, 100.0, 200.0, 400.0, 800.0, 1600.0)  # by CTRL1[7:4]
LOW_POWER_RATES = (0.0, 1.6, 12.5, 25.0, 50.0, 100.0, 200.0, 200.0, 200.0, 200.0)
RATES = (LOW_POWER_RATES, HIGH_PERFORMANCE_RATES, 10 * (0.0,), 10 * (0.0,))  # by CTRL1[3:2]
RESET_S = 0.002
"""Our choice: a driver that does not wait shall notice."""
UNSETTLED = 3
"""ST's Linux driver discards so many; that they say zero is our choice."""
SELF_TEST_FORCE = np.array((0.34, 0.41, 0.57)) * STANDARD_GRAVITY
"""Our choice; ST's example allows 70 to 1500 mg."""
FORCES = (None, SELF_TEST_FORCE, -SELF_TEST_FORCE, None)  # by CTRL3[7:6]
FIFO_SIZE = 32
CTRL1, CTRL2, CTRL3, CTRL6 = 0x20, 0x21, 0x22, 0x25
OUT, FIFO_CTRL, FIFO_SAMPLES = 0x28, 0x2E, 0x2F
REGISTERS_AFTER_RESET = {0x0F: 0x44, CTRL2: 0x04}
READ_ONLY = (*range(0x20), 0x26, 0x27, *range(OUT, OUT + 6), FIFO_SAMPLES)


class LIS2DW12:
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
    ) -> None:
        """As every simulated accelerometer is made, see `MakeAccelerometer`; temperature in °C."""
        noise = TYPICAL_NOISE if noise_density is None else noise_density
        self._mass = ProofMass(signal, noise_density=noise, seed=seed, stuck=stuck)
        self._speed = 1 + rate_error
        self._temperature = temperature
        self.power_on(0.0)

    def power_on(self, now: float) -> None:
        """Supply switched on: reset values, powered down, the FIFO bypassed."""
        self._registers = bytearray(0x40)
        for register, value in REGISTERS_AFTER_RESET.items():
            self._registers[register] = value
        self._ready = now
        self._pointer = 0x00
        self._rate = 0.0
        self._start = now
        self._made = 0
        self._fifo = bytearray()
        self._overrun = False
        self._latest = bytes(6)
        self._held: dict[int, bytes] = {}
        self._mass.push(None)

    def write(self, data: bytes, now: float) -> None:
        """The register pointer, then values; what is written while a reset runs is lost."""
        self._pointer = data[0]
        if now < self._ready:
            return
        self._advance(now)
        for value in data[1:]:
            self._write_register(self._pointer, value, now)
            self._pointer += self._increments()

    def read(self, count: int, now: float) -> bytes:
        """Registers from the pointer on, samples of the FIFO in a circle; while a reset runs only its own bit."""
        if now < self._ready:
            return (b"\x44" if self._pointer == CTRL2 else b"\x00").ljust(count, b"\0")[:count]
        self._advance(now)
        if self._fills() and self._increments() and OUT <= self._pointer < OUT + 6:
            return self._pop(count)
        answer = bytearray()
        for _ in range(count):
            answer.append(self._read_register(self._pointer))
            self._pointer += self._increments()
        return bytes(answer)

    def _increments(self) -> bool:
        return bool(self._registers[CTRL2] & 0x04)

    def _fills(self) -> bool:
        """Whether the FIFO does: until it is full in mode 1, for ever in 3 and 6, in 4 not before a trigger."""
        return self._registers[FIFO_CTRL] >> 5 in (1, 3, 6)

    def _write_register(self, register: int, value: int, now: float) -> None:
        if register >= 0x40 or register in READ_ONLY:
            return
        if register == CTRL2 and value & 0x40:
            self.power_on(now + RESET_S)
            return
        before = self._registers[register]
        self._registers[register] = value
        if register == CTRL1 and value != before:
            self._rate = RATES[value >> 2 & 0x03][min(value >> 4, 9)] * self._speed
            self._start, self._made = now, 0
        elif register == CTRL3:
            self._mass.push(FORCES[value >> 6])
        elif register == FIFO_CTRL and not self._fills():
            self._fifo.clear()
            self._overrun = False

    def _read_register(self, register: int) -> int:
        if OUT <= register < OUT + 6:
            return self._read_output(*divmod(register - OUT, 2))
        if register in (0x0D, 0x0E, 0x26):
            return self._read_temperature(register)
        if register == 0x27:
            return self._count() & 0x80 | bool(self._made)
        if register == FIFO_SAMPLES:
            return self._count()
        return self._registers[register] if register < 0x40 else 0

    def _read_temperature(self, register: int) -> int:
        """OUT_T_L and OUT_T_H: 12 bits to the left, 16 a degree; OUT_T: whole degrees. All are 0 at 25 °C."""
        digits = round((self._temperature - 25) * 16) if self._rate else 0
        return {0x0D: digits << 4, 0x0E: digits >> 4, 0x26: digits >> 4}[register] & 0xFF

    def _count(self) -> int:
        """FIFO_FTH, FIFO_OVR and the number of samples, 0 to 32."""
        entries = len(self._fifo) // 6
        threshold = 0x80 if entries >= (self._registers[FIFO_CTRL] & 0x1F) > 0 else 0x00
        return threshold | (0x40 if self._overrun else 0x00) | entries

    def _read_output(self, axis: int, byte: int) -> int:
        """With BDU, the high byte belongs to the low byte read before it."""
        pair = self._latest[2 * axis : 2 * axis + 2]
        if byte == 1:
            return self._held.pop(axis, pair)[1]
        if self._registers[CTRL2] & 0x08:
            self._held[axis] = pair
        return pair[0]

    def _pop(self, count: int) -> bytes:
        """Samples, the oldest first, in a circle from 0x2D to 0x28; an empty FIFO gives its last one again."""
        offset = self._pointer - OUT
        whole, rest = divmod(offset + count, 6)
        touched = whole + (rest > 0)
        answer = self._fifo[: 6 * touched]
        if whole:
            self._latest = bytes(answer[6 * whole - 6 : 6 * whole]) or bytes(answer[-6:]) or self._latest
            self._overrun = False
        answer += self._latest * (touched - len(answer) // 6)
        del self._fifo[: 6 * whole]
        self._pointer = OUT + rest
        return bytes(answer[offset : offset + count])

    def _advance(self, now: float) -> None:
        """Measure until now; sample k, from 0, is taken at start + (k + 1) / rate."""
        if not self._rate:
            return
        end = int((now - self._start) * self._rate)
        stops = self._registers[FIFO_CTRL] >> 5 == 1
        first = self._made if stops else max(self._made, end - FIFO_SIZE - 1)
        if first >= end:
            return
        raw = self._encode(first, end)
        self._made = end
        if not self._fills():
            self._latest = raw[-6:]
            return
        self._fifo += raw
        if len(self._fifo) > 6 * FIFO_SIZE:
            self._overrun = not stops
            del self._fifo[slice(6 * FIFO_SIZE, None) if stops else slice(-6 * FIFO_SIZE)]

    def _encode(self, first: int, end: int) -> bytes:
        """Samples first to end, six bytes each: 14 or 12 bits, left justified, little endian."""
        dropped = 0 if self._registers[CTRL1] & 0x0F else 2  # low power, the first kind
        milli_g = MILLI_G[self._registers[CTRL6] >> 4 & 0x03] * (1 << dropped)
        numbers = np.arange(first, end)
        felt = self._mass.at((numbers + 1) / self._rate + self._start, self._rate / self._speed)
        digits = np.rint(felt / (milli_g * STANDARD_GRAVITY / 1000))
        digits[numbers < UNSETTLED] = 0
        most = 8192 >> dropped
        digits = np.maximum(np.minimum(digits, most - 1), -most)
        return (digits.astype(np.int32) << 2 + dropped).astype("<i2").tobytes()
