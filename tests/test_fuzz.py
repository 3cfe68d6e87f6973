"""Whatever a stranger sends, nothing but a refusal comes out: some hundred spoiled payloads on every way in.

`python -m benchmarks payloads` sends a hundred thousand.
"""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from securesystemslib.signer import CryptoSigner

from agent.config import TrustSection
from content.broker import Delivery
from content.envelope import public_text
from tests.fuzzing_rig import Envelopes, Repositories, Way, laid_out, ways
from tests.spoiling_rig import spoiled

WAYS = 10


@pytest.fixture(scope="module")
def all_ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Way]]:
    found = ways(tmp_path_factory.mktemp("ways"))
    yield found
    for way in found:
        way.close()


def test_every_way_is_tried(all_ways: list[Way]) -> None:
    assert len({way.name for way in all_ways}) == WAYS


@pytest.mark.parametrize("number", range(WAYS))
def test_nothing_but_a_refusal_comes_out(number: int, all_ways: list[Way]) -> None:
    way = all_ways[number]

    @settings(derandomize=True, deadline=None, max_examples=300)
    @given(st.integers(0, 2**32))
    def try_some(seed: int) -> None:
        assert way.feed(Random(seed)) >= 0

    run: Callable[[], None] = try_some
    run()


def test_what_is_not_spoiled_is_taken(tmp_path: Path) -> None:
    """Or the others would show only that the door is shut."""
    signer = CryptoSigner.generate_ed25519()
    envelopes = Envelopes(tmp_path, TrustSection(key=public_text(signer)), signer, laid_out)
    for payload in envelopes.valid:
        assert asyncio.run(envelopes.library.take(Delivery("t", payload))) is not None
    assert len(envelopes.library.known) == len(envelopes.valid)
    envelopes.close()


def test_files_that_are_not_spoiled_are_fetched(tmp_path: Path) -> None:
    repositories = Repositories(tmp_path)
    repositories.deliver(repositories.new)
    assert repositories.changed
    repositories.close()


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.integers(0, 2**32))
def test_what_is_spoiled_is_mostly_another_payload(seed: int) -> None:
    data = b'{"a": [1, "b"], "c": {"d": null}}'
    several = {spoiled(Random(seed + n), data, [data]) for n in range(20)}
    assert len(several - {data}) > 10
