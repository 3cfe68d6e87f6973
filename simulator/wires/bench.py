"""The simulated board on the bench: a car, the buses and ports of a scenario, and the time since the start."""

import errno
import inspect
import random
import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from simulator import chips, lines
from simulator.building import storeys
from simulator.chips import Chip
from simulator.doors import contacts
from simulator.elevator import Elevator
from simulator.lines import Device
from simulator.wires.port import Port
from simulator.wires.scenario import BusSection, ChipSection, PortSection, Scenario, ScenarioError
from simulator.wires.wire import Wire

FIRST_RIDE_S = 5.0
RESTS_S = (20.0, 60.0)
"""How long the car stands between two rides of its own."""


class Bench:
    """All that is simulated. `lock` is held by whoever touches the car or a chip."""

    def __init__(self, scenario: Scenario, clock: Callable[[], float] = time.monotonic) -> None:
        """Switch all on; clock gives s. Raises ScenarioError."""
        self.lock = Lock()
        self._clock, self._began = clock, clock()
        car = scenario.elevator
        self.elevator = Elevator(storeys(car.storeys), seed=car.seed, floor=car.floor)
        self._random = random.Random(car.seed)
        self._rides, self._next_ride = car.rides, FIRST_RIDE_S
        self.wires = {bus.path: self._wire(bus) for bus in scenario.buses}
        self.ports = {
            port.path: Port(port.path, self._device(port), self.now, self.lock) for port in scenario.ports
        }

    def now(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._began

    def chip(self, section: ChipSection) -> Chip:
        """A chip in this car. Raises ScenarioError."""
        try:
            make = chips.find(section.name)
        except KeyError:
            raise ScenarioError(f"no chip {section.name!r}; there are {', '.join(chips.names())}") from None
        made: Chip = _made(make, section.name, section.settings, self._surroundings())
        return made

    def _surroundings(self) -> dict[str, Any]:
        """What a simulated part feels or sees, by the names that their classes give it."""
        opening = self.elevator.door_opening
        return {
            "signal": self.elevator.at_chip,
            "low": lambda now: contacts(opening(now)),
            "opening": opening,
        }

    def _wire(self, bus: BusSection) -> Wire:
        parts = {section.address: self.chip(section) for section in bus.chips}
        no_answer = getattr(errno, bus.no_answer)
        return Wire(parts, self.now, self.lock, hz=bus.hz, no_answer=no_answer)

    def _device(self, port: PortSection) -> Device:
        try:
            make = lines.find(port.device)
        except KeyError:
            known = ", ".join(lines.names())
            raise ScenarioError(f"{port.path}: no device {port.device!r}; there are {known}") from None
        made: Device = _made(make, port.device, port.settings, self._surroundings())
        return made

    def ride_by_itself(self) -> None:
        """Begin a ride when it is time for one; called often."""
        with self.lock:
            now = self.now()
            if not self._rides or now < max(self._next_ride, self.elevator.free_at):
                return
            here, floors = self.elevator.floor(now), len(self.elevator.building.heights_m)
            there = self._random.choice([floor for floor in range(floors) if floor != here])
            closed = self.elevator.open_door(now)
            arrived = self.elevator.ride(closed + 1.0, there)
            self._next_ride = self.elevator.open_door(arrived + 1.0) + self._random.uniform(*RESTS_S)


def _made(make: Callable[..., Any], name: str, settings: dict[str, Any], around: dict[str, Any]) -> Any:
    """Call a part's class with what it asks for. Raises ScenarioError."""
    asked = inspect.signature(make).parameters
    for key in settings:
        if key not in asked or key in around:
            allowed = ", ".join(name for name in asked if name not in around) or "none"
            raise ScenarioError(f"{name} has no setting {key!r}; it has {allowed}")
    try:
        return make(**{key: around[key] for key in asked if key in around}, **settings)
    except (TypeError, ValueError) as error:
        raise ScenarioError(f"{name}: {error}") from error
