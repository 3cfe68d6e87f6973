"""Two pictures: warning against false alarms, with the detectors of others; and traces with what was decided."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from simulator.recordings import Recording
from simulator.score import traces
from simulator.score.intervals import poisson_upper, wilson
from simulator.score.outcome import Outcome, Scaled, picked, strong
from simulator.score.palette import BLUE, EARLY, GRID, INK, MUTED, OURS, PAPER
from simulator.score.table import DAYS_A_YEAR

STYLE: Any = {
    "font.size": 11,
    "axes.edgecolor": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


def draw(outcome: Outcome, recordings: Sequence[Recording], folder: Path) -> None:
    """Write `warning.png` and `traces.png`."""
    with mpl.rc_context(STYLE):
        _trade(outcome).savefig(folder / "warning.png", dpi=130, facecolor=PAPER)
        traces.draw(outcome, recordings).savefig(folder / "traces.png", dpi=110, facecolor=PAPER)


def _trade(outcome: Outcome) -> Figure:
    figure = Figure(figsize=(11, 7), layout="constrained")
    axis = figure.subplots()
    points = _points(outcome)
    _curve(axis, outcome, points)
    for point in points:
        _mark(axis, point)
    _label(axis, points)
    axis.set_xscale("log")
    left, right = axis.get_xlim()
    axis.set_xlim(min(0.4, left / 3), max(right, 1e5) * 2)
    axis.axvline(1.0, color=INK, linewidth=0.8, linestyle=(0, (4, 4)))
    axis.text(0.93, 40, "one a car-year", rotation=90, ha="right", va="center", fontsize=10)
    axis.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}".replace(",", " "))
    axis.minorticks_off()
    axis.set_ylim(-4, 104)
    axis.set_yticks(range(0, 101, 20), [f"{share} %" for share in range(0, 101, 20)])
    axis.set_xlabel("false alarms per car-year in simulated days of 200 rides (logarithmic)")
    axis.set_ylabel("1 s and more of warning before 80 gal, share of earthquakes")
    axis.grid(color=GRID, linewidth=0.8)
    axis.set_axisbelow(True)
    axis.set_title("Early and quiet: up and to the left is better", loc="left", weight="bold", fontsize=14)
    count = len(strong(outcome.pick("earthquake", "closed")))
    figure.supxlabel(
        f"{count} earthquakes on a parked car, {len(outcome.days)} car-days; broad bars are 95 % intervals. Red: this"
        " detector, an arrow where it never alarmed,\ndrawn from the upper 95 % limit. The thin line: all levels of this"
        " alarm multiplied, and so many real rides taken for earthquakes.\nOrange: detectors meant for early"
        " shaking. Blue: switches for strong shaking. Hollow: reported, never shown to passengers.",
        fontsize=9.5,
        x=0.01,
        ha="left",
    )
    return figure


Point = tuple[str, int, int, list[float], str, str]
"""Name, false alarms in so many days, warnings in s, colour, marker."""


def _points(outcome: Outcome) -> list[Point]:
    ours = strong(outcome.pick("earthquake", "closed"))
    alarms, tremors = ([one.strong_s - getattr(one, tier) for one in ours] for tier in ("alarm", "tremor"))
    days = outcome.days
    points: list[Point] = []
    for peer in outcome.peers:
        gains = [one.warning for one in strong(picked(peer.scored, "earthquake"))]
        colour, marker = (EARLY, "s") if peer.tier == "early" else (BLUE, "s")
        points.append((peer.name, peer.day_alarms, peer.days, gains, colour, marker))
    points.append(
        (
            "this tremor",
            sum(len(day.tremors) for day in days),
            len(days),
            tremors,
            OURS,
            "o",
        )
    )
    points.append(("this alarm", sum(len(day.alarms) for day in days), len(days), alarms, OURS, "D"))
    return [point for point in points if point[2] and point[3]]


def _curve(axis: Any, outcome: Outcome, points: list[Point]) -> None:
    """Other levels of the same alarm, joined through the one that is shipped; each with the real rides that it
    takes for an earthquake."""
    scaled = sorted((one for one in outcome.curve if one.warnings_s), key=lambda one: one.scale)
    if not scaled:
        return
    shipped = _place(next(point for point in points if point[0] == "this alarm"))
    places = _places(scaled, shipped)
    line = sorted([*zip((one.scale for one in scaled), places, strict=True), (1.0, shipped)])
    axis.plot(*zip(*(place for _, place in line), strict=True), color=OURS, linewidth=1.5, zorder=2)
    told: dict[tuple[float, float], list[str]] = {}
    for one, place in zip(scaled, places, strict=True):
        told.setdefault(place, []).append(f"×{one.scale:g}: {one.alarmed_rides} rides")
    for number, (place, words) in enumerate(told.items()):
        axis.plot(*place, "o", color=OURS, markersize=5, zorder=5)
        # The lowest levels lie side by side at the top, the others below them, those above the shipped ones on its line.
        if place[0] <= shipped[0]:
            offset, side = (9, -3), "left"
        else:
            offset, side = (
                ((0, 8), ("left", "right")[number]) if number < 2 else ((0, -9 - 10 * len(words)), "center")
            )
        axis.annotate(
            "\n".join(words), place, offset, textcoords="offset points", fontsize=8.5, color=OURS, ha=side
        )


def _places(scaled: list[Scaled], shipped: tuple[float, float]) -> list[tuple[float, float]]:
    """By scale, ascending. Where a few days had no alarm, higher levels have at most what lower ones have, and those
    above the shipped ones at most what those have in many days."""
    places: list[tuple[float, float]] = []
    for one in scaled:
        share = 100 * sum(gain >= 1 for gain in one.warnings_s) / len(one.warnings_s)
        a_year = DAYS_A_YEAR * (one.alarms or poisson_upper(0)) / one.days
        most = shipped[0] if one.scale > 1 else places[-1][0] if places and not one.alarms else a_year
        places.append((min(a_year, most), share))
    return places


def _place(point: Point) -> tuple[float, float]:
    """Alarms per car-year, the upper limit where there was none; share of 1 s and more, percent."""
    _, false, days, gains, _, _ = point
    share = 100 * sum(gain >= 1 for gain in gains) / len(gains)
    return DAYS_A_YEAR * (false or poisson_upper(0)) / days, share


def _mark(axis: Any, point: Point) -> None:
    name, false, _, gains, colour, marker = point
    x, y = _place(point)
    low, high = (100 * end for end in wilson(round(y * len(gains) / 100), len(gains)))
    axis.vlines(x, low, high, color=colour, linewidth=7, alpha=0.28)
    hollow = name.startswith("this tremor")
    axis.plot(
        x,
        y,
        marker,
        color=PAPER if hollow else colour,
        markeredgecolor=colour,
        markeredgewidth=2,
        markersize=12 if marker == "D" else 9,
        zorder=4,
    )
    if not false:
        arrow = {"arrowstyle": "-|>", "color": colour, "linewidth": 2, "shrinkA": 8}
        axis.annotate("", (x / 3, y), (x, y), arrowprops=arrow, zorder=3)


def _label(axis: Any, points: list[Point]) -> None:
    """Names in stairs, away from points and intervals, so that none lies on another or on its line."""
    for high in (True, False):
        row = sorted((one for one in points if (_place(one)[1] > 50) == high), key=_place)
        for step, point in enumerate(row):
            x, y = _place(point)
            level = 62 - 5.5 * step if high else 22 + 5.5 * step
            ours = point[4] == OURS
            axis.plot((x, x), (y, level), color=MUTED, linewidth=0.9, zorder=1)
            axis.annotate(
                point[0],
                (x, level),
                (-5, 0),
                textcoords="offset points",
                ha="right",
                va="center",
                fontsize=10.5,
                color=OURS if ours else INK,
                weight="bold" if ours else "normal",
                bbox={"facecolor": PAPER, "edgecolor": "none", "alpha": 0.9, "pad": 1.0},
                zorder=5,
            )
