"""The one table: what was scored, with n and a 95 % interval in each row."""

from collections.abc import Iterator
from math import isfinite

from simulator.score.building_model import HEIGHTS
from simulator.score.days import Lived
from simulator.score.disturbances import KINDS
from simulator.score.intervals import median, poisson_upper, quantile, wilson
from simulator.score.outcome import BANDS, Outcome, banded, delays, hits, picked, strong
from simulator.score.protocol import Scored
from simulator.score.riding import PHASES

WIDTH = 40
DAYS_A_YEAR = 365.25
HEAD = f"{'':{WIDTH}}    n   tremor (95 %)     median  90 %   alarm (95 %)      median  90 %"
WARNING_HEAD = f"{'':{WIDTH}}    n   median    1 s and more (95 %)     3 s and more (95 %)"
FALSE_HEAD = f"{'':{WIDTH}}    n   tremors (95 %)         alarms (95 %)"
PEER_HEAD = (
    f"{'alarms by, (95 %)':{WIDTH}} 25 gal and more median MEMS, 10 gal +   warning 1 s +    real rides       disturbances"
    "     a day"
)


def share(count: int, of: int) -> str:
    """As a percentage with its interval."""
    low, high = wilson(count, of)
    return f"{100 * count / of:4.0f} % ({100 * low:3.0f}-{100 * high:3.0f})"


def count(number: int, of: int) -> str:
    """As a number with its interval in percent."""
    low, high = wilson(number, of)
    return f"{number:4} ({100 * low:4.1f}-{100 * high:5.1f} %)"


def seconds(value: float) -> str:
    return f"{value:6.2f}" if isfinite(value) else "     -"


def lines(outcome: Outcome) -> Iterator[str]:
    """Of the whole table."""
    yield from _earthquakes(outcome)
    yield from _warnings(outcome)
    yield from _false(outcome)
    if outcome.days:
        yield from _days(outcome.days)
    if outcome.peers:
        yield from _peers(outcome)


def _hit_row(name: str, scored: list[Scored]) -> Iterator[str]:
    if not scored:
        return
    line = f"{name:{WIDTH}} {len(scored):4}"
    for tier in ("tremor", "alarm"):
        late = delays(scored, tier)
        line += f"  {share(sum(hits(scored, tier)), len(scored))} {seconds(median(late))} {seconds(quantile(late, 0.9))}"
    false = sum(one.false_tremor or one.false_alarm for one in scored)
    yield line + (f"   {false} false before" if false else "")


def _earthquakes(outcome: Outcome) -> Iterator[str]:
    yield "Earthquakes: share felt at all 8 rotations; delay after 5 gal of the slowest, s"
    yield HEAD
    for door in ("closed", "unknown"):
        for band, limits in BANDS.items():
            yield from _hit_row(
                f"parked, door {door}, {band}", banded(outcome.pick("earthquake", door), *limits)
            )
    for group in ("30 Hz MEMS", "one or two components"):
        for band, limits in BANDS.items():
            yield from _hit_row(f"{group}, {band}", banded(outcome.pick(group, "closed"), *limits))
    for group in ("earthquake, begins shaking", "30 Hz MEMS, begins shaking", "downhole"):
        yield from _hit_row(f"{group}, 10 gal and more", banded(outcome.pick(group, "closed"), 10))
    weak = [one for group in ("earthquake", "30 Hz MEMS") for one in outcome.pick(group, "closed")]
    yield from _hit_row("parked and MEMS, below 10 gal", banded(weak, 0, 10))
    for height in HEIGHTS:
        for band, limits in BANDS.items():
            chosen = banded(outcome.pick(f"building {height}"), *limits)
            yield from _hit_row(f"building, {height} floor, {band} there", chosen)
    for phase in PHASES:
        for door in ("closed", "unknown"):
            yield from _hit_row(f"riding: {phase}, door {door}", outcome.pick(f"riding, {phase}", door))


def _warnings(outcome: Outcome) -> Iterator[str]:
    yield "Warning: from the alarm to the first horizontal sample above 80 gal, s; a missed alarm gives none"
    yield WARNING_HEAD
    groups = ["earthquake", "30 Hz MEMS", "one or two components"]
    groups += [f"building {height}" for height in HEIGHTS] + [f"riding, {phase}" for phase in PHASES]
    for group in groups:
        yield from warning_row(group, strong(outcome.pick(group, "closed")))
    tremor = [one.strong_s - one.tremor for one in strong(outcome.pick("earthquake", "closed"))]
    if tremor:
        yield _gains("(earthquake, could the tremor be believed)", tremor)


def warning_row(name: str, scored: list[Scored]) -> Iterator[str]:
    if scored:
        yield _gains(name, [one.warning for one in scored])


def _gains(name: str, gains: list[float]) -> str:
    shares = [share(sum(gain >= least for gain in gains), len(gains)) for least in (1, 3)]
    return f"{name:{WIDTH}} {len(gains):4}   {seconds(median(gains))}   {shares[0]:22}  {shares[1]}"


def _false_row(name: str, scored: list[Scored]) -> Iterator[str]:
    if scored:
        tremors, alarms = (
            sum(getattr(one, ever) for one in scored) for ever in ("ever_tremored", "ever_alarmed")
        )
        yield f"{name:{WIDTH}} {len(scored):4}   {count(tremors, len(scored))}   {count(alarms, len(scored))}"


def _false(outcome: Outcome) -> Iterator[str]:
    yield "No earthquakes: how many had a tremor, an alarm, at any rotation"
    yield FALSE_HEAD
    for door in ("unknown", "closed"):
        scored = [one for one in outcome.scored if one.door == door]
        for group in ("ride", "ride, vertical only", "quiet", "vehicle"):
            name = {"ride": "real rides", "vehicle": "vehicles (not counted)"}.get(group, group)
            yield from _false_row(f"{name}, door {door}", [one for one in scored if one.group == group])
    for door in ("unknown", "seen"):
        for kind in KINDS:
            yield from _false_row(
                f"simulated {kind}, door {door}", outcome.pick(f"disturbance: {kind}", door)
            )
        yield from _false_row(f"all seven, door {door}", outcome.pick("disturbance", door))


def _days(days: list[Lived]) -> Iterator[str]:
    rides, hours = sum(day.rides for day in days), sum(day.hours for day in days)
    yield f"Simulated car-days: {len(days)}, {rides} rides, the {hours:.0f} h in which they fall"
    for name, alarms, tremors in (
        ("door seen", [day.alarms for day in days], [day.tremors for day in days]),
        ("door unknown", [day.alarms_no_door for day in days], [day.tremors_no_door for day in days]),
    ):
        false, felt = sum(map(len, alarms)), sum(map(len, tremors))
        yearly = DAYS_A_YEAR * poisson_upper(false) / len(days)
        yield (
            f"{name:{WIDTH}} {len(days):4}   {felt / len(days):7.2f} tremors a day"
            f" (95 %: at most {poisson_upper(felt) / len(days):.2f})   {false} alarms"
            f" (95 %: at most {yearly:.3g} a car-year)"
        )
        for cause, number in _causes(alarms):
            yield f"{'':{WIDTH}}        alarms at {cause}: {number}"


def _causes(alarms: list[list[tuple[float, str]]]) -> list[tuple[str, int]]:
    causes = [cause for day in alarms for _, cause in day]
    return sorted(((cause, causes.count(cause)) for cause in set(causes)), key=lambda pair: -pair[1])


def _peers(outcome: Outcome) -> Iterator[str]:
    yield "Others' detectors on the same inputs, at one rotation, without the door, with their own re-arm rules"
    yield PEER_HEAD
    for peer in outcome.peers:
        rate = f"{peer.day_alarms / peer.days:8.1f}" if peer.days else f"{'-':>8}"
        yield _peer_row(peer.name, peer.scored, "alarm") + rate
    for tier in ("tremor", "alarm"):
        scored = [one for one in outcome.scored if one.door == "unknown"]
        spans = [day.tremors_no_door if tier == "tremor" else day.alarms_no_door for day in outcome.days]
        rate = f"{sum(map(len, spans)) / len(spans):8.1f}" if spans else f"{'-':>8}"
        yield _peer_row(f"this {tier}, door unknown, 8 rotations", scored, tier) + rate


def _peer_row(name: str, scored: list[Scored], tier: str) -> str:
    parked = picked(scored, "earthquake")
    felt, mems = banded(parked, 25), banded(picked(scored, "30 Hz MEMS"), 10)
    gains = [one.strong_s - getattr(one, tier) for one in strong(parked)]
    line = f"{name:{WIDTH}} {_of(hits(felt, tier))} {seconds(median(delays(felt, tier)))} {_of(hits(mems, tier))}"
    line += f" {_of([gain >= 1 for gain in gains])}"
    ever = "ever_tremored" if tier == "tremor" else "ever_alarmed"
    for group in ("ride", "disturbance"):
        line += f" {_of([getattr(one, ever) for one in picked(scored, group)])}"
    return line


def _of(flags: list[bool]) -> str:
    """How many of how many, with the interval in percent."""
    low, high = wilson(sum(flags), len(flags))
    return f"{sum(flags):4}/{len(flags):<4}({100 * low:3.0f}-{100 * high:3.0f})"
