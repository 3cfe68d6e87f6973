"""A simulated LIS3DH at register level; constants typed from its datasheet, independent of the driver.

Modelled: identity, power-down, boot, the register address's increment bit, ranges, rates, the three resolutions, samples
that are not settled yet, the FIFO that counts to 31, wraps its burst and is emptied by bypass only, data held while
half read, self test, saturation, quantisation, a clock that is off, noise.
Not modelled: filters (the real chip's pass a ninth of the rate in high resolution), the auxiliary converter with its
thermometer, offsets, big endian data, stream-to-FIFO mode, interrupts, clicks.
"""

import numpy as np

from simulator.chips import Signal
from simulator.proof_mass import ProofMass

STANDARD_GRAVITY = 9.80665  # m/s²
TYPICAL_NOISE = 220e-6 * STANDARD_GRAVITY  # m/s²/√Hz
RANGES = (2, 4, 8, 16)  # g, by CTRL_REG4[5:4]
MILLI_G = (1, 2, 4, 12)  # a digit of 12 bits, by the same
RATES = (0.0, 1.0, 10.0, 25.0, 50.0, 100.0, 200.0, 400.0, 1620.0, 1344.0)
BOOT_S = 0.005
UNSETTLED = 7
"""So many periods high resolution takes to turn on; that it says zero until then is our choice."""
SELF_TEST_FORCE = np.array((0.31, 0.38, 0.52)) * STANDARD_GRAVITY
"""Our choice; the datasheet allows 17 to 360 digits of 4 mg."""
FORCES = (None, SELF_TEST_FORCE, -SELF_TEST_FORCE, None)  # by CTRL_REG4[2:1]
FIFO_SAMPLES = 32
OUT, FIFO_SRC = 0x28, 0x2F
REGISTERS_AFTER_POWER_ON = {0x0F: 0x33, 0x1E: 0x10, 0x20: 0x07}
READ_ONLY = (0x0F, 0x27, FIFO_SRC)


class LIS3DH:
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
        """Supply switched on: reset values, powered down, and booting."""
        self._registers = bytearray(0x40)
        for register, value in REGISTERS_AFTER_POWER_ON.items():
            self._registers[register] = value
        self._ready = now
        self._pointer, self._increments = 0x00, False
        self._rate = 0.0
        self._start = now
        self._made = self._settled = 0
        self._fifo = bytearray()
        self._latest = bytes(6)
        self._held: dict[int, bytes] = {}
        self._mass.push(None)

    def write(self, data: bytes, now: float) -> None:
        """The register, bit 7 set to go on with the next ones, then values; those written in a boot are lost."""
        self._pointer, self._increments = data[0] & 0x7F, data[0] >= 0x80
        if now < self._ready:
            return
        self._advance(now)
        for value in data[1:]:
            self._write_register(self._pointer, value, now)
            self._pointer += self._increments

    def read(self, count: int, now: float) -> bytes:
        """Registers; without bit 7 the same one again and again. In a boot only the identity and BOOT are there."""
        if now < self._ready:
            return bytes((0x33 if self._pointer == 0x0F else 0x80,)) * count
        self._advance(now)
        if self._streams() and self._increments and OUT <= self._pointer < OUT + 6:
            return self._pop(count)
        answer = bytearray()
        for _ in range(count):
            answer.append(self._read_register(self._pointer))
            self._pointer += self._increments
        return bytes(answer)

    def _streams(self) -> bool:
        """Whether the FIFO is on: FIFO_EN, and a mode other than bypass."""
        return bool(self._registers[0x24] & 0x40 and self._registers[0x2E] >> 6)

    def _write_register(self, register: int, value: int, now: float) -> None:
        if register >= 0x40 or register in READ_ONLY or OUT <= register < OUT + 6:
            return
        before = self._registers[register]
        self._registers[register] = value
        if register == 0x20 and value >> 4 != before >> 4:
            self._rate = RATES[min(value >> 4, 9)] * self._speed
            self._start, self._made, self._settled = now, 0, UNSETTLED
        elif register == 0x23:
            self._mass.push(FORCES[value >> 1 & 0x03])
            if value & 0x08 > before & 0x08:
                self._settled = self._made + UNSETTLED
        elif register == 0x24 and value & 0x80:
            self._registers[register] = value & 0x7F
            self._ready = now + BOOT_S
        if not self._streams():
            self._fifo.clear()

    def _read_register(self, register: int) -> int:
        if OUT <= register < OUT + 6:
            return self._read_output(*divmod(register - OUT, 2))
        if register == 0x27:
            return 0x0F if self._made else 0x00
        if register == FIFO_SRC:
            return self._source()
        return self._registers[register] if register < 0x40 else 0

    def _source(self) -> int:
        """WTM, OVRN (full, not overrun), EMPTY and a count that ends at 31."""
        count = len(self._fifo) // 6
        watermark = 0x80 if count > self._registers[0x2E] & 0x1F else 0x00
        full = 0x40 if count == FIFO_SAMPLES else 0x00
        empty = 0x00 if count else 0x20
        return watermark | full | empty | min(count, 31)

    def _read_output(self, axis: int, byte: int) -> int:
        """With BDU, the high byte belongs to the low byte read before it."""
        pair = self._latest[2 * axis : 2 * axis + 2]
        if byte == 1:
            return self._held.pop(axis, pair)[1]
        if self._registers[0x23] & 0x80:
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
        answer += self._latest * (touched - len(answer) // 6)
        del self._fifo[: 6 * whole]
        self._pointer = OUT + rest
        return bytes(answer[offset : offset + count])

    def _advance(self, now: float) -> None:
        """Measure until now; sample k, from 0, is taken at start + (k + 1) / rate."""
        if not self._rate:
            return
        end = int((now - self._start) * self._rate)
        stops = self._streams() and self._registers[0x2E] >> 6 == 1  # FIFO mode stops when it is full
        first = self._made if stops else max(self._made, end - FIFO_SAMPLES)
        if first >= end:
            return
        raw = self._encode(first, end)
        self._made = end
        if not self._streams():
            self._latest = raw[-6:]
        elif stops:
            self._fifo += raw[: 6 * FIFO_SAMPLES - len(self._fifo)]
        else:
            self._fifo += raw
            del self._fifo[: -6 * FIFO_SAMPLES]

    def _encode(self, first: int, end: int) -> bytes:
        """Samples first to end, six bytes each: 12, 10 or 8 bits, left justified, little endian."""
        code = self._registers[0x23] >> 4 & 0x03
        dropped = 4 if self._registers[0x20] & 0x08 else 0 if self._registers[0x23] & 0x08 else 2
        milli_g = MILLI_G[code] << dropped
        numbers = np.arange(first, end)
        felt = self._mass.at((numbers + 1) / self._rate + self._start, self._rate / self._speed)
        digits = np.rint(felt / (milli_g * STANDARD_GRAVITY / 1000))
        digits[numbers < self._settled] = 0
        # 12 bits of 12 mg would reach 24 g; that ±16 g ends as far above its name as the others is our choice.
        most = 1024 * RANGES[code] // milli_g
        digits = np.maximum(np.minimum(digits, most - 1), -most)
        return (digits.astype(np.int32) << 4 + dropped).astype("<i2").tobytes()
