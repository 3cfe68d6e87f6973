"""A simulated Benewake TFmini-S, TFmini Plus or TF-Luna on its serial line; constants typed from its manual.

Modelled: frames at the set rate, the commands for version, rate and output. Not modelled: other frame formats, saved
settings, the averaging of distances within a frame's time.
"""

from collections.abc import Callable

from simulator.lines import Transmitter

START_S = 0.1
"""From power to the first frame."""
FARTHEST_CM = 1200
VERSION, RATE, OUTPUT = 0x01, 0x03, 0x07
FIRMWARE = (7, 0, 2)  # 2.0.7, lowest part first


class TFMINI:
    """The sensor at the end of a line."""

    def __init__(
        self,
        opening: Callable[[float], float],
        *,
        closed_m: float = 0.3,
        open_m: float = 1.2,
        strength: int = 2000,
        celsius: float = 30.0,
        baud: int = 115_200,
    ) -> None:
        """opening gives how far the door is open at a time, s: 0 closed, 1 open; the distances are to its edge then."""
        self.baud = baud
        self.strength = strength
        """Of the light that comes back; below 100 or at 65535 its distances mean nothing."""
        self._opening, self._closed_m, self._way_m = opening, closed_m, open_m - closed_m
        self._temperature = round((celsius + 256) * 8)
        self.power_on(0.0)

    def power_on(self, now: float) -> None:
        """Supply switched on: 100 frames a second, after a moment."""
        self._line = Transmitter(self.baud)
        self._period, self._due = 0.01, now + START_S
        self._sending = True
        self._command = b""

    def receive(self, data: bytes, now: float) -> None:
        """Commands: 5A, length, number, payload, sum."""
        self._command += data
        while self._command:
            if self._command[0] != 0x5A:
                self._command = self._command[1:]
                continue
            length = max(self._command[1], 4) if len(self._command) > 1 else 4
            if len(self._command) < length:
                return
            command, self._command = self._command[:length], self._command[length:]
            if command == _summed(command[:-1]):
                self._send_frames(now)
                self._obey(command[2], command[3:-1], now)

    def send(self, now: float) -> bytes:
        """Frames, and answers between them."""
        self._send_frames(now)
        return self._line.out(now)

    def _send_frames(self, now: float) -> None:
        while self._period and self._due <= now:
            if self._sending:
                self._line.put(self._frame(self._due), self._due)
            self._due += self._period

    def _frame(self, at: float) -> bytes:
        metres = self._closed_m + self._way_m * self._opening(at)
        centimetres = min(max(round(100 * metres), 0), FARTHEST_CM)
        values = (centimetres, self.strength, self._temperature)
        return _summed(b"\x59\x59" + b"".join(value.to_bytes(2, "little") for value in values))

    def _obey(self, number: int, payload: bytes, now: float) -> None:
        if number == VERSION:
            self._line.put(_summed(bytes((0x5A, 0x07, VERSION, *FIRMWARE))), now)
        elif number == RATE and len(payload) == 2:
            hertz = int.from_bytes(payload, "little")
            self._period, self._due = (1 / hertz, now + 1 / hertz) if hertz else (0.0, now)
            self._line.put(_summed(bytes((0x5A, 0x06, RATE)) + payload), now)
        elif number == OUTPUT and len(payload) == 1:
            self._sending = payload != b"\x00"
            self._line.put(_summed(bytes((0x5A, 0x05, OUTPUT)) + payload), now)


def _summed(data: bytes) -> bytes:
    """With the low byte of the sum of all before."""
    return data + bytes((sum(data) & 0xFF,))
