"""What a display makes of a verified publication."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.known import Entry, Known, alerts, digest, is_current, judge, key, messages, releases
from content.message import BadMessage, Publication
from tests.agent_rig import AREA, BEGINNING, PLACE, alert, message, reading, release


def known(*publications: Publication, received: float = 0.0) -> Known:
    return {key(publication): Entry(publication, received) for publication in publications}


@pytest.mark.parametrize("publication", [message(), alert(), release()])
def test_a_publication_that_is_not_known_is_news(publication: Publication) -> None:
    assert judge(publication, {}, PLACE, reading())


def test_a_higher_revision_is_news_and_the_same_again_is_not() -> None:
    assert judge(message(revision=2), known(message()), PLACE, reading())
    assert not judge(message(), known(message()), PLACE, reading())


def test_a_lower_revision_is_refused() -> None:
    with pytest.raises(BadMessage, match="revision 1 of water, and revision 2 is known"):
        judge(message(), known(message(revision=2)), PLACE, reading())


def test_other_words_under_the_same_revision_are_refused() -> None:
    with pytest.raises(BadMessage, match="revision 1"):
        judge(message(priority=5), known(message()), PLACE, reading())


def test_a_withdrawn_message_does_not_come_back_by_a_replay() -> None:
    withdrawn = known(message(revision=2, withdrawn=True))
    with pytest.raises(BadMessage, match="revision 2 is known"):
        judge(message(), withdrawn, PLACE, reading())


def test_kinds_do_not_share_their_names() -> None:
    assert judge(alert("water"), known(message("water")), PLACE, reading())


@pytest.mark.parametrize("area", [PLACE, AREA, "cn"])
def test_what_is_signed_for_an_area_around_the_display_is_for_it(area: str) -> None:
    assert judge(message(area=area), {}, PLACE, reading())


@pytest.mark.parametrize("area", ["cn/sichuan/chengdu/tower-b", "cn/sichuan/cheng", PLACE + "/x", "us"])
def test_what_is_signed_for_a_sibling_a_part_or_another_place_is_refused(area: str) -> None:
    with pytest.raises(BadMessage, match=f"signed for {area}, and this display is at {PLACE}"):
        judge(message(area=area), {}, PLACE, reading())


def test_what_has_expired_is_refused() -> None:
    expires = message().expires
    with pytest.raises(BadMessage, match="expired at"):
        judge(message(), {}, PLACE, reading(utc=expires))
    assert judge(message(), {}, PLACE, reading(utc=expires - timedelta(seconds=1)))


def test_with_a_doubtful_clock_nothing_is_refused_as_expired() -> None:
    assert judge(message(), {}, PLACE, reading(utc=message().expires, good=False))


def test_what_expires_before_it_was_sent_is_refused_even_without_a_clock() -> None:
    with pytest.raises(BadMessage, match="expires before it was sent"):
        judge(message(expires=BEGINNING), {}, PLACE, reading(good=False))


def test_with_a_good_clock_it_counts_until_it_expires_whenever_it_came() -> None:
    entry = Entry(alert(), received=0.0)
    assert is_current(entry, reading(59.9))
    assert not is_current(entry, reading(60.0))
    assert is_current(Entry(alert(), received=-1e6), reading(59.9))


@given(st.floats(0, 1e7), st.floats(0, 200), st.integers(1, 100))
def test_with_a_doubtful_clock_it_counts_for_its_length_from_its_receipt(
    received: float, later: float, length_s: int
) -> None:
    publication = alert(expires=BEGINNING + timedelta(seconds=length_s))
    time = reading(received + later, good=False, utc=BEGINNING - timedelta(days=20_000))
    passed = timedelta(seconds=time.now - received)
    assert is_current(Entry(publication, received), time) == (passed < timedelta(seconds=length_s))


def test_each_kind_is_found_among_all_and_only_what_counts() -> None:
    everything = known(message(), alert(), release(), message("gone", withdrawn=True))
    assert messages(everything, reading()) == [message()]
    assert alerts(everything, reading()) == [alert()]
    assert releases(everything, reading()) == [release()]
    assert alerts(everything, reading(60.0)) == []


def test_the_gravest_alert_comes_first_then_the_newest() -> None:
    newer = alert("newer", sent=BEGINNING + timedelta(seconds=1))
    grave = alert("grave", severity=4)
    assert alerts(known(alert(), newer, grave), reading()) == [grave, newer, alert()]


ALL: list[Publication] = [message(), alert(), release(), message("b"), alert("b")]
SOME = st.lists(st.sampled_from(ALL), unique_by=key)


@given(SOME.flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_a_digest_names_the_same_set_in_any_order(
    pair: tuple[list[Publication], list[Publication]],
) -> None:
    one, other = pair
    assert digest(one) == digest(other)


@given(SOME, SOME)
def test_a_digest_tells_different_sets_apart(one: list[Publication], other: list[Publication]) -> None:
    assert (digest(one) == digest(other)) == ({key(p) for p in one} == {key(p) for p in other})


def test_a_digest_tells_revisions_apart() -> None:
    assert digest([message()]) != digest([message(revision=2)])
