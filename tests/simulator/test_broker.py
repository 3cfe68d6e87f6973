"""The in-process broker keeps the part of MQTT that the contract uses."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from content.broker import BrokerLost, Delivery
from simulator import loop
from simulator.broker import InProcessBroker, InProcessConnection

Scenario = Callable[[InProcessBroker], Coroutine[Any, Any, None]]
WILL = Delivery("car/status", b"gone", retained=True)


def in_simulated_time(scenario: Scenario) -> Callable[[], None]:
    """A test that is given a broker and runs in simulated time."""

    def test() -> None:
        loop.run(scenario(InProcessBroker()))

    test.__name__ = scenario.__name__
    return test


def came(connection: InProcessConnection) -> list[tuple[str, bytes, bool]]:
    """What came since the last call."""
    deliveries = []
    while not connection.queue.empty():
        if (delivery := connection.queue.get_nowait()) is not None:
            deliveries.append((delivery.topic, delivery.payload, delivery.retained))
    return deliveries


@in_simulated_time
async def test_what_is_retained_comes_with_every_subscription(broker: InProcessBroker) -> None:
    async with broker.connect("desk") as desk, broker.connect("car") as car:
        await desk.publish("a/b", b"1", qos=1, retain=True)
        await desk.publish("a/c", b"2")
        for _ in range(2):
            await car.subscribe("a/b")
            assert came(car) == [("a/b", b"1", True)]


@in_simulated_time
async def test_what_is_published_while_subscribed_comes_once_and_not_as_retained(
    broker: InProcessBroker,
) -> None:
    async with broker.connect("desk") as desk, broker.connect("car") as car:
        await car.subscribe("a/+")
        await car.subscribe("a/+")
        await car.subscribe("#")
        await desk.publish("a/b", b"1", retain=True)
        assert came(car) == [("a/b", b"1", False)]


@in_simulated_time
async def test_an_empty_retained_payload_clears_the_topic(broker: InProcessBroker) -> None:
    async with broker.connect("desk") as desk:
        await desk.publish("a", b"1", retain=True)
        await desk.publish("a", b"", retain=True)
        assert broker.retained == {}


@in_simulated_time
async def test_wildcards_take_one_level_or_all_below(broker: InProcessBroker) -> None:
    async with broker.connect("desk") as desk, broker.connect("one") as one, broker.connect("all") as every:
        await one.subscribe("a/+/c")
        await every.subscribe("a/#")
        for topic in ("a/b/c", "a/b", "a/b/c/d", "b/b/c", "a"):
            await desk.publish(topic, b"x")
        assert [topic for topic, _, _ in came(one)] == ["a/b/c"]
        assert [topic for topic, _, _ in came(every)] == ["a/b/c", "a/b", "a/b/c/d", "a"]


@in_simulated_time
async def test_a_connection_that_breaks_leaves_its_will(broker: InProcessBroker) -> None:
    async with broker.connect("desk") as desk:
        await desk.subscribe("car/status")
        async with broker.connect("car", WILL) as car:
            broker.cut("car")
            with pytest.raises(BrokerLost):
                await car.publish("a", b"1")
        assert came(desk) == [("car/status", b"gone", False)]
        assert broker.retained == {"car/status": b"gone"}


@in_simulated_time
async def test_a_connection_that_is_left_leaves_no_will(broker: InProcessBroker) -> None:
    async with broker.connect("car", WILL):
        pass
    assert broker.retained == {}


@in_simulated_time
async def test_a_second_connection_of_a_client_takes_over_from_the_first(broker: InProcessBroker) -> None:
    async with broker.connect("car", WILL) as first, broker.connect("car", WILL) as second:
        assert broker.retained == {"car/status": b"gone"}
        with pytest.raises(BrokerLost):
            await first.subscribe("a")
        with pytest.raises(BrokerLost):
            async for _ in first.deliveries():
                pass
        await second.subscribe("a")
        await second.publish("a", b"1")
        assert came(second) == [("a", b"1", False)]
    assert broker.retained == {"car/status": b"gone"}, "left in peace, the second leaves no will"


@in_simulated_time
async def test_what_is_denied_is_acknowledged_and_dropped(broker: InProcessBroker) -> None:
    broker.may_write = lambda client, topic: (client, topic) != ("car", "secret")
    async with broker.connect("desk") as desk, broker.connect("car") as car:
        await desk.subscribe("#")
        await car.publish("secret", b"1", qos=1, retain=True)
        await car.publish("open", b"1", qos=1)
        assert [topic for topic, _, _ in came(desk)] == ["open"]
        assert broker.retained == {}


@in_simulated_time
async def test_who_may_not_read_gets_nothing_neither_new_nor_retained(broker: InProcessBroker) -> None:
    broker.may_read = lambda client, _topic: client != "car"
    async with broker.connect("desk") as desk, broker.connect("car") as car:
        await car.subscribe("a")
        await desk.publish("a", b"1", retain=True)
        await car.subscribe("a")
        assert came(car) == []


@in_simulated_time
async def test_a_killed_broker_takes_nobody_forgets_all_and_comes_back_empty(broker: InProcessBroker) -> None:
    async with broker.connect("car", WILL) as car:
        await car.publish("a", b"1", retain=True)
        broker.kill()
        with pytest.raises(BrokerLost, match="went away"):
            await car.publish("a", b"1")
        with pytest.raises(BrokerLost, match="went away"):
            async for _ in car.deliveries():
                pass
    with pytest.raises(BrokerLost, match="no broker"):
        async with broker.connect("car"):
            pass
    broker.restart()
    async with broker.connect("car") as again:
        await again.subscribe("#")
        assert came(again) == []


@in_simulated_time
async def test_deliveries_wait_for_what_comes(broker: InProcessBroker) -> None:
    async with broker.connect("car") as car:
        await car.subscribe("a")
        asyncio.get_running_loop().call_later(5.0, broker.deliver, Delivery("a", b"late"), False)
        delivery = await anext(aiter(car.deliveries()))
        assert delivery.payload == b"late"
        assert asyncio.get_running_loop().time() == 5.0
