"""End switches: the truth tables, cut wires, bouncing, and a door that stays between its ends."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.doors import Door
from drivers.switches import (
    AT_CLOSED,
    AT_OPEN,
    CHANGE_OVER,
    NORMALLY_OPEN,
    OFF_CLOSED,
    OFF_OPEN,
    EndSwitches,
    Wiring,
)

SINGLE, BOTH_CONTACTS = Wiring(), Wiring(contacts="change_over")
PLACES = {
    Door.CLOSED: AT_CLOSED | OFF_OPEN,
    Door.MOVING: OFF_CLOSED | OFF_OPEN,
    Door.OPEN: AT_OPEN | OFF_CLOSED,
}
"""What whole wires make of a door at each place."""


def after(wiring: Wiring, contacts: int, seconds: float) -> Door | None:
    """What is said of a door that came there from its closed end so long ago, read every 25 ms."""
    switches = EndSwitches(wiring, PLACES[Door.CLOSED], 0.0)
    readings = round(seconds / 0.025)
    return [switches.door(contacts, 0.025 * step) for step in range(readings + 1)][-1]


@pytest.mark.parametrize(
    ("contacts", "door"),
    [(0, Door.MOVING), (AT_CLOSED, Door.CLOSED), (AT_OPEN, Door.OPEN), (AT_CLOSED | AT_OPEN, None)],
)
def test_one_contact_an_end_tells_the_door(contacts: int, door: Door | None) -> None:
    assert after(SINGLE, contacts, 0.1) is door


@pytest.mark.parametrize("contacts", range(16))
def test_both_contacts_of_each_end_must_contradict_each_other(contacts: int) -> None:
    whole = {contacts: door for door, contacts in PLACES.items()}
    assert after(BOTH_CONTACTS, contacts, 0.1) is whole.get(contacts)


@pytest.mark.parametrize("wiring", [SINGLE, BOTH_CONTACTS], ids=["normally open", "change over"])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("cut", range(16))
def test_cut_wires_never_open_or_close_a_door(wiring: Wiring, place: Door, cut: int) -> None:
    told = {after(wiring, PLACES[place] & ~cut, seconds) for seconds in (0.1, 11.0, 61.0)}
    assert Door.OPEN not in told or place is Door.OPEN
    assert Door.CLOSED not in told or place is Door.CLOSED


@pytest.mark.parametrize(("place", "wire"), [(Door.OPEN, AT_OPEN), (Door.CLOSED, AT_CLOSED)])
def test_a_cut_wire_of_a_single_contact_is_moving_then_blocked_then_unknown(place: Door, wire: int) -> None:
    cut = PLACES[place] & ~wire
    told = [after(SINGLE, cut, seconds) for seconds in (0.1, 9.9, 10.1, 59.9, 60.1)]
    assert told == [Door.MOVING, Door.MOVING, Door.BLOCKED, Door.BLOCKED, None]


@pytest.mark.parametrize(
    ("place", "wire"),
    [(Door.OPEN, AT_OPEN), (Door.OPEN, OFF_CLOSED), (Door.CLOSED, AT_CLOSED), (Door.CLOSED, OFF_OPEN)],
)
def test_a_cut_wire_of_a_changing_over_switch_is_unknown_at_once(place: Door, wire: int) -> None:
    assert after(BOTH_CONTACTS, PLACES[place] & ~wire, 0.025) is None


def test_a_door_with_both_contacts_stays_blocked_for_ever() -> None:
    assert after(BOTH_CONTACTS, PLACES[Door.MOVING], 300.0) is Door.BLOCKED


def test_each_way_between_the_ends_is_timed_anew() -> None:
    switches = EndSwitches(SINGLE, 0, 0.0)
    assert [switches.door(0, 0.0), switches.door(0, 10.0)][-1] is Door.BLOCKED
    assert [switches.door(AT_OPEN, 10.1), switches.door(AT_OPEN, 10.2)][-1] is Door.OPEN
    assert [switches.door(0, 11.0), switches.door(0, 11.1)][-1] is Door.MOVING
    assert switches.door(0, 21.0) is Door.MOVING
    assert switches.door(0, 21.1) is Door.BLOCKED


def test_the_time_to_blocked_is_a_setting() -> None:
    wiring = Wiring(blocked_after_s=20.0)
    assert [after(wiring, 0, seconds) for seconds in (19.9, 20.1)] == [Door.MOVING, Door.BLOCKED]


def test_a_change_counts_after_20_ms_without_another() -> None:
    switches = EndSwitches(SINGLE, AT_CLOSED, 0.0)
    told = [switches.door(0, time) for time in (1.000, 1.019, 1.021)]
    assert told == [Door.CLOSED, Door.CLOSED, Door.MOVING]


def test_something_that_changes_is_read_at_80_hz_and_something_that_rests_at_33() -> None:
    switches = EndSwitches(SINGLE, AT_CLOSED, 0.0)
    assert switches.poll_s == pytest.approx(1 / 33, rel=0.02)
    switches.door(0, 1.0)
    assert 1 / switches.poll_s == pytest.approx(80)
    switches.door(0, 1.0 + 2 * switches.poll_s)
    assert switches.poll_s == pytest.approx(1 / 33, rel=0.02)


def test_a_contact_that_rattles_is_unknown_after_a_second_and_known_when_it_rests() -> None:
    switches = EndSwitches(SINGLE, AT_CLOSED, 0.0)
    told = [switches.door(AT_CLOSED * (step % 2), 0.015 * step) for step in range(200)]
    assert told[:60] == [Door.CLOSED] * 60
    assert set(told[80:]) == {None}
    assert [switches.door(AT_CLOSED, 3.0 + step / 100) for step in range(5)][-1] is Door.CLOSED


@settings(derandomize=True, deadline=None)
@given(readings=st.lists(st.tuples(st.floats(0.001, 0.1), st.integers(0, 15)), max_size=60))
@pytest.mark.parametrize("wiring", [SINGLE, BOTH_CONTACTS], ids=["normally open", "change over"])
def test_a_door_is_at_an_end_only_if_the_contacts_said_so_for_20_ms(
    wiring: Wiring, readings: list[tuple[float, int]]
) -> None:
    table = NORMALLY_OPEN if wiring is SINGLE else CHANGE_OVER
    now, since, last, supported = 0.0, 0.0, 0, set[Door | None]()
    switches = EndSwitches(wiring, 0, 0.0)
    for step, contacts in readings:
        now += step
        made = wiring.made(contacts)
        since = since if made == last else now
        last = made
        if now - since >= 0.020:
            supported = {table.get(made)}
        told = switches.door(contacts, now)
        if told in (Door.CLOSED, Door.OPEN):
            assert told in supported


@pytest.mark.parametrize(
    ("wiring", "words"),
    [
        (Wiring(contacts="normally_closed"), "cut wire .* an open one too; .* change_over"),
        (Wiring(closed=3, open=3), r"share an input \(3, 3\)"),
        (Wiring(contacts="change_over", closed_nc=0), "share an input"),
        (Wiring(open=8), "no input 8; use 0 to 7"),
        (Wiring(closed=-1), "no input -1"),
        (Wiring(blocked_after_s=60.0), "longer than blocked_after_s"),
    ],
)
def test_what_cannot_be_wired_is_refused_in_one_line(wiring: Wiring, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        wiring.check(range(8))
    assert "\n" not in str(caught.value)


def test_inputs_that_nothing_is_wired_to_do_not_count() -> None:
    assert Wiring(closed=4, open=6).made(0b0001_1111) == AT_CLOSED
    assert Wiring(open_nc=40, contacts="change_over").made(1 << 40) == OFF_OPEN
    Wiring(open_nc=0).check(range(8))
