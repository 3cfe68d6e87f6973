"""The contract with the broker holds on every broker there is: the in-process one, NATS and mosquitto."""

import asyncio
import time
from datetime import UTC, datetime

import pytest

from agent.events import LinkLost, LinkRefused, LinkUp
from content.wire import event_topic, status_topic
from tests.contract_rig import CAR, Rig, until


def kinds(rig: Rig) -> list[type]:
    return [type(event) for event in rig.happened]


async def test_the_link_is_up_once_our_own_status_came_back(rig: Rig) -> None:
    rig.begin()
    await until(lambda: LinkUp in kinds(rig), "the link")
    await until(lambda: CAR in rig.desk.statuses(), "our status at the collector")
    assert rig.desk.statuses()[CAR].online


async def test_events_leave_the_outbox_when_the_collector_holds_them(rig: Rig) -> None:
    rig.begin()
    for number in range(20):
        rig.tell(number)
    await until(lambda: rig.numbers() == list(range(20)), "all events held")
    await until(lambda: rig.store.count() == 0, "an empty outbox")


async def test_events_told_without_a_collector_wait_on_the_disk(rig: Rig) -> None:
    rig.begin()
    await until(lambda: LinkUp in kinds(rig), "the link")
    await rig.stop("service")
    for number in range(5):
        rig.tell(number)
    await until(lambda: rig.store.count() == 5, "five events on the disk")
    rig.tasks["service"] = asyncio.create_task(rig.new_service().run())
    await until(lambda: rig.numbers() == list(range(5)), "all events held")
    await until(lambda: rig.store.count() == 0, "an empty outbox")
    assert len(rig.told) == len({event.id for event in rig.told}) == 5


async def test_a_broker_killed_and_restarted_empty_has_the_truth_again(rig: Rig) -> None:
    rig.begin()
    await rig.service.publish(rig.message(), rig.signer)
    await rig.heard("message/water")
    rig.tell(1)
    await until(lambda: rig.numbers() == [1], "the first event")
    before = len(rig.deliveries)
    rig.server.kill()
    rig.server.empty()
    rig.tell(2)
    await until(lambda: LinkLost in kinds(rig), "the loss noticed")
    await rig.server.start()
    await rig.heard("message/water", beyond=before)
    await until(lambda: rig.numbers() == [1, 2], "every event once")
    await until(lambda: rig.store.count() == 0, "an empty outbox")
    assert len(rig.told) == 2


async def test_a_display_that_lost_a_delivery_is_sent_it_again(rig: Rig) -> None:
    rig.begin()
    await until(lambda: LinkUp in kinds(rig), "the link")
    # The link asks for everything a second time, to be sure; here that is lost too.
    rig.deaf = True
    await rig.service.publish(rig.message(), rig.signer)
    await until(lambda: rig.lost_deliveries >= 2, "the deliveries lost")
    rig.deaf = False
    await rig.heard("message/water")
    await until(lambda: rig.desk.behind(datetime.now(UTC)) == [], "nobody behind")


async def test_two_services_with_one_name_say_so(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    def said() -> int:
        return sum("another `hoistway-content serve`" in record.message for record in caplog.records)

    rig.begin()
    await until(lambda: CAR in rig.desk.statuses(), "the first service")
    rig.tasks["second"] = asyncio.create_task(rig.new_service().run())
    await until(lambda: said() == 2, "both saying so")


async def test_a_message_published_while_the_broker_is_away_arrives(rig: Rig) -> None:
    rig.begin()
    await until(lambda: LinkUp in kinds(rig), "the link")
    rig.server.kill()
    await until(lambda: LinkLost in kinds(rig), "the loss noticed")
    await rig.service.publish(rig.message("late"), rig.signer)
    await rig.server.start()
    await rig.heard("message/late")


async def test_a_denied_event_is_kept_and_arrives_once_it_is_allowed(rig: Rig) -> None:
    rig.server.deny(event_topic(CAR, "ride-started"))
    rig.begin()
    await until(lambda: LinkUp in kinds(rig), "the link")
    rig.tell(7)
    await until(lambda: rig.store.count() == 1, "the event on the disk")
    rig.server.deny()
    await until(lambda: rig.numbers() == [7], "the event held")
    await until(lambda: rig.store.count() == 0, "an empty outbox")
    assert len(rig.told) == 1


async def test_a_link_whose_status_is_denied_is_not_up(rig: Rig) -> None:
    rig.server.deny(status_topic(CAR))
    rig.begin()
    await until(lambda: LinkRefused in kinds(rig), "the refusal noticed")
    assert LinkUp not in kinds(rig)


async def test_a_display_that_stops_says_so(rig: Rig) -> None:
    rig.begin()
    await until(lambda: CAR in rig.desk.statuses() and rig.desk.statuses()[CAR].online, "a birth")
    await rig.stop("link")
    await until(lambda: not rig.desk.statuses()[CAR].online, "a goodbye")


async def test_every_connection_counts_one_session_more(rig: Rig) -> None:
    rig.begin()
    await until(lambda: LinkUp in kinds(rig), "the link")
    await rig.stop("link")
    rig.tasks["link"] = asyncio.create_task(rig.link.run())
    await until(lambda: kinds(rig).count(LinkUp) == 2, "the second link")
    sessions = [event.session for event in rig.happened if isinstance(event, LinkUp)]
    assert sessions[1] > sessions[0]


async def test_telling_never_waits_for_the_broker(rig: Rig) -> None:
    rig.server.kill()
    rig.begin()
    before = time.process_time()
    rig.tell(1)
    assert time.process_time() - before < 1.0
    await until(lambda: rig.store.count() == 1, "the event on the disk")
