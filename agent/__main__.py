"""The command `hoistway-agent`, for installers: runs the display on its real wires."""

import argparse
import asyncio
import logging
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from agent.agent import VERSION, Agent
from agent.board import Board, Wired
from agent.clock import Clock
from agent.config import Config, ConfigError, DoorSection, ScreenSection, load, screen_of
from agent.stage import NOT_COMMISSIONED
from agent.store import Store, StoreError
from content import layouts
from content.message import Text
from content.mqtt import MqttBroker
from content.page import Site
from content.work import OneThread, Work
from drivers import accelerometers, doors, screens
from drivers.accelerometers import Accelerometer
from drivers.doors import DoorSensor
from drivers.i2c import LinuxI2C
from drivers.screens import ScreenError

NOWHERE = Site(Text("电梯", "Lift"), Text("电梯", "Lift"))
"""A display that does not know its place."""


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and run; errors of the user are one line and exit code 2."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        config = load(Path(options.config))
        if options.command == "config":
            print(f"{options.config}: good, for {config.car.name} at {config.car.area}")
            return 0
        asyncio.run(_run(config))
    except ConfigError as error:
        print(f"hoistway-agent: {error}", file=sys.stderr)
        if options.command == "run":
            _show_not_commissioned(screen_of(Path(options.config)))
        return 2
    except (StoreError, ScreenError) as error:
        print(f"hoistway-agent: {error}", file=sys.stderr)
        return 2
    return 0


def _show_not_commissioned(section: ScreenSection | None) -> None:
    """Without a configuration the glass says so, as long as its screen is known; passengers still read
    whom to call."""
    if section is None or section.kind not in screens.names():
        return
    try:
        screen = screens.find(section.kind).open_screen(section.target, (section.width, section.height))
        screen.show(layouts.draw(NOT_COMMISSIONED, NOWHERE, screen.size).pixels)
    except ScreenError as error:
        print(f"hoistway-agent: {error}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hoistway-agent", description="The smart display in an elevator car."
    )
    parser.add_argument("--version", action="version", version=VERSION)
    parser.add_argument(
        "command", choices=["run", "config"], help="run the display, or check its configuration"
    )
    parser.add_argument(
        "--config",
        default="/etc/hoistway/hoistway.toml",
        help="the configuration file (default: %(default)s)",
    )
    return parser


async def _run(config: Config) -> None:
    board = build(config)
    agent = asyncio.create_task(Agent(board, config).run(), name="agent")
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, agent.cancel)
    try:
        await agent
    except asyncio.CancelledError:
        logging.getLogger("hoistway.agent").info("stopped; the glass keeps its last page")


def build(config: Config) -> Board:
    """The board of a real device. Raises ConfigError, StoreError, ScreenError."""
    wires = _Wires()
    section = config.screen
    screen = screens.find(section.kind).open_screen(section.target, (section.width, section.height))
    return Board(
        accelerometer=_accelerometer(config, wires),
        door=None if config.door is None else _door(config.door, wires),
        screen=screen,
        broker=_broker(config),
        clock=Clock(time.monotonic, lambda: datetime.now(UTC)),
        store=Store(Path(config.store.folder)),
        disk=OneThread("disk"),
        drawing=OneThread("drawing"),
    )


class _Wires:
    """One thread owns one bus and all its chips. A bus is opened by the first probe, in its thread, so that
    a bus that is not there is a lost sensor and not the end."""

    def __init__(self) -> None:
        self._buses: dict[str, LinuxI2C] = {}
        self._threads: dict[str, Work] = {}

    def bus(self, path: str) -> LinuxI2C:
        """The open bus. Raises BusError. Blocks."""
        if path not in self._buses:
            self._buses[path] = LinuxI2C(path)
        return self._buses[path]

    def thread(self, path: str) -> Work:
        """The bus's thread."""
        return self._threads.setdefault(path, OneThread(f"bus {path}"))


def _accelerometer(config: Config, wires: _Wires) -> Wired[Accelerometer]:
    section = config.accelerometer
    driver = accelerometers.find(section.chip)
    address = driver.ADDRESSES[0] if section.address is None else section.address
    return Wired(
        lambda: driver.probe(wires.bus(section.bus), address, range_g=section.range_g),
        wires.thread(section.bus),
    )


def _door(section: DoorSection, wires: _Wires) -> Wired[DoorSensor]:
    driver = doors.find(section.sensor)
    address = driver.ADDRESSES[0] if section.address is None else section.address
    return Wired(lambda: driver.probe(wires.bus(section.bus), address), wires.thread(section.bus))


def _broker(config: Config) -> MqttBroker:
    section = config.broker
    password = None
    if section.password_file is not None:
        try:
            password = Path(section.password_file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigError(f"[broker] password_file: {section.password_file}: {error.strerror}") from error
    return MqttBroker(section.host, section.port, username=section.username, password=password)


if __name__ == "__main__":
    sys.exit(main())
