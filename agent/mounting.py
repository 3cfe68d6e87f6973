"""From the chip's axes to the car's, z up, however the chip is mounted: gravity says where up is. Pure."""

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from agent.events import GravityWrong, MountingChanged, MountingFound

Floats: TypeAlias = NDArray[np.float64]
Up: TypeAlias = tuple[float, float, float]
"""The direction of the car's z in the chip's axes, a unit vector."""
Told: TypeAlias = MountingFound | MountingChanged | GravityWrong


@dataclass(frozen=True, slots=True)
class Left:
    """How the chip was left, on the disk."""

    up: Up


G0 = 9.80665
"""Standard gravity, m/s²; it differs from place to place by less than 0.03."""
OFF_M_S2 = 0.15 * G0
"""What a chip may show more or less than gravity: its offset is up to 0.08 g (MPU-6050), and changes with its
temperature. A wrong scale is off by a factor of two, a dead axis by nearly anything."""
WEAK_M_S2 = 0.5 * G0
"""Less than this has no direction to go by."""
KNOCKED_DEG = 5.0
"""From the kept mounting. The chip's offset is in both, and cancels; with its temperature it changes by 0.06 g at
most (MPU-6050, 0 to 70 °C), which looks like 3.4°. And 5° do no harm to the detector: a ride's push of 1 m/s²
shows 0.09 across, and the detector allows a third."""
NAMED_DEG = 10.0
"""From a named axis: here the whole offset counts, 0.08 g or 4.6°, and a crooked bracket."""
BACK_DEG = 1.0
"""So much nearer before it counts as back in place: no to and fro at the limit."""
SECONDS = 10
STILL_M_S2 = 0.05
"""The means of so many seconds differ by less from theirs: the car stands, or cruises, which is as good. One that
speeds up or brakes for so long changes gravity's size by a tenth and its direction not at all."""

KEPT = "mounting"
"""The store's name for `Left`."""

_AXES = {"x": 0, "y": 1, "z": 2}


def axis(name: str) -> Up:
    """The direction of an axis as the configuration names it: x, -x, y, -y, z or -z."""
    up = [0.0, 0.0, 0.0]
    up[_AXES[name[-1]]] = -1.0 if name.startswith("-") else 1.0
    return up[0], up[1], up[2]


def rotation(up: Up) -> Floats:
    """The rotation that turns `up` into z; shape (3, 3), car = chip @ rotation.T.

    Any turn about z would do. This is the smallest rotation; a chip that hangs head down, within 60°, is first
    turned half about its x, as Rodrigues' formula divides by 1 + z: so no small change changes much.
    """
    x, y, z = up
    if z < -0.5:
        return rotation((x, -y, -z)) @ np.diag((1.0, -1.0, -1.0))
    cross = np.array(((0.0, 0.0, -x), (0.0, 0.0, -y), (x, y, 0.0)))
    return np.asarray(np.eye(3) + cross + cross @ cross / (1.0 + z))


def tilt_deg(one: Up, other: Up) -> float:
    """The angle between two directions, degrees."""
    across = float(np.linalg.norm(np.cross(one, other)))
    return math.degrees(math.atan2(across, float(np.dot(one, other))))


def direction(gravity: Floats) -> Up:
    """Of a vector of shape (3,) that is not zero."""
    x, y, z = (gravity / np.linalg.norm(gravity)).tolist()
    return x, y, z


class Stillness:
    """Finds gravity in the samples of a car that stands: the mean of ten still seconds."""

    def __init__(self, rate_hz: float) -> None:
        self._a_second = max(1, round(rate_hz))
        self.begin()

    def begin(self) -> None:
        """Forget what was seen."""
        self._means: list[Floats] = []
        self._second: list[Floats] = []
        self._count = 0
        """Samples in the runs of this second."""

    def see(self, acceleration: Floats) -> Floats | None:
        """Shape (n, 3), m/s², chip's axes; gives gravity, shape (3,), once in ten seconds of stillness."""
        self._second.append(acceleration)
        self._count += len(acceleration)
        if self._count < self._a_second:
            return None
        self._means.append(np.concatenate(self._second).mean(axis=0))
        self._second, self._count = [], 0
        if len(self._means) < SECONDS:
            return None
        gravity = np.mean(self._means, axis=0)
        if np.abs(self._means - gravity).max() > STILL_M_S2:
            del self._means[0]
            return None
        self._means = []
        return np.asarray(gravity)


class Mounting:
    """Which way the chip is mounted: what is used, and whether that is where it was left.

    The detector needs the vertical at once, so the first run of samples gives it, unless it agrees with the kept
    one, which is better. What ten still seconds say later counts more than both. What is used follows the chip
    when it was knocked; what is kept does not, so that every start says it again until somebody has looked.
    """

    def __init__(self, kept: Up | None, limit_deg: float = KNOCKED_DEG) -> None:
        """kept: where the chip was left, if that is known."""
        self.kept, self._limit_deg = kept, limit_deg
        self._use(axis("z") if kept is None else kept)
        self.begin(1.0)

    def begin(self, rate_hz: float) -> None:
        """The chip was started: look at everything anew."""
        self._stillness = Stillness(rate_hz)
        self._first = True
        self._in_place: bool | None = None
        self._gravity_good = True

    def turned(self, acceleration: Floats) -> Floats:
        """From the chip's axes to the car's; shape (n, 3)."""
        return np.asarray(acceleration @ self._turn)

    def see(self, acceleration: Floats, gap: bool) -> tuple[bool, Told | None]:
        """Samples as the chip gives them, shape (n, 3), n > 0: whether from these on another vertical is used, so
        that a detector has to begin anew; and what there is to tell."""
        if gap:
            self._stillness.begin()
        used = self.up
        if self._first:
            self._begin_with(np.median(acceleration, axis=0))
        gravity = self._stillness.see(acceleration)
        told = None if gravity is None else self._judge(gravity)
        return self.up != used, told

    def _begin_with(self, gravity: Floats) -> None:
        if float(np.linalg.norm(gravity)) < WEAK_M_S2:
            return
        self._first = False
        up = direction(gravity)
        if self.kept is not None and tilt_deg(up, self.kept) <= self._limit_deg:
            up = self.kept
        self._use(up)

    def _judge(self, gravity: Floats) -> Told | None:
        size = float(np.linalg.norm(gravity))
        good = abs(size - G0) <= OFF_M_S2
        was_good, self._gravity_good = self._gravity_good, good
        if not good:
            return GravityWrong(round(size, 2)) if was_good else None
        up = direction(gravity)
        if tilt_deg(up, self.up) > self._limit_deg:
            self._use(up)
        if self.kept is None:
            self.kept, self._in_place = up, True
            return MountingFound(_rounded(up), None)
        return self._compare(up, tilt_deg(up, self.kept))

    def _compare(self, up: Up, tilt: float) -> Told | None:
        before = self._in_place
        self._in_place = tilt <= self._limit_deg - (BACK_DEG if before is False else 0.0)
        if self._in_place is before:
            return None
        kind = MountingFound if self._in_place else MountingChanged
        return kind(_rounded(up), round(tilt, 1))

    def _use(self, up: Up) -> None:
        self.up = up
        self._turn = rotation(up).T


def _rounded(up: Up) -> Up:
    x, y, z = (round(one, 4) + 0.0 for one in up)  # -0.0 reads oddly
    return x, y, z
