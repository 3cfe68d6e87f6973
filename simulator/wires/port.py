"""One serial port as a pseudoterminal: what hangs on it, bytes that get lost, and the adapter pulled out."""

import os
import select
import termios
import threading
import tty
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Literal

from simulator.lines import Device

LOOK_S = 0.004
"""So often the device may say something."""
CHUNK = 4096

Harm = Literal["drop", "double", "corrupt"]


class Port:
    """A port and its device. Calls come from any thread."""

    def __init__(self, path: str, device: Device, clock: Callable[[], float], lock: Lock) -> None:
        """`lock` guards all that is simulated. Nothing is plugged in yet."""
        self.path = path
        self.harm: Counter[Harm] = Counter()
        """How many of the next bytes are dropped, doubled or corrupted."""
        self._device, self._clock, self._lock = device, clock, lock
        self._ends = threading.Lock()
        self._master = self._slave = -1
        self._link: Path | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._carry, name=f"port {path}", daemon=True)

    def start(self, link: Path) -> None:
        """Plug the adapter in: the program finds the port at link, now and each time it is plugged in again."""
        self._link = link
        self.plug()
        self._thread.start()

    def stop(self) -> None:
        """Say nothing any more."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        self.unplug()

    def plug(self) -> None:
        """A new adapter at the same path; nothing happens when there is one."""
        with self._ends:
            if self._link is None or self._master >= 0:
                return
            self._master, self._slave = os.openpty()
            tty.setraw(self._slave)
            os.set_blocking(self._master, False)
            self._device.power_on(self._clock())
            self._link.symlink_to(os.ttyname(self._slave))

    def unplug(self) -> None:
        """Pull it out: reads of the program end with an error, and there is nothing to open."""
        with self._ends:
            if self._link is None or self._master < 0:
                return
            self._link.unlink(missing_ok=True)
            os.close(self._master)
            os.close(self._slave)
            self._master = self._slave = -1

    def _carry(self) -> None:
        while not self._over.is_set():
            if self._master < 0:
                self._over.wait(LOOK_S)
                continue
            self._heard()
            with self._lock:
                said = self._device.send(self._clock())
            self._say(damaged(said, self.harm) if self.harm else said)

    def _heard(self) -> None:
        with self._ends:
            master = self._master
            if master < 0 or not select.select([master], [], [], LOOK_S)[0]:
                return
            data = os.read(master, CHUNK)
            data = self._heard_right(data)
        with self._lock:
            self._device.receive(data, self._clock())

    def _say(self, data: bytes) -> None:
        with self._ends, suppress(BlockingIOError):  # a port that nobody reads is full: what comes is lost
            if data and self._master >= 0:
                os.write(self._master, self._heard_right(data))

    def _heard_right(self, data: bytes) -> bytes:
        """What one side hears of the other: at another rate, other bits."""
        speed = termios.tcgetattr(self._slave)[5]
        same = speed == getattr(termios, f"B{self._device.baud}", speed)
        return data if same else bytes(byte ^ 0x6B for byte in data[::2])


def damaged(data: bytes, harm: Counter[Harm]) -> bytes:
    """What is left of bytes on a bad line; harm is counted down."""
    out = bytearray()
    for byte in data:
        if harm["drop"] > 0:
            harm["drop"] -= 1
        elif harm["double"] > 0:
            harm["double"] -= 1
            out += bytes((byte, byte))
        elif harm["corrupt"] > 0:
            harm["corrupt"] -= 1
            out.append(byte ^ 0x15)
        else:
            out.append(byte)
    return bytes(out)
