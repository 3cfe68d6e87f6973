"""What a display makes of a verified publication."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.known import (
    Catalogue,
    Digest,
    Entry,
    alerts,
    digest,
    entry_of,
    is_current,
    is_needed,
    judge,
    key,
    messages,
    playlists,
    releases,
    standing,
    warned,
)
from content.message import BadMessage, Item, Playlist, Publication
from tests.agent_rig import AREA, BEGINNING, PLACE, alert, message, reading, release


def known(*publications: Publication, received: float = 0.0) -> dict[tuple[str, str], Entry]:
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


def playlist(name: str = "usual", **changes: Any) -> Playlist:
    plain = Playlist(name, 1, AREA, BEGINNING, BEGINNING + timedelta(hours=1), (Item("water"),))
    return msgspec.structs.replace(plain, **changes)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"area": "us"}, "signed for us"),
        ({"revision": 3, "expires": BEGINNING, "sent": BEGINNING - timedelta(days=1)}, "expired at"),
        ({"expires": BEGINNING}, "expires before it was sent"),
        ({"revision": 1, "items": ()}, "revision 2 is known"),
        ({"revision": 3, "sent": BEGINNING + timedelta(days=2), "expires": BEGINNING + timedelta(days=3)},
         "still to come"),
    ],
)  # fmt: skip
def test_a_playlist_is_judged_as_everything_else(changes: dict[str, Any], why: str) -> None:
    assert judge(playlist(), {}, PLACE, reading())
    with pytest.raises(BadMessage, match=why):
        judge(playlist(**changes), known(playlist(revision=2)), PLACE, reading())
    assert playlists(known(playlist(), playlist("b", withdrawn=True)), reading()) == [playlist()]


def test_an_alert_ends_those_it_cancels_and_stands_itself() -> None:
    new = alert("new", cancels=("rain", "never-heard-of"))
    assert alerts(known(alert(), new), reading()) == [new]
    over = alert("over", cancels=("rain",), withdrawn=True)
    assert alerts(known(alert(), over), reading()) == []


def test_a_cancelled_alert_never_comes_back() -> None:
    over = alert("over", cancels=("rain",), withdrawn=True)
    for again in (alert(), alert(revision=2), alert(revision=9, severity=4)):
        for kept in (known(over), known(alert(), over)):
            if again == alert() and len(kept) == 2:
                assert not judge(again, kept, PLACE, reading())
                continue
            with pytest.raises(BadMessage, match="rain was cancelled for good"):
                judge(again, kept, PLACE, reading())
    assert judge(alert(revision=2, withdrawn=True), known(alert(), over), PLACE, reading())


def test_what_cancels_is_kept_for_a_month_and_until_what_it_cancelled_has_expired() -> None:
    over = alert("over", cancels=("rain",), withdrawn=True)
    long = alert(expires=BEGINNING + timedelta(days=99))
    day = 86_400.0
    assert is_needed(over, known(over), reading(31 * day))
    assert not is_needed(over, known(over), reading(32 * day))
    assert is_needed(over, known(long, over), reading(98 * day))
    assert not is_needed(over, known(long, over), reading(100 * day))
    assert not is_needed(long, known(long, over), reading(100 * day))
    assert not is_needed(message(), known(), reading(day))


def test_an_alert_cancels_neither_itself_nor_less_than_before() -> None:
    with pytest.raises(BadMessage, match="rain cancels itself"):
        judge(alert(cancels=("rain",)), {}, PLACE, reading())
    with pytest.raises(BadMessage, match="new no longer cancels rain"):
        judge(alert("new", 2), known(alert("new", cancels=("rain",))), PLACE, reading())


def test_a_drill_ends_drills_and_nothing_real() -> None:
    drill, over = alert("d", exercise=True), alert("over", exercise=True, cancels=("d", "rain"))
    assert alerts(known(alert(), drill, over), reading()) == [over, alert()]
    assert judge(alert(), known(over), PLACE, reading())
    real = alert("real", cancels=("d",))
    assert drill not in alerts(known(drill, real), reading())


@pytest.mark.parametrize("exercise", [True, False])
def test_a_drill_does_not_become_real_and_nothing_real_a_drill(exercise: bool) -> None:
    with pytest.raises(BadMessage, match="drill before: take another id"):
        judge(alert(revision=2, exercise=exercise), known(alert(exercise=not exercise)), PLACE, reading())


def test_the_moment_is_noted_at_which_an_earthquake_alert_in_force_is_taken_back() -> None:
    quake = alert("quake", event="earthquake")
    back = alert("quake", 2, event="earthquake", withdrawn=True)
    assert entry_of(back, known(quake), reading(7.0)).ended == 7.0
    assert entry_of(alert("over", cancels=("quake",)), known(quake), reading(7.0)).ended == 7.0
    for was in (
        known(),
        known(alert("quake")),
        known(alert("quake", event="earthquake", exercise=True)),
        known(quake, alert("first", cancels=("quake",))),
    ):
        assert entry_of(back, was, reading(7.0)).ended is None
    assert entry_of(back, known(quake), reading(60.0)).ended is None, "it had expired"
    assert entry_of(quake, known(), reading(7.0)).ended is None


def test_of_each_kind_of_alert_the_first_counts_and_the_earliest_end_is_told() -> None:
    quake = alert("q", event="earthquake", severity=1, expires=BEGINNING + timedelta(seconds=30))
    drill = alert("d", exercise=True, severity=4)
    found = warned(known(quake, drill, alert(), alert("grave", severity=4)), reading(10.0))
    assert (found.earthquake, found.drill) == (quake, drill)
    assert found.other == alert("grave", severity=4)
    assert found.lasts_s == pytest.approx(20.0)
    assert warned(known(quake), reading(10.0, good=False)).lasts_s == pytest.approx(20.0)


def test_a_follower_hears_of_every_change_however_it_is_made() -> None:
    heard: list[str] = []

    class Listener:
        def put(self, entry: Entry) -> None:
            heard.append(f"+{entry.publication.id}")

        def drop(self, entry: Entry) -> None:
            heard.append(f"-{entry.publication.id}")

    catalogue = Catalogue()
    catalogue["alert", "early"] = Entry(alert("early"), 0.0)
    catalogue.follow(Listener())
    catalogue["alert", "a"] = Entry(alert("a"), 0.0)
    catalogue.update({("alert", "b"): Entry(alert("b"), 0.0)})
    catalogue.pop(("alert", "a"))
    del catalogue["alert", "b"]
    catalogue.clear()
    assert heard == ["+early", "+a", "+b", "-a", "-b", "-early"]


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


STEPS = st.tuples(
    st.sampled_from(["put", "drop", "wait", "set"]), st.integers(0, 3), st.integers(-100, 100), st.booleans()
)


@settings(derandomize=True, deadline=None)
@given(st.lists(STEPS, max_size=30))
def test_the_digest_is_that_of_what_stands_whatever_changes_expires_or_is_set(
    steps: list[tuple[str, int, int, bool]],
) -> None:
    catalogue, now, wall, good = Catalogue(), 0.0, 0, True
    named = Digest(catalogue)
    for what, number, seconds_, trusted in steps:
        time = reading(now, good=good, utc=BEGINNING + timedelta(seconds=wall))
        one = message(
            f"m-{number}", abs(seconds_) + 1, expires=BEGINNING + timedelta(seconds=50 + seconds_ // 3)
        )
        match what:
            case "put":
                catalogue[key(one)] = entry_of(one, catalogue, time)
            case "drop" if key(one) in catalogue:
                del catalogue[key(one)]
            case "wait":
                now, wall = now + number, wall + number
            case "set":
                wall, good = seconds_, trusted
        time = reading(now, good=good, utc=BEGINNING + timedelta(seconds=wall))
        assert named.at(time) == digest(standing(catalogue, time))


def test_what_another_alert_ended_is_counted_no_more_whether_it_was_known_or_not() -> None:
    over = alert("over", withdrawn=True, cancels=("rain",))
    both, alone = known(alert(), over), known(over)
    assert digest(standing(both, reading())) == digest(standing(alone, reading()))
    drill = known(alert(), alert("over", withdrawn=True, cancels=("rain",), exercise=True))
    assert len(standing(drill, reading())) == 2, "a drill ends nothing real"
