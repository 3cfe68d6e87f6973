"""A cancellation that comes together with the broker's answer is not forgotten, as Python's wait_for did before 3.12."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import aiomqtt
import pytest

from content.mqtt import MqttConnection


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
