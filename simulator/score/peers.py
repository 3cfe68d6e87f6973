"""What other detectors would have done on the same acceleration, each with its own settings and re-arm rule.

An alarm is timed by the sample that decides it. All of them are heard inside the car here, though the elevator
switches belong in a pit or machine room: this compares rules, not products. ObsPy and SciPy are development
dependencies, so only `score --peers` imports this module.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import signal

from simulator.elevator import STANDARD_GRAVITY

Floats = NDArray[np.float64]
Alarms = Callable[[Floats, float], list[float]]
StaLta = Callable[[Floats, int, int], Floats]

GAL = 0.01
VERTICAL = 2

RSUDP_BAND_HZ = (0.8, 9.0)
RSUDP_STA_S, RSUDP_LTA_S = 6.0, 30.0
RSUDP_ON, RSUDP_OFF = 3.95, 0.9
RSUDP_PACKET = 25
"""Samples."""
RSUDP_MARGIN = 0.01
"""How near to a level the quick ratio must be before ObsPy is asked; the two agree within 1e-6."""

OPENEEW_LTA_S = 11
"""The short window is one second, one message."""
OPENEEW_LEVEL = 3.0

SWITCH_BAND_HZ = (1.0, 10.0)
SWITCH_ORDER = 2
"""Of the Butterworth; no source states the switches' roll-off: assumed."""
P_GAL = 5.0
S_LOWEST_GAL, S_LOW_GAL = 80.0, 120.0
AUTOMATIC_RETURN_S = 60.0
UNTIL_RESET = np.inf
"""Only a technician returns the switch: one alarm for a recording, however long."""
ASME_G = 0.15


@dataclass(frozen=True, slots=True)
class Peer:
    name: str
    source: str
    tier: str
    """`early`, to be set beside the tremor, or `strong`, beside the alarm."""
    alarms: Alarms
    """From acceleration, shape (n, 3), m/s², without gravity and offset, z up in column 2, and rate in Hz (above
    20) to times in s from the first sample."""


def rsudp(acceleration: Floats, rate_hz: float) -> list[float]:
    """Alarms where a packet's ratio exceeds 3.95; armed again by a packet below 0.9 (rsudp, c_alert.py).

    As there, each packet has a fresh recursion over the last 30 s, of which only the last sample counts, and the
    first packet heard is the second after 30 s. Filtered in one pass: rsudp filters each window from rest, which
    differs only where the window begins in strong shaking.
    """
    short, long = int(RSUDP_STA_S * rate_hz), int(RSUDP_LTA_S * rate_hz)
    ends = np.arange((long // RSUDP_PACKET + 2) * RSUDP_PACKET, len(acceleration) + 1, RSUDP_PACKET)
    if not len(ends):
        return []
    vertical = _filtered(acceleration[:, VERTICAL], 4, RSUDP_BAND_HZ, "bandpass", rate_hz)
    quick = windowed_ratio(vertical, short, long, ends)
    above = quick > RSUDP_ON * (1 - RSUDP_MARGIN)
    below = quick < RSUDP_OFF * (1 + RSUDP_MARGIN)
    times, exceeded = [], False
    for packet in np.flatnonzero(above | below):
        if not (below if exceeded else above)[packet]:
            continue
        end = int(ends[packet])
        ratio = recursive_sta_lta()(vertical[end - long - 1 : end], short, long)[-1]
        if ratio > RSUDP_ON and not exceeded:
            times.append((end - 1) / rate_hz)
            exceeded = True
        elif ratio < RSUDP_OFF:
            exceeded = False
    return times


def windowed_ratio(samples: Floats, short: int, long: int, ends: NDArray[np.int_]) -> Floats:
    """ObsPy's recursive ratio for windows of `long` + 1 samples with these ends, all in one pass.

    A recursion from rest is the endless one less what was there when the window began, decayed.
    """

    def average(length: int) -> Floats:
        endless = signal.lfilter([1 / length], [1, 1 / length - 1], samples**2)
        begun = (1 - 1 / length) ** long
        return np.asarray(endless[ends - 1] - begun * endless[ends - 1 - long], dtype=np.float64)

    return average(short) / np.maximum(average(long), np.finfo(np.float64).tiny)


@cache
def recursive_sta_lta() -> StaLta:
    """ObsPy's own, imported at the first use: it takes a second, and warns of Python's deprecations."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from obspy.signal.trigger import recursive_sta_lta as ratio  # noqa: PLC0415
    found: StaLta = ratio
    return found


def openeew(acceleration: Floats, rate_hz: float) -> list[float]:
    """Alarms at the end of a second with 3 times the mean energy of the 11 s that it ends, on any axis.

    openeew-detection has no re-arm rule: it publishes in every second that reaches the level. A run of such
    seconds counts once here.
    """
    edges = np.round(np.arange(int(len(acceleration) / rate_hz) + 1) * rate_hz).astype(np.int_)
    if len(edges) <= OPENEEW_LTA_S:
        return []
    energies = np.add.reduceat(acceleration[: edges[-1]] ** 2, edges[:-1], axis=0)
    counts = np.diff(edges)[:, None]
    long = _running_sum(energies) / _running_sum(counts)
    short = (energies / counts)[OPENEEW_LTA_S - 1 :]
    on = np.any(short >= OPENEEW_LEVEL * np.maximum(long, np.finfo(np.float64).tiny), axis=1)
    begun = np.flatnonzero(np.diff(on.astype(np.int8), prepend=0) > 0)
    return [float(last) for last in (edges[begun + OPENEEW_LTA_S] - 1) / rate_hz]


def _running_sum(seconds: NDArray[np.float64] | NDArray[np.int_]) -> Floats:
    windows = sliding_window_view(seconds, OPENEEW_LTA_S, axis=0)
    return np.asarray(windows.sum(axis=-1), dtype=np.float64)


def vertical_switch(acceleration: Floats, rate_hz: float, *, level: float, hold_s: float) -> list[float]:
    """Alarms where the vertical, 1-10 Hz, reaches the level in m/s²; armed again after `hold_s`."""
    vertical = _filtered(acceleration[:, VERTICAL], SWITCH_ORDER, SWITCH_BAND_HZ, "bandpass", rate_hz)
    return _held(np.abs(vertical) >= level, rate_hz, hold_s)


def horizontal_switch(acceleration: Floats, rate_hz: float, *, level: float, hold_s: float) -> list[float]:
    """Alarms where the horizontal vector, below 10 Hz, reaches the level in m/s²; armed again after `hold_s`.

    The vector, not an axis: the ball and pendulum switches know no axes, and no rotation of the car changes it.
    """
    horizontal = _filtered(acceleration[:, :VERTICAL], SWITCH_ORDER, SWITCH_BAND_HZ[1], "lowpass", rate_hz)
    return _held(np.hypot(horizontal[:, 0], horizontal[:, 1]) >= level, rate_hz, hold_s)


def _filtered(
    samples: Floats, order: int, corners: float | tuple[float, float], kind: str, rate_hz: float
) -> Floats:
    """Butterworth, causal, from rest."""
    sections = signal.butter(order, corners, kind, fs=rate_hz, output="sos")
    return np.asarray(signal.sosfilt(sections, samples, axis=0), dtype=np.float64)


def _held(above: NDArray[np.bool_], rate_hz: float, hold_s: float) -> list[float]:
    """The first time above, and the first from `hold_s` after each alarm."""
    candidates = np.flatnonzero(above) / rate_hz
    times, position = [], 0
    while position < len(candidates):
        times.append(float(candidates[position]))
        position = int(np.searchsorted(candidates, times[-1] + hold_s))
    return times


PEERS: tuple[Peer, ...] = (
    Peer(
        "rsudp, STA/LTA 6/30 s, 3.95",
        "raspishake/rsudp, c_alert.py and the defaults of c_settings.py, with ObsPy's recursive_sta_lta",
        "early",
        rsudp,
    ),
    Peer(
        "OpenEEW, energy STA/LTA 1/11 s, 3",
        "openeew/openeew-detection, detection.py and trigger.py",
        "early",
        openeew,
    ),
    Peer(
        "Japan P, 5 gal vertical, 1-10 Hz",
        "Japanese elevator practice: P sensors of 2.5, 5 or 10 gal; after P alone, return after about 60 s",
        "early",
        partial(vertical_switch, level=P_GAL * GAL, hold_s=AUTOMATIC_RETURN_S),
    ),
    Peer(
        "Japan S, 80 gal horizontal",
        "Japanese elevator practice: the lowest S level returns by itself, assumed after 60 s as P does",
        "strong",
        partial(horizontal_switch, level=S_LOWEST_GAL * GAL, hold_s=AUTOMATIC_RETURN_S),
    ),
    Peer(
        "Japan S, 120 gal horizontal",
        "Japanese elevator practice: the next S level holds until a technician has inspected",
        "strong",
        partial(horizontal_switch, level=S_LOW_GAL * GAL, hold_s=UNTIL_RESET),
    ),
    Peer(
        "ASME A17.1, 0.15 g vertical",
        "ASME A17.1, 8.4: vertical, not above 0.15 g (1-10 Hz assumed); inspected before return to service "
        "(Schiff, ShakeOut Scenario: Elevators, 2008)",
        "strong",
        partial(vertical_switch, level=ASME_G * STANDARD_GRAVITY, hold_s=UNTIL_RESET),
    ),
)
