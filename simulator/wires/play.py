"""A scenario while it is played: the bench, who serves it to the shim, and the steps that come with time."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from simulator.wires.bench import Bench
from simulator.wires.nodes import Nodes
from simulator.wires.scenario import Scenario, ScenarioError, Step
from simulator.wires.script import BadLine, parse
from simulator.wires.server import Server, bus_server, control_server

log = logging.getLogger("hoistway.simulator")

LOOK_S = 0.25
"""So often the car may begin a ride by itself."""


class Play:
    """Made, all is there; started, it answers, and time begins to bring what the steps say."""

    def __init__(self, scenario: Scenario, folder: Path, control: Path | None) -> None:
        """`folder` is for the shim, and its maker's to remove. Raises ScenarioError, OSError."""
        self.bench = Bench(scenario)
        self._steps = sorted(
            ((step.at, self._action(step)) for step in scenario.steps), key=lambda one: one[0]
        )
        self._nodes, self._control = Nodes(scenario, folder), control
        self._servers = [
            bus_server(socket, self.bench.wires[path]) for path, socket in self._nodes.sockets.items()
        ]
        self._servers.append(control_server(folder / "control", self.tell))
        if control is not None:
            self._servers.append(self._controlled(control))
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._play, name="steps", daemon=True)

    def start(self) -> None:
        """Answer, and play the steps."""
        for path, port in self.bench.ports.items():
            port.start(self._nodes.links[path])
        for server in self._servers:
            server.start()
        self._thread.start()

    def stop(self) -> None:
        """End all of it."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        for server in self._servers:
            server.stop()
        for port in self.bench.ports.values():
            port.stop()
        if self._control is not None:
            self._control.unlink(missing_ok=True)

    def tell(self, line: str) -> str:
        """Do what a line says; gives the answer."""
        try:
            return parse(line, self.bench)()
        except BadLine as error:
            return f"error: {error}"

    def _controlled(self, path: Path) -> Server:
        try:
            return control_server(path, self.tell)
        except OSError as error:
            reason = error.strerror or "its path is too long"
            raise ScenarioError(f"--control {path}: {reason}; name a path where nothing is") from error

    def _action(self, step: Step) -> Callable[[], str]:
        try:
            return parse(step.do, self.bench)
        except BadLine as error:
            raise ScenarioError(f"[[step]] {error}") from error

    def _play(self) -> None:
        began = time.monotonic()
        steps = list(self._steps)
        while True:
            passed = time.monotonic() - began
            while steps and steps[0][0] <= passed:
                self._take(*steps.pop(0))
            self.bench.ride_by_itself()
            due = min(LOOK_S, steps[0][0] - passed) if steps else LOOK_S
            if self._over.wait(max(due, 0.0)):
                return

    def _take(self, at: float, action: Callable[[], str]) -> None:
        try:
            action()
        except BadLine as error:
            log.warning("the step at %g s was not possible: %s", at, error)
