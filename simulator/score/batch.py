"""The detector on many inputs at once: cases of like length side by side on its batch axis, two processes."""

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from agent.detection.detector import Detector, Settings
from simulator.score.protocol import GRAVITY, POLL, RATE_HZ, Case, Codes, Floats, Found, Inputs, Scored

T = TypeVar("T")
R = TypeVar("R")

CARS = 96
"""Inputs a batch: the detector's time a car is least near a hundred."""
CHUNK_POLLS = 125


class Watch:
    """Runs a detector chunk by chunk, and keeps when its decisions were known."""

    def __init__(self, cars: int, settings: Settings | None = None) -> None:
        self._detector = Detector(RATE_HZ, cars, settings)
        self._tremor: list[NDArray[np.bool_]] = []
        self._alarm: list[NDArray[np.bool_]] = []

    def step(self, samples: Floats, doors: Codes) -> None:
        """Samples (cars, polls·POLL, 3), doors (cars, polls). Polls between which no door changes go in one
        block: the detector decides the same for any block length."""
        changes = np.flatnonzero(np.any(doors[:, 1:] != doors[:, :-1], axis=0)) + 1
        for first, last in zip([0, *changes], [*changes, doors.shape[1]], strict=True):
            for hop in self._detector.step(samples[:, first * POLL : last * POLL], doors[:, first].copy()):
                self._tremor.append(np.array(hop.tremor))
                self._alarm.append(np.array(hop.alarm))

    def found(self, ends_s: Sequence[float]) -> list[Found]:
        """By car; what comes after its end, s, is not looked at."""
        if not self._tremor:
            return [Found((), ()) for _ in ends_s]
        hop_ends = np.arange(1, len(self._tremor) + 1) * self._detector.hop
        known = np.ceil(hop_ends / POLL) * POLL / RATE_HZ
        tremor, alarm = np.array(self._tremor), np.array(self._alarm)
        return [
            Found(_spans(known, tremor[:, car], end), _spans(known, alarm[:, car], end))
            for car, end in enumerate(ends_s)
        ]


def _spans(known: Floats, on: NDArray[np.bool_], end_s: float) -> tuple[tuple[float, float], ...]:
    """Begin and end of each time it was on, by when that was known."""
    on = on & (known <= end_s)
    if not on.any():
        return ()
    edges = np.flatnonzero(np.diff(np.concatenate(([False], on, [False])).astype(np.int8)))
    begins, ends = edges[::2], edges[1::2]
    times = np.append(known, np.inf)
    return tuple((float(times[begin]), float(times[end])) for begin, end in zip(begins, ends, strict=True))


def run(cases: Sequence[Case], settings: Settings | None = None) -> list[list[Found]]:
    """Side by side in one detector; by case, then by input."""
    inputs = [case.render() for case in cases]
    found = _together(inputs, settings)
    answer = []
    for one in inputs:
        answer.append(found[: len(one.samples)])
        found = found[len(one.samples) :]
    return answer


def _together(inputs: list[Inputs], settings: Settings | None) -> list[Found]:
    lengths = [one.samples.shape[1] for one in inputs for _ in one.samples]
    watch = Watch(len(lengths), settings)
    step = CHUNK_POLLS * POLL
    for start in range(0, max(lengths), step):
        samples = np.tile(GRAVITY, (len(lengths), step, 1))
        doors = np.zeros((len(lengths), CHUNK_POLLS), dtype=np.int8)
        car = 0
        for one in inputs:
            part = one.samples[:, start : start + step]
            here = one.doors[:, start // POLL : start // POLL + CHUNK_POLLS]
            cars = slice(car, car + len(part))
            samples[cars, : part.shape[1]] = part
            doors[cars] = one.doors[:, -1:]
            doors[cars, : here.shape[1]] = here
            car += len(part)
        watch.step(samples, doors)
    return watch.found([length / RATE_HZ for length in lengths])


def judge(cases: Sequence[Case], settings: Settings | None = None) -> list[Scored]:
    """Render, run, judge: the work of one process."""
    return [
        scored
        for case, found in zip(cases, run(cases, settings), strict=True)
        for scored in case.judge(found)
    ]


def batches(cases: Iterable[Case], inputs: int) -> list[list[Case]]:
    """Of like cost, so that little is padded; `inputs` a case."""
    ordered = sorted(cases, key=lambda case: case.cost)
    size = max(1, CARS // inputs)
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]


def spread(work: Callable[[T], R], tasks: Sequence[T], jobs: int, name: str) -> list[R]:
    """Do the tasks in so many processes, with a bar on a terminal; the results in the order of the tasks."""
    if jobs <= 1 or len(tasks) <= 1:
        return [work(task) for task in _bar(tasks, len(tasks), name)]
    # One thread of linear algebra a process: more of them wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Ctrl-C is for the process in front; the others end with it.
    ignore = (signal.SIGINT, signal.SIG_IGN)
    with ProcessPoolExecutor(jobs, get_context("spawn"), signal.signal, ignore) as pool:
        futures = [pool.submit(work, task) for task in tasks]
        try:
            for _ in _bar(as_completed(futures), len(futures), name):
                pass
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return [future.result() for future in futures]


def _bar(items: Iterable[T], count: int, name: str) -> Iterator[T]:
    """A progress bar, only where somebody looks."""
    if not sys.stderr.isatty():
        yield from items
        return
    for done, item in enumerate(items):
        print(f"\r{name:24} [{'#' * (40 * done // count):40}]", end="", file=sys.stderr, flush=True)
        yield item
    print(f"\r{'':67}\r", end="", file=sys.stderr, flush=True)
