"""The unmodified agent process at rest on simulated wires: its memory and its share of a core; and the wires' speed."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from securesystemslib.signer import CryptoSigner

from benchmarks.display import scratch
from benchmarks.report import Row
from content.envelope import public_text
from simulator.servers import free_port

MOST_MB, MOST_SHARE = 130.0, 0.03
SETTLES_S, MEASURED_S, PARTS = 20.0, 60.0, 6
"""The share is also taken of each part, which shows how steady the machine was."""
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
SCENARIO = """
[elevator]
rides = false
[[bus]]
chip = [{ name = "adxl355", address = 0x1d, settings = { rate_error = 0.01 } }, { name = "mcp23017", address = 0x20 }]
[screen]
"""
CONFIG = """
[car]
name = "bench"
area = "bench"
building = { zh = "锦江花园 A座", en = "Jinjiang Garden, Tower A" }
lift = { zh = "A座 2号梯", en = "Tower A, lift 2" }
time_zone = "Asia/Shanghai"
[accelerometer]
chip = "adxl355"
[door]
sensor = "mcp23017"
[screen]
kind = "framebuffer"
target = "/dev/fb0"
[broker]
host = "127.0.0.1"
port = BROKER
[trust]
key = "KEY"
[store]
folder = "STORE"
"""
SPEED = """
import json, time
from drivers.i2c import LinuxI2C

def rate(read):
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < 2.0:
        for _ in range(100):
            read()
        count += 100
    return count / (time.perf_counter() - began)

bus = LinuxI2C("/dev/i2c-1")
print(json.dumps([rate(lambda: bus.read(0x20, 0x12, 1)), rate(lambda: bus.read(0x1d, 0x11, 192))]))
"""


@dataclass(frozen=True, slots=True)
class Used:
    """What a process has used so far."""

    wall_s: float
    cpu_s: float
    rss_mb: float


def measure(_records: Path | None = None) -> Iterator[Row]:
    """The wires, then a minute of the agent."""
    byte, burst = _speed()
    yield Row("wires: reads of 1 byte through the shim", f"{byte:.0f} a second")
    yield Row("wires: reads of 192 bytes through the shim", f"{burst:.0f} a second")
    seen = _at_rest()
    shares = [(b.cpu_s - a.cpu_s) / (b.wall_s - a.wall_s) for a, b in pairwise(seen)]
    share = (seen[-1].cpu_s - seen[0].cpu_s) / (seen[-1].wall_s - seen[0].wall_s)
    memory = max(one.rss_mb for one in seen)
    what = "wires: the agent at rest, 125 Hz, 1080x1920"
    yield Row(f"{what}: memory", f"{memory:.0f} MB", f"<= {MOST_MB:.0f} MB", memory <= MOST_MB)
    yield Row(
        f"{what}: share of one core",
        f"{share:.1%} (of {PARTS} parts {min(shares):.1%} to {max(shares):.1%})",
        f"<= {MOST_SHARE:.0%}",
        share <= MOST_SHARE,
    )


def _speed() -> tuple[float, float]:
    with scratch() as folder:
        line = on_wires(folder, [sys.executable, "-c", SPEED])
        done = subprocess.run(line, check=True, capture_output=True, text=True, cwd=root())
    byte, burst = json.loads(done.stdout)
    return byte, burst


def _at_rest() -> list[Used]:
    """The agent's use at the ends of each part of the time."""
    with scratch() as folder:
        key = public_text(CryptoSigner.generate_ed25519())
        text = (
            CONFIG.replace("BROKER", str(free_port()))
            .replace("KEY", key)
            .replace("STORE", str(folder / "store"))
        )
        (folder / "hoistway.toml").write_text(text, encoding="utf-8")
        program = [sys.executable, "-m", "agent", "run", "--config", str(folder / "hoistway.toml")]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(on_wires(folder, program), stderr=log, cwd=root())
            try:
                time.sleep(SETTLES_S)
                seen = [used(child(process.pid))]
                for _ in range(PARTS):
                    time.sleep(MEASURED_S / PARTS)
                    seen.append(used(child(process.pid)))
            finally:
                process.terminate()
                process.wait()
    return seen


def on_wires(folder: Path, program: list[str]) -> list[str]:
    (folder / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    return [
        sys.executable,
        "-m",
        "simulator",
        "wires",
        "--scenario",
        str(folder / "scenario.toml"),
        "--",
        *program,
    ]


def root() -> Path:
    return Path(__file__).parents[1]


def child(parent: int) -> int:
    """The process that runs on the wires."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    return int(children[0])


def used(process: int) -> Used:
    stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    user, system, pages = int(stat[11]), int(stat[12]), int(stat[21])
    return Used(time.monotonic(), (user + system) * TICK_S, pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
