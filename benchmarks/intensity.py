"""How near the running intensities come to those of the whole record: `python -m benchmarks.intensity [FOLDER]`.

Earthquake records of three components: median of the first 2 s subtracted, faded in over 0.5 s and out over 2 s,
after 30 s of stillness, brought to the rate of the chip, gravity added; with and without the chip's noise. The
references see the same record without noise and gravity, at 200 Hz, all of it at once:

* JMA: weighted in the frequency domain by the agency's formulas, the level exceeded for 0.3 s in total.
* GB/T: the edges 0.1 and 10 Hz are the standard's; its kind of filter was not at hand, and it matters. What is
  required is judged by a Butterworth of four poles a side, forward in time (`scipy.signal.sosfilt`, then
  `cumulative_trapezoid`). The same magnitude without phase, integrated in the frequency domain, says how much the
  phase alone changes: no filter that runs while the shaking goes on comes nearer to that one.

Speed: both intensities on blocks of 10 samples, still and ever stronger, when every block counts.
"""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import cumulative_trapezoid
from scipy.signal import butter, resample, sosfilt

from agent.detection.intensity import (
    GBT_BAND_HZ,
    GBT_ORDER,
    JMA_EXCEEDED_S,
    JMA_LOWEST,
    GbtIntensity,
    JmaIntensity,
    gbt_intensity,
)
from benchmarks.report import Row, table
from benchmarks.timing import progress
from simulator.elevator import STANDARD_GRAVITY
from simulator.recordings import Recording, load

Floats = NDArray[np.float64]

REFERENCE_HZ = 200.0
STILL_S, FADE_OUT_S = 30.0, 2.0
NEAR = 0.1
SHARE = 0.95
"""Required: so many within so much."""
SHOWN = 3
"""So many of the worst are named, with the intensity they should have had."""
BLOCKS = 300
GRAVITY = np.array((0.0, 0.0, STANDARD_GRAVITY))


@dataclass(frozen=True, slots=True)
class Chip:
    """An accelerometer, by its name."""

    name: str
    rate_hz: float
    noise_density: float
    """m/s²/√Hz, typical, by its datasheet; 0 for none."""
    felt: float = -np.inf
    """Only records of this intensity or more: weaker ones drown in the noise."""


CHIPS = (
    Chip("ADXL355 without noise", 125.0, 0.0),
    Chip("LSM6DSO without noise", 104.0, 0.0),
    Chip("ADXL355 with noise", 125.0, 22.5e-6 * STANDARD_GRAVITY, 1.0),
    Chip("LSM6DSO with noise", 104.0, 70e-6 * STANDARD_GRAVITY, 2.5),
)


def jma_reference(acceleration: Floats, rate_hz: float) -> float:
    """Acceleration: shape (n, 3), m/s², no offset. The formulas of the agency's notice of 1996."""
    frequency, spectrum = _spectrum(acceleration, rate_hz)
    ratio = frequency / 10
    factors = (0.000155, 0.00134, 0.009664, 0.0557, 0.241, 0.694, 1.0)
    high_cut = 1 / np.sqrt(np.polyval(factors, ratio**2))
    low_cut = np.sqrt(1 - np.exp(-((frequency / 0.5) ** 3)))
    period_effect = np.sqrt(1 / frequency)
    weighted = _back(spectrum * (high_cut * low_cut * period_effect)[:, None], len(acceleration))
    strongest = np.sort(100 * np.linalg.norm(weighted, axis=1))[::-1]
    level = strongest[round(JMA_EXCEEDED_S * rate_hz) - 1]
    return max(JMA_LOWEST, float(2 * np.log10(max(level, 1e-9)) + 0.94))


def gbt_reference(acceleration: Floats, rate_hz: float) -> float:
    """Acceleration: shape (n, 3), m/s², no offset; filtered forward in time."""
    sections = butter(GBT_ORDER, GBT_BAND_HZ, "band", fs=rate_hz, output="sos")
    filtered = sosfilt(sections, acceleration, axis=0)
    return _gbt(filtered, cumulative_trapezoid(filtered, dx=1 / rate_hz, axis=0, initial=0))


def gbt_without_phase(acceleration: Floats, rate_hz: float) -> float:
    """The same magnitude, no phase."""
    low, high = GBT_BAND_HZ
    frequency, spectrum = _spectrum(acceleration, rate_hz)
    detuning = (frequency**2 - low * high) / (frequency * (high - low))
    filtered = spectrum / np.sqrt(1 + detuning ** (2 * GBT_ORDER))[:, None]
    velocity = filtered / (2j * np.pi * frequency)[:, None]
    return _gbt(_back(filtered, len(acceleration)), _back(velocity, len(acceleration)))


def _gbt(acceleration: Floats, velocity: Floats) -> float:
    squares = [np.square(vectors).sum(axis=1).max() for vectors in (acceleration, velocity)]
    return float(gbt_intensity(np.array(squares)[:, None])[0])


def _spectrum(acceleration: Floats, rate_hz: float) -> tuple[Floats, NDArray[np.complex128]]:
    """Frequencies in Hz and spectrum, with a minute of zeros so that the end does not reach the beginning.

    There is nothing at 0 Hz; it is called a very low frequency instead, to divide by it.
    """
    length = len(acceleration) + round(60 * rate_hz)
    frequency = np.fft.rfftfreq(length, 1 / rate_hz).astype(np.float64)
    frequency[0] = 1e-6
    spectrum = np.fft.rfft(acceleration, length, axis=0)
    spectrum[0] = 0.0
    return frequency, spectrum


def _back(spectrum: NDArray[np.complex128], length: int) -> Floats:
    return np.asarray(np.fft.irfft(spectrum, axis=0)[:length])


def prepared(recording: Recording) -> Floats:
    """Shape (n, 3), m/s²: stillness, then the record, from nothing and to nothing."""
    still, edge = recording.shaking(), round(FADE_OUT_S * recording.rate_hz)
    still[-edge:] *= (0.5 + 0.5 * np.cos(np.pi * np.arange(edge) / edge))[:, None]
    return np.concatenate((np.zeros((round(STILL_S * recording.rate_hz), 3)), still))


def at_rate(samples: Floats, rate_hz: float, wanted_hz: float) -> Floats:
    """Band-limited to the lower of the two rates' halves."""
    return np.asarray(resample(samples, round(len(samples) * wanted_hz / rate_hz), axis=0))


def felt(device: JmaIntensity | GbtIntensity, samples: Floats, rate_hz: float) -> float:
    """What a device says at the end; the event begins with the record."""
    start = round((STILL_S - 1) * rate_hz)
    device.step(samples[None, :start])
    device.begin()
    return float(device.step(samples[None, start:])[0])


@dataclass(frozen=True, slots=True)
class Scale:
    """A running intensity and what it is held against."""

    name: str
    device: type[JmaIntensity] | type[GbtIntensity]
    reference: Callable[[Floats, float], float]
    required: bool = True


SCALES = (
    Scale("JMA", JmaIntensity, jma_reference),
    Scale("GB/T", GbtIntensity, gbt_reference),
    Scale("GB/T without phase", GbtIntensity, gbt_without_phase, required=False),
)


def measure(records: Path | None = None) -> Iterator[Row]:
    """One row for each scale and chip, then the speed."""
    recordings = [one for one in load(records).values() if one.kind == "earthquake" and one.components == 3]
    for scale in SCALES:
        known = [(one, prepared(one)) for one in recordings]
        expected = [
            scale.reference(at_rate(samples, one.rate_hz, REFERENCE_HZ), REFERENCE_HZ)
            for one, samples in known
        ]
        for chip in progress(scale.name, CHIPS):
            errors = {
                f"{one.name} ({value:.1f})": _felt(scale.device, chip, one, samples) - value
                for (one, samples), value in zip(known, expected, strict=True)
                if value >= chip.felt
            }
            yield _row(f"{scale.name}, {chip.name}", errors, scale.required)
    for cars in (1, 1000):
        for growth in (1.0, 1.02):
            yield _speed(cars, growth)


def _felt(
    device: type[JmaIntensity] | type[GbtIntensity], chip: Chip, recording: Recording, samples: Floats
) -> float:
    rng = np.random.default_rng(1)
    wave = at_rate(samples, recording.rate_hz, chip.rate_hz)
    noise = rng.normal(0.0, 1.0, wave.shape) * chip.noise_density * np.sqrt(chip.rate_hz / 2)
    return felt(device(chip.rate_hz), wave + noise + GRAVITY, chip.rate_hz)


def _row(what: str, errors: dict[str, float], required: bool) -> Row:
    values = np.array(list(errors.values()))
    near = float(np.mean(np.abs(values) <= NEAR))
    worst = sorted(errors, key=lambda name: -abs(errors[name]))[:SHOWN]
    return Row(
        f"{what}, n {len(values)}",
        f"{100 * near:.1f} % within {NEAR}; median {np.median(values):+.3f}, "
        f"95 % within {np.percentile(np.abs(values), 95):.3f}; "
        + ", ".join(f"{errors[name]:+.2f} {name}" for name in worst),
        f"{100 * SHARE:.0f} %" if required else "-",
        near >= SHARE or not required,
    )


def _speed(cars: int, growth: float) -> Row:
    """Both intensities; the median of all blocks after the filters have settled."""
    rng, devices = np.random.default_rng(2), (JmaIntensity(125.0, cars), GbtIntensity(125.0, cars))
    seconds = []
    for number in range(BLOCKS):
        block = rng.normal(0.0, 0.01 * growth**number, (cars, 10, 3)) + GRAVITY
        began = time.perf_counter()
        for device in devices:
            device.step(block)
        seconds.append(time.perf_counter() - began)
    each = 1e6 * float(np.median(seconds[20:])) / cars
    required = 30.0 if cars == 1 else 2.0
    what = "still" if growth == 1 else "ever stronger"
    measured = f"{each:.2f} µs a car"
    return Row(f"both, 10 samples, {cars} car(s), {what}", measured, f"{required:.0f} µs", each <= required)


def main(arguments: list[str]) -> int:
    """Print the table."""
    print(table(list(measure(Path(arguments[0]) if arguments else None))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
