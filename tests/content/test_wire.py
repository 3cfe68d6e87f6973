"""Topics name a car and what it tells; payloads from strangers are read or refused, never more."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content import wire
from content.message import BadMessage
from content.wire import Event, Received, Status, car_of, decode, encode, is_event
from tests.content_rig import NOW, event


def test_each_topic_names_its_car() -> None:
    for topic in (
        wire.status_topic("a-2"),
        wire.event_topic("a-2", "ride-started"),
        wire.received_topic("a-2"),
    ):
        assert car_of(topic) == "a-2"


@pytest.mark.parametrize(
    "topic",
    [
        "hoistway/1/car",
        "hoistway/1/car/a",
        "hoistway/1/car//status",
        "hoistway/1/car/A/status",
        "hoistway/1/car/a b/status",
        "hoistway/2/car/a/status",
        "hoistway/1/area/a/message/b",
        "x/hoistway/1/car/a/status",
    ],
)
def test_refuses_a_topic_that_names_no_car(topic: str) -> None:
    with pytest.raises(BadMessage):
        car_of(topic)


def test_a_car_may_be_called_event() -> None:
    assert not is_event(wire.status_topic("event"))
    assert is_event(wire.event_topic("status", "event"))


def test_what_is_encoded_is_decoded() -> None:
    status = Status(online=True, session=3, area="cn/sichuan", sensors={"door": "mcp23017"}, since=NOW)
    assert decode(encode(status), Status) == status
    assert decode(encode(event(7, floor=3)), Event) == event(7, floor=3)
    assert decode(encode(Received("box", 7)), Received) == Received("box", 7)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sequence", -1),
        ("sequence", 2**63),
        ("sequence", "1"),
        ("utc", "2026-11-22T04:00:00"),
        ("kind", "ride/started"),
        ("stream", ""),
        ("body", [1]),
    ],
)
def test_refuses_an_event_that_the_desk_could_not_keep(field: str, value: object) -> None:
    plain = msgspec.to_builtins(event(1)) | {field: value}
    with pytest.raises(BadMessage, match=field):
        decode(msgspec.json.encode(plain), Event)


def test_an_unknown_field_of_a_later_version_is_passed_over() -> None:
    assert decode(b'{"online": true, "session": 1, "mood": "good"}', Status) == Status(online=True, session=1)


def test_refuses_more_than_may_be_sent() -> None:
    with pytest.raises(BadMessage, match="at most 256000"):
        decode(b" " * (wire.LARGEST + 1), Status)


def test_refuses_what_nests_for_ever() -> None:
    with pytest.raises(BadMessage):
        decode(b'{"body":' + b"[" * 100_000, Event)


@settings(deadline=None, derandomize=True)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for kind in (Event, Received, Status):
        try:
            decode(data, kind)
        except BadMessage:
            continue
