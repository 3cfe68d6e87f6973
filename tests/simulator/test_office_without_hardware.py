"""A manager without hardware: a broker on the office's own papers, an enrolled display whose glass is on a page."""

import json
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import numpy as np
import pytest
from PIL import Image

from content.__main__ import main as content
from simulator.__main__ import main as simulator
from simulator.office import car
from simulator.servers import HOST, free_port, tls
from tests.wires_rig import ROOT, environment, until

CAR, PLACE = "lift-2", "cn/sichuan/chengdu/tower-a/lift-2"


@contextmanager
def running(folder: Path, *words: str) -> Iterator[Path]:
    """A command of the simulator, until left; gives what it prints."""
    said = folder / f"{words[0]}.log"
    with said.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "simulator", *words],
            cwd=ROOT,
            env=environment(folder),
            stdout=log,
            stderr=log,
        )
        try:
            until(
                lambda: "Ctrl-C ends it" in said.read_text(encoding="utf-8") or process.poll() is not None,
                words[0],
            )
            assert process.poll() is None, said.read_text(encoding="utf-8")
            yield said
        finally:
            process.terminate()
            process.wait(20)
    assert "Traceback" not in said.read_text(encoding="utf-8")


@contextmanager
def serving(folder: Path, office: Path) -> Iterator[None]:
    """The service, which brings the repository to the broker: it names who may ask."""
    words = [
        sys.executable,
        "-m",
        "content",
        "serve",
        "--office",
        str(office),
    ]
    process = subprocess.Popen(words, cwd=ROOT, env=environment(folder), stderr=subprocess.DEVNULL)
    try:
        yield
        assert process.poll() is None
    finally:
        process.terminate()
        process.wait(20)


def does(*words: str) -> None:
    assert content(list(words)) == 0


def fetched(address: str) -> bytes:
    """What is there; nothing while it is not."""
    try:
        with urlopen(address, timeout=5) as answer:
            data: bytes = answer.read() if "stream" not in address else answer.readline()
            return data
    except URLError:
        return b""


def test_a_car_enrolled_while_the_broker_runs_is_on_the_page_with_what_it_shows(tmp_path: Path) -> None:
    office, broker, page = tmp_path / "office", free_port(), free_port()
    does("init", str(office), "--area", "cn/sichuan", "--broker", f"{HOST}:{broker}")
    with (
        running(tmp_path, "broker", str(office / "broker"), "--port", str(broker)),
        serving(tmp_path, office),
    ):
        names = ("--building-zh", "锦江花园", "--lift-zh", "2号梯", "--time-zone", "Asia/Shanghai")
        does("enrol", CAR, "--office", str(office), "--area", PLACE, *names)
        bundle, folder = str(office / "bundles" / CAR), str(tmp_path / "display")
        words = ("display", bundle, "--folder", folder, "--size", "480x800", "--port", str(page))
        with running(tmp_path, *words):
            at = f"http://{HOST}:{page}/"
            until(lambda: bool(fetched(f"{at}glass.png")), "the glass")
            with Image.open(BytesIO(fetched(f"{at}glass.png"))) as glass:
                assert glass.size == (480, 800)
            present = json.loads(fetched(f"{at}stream").removeprefix(b"data: "))
            assert present["car"] == CAR
            assert (present["width"], present["height"]) == (480, 800)
            assert simulator(["display", bundle, "--folder", folder]) == 2, "it is in use"
            assert "idle page" in present["because"]
            assert b'src="glass.png' in fetched(at) or b"glass.png?" in fetched(at)
            until(
                lambda: content(["ask", CAR, "self-check", "--office", str(office), "--wait-s", "5"]) == 0,
                "an answer of the car, which the broker knows since its line was read",
            )


def test_an_earthquake_shakes_a_car_that_stands_and_its_door_opens_afterwards() -> None:
    elevator, times = car(1, 13.0), np.arange(0.0, 60.0, 0.01)
    shaking = np.abs(elevator.acceleration(times)[:, :2]).max(axis=1)
    assert shaking[times < 5].max() < 0.1
    assert shaking[(times >= 13) & (times < 33)].max() > 0.25, (
        "25 gal, which the detector believes when it lasts"
    )
    assert {elevator.floor(float(time)) for time in times} == {2}
    opened = [time for time in times if elevator.door_opening(float(time)) > 0]
    assert 33 <= opened[0] <= 34


def shown(office: Path, port: int) -> bytes | None:
    """The certificate with which a broker answers."""
    broker = office / "broker"
    context = tls(broker, "hoistway.manager").context()
    with (
        socket.create_connection((HOST, port)) as wire,
        context.wrap_socket(wire, server_hostname=HOST) as secured,
    ):
        return secured.getpeercert(binary_form=True)


def test_a_broker_whose_papers_are_renewed_has_the_new_ones_at_once(tmp_path: Path) -> None:
    office, broker = tmp_path / "office", free_port()
    does("init", str(office), "--area", "cn/sichuan", "--broker", f"{HOST}:{broker}")
    with running(tmp_path, "broker", str(office / "broker"), "--port", str(broker)):
        before = shown(office, broker)
        does("renew", "broker", "--name", f"localhost:{broker}", "--yes", "--office", str(office))
        until(lambda: shown(office, broker) != before, "the new papers")
        assert shown(office, broker) == ssl.PEM_cert_to_DER_cert(
            (office / "broker" / "server.pem").read_text()
        )


@pytest.mark.parametrize("words", [("broker", "nowhere"), ("display", "nowhere")])
def test_a_folder_that_is_not_there_is_named(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ["--folder", str(tmp_path / "display")] if words[0] == "display" else []
    assert simulator([*words, *folder]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "nowhere" in said
    assert "hoistway-content" in said
