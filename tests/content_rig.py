"""Publications and events to test with, at a fixed time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from content.message import Alert, Message, Release, Text
from content.wire import Event

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
"""A Sunday, noon in Chengdu."""
DAY = timedelta(days=1)
AREA = "cn/sichuan/chengdu/tower-a"


def message(name: str = "water", revision: int = 1, **fields: Any) -> Message:
    given = {"area": AREA, "sent": NOW, "expires": NOW + DAY, **fields}
    words = {"title": Text("明日停水检修", "Water off tomorrow"), "body": Text("请提前储水"), **given}
    return Message(id=name, revision=revision, **words)


def alert(name: str = "rain", revision: int = 1, **fields: Any) -> Alert:
    given = {"area": AREA, "sent": NOW, "expires": NOW + DAY, "event": "rain", **fields}
    return Alert(id=name, revision=revision, title=Text("暴雨预警"), body=Text("地下车库可能积水"), **given)


def release(name: str = "inspected", **fields: Any) -> Release:
    return Release(**{"id": name, "revision": 1, "area": AREA, "sent": NOW, "expires": NOW + DAY, **fields})


def event(sequence: int, stream: str = "box", **body: Any) -> Event:
    return Event(f"{stream}-{sequence}", stream, sequence, "ride-started", NOW, "good", body)
