"""Benewake TFmini-S, TFmini Plus and TF-Luna: the distance to the door's edge, on a serial line; from their manuals.

Nine bytes a frame, 100 a second: 59 59, distance (cm), strength, temperature, each low byte first, and the low byte of
the sum of the eight before. The older TFmini, without S, must be set to this format.

59 occurs in data, and a sum fits by chance once in 256: so a frame counts only where its sum fits, one byte is dropped
where it does not, and the door changes only when all frames of 20 ms agree, which are two at least.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, cast

from msgspec import Meta, Struct

from drivers.doors import Door
from drivers.errors import NoAnswer, WrongChip
from drivers.i2c import I2C
from drivers.serial import Serial
from drivers.switches import BLOCKED_AFTER_S, Debounced, Seconds, Travel

WIRE = "serial"
BAUD = 115_200
ADDRESSES = ()

HEAD = b"\x59\x59"
SIZE = 9
WEAK, DAZZLED = 100, 0xFFFF
"""Below the one and at the other strength the manuals call the distance unreliable."""

POLL_S, CONFIRM_S = 0.030, 0.0105
"""A frame is due every 10 ms and read within the one; it holds at the second reading after: known within 55 ms."""
LOST_S = 0.5
WAIT_S = 0.5
"""A sensor sends its first frame so long after its power came, at the latest."""
STEP_S = 0.02

Metres = Annotated[float, Meta(ge=0.1, le=12)]


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """Distances to what the sensor sees of the door, m; measure them. Its own range begins at 0.1 m, a TF-Luna's
    at 0.2 m."""

    closed_m: Metres = 0.3
    open_m: Metres = 1.2
    tolerance_m: Annotated[float, Meta(ge=0.01, le=1)] = 0.05
    """The sensors are exact to 0.06 m up to 6 m, and steadier than that at a fixed place."""
    blocked_after_s: Seconds = BLOCKED_AFTER_S

    def __post_init__(self) -> None:
        """Refuse ends that cannot be told apart. Raises ValueError."""
        if abs(self.open_m - self.closed_m) < 4 * self.tolerance_m:
            raise ValueError("closed_m and open_m must be at least four times tolerance_m apart")

    def door(self, distance: float, held: Door | None) -> Door | None:
        """Where the door is at a distance, m; None beyond its ends. An end that is held is left only half a
        tolerance later, so that a door at rest does not flicker."""
        ends = ((Door.CLOSED, self.closed_m), (Door.OPEN, self.open_m))
        for door, end in ends:
            if abs(distance - end) <= self.tolerance_m * (1.5 if held is door else 1):
                return door
        between = min(self.closed_m, self.open_m) < distance < max(self.closed_m, self.open_m)
        return Door.MOVING if between else None


@dataclass(frozen=True, slots=True)
class Frame:
    """One measurement."""

    distance: float
    """m"""
    strength: int

    @property
    def valid(self) -> bool:
        """Enough light came back, and not too much."""
        return WEAK <= self.strength < DAZZLED


class TFmini:
    """A sensor that sends frames."""

    name = "TFmini"

    def __init__(self, port: Serial, settings: Settings) -> None:
        """Listen to a sensor; `probe` sees whether there is one."""
        self._port = port
        self._settings = settings
        self._buffer = bytearray()
        self._door = Debounced[Door | None](None, port.now())
        self._travel = Travel(settings.blocked_after_s)
        self._held: Door | None = None
        self._heard = port.now()

    @property
    def poll_s(self) -> float:
        """Read again after this long."""
        return CONFIRM_S if self._door.changing else POLL_S

    def read(self) -> Door | None:
        """The door, debounced; None where no door is, or where the light says nothing.

        Raises BusError; NoAnswer once no frame has come for 0.5 s.
        """
        self._buffer += self._port.read()
        now = self._port.now()
        for frame in frames(self._buffer):
            self._heard = now
            seen = self._settings.door(frame.distance, self._held) if frame.valid else None
            self._held = self._door.feed(seen, now)
        if now - self._heard > LOST_S:
            raise NoAnswer(f"no frame of the TFmini for {LOST_S} s: is it plugged in and powered?")
        return self._travel.judge(None if self._door.rattling else self._held, now)


def frames(buffer: bytearray) -> Iterator[Frame]:
    """Take the whole frames out of what has arrived, and leave what may still become one."""
    while (start := buffer.find(HEAD)) >= 0 and len(buffer) >= start + SIZE:
        frame = bytes(buffer[start : start + SIZE])
        fits = sum(frame[:-1]) & 0xFF == frame[-1]
        del buffer[: start + (SIZE if fits else 1)]
        if fits:
            yield Frame(int.from_bytes(frame[2:4], "little") / 100, int.from_bytes(frame[4:6], "little"))
    # One 59 at the end may be the first half of a head.
    del buffer[: start if start >= 0 else len(buffer) - buffer.endswith(HEAD[:1])]


def probe(wire: I2C | Serial, address: int, settings: Settings) -> TFmini:
    """Wait for two frames; nothing is sent, so the sensor's own receiving wire may stay open.

    Raises NoAnswer, WrongChip, BusError.
    """
    port = cast("Serial", wire)
    port.read()
    buffer, first, good = bytearray(), b"", 0
    for _ in range(round(WAIT_S / STEP_S)):
        port.sleep(STEP_S)
        data = port.read()
        first = first or data[:8]
        buffer += data
        good += len(list(frames(buffer)))
        if good >= 2:
            return TFmini(port, settings)
    if not first:
        raise NoAnswer(
            "nothing arrives from a TFmini: look at its power, and at its TX wire on the port's RX"
        )
    raise WrongChip(
        f"a TFmini sends frames 59 59 ..., here came {first.hex(' ').upper()} ...: "
        f"another baud than {port.baud}, or another sensor"
    )
