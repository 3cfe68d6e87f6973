"""What shakes a car: sources with a beginning and an end, each adding its acceleration, car frame, z up."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RATE_HZ = 500.0
"""Rate of everything rendered: straight lines between its points lose 1 % at 30 Hz."""


class Source(Protocol):
    """Evaluated only from its start to its end, monotonic seconds."""

    start: float
    end: float

    def add(self, t: Floats, total: Floats) -> None:
        """Add its acceleration, m/s², at the rising times (n,) to the total (n, 3)."""

    def release(self) -> None:
        """Nothing will be asked for a long time: give memory back."""


class Vertical:
    """A ride's own acceleration, which is zero before and after."""

    def __init__(self, start: float, duration_s: float, acceleration: Callable[[Floats], Floats]) -> None:
        self.start, self.end = start, start + duration_s
        self._acceleration = acceleration

    def add(self, t: Floats, total: Floats) -> None:
        total[:, 2] += self._acceleration(t - self.start)

    def release(self) -> None:
        pass


class Rendered:
    """A signal of shape (n, 3) at a fixed rate, rendered when first asked for, silent outside."""

    def __init__(
        self, start: float, duration_s: float, render: Callable[[], Floats], rate_hz: float = RATE_HZ
    ) -> None:
        self.start, self.end = start, start + duration_s
        self._render, self._rate_hz = render, rate_hz
        self._lines: _Lines | None = None

    def add(self, t: Floats, total: Floats) -> None:
        if self._lines is None:
            silence = np.zeros((1, 3))
            self._lines = _Lines(np.concatenate((silence, self._render(), silence, silence)))
        # One silent point before the signal and two after it: times outside read silence.
        place = (t - self.start) * self._rate_hz + 1
        last = self._lines.count - 1
        if place[0] < 0 or place[-1] > last:
            place = place.clip(0.0, last)
        total += self._lines.at(place)

    def release(self) -> None:
        self._lines = None


class Endless:
    """A periodic signal of shape (n, 3), without beginning or end."""

    def __init__(self, points: Floats, rate_hz: float) -> None:
        self._lines = _Lines(np.concatenate((points, points[:1])))
        self._rate_hz = rate_hz

    def at(self, t: Floats) -> Floats:
        """At times (n,); shape (n, 3)."""
        return self._lines.at((t * self._rate_hz) % self._lines.count)


class _Lines:
    """Straight lines from point to point."""

    def __init__(self, points: Floats) -> None:
        self.count = len(points) - 1
        self._starts, self._rises = points[:-1], np.diff(points, axis=0)

    def at(self, place: Floats) -> Floats:
        """At places from 0 to just below the count; shape (n, 3)."""
        index = place.astype(np.intp)
        found = self._rises.take(index, axis=0)
        found *= (place - index)[:, None]
        found += self._starts.take(index, axis=0)
        return found


def noise(
    rng: np.random.Generator,
    duration_s: float,
    low_hz: float,
    high_hz: float,
    rms: tuple[float, float, float],
    *,
    rate_hz: float = RATE_HZ,
) -> Floats:
    """Gaussian noise of a flat band, periodic over its duration, shape (n, 3); RMS an axis, m/s²."""
    count = max(8, round(duration_s * rate_hz))
    spectrum = np.fft.rfft(rng.normal(size=(count, 3)), axis=0)
    frequency = np.fft.rfftfreq(count, 1 / rate_hz)
    spectrum[(frequency < low_hz) | (frequency > high_hz)] = 0.0
    signal = np.fft.irfft(spectrum, count, axis=0)
    level = np.sqrt(np.mean(signal**2, axis=0))
    return np.asarray(signal / np.maximum(level, 1e-12) * rms)


def ringing(
    duration_s: float, frequency_hz: float, decay_s: float, peak: tuple[float, float, float]
) -> Floats:
    """A struck thing: a sine that dies away, shape (n, 3), about this peak an axis, m/s²."""
    t = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    return np.outer(np.exp(-t / decay_s) * np.sin(2 * np.pi * frequency_hz * t), peak)


def fade(count: int, edge: int) -> Floats:
    """From 0 to 1 and back by a cosine over `edge` points, shape (count, 1)."""
    edge = min(edge, count // 2)
    window = np.ones(count)
    window[:edge] = 0.5 - 0.5 * np.cos(np.pi * np.arange(edge) / max(1, edge))
    window[count - edge :] = window[:edge][::-1]
    return window[:, None]


def resampled(signal: Floats, rate_hz: float, to_hz: float) -> Floats:
    """A band-limited signal at a higher rate, shape (n, 3), by its Fourier series."""
    count = round(len(signal) * to_hz / rate_hz)
    return np.asarray(np.fft.irfft(np.fft.rfft(signal, axis=0), count, axis=0) * (count / len(signal)))
