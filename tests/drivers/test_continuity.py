"""What every accelerometer's driver says of gaps and of silence."""

import numpy as np
import pytest

from drivers.continuity import Continuity

SOME, NONE = np.zeros((3, 3)), np.zeros((0, 3))


def test_the_run_after_a_loss_has_a_gap_and_no_other() -> None:
    runs = Continuity("the chip", 100.0, 0.0)
    assert not runs.run(0.1, SOME).gap
    runs.lose()
    assert [runs.run(0.2, SOME).gap, runs.run(0.3, SOME).gap] == [True, False]


def test_a_loss_waits_for_a_run_that_has_samples() -> None:
    runs = Continuity("the chip", 100.0, 0.0)
    runs.run(0.1, SOME)
    runs.lose()
    assert [runs.run(0.2, NONE).gap, runs.run(0.3, SOME).gap] == [False, True]


def test_before_the_first_samples_nothing_can_be_lost() -> None:
    runs = Continuity("the chip", 100.0, 0.0)
    runs.lose()
    assert not runs.run(0.1, SOME).gap


@pytest.mark.parametrize(("rate_hz", "silence_s"), [(1.0, 4.0), (8.0, 1.0), (1000.0, 1.0)])
def test_silence_is_a_second_and_at_least_four_samples(rate_hz: float, silence_s: float) -> None:
    runs = Continuity("the chip", rate_hz, 0.0)
    runs.run(10.0, SOME)
    runs.run(11.0, NONE)
    assert not runs.silent(10.0 + silence_s - 0.01)
    assert runs.silent(10.0 + silence_s + 0.01)


def test_a_chip_that_was_started_again_is_waited_for_again() -> None:
    runs = Continuity("the chip", 100.0, 0.0)
    runs.run(0.1, SOME)
    runs.restart(5.0)
    assert not runs.silent(5.9)
    assert runs.run(6.0, SOME).gap


def test_silence_is_explained_by_the_registers_that_changed() -> None:
    runs = Continuity("address 0x53: the ADXL345", 100.0, 0.0)
    reset = runs.silence({"BW_RATE": (0x0A, 0x0A), "POWER_CTL": (0x08, 0x00)})
    kept = runs.silence({"BW_RATE": (0x0A, 0x0A)})
    assert str(reset) == "address 0x53: the ADXL345 was reset (POWER_CTL 0x00): did it lose its power?"
    assert str(kept) == "address 0x53: the ADXL345 is set to measure, but has given no sample for 1 s"
