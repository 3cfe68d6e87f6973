"""The curve between early and quiet: what other levels of the alarm would do."""

from dataclasses import asdict
from math import isfinite

import pytest

from agent.detection.detector import Settings
from simulator.recordings import load
from simulator.score import tradeoff

ALARMS = ("alarm_parked", "alarm_horizontal", "alarm_riding")


@pytest.mark.parametrize("scale", tradeoff.SCALES)
def test_a_scale_moves_the_levels_of_the_alarm_and_nothing_else(scale: float) -> None:
    shipped, scaled = (asdict(one)["shaking"] for one in (Settings(), tradeoff.settings(scale)))
    for name in ALARMS:
        assert scaled.pop(name) == pytest.approx(scale * shipped.pop(name))
    early, level = shipped.pop("escalation"), scaled.pop("escalation")
    assert level.pop("level") == pytest.approx(max(scale * early.pop("level"), early["onset"]))
    assert scaled == shipped
    assert level == early


def test_lower_levels_warn_earlier_of_the_same_earthquakes() -> None:
    strongest = max(
        (one for one in load().values() if one.kind == "earthquake"), key=lambda one: abs(one.shaking()).max()
    )
    low, high = (tradeoff.point(scale, [strongest], 0, 1) for scale in (0.5, 6.0))
    assert len(low.warnings_s) == len(high.warnings_s) == 1
    assert isfinite(low.warnings_s[0])
    assert low.warnings_s[0] > high.warnings_s[0]
