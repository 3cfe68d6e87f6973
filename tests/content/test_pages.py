"""Which pages a publication is shown on."""

import pytest

from content import layouts
from content.cabin import Advice
from content.message import BadMessage, Instructions, NamedPicture, Text
from content.page import Page
from content.pages import SOMEWHERE, page_of, page_of_showing, require_whole, written_pages
from content.playing import Showing, showings
from tests.content_rig import alert, message

FOUR = Text("停水", "Water off", "停水", "断水")
FESTIVAL = NamedPicture("festival", "0" * 64)


def test_a_message_is_on_the_layout_it_asks_for() -> None:
    assert page_of(message()).layout == "notice"
    assert page_of(message(picture=FESTIVAL)).layout == "notice_with_picture"
    assert page_of(message(picture=FESTIVAL, layout="poster")).layout == "poster"


def test_a_picture_is_read_only_when_its_page_is_drawn() -> None:
    asked: list[NamedPicture] = []

    def read(picture: NamedPicture) -> bytes:
        asked.append(picture)
        return b"no picture"

    page = page_of(message(picture=FESTIVAL), read)
    assert asked == []
    assert page.picture is not None
    assert page.picture.digest == FESTIVAL.sha256
    assert page == page_of(message(picture=FESTIVAL))
    with pytest.raises(BadMessage):
        layouts.draw(page, SOMEWHERE, (480, 800))
    assert asked == [FESTIVAL]


def test_a_picture_that_is_not_there_and_a_poster_without_one_are_refused() -> None:
    for wrong in (message(picture=FESTIVAL), message(layout="poster")):
        with pytest.raises((BadMessage, OSError)):
            require_whole(page_of(wrong), [(480, 800)])


def test_every_page_of_a_message_is_drawn_before_it_counts() -> None:
    four = message(title=FOUR, body=FOUR)
    assert written_pages(four) == [page_of_showing(showing) for showing in showings(four)]
    assert len(written_pages(four)) == 2
    assert written_pages(message()) == [page_of(message())]


def test_every_instruction_of_an_alert_is_drawn_before_it_counts() -> None:
    told = alert(instructions=Instructions(riding=Text("请留下"), leave=Text("请离开")))
    bodies = {page.body for page in written_pages(told)}
    assert bodies == {Text("请留下"), Text("请离开"), told.body}
    quake = alert(event="earthquake", instructions=Instructions(riding=Text("请留下")))
    assert [page.body for page in written_pages(quake)] == [Text("请留下")]


def test_built_in_pages_need_not_be_drawn_before() -> None:
    assert written_pages(alert(event="earthquake")) == []
    assert written_pages(alert(event="earthquake", exercise=True)) == []


@pytest.mark.parametrize("advice", Advice)
def test_every_built_in_page_can_be_drawn(advice: Advice) -> None:
    for page in (Page("earthquake", advice.value, level="4"), Page("drill", advice.value)):
        require_whole(page, [(480, 800)])


def test_a_picture_of_a_playlist_is_a_poster() -> None:
    assert page_of_showing(Showing(8, picture=FESTIVAL)).layout == "poster"
