"""What each command of `hoistway-agent` does."""

import asyncio
import fcntl
import glob
import logging
import os
import pwd
import signal
import sys
from argparse import Namespace
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TextIO

import msgspec

from agent import heap
from agent.agent import Agent
from agent.commissioning import parts
from agent.commissioning.draft import draft
from agent.commissioning.findings import Record, lines
from agent.config import Config, ConfigError, ScreenSection
from agent.config_reading import languages_of, load, read, screen_of
from agent.stage import NOT_COMMISSIONED
from agent.wiring import Wires, build, open_screen
from content import layouts
from content.languages import Pair
from content.message import Text
from content.page import Site
from content.requests import Finding
from drivers import screens
from drivers.screens import ScreenError
from drivers.serial import LinuxSerial

log = logging.getLogger("hoistway.agent")

DONE, FAILED, USAGE, STOPPED = 0, 1, 2, 130
USER = "hoistway"
"""Who runs the display where deploy/hoistway.service does."""
NOWHERE = Site(Text("电梯", "Lift"), Text("电梯", "Lift"))
"""A display that does not know its place."""


class InUse(Exception):
    """Another program works with this display; the text says what to do."""


def run(options: Namespace) -> int:
    """Run the display until it is stopped."""
    try:
        config = load(options.config)
    except ConfigError:
        _show_not_commissioned(screen_of(options.config), languages_of(options.config))
        raise
    heap.settle()
    with _alone(config):
        asyncio.run(_until_stopped(Agent(build(config), config).run))
    return DONE


async def _until_stopped(work: Callable[[], Awaitable[None]]) -> None:
    task = asyncio.ensure_future(work())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        log.info("stopped; the glass keeps its last page")


@contextmanager
def _alone(config: Config) -> Iterator[None]:
    """Two programs on one bus would take samples from each other. Raises InUse, ConfigError."""
    folder = Path(config.store.folder)
    try:
        lock = locked(folder)
    except OSError as error:
        raise ConfigError(
            f"[store] folder: {folder}: {error.strerror}; name one that can be written"
        ) from error
    with lock:
        yield


def locked(folder: Path) -> TextIO:
    """The display that keeps its state there is this program's until the file is closed. Raises InUse, OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise InUse(f"the display is in use: stop the other program that runs it ({folder}/lock)") from error
    return lock


def _show_not_commissioned(section: ScreenSection | None, languages: Pair | None) -> None:
    """Without a configuration the glass says so, as long as its screen is known; passengers still read
    whom to call."""
    if section is None or section.kind not in screens.names():
        return
    try:
        screen = open_screen(section)
        site = replace(NOWHERE, languages=languages or NOWHERE.languages)
        screen.show(layouts.draw(NOT_COMMISSIONED, site, screen.size).pixels)
    except ScreenError as error:
        print(f"hoistway-agent: {error}", file=sys.stderr)


def config(options: Namespace) -> int:
    """Say that a configuration is good, or all that is wrong with it; or write one."""
    if options.write is not None:
        return _write(options)
    good, found = read(options.config)
    for fault in found:
        print(f"hoistway-agent: {fault}", file=sys.stderr)
    if good is None:
        return USAGE
    print(f"{options.config}: good, for {good.car.name} at {good.car.area}")
    return DONE


def _write(options: Namespace) -> int:
    """A configuration of what is connected. What is there already is not written over."""
    text = draft(_seen(options))
    try:
        with options.write.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        print(
            f"hoistway-agent: {options.write} is there already; name another file, or move it away",
            file=sys.stderr,
        )
        return USAGE
    except OSError as error:
        print(f"hoistway-agent: {options.write}: {error.strerror}", file=sys.stderr)
        return USAGE
    print(
        f"{options.write}: written; fill in what stands in capitals, then hoistway-agent config --config {options.write}"
    )
    return DONE


def enrol(options: Namespace) -> int:
    """Take the bundle of this display; where there is no configuration yet, with one of what is connected."""
    from agent.commissioning import enrolment  # noqa: PLC0415 - what only this command needs, a running display does not load

    bundle = enrolment.read(options.bundle)
    try:
        before = options.config.read_text(encoding="utf-8")
    except FileNotFoundError:
        before = draft(_seen(options))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{options.config}: {error}; mend it, or move it away") from error
    config = enrolment.enrol(bundle, options.config, before, partial(_give, options.user))
    print(
        f"{options.config}: {config.car.name} at {config.car.area}, broker {config.broker.host}\n"
        f"Read its other sections, then hoistway-agent check. Wipe {options.bundle}: {enrolment.KEY} is who this car is."
    )
    return DONE


def _give(user: str | None, path: Path) -> None:
    """Papers written by root are for whoever runs the display. Raises ConfigError."""
    try:
        account = pwd.getpwnam(user or USER)
    except KeyError as error:
        if user is None:
            return
        raise ConfigError(f"--user {user}: there is none; name the user that runs the display") from error
    if user is not None or os.geteuid() == 0:
        os.chown(path, account.pw_uid, account.pw_gid)


def probe(options: Namespace) -> int:
    """Show what is on every bus and port, and what the configuration would be."""
    seen = _seen(options)
    if options.json:
        print(msgspec.json.encode(seen).decode())
    else:
        print("\n".join(_rows(seen)) if seen else "nothing answers on any bus or port")
        print(f"\n{draft(seen, only_parts=True)}")
    return DONE if any(one.module for one in seen) else FAILED


def _seen(options: Namespace) -> list[parts.Seen]:
    wires = Wires()
    buses = options.bus or sorted(glob.glob("/dev/i2c-*"))
    return [*parts.on_buses(buses, wires.bus), *parts.on_ports(options.port or [], LinuxSerial)]


def _rows(seen: list[parts.Seen]) -> list[str]:
    rows = [("WIRE", "ADDRESS", "KIND", "PART")]
    rows += [
        (one.wire, "" if one.address is None else f"0x{one.address:02x}", one.kind, one.said) for one in seen
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return [
        "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3])).rstrip()
        for row in rows
    ]


def bring(options: Namespace) -> int:
    """Take the signed repository from a folder, for instance on a USB stick."""
    from agent.files import Files  # noqa: PLC0415 - what only this command needs, a running display does not load
    from agent.repository import Repository, from_folder  # noqa: PLC0415

    config = load(options.config)
    if config.trust.root is None:
        raise ConfigError(
            f"{options.config}: [trust] has no root: there is nothing to believe a repository by"
        )
    _require_repository(options.folder)
    now = datetime.now(UTC)
    with _alone(config):
        repository = Repository(
            Path(config.trust.root).read_bytes(),
            config.car.area,
            Files(Path(config.store.folder) / "repository"),
        )
        repository.load()
        done = from_folder(repository, options.folder, now)
    print(
        f"{options.folder}: {len(done.content.published)} publications verified; shown from the next start on"
    )
    return DONE


def _require_repository(folder: Path) -> None:
    """Without these two files nothing of it can be read. Raises ConfigError."""
    from content.repository.names import INDEX, TIMESTAMP  # noqa: PLC0415 - as for import

    what = "name the folder that hoistway-content export wrote"
    if not folder.is_dir():
        raise ConfigError(f"{folder}: is not there, or no folder; {what}")
    for name in (TIMESTAMP, INDEX):
        if not (folder / name).is_file():
            raise ConfigError(f"{folder}: holds no repository: {name} is missing; {what}")


def check(options: Namespace) -> int:
    """Check the display, guided. Interrupted, it leaves nothing and can be begun again."""
    config = load(options.config)
    person = None if options.unattended or not sys.stdin.isatty() else _Terminal()
    with _alone(config):
        try:
            record = asyncio.run(_check(config, person, (lambda _: None) if options.json else _tell))
        except KeyboardInterrupt:
            print("\nhoistway-agent: stopped; nothing is kept, begin again when you like", file=sys.stderr)
            return STOPPED
    if options.json:
        print(msgspec.json.encode(record).decode())
    else:
        print("\nready" if record.ready else "\nnot ready: mend what failed, then check again")
    return DONE if record.ready else FAILED


async def _check(config: Config, person: "_Terminal | None", told: Callable[[Finding], None]) -> Record:
    from agent.commissioning.check import Check, remember  # noqa: PLC0415 - as for import

    board = build(config)
    check = Check(board, config, person, told)
    record = await check.run()
    await remember(board, record, check.up)
    return record


def _tell(finding: Finding) -> None:
    print("\n".join(lines([finding])), flush=True)


class _Terminal:
    """Whoever types."""

    def say(self, words: str) -> None:
        print(f"-> {words}", file=sys.stderr, flush=True)

    async def ask(self, question: str) -> bool:
        """The line is waited for by the loop: a thread in input() would keep a stopped check from ending."""
        print(f"-> {question} [y/n] ", end="", file=sys.stderr, flush=True)
        loop, typed = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(sys.stdin, typed.set)
        try:
            await typed.wait()
        finally:
            loop.remove_reader(sys.stdin)
        line = sys.stdin.readline()
        if not line:
            raise KeyboardInterrupt  # the terminal was closed: the same as Ctrl-C
        return line.strip().lower().startswith("y")
