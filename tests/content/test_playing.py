"""Who has the glass among messages, pictures and playlists, and for how long."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from content.languages import CHINESE, ENGLISH, LANGUAGES
from content.message import Item, Message, NamedPicture, Playlist, Text
from content.playing import LOOK_AGAIN, Scheduled, scheduled, showings, turn
from content.reading import PICTURE_S, SHORTEST_S
from content.schedule import EPOCH
from tests.content_rig import AREA, DAY, NOW, message

CHENGDU = ZoneInfo("Asia/Shanghai")
SECOND = timedelta(seconds=1)
FESTIVAL = NamedPicture("festival", "0" * 64)
FOUR = Text("停水", "Water off", "停水", "断水")


def playlist(*items: Item, name: str = "usual", **fields: object) -> Playlist:
    given = {"area": AREA, "sent": NOW, "expires": NOW + DAY, **fields}
    return Playlist(name, 1, items=items, **given)  # type: ignore[arg-type]


def at(utc: datetime, *messages: Message, playlists: tuple[Playlist, ...] = ()) -> Scheduled:
    return scheduled(messages, playlists, utc, CHENGDU)


def names(until_s: int, *messages: Message, playlists: tuple[Playlist, ...] = ()) -> list[str]:
    """What is shown second by second, each thing once."""
    found: list[str] = []
    for second in range(until_s):
        showing = at(NOW + second * SECOND, *messages, playlists=playlists).showing
        name = "idle" if showing is None else showing.message.id if showing.message else "picture"
        if not found or found[-1] != name:
            found.append(name)
    return found


def test_messages_of_the_highest_priority_take_turns_and_all_come() -> None:
    shown = names(60, message("a"), message("b"), message("c"), message("low", priority=0))
    assert set(shown) == {"a", "b", "c", "low"}
    shown = names(60, message("a", priority=2), message("b", priority=2), message("low", priority=1))
    assert set(shown) == {"a", "b"}


def test_each_stays_for_its_own_time() -> None:
    short, long = message("short", reading_s=5.0), message("long", reading_s=20.0)
    seconds = [at(NOW + n * SECOND, short, long).showing for n in range(2500)]
    counts = [sum(s is not None and s.message == one for s in seconds) for one in (short, long)]
    assert counts == [500, 2000]


def test_two_languages_stand_beside_each_other_and_more_take_turns() -> None:
    assert [s.pair for s in showings(message(title=Text("停水", "Water off"), body=Text("请储水")))] == [
        (CHINESE, ENGLISH)
    ]
    four = message(title=FOUR, body=FOUR)
    pairs = [s.pair for s in showings(four)]
    assert len(pairs) == 2
    assert {language for pair in pairs for language in pair} == set(LANGUAGES[:4])
    shown = {at(NOW + n * SECOND, four).showing for n in range(60)}
    assert shown == set(showings(four))


def test_languages_in_turn_have_a_page_each() -> None:
    pages = showings(message(title=FOUR, body=FOUR, languages="turn"))
    assert sorted(len(page.pair) for page in pages) == [1, 1, 1, 1]
    assert {page.pair[0] for page in pages} == set(LANGUAGES[:4])


def test_a_message_without_words_has_one_page() -> None:
    (page,) = showings(message(title=Text(), body=Text(), layout="poster", picture=FESTIVAL))
    assert page.pair == ()
    assert page.seconds == PICTURE_S


def test_a_playlist_plays_only_while_nothing_is_scheduled() -> None:
    plays = playlist(Item(picture=FESTIVAL))
    assert names(30, playlists=(plays,)) == ["picture"]
    assert names(30, message(), playlists=(plays,)) == ["water"]
    later = message(starts=NOW + 10 * SECOND)
    assert names(30, later, playlists=(plays,)) == ["picture", "water"]


def test_a_playlist_shows_its_items_in_turn_each_for_its_seconds() -> None:
    plays = playlist(Item("tips", seconds=4.0), Item(picture=FESTIVAL, seconds=6.0))
    tips = message("tips", scheduled=False)
    kinds = [at(NOW + n * SECOND, tips, playlists=(plays,)).showing for n in range(1000)]
    assert sum(s is not None and s.message == tips for s in kinds) == 400
    assert sum(s is not None and s.picture == FESTIVAL for s in kinds) == 600
    assert at(NOW, tips, playlists=(plays,)).playlist == "usual"


def test_an_item_whose_message_is_not_on_is_left_out() -> None:
    plays = playlist(Item("gone"), Item("over"), Item(picture=FESTIVAL))
    over = message("over", expires=NOW, scheduled=False)
    assert names(60, over, playlists=(plays,)) == ["picture"]
    assert names(60, over, playlists=(playlist(Item("gone"), Item("over")),)) == ["idle"]


def test_the_narrowest_areas_playlist_plays_and_of_equal_ones_the_newest() -> None:
    wide = playlist(Item(picture=FESTIVAL), name="wide", area="cn")
    old, new = (
        playlist(Item(picture=FESTIVAL), name="old"),
        playlist(Item(picture=FESTIVAL), name="new", sent=NOW + SECOND),
    )
    assert at(NOW, playlists=(wide, old, new)).playlist == "new"
    assert at(NOW, playlists=(wide, old)).playlist == "old"
    assert at(NOW, playlists=(wide, playlist(Item("gone")))).playlist == "wide"


def test_a_playlist_that_is_over_or_withdrawn_does_not_play() -> None:
    item = Item(picture=FESTIVAL)
    assert at(NOW, playlists=(playlist(item, expires=NOW),)).showing is None
    assert at(NOW, playlists=(playlist(item, withdrawn=True),)).showing is None
    ends = playlist(item, expires=NOW + SECOND)
    assert at(NOW, playlists=(ends,)).until == NOW + SECOND


def test_with_nothing_to_show_one_looks_again_within_a_minute() -> None:
    assert at(NOW) == Scheduled(None, NOW + LOOK_AGAIN)


def test_a_turn_belongs_to_the_old_one_until_its_very_end_however_late_the_year() -> None:
    utc = datetime(9000, 1, 1, tzinfo=UTC)
    begin = utc - (utc - EPOCH) % (30 * SECOND)
    assert turn([10, 20], begin - timedelta(microseconds=1)) == (1, timedelta(microseconds=1))
    assert turn([10, 20], begin) == (0, 10 * SECOND)
    assert turn([10, 20], begin + 10 * SECOND) == (1, 20 * SECOND)


TEXTS = st.sampled_from([Text("停水", "Water off"), FOUR, Text(en="Water off " * 30), Text()])
MESSAGES = st.builds(
    lambda number, text, **fields: message(f"m-{number}", title=text, body=text, **fields),
    st.integers(0, 5), TEXTS,
    priority=st.integers(0, 1), languages=st.sampled_from(["beside", "turn"]), scheduled=st.booleans(),
    expires=st.integers(-2, 200).map(lambda s: NOW + s * SECOND),
    starts=st.none() | st.integers(-60, 60).map(lambda s: NOW + s * SECOND),
    reading_s=st.none() | st.floats(2, 30),
)  # fmt: skip
ITEMS = st.builds(
    lambda number, seconds, picture: (
        Item(picture=FESTIVAL, seconds=seconds) if picture else Item(f"m-{number}", seconds=seconds)
    ),
    st.integers(0, 7), st.none() | st.floats(2, 30), st.booleans(),
)  # fmt: skip
PLAYLISTS = st.builds(
    lambda number, items, expires: playlist(*items, name=f"p-{number}", expires=NOW + expires * SECOND),
    st.integers(0, 2), st.lists(ITEMS, max_size=4), st.integers(-2, 200),
)  # fmt: skip


@settings(deadline=None, derandomize=True, max_examples=300)
@given(
    st.lists(MESSAGES, max_size=4, unique_by=lambda m: m.id),
    st.lists(PLAYLISTS, max_size=2, unique_by=lambda p: p.id),
    st.timedeltas(-2 * LOOK_AGAIN, 2 * LOOK_AGAIN), st.lists(st.floats(0, 1), max_size=6),
)  # fmt: skip
def test_until_the_next_change_the_same_is_shown(
    messages: list[Message], playlists: list[Playlist], since: timedelta, parts: list[float]
) -> None:
    utc = NOW + since
    now = scheduled(messages, playlists, utc, CHENGDU)
    assert utc < now.until <= utc + LOOK_AGAIN
    last = now.until - timedelta(microseconds=1)
    for part in (*parts, 0.5, 1.0):
        then = scheduled(messages, playlists, utc + part * (last - utc), CHENGDU)
        assert (then.showing, then.playlist) == (now.showing, now.playlist)


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.lists(MESSAGES, min_size=1, max_size=4, unique_by=lambda m: m.id))
def test_no_page_is_on_the_glass_for_less_than_it_takes_to_read(messages: list[Message]) -> None:
    for one in messages:
        if one.reading_s is None:
            assert all(page.seconds >= SHORTEST_S for page in showings(one))
