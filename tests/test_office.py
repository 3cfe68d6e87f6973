"""The whole way, with nothing but the three commands and a real broker: an office is founded, a display enrolled and
run on simulated wires, a message pushed, seen, and proved; a drill sent and ended; the car asked, released, revoked."""

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from content.commands.office import VARIABLE
from content.page import Pixels
from simulator.servers import DEPLOY, HOST, Mosquitto, Nats, Server
from tests import needed
from tests.wires_rig import ROOT, board, command, environment, until

CAR = "tower-a-lift-2"
TOWER = "cn/sichuan/chengdu/tower-a"
AREAS = f"""
[areas."{TOWER}"]
zh = "锦江花园 A座"
lifts = ["lift-1", "lift-2"]
"""
SCENARIO = """
[elevator]
rides = false
[[bus]]
chip = [{ name = "adxl355", address = 0x1d }, { name = "mcp23017", address = 0x20 }]
[screen]
width = 480
height = 800
"""
WORDS = (
    "--title-zh",
    "明日停水",
    "--title-en",
    "Water off",
    "--body-zh",
    "请储水",
    "--body-en",
    "Please store water.",
)


class Office:
    """A content manager in a terminal, with a folder."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder, self.server = folder, server
        self.office = folder / "office"

    def types(self, *words: str) -> str:
        """A command that is done; gives what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "content", *words],
            cwd=ROOT, env=self.environment(), capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def environment(self) -> dict[str, str]:
        return environment(self.folder) | {VARIABLE: str(self.office)}

    def reads(self, *words: str) -> Any:
        return json.loads(self.types(*words, "--json"))

    def of(self, car: str) -> dict[str, Any]:
        """The row of one car in `status`."""
        found: dict[str, Any] = self.reads("status").get(car, {})
        return found

    @contextmanager
    def serving(self) -> Iterator[None]:
        with (self.folder / "serve.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "content", "serve"], cwd=ROOT, env=self.environment(), stderr=log
            )
            try:
                yield
                assert process.poll() is None, (self.folder / "serve.log").read_text(encoding="utf-8")
            finally:
                process.terminate()
                process.wait(20)


@pytest.fixture(params=["nats", "mosquitto"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """Founded, with its broker running on the papers that it made."""
    (tmp_path / "broker").mkdir()
    papers = tmp_path / "office" / "broker"
    server: Server = Nats(tmp_path / "broker", etc=papers)
    if request.param == "mosquitto":
        needed.program("mosquitto", "mosquitto")
        server = Mosquitto(tmp_path / "broker", etc=papers)
    one = Office(tmp_path, server)
    one.types("init", str(one.office), "--area", "cn/sichuan", "--broker", f"{HOST}:{server.port}")
    (one.office / "areas.toml").write_text(AREAS, encoding="utf-8")
    shutil.copy(DEPLOY / "acl", papers)
    yield one
    server.kill()


def enrolled(office: Office) -> Path:
    """The configuration of a display whose installer took its bundle on its own board."""
    office.types(
        "enrol", CAR, "--area", f"{TOWER}/lift-2", "--time-zone", "Asia/Shanghai",
        "--building-zh", "锦江花园 A座", "--lift-zh", "A座 2号梯",
    )  # fmt: skip
    folder = office.folder / "display"
    folder.mkdir()
    (folder / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    config = folder / "hoistway.toml"
    words = [
        sys.executable,
        "-m",
        "agent",
        "enrol",
        str(office.office / "bundles" / CAR),
        "--config",
        str(config),
    ]
    done = subprocess.run(
        command("--scenario", str(folder / "scenario.toml"), program=words),
        cwd=ROOT, env=environment(office.folder), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    text = config.read_text(encoding="utf-8")
    assert 'chip = "adxl355"' in text
    for old, new in {
        'kind = "pictures"': 'kind = "framebuffer"',
        '"/var/lib/hoistway/glass"': '"/dev/fb0"',
        '"/var/lib/hoistway"': f'"{folder / "store"}"',
        "width = 1080": "width = 480",
        "height = 1920": "height = 800",
    }.items():
        assert old in text
        text = text.replace(old, new)
    config.write_text(text, encoding="utf-8")
    return config


@contextmanager
def running(office: Office, config: Path) -> Iterator[None]:
    """The display on its wires, until left; nothing that it wrote is a traceback."""
    program = (sys.executable, "-m", "agent", "run", "--config", str(config))
    with (office.folder / "agent.log").open("wb") as log, board(SCENARIO, program, stderr=log) as wires:
        yield
        assert wires.process.poll() is None
    assert "Traceback" not in (office.folder / "agent.log").read_text(encoding="utf-8")


def shows(office: Office, page: str) -> None:
    said = (office.folder / "agent.log").read_text
    until(
        lambda: str(office.of(CAR).get("page")).startswith(page),
        f"the page {page}; {said(encoding='utf-8')}",
        40.0,
    )


def test_from_an_empty_folder_to_a_lift_that_shows_and_proves_it(office: Office) -> None:
    config = enrolled(office)
    asyncio.run(office.server.start())
    with office.serving(), running(office, config):
        shows(office, "idle")
        pushes_a_message_that_is_shown_as_its_preview(office)
        drills_the_city_and_ends_it(office)
        asks_one_car_why(office)
        office.types("release", CAR)
        until(lambda: "release" in str(office.reads("events", CAR)), "the release")
        told = {event["kind"] for event in office.reads("events", CAR)}
        assert "refused" not in told, office.types("events", CAR)
    log = (office.server.folder / "server.log").read_text(encoding="utf-8", errors="replace")
    assert "already connected, closing old connection" not in log, "two of ours had one name"
    office.types("revoke", CAR, "--yes")
    assert not (office.office / "bundles" / CAR).exists()


def pushes_a_message_that_is_shown_as_its_preview(office: Office) -> None:
    picture, preview, glass = (office.folder / name for name in ("lobby.png", "preview.png", "glass.png"))
    Image.linear_gradient("L").resize((400, 300)).convert("RGB").save(picture)
    said = (*WORDS, "--picture", str(picture))
    office.types("preview", "message", str(preview), "--size", "480x800", *said,
                 "--building-zh", "锦江花园 A座", "--lift-zh", "A座 2号梯")  # fmt: skip
    office.types("message", "add", "--area", TOWER, "--id", "water", *said)
    office.types("publish")
    shows(office, "notice_with_picture")
    until(lambda: office.of(CAR)["has_all"] == "yes", "the display has all")
    office.types("ask", CAR, "screenshot", "--out", str(glass))
    expected, seen = (np.array(Image.open(path).convert("RGB")) for path in (preview, glass))
    assert differing(expected, seen) == 0


def differing(expected: Pixels, seen: Pixels) -> int:
    """How many pixels are others, where the preview has no minute."""
    differs = np.any(expected != seen, axis=2)
    rows, columns = np.nonzero(differs)
    minute = len(rows) and np.ptp(rows) < 40 and np.ptp(columns) < 120
    return 0 if minute else len(rows)


def drills_the_city_and_ends_it(office: Office) -> None:
    drill = (
        "--area",
        "cn/sichuan/chengdu",
        "--id",
        "drill-1",
        "--event",
        "earthquake",
        "--exercise",
        "--yes",
    )
    office.types("alert", "send", *drill)
    shows(office, "drill")
    office.types("alert", "cancel", "--id", "drill-1", "--yes")
    shows(office, "notice_with_picture")
    until(lambda: proved(office, "drill-1"), "the receipt of the drill")


def proved(office: Office, alert: str) -> bool:
    """Whether the display has told from when to when an alert was on its glass."""
    rows = office.reads("alert", "shown", alert)
    return any(row["car"] == CAR and row["shown"] == "yes" and row["until"] for row in rows)


def asks_one_car_why(office: Office) -> None:
    said = office.types("why", CAR)
    assert "shows the page notice_with_picture since" in said
    assert "The message water is due" in said
