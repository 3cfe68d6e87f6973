"""The command `hoistway-content serve`: the collector and publisher on a real broker."""

import asyncio
import logging
import signal
from argparse import Namespace
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import partial

from content.broker import BrokerLost
from content.commands import BadInput
from content.commands.connecting import broker_of
from content.commands.repository_desk import REPOSITORY, beside, desk_at
from content.desk import Desk
from content.mqtt import MqttBroker
from content.repository.broadcast import Broadcast
from content.service import RETRY_S, Service
from content.work import OneThread

log = logging.getLogger("hoistway.content")


def serve(options: Namespace, _utc: datetime) -> None:
    """Serve until the program is told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    broker = broker_of(options)
    if (options.repository is None) != (options.keys is None):
        raise BadInput("--repository and --keys belong together: the key ring keeps the timestamp fresh")
    if options.repository is None and beside(options.desk):
        raise BadInput(f"a {REPOSITORY} lies beside the desk: name it with --repository, and its --keys")
    with closing(desk_at(options.desk, options.repository)) as desk:
        asyncio.run(_run(options, broker, desk))


async def _run(options: Namespace, broker: MqttBroker, desk: Desk) -> None:
    work = OneThread("desk")
    parts = [Service(broker, desk, work, utc=_now).run()]
    if options.repository is not None:
        parts.append(_broadcast(broker, Broadcast(options.repository, options.keys, work, _now)))
    tasks = [asyncio.create_task(part) for part in parts]
    service = asyncio.gather(*tasks)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, service.cancel)
    try:
        with suppress(asyncio.CancelledError):
            await service
    finally:
        work.close()


async def _broadcast(broker: MqttBroker, broadcast: Broadcast) -> None:
    """On a connection of its own: its files wait for nothing else."""
    while True:
        try:
            async with broker.connect("hoistway-content-repository") as connection:
                await broadcast.run(connection)
        except BrokerLost as lost:
            log.info("the repository: %s; trying again", lost)
        await asyncio.sleep(RETRY_S)


_now = partial(datetime.now, UTC)
