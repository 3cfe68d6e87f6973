"""A whole display on simulated wires, with its content service: what agent/__main__.py builds on real ones."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

from securesystemslib.signer import CryptoSigner

from agent.agent import Agent
from agent.board import Board, Wired
from agent.clock import Clock
from agent.config import (
    AccelerometerSection,
    BrokerSection,
    CarSection,
    Config,
    DoorSection,
    Named,
    ScreenSection,
    StoreSection,
    TrustSection,
)
from agent.detection.felt import Seismoscope
from agent.store import Store
from content.broker import Broker
from content.desk import Desk
from content.envelope import public_text
from content.service import Service
from content.wire import Event
from content.work import Work
from drivers import accelerometers, doors
from drivers.samples import Samples
from drivers.screens import Screen
from simulator.chips import Chip, accelerometer
from simulator.doors import chip as door_chip
from simulator.elevator import Elevator
from simulator.i2c import SimulatedI2C

CHIP, SENSOR = 0x1D, 0x20


@dataclass(frozen=True)
class Surroundings:
    """What a simulated display stands in: simulated or real time, threads or none, which broker."""

    now: Callable[[], float]
    utc: Callable[[], datetime]
    work: Callable[[str], Work]
    """Makes a place for blocking work, by its name."""
    broker: Broker
    folder: Path
    """For the stores of the display and of the content side."""
    screen: Screen
    seed: int = 0
    noise: bool = True
    rate_error: float = 0.01
    """How much faster than nominal the chip's clock runs."""


Tap = Callable[[Samples, Seismoscope], None]
"""Is told of all samples, in car axes, after the detector."""


@dataclass(frozen=True)
class Display:
    """One car with its display."""

    elevator: Elevator
    bus: SimulatedI2C
    board: Board
    agent: Agent

    def close(self) -> None:
        """Finish what was begun."""
        for work in (self.board.disk, self.board.drawing, self.board.accelerometer.work):
            work.close()
        self.board.store.close()


@dataclass(frozen=True)
class World(Display):
    """One car and its content service."""

    service: Service
    desk: Desk
    signer: CryptoSigner

    def close(self) -> None:
        """Finish what was begun."""
        super().close()
        self.desk.close()


def build(
    elevator: Elevator,
    around: Surroundings,
    *,
    told: Callable[[str, Event], None] = lambda _car, _event: None,
    tap: Tap = lambda _samples, _scope: None,
) -> World:
    """A display, and a service with a key that it believes."""
    signer = CryptoSigner.generate_ed25519()
    one = display(elevator, around, configuration(around, public_text(signer)), tap)
    desk = Desk(around.folder / "desk.sqlite")
    service = Service(around.broker, desk, around.work("desk"), utc=around.utc, told=told, look_s=5.0)
    return World(one.elevator, one.bus, one.board, one.agent, service, desk, signer)


def display(
    elevator: Elevator, around: Surroundings, config: Config, tap: Tap = lambda _samples, _scope: None
) -> Display:
    """A car with an ADXL355 and a pair of reed switches on one simulated bus, whatever the configuration says of wires."""
    bus = SimulatedI2C(around.now, _chips(elevator, around))
    board = _board(bus, around)
    return Display(elevator, bus, board, Agent(board, config, tap=tap))


def _chips(elevator: Elevator, around: Surroundings) -> dict[int, Chip]:
    density = None if around.noise else 0.0
    felt = accelerometer("adxl355")(
        elevator.at_chip, rate_error=around.rate_error, noise_density=density, seed=around.seed
    )
    return {CHIP: felt, SENSOR: door_chip("mcp23017", elevator.door_opening)}


def _board(bus: SimulatedI2C, around: Surroundings) -> Board:
    wire = around.work("bus")
    return Board(
        accelerometer=Wired(lambda: accelerometers.find("adxl355").probe(bus, CHIP, range_g=2), wire),
        door=Wired(
            lambda: doors.find("mcp23017").probe(bus, SENSOR, doors.find("mcp23017").Settings()), wire
        ),
        screen=around.screen,
        broker=around.broker,
        clock=Clock(around.now, around.utc),
        store=Store(around.folder / "display"),
        disk=around.work("disk"),
        drawing=around.work("drawing"),
        random=Random(around.seed),
    )


def configuration(around: Surroundings, key: str) -> Config:
    """The configuration of the simulated display."""
    width, height = around.screen.size
    return Config(
        car=CarSection(
            name="tower-a-lift-2",
            area="cn/sichuan/chengdu/tower-a/lift-2",
            building=Named("锦江花园 A座", "Jinjiang Garden, Tower A"),
            lift=Named("A座 2号梯", "Tower A, lift 2"),
            time_zone="Asia/Shanghai",
        ),
        accelerometer=AccelerometerSection("adxl355"),
        door=DoorSection("mcp23017"),
        screen=ScreenSection("pictures", "", width, height),
        broker=BrokerSection("127.0.0.1"),
        trust=TrustSection(key),
        store=StoreSection(str(around.folder)),
    )
