"""What the shim talks to: a Unix socket for each bus, and one for whoever controls the board."""

import socketserver
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from io import BufferedIOBase
from pathlib import Path

from simulator.wires.wire import READ, Message, Wire

HEADER = struct.Struct("=HH")
MESSAGE = struct.Struct("=HHH")
STOPS_S = 0.05
"""A server looks so often whether it is to stop."""
ANSWER = struct.Struct("=iI")


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """One thread a connection. Listens from the beginning, answers from start on."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 32

    def __init__(self, path: Path, serve: Callable[[BufferedIOBase, BufferedIOBase], None]) -> None:
        """Serve connections at a path; serve is given both directions of one, until it is closed."""

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                # The program may end in the middle of a call.
                with suppress(ConnectionError, struct.error):
                    serve(self.rfile, self.wfile)

        super().__init__(str(path), Handler)
        name = f"server {path.name}"
        self._thread = threading.Thread(target=self.serve_forever, args=(STOPS_S,), name=name, daemon=True)

    def start(self) -> None:
        """Answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer nobody any more."""
        if self._thread.is_alive():
            self.shutdown()
        self.server_close()


def bus_server(path: Path, wire: Wire) -> Server:
    """The server of a bus."""

    def serve(heard: BufferedIOBase, told: BufferedIOBase) -> None:
        while header := heard.read(HEADER.size):
            count, address = HEADER.unpack(header)
            error, answer = wire.transfer(_messages(heard, count)) if count else (wire.claim(address), b"")
            told.write(ANSWER.pack(error, len(answer)) + answer)

    return Server(path, serve)


def _messages(heard: BufferedIOBase, count: int) -> list[Message]:
    headers = list(MESSAGE.iter_unpack(heard.read(count * MESSAGE.size)))
    return [
        Message(address, length, None if flags & READ else heard.read(length))
        for address, flags, length in headers
    ]


def control_server(path: Path, tell: Callable[[str], str]) -> Server:
    """A line in, a line out."""

    def serve(heard: BufferedIOBase, told: BufferedIOBase) -> None:
        for line in heard:
            told.write(tell(line.decode(errors="replace").strip()).encode() + b"\n")

    return Server(path, serve)
