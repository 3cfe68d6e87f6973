"""Topic filters take what MQTT 3.1.1, section 4.7, says."""

import pytest

from content.broker import matches


@pytest.mark.parametrize(
    ("pattern", "topic"),
    [
        ("hoistway/1/car/a/status", "hoistway/1/car/a/status"),
        ("sport/tennis/player1/#", "sport/tennis/player1"),
        ("sport/tennis/player1/#", "sport/tennis/player1/ranking"),
        ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon"),
        ("#", "sport/tennis"),
        ("sport/tennis/+", "sport/tennis/player1"),
        ("sport/+", "sport/"),
        ("+/tennis/#", "sport/tennis/player1/ranking"),
        ("+/+", "/finance"),
        ("/+", "/finance"),
        ("$SYS/#", "$SYS/monitor/clients"),
        ("$SYS/monitor/+", "$SYS/monitor/clients"),
    ],
)
def test_takes(pattern: str, topic: str) -> None:
    assert matches(pattern, topic)


@pytest.mark.parametrize(
    ("pattern", "topic"),
    [
        ("hoistway/1/car/a/status", "hoistway/1/car/a"),
        ("hoistway/1/car/a", "hoistway/1/car/a/status"),
        ("sport/tennis/+", "sport/tennis/player1/ranking"),
        ("sport/+", "sport"),
        ("+", "/finance"),
        ("sport/tennis/#", "sport/tennisclub"),
        ("SPORT", "sport"),
        ("sport", "sport/"),
        ("#", "$SYS/monitor/clients"),
        ("+/monitor/clients", "$SYS/monitor/clients"),
    ],
)
def test_does_not_take(pattern: str, topic: str) -> None:
    assert not matches(pattern, topic)
