"""Areas, names and the fields of publications."""

import msgspec
import pytest

from content.message import Message, Publication, in_area, is_name, is_path, kind_of, prefixes
from tests.content_rig import message

LIFT = "cn/sichuan/chengdu/tower-a/lift-2"


def test_a_place_lies_in_its_prefixes_the_widest_first() -> None:
    assert prefixes("cn/sichuan/chengdu") == ["cn", "cn/sichuan", "cn/sichuan/chengdu"]
    assert all(in_area(area, LIFT) for area in prefixes(LIFT))


@pytest.mark.parametrize(
    "area", ["cn/sichuan-2", "cn/sich", "c", "", "cn/", f"{LIFT}/x", f"{LIFT}2", "sichuan"]
)
def test_a_place_lies_in_no_sibling_with_the_same_beginning(area: str) -> None:
    assert not in_area(area, LIFT)


@pytest.mark.parametrize("area", ["cn", LIFT, "a-1/b", "/".join(["a"] * 16), "a" * 64])
def test_takes_a_well_formed_area(area: str) -> None:
    assert is_path(area)
    assert msgspec.json.decode(_with(area=area), type=Publication) == message(area=area)


@pytest.mark.parametrize(
    "area",
    ["", "/", "cn/", "/cn", "cn//a", "CN", "cn/四川", "cn/+", "cn/#", "cn\n", "a" * 65, "/".join("a" * 17)],
)
def test_refuses_a_malformed_area(area: str) -> None:
    assert not is_path(area)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(_with(area=area), type=Publication)


@pytest.mark.parametrize("name", ["", "Water", "a/b", "a.b", "a b", "water\n", "水"])
def test_refuses_an_id_that_is_no_level_of_a_topic(name: str) -> None:
    assert not is_name(name)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(_with(id=name), type=Publication)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("revision", 0),
        ("sent", "2026-11-21T00:00:00"),
        ("expires", "2026-11-21T00:00:00"),
        ("starts", "2026-11-21"),
        ("priority", 10),
        ("windows", [{"start": "09:00:00Z", "end": "10:00:00"}]),
        ("windows", [{"start": "09:00:00", "end": "10:00:00", "weekdays": [0]}]),
        ("type", "news"),
    ],
)
def test_refuses_a_field_that_a_display_could_not_use(field: str, value: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(_with(**{field: value}), type=Publication)


def test_a_publication_has_the_kind_of_its_topic() -> None:
    assert kind_of(message()) == "message"


def _with(**fields: object) -> bytes:
    plain = msgspec.to_builtins(message())
    assert msgspec.convert(plain, Message) == message()
    return msgspec.json.encode(plain | fields)
