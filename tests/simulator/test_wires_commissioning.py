"""The installer's commands, unmodified, on simulated wires: from a board nobody knows to what has to be mended."""

import json
import subprocess
import sys
from pathlib import Path

from securesystemslib.signer import CryptoSigner

from content.envelope import public_text
from simulator.servers import free_port
from tests.wires_rig import ROOT, command, environment

SCENARIO = """
[elevator]
rides = false
[[bus]]
chip = [{ name = "lsm6dso", address = 0x6a }, { name = "pcf8574", address = 0x38 }]
"""


def agent(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`hoistway-agent WORDS` on the wires."""
    scenario = folder / "scenario.toml"
    scenario.write_text(SCENARIO, encoding="utf-8")
    return subprocess.run(
        command("--scenario", str(scenario), program=[sys.executable, "-m", "agent", *words]),
        env=environment(folder), cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_probe_shows_what_is_there_and_the_configuration_for_it(tmp_path: Path) -> None:
    done = agent(tmp_path, "probe")
    assert done.returncode == 0, done.stderr
    assert "/dev/i2c-1  0x6a     accelerometer  LSM6DSO" in done.stdout
    assert "/dev/i2c-1  0x38     door           PCF8574" in done.stdout
    assert 'chip = "lsm6dso"' in done.stdout
    assert 'sensor = "pcf8574"' in done.stdout
    seen = json.loads(agent(tmp_path, "probe", "--json").stdout)
    assert [(one["address"], one["module"]) for one in seen] == [(0x38, "pcf8574"), (0x6A, "lsm6dso")]


def test_a_configuration_is_written_for_what_is_there_then_checked_and_kept(tmp_path: Path) -> None:
    config = tmp_path / "hoistway.toml"
    assert agent(tmp_path, "config", "--write", str(config)).returncode == 0
    refused = agent(tmp_path, "config", "--write", str(config))
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    unfinished = agent(tmp_path, "config", "--config", str(config))
    assert (unfinished.returncode, unfinished.stderr.count("\n")) == (2, 1)
    assert "64 hexadecimal digits" in unfinished.stderr
    text = config.read_text(encoding="utf-8")
    text = text.replace("PUT-THE-64-DIGITS-HERE", public_text(CryptoSigner.generate_ed25519()))
    text = text.replace('"broker.example"', '"127.0.0.1"').replace("port = 1883", f"port = {free_port()}")
    config.write_text(text.replace("/var/lib/hoistway", str(tmp_path / "lib")), encoding="utf-8")
    assert agent(tmp_path, "config", "--config", str(config)).returncode == 0
    done = agent(tmp_path, "check", "--config", str(config), "--unattended", "--json")
    assert done.returncode == 1, done.stderr
    record = json.loads(done.stdout)
    verdicts = {one["check"]: one["verdict"] for one in record["findings"]}
    assert verdicts.pop("broker") == "fail", "nobody listens at that port"
    assert {name for name, verdict in verdicts.items() if verdict == "skipped"} == {"door", "screen"}
    assert {name for name, verdict in verdicts.items() if verdict == "pass"} == verdicts.keys() - {
        "door",
        "screen",
    }
    assert (tmp_path / "lib" / "glass" / "0001.png").exists()
