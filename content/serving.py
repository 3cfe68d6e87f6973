"""The command `hoistway-content serve`: the collector and publisher on a real broker."""

import asyncio
import logging
import signal
from argparse import Namespace
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from content.commands import BadInput
from content.commands.connecting import broker_of
from content.commands.office import REPOSITORY
from content.commands.repository_desk import beside, desk_at
from content.desk import Desk
from content.mqtt import MqttBroker
from content.repository.broadcast import Broadcast
from content.repository.contents import alert_keys_in
from content.repository.disk import Folder
from content.service import Service
from content.work import OneThread, Work

log = logging.getLogger("hoistway.content")


def serve(options: Namespace, _utc: datetime) -> None:
    """Serve until the program is told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    broker = broker_of(options)
    if (options.repository is None) != (options.keys is None):
        raise BadInput("--repository and --keys belong together: the key ring keeps the timestamp fresh")
    if options.repository is None and beside(options.desk):
        raise BadInput(f"a {REPOSITORY} lies beside the desk: name it with --repository, and its --keys")
    log.info("serving %s; Ctrl-C ends it", options.desk)
    with closing(desk_at(options.desk, options.repository)) as desk:
        asyncio.run(_run(options, broker, desk))


async def _run(options: Namespace, broker: MqttBroker, desk: Desk) -> None:
    work = OneThread("desk")
    service = asyncio.create_task(_service(options, broker, desk, work).run())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, service.cancel)
    try:
        with suppress(asyncio.CancelledError):
            await service
    finally:
        work.close()


def _service(options: Namespace, broker: MqttBroker, desk: Desk, work: Work) -> Service:
    folder: Path | None = options.repository
    keep = timedelta(days=options.keep_days)
    if folder is None:
        return Service(broker, desk, work, utc=_now, address=broker.address, keep=keep)
    broadcast = Broadcast(folder, options.keys, work, _now)
    return Service(
        broker, desk, work, utc=_now, beside=broadcast.run, address=broker.address, keep=keep,
        believed=lambda data: alert_keys_in(Folder(folder)).unseal(data),
    )  # fmt: skip


_now = partial(datetime.now, UTC)
