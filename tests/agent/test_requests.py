"""A display answers what it is asked by whoever may ask, and nobody else; what it believes stays as it is."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image
from securesystemslib.signer import CryptoSigner

from agent.requests import IDENTIFIES_S, LARGEST_PICTURE, MOST_WAITING, identifying, judge, picture
from content import layouts
from content.broker import Delivery
from content.envelope import seal
from content.message import BadMessage
from content.requests import ASKS, LONGEST, Ask, Reply, Request
from content.wire import decode, reply_topic, request_topic
from drivers.screens import ScreenError
from simulator.broker import InProcessConnection
from tests.agent_rig import (
    AREA,
    BEGINNING,
    CAR,
    PLACE,
    SITE,
    Rig,
    alert,
    drawn,
    in_simulated_time,
    looks_like,
)

STRANGER = CryptoSigner.generate_ed25519()


def request(ask: Ask = "screenshot", **changes: Any) -> Request:
    plain = Request("r-1", CAR, PLACE, BEGINNING, BEGINNING + timedelta(minutes=5), ask)
    return msgspec.structs.replace(plain, **changes)


class Office:
    """Asks over the broker, and keeps what is answered."""

    def __init__(self, rig: Rig, connection: InProcessConnection) -> None:
        self.rig, self._connection = rig, connection
        self.replies: list[Reply] = []

    async def ask(self, asked: Request, signer: CryptoSigner | None = None) -> None:
        data = seal(asked, signer or self.rig.world.signer)
        await self._connection.publish(request_topic(CAR, asked.id), data, qos=1)

    async def hear(self) -> None:
        async for delivery in self._connection.deliveries():
            assert delivery.topic.startswith(reply_topic(CAR, ""))
            self.replies.append(decode(delivery.payload, Reply))


@asynccontextmanager
async def office(rig: Rig) -> AsyncIterator[Office]:
    rig.begin()
    await rig.until(5.0)
    async with rig.broker.connect("office") as connection:
        await connection.subscribe(reply_topic(CAR, "+"))
        one = Office(rig, connection)
        hearing = asyncio.create_task(one.hear())
        yield one
        hearing.cancel()


@in_simulated_time
async def test_a_screenshot_is_what_is_on_the_glass_and_says_which_rule_put_it_there(rig: Rig) -> None:
    async with office(rig) as asking:
        await rig.publish(alert())
        await rig.until(10.0)
        await asking.ask(request())
        await rig.until(11.0)
    (reply,) = asking.replies
    assert (reply.id, reply.ask, reply.page, reply.rule) == (
        "r-1",
        "screenshot",
        "other_alert 3",
        "alert rain",
    )
    assert np.array_equal(np.array(Image.open(io.BytesIO(reply.picture))), rig.screen.read())
    assert reply.clock == "good"


@in_simulated_time
async def test_the_lifts_name_is_on_the_glass_for_half_a_minute(rig: Rig) -> None:
    name = drawn(identifying(SITE)).pixels
    async with office(rig) as asking:
        await asking.ask(request("identify"))
        await rig.until(6.0)
        assert np.array_equal(rig.screen.frames[-1].pixels, name)
        await rig.until(4.0 + IDENTIFIES_S)
        assert np.array_equal(rig.screen.frames[-1].pixels, name)
        await rig.until(7.0 + IDENTIFIES_S)
        assert rig.page.layout == "idle"
    assert [reply.page for reply in asking.replies] == ["notice identify"]


@in_simulated_time
async def test_an_alert_comes_before_the_lifts_name(rig: Rig) -> None:
    async with office(rig) as asking:
        await rig.publish(alert())
        await rig.until(10.0)
        await asking.ask(request("identify"))
        await rig.until(12.0)
        assert rig.page.layout == "other_alert"


@in_simulated_time
async def test_a_self_check_says_what_works_and_what_does_not(rig: Rig) -> None:
    async with office(rig) as asking:
        await asking.ask(request("self-check"))
        await rig.until(6.0)
        rig.screen.read = broken  # type: ignore[method-assign]
        await asking.ask(request("self-check", id="r-2"))
        await rig.until(7.0)
    first, second = asking.replies
    assert {finding.check: finding.verdict for finding in first.findings} == dict.fromkeys(
        ("accelerometer", "door", "screen", "clock", "space"), "pass"
    )
    (bad,) = (finding for finding in second.findings if finding.verdict == "fail")
    assert (bad.check, bad.said) == ("screen", "the panel does not answer")


def broken() -> Any:
    raise ScreenError("the panel does not answer")


@in_simulated_time
async def test_without_the_panel_a_screenshot_says_so(rig: Rig) -> None:
    async with office(rig) as asking:
        rig.screen.read = broken  # type: ignore[method-assign]
        await asking.ask(request())
        await rig.until(6.0)
    (reply,) = asking.replies
    assert reply.picture == b""
    assert reply.findings[0].said == "the panel does not answer"


@in_simulated_time
async def test_asked_again_it_says_the_same(rig: Rig) -> None:
    async with office(rig) as asking:
        await asking.ask(request("self-check"))
        await rig.until(6.0)
        await asking.ask(request("self-check"))
        await rig.until(7.0)
    first, second = asking.replies
    assert first == second


@in_simulated_time
async def test_what_may_not_be_asked_is_reported_and_not_answered(rig: Rig) -> None:
    async with office(rig) as asking:
        await asking.ask(request(), STRANGER)
        await asking.ask(request(car="tower-a-lift-3"))
        await asking.ask(request(area="cn/sichuan/mianyang"))
        await asking.ask(request(expires=BEGINNING + timedelta(seconds=1)))
        sealed = seal(alert(), rig.world.signer)
        await asking._connection.publish(request_topic(CAR, "r-1"), sealed, qos=1)
        await rig.until(6.0)
    assert asking.replies == []
    reasons = [event.body["reason"] for event in rig.events("refused")]
    for reason, said in zip(
        reasons,
        ["not signed with", "it asks tower-a-lift-3", "signed for", "expired at", "an envelope for"],
        strict=True,
    ):
        assert said in reason


@in_simulated_time
async def test_a_request_at_an_areas_topic_is_no_publication(rig: Rig) -> None:
    async with office(rig) as asking:
        rig.broker.deliver(
            Delivery(f"hoistway/1/area/{AREA}/alert/r-1", seal(request(), rig.world.signer)), retain=True
        )
        await rig.until(6.0)
        assert asking.replies == []
    assert len(rig.events("refused")) == 1


@in_simulated_time
async def test_a_flood_of_requests_is_cut_and_the_glass_goes_on(rig: Rig) -> None:
    async with office(rig) as asking:
        for number in range(5 * MOST_WAITING):
            rig.broker.deliver(
                Delivery(
                    request_topic(CAR, f"r-{number}"),
                    seal(request("self-check", id=f"r-{number}"), rig.world.signer),
                ),
                retain=False,
            )
        await rig.until(7.0)
        assert MOST_WAITING <= len(asking.replies) < 5 * MOST_WAITING
        await rig.publish(alert())
        await rig.until(9.0)
        assert rig.page.layout == "other_alert"


@pytest.mark.parametrize("ask", ASKS)
def test_a_request_counts_until_it_expires_by_the_clock_or_by_the_floor(ask: Ask) -> None:
    asked = request(ask)
    for good in (True, False):
        judge(asked, CAR, PLACE, BEGINNING, good=good)
        with pytest.raises(BadMessage, match="expired at"):
            judge(asked, CAR, PLACE, asked.expires, good=good)


def test_a_request_that_would_last_for_days_is_none() -> None:
    judge(request(expires=BEGINNING + LONGEST), CAR, PLACE, BEGINNING, good=True)
    for expires in (BEGINNING + LONGEST + timedelta(seconds=1), BEGINNING):
        with pytest.raises(BadMessage, match="within an hour"):
            judge(request(expires=expires), CAR, PLACE, BEGINNING, good=True)


def test_a_request_from_the_future_is_none() -> None:
    with pytest.raises(BadMessage, match="still to come"):
        judge(request(), CAR, PLACE, BEGINNING - timedelta(days=2), good=True)


def test_a_picture_that_is_too_large_to_send_is_made_smaller() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (1920, 1080, 3), dtype=np.uint8)
    data = picture(noise)
    assert len(data) <= LARGEST_PICTURE
    with Image.open(io.BytesIO(data)) as image:
        assert image.width < 1080
        assert abs(image.width / image.height - 1080 / 1920) < 0.01
    page = drawn(identifying(SITE)).pixels
    assert np.array_equal(np.array(Image.open(io.BytesIO(picture(page)))), page)


def test_the_name_page_has_the_names_of_this_site() -> None:
    other = replace(SITE, lift=SITE.building)
    assert not looks_like(drawn(identifying(other)).pixels, identifying(SITE))


@pytest.mark.parametrize("layout", ["check", "drill", "notice", "other_alert"])
def test_the_fullest_pages_that_we_draw_are_sent_whole(layout: str) -> None:
    for page in layouts.find(layout).samples():
        width, height = Image.open(io.BytesIO(picture(layouts.draw(page, SITE, (1080, 1920)).pixels))).size
        assert (width, height) == (1080, 1920)
