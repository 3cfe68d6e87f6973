"""The story as a picture: the trace of the three axes, the detector's decisions, the pages on the glass."""

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from simulator.elevator import STANDARD_GRAVITY
from simulator.headless import Trace
from simulator.story import LENGTH_S, Story

INK, GRID = "#15212B", "#D9D4C8"
STYLE: Any = {"font.size": 11, "axes.edgecolor": GRID, "text.color": INK, "axes.labelcolor": INK}
AXES = (("x", "#0072B2"), ("y", "#009E73"), ("z (up), without gravity", "#D55E00"))
"""Okabe and Ito's colours: told apart by colour-blind readers too."""
PAGES = {
    "idle": ("#12303A", "idle"),
    "notice": ("#0050C8", "message"),
    "earthquake closed": ("#7A0000", "earthquake:\ndoor closed"),
    "earthquake leave": ("#B40000", "earthquake:\nleave"),
    "earthquake riding": ("#7A0000", "earthquake:\nriding"),
    "earthquake unsure": ("#7A0000", "earthquake:\nunsure"),
    "do_not_use": ("#B98A00", "do not use"),
}
WIDE_S = 7.0
"""A narrower bar has no room for its words."""
TITLE = (
    "One car: a recorded ride, a message, a recorded earthquake (Oaxaca 2020, M5.2), the hold, its release"
)


def draw(story: Story, trace: Trace, path: Path) -> None:
    """Write the plot as a PNG."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(15, 9), layout="constrained")
        axes = figure.subplots(5, 1, sharex=True, height_ratios=(2, 2, 2, 0.8, 0.8))
        _traces(axes[:3], trace)
        _decisions(axes[3], story, trace)
        _pages(axes[4], story)
        axes[4].set_xlabel("time, s")
        axes[4].set_xlim(0, LENGTH_S)
        axes[0].set_title(TITLE, loc="left")
        figure.savefig(path, dpi=110)


def _traces(axes: Any, trace: Trace) -> None:
    times = np.concatenate(trace.times)
    gal = np.concatenate(trace.accelerations) * 100
    gal[:, 2] -= STANDARD_GRAVITY * 100
    for axis, column, (name, colour) in zip(axes, gal.T, AXES, strict=True):
        axis.plot(times, column, color=colour, linewidth=0.6)
        axis.set_ylabel("gal")
        axis.text(0.005, 0.92, name, transform=axis.transAxes, va="top", weight="bold", color=colour)
        axis.grid(color=GRID, linewidth=0.6)
    for axis in axes[1:]:
        axis.sharey(axes[0])


def _decisions(axis: Any, story: Story, trace: Trace) -> None:
    times = [state[0] for state in trace.states]
    for row, colour in enumerate(("#E69F00", "#B40000")):
        felt = [state[1 + row] for state in trace.states]
        axis.fill_between(times, row, row + 0.8, where=felt, color=colour, linewidth=0)
    rides = [at for at, event in story.events if event.kind in ("ride-started", "ride-ended")]
    for start, end in zip(rides[::2], rides[1::2], strict=False):
        axis.fill_between((start, end), 2, 2.8, color="#56B4E9", linewidth=0)
    moves = [(at, event.body["door"]) for at, event in story.events if event.kind == "door-moved"]
    for (at, door), (until, _) in zip(moves, [*moves[1:], (times[-1], None)], strict=True):
        if door != "closed":
            axis.fill_between(
                (at, until), 3, 3.8, color="#009E73" if door == "open" else "#9FD8C4", linewidth=0
            )
    axis.set_yticks([0.4, 1.4, 2.4, 3.4], ["tremor", "alarm", "riding", "door open"])
    axis.set_ylim(-0.2, 4)


def _pages(axis: Any, story: Story) -> None:
    shown: list[tuple[float, str]] = []
    for at, event in story.events:
        if event.kind == "page-shown" and (not shown or shown[-1][1] != event.body["page"]):
            shown.append((at, event.body["page"]))
    ends = [at for at, _ in shown[1:]] + [LENGTH_S]
    for (at, name), end in zip(shown, ends, strict=True):
        colour, words = PAGES.get(name, (INK, name))
        axis.fill_between((at, end), 0, 1, color=colour, linewidth=0)
        if end - at > WIDE_S:
            axis.text((at + end) / 2, 0.5, words, color="white", ha="center", va="center", fontsize=9)
    axis.set_yticks([0.5], ["on the glass"])
    axis.set_ylim(0, 1)
