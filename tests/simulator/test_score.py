"""The command, and what it makes of recordings and of decisions."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent.detection.motion import DOOR_CLOSED, DOOR_UNKNOWN
from simulator.__main__ import main
from simulator.recordings import Recording, load
from simulator.score import command, table
from simulator.score.batch import batches, judge, run
from simulator.score.earthquakes import Parked, group_of, parked
from simulator.score.outcome import Outcome, summary, write
from simulator.score.protocol import ANGLES, GRAVITY, QUIET_S, RATE_HZ, Found, Scored, first_on

SHIPPED = load()
KEYS = [
    "tremor_25_hit",
    "tremor_25_delay_median_s",
    "tremor_25_delay_p90_s",
    "tremor_10_25_hit",
    "alarm_80_hit",
    "alarm_25_80_hit",
    "alarm_riding_80_hit",
    "warning_median_s",
    "warning_1s_share",
    "warning_3s_share",
    "openeew_tremor_hit",
    "rides",
    "alarm_rides",
    "disturbances",
    "alarm_disturbances",
    "alarm_disturbances_door",
    "alarm_quiet",
    "car_days",
    "alarm_car_days",
    "tremors_per_car_day",
]


def made(seconds: float = 4.0, rate_hz: float = 200.0, **fields: Any) -> Recording:
    """Shaking of 50 gal from 2 s on, with gravity and an offset left in."""
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    wave = 0.5 * np.sin(2 * np.pi * 3 * t) * (t > 2)
    samples = np.stack((wave, 0 * wave, 0 * wave), axis=1) + np.array((0.3, -0.2, 9.9))
    return Recording("made", "made", "earthquake", rate_hz, 3, samples, **fields)


def options(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    return parser.parse_args([*words, "--jobs", "1"])


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    """Few of the shipped recordings, two seeds a kind, no day."""
    shortest = {group_of(one): one for one in sorted(SHIPPED.values(), key=lambda one: -one.duration_s)}
    return command.measure(list(shortest.values()), options("--quick", "--days", "0", "--seeds", "2"))


def found(tremor: float, alarm: float) -> Found:
    """On from then, since the joint."""
    return Found(*(((at + QUIET_S, at + QUIET_S + 10.0),) if at < np.inf else () for at in (tremor, alarm)))


def voted(alarms: Sequence[float]) -> Scored:
    case = Parked(made(), "earthquake", ("closed",))
    return case.judge([found(2.5, at) for at in alarms])[0]


def test_the_joint_is_no_step() -> None:
    samples = Parked(made(), "earthquake").render().samples
    joint = round(QUIET_S * RATE_HZ)
    around = samples[:, joint - 25 : joint + 25] - GRAVITY
    assert np.abs(around).max() < 6 * 22.5e-6 * 9.80665 * np.sqrt(RATE_HZ / 2)


def test_the_quiet_has_the_noise_of_the_chip() -> None:
    samples = Parked(made(), "earthquake").render().samples[0]
    noise = samples[: round(QUIET_S * RATE_HZ)].std(axis=0)
    np.testing.assert_allclose(noise, 22.5e-6 * 9.80665 * np.sqrt(RATE_HZ / 2), rtol=0.05)


def test_samples_are_whole_counts() -> None:
    counts = Parked(made(), "earthquake").render().samples[0] * 256_000 / 9.80665
    np.testing.assert_allclose(counts, np.rint(counts), atol=1e-6)


def test_each_rotation_is_fed_with_each_state_of_the_door() -> None:
    inputs = Parked(made(), "earthquake").render()
    assert inputs.samples.shape[0] == 2 * len(ANGLES)
    assert inputs.doors[:, 0].tolist() == [DOOR_CLOSED] * 8 + [DOOR_UNKNOWN] * 8
    strongest = np.abs(inputs.samples[:8] - GRAVITY).max(axis=1)
    assert strongest[0, 0] == pytest.approx(0.5, abs=0.02)
    assert strongest[2, 1] == pytest.approx(0.5, abs=0.02)


def test_the_slowest_rotation_is_the_vote() -> None:
    assert voted([3.0] * 7 + [3.5]).alarm == pytest.approx(3.5)


def test_one_rotation_that_misses_makes_a_miss_and_its_delay_infinite() -> None:
    missed = voted([3.0] * 7 + [np.inf])
    assert missed.alarm - missed.onset_s == np.inf
    assert missed.warning == -np.inf


def test_one_rotation_that_alarms_is_enough_for_a_false_alarm() -> None:
    assert voted([np.inf] * 7 + [3.0]).ever_alarmed
    assert not voted([np.inf] * 8).ever_alarmed


@pytest.mark.parametrize("at", [-20.0, -1.0])
def test_what_comes_in_the_quiet_is_false_and_no_hit(at: float) -> None:
    early = voted([at] + [np.inf] * 7)
    assert early.false_alarm
    assert early.alarm_s == (np.inf,) * 8


def test_what_began_in_the_first_two_seconds_counts_from_then() -> None:
    assert first_on(((60.5, 63.0),), 60.0, 62.0) == 62.0
    assert first_on(((60.5, 61.5),), 60.0, 62.0) == np.inf


def test_onset_and_peak_are_those_before_rotation() -> None:
    scored = voted([3.0] * 8)
    assert scored.onset_s == pytest.approx(2.005, abs=0.006)
    assert scored.peak_gal == pytest.approx(50, abs=0.5)


@pytest.mark.parametrize(
    ("fields", "group"),
    [
        ({}, "earthquake"),
        ({"downhole": True}, "downhole"),
        ({"rate_hz": 30.0}, "30 Hz MEMS"),
    ],
)
def test_groups_follow_the_index(fields: dict[str, Any], group: str) -> None:
    assert group_of(made(**fields)) == group


def test_groups_follow_the_components_and_the_beginning() -> None:
    assert group_of(replace(made(), components=2)) == "one or two components"
    shaken = made()
    shaken.acceleration[10] += 1.0
    assert group_of(shaken) == "earthquake, begins shaking"


def test_a_case_is_judged_alike_alone_and_beside_others() -> None:
    cases = parked([one for one in SHIPPED.values() if one.duration_s < 100])[:3]
    together = run(cases)
    assert together[0] == run(cases[:1])[0]


def test_decisions_are_known_at_the_end_of_a_poll() -> None:
    scored = judge(batches(parked([made(20.0)]), 16)[0])
    known = [at for one in scored for at in one.tremor_s if at < np.inf]
    assert known
    np.testing.assert_allclose(np.array(known) / 0.08, np.rint(np.array(known) / 0.08), atol=1e-6)


def test_the_summary_has_the_agreed_keys(outcome: Outcome) -> None:
    assert list(summary(outcome)) == KEYS


def test_all_kinds_are_scored(outcome: Outcome) -> None:
    groups = {one.group.split(":")[0].split(",")[0] for one in outcome.scored}
    assert {"earthquake", "30 Hz MEMS", "ride", "quiet", "disturbance", "riding"} <= groups


def test_the_table_gives_n_and_an_interval_in_each_row(outcome: Outcome) -> None:
    rows = [line for line in table.lines(outcome) if line.startswith(("parked", "simulated", "real"))]
    assert len(rows) > 15
    assert all("(" in row.split(" gal")[-1] and "-" in row for row in rows)


def test_json_keeps_every_time_and_writes_never_as_null(outcome: Outcome, tmp_path: Path) -> None:
    write(outcome, tmp_path / "score.json")
    document = json.loads((tmp_path / "score.json").read_text())
    assert list(document["summary"]) == KEYS
    assert len(document["records"]) == len(outcome.scored)
    for record, one in zip(document["records"], outcome.scored, strict=True):
        assert record["key"] == one.key
        expected = one.alarm if np.isfinite(one.alarm) else None
        assert record["alarm_s"] == (None if expected is None else pytest.approx(expected, abs=1e-4))


def test_a_folder_without_recordings_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_an_index_that_is_no_json_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "index.json").write_text("{")
    assert main(["score", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "index.json" in error


def test_a_file_that_cannot_be_written_is_refused_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", "--json", str(tmp_path / "nowhere" / "score.json")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_folder_that_names_no_recordings_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "index.json").write_text("[]")
    np.savez(tmp_path / "records.npz", none=np.zeros(1))
    assert main(["score", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_detectors_of_others_hear_each_input_once() -> None:
    pytest.importorskip("obspy")
    from simulator.score import peers, versus  # noqa: PLC0415 - needs ObsPy

    strongest = next(one for one in SHIPPED.values() if group_of(one) == "earthquake")
    heard = versus.on_cases([Parked(strongest, "earthquake")])
    assert len(heard) == len(peers.PEERS)
    assert all(len(scored) == 1 and len(scored[0].alarm_s) == 1 for scored in heard)


def test_two_pictures_are_drawn(outcome: Outcome, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from simulator.score import plots  # noqa: PLC0415 - matplotlib takes a second to import

    plots.draw(outcome, list(SHIPPED.values()), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"warning.png", "traces.png"}


def test_the_command_scores_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "index.json").write_text(
        json.dumps([{"key": "a", "name": "made", "kind": "earthquake", "rate_hz": 200, "components": 3}])
    )
    np.savez(tmp_path / "records.npz", a=made(20.0).acceleration.astype(np.float32))
    words = ["score", str(tmp_path), "--days", "0", "--seeds", "1", "--quick", "--jobs", "1"]
    assert main([*words, "--json", str(tmp_path / "score.json")]) == 0
    assert "parked, door closed, 25-80 gal" in capsys.readouterr().out
    assert json.loads((tmp_path / "score.json").read_text())["summary"]["tremor_25_hit"] == 1.0
