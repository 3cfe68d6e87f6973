"""Brokers as child processes: one that cannot listen says so, and none stays behind."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.__main__ import main
from simulator.servers import EPHEMERAL, HOST, LOWEST_PORT, Nats, NoServer, Server, free_port
from tests.wires_rig import ROOT, environment, until

STARTS = """
import asyncio, sys
from pathlib import Path
from simulator.servers import Nats
async def start():
    await Nats(Path(sys.argv[1]), port=int(sys.argv[2])).start()
    print("up", flush=True)
    await asyncio.Event().wait()
asyncio.run(start())
"""


def answers(port: int) -> bool:
    with socket.socket() as wire:
        return wire.connect_ex((HOST, port)) == 0


def test_a_busy_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(NoServer, match=f"^port {port} is in use: stop what .* with --port$"):
            asyncio.run(Nats(tmp_path, port=port).start())


def test_a_broker_that_ends_at_once_is_told_with_its_last_words(tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    said = r"^the broker ended at once: .*users\.conf: no such file or directory; see .*/server\.log$"
    with pytest.raises(NoServer, match=said):
        asyncio.run(Nats(tmp_path, etc=papers).start())


class Silent(Server):
    """A broker that ends without a word."""

    def command(self) -> list[str]:
        return ["false"]


def test_what_an_earlier_run_wrote_is_not_taken_for_the_last_words(tmp_path: Path) -> None:
    (tmp_path / "server.log").write_text("an earlier run\n", encoding="utf-8")
    with pytest.raises(NoServer, match=r"^the broker ended at once: it said nothing; see"):
        asyncio.run(Silent(tmp_path).start())


def test_a_free_port_is_none_that_somebody_who_connects_may_be_given() -> None:
    lowest = max(int(EPHEMERAL.read_text().split()[0]), 2 * LOWEST_PORT)
    assert {LOWEST_PORT <= free_port() < lowest for _ in range(100)} == {True}


async def test_a_start_that_is_cancelled_leaves_no_server(tmp_path: Path) -> None:
    server = Nats(tmp_path)
    starting = asyncio.ensure_future(server.start())
    await asyncio.sleep(0)  # the process is there, and has not answered
    process = server._process
    assert process is not None
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert process.returncode == -signal.SIGKILL


def test_a_server_ends_with_the_program_that_started_it_even_when_that_is_killed(tmp_path: Path) -> None:
    port = free_port()
    words = [sys.executable, "-c", STARTS, str(tmp_path), str(port)]
    with subprocess.Popen(words, cwd=ROOT, env=environment(tmp_path), stdout=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"up\n"
        assert answers(port)
        program.kill()
    until(lambda: not answers(port), "the end of the server")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("disply",), "invalid choice: 'disply'"),
        (("display",), "required: BUNDLE; `hoistway-simulator display --help` shows how"),
        (("broker", "x", "--port", "many"), "'many' is no port"),
    ],
)
def test_a_wrong_command_line_is_told_in_one_line(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(list(words))
    told = capsys.readouterr().err
    assert said in told
    assert told.startswith("hoistway-simulator: ")
    assert told.count("\n") == 1


def test_a_file_in_place_of_a_folder_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert main(["demo", "--headless", "--out", str(tmp_path / "file")]) == 2
    assert capsys.readouterr().err == f"hoistway-simulator: {tmp_path}/file: File exists; name a folder\n"


@pytest.mark.parametrize("program", ["simulator", "agent", "content"])
def test_ctrl_c_while_a_command_loads_is_no_traceback(program: str, tmp_path: Path) -> None:
    """A module of ours that Ctrl-C hits, in place of the one that every command loads."""
    (tmp_path / "msgspec.py").write_text(
        f"import os, signal\nos.kill(os.getpid(), {int(signal.SIGINT)})\n", encoding="utf-8"
    )
    words = [sys.executable, "-c", f"import sys; from {program}.__main__ import main; sys.exit(main(['x']))"]
    paths = {**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"}
    done = subprocess.run(
        words, check=False, cwd=tmp_path, env=paths, capture_output=True, text=True, timeout=20
    )
    assert (done.returncode, done.stderr.strip()) == (130, f"hoistway-{program}: stopped")
