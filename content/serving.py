"""The command `hoistway-content serve`: the collector and publisher on a real broker."""

import asyncio
import logging
import signal
from argparse import Namespace
from contextlib import closing, suppress
from datetime import UTC, datetime

from content.commands import BadInput
from content.desk import Desk
from content.mqtt import MqttBroker
from content.service import Service
from content.work import OneThread


def serve(options: Namespace, _utc: datetime) -> None:
    """Serve until the program is told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    host, port = options.broker
    broker = MqttBroker(host, port, username=options.username, password=_password(options))
    with closing(Desk(options.desk)) as desk:
        asyncio.run(_run(broker, desk))


async def _run(broker: MqttBroker, desk: Desk) -> None:
    work = OneThread("desk")
    service = asyncio.create_task(Service(broker, desk, work, utc=lambda: datetime.now(UTC)).run())
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, service.cancel)
    try:
        with suppress(asyncio.CancelledError):
            await service
    finally:
        work.close()


def _password(options: Namespace) -> str | None:
    if options.password_file is None:
        return None
    try:
        password: str = options.password_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"--password-file {options.password_file}: {error}") from error
    return password
