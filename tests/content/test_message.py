"""Areas, names and the fields of publications."""

from datetime import date

import msgspec
import pytest

from content.message import (
    Alert,
    Dates,
    Instructions,
    Item,
    Message,
    NamedPicture,
    Playlist,
    Publication,
    Text,
    in_area,
    is_name,
    is_path,
    kind_of,
    prefixes,
)
from tests.content_rig import AREA, DAY, NOW, alert, message

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
        ("layout", "earthquake"),
        ("languages", "mixed"),
        ("reading_s", 0.5),
        ("reading_s", 1e9),
        ("picture", {"name": "festival", "sha256": "abc"}),
        ("picture", {"name": "../festival", "sha256": "0" * 64}),
        ("dates", [{"first": "2026-11-31", "last": "2026-12-01"}]),
        ("exceptions", ["1 January"]),
    ],
)
def test_refuses_a_field_that_a_display_could_not_use(field: str, value: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(_with(**{field: value}), type=Publication)


def test_a_publication_has_the_kind_of_its_topic() -> None:
    assert kind_of(message()) == "message"


FESTIVAL = NamedPicture("festival", "0" * 64)
EVERYTHING: list[Publication] = [
    message(
        dates=(Dates(date(2026, 11, 22), date(2026, 11, 24)),), exceptions=(date(2026, 11, 23),), layout="poster",
        picture=FESTIVAL, languages="turn", reading_s=12.5, scheduled=False,
    ),
    alert(instructions=Instructions(riding=Text("请留在轿厢内")), cancels=("storm",), exercise=True),
    Playlist("usual", 3, AREA, NOW, NOW + DAY, (Item("water", seconds=9.0), Item(picture=FESTIVAL))),
]  # fmt: skip


@pytest.mark.parametrize("publication", EVERYTHING, ids=kind_of)
def test_what_is_written_is_what_is_read(publication: Publication) -> None:
    assert msgspec.json.decode(msgspec.json.encode(publication), type=Publication) == publication
    assert hash(publication) == hash(msgspec.json.decode(msgspec.json.encode(publication), type=Publication))


def test_what_was_written_before_a_field_was_thought_of_is_read_as_without_it() -> None:
    plain = msgspec.to_builtins(message())
    old = {
        name: plain[name] for name in ("type", "id", "revision", "area", "sent", "expires", "title", "body")
    }
    assert msgspec.convert(old, Message) == message()
    plain = msgspec.to_builtins(alert())
    old = {name: plain[name] for name in (*old, "event")}
    old["type"] = "alert"
    assert msgspec.convert(old, Alert) == alert()


def test_refuses_a_playlist_that_a_display_could_not_hold() -> None:
    plain = msgspec.to_builtins(EVERYTHING[2])
    items: list[list[dict[str, object]]] = [[{"message": "A"}], [{}] * 201, [{"seconds": 1}]]
    for wrong in items:
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(msgspec.json.encode(plain | {"items": wrong}), type=Publication)


def _with(**fields: object) -> bytes:
    plain = msgspec.to_builtins(message())
    assert msgspec.convert(plain, Message) == message()
    return msgspec.json.encode(plain | fields)
