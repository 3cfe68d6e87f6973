"""The earthquake page follows from motion and door, and what is not known never says "leave now"."""

from itertools import product

import pytest

from content.cabin import Advice, Cabin, Doorway, advice

CABINS = [Cabin(moving, door) for moving, door in product((True, False, None), (*Doorway, None))]


@pytest.mark.parametrize("cabin", CABINS, ids=str)
def test_every_cabin_has_an_advice(cabin: Cabin) -> None:
    assert isinstance(advice(cabin), Advice)


def test_only_a_parked_car_with_an_open_door_says_leave() -> None:
    assert [c for c in CABINS if advice(c) is Advice.LEAVE] == [Cabin(moving=False, door=Doorway.OPEN)]


@pytest.mark.parametrize("cabin", [c for c in CABINS if c.moving is None or c.door is None], ids=str)
def test_nothing_unknown_says_leave(cabin: Cabin) -> None:
    assert advice(cabin) is not Advice.LEAVE


def test_a_parked_car_whose_door_is_not_open_is_told_the_door_open_button() -> None:
    for door in (Doorway.CLOSED, Doorway.MOVING, Doorway.BLOCKED):
        assert advice(Cabin(moving=False, door=door)) is Advice.CLOSED


def test_a_moving_car_with_an_open_door_is_a_contradiction_and_believes_neither() -> None:
    assert advice(Cabin(moving=True, door=Doorway.OPEN)) is Advice.UNSURE
