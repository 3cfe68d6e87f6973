"""The tree of areas: parsed with clear errors, asked by path, by code, by the buildings that are meant."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.areas import Areas, Place, parse
from content.message import BadMessage, in_area
from tests.content.cap.build import GATE, HALL, TREE, A, B

BUILDINGS = [A, B, HALL, GATE]


def test_holds_areas_those_around_them_and_lifts() -> None:
    for path in ("cn", "cn/sichuan", A, f"{A}/lift-2"):
        assert TREE.contains(path)
    for path in ("us", "cn/sichuan/chengdu/tower-c", f"{A}/lift-3", f"{A}/lift-2/door"):
        assert not TREE.contains(path)
    assert next(iter(TREE)) == "cn"


def test_says_the_names_that_passengers_know() -> None:
    assert TREE.names("cn/sichuan/chengdu") == ("成都市", "Chengdu")
    assert TREE.names(A) == ("tower-a", "tower-a")
    assert TREE.names(f"{A}/lift-2") == ("lift-2", "lift-2")
    assert Areas({"cn": Place(en="China")}).names("cn") == ("China", "China")
    with pytest.raises(BadMessage, match="there is no area us; write it into the file"):
        TREE.names("us")


def test_counts_the_lifts_that_an_alert_reaches() -> None:
    assert len(TREE.lifts("cn")) == 5
    assert TREE.lifts(A) == [f"{A}/lift-1", f"{A}/lift-2"]
    assert TREE.lifts(f"{A}/lift-2") == [f"{A}/lift-2"]
    assert TREE.lifts("us") == []


def test_finds_buildings_by_the_code_of_an_area_around_them() -> None:
    assert TREE.coded(["CN=510100"]) == {A, B}
    assert TREE.coded(["cn=110000", "SAME=006037"]) == {GATE}
    assert TREE.coded(["CN=51"]) == set()


@pytest.mark.parametrize(
    ("buildings", "areas"),
    [
        ({A}, [A]),
        ({A, B}, ["cn/sichuan/chengdu"]),
        ({A, B, HALL}, ["cn/sichuan"]),
        ({A, HALL}, [A, HALL]),
        (set(BUILDINGS), ["cn"]),
        ({HALL}, [HALL]),
        (set(), []),
        ({"us/not-there"}, []),
    ],
)
def test_says_the_fewest_areas_that_hold_exactly_these_buildings(
    buildings: set[str], areas: list[str]
) -> None:
    assert TREE.smallest(buildings) == areas


_PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map("/".join)


@settings(derandomize=True, deadline=None)
@given(st.sets(_PATHS, min_size=1, max_size=12), st.data())
def test_the_fewest_areas_hold_every_building_that_is_meant_once_and_no_other(
    paths: set[str], data: st.DataObject
) -> None:
    tree = Areas({path: Place() for path in paths})
    every = {building for top in "abc" for building in tree.buildings(top)}
    meant = data.draw(st.sets(st.sampled_from(sorted(every))))
    areas = tree.smallest(meant)
    assert {b for b in every if any(in_area(area, b) for area in areas)} == meant
    assert not [a for a in areas for b in areas if a != b and in_area(a, b)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("areas = ", "not TOML"),
        ("", 'has no areas: write each as [areas."NAME"]'),
        ("areas = 1", "has no areas"),
        ("[area.cn]", "the file: area is not known; did you mean areas?"),
        ("[areas]\ncn = 1", "area 'cn': write it as a table of its own"),
        ('[areas."CN"]', "'CN': write an area as cn/sichuan/chengdu"),
        ('[areas."cn/"]', "'cn/': write an area as"),
        ('[areas.cn]\ncode = "CN=1"', "area 'cn': code is not known; did you mean geocodes?"),
        ("[areas.cn.x]", "area 'cn': x is not known; it has zh, en, geocodes, position, lifts"),
        ("[areas.cn]\nzh = 1", "area 'cn': zh: write its name in quotes"),
        ('[areas.cn]\ngeocodes = ["510100"]', "write a geocode as scheme=value"),
        (
            "[areas.cn]\nposition = [104.06, 30.66]",
            "area 'cn': position: write [latitude, longitude] in degrees, -90 to 90",
        ),
        ("[areas.cn]\nposition = [30.66]", "area 'cn': position: write [latitude"),
        ('[areas.cn]\nlifts = ["Lift 1"]', "area 'cn': lifts: write names of a-z, 0-9 and -"),
        ('[areas.cn]\nlifts = ["a", "a"]', "a lift is named twice"),
        ('[areas.cn]\nlifts = ["a"]\n[areas."cn/x"]', "only a building has lifts, and areas lie below"),
        ('[areas.cn]\nposition = [1, 2]\n[areas."cn/x"]', "only a building has a position"),
        (f'[areas."{"a/" * 15}a"]\nlifts = ["b"]', "at most 16 deep"),
    ],
)
def test_says_in_one_line_what_is_wrong_with_the_file(text: str, says: str) -> None:
    with pytest.raises(BadMessage) as caught:
        parse(text)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
