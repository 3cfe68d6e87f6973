"""What can be done to a simulated board while it runs, one line each; in a scenario's steps and on the control socket.

Each line is a function here, its words are the function's parameters; docs/ci.md lists them.
"""

import errno
import inspect
from collections.abc import Callable
from functools import partial
from typing import Any, NewType

from simulator import chips
from simulator.elevator import Busy
from simulator.i2c import Between, Nack, TimedOut, Transfer
from simulator.recordings import Recording, load
from simulator.wires.bench import Bench
from simulator.wires.port import Port
from simulator.wires.scenario import ChipSection, ScenarioError
from simulator.wires.wire import Stuck, Wire

ERRORS = ("ETIMEDOUT", "EBUSY", "EAGAIN", "EIO", "EREMOTEIO")
SOON_S = 0.05
"""What the car does begins this long after it was asked for."""

Address = NewType("Address", int)
Errno = NewType("Errno", int)
ChipName = NewType("ChipName", str)


class BadLine(Exception):
    """A line that cannot be done; the text says why."""


def parse(text: str, bench: Bench) -> Callable[[], str]:
    """What a line asks for: called, it does that and gives the answer, or raises BadLine. Raises BadLine."""
    verb, *words = text.split() or [""]
    if verb not in ACTIONS:
        raise BadLine(f"{text!r}: there is no {verb!r}; there are {', '.join(ACTIONS)}")
    asked = list(inspect.signature(ACTIONS[verb]).parameters.values())[1:]
    if len(words) != len(asked):
        raise BadLine(f"{text!r}: write {' '.join([verb, *(one.name.upper() for one in asked)])}")
    try:
        values = [KINDS[one.annotation](bench, word) for one, word in zip(asked, words, strict=True)]
    except ValueError as error:
        raise BadLine(f"{text!r}: {error}") from error
    return partial(_do, ACTIONS[verb], bench, values)


def _do(action: Callable[..., object], bench: Bench, values: list[Any]) -> str:
    try:
        with bench.lock:
            answer = action(bench, *values)
    except (Busy, ScenarioError, IndexError) as error:
        raise BadLine(str(error)) from error
    return "ok" if answer is None else str(answer)


def unplug(_bench: Bench, bus: Wire, address: Address) -> None:
    bus.unplug(address)


def plug(_bench: Bench, bus: Wire, address: Address) -> None:
    bus.plug(address)


def swap(bench: Bench, bus: Wire, address: Address, chip: ChipName) -> None:
    bus.swap(address, bench.chip(ChipSection(chip, address)))


def nack(_bench: Bench, bus: Wire, address: Address, number: int) -> None:
    bus.bus.faults.append(Nack(address, Transfer(bus.bus.transfers[address] + number)))


def nack_for(_bench: Bench, bus: Wire, address: Address, seconds: float) -> None:
    bus.bus.faults.append(Nack(address, Between(bus.bus.now(), bus.bus.now() + seconds)))


def lose(_bench: Bench, bus: Wire, address: Address, number: int) -> None:
    bus.bus.faults.append(TimedOut(address, Transfer(bus.bus.transfers[address] + number)))


def stuck(_bench: Bench, bus: Wire, error: Errno, seconds: float) -> None:
    bus.stuck = Stuck(error, seconds)


def free(_bench: Bench, bus: Wire) -> None:
    bus.stuck = None


def slow(_bench: Bench, bus: Wire, seconds: float) -> None:
    bus.latency_s = seconds


def silent(bench: Bench, bus: Wire, seconds: float) -> None:
    bus.silent_until = bench.now() + seconds


def claim(_bench: Bench, bus: Wire, address: Address) -> None:
    bus.claimed.add(address)


def release(_bench: Bench, bus: Wire, address: Address) -> None:
    bus.claimed.discard(address)


def transfers(_bench: Bench, bus: Wire, address: Address) -> int:
    return bus.bus.transfers[address]


def unplug_port(_bench: Bench, port: Port) -> None:
    port.unplug()


def plug_port(_bench: Bench, port: Port) -> None:
    port.plug()


def drop(_bench: Bench, port: Port, number: int) -> None:
    port.harm["drop"] += number


def double(_bench: Bench, port: Port, number: int) -> None:
    port.harm["double"] += number


def corrupt(_bench: Bench, port: Port, number: int) -> None:
    port.harm["corrupt"] += number


def ride(bench: Bench, floor: int) -> None:
    bench.elevator.ride(bench.now() + SOON_S, floor)


def door(bench: Bench, seconds: float) -> None:
    bench.elevator.open_door(bench.now() + SOON_S, seconds)


def play(bench: Bench, recording: Recording) -> None:
    bench.elevator.play(recording, bench.now() + SOON_S)


def _wire(bench: Bench, word: str) -> Wire:
    if word not in bench.wires:
        raise ValueError(f"no bus {word}; there are {', '.join(bench.wires) or 'none'}")
    return bench.wires[word]


def _port(bench: Bench, word: str) -> Port:
    if word not in bench.ports:
        raise ValueError(f"no port {word}; there are {', '.join(bench.ports) or 'none'}")
    return bench.ports[word]


def _address(_bench: Bench, word: str) -> Address:
    try:
        return Address(int(word, 0))
    except ValueError:
        raise ValueError(f"{word!r} is no address; write it like 0x1d") from None


def _errno(_bench: Bench, word: str) -> Errno:
    if word not in ERRORS:
        raise ValueError(f"{word!r} is none of {', '.join(ERRORS)}")
    return Errno(getattr(errno, word))


def _number(_bench: Bench, word: str) -> int:
    if not word.isdecimal():
        raise ValueError(f"{word!r} is no whole number")
    return int(word)


def _seconds(_bench: Bench, word: str) -> float:
    try:
        seconds = float(word)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 1e6:
        raise ValueError(f"{word!r} is no time in seconds")
    return seconds


def _chip_name(_bench: Bench, word: str) -> ChipName:
    if word not in chips.names():
        raise ValueError(f"no chip {word!r}; there are {', '.join(chips.names())}")
    return ChipName(word)


def _recording(_bench: Bench, word: str) -> Recording:
    records = load()
    if word not in records:
        raise ValueError(f"no recording {word!r}; there are {', '.join(records)}")
    return records[word]


KINDS: dict[Any, Callable[[Bench, str], Any]] = {
    Wire: _wire, Port: _port, Address: _address, Errno: _errno, int: _number, float: _seconds, ChipName: _chip_name,
    Recording: _recording,
}  # fmt: skip
ACTIONS: dict[str, Callable[..., object]] = {
    action.__name__.replace("_", "-"): action
    for action in (
        unplug, plug, swap, nack, nack_for, lose, stuck, free, slow, silent, claim, release, transfers,
        unplug_port, plug_port, drop, double, corrupt, ride, door, play,
    )
}  # fmt: skip
