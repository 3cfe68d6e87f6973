"""The curve between early and quiet: all levels of the alarm moved together, on the same inputs."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from agent.detection.detector import Settings
from simulator.recordings import Recording
from simulator.score import days
from simulator.score.batch import batches, judge, spread
from simulator.score.earthquakes import Parked, group_of
from simulator.score.outcome import Scaled, strong
from simulator.score.protocol import peak_gal

SCALES = (0.25, 0.35, 0.5, 0.7, 1.4, 2.0)
"""Of the levels that are shipped; those themselves come from the whole score."""
LEAST_GAL = 80.0


def settings(scale: float) -> Settings:
    """All levels of the alarm multiplied; the tremor, and every length and ratio, stay."""
    levels = Settings()
    shaking = levels.shaking
    early = replace(shaking.escalation, level=max(shaking.escalation.level * scale, shaking.escalation.onset))
    return replace(
        levels,
        shaking=replace(
            shaking,
            alarm_parked=shaking.alarm_parked * scale,
            alarm_horizontal=shaking.alarm_horizontal * scale,
            alarm_riding=shaking.alarm_riding * scale,
            escalation=early,
        ),
    )


def curve(recordings: Sequence[Recording], car_days: int, jobs: int) -> list[Scaled]:
    """One point a scale, over so many days."""
    return [point(scale, recordings, car_days, jobs) for scale in SCALES]


def point(scale: float, recordings: Sequence[Recording], car_days: int, jobs: int) -> Scaled:
    """At one scale. No days, no false alarms counted."""
    quakes = [one for one in recordings if group_of(one) == "earthquake" and peak_gal(one) >= LEAST_GAL]
    rides = [one for one in recordings if one.kind == "ride"]
    cases = [Parked(one, group_of(one), ("closed",)) for one in (*quakes, *rides)]
    levels = settings(scale)
    name = f"levels times {scale:g}"
    found = spread(partial(judge, settings=levels), batches(cases, 8), jobs, name)
    scored = [one for batch in found for one in batch]
    lived = spread(partial(days.live, settings=levels), days.shares(car_days, jobs), jobs, name)
    ridden = [one for one in scored if one.group.startswith("ride")]
    return Scaled(
        scale=scale,
        warnings_s=[one.warning for one in strong(one for one in scored if one.group == "earthquake")],
        alarmed_rides=sum(one.ever_alarmed for one in ridden),
        rides=len(ridden),
        alarms=sum(len(day.alarms) for batch in lived for day in batch),
        days=car_days,
    )
