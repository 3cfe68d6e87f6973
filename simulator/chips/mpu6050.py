"""A simulated MPU-6050 at register level; constants typed from its register map, independent of the driver.

Modelled: identity, sleep, reset, ranges, the rate's divider and its two sources, the FIFO of bytes that enter one by
one and leave oldest first when it is full, overflow, waking up, saturation, quantisation, self-test and the factory's trim, the
thermometer, a clock that is off, noise.
Not modelled: the low pass's shape and delay, the gyroscope (it reads 0 and does not enter the FIFO), cycling, motion
detection, the second bus, interrupt pins.
"""

import numpy as np
from numpy.typing import NDArray

from simulator.chips import Signal
from simulator.proof_mass import ProofMass

STANDARD_GRAVITY = 9.80665  # m/s²
TYPICAL_NOISE = 400e-6 * STANDARD_GRAVITY  # m/s²/√Hz
COUNTS_PER_G = (16384, 8192, 4096, 2048)  # by ACCEL_CONFIG[4:3]
RESET_S = 0.005  # our choice
WAKE_S = 0.03
"""So long after its sleep what it gives is not valid yet: here it is 0."""
BYTE_S = 10e-6
"""A byte enters the FIFO this long after the one before: our choice, seen in a count that is no multiple of 6."""
FIFO_BYTES = 1024

REGISTERS_AFTER_RESET = {
    0x0D: 0b100_00000,  # SELF_TEST_X, the upper three bits of the accelerometer's trim
    0x0E: 0b101_00000,
    0x0F: 0b011_00000,
    0x10: 0b00_01_10_11,  # SELF_TEST_A, the lower two bits of X, Y and Z
    0x6B: 0x40,
    0x75: 0x68,
}
SELF_TEST_FORCE = np.array((0.552, 0.681, 0.531)) * STANDARD_GRAVITY
"""What the trim above, 17, 22 and 15, stands for by the register map's formula (0.578, 0.683, 0.541), a little aged."""
READ_ONLY = (*range(0x0D, 0x11), *range(0x3A, 0x61), 0x72, 0x73, 0x75)


class MPU6050:
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
        identity: int = 0x68,
    ) -> None:
        """As every simulated accelerometer is made, see `MakeAccelerometer`; temperature in °C. A clone has another
        identity."""
        noise = TYPICAL_NOISE if noise_density is None else noise_density
        self._mass = ProofMass(signal, noise_density=noise, seed=seed, stuck=stuck)
        self._speed = 1 + rate_error
        self._temperature = temperature
        self._identity = identity
        self.power_on(0.0)

    def power_on(self, now: float) -> None:
        """Supply switched on: reset values, asleep, the FIFO empty."""
        self._registers = bytearray(0x80)
        for register, value in REGISTERS_AFTER_RESET.items():
            self._registers[register] = value
        self._registers[0x75] = self._identity
        self._pointer = 0x00
        self._ready = self._valid = now
        self._mass.push(None)
        self._fifo = bytearray()
        self._entering = b""
        self._overflow = self._fresh = False
        self._begin(now)

    def write(self, data: bytes, now: float) -> None:
        """The register pointer, then values, all of them into the FIFO once it is there."""
        self._pointer = data[0]
        for value in data[1:]:
            if now >= self._ready:
                self._write_register(self._pointer, value, now)
            self._move()

    def read(self, count: int, now: float) -> bytes:
        """Registers, the pointer moving on from all but FIFO_R_W."""
        self._measure(now)
        if self._pointer == 0x74 and count > 1:
            return self._pop(count)
        answer = bytearray()
        for _ in range(count):
            answer.append(self._read_register(self._pointer, now))
            self._move()
        return bytes(answer)

    def _move(self) -> None:
        if self._pointer != 0x74:
            self._pointer = (self._pointer + 1) & 0x7F

    def _write_register(self, register: int, value: int, now: float) -> None:
        if register >= len(self._registers) or register in READ_ONLY:
            return
        self._measure(now)
        changed = self._registers[register] != value
        if register == 0x6B and self._start is None:
            self._valid = now + WAKE_S
        self._registers[register] = value
        if register == 0x6B and value & 0x80:
            self.power_on(now)
            self._ready = now + RESET_S
        elif register == 0x6A:
            self._control_fifo(value)
        elif register == 0x1C:
            pushed = [bool(value & bit) for bit in (0x80, 0x40, 0x20)]
            self._mass.push(SELF_TEST_FORCE * pushed if any(pushed) else None)
        elif changed and register in (0x19, 0x1A, 0x6B):
            self._begin(now)

    def _control_fifo(self, value: int) -> None:
        if value & 0x04 and not value & 0x40:  # a reset counts only while the FIFO is off
            self._fifo.clear()
            self._entering = b""
        self._registers[0x6A] = value & 0xF0  # the reset bits clear themselves

    def _begin(self, now: float) -> None:
        """The first sample comes one period from here, unless the chip sleeps."""
        low_pass = self._registers[0x1A] & 0x07
        source = 1000 if 1 <= low_pass <= 6 else 8000
        self._rate_hz = source / (1 + self._registers[0x19])
        self._start: float | None = None if self._registers[0x6B] & 0x40 else now
        self._made = 0

    def _measure(self, now: float) -> None:
        """Samples until now; sample k was taken at start + (k + 1) / rate."""
        if self._start is None:
            return
        rate = self._rate_hz * self._speed
        whole = int((now - self._start) * rate)
        if whole > self._made:
            first = max(self._made, whole - FIFO_BYTES)
            raw = self._encode(np.arange(first + 1, whole + 1) / rate + self._start)
            self._enter(self._entering + raw[:-6])
            self._entering = raw[-6:] if self._fifo_on() else b""
            self._registers[0x3B:0x41] = raw[-6:]
            self._made, self._fresh = whole, True
        if self._entering:
            age = now - self._start - whole / rate
            left = max(0, 5 - int(age / BYTE_S))
            self._enter(self._entering[: len(self._entering) - left])
            self._entering = self._entering[len(self._entering) - left :]

    def _fifo_on(self) -> bool:
        return bool(self._registers[0x6A] & 0x40 and self._registers[0x23] & 0x08)

    def _enter(self, raw: bytes) -> None:
        if not self._fifo_on():
            return
        self._fifo += raw
        lost = len(self._fifo) - FIFO_BYTES
        if lost > 0:
            self._overflow = True
            del self._fifo[:lost]

    def _encode(self, times: NDArray[np.float64]) -> bytes:
        """Words of X, Y and Z, the high byte first. Above 1 kHz the same sample is given again."""
        assert self._start is not None
        if self._rate_hz > 1000:
            kilo = 1000 * self._speed
            times = np.floor((times - self._start) * kilo + 1e-6) / kilo + self._start
        scale = COUNTS_PER_G[self._registers[0x1C] >> 3 & 0x03] / STANDARD_GRAVITY
        counts = self._mass.at(times, min(self._rate_hz, 1000.0)) * scale
        counts[times < self._valid] = 0
        return np.rint(np.clip(counts, -32768, 32767)).astype(">i2").tobytes()

    def _read_register(self, register: int, now: float) -> int:
        if now < self._ready:
            return 0xC0 if register == 0x6B else 0
        if register >= len(self._registers):
            return 0
        match register:
            case 0x3A:
                status = 0x10 * self._overflow | self._fresh
                self._overflow = self._fresh = False  # cleared by reading it
                return status
            case 0x41 | 0x42:
                raw = round((self._temperature - 36.53) * 340)
                return raw.to_bytes(2, "big", signed=True)[register - 0x41]
            case 0x72 | 0x73:
                return len(self._fifo).to_bytes(2, "big")[register - 0x72]
            case 0x74:
                return self._pop(1)[0]
        return self._registers[register]

    def _pop(self, count: int) -> bytes:
        """The oldest bytes; from an empty FIFO, by our choice, 0xFF."""
        answer = bytes(self._fifo[:count])
        del self._fifo[:count]
        return answer.ljust(count, b"\xff")
