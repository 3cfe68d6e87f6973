"""The command `hoistway-agent`, for installers: checks, configures and runs the display on its real wires."""

import argparse
import logging
import sys
from pathlib import Path

from agent import commands
from agent.agent import VERSION
from agent.config import ConfigError
from agent.store import StoreError
from content.message import BadMessage
from drivers.screens import ScreenError


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and do it; errors of the user are one line and exit code 2."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        code: int = options.do(options)
    except (ConfigError, StoreError, ScreenError, BadMessage, commands.InUse) as error:
        print(f"hoistway-agent: {error}", file=sys.stderr)
        return commands.USAGE
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hoistway-agent", description="The smart display in an elevator car."
    )
    parser.add_argument("--version", action="version", version=VERSION)
    kinds = parser.add_subparsers(metavar="COMMAND", required=True)
    run = kinds.add_parser("run", help="run the display")
    probe = kinds.add_parser("probe", help="what is on every bus and port, and the configuration for it")
    config = kinds.add_parser("config", help="check a configuration, or write one for what is connected")
    check = kinds.add_parser("check", help="check the display, guided, on the terminal and on the glass")
    for parser_of, do in (
        (run, commands.run),
        (probe, commands.probe),
        (config, commands.config),
        (check, commands.check),
    ):
        parser_of.set_defaults(do=do)
    bring = kinds.add_parser(
        "import", help="take the signed repository from a folder, for instance a USB stick"
    )
    bring.add_argument("folder", type=Path, metavar="FOLDER", help="what hoistway-content export wrote")
    bring.set_defaults(do=commands.bring)
    for parser_of in (run, config, check, bring):
        parser_of.add_argument("--config", type=Path, metavar="FILE", default=Path("/etc/hoistway/hoistway.toml"),
                               help="the configuration file (default: %(default)s)")  # fmt: skip
    config.add_argument(
        "--write", type=Path, metavar="FILE", help="write a commented one for what is connected"
    )
    for parser_of in (probe, config):
        parser_of.add_argument(
            "--bus", action="append", metavar="PATH", help="an I2C bus (default: all there are)"
        )
        parser_of.add_argument("--port", action="append", metavar="PATH",
                               help="a serial port that a door sensor hangs on; others are left alone")  # fmt: skip
    for parser_of in (probe, check):
        parser_of.add_argument("--json", action="store_true", help="for programs")
    check.add_argument("--unattended", action="store_true", help="nobody is there: skip what needs a person")
    return parser


if __name__ == "__main__":
    sys.exit(main())
