"""One question to one display, signed, over the broker, and its answer."""

import asyncio
import secrets
from argparse import Namespace
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from securesystemslib.signer import CryptoSigner

from content.broker import Broker, BrokerLost, Connection, Delivery
from content.commands import BadInput
from content.commands.authority import require_may_sign
from content.commands.connecting import broker_of
from content.commands.office import REPOSITORY
from content.commands.output import seconds, tell
from content.commands.rules import explained
from content.drawing.colours import WHITE
from content.envelope import load_key, public_text, seal
from content.message import BadMessage
from content.pictures import MOST_ACROSS, opened
from content.requests import Reply, Request
from content.wire import Status, decode, reply_topic, request_topic, status_topic

AGAIN_S = 3.0
"""A question at QoS 1 to a display that subscribes at QoS 0 may get lost: asked again, the display says the same."""
KNOWN_S = 3.0
"""What is retained comes at once."""
WHOLE = (MOST_ACROSS, MOST_ACROSS)
CLOCKS_APART = timedelta(minutes=1)
"""A question counts for so much longer than somebody waits: the two clocks need not agree."""


def ask(options: Namespace, utc: datetime) -> None:
    """Ask, and say what was answered. Raises BadInput where nobody answers."""
    signer = load_key(options.key)
    folder = None if options.office is None else options.office / REPOSITORY
    try:
        reply = asyncio.run(_asked(broker_of(options), options, signer, folder, utc))
    except BrokerLost as error:
        raise BadInput(str(error)) from error
    fields = msgspec.to_builtins(reply) | {"picture": None}
    lines = [f"{options.car} shows the page {reply.page}{_since(reply)}.", explained(reply.rule)]
    lines += [_line(one.check, one.verdict, one.said, one.todo) for one in reply.findings]
    if reply.clock != "good":
        lines.append("Its clock cannot be believed.")
    if reply.picture:
        fields["picture"] = str(_keep(options.out or Path(f"{options.car}.png"), reply.picture))
        lines.append(f"{fields['picture']}: what is on its glass")
    if reply.ask == "identify" and not reply.findings:
        lines.append("For half a minute its glass shows which lift it is in, unless there is an alert.")
    tell(options, fields, "\n".join(lines))


def _since(reply: Reply) -> str:
    return "" if reply.since is None else f" since {seconds(reply.since)}"


def _line(check: str, verdict: str, said: str, todo: str) -> str:
    return f"{verdict:<8} {check:<14} {said}" + (f": {todo}" if todo else "")


def _keep(path: Path, data: bytes) -> Path:
    """As PNG, which every program shows. Raises BadInput."""
    try:
        opened(data, WHOLE, WHITE).save(path, "PNG")
    except BadMessage as error:
        raise BadInput("the picture of its glass came damaged; ask again") from error
    except OSError as error:
        raise BadInput(f"--out {path}: {error.strerror}; name a file that can be written") from error
    return path


async def _asked(
    broker: Broker, options: Namespace, signer: CryptoSigner, folder: Path | None, utc: datetime
) -> Reply:
    lasts, name = timedelta(seconds=options.wait_s), f"r-{secrets.token_hex(6)}"
    async with broker.connect(f"hoistway-content-{name}") as connection:
        heard = connection.deliveries()
        status = await _status(connection, heard, options.car)
        require_may_sign(folder, options.key, public_text(signer), "request", status.area)
        request = Request(name, options.car, status.area, utc, utc + lasts + CLOCKS_APART, options.ask)
        asking = asyncio.create_task(_repeat(connection, request, seal(request, signer)))
        try:
            async with asyncio.timeout(options.wait_s):
                return await _reply(heard, request)
        except TimeoutError as error:
            raise BadInput(
                f"{options.car} does not answer within {options.wait_s} s: may this key ask there? "
                f"`hoistway-content events {options.car}` says what it refused"
            ) from error
        finally:
            asking.cancel()


async def _status(connection: Connection, heard: AsyncIterator[Delivery], car: str) -> Status:
    """What the display last said of itself. Raises BadInput for one that is not there."""
    await connection.subscribe(status_topic(car))
    try:
        async with asyncio.timeout(KNOWN_S):
            delivery = await anext(heard)
    except TimeoutError as error:
        raise BadInput(f"car {car} is not known at this broker: is that its name?") from error
    status = decode(delivery.payload, Status)
    if not status.online:
        raise BadInput(f"{car} is offline; `hoistway-content why {car}` says what it showed last")
    return status


async def _repeat(connection: Connection, request: Request, envelope: bytes) -> None:
    await connection.subscribe(reply_topic(request.car, request.id))
    while True:
        await connection.publish(request_topic(request.car, request.id), envelope, qos=1)
        await asyncio.sleep(AGAIN_S)


async def _reply(heard: AsyncIterator[Delivery], request: Request) -> Reply:
    async for delivery in heard:
        if delivery.topic == reply_topic(request.car, request.id):
            return decode(delivery.payload, Reply)
    raise BrokerLost("the connection ended")
