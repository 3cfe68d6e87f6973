"""A page of traces: what the sensor felt, and when it was decided what."""

from collections.abc import Sequence
from math import isfinite
from typing import Any, Literal

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from simulator.recordings import Recording
from simulator.score.earthquakes import Parked
from simulator.score.outcome import BANDS, Outcome, banded
from simulator.score.palette import BLUE, EARLY, GRID, INK, MUTED, OURS
from simulator.score.protocol import GAL, Scored

LEAST_SPAN_S, LEAST_TOP_GAL = 25.0, 2.0

TRACES = (
    ("earthquake", BANDS["80 gal and more"]),
    ("earthquake", BANDS["25-80 gal"]),
    ("earthquake", BANDS["10-25 gal"]),
    ("30 Hz MEMS", (25.0, float("inf"))),
    ("ride", (0.0, float("inf"))),
    ("quiet", (0.0, float("inf"))),
)
"""Groups and bands; of each the recording in the middle by its peak."""


def _chosen(outcome: Outcome, recordings: Sequence[Recording]) -> list[tuple[Recording, Scored]]:
    by_key = {one.key: one for one in recordings}
    chosen = []
    for group, band in TRACES:
        scored = [one for one in outcome.scored if one.group == group and one.door == "closed"]
        ordered = sorted(banded(scored, *band), key=lambda one: one.peak_gal)
        if ordered:
            middle = ordered[len(ordered) // 2]
            chosen.append((by_key[middle.key], middle))
    return chosen


def draw(outcome: Outcome, recordings: Sequence[Recording]) -> Figure:
    chosen = _chosen(outcome, recordings)
    figure = Figure(figsize=(14, 2.3 * len(chosen) + 1.0), layout="constrained")
    rows = figure.subplots(len(chosen), 1, squeeze=False)[:, 0]
    for axis, (recording, scored) in zip(rows, chosen, strict=True):
        _trace(axis, recording, scored)
    rows[-1].set_xlabel("time after the recording's beginning, s; in the titles of earthquakes: after 5 gal")
    _legend(figure)
    return figure


def _trace(axis: Any, recording: Recording, scored: Scored) -> None:
    motion = Parked(recording, scored.group).motion() / GAL
    t = np.arange(len(motion)) / recording.rate_hz
    first, last = _span(scored, recording.duration_s)
    inside = (t >= first) & (t <= last)
    axis.plot(t[inside], motion[inside, 2], color=MUTED, linewidth=0.6)
    stronger = int(np.argmax(np.abs(motion[:, :2]).max(axis=0)))
    axis.plot(t[inside], motion[inside, stronger], color=BLUE, linewidth=0.6)
    top = max(LEAST_TOP_GAL, 1.3 * float(np.abs(motion[inside]).max()))
    for tier, place, colour in (("tremor", 0.0, EARLY), ("alarm", 0.09, OURS)):
        at = getattr(scored, tier)
        if first <= at <= last:
            axis.axvline(at, color=colour, linewidth=1.6)
            axis.axvspan(at, last, place + 0.01, place + 0.08, color=colour, alpha=0.85, linewidth=0)
    for at, style in ((scored.onset_s, ":"), (scored.strong_s, "--")):
        if first <= at <= last and recording.kind == "earthquake":
            axis.axvline(at, color=INK, linewidth=1.2, linestyle=style)
    axis.set_xlim(first, last)
    axis.set_ylim(-top, top)
    axis.set_ylabel("gal")
    axis.grid(color=GRID, linewidth=0.6)
    axis.set_axisbelow(True)
    axis.set_title(_caption(scored), loc="left", fontsize=11)


def _span(scored: Scored, duration_s: float) -> tuple[float, float]:
    """From before the onset until after all decisions that came in time."""
    marks = [at for at in (scored.onset_s, scored.strong_s, scored.tremor, scored.alarm) if isfinite(at)]
    if not marks or not isfinite(scored.onset_s):
        return 0.0, min(duration_s, 60.0)
    first = max(0.0, min(marks) - 4.0)
    return first, min(duration_s, max(first + LEAST_SPAN_S, min(max(marks), first + 60.0) + 6.0))


def _caption(scored: Scored) -> str:
    parts = [
        f"{scored.group}, {scored.peak_gal:.1f} gal"
        if scored.peak_gal < 10
        else f"{scored.group}, {scored.peak_gal:.0f} gal"
    ]
    quake = isfinite(scored.onset_s) and scored.group not in ("ride", "quiet")
    for tier in ("tremor", "alarm"):
        at = getattr(scored, tier)
        late = f"{at - scored.onset_s:+.1f} s" if quake else f"at {at:.1f} s"
        parts.append(f"{tier} {late}" if isfinite(at) else f"no {tier}")
    if isfinite(scored.strong_s) and quake:
        gain = scored.warning
        parts.append(f"warning {gain:.1f} s" if gain > 0 else "no warning")
    return "   ·   ".join(parts)


def _legend(figure: Figure) -> None:
    lines: tuple[tuple[str, str, Literal["-", "--", ":"]], ...] = (
        ("the stronger horizontal axis", BLUE, "-"),
        ("vertical", MUTED, "-"),
        ("5 gal", INK, ":"),
        ("80 gal, horizontal", INK, "--"),
        ("tremor, from then on", EARLY, "-"),
        ("alarm, from then on", OURS, "-"),
    )
    handles = [
        Line2D([], [], color=colour, linestyle=style, linewidth=2, label=name)
        for name, colour, style in lines
    ]
    figure.legend(handles=handles, loc="outside upper left", ncols=len(handles), frameon=False)
