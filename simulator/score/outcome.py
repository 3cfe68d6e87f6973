"""Everything that was scored, its one-object summary, and both as JSON."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

from simulator.score.days import Lived
from simulator.score.intervals import median, quantile, share_of
from simulator.score.protocol import Scored

BANDS = {"10-25 gal": (10.0, 25.0), "25-80 gal": (25.0, 80.0), "80 gal and more": (80.0, float("inf"))}


@dataclass(frozen=True, slots=True)
class PeerOutcome:
    """Another detector on the same inputs, alarms only."""

    name: str
    scored: list[Scored]
    days: int = 0
    day_alarms: int = 0
    tier: str = ""
    """`early`, to be set beside the tremor, or `strong`, beside the alarm."""


@dataclass(frozen=True, slots=True)
class Scaled:
    """What the detector would do with all levels of its alarm multiplied."""

    scale: float
    warnings_s: list[float]
    """By earthquake of 80 gal and more on a parked car; a missed alarm is minus infinity."""
    alarmed_rides: int
    rides: int
    alarms: int
    """In simulated days, with the door's signal."""
    days: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one run."""

    scored: list[Scored]
    days: list[Lived] = field(default_factory=list)
    peers: list[PeerOutcome] = field(default_factory=list)
    curve: list[Scaled] = field(default_factory=list)
    """What other levels would do."""

    def pick(self, group: str, door: str | None = None) -> list[Scored]:
        """Whose group begins so."""
        return picked(self.scored, group, door)


def picked(scored: Iterable[Scored], group: str, door: str | None = None) -> list[Scored]:
    return [
        one
        for one in scored
        if (one.group == group or one.group.startswith((f"{group}, v", f"{group}:")))
        and door in (None, one.door)
    ]


def banded(scored: Iterable[Scored], low: float, high: float = float("inf")) -> list[Scored]:
    """By the peak, gal."""
    return [one for one in scored if low <= one.peak_gal < high]


def delays(scored: Iterable[Scored], tier: str) -> list[float]:
    """From the first sample above 5 gal, s."""
    return [getattr(one, tier) - one.onset_s for one in scored]


def hits(scored: Iterable[Scored], tier: str) -> list[bool]:
    return [isfinite(getattr(one, tier)) for one in scored]


def strong(scored: Iterable[Scored]) -> list[Scored]:
    """Which reach 80 gal horizontally, so that a warning has a meaning."""
    return [one for one in scored if isfinite(one.strong_s)]


def keys(scored: Iterable[Scored], met: Callable[[Scored], bool]) -> set[str]:
    """Of the recordings that meet it, with or without the door's signal."""
    return {one.key for one in scored if met(one)}


def worse(scored: Iterable[Scored]) -> list[bool]:
    """Alarm hits by recording: only with the door closed and unknown alike."""
    by_key: dict[str, bool] = {}
    for one in scored:
        by_key[one.key] = by_key.get(one.key, True) and isfinite(one.alarm)
    return list(by_key.values())


def summary(outcome: Outcome) -> dict[str, float | int]:
    """The measures of the detector: shares from 0 to 1, times in s, counts."""
    parked = outcome.pick("earthquake", "closed")
    felt = banded(parked, 25)
    warned = [one.warning for one in strong(parked)]
    mems = banded(outcome.pick("30 Hz MEMS", "closed"), 10)
    riding = [one for phase in ("start", "cruise", "stop") for one in outcome.pick(f"riding, {phase}")]
    rides, quiet = outcome.pick("ride"), outcome.pick("quiet")
    single, single_door = outcome.pick("disturbance", "unknown"), outcome.pick("disturbance", "seen")
    # The quiet before any recording is quiet as well; each recording's 60 s count once.
    before = keys(outcome.scored, lambda one: one.false_alarm and not one.group.startswith("disturbance"))
    return {
        "tremor_25_hit": share_of(hits(felt, "tremor")),
        "tremor_25_delay_median_s": median(delays(felt, "tremor")),
        "tremor_25_delay_p90_s": quantile(delays(felt, "tremor"), 0.9),
        "tremor_10_25_hit": share_of(hits(banded(parked, 10, 25), "tremor")),
        "alarm_80_hit": share_of(hits(banded(parked, 80), "alarm")),
        "alarm_25_80_hit": share_of(hits(banded(parked, 25, 80), "alarm")),
        "alarm_riding_80_hit": share_of(worse(riding)),
        "warning_median_s": median(warned),
        "warning_1s_share": share_of(gain >= 1 for gain in warned),
        "warning_3s_share": share_of(gain >= 3 for gain in warned),
        "openeew_tremor_hit": share_of(hits(mems, "tremor")),
        "rides": len(keys(rides, lambda _: True)),
        "alarm_rides": len(keys(rides, lambda one: one.ever_alarmed)),
        "disturbances": len(single),
        "alarm_disturbances": sum(one.ever_alarmed for one in single),
        "alarm_disturbances_door": sum(one.ever_alarmed for one in single_door),
        "alarm_quiet": len(keys(quiet, lambda one: one.ever_alarmed) | before),
        "car_days": len(outcome.days),
        "alarm_car_days": sum(len(day.alarms) for day in outcome.days),
        "tremors_per_car_day": share_of_days(outcome.days),
    }


def share_of_days(days: list[Lived]) -> float:
    return sum(len(day.tremors) for day in days) / len(days) if days else float("nan")


def write(outcome: Outcome, path: Path) -> None:
    """As JSON; never and unknown are null. Raises OSError."""
    document = {
        "summary": summary(outcome),
        "records": [_record(one) for one in outcome.scored],
        "days": [
            {
                "seed": day.seed,
                "rides": day.rides,
                "hours": day.hours,
                "alarms": day.alarms,
                "tremors": day.tremors,
                "alarms_without_door": day.alarms_no_door,
                "tremors_without_door": day.tremors_no_door,
            }
            for day in outcome.days
        ],
        "peers": [
            {
                "name": peer.name,
                "days": peer.days,
                "day_alarms": peer.day_alarms,
                "records": [_record(one) for one in peer.scored],
            }
            for peer in outcome.peers
        ],
        "curve": [asdict(one) for one in outcome.curve],
    }
    path.write_text(json.dumps(_finite(document), indent=1, allow_nan=False) + "\n", encoding="utf-8")


def _record(one: Scored) -> dict[str, Any]:
    return {
        "group": one.group,
        "key": one.key,
        "door": one.door,
        "peak_gal": one.peak_gal,
        "onset_s": one.onset_s,
        "strong_s": one.strong_s,
        "tremor_s": one.tremor,
        "alarm_s": one.alarm,
        "warning_s": one.warning,
        "false_tremor": one.false_tremor,
        "false_alarm": one.false_alarm,
        "tremor_by_rotation_s": one.tremor_s,
        "alarm_by_rotation_s": one.alarm_s,
    }


def _finite(value: Any) -> Any:
    match value:
        case dict():
            return {key: _finite(part) for key, part in value.items()}
        case list() | tuple():
            return [_finite(part) for part in value]
        case float():
            return round(value, 4) if isfinite(value) else None
    return value
