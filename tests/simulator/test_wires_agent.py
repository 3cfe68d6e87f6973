"""The unmodified agent process on simulated wires: what it tells, what is on the glass, and how it comes back."""

import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from securesystemslib.signer import CryptoSigner

from agent.stage import IDLE
from content.envelope import public_text
from content.page import Pixels
from drivers import accelerometers, doors
from simulator import chips
from simulator.servers import free_port
from tests.agent_rig import SIZE, looks_like
from tests.wires_rig import Board, board, until

BUS, PORT = "/dev/i2c-1", "/dev/ttyUSB0"
LOST_WITHIN_S, BACK_WITHIN_S = 2.0, 5.0
"""What the project promises."""
SCENARIO = """
[elevator]
rides = false
[[bus]]
chip = [{ name = "adxl355", address = 0x1d }, { name = "mcp23017", address = 0x20 }]
[[port]]
path = "/dev/ttyUSB0"
device = "tfmini"
[screen]
width = 480
height = 800
"""
CONFIG = """
[car]
name = "tower-a-lift-2"
area = "cn/sichuan/chengdu/tower-a/lift-2"
building = { zh = "锦江花园 A座", en = "Jinjiang Garden, Tower A" }
lift = { zh = "A座 2号梯", en = "Tower A, lift 2" }
time_zone = "Asia/Shanghai"
[accelerometer]
chip = "adxl355"
[door]
DOOR
[screen]
kind = "framebuffer"
target = "/dev/fb0"
width = 480
height = 800
[broker]
host = "127.0.0.1"
port = BROKER
[trust]
key = "KEY"
[store]
folder = "STORE"
"""
SWITCHES = 'sensor = "mcp23017"'
DISTANCE = 'sensor = "tfmini"'


@dataclass
class Display:
    """An agent that runs on a board."""

    board: Board
    folder: Path
    seen: int = 0
    """Events with this sequence or a lower one are old."""

    def tell(self, line: str) -> None:
        """Something happens to the board; only events after it count from now on."""
        self.seen = max((number for number, _ in self._events()), default=0)
        assert self.board.tell(line) == "ok"

    def events(self, kind: str, **fields: Any) -> list[dict[str, Any]]:
        """Events of a kind since the last thing that happened to the board, with these fields."""
        told = [event for number, event in self._events() if number > self.seen and event["kind"] == kind]
        return [event["body"] for event in told if fields.items() <= event["body"].items()]

    def told(self, kind: str, within_s: float, **fields: Any) -> dict[str, Any]:
        """The first such event; waits for it."""
        until(lambda: bool(self.events(kind, **fields)), f"{kind} {fields}; log:\n{self.log}", within_s)
        return self.events(kind, **fields)[0]

    def _events(self) -> list[tuple[int, dict[str, Any]]]:
        path = self.folder / "store" / "hoistway.sqlite"
        try:
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as store:
                rows = store.execute("SELECT sequence, event FROM outbox ORDER BY sequence").fetchall()
        except sqlite3.OperationalError:
            return []  # not made yet
        return [(number, json.loads(event)) for number, event in rows]

    @property
    def log(self) -> str:
        """What the agent wrote."""
        return (self.folder / "log").read_text(encoding="utf-8")

    @property
    def glass(self) -> Pixels:
        """What the framebuffer shows, shape (height, width, 3)."""
        words = np.frombuffer((self.folder / "pixels").read_bytes(), np.uint8)
        return words.reshape(SIZE[1], SIZE[0], 4)[:, :, 2::-1]

    def felt(self) -> int:
        """How often the accelerometer was asked."""
        return int(self.board.tell(f"transfers {BUS} 0x1d"))


@contextmanager
def display(folder: Path, door: str = SWITCHES) -> Iterator[Display]:
    """The agent on the wires, with its sensors found, until left."""
    config, key = folder / "hoistway.toml", public_text(CryptoSigner.generate_ed25519())
    text = CONFIG.replace("DOOR", door).replace("BROKER", str(free_port())).replace("KEY", key)
    config.write_text(text.replace("STORE", str(folder / "store")), encoding="utf-8")
    scenario = SCENARIO + f'file = "{folder / "pixels"}"'
    program = (sys.executable, "-m", "agent", "run", "--config", str(config))
    with (folder / "log").open("wb") as log, board(scenario, program, stderr=log) as running:
        one = Display(running, folder)
        one.told("sensor-found", 20.0, sensor="accelerometer")
        one.told("sensor-found", 20.0, sensor="door")
        yield one
        assert running.process.poll() is None, one.log


def test_the_sensors_are_found_and_the_page_is_on_the_glass(tmp_path: Path) -> None:
    with display(tmp_path) as running:
        assert running.events("sensor-found", sensor="accelerometer")[0]["part"] == "ADXL355"
        running.told("door-moved", 5.0, door="closed")
        until(lambda: looks_like(running.glass, IDLE), "the idle page")
        running.tell("door 1")
        running.told("door-moved", 5.0, door="open")


def test_an_unplugged_accelerometer_is_told_and_felt_again_when_it_is_back(tmp_path: Path) -> None:
    with display(tmp_path) as running:
        running.tell(f"unplug {BUS} 0x1d")
        lost = running.told("sensor-lost", LOST_WITHIN_S, sensor="accelerometer")
        assert "no acknowledge" in lost["reason"]
        before = running.glass
        running.tell(f"plug {BUS} 0x1d")
        running.told("sensor-found", BACK_WITHIN_S, sensor="accelerometer")
        asked = running.felt()
        until(lambda: running.felt() > asked + 20, "samples", BACK_WITHIN_S)
        assert not running.events("sensor-lost")
        assert looks_like(before, IDLE)


def test_a_chip_whose_power_was_cut_for_a_moment_is_set_up_again(tmp_path: Path) -> None:
    with display(tmp_path) as running:
        running.tell(f"plug {BUS} 0x1d")
        lost = running.told("sensor-lost", LOST_WITHIN_S, sensor="accelerometer")
        assert "did it lose its power?" in lost["reason"]
        running.told("sensor-found", BACK_WITHIN_S, sensor="accelerometer")


def test_another_chip_at_the_address_is_one_clear_line(tmp_path: Path) -> None:
    with display(tmp_path) as running:
        running.tell(f"swap {BUS} 0x1d adxl345")
        until(lambda: "this chip answered E5" in running.log, "the line", BACK_WITHIN_S)
        lines = [line for line in running.log.splitlines() if "this chip answered" in line]
        assert len(lines) == 1
        assert "accelerometer lost: address 0x1d: an ADXL355 answers AD 1D ED" in lines[0]
        assert "Traceback" not in running.log


@pytest.mark.parametrize("error", ["ETIMEDOUT", "EBUSY"])
def test_a_stuck_bus_is_told_with_its_reason_and_used_again_when_it_is_free(
    tmp_path: Path, error: str
) -> None:
    reason = {"ETIMEDOUT": "the bus timed out", "EBUSY": "the bus or the address is busy"}[error]
    with display(tmp_path) as running:
        running.tell(f"stuck {BUS} {error} 0.05")
        for sensor in ("accelerometer", "door"):
            assert reason in running.told("sensor-lost", LOST_WITHIN_S, sensor=sensor)["reason"]
        running.tell(f"free {BUS}")
        for sensor in ("accelerometer", "door"):
            running.told("sensor-found", BACK_WITHIN_S, sensor=sensor)


def test_samples_lost_to_a_silent_bus_are_told(tmp_path: Path) -> None:
    with display(tmp_path) as running:
        asked = running.felt()
        until(lambda: running.felt() > asked + 4, "samples")
        running.tell(f"silent {BUS} 0.6")
        running.told("samples-lost", BACK_WITHIN_S, sensor="accelerometer")
        assert not running.events("sensor-lost", sensor="accelerometer")


def test_a_serial_door_sensor_is_unplugged_and_comes_back(tmp_path: Path) -> None:
    with display(tmp_path, DISTANCE) as running:
        running.tell(f"unplug-port {PORT}")
        running.told("sensor-lost", LOST_WITHIN_S, sensor="door")
        running.tell(f"plug-port {PORT}")
        running.told("sensor-found", BACK_WITHIN_S, sensor="door")
        running.tell(f"corrupt {PORT} 40")
        running.tell(f"drop {PORT} 13")
        running.tell("door 1")
        running.told("door-moved", 6.0)
        assert not running.events("sensor-lost", sensor="door")


READS = """
from drivers import accelerometers, doors
from drivers.i2c import LinuxI2C
import time
import numpy as np
"""


@pytest.fixture(scope="module")
def every() -> Iterator[Board]:
    """A board with each chip on a bus of its own."""
    names = sorted({*accelerometers.names(), *(name for name in doors.names() if name in chips.names())})
    ports = [name for name in doors.names() if doors.find(name).WIRE == "serial"]
    text = "[elevator]\nrides = false\n"
    for number, name in enumerate(names):
        module = accelerometers.find(name) if name in accelerometers.names() else doors.find(name)
        text += f'[[bus]]\npath = "/dev/i2c-{number}"\nhz = 400000\n'
        text += f'chip = [{{ name = "{name}", address = {module.ADDRESSES[0]} }}]\n'
    for name in ports:
        text += f'[[port]]\npath = "/dev/tty-{name}"\ndevice = "{name}"\n'
    with board(text) as running:
        running.buses = {name: f"/dev/i2c-{number}" for number, name in enumerate(names)}
        yield running


@pytest.mark.parametrize("name", accelerometers.names())
def test_every_accelerometer_feels_gravity_over_the_wires(every: Board, name: str) -> None:
    code = (
        READS
        + f"""
module = accelerometers.find({name!r})
chip = module.probe(LinuxI2C({every.buses[name]!r}), module.ADDRESSES[0], range_g=2)
runs = []
while sum(map(len, runs)) < 30:
    time.sleep(chip.poll_s / 4)
    runs.append(chip.read().acceleration)
value = np.concatenate(runs).mean(axis=0).tolist()
"""
    )
    assert every.run(code) == pytest.approx([0, 0, 9.80665], abs=0.1)


@pytest.mark.parametrize("name", doors.names())
def test_every_door_sensor_sees_a_closed_door_over_the_wires(every: Board, name: str) -> None:
    code = (
        READS
        + f"""
from drivers.serial import LinuxSerial
module = doors.find({name!r})
wire = LinuxI2C({every.buses.get(name)!r}) if module.WIRE == "i2c" else LinuxSerial("/dev/tty-{name}", module.BAUD)
sensor = module.probe(wire, (module.ADDRESSES or (0,))[0], module.Settings())
seen = set()
while doors.Door.CLOSED not in seen and len(seen) < 3:
    time.sleep(sensor.poll_s)
    seen.add(sensor.read())
value = doors.Door.CLOSED in seen
"""
    )
    assert every.run(code) is True
