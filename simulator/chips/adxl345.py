"""A simulated ADXL345 at register level; constants typed from its datasheet, independent of the driver.

Modelled: identity, standby, ranges and both resolutions, rates, offsets, the FIFO in its bypass and stream modes, its
one sample a burst, overrun, saturation, quantisation, the coarse last bit of the two highest rates, self-test, a
clock that is off, noise.
Not modelled: left justified words, the FIFO's other two modes (they collect nothing) and its 33rd sample, low power,
sleep, taps and activity, interrupt pins, the settling of the filter.
"""

import numpy as np
from numpy.typing import NDArray

from simulator.chips import Signal
from simulator.proof_mass import ProofMass

STANDARD_GRAVITY = 9.80665  # m/s²
TYPICAL_NOISE = np.array((290e-6, 290e-6, 430e-6)) * STANDARD_GRAVITY  # m/s²/√Hz
SELF_TEST_FORCE = np.array((1.3, -1.3, 1.9)) * STANDARD_GRAVITY
"""At 3.3 V: our choice, within the datasheet's wide limits."""
COUNTS_PER_G = 256
OFFSET_COUNTS = 4  # 15.6 mg
FIFO_SAMPLES = 32

REGISTERS_AFTER_RESET = {0x00: 0xE5, 0x2C: 0x0A, 0x30: 0x02}
READ_ONLY = (0x00, 0x2B, 0x30, *range(0x32, 0x38), 0x39)


class ADXL345:
    """The chip at the end of a simulated bus."""

    def __init__(
        self,
        signal: Signal,
        *,
        rate_error: float = 0.0,
        noise_density: float | None = None,
        seed: int = 0,
        stuck: bool = False,
    ) -> None:
        """As every simulated accelerometer is made, see `MakeAccelerometer`."""
        noise = TYPICAL_NOISE if noise_density is None else noise_density
        self._mass = ProofMass(signal, noise_density=noise, seed=seed, stuck=stuck)
        self._speed = 1 + rate_error
        self.power_on(0.0)

    def power_on(self, now: float) -> None:
        """Supply switched on: reset values, in standby, the FIFO empty."""
        self._registers = bytearray(0x3A)
        for register, value in REGISTERS_AFTER_RESET.items():
            self._registers[register] = value
        self._pointer = 0x00
        self._output = bytes(6)
        self._mass.push(None)
        self._begin(now)

    def write(self, data: bytes, now: float) -> None:
        """The register pointer, then values."""
        self._pointer = data[0]
        for value in data[1:]:
            self._write_register(self._pointer, value, now)
            self._pointer += 1

    def read(self, count: int, now: float) -> bytes:
        """Registers, the pointer moving on. Behind Z the FIFO steps on, also where a burst ends before."""
        self._measure(now)
        answer = bytearray()
        opened = False
        for register in range(self._pointer, self._pointer + count):
            if 0x32 <= register <= 0x37:
                opened = True
            elif opened:
                self._step()
                opened = False
            answer.append(self._read_register(register))
        if opened:
            self._step()
        self._pointer += count
        return bytes(answer)

    def _write_register(self, register: int, value: int, now: float) -> None:
        if register >= len(self._registers) or register in READ_ONLY:
            return
        self._measure(now)
        changed = self._registers[register] != value
        self._registers[register] = value
        if register == 0x31:
            self._mass.push(SELF_TEST_FORCE if value & 0x80 else None)
        elif register == 0x38:
            self._fifo.clear()
            self._overrun = False
        elif changed and register in (0x2C, 0x2D):
            self._begin(now)

    def _begin(self, now: float) -> None:
        """The first sample comes one period from here, if the chip measures."""
        code = self._registers[0x2C] & 0x0F
        self._rate_hz = 3200 / 2 ** (15 - code)
        self._start: float | None = now if self._registers[0x2D] & 0x08 else None
        self._made = 0
        self._fresh = self._overrun = False
        self._fifo: list[bytes] = []

    def _measure(self, now: float) -> None:
        """Samples until now; sample k was taken at start + (k + 1) / rate."""
        if self._start is None:
            return
        rate = self._rate_hz * self._speed
        entered = int((now - self._start) * rate)
        if entered <= self._made:
            return
        first = max(self._made, entered - FIFO_SAMPLES)
        skipped = first > self._made
        words = self._encode(np.arange(first + 1, entered + 1) / rate + self._start)
        self._made = entered
        match self._registers[0x38] >> 6:
            case 0:
                self._overrun |= self._fresh or skipped or len(words) > 1
                self._output, self._fresh = words[-1], True
            case 2:
                self._fifo += words
                lost = len(self._fifo) - FIFO_SAMPLES
                if lost > 0 or skipped:
                    self._overrun = True
                    del self._fifo[: max(lost, 0)]

    def _encode(self, times: NDArray[np.float64]) -> list[bytes]:
        """Words of X, Y and Z, the low byte first, right justified with their sign."""
        data_format = self._registers[0x31]
        span, full = data_format & 0x03, bool(data_format & 0x08)
        offsets = np.frombuffer(bytes(self._registers[0x1E:0x21]), np.int8) * OFFSET_COUNTS
        counts = self._mass.at(times, self._rate_hz) * (COUNTS_PER_G / STANDARD_GRAVITY) + offsets
        limit = 512 << span
        if not full:
            counts, limit = counts / (1 << span), 512
        words = np.rint(np.clip(counts, -limit, limit - 1)).astype("<i2")
        if self._rate_hz >= 1600 and (full or span == 0):
            words &= ~1
        raw = words.tobytes()
        return [raw[start : start + 6] for start in range(0, len(raw), 6)]

    def _read_register(self, register: int) -> int:
        if register >= len(self._registers):
            return 0
        if register == 0x30:
            return self._source()
        if 0x32 <= register <= 0x37:
            return (self._fifo[0] if self._fifo else self._output)[register - 0x32]
        if register == 0x39:
            return len(self._fifo)
        return self._registers[register]

    def _source(self) -> int:
        ready = 0x80 if self._fifo or self._fresh else 0x00
        watermark = 0x02 if len(self._fifo) >= self._registers[0x38] & 0x1F else 0x00
        return ready | watermark | self._overrun

    def _step(self) -> None:
        """Data were read: the next sample of the FIFO comes up, and OVERRUN goes."""
        if self._fifo:
            self._output = self._fifo.pop(0)
        self._fresh = self._overrun = False
