"""What the stage's decision costs when much is known: 10 000 messages with 500 timetables, 1 000 alerts, 20 playlists."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from random import Random
from time import thread_time
from zoneinfo import ZoneInfo

import numpy as np

from agent.car import Car
from agent.clock import Reading
from agent.known import Catalogue, entry_of, key
from agent.programme import Programme
from agent.stage import decide
from benchmarks.report import Row, milliseconds
from benchmarks.timing import progress
from content.message import Alert, Item, Message, Playlist, Publication, Text, Window

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
DAY = timedelta(days=1)
AREA = "cn/sichuan/chengdu/tower-a"
MESSAGES, ALERTS, PLAYLISTS, TIMETABLES = 10_000, 1_000, 20, 500
LOOKS, CHANGES = 3_000, 300
LOOK_S, SOONER_S = 5, 600
BODY = Text("请提前储水，谢谢配合。", "Please store water. Thank you.")


def measure(_records: Path | None = None) -> Iterator[Row]:
    """Looks at any moment, at the moments of change, and right after something came."""
    for name, alerts in (("messages show", False), ("an alert shows", True)):
        programme, known = _filled(in_force=alerts)
        yield _row(f"stage, {name}, looked at through a day", _through_a_day(programme))
        yield _row(f"stage, {name}, all timetables change at once", _at_nine(programme))
        yield _row(f"stage, {name}, right after one came", _after_changes(programme, known))


def _row(what: str, seconds: list[float]) -> Row:
    p99_s = float(np.percentile(seconds, 99))
    return Row(what, f"p99 {1000 * p99_s:.2f} ms, {milliseconds(seconds)}", "p99 1 ms", p99_s <= 0.001)


def _publications(in_force: bool) -> Iterator[Publication]:
    random = Random(1)
    tables = [_windows(random) for _ in range(TIMETABLES)]
    for n in range(MESSAGES):
        yield Message(
            f"m-{n}", 1, AREA, NOON - DAY, NOON + random.uniform(0.1, 30) * DAY, Text(f"第{n}号通知", f"Notice {n}"),
            BODY, priority=random.randint(0, 3), windows=tables[n % TIMETABLES],
            starts=NOON + random.uniform(-5, 5) * DAY,
        )  # fmt: skip
    for n in range(ALERTS):
        ends = NOON + random.uniform(0.1, 9) * DAY if in_force else NOON - timedelta(hours=n % 20 + 1)
        yield Alert(
            f"a-{n}", 1, AREA, NOON - DAY, ends, "rain", Text(f"第{n}号预警"), BODY, random.randint(1, 4)
        )
    for n in range(PLAYLISTS):
        items = tuple(Item(f"m-{random.randrange(MESSAGES)}") for _ in range(50))
        yield Playlist(f"p-{n}", 1, AREA, NOON - DAY, NOON + 30 * DAY, items)


def _windows(random: Random) -> tuple[Window, ...]:
    """Two dayparts at quarters of an hour, and one that all share."""
    parts = [time(random.randrange(24), random.choice((0, 15, 30, 45))) for _ in range(4)]
    return Window(parts[0], parts[1]), Window(parts[2], parts[3]), Window(time(9), time(9, 30))


def _filled(*, in_force: bool) -> tuple[Programme, Catalogue]:
    known, programme = Catalogue(), Programme(ZONE)
    for publication in progress("stage", list(_publications(in_force))):
        known[key(publication)] = entry_of(publication, known, Reading(0.0, NOON, good=True))
    known.follow(programme)
    return programme, known


def _decision_s(programme: Programme, now: float) -> float:
    """Processor seconds of a decision that is worked out anew: what other programs take meanwhile is not its cost."""
    time = Reading(now, NOON + timedelta(seconds=now), good=True)
    programme.forget_answer()
    began = thread_time()
    decide(Car(), programme.alerts.warned(time), partial(programme.scheduled, time.utc), time)
    return thread_time() - began


def _through_a_day(programme: Programme) -> list[float]:
    _decision_s(programme, 0.0)
    return [_decision_s(programme, 86_400.0 * n / LOOKS) for n in range(1, LOOKS)]


def _at_nine(programme: Programme) -> list[float]:
    """Nine o'clock of the days after, looked at as often as the agent does."""
    seconds = []
    for nine in (21 * 3600.0 + day * 86_400.0 for day in range(1, 15)):
        for before in range(SOONER_S, 0, -LOOK_S):
            _decision_s(programme, nine - before)
        seconds.append(_decision_s(programme, nine))
    return seconds


def _after_changes(programme: Programme, known: Catalogue) -> list[float]:
    """Taking it in is part of it."""
    seconds, base = [], 20 * 86_400.0
    _decision_s(programme, base)
    for n, name in enumerate([*known][:: len(known) // CHANGES]):
        entry = known[name]
        began = thread_time()
        known[name] = entry
        taken_s = thread_time() - began
        seconds.append(taken_s + _decision_s(programme, base + n * 0.001))
    return seconds
