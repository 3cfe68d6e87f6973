"""A cancellation that comes together with the broker's answer is not forgotten, as Python's wait_for did before 3.12;
and a broker that dies is told to whoever uses it, and to nobody else."""

import asyncio
import gc
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import aiomqtt
import pytest

from content.broker import BrokerLost
from content.mqtt import MqttBroker, MqttConnection
from simulator.servers import HOST, Nats


class Forgetful:
    """A client whose calls end well when they are cancelled: the answer was there at the same moment (bpo-37658)."""

    def __init__(self) -> None:
        self.called = asyncio.Event()

    async def answered(self, *_words: Any, **_more: Any) -> tuple[()]:
        self.called.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return ()
        raise AssertionError("it waits for ever")

    subscribe = unsubscribe = publish = answered


CALLS: dict[str, Callable[[MqttConnection], Awaitable[None]]] = {
    "subscribe": lambda connection: connection.subscribe("a"),
    "unsubscribe": lambda connection: connection.unsubscribe("a"),
    "publish": lambda connection: connection.publish("a", b"", qos=1),
}


@pytest.mark.parametrize("call", CALLS)
async def test_whoever_is_cancelled_while_the_broker_answers_ends(call: str) -> None:
    client = Forgetful()
    connection = MqttConnection(cast("aiomqtt.Client", client))

    async def goes_on() -> None:
        await CALLS[call](connection)
        pytest.fail("it went on, and whoever cancelled it would wait for ever")

    task = asyncio.ensure_future(goes_on())
    await client.called.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def lose(server: Nats) -> None:
    """Have a connection whose broker dies, and leave it."""
    async with MqttBroker(HOST, server.port, timeout_s=10.0).connect("a") as connection:
        server.kill()
        with pytest.raises(BrokerLost):
            await connection.publish("a", b"", qos=1)


async def test_asyncio_has_nothing_to_complain_of_when_a_broker_dies(tmp_path: Path) -> None:
    complaints: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context["message"]))
    server = Nats(tmp_path)
    await server.start()
    try:
        await lose(server)
    finally:
        server.kill()
    gc.collect()  # it complains when the future goes
    assert complaints == []
