"""How exact the block filter is against SciPy's, in float64 and as it would be in float32."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sosfilt

from agent.detection.detector import BAND_NAMES, BANDS_HZ, MOTION_HZ
from agent.detection.filters import Bank, Sections, band_pass, low_pass, resting_state
from benchmarks.report import Row
from simulator.recordings import load
from simulator.score.protocol import GRAVITY, RATE_HZ, at_rate, peak_gal

Floats = NDArray[np.float64]
BLOCK = 12
EXACT, SAFE = 1e-9, 1e-4
"""m/s². Safe is a hundredth of what a parked car shakes, 0.006, and less."""


def measure(_records: Path | None = None) -> Iterator[Row]:
    """Both, filter by filter, on the strongest recording that is shipped, gravity included."""
    names = [*BAND_NAMES, f"below {MOTION_HZ} Hz"]
    filters = [*(band_pass(2, *band, RATE_HZ) for band in BANDS_HZ), low_pass(2, MOTION_HZ, RATE_HZ)]
    samples = _earthquake()
    for name, sections in zip(names, filters, strict=True):
        rest = resting_state(sections).reshape(-1, 2, 1) * samples[0]
        expected, _ = sosfilt(sections, samples, axis=0, zi=rest)
        double, single = (
            float(np.abs(_blocks(sections, samples, kind) - expected).max())
            for kind in (np.float64, np.float32)
        )
        verdict = "safe" if single <= SAFE else "not safe"
        measured = f"{double:.0e} m/s²; float32 {single:.0e} m/s²: {verdict}"
        yield Row(f"against float64 sosfilt, {name}", measured, f"{EXACT:.0e}", double <= EXACT)


def _earthquake() -> Floats:
    strongest = max((one for one in load().values() if one.kind == "earthquake"), key=peak_gal)
    shaking = at_rate(strongest.shaking(), strongest.rate_hz) + GRAVITY
    return np.asarray(shaking[: len(shaking) // BLOCK * BLOCK])


def _blocks(sections: Sections, samples: Floats, kind: type[np.floating]) -> Floats:
    """The bank's own matrix and state, in another precision."""
    bank = Bank([sections], 3)
    bank.rest(samples[0])
    matrix, state = bank.matrix(BLOCK).astype(kind), bank.state.astype(kind)
    out = []
    for block in samples.reshape(-1, BLOCK, 3).astype(kind):
        product = matrix @ np.concatenate((block, state))
        out.append(product[:BLOCK])
        state = product[BLOCK:]
    return np.concatenate(out).astype(np.float64)
