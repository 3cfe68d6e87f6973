"""A hundred thousand spoiled payloads over every way into the software: does anything come out that is no refusal?

`python -m benchmarks payloads`
"""

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.report import Row
from benchmarks.timing import progress
from tests.fuzzing_rig import Way, ways

SEED = 20261122
MANY = 10_000
COUNTS = {
    "spoiled files of the repository, judged": 40_000,
    "strange envelopes, signed, and drawn": 3_000,
    "spoiled CAP messages, judged": 3_000,
}
"""How many of the dear ones; of the others, many."""


def measure(_records: Path | None) -> Iterator[Row]:
    """Each way by itself, and all together."""
    fed, odd = 0, 0
    logging.disable(logging.WARNING)
    with TemporaryDirectory() as folder:
        for way in progress("payloads", ways(Path(folder))):
            began = time.monotonic()
            count, strange = _feed(way, COUNTS.get(way.name, MANY))
            way.close()
            fed, odd = fed + count, odd + len(strange)
            yield _row(way.name, count, strange, f" in {time.monotonic() - began:.0f} s")
    logging.disable(logging.NOTSET)
    yield Row("spoiled payloads, exceptions that are no refusal", f"{fed}, {odd}", "0 of 100 000", not odd)


def _feed(way: Way, wanted: int) -> tuple[int, list[str]]:
    """How many were brought in, and what came out that should not."""
    random, fed, odd = Random(SEED), 0, list[str]()
    while fed < wanted:
        try:
            fed += way.feed(random)
        except Exception as error:  # noqa: BLE001 - that there is none is what is measured
            odd.append(repr(error))
            fed += 1
    return fed, odd


def _row(name: str, count: int, odd: list[str], took: str) -> Row:
    said = f"; the first: {odd[0]:.80}" if odd else ""
    return Row(name, f"{count}{took}, {len(odd)}{said}", "0 exceptions", not odd)
