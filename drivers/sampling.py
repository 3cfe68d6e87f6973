"""A chip's true sampling rate, and when its newest sample was there, from counts against the clock. Pure.

At a read the FIFO's count is latched, and the clock is looked at right after that. So the sample that was
counted last was there before the time of the read: by up to one period, as reads fall anywhere between two
samples, and by whatever the system delayed between the count and the look. Both only ever make a read late.
Over the number of the sample, the reads lie above the true line, and the luckiest lie on it.

Hence the estimate is the edge of the reads' lower convex hull over the middle of the window: of all lines
that no read contradicts the one nearest to the reads (the linear program of Moon, Skelly and Towsley, "Estimation
and removal of clock skew from network delay measurements", 1999). Delays with heavy tails do not move it, which a
fitted line they do, and it is 2 to 6 times nearer than a line through the minimum of each block of reads
(`benchmarks/sampling.py` has the numbers). The count plus one would bound the line from above as well, but
only as far as delays are bounded, and they are not.

Reads in step with the samples would see the same fraction of a period for minutes, and no arithmetic can tell
that from another rate. So reads have to be spread over a period, as `agent/sensing.py` does; the stated errors
hold for such reads.
"""

import math
from typing import NamedTuple

from drivers.samples import Samples

POINTS = 64
WINDOW_S = 120.0
"""The estimate is of the last 120 to 240 s: a chip's clock wanders with its temperature."""
RECENT = 16
"""So many points make a first line; the last ones say where it lies. The luckiest of so many spread reads is later
than twice their mean over it once in 25 000 times."""
BELIEVED = 1e-3
"""A relative error from which on the estimate is used: datasheets allow the nominal rate 0.01 to 0.1."""
HELD = 1e-4
"""After a gap the rate before it holds until the new one is known as well, or so well."""


class Estimate(NamedTuple):
    """What is known of a chip's clock."""

    period: float
    """s."""
    error: float
    """Of the period and of the rate, relative, to either side."""
    late_s: float
    """The newest sample's time is at most so much off, and too late rather than too early; besides the shortest
    time from count to look, which nobody can see, and in the first second after a gap the delays of its reads."""

    @property
    def rate_hz(self) -> float:
        """Samples per second of the monotonic clock."""
        return 1 / self.period


class Read(NamedTuple):
    """One look at the FIFO."""

    number: int
    """Of the newest sample."""
    time: float

    def beyond(self, period: float) -> float:
        """The time that a line of this period has at number 0."""
        return self.time - self.number * period


class SampleClock:
    """Follows one chip's clock, read by read; 64 points of memory."""

    def __init__(self, rate_hz: float) -> None:
        """The rate it was set to."""
        self.estimate: Estimate | None = None
        """None until it can be believed; held over gaps."""
        self._period = 1 / rate_hz
        self._begin()

    def _begin(self) -> None:
        self._number = 0
        self._points: list[Read] = []
        self._reads, self._block = 0, 1
        """Reads of the next point so far, and how many make one."""
        self._luckiest, self._lowest = Read(0, 0.0), math.inf
        """Of the reads of the next point, the one whose line of this period lies lowest, and where."""
        self._start: float | None = None
        """Time of sample number 0 by the line."""
        if self.estimate is not None:
            self.estimate = self.estimate._replace(late_s=self.estimate.period)

    def timed(self, samples: Samples) -> Samples:
        """The same samples with their true period, and the time at which the newest of them could be read."""
        if samples.gap:
            self._begin()
        if len(samples.acceleration):
            self._number += len(samples.acceleration)
            self._add(Read(self._number, samples.end))
        if self.estimate is None:
            return samples
        period, end = self.estimate.period, samples.end
        if self._start is not None and len(samples.acceleration):
            end = self._start + self._number * period
        return Samples(end, period, samples.acceleration, samples.gap)

    def _add(self, read: Read) -> None:
        start = read.beyond(self._period)
        if start < self._lowest:
            self._luckiest, self._lowest = read, start
        self._reads += 1
        if self._reads >= self._block:
            self._points.append(self._luckiest)
            self._lowest, self._reads = math.inf, 0
            self._thin()
            self._fit()
            start = read.beyond(self._period)
        self._start = start if self._start is None else min(self._start, start)

    def _thin(self) -> None:
        """Of two neighbours the luckier one, so that few points reach far back; the oldest goes in the end."""
        if len(self._points) <= POINTS:
            return
        if self._points[-1].time - self._points[0].time >= WINDOW_S:
            del self._points[0]
            return
        pairs = zip(self._points[0:POINTS:2], self._points[1:POINTS:2], strict=True)
        luckier = [min(pair, key=lambda read: read.beyond(self._period)) for pair in pairs]
        self._points = luckier + self._points[POINTS:]
        self._block *= 2

    def _fit(self) -> None:
        if len(self._points) < RECENT:
            return
        period, lateness = supporting_line(self._points)
        span = (self._points[-1].number - self._points[0].number) * period
        # The hull is convex, and over each half no higher than points are: so its slope in the middle is small.
        error = 2 * lateness / span
        held = BELIEVED if self.estimate is None else max(self.estimate.error, HELD)
        if self.estimate is None or error <= held:
            self._period = period
        starts = [point.beyond(self._period) for point in self._points[-RECENT:]]
        self._start = min(starts)
        late_s = 2 * (sum(starts) / len(starts) - self._start)
        late_s += min(error, held) * (self._points[-1].time - self._points[-RECENT].time)
        if error <= held:
            self.estimate = Estimate(self._period, error, late_s)
        elif self.estimate is not None:
            self.estimate = self.estimate._replace(late_s=late_s)


def supporting_line(points: list[Read]) -> tuple[float, float]:
    """The line under all points that is highest over their middle: seconds a sample, and how far the points are
    above it in the mean, s. At least two points, in their order."""
    hull = lower_hull(points)
    middle = (points[0].number + points[-1].number) / 2
    right = next(place for place, point in enumerate(hull) if point.number >= middle)
    first, second = hull[right - 1], hull[right]
    period = (second.time - first.time) / (second.number - first.number)
    start = first.beyond(period)
    return period, sum(point.beyond(period) - start for point in points) / len(points)


def lower_hull(points: list[Read]) -> list[Read]:
    """Those points under which a line can lie that touches them (Andrew's monotone chain)."""
    hull: list[Read] = []
    for point in points:
        while len(hull) > 1 and _above(hull[-1], hull[-2], point):
            hull.pop()
        hull.append(point)
    return hull


def _above(point: Read, left: Read, right: Read) -> bool:
    """Whether a point lies on or above the line between its neighbours."""
    rise, way = right.time - left.time, right.number - left.number
    return (point.time - left.time) * way >= rise * (point.number - left.number)
