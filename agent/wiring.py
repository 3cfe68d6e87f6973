"""The board of a real device: its buses and ports, and the threads that own them."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from agent.board import Board, Wired
from agent.clock import Clock
from agent.config import AccelerometerSection, BrokerSection, Config, ConfigError, DoorSection, ScreenSection
from agent.store import Store
from content.mqtt import MqttBroker
from content.tls import Tls
from content.work import OneThread, Work
from drivers import accelerometers, doors, screens
from drivers.accelerometers import Accelerometer
from drivers.doors import DoorSensor
from drivers.i2c import LinuxI2C
from drivers.screens import Screen
from drivers.serial import LinuxSerial


class Wires:
    """One thread owns one bus and all its chips. A wire is opened by the first probe, in its thread, so that one
    that is not there is a lost sensor and not the end."""

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


def build(config: Config) -> Board:
    """The board of a real device. Raises ConfigError, StoreError, ScreenError."""
    wires = Wires()
    return Board(
        accelerometer=_accelerometer(config.accelerometer, wires),
        door=None if config.door is None else _door(config.door, wires),
        screen=open_screen(config.screen),
        broker=broker_of(config.broker),
        clock=Clock(time.monotonic, lambda: datetime.now(UTC)),
        store=Store(Path(config.store.folder)),
        disk=OneThread("disk"),
        drawing=OneThread("drawing"),
    )


def open_screen(section: ScreenSection) -> Screen:
    """The screen of a configuration. Raises ScreenError."""
    size = (section.width, section.height)
    return screens.find(section.kind).open_screen(section.target, size, section.rotation)


def _accelerometer(section: AccelerometerSection, wires: Wires) -> Wired[Accelerometer]:
    driver = accelerometers.find(section.chip)
    address = driver.ADDRESSES[0] if section.address is None else section.address
    return Wired(
        lambda: driver.probe(
            wires.bus(section.bus), address, range_g=section.range_g, rate_hz=section.rate_hz
        ),
        wires.thread(section.bus),
    )


def _door(section: DoorSection, wires: Wires) -> Wired[DoorSensor]:
    driver = doors.find(section.sensor)
    settings = msgspec.convert(section.settings, driver.Settings)
    if driver.WIRE == "serial":
        # Asking a Modbus module blocks for 20 ms, and opening a port may block too.
        return Wired(_serial_door(section, settings), OneThread(f"port {section.port}"))
    address = driver.ADDRESSES[0] if section.address is None else section.address
    return Wired(lambda: driver.probe(wires.bus(section.bus), address, settings), wires.thread(section.bus))


def _serial_door(section: DoorSection, settings: object) -> Callable[[], DoorSensor]:
    driver = doors.find(section.sensor)
    port: LinuxSerial | None = None

    def probe() -> DoorSensor:
        """Open the port anew: after an unplug the old one is dead."""
        nonlocal port
        if port is not None:
            port.close()
        port = LinuxSerial(section.port, section.baud or driver.BAUD, section.parity)
        return driver.probe(port, 0, settings)

    return probe


def broker_of(section: BrokerSection) -> MqttBroker:
    """The broker of a configuration. Raises ConfigError."""
    password = None
    if section.password_file is not None:
        try:
            password = Path(section.password_file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigError(f"[broker] password_file: {section.password_file}: {error.strerror}") from error
    tls = _tls(section)
    port = section.port or (1883 if tls is None else 8883)
    return MqttBroker(section.host, port, tls=tls, username=section.username, password=password)


def _tls(section: BrokerSection) -> Tls | None:
    """Whether its files can be used is found at each connect: without them the glass goes on."""
    match section.ca, section.certificate, section.private_key:
        case str(ca), str(certificate), str(private_key):
            return Tls(Path(ca), Path(certificate), Path(private_key))
        case None, None, None:
            return None
    raise ConfigError("[broker] needs ca, certificate and private_key together, or none of them")
