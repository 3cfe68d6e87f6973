"""The command `hoistway-agent`, for installers: checks, configures and runs the display on its real wires."""

import argparse
import logging
import sys
from pathlib import Path

from content.command_line import USAGE, Parser, until_stopped


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line and do it; errors of the user are one line and exit code 2, and an early Ctrl-C is 130."""
    return until_stopped("hoistway-agent", lambda: _main(arguments))


def _main(arguments: list[str] | None) -> int:
    # Loading takes seconds on a small computer, and Ctrl-C must not show where it was: so no import of ours stands
    # at the top, but of the one that loads nothing.
    from agent.commands import InUse  # noqa: PLC0415
    from agent.config import ConfigError  # noqa: PLC0415
    from agent.store import StoreError  # noqa: PLC0415
    from content.message import BadMessage  # noqa: PLC0415
    from drivers.screens import ScreenError  # noqa: PLC0415

    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("tuf").setLevel(logging.WARNING)  # it tells of every key that two of three do not need
    try:
        code: int = options.do(options)
    except (ConfigError, StoreError, ScreenError, BadMessage, InUse) as error:
        print(f"hoistway-agent: {error}", file=sys.stderr)
        return USAGE
    return code


def _parser() -> argparse.ArgumentParser:
    from agent import commands  # noqa: PLC0415 - as in _main
    from agent.agent import VERSION  # noqa: PLC0415

    parser = Parser(prog="hoistway-agent", description="The smart display in an elevator car.")
    parser.add_argument("--version", action="version", version=VERSION)
    kinds = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, do, about in (
        ("run", commands.run, "run the display"),
        ("probe", commands.probe, "what is on every bus and port, and the configuration for it"),
        ("config", commands.config, "check a configuration, or write one for what is connected"),
        ("enrol", commands.enrol, "take the bundle that the content managers made for this display"),
        ("check", commands.check, "check the display, guided, on the terminal and on the glass"),
        ("import", commands.bring, "take the signed repository from a folder, for instance a USB stick"),
    ):
        kinds.add_parser(name, help=about, description=about).set_defaults(do=do)
    _options(**kinds.choices)
    kinds.choices["import"].add_argument(
        "folder", type=Path, metavar="FOLDER", help="what hoistway-content export wrote"
    )
    return parser


def _options(
    run: argparse.ArgumentParser,
    probe: argparse.ArgumentParser,
    config: argparse.ArgumentParser,
    enrol: argparse.ArgumentParser,
    check: argparse.ArgumentParser,
    **others: argparse.ArgumentParser,
) -> None:
    for parser in (run, config, enrol, check, *others.values()):
        parser.add_argument("--config", type=Path, metavar="FILE", default=Path("/etc/hoistway/hoistway.toml"),
                            help="the configuration file (default: %(default)s)")  # fmt: skip
    config.add_argument(
        "--write", type=Path, metavar="FILE", help="write a commented one for what is connected"
    )
    enrol.add_argument(
        "bundle", type=Path, metavar="BUNDLE", help="the folder that hoistway-content enrol wrote"
    )
    enrol.add_argument(
        "--user", metavar="NAME", help="who runs the display and reads its key (default: hoistway, where there is one)"
    )  # fmt: skip
    for parser in (probe, config, enrol):
        parser.add_argument(
            "--bus", action="append", metavar="PATH", help="an I2C bus (default: all there are)"
        )
        parser.add_argument("--port", action="append", metavar="PATH",
                            help="a serial port that a door sensor hangs on; others are left alone")  # fmt: skip
    for parser in (probe, check):
        parser.add_argument("--json", action="store_true", help="for programs")
    check.add_argument("--unattended", action="store_true", help="nobody is there: skip what needs a person")


if __name__ == "__main__":
    sys.exit(main())
