"""The recordings that ship, and folders of the same form."""

import json
from pathlib import Path

import numpy as np
import pytest

from simulator.recordings import SHIPPED, Recording, load

RECORDINGS = load()


def test_ships_an_earthquake_a_ride_and_quiet() -> None:
    assert {one.kind for one in RECORDINGS.values()} == {"earthquake", "ride", "ambient"}


def test_ships_little() -> None:
    assert sum(file.stat().st_size for file in SHIPPED.iterdir()) < 1_500_000


@pytest.mark.parametrize("recording", RECORDINGS.values(), ids=lambda one: one.key)
def test_names_source_and_licence_of_each(recording: Recording) -> None:
    assert recording.source
    assert recording.licence.startswith(("Apache-2.0", "public domain"))
    assert recording.key in (SHIPPED / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("recording", RECORDINGS.values(), ids=lambda one: one.key)
def test_is_what_its_index_says(recording: Recording) -> None:
    entry = next(
        one for one in json.loads((SHIPPED / "index.json").read_text()) if one["key"] == recording.key
    )
    assert recording.acceleration.shape == (entry["samples"], 3)
    still = recording.acceleration - np.median(recording.acceleration[: round(2 * recording.rate_hz)], axis=0)
    np.testing.assert_allclose(100 * np.abs(still).max(axis=0), entry["peak_gal"], rtol=0.01, atol=0.01)


@pytest.mark.parametrize("recording", RECORDINGS.values(), ids=lambda one: one.key)
def test_begins_in_silence(recording: Recording) -> None:
    shaking = recording.shaking()
    assert not shaking[0].any()
    assert np.abs(np.median(shaking[: round(2 * recording.rate_hz)], axis=0)).max() < 0.01


def test_reads_a_folder_of_the_same_form(tmp_path: Path) -> None:
    entry = {"key": "a", "name": "made up", "kind": "ride", "rate_hz": 50, "components": 1}
    (tmp_path / "index.json").write_text(json.dumps([entry]))
    np.savez_compressed(tmp_path / "records.npz", a=np.ones((100, 3), dtype=np.float32))
    recording = load(tmp_path)["a"]
    assert (recording.duration_s, recording.components, recording.downhole) == (2.0, 1, False)
    assert recording.acceleration.dtype == np.float64
