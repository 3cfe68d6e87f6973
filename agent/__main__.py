"""The command `hoistway-agent`, for installers: runs the display on its real wires."""

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

from agent.agent import VERSION, Agent
from agent.config import Config, ConfigError, ScreenSection, load, screen_of
from agent.stage import NOT_COMMISSIONED
from agent.store import StoreError
from agent.wiring import build, open_screen
from content import layouts
from content.message import Text
from content.page import Site
from drivers import screens
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
        screen = open_screen(section)
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


if __name__ == "__main__":
    sys.exit(main())
