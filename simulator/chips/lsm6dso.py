"""A simulated LSM6DSO (or LSM6DSOX) at register level; constants typed from its datasheet, independent of the driver.

Modelled: identity, power-down, soft reset and its refusal while the FIFO fills, ranges, rates, samples that are not
settled yet, the FIFO of tagged words with its flags, words of other sensors, self test, temperature, saturation,
quantisation, a clock that is off, noise.
Not modelled: the gyroscope (it never turns), the wider ranges' higher noise, filters, offsets, BDU, FIFO compression
and its triggered modes, interrupts, I3C, the embedded functions.
"""

import numpy as np

from drivers.errors import NoAnswer
from simulator.chips import Signal
from simulator.proof_mass import ProofMass

STANDARD_GRAVITY = 9.80665  # m/s²
MILLI_G = (0.061, 0.488, 0.122, 0.244)  # a digit, by CTRL1_XL[3:2]: 2, 16, 4, 8 g
TYPICAL_NOISE = 70e-6 * STANDARD_GRAVITY  # m/s²/√Hz
RATES = (0.0, 12.5, 26.0, 52.0, 104.0, 208.0, 416.0, 833.0, 1667.0, 3333.0, 6667.0)
TEMPERATURE_RATES = (0.0, 1.6, 12.5, 52.0)
TIMESTAMP_EVERY = (0, 1, 8, 32)
TIMESTAMP_S = 25e-6
RESET_S = 0.002
"""Our choice, far above the datasheet's 50 µs: a driver that does not wait shall notice."""
UNSETTLED = 2
"""So many samples after power-down are not settled: how many, and that they say zero, is our choice."""
SELF_TEST_FORCE = np.array((0.35, 0.42, 0.6)) * STANDARD_GRAVITY
"""Our choice; the datasheet allows 50 to 1700 mg."""
FORCES = (None, SELF_TEST_FORCE, -SELF_TEST_FORCE, None)  # by CTRL5_C[1:0]
FIFO_WORDS = 512
GYROSCOPE, ACCELEROMETER, THERMOMETER, CLOCK = 1, 2, 3, 4
REGISTERS_AFTER_RESET = {0x02: 0x3F, 0x0F: 0x6C, 0x12: 0x04, 0x18: 0xE0}


class LSM6DSO:
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
        self._temperature = round((temperature - 25) * 256).to_bytes(2, "little", signed=True)
        self.power_on(0.0)

    def power_on(self, now: float) -> None:
        """Supply switched on: reset values, powered down, the FIFO bypassed."""
        self._registers = bytearray(0x80)
        for register, value in REGISTERS_AFTER_RESET.items():
            self._registers[register] = value
        self._ready = now
        self._pointer = 0x00
        self._rate = 0.0
        self._start = now
        self._made = 0
        self._latest = bytes(6)
        self._mass.push(None)
        self._clear()

    def write(self, data: bytes, now: float) -> None:
        """The register pointer, then values; what is written while a reset runs is lost."""
        self._pointer = data[0]
        if now < self._ready:
            return
        self._advance(now)
        for value in data[1:]:
            self._write_register(self._pointer, value, now)
            self._step(1)

    def read(self, count: int, now: float) -> bytes:
        """Registers from the pointer on, words of the FIFO in a circle; while a reset runs only its own bit."""
        if now < self._ready:
            return (b"\x05" if self._pointer == 0x12 else b"\x00").ljust(count, b"\0")[:count]
        self._advance(now)
        register = self._pointer
        if register >= 0x78:
            return self._pop(count)
        self._refresh()
        end = self._step(count)
        if register <= 0x3B < max(end, register + 1):
            self._latched = False  # FIFO_STATUS2 is cleared by reading it
        if end == register:
            return bytes(self._registers[register : register + 1]) * count
        return bytes(self._registers[register:end]).ljust(count, b"\0")

    def _step(self, count: int) -> int:
        """Where the pointer is after count registers: it stays where it is unless IF_INC is set."""
        if self._registers[0x12] & 0x04:
            self._pointer += count
        return self._pointer

    def _write_register(self, register: int, value: int, now: float) -> None:
        if register == 0x12 and value & 0x01:
            self._reset(now)
        elif register == 0x10:
            self._registers[register] = value
            self._set_rate(RATES[min(value >> 4, 10)] * self._speed, now)
        elif register == 0x0A:
            self._registers[register] = value
            if not value & 0x07:
                self._clear()
        elif register < 0x1A and register != 0x0F:
            self._registers[register] = value
            if register == 0x14:
                self._mass.push(FORCES[value & 0x03])

    def _reset(self, now: float) -> None:
        if self._registers[0x0A] & 0x07:
            raise NoAnswer("simulated LSM6DSO: no acknowledge of a reset while the FIFO fills")
        self.power_on(now + RESET_S)

    def _set_rate(self, rate: float, now: float) -> None:
        if rate != self._rate:
            self._rate, self._start, self._made = rate, now, 0

    def _clear(self) -> None:
        self._fifo = bytearray()
        self._slot = 0
        self._overrun = self._latched = False

    def _advance(self, now: float) -> None:
        """Measure until now; sample k, from 0, is taken at start + (k + 1) / rate."""
        if not self._rate:
            return
        end = int((now - self._start) * self._rate)
        first = self._made if self._registers[0x0A] & 0x07 == 1 else max(self._made, end - FIFO_WORDS - 1)
        if first >= end:
            return
        raw = self._encode(first, end)
        self._made = end
        self._latest = raw[-6:]
        if self._registers[0x0A] & 0x07 and self._registers[0x09] & 0x0F:
            self._batch(raw, first)

    def _batch(self, raw: bytes, number: int) -> None:
        """Put samples into the FIFO, the first of them with its number."""
        for start in range(0, len(raw), 6):
            self._put(ACCELEROMETER, raw[start : start + 6])
            self._put_others(number + start // 6)
            self._slot += 1
        self._drop()

    def _put_others(self, number: int) -> None:
        """What else FIFO_CTRL3 and FIFO_CTRL4 ask for."""
        if self._registers[0x09] >> 4 and self._registers[0x11] >> 4:
            self._put(GYROSCOPE, bytes(6))
        rate = TEMPERATURE_RATES[self._registers[0x0A] >> 4 & 0x03]
        if rate and number % max(round(self._rate / rate), 1) == 0:
            self._put(THERMOMETER, self._temperature + bytes(4))
        every = TIMESTAMP_EVERY[self._registers[0x0A] >> 6]
        if every and self._registers[0x19] & 0x20 and number % every == 0:
            ticks = int(number / self._rate / TIMESTAMP_S)
            self._put(CLOCK, ticks.to_bytes(4, "little") + bytes(2))

    def _put(self, sensor: int, data: bytes) -> None:
        """A word: the tag, of even parity, with the sensor and the time slot modulo 4, then six bytes."""
        tag = sensor << 3 | (self._slot & 3) << 1
        self._fifo.append(tag | tag.bit_count() & 1)
        self._fifo += data

    def _drop(self) -> None:
        """What does not fit: the newest in FIFO mode, the oldest otherwise; STOP_ON_WTM makes the FIFO smaller."""
        watermark = self._registers[0x07] | (self._registers[0x08] & 0x01) << 8
        size = 7 * (watermark if self._registers[0x08] & 0x80 and watermark else FIFO_WORDS)
        if len(self._fifo) <= size:
            return
        self._overrun = self._latched = True
        if self._registers[0x0A] & 0x07 == 1:
            del self._fifo[size:]
        else:
            del self._fifo[:-size]

    def _pop(self, count: int) -> bytes:
        """Words in a circle; one is gone when its last byte was read, and an empty FIFO gives zeros."""
        offset = self._pointer - 0x78
        words, rest = divmod(offset + count, 7)
        answer = bytes(self._fifo[offset : offset + count])
        del self._fifo[: 7 * words]
        self._pointer = 0x78 + rest
        self._overrun = self._overrun and not words
        return answer.ljust(count, b"\0")

    def _refresh(self) -> None:
        """Bring what is measured up to date: the registers are made when somebody looks."""
        words = len(self._fifo) // 7
        self._registers[0x1E] = 0x05 if self._made else 0x00
        self._registers[0x20:0x22] = self._temperature if self._rate else bytes(2)
        self._registers[0x28:0x2E] = self._latest
        self._registers[0x3A] = words & 0xFF
        full = 0x20 if words >= FIFO_WORDS else 0x00
        overrun = 0x40 if self._overrun else 0x00
        latched = 0x08 if self._latched else 0x00
        self._registers[0x3B] = words >> 8 | full | overrun | latched

    def _encode(self, first: int, end: int) -> bytes:
        """Samples first to end, six bytes each, little endian."""
        code = self._registers[0x10] >> 2 & 0x03
        digit = MILLI_G[code] * STANDARD_GRAVITY / 1000
        numbers = np.arange(first, end)
        felt = self._mass.at((numbers + 1) / self._rate + self._start, self._rate / self._speed)
        counts = np.rint(felt / digit)
        counts[numbers < UNSETTLED] = 0
        return np.maximum(np.minimum(counts, 32767.0), -32768.0).astype("<i2").tobytes()
