"""What is on every bus and port: each driver asks at each address its part can have."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from drivers import accelerometers, doors
from drivers.errors import BusError, NoAnswer, WrongChip
from drivers.i2c import I2C
from drivers.serial import Serial


@dataclass(frozen=True, slots=True)
class Seen:
    """What answered, or what could not be asked, on a wire."""

    wire: str
    """Its path, for instance /dev/i2c-1."""
    address: int | None
    """7 bit; None on a serial port, or where the wire itself failed."""
    kind: Literal["accelerometer", "door", "unknown"]
    module: str
    """The driver's file, for the configuration; empty when unknown."""
    said: str
    """The part's name, or why there is none."""


def on_buses(paths: Sequence[str], opened: Callable[[str], I2C]) -> Iterator[Seen]:
    """Everything on these I2C buses. An address at which something else answers is told once, with what each
    driver read there."""
    for path in paths:
        try:
            bus = opened(path)
        except BusError as error:
            yield Seen(path, None, "unknown", "", str(error))
            continue
        for address, kinds in sorted(_addresses().items()):
            seen = _at(path, bus, address, kinds)
            if seen is not None:
                yield seen


def on_ports(paths: Sequence[str], opened: Callable[[str, int], Serial]) -> Iterator[Seen]:
    """Everything on these serial ports. Only ports that somebody named: a sensor is asked by writing to it, and
    what hangs on another port may be a controller that must not hear a word from us."""
    for path in paths:
        yield _on_port(path, opened)


Kind = Literal["accelerometer", "door"]


def _addresses() -> dict[int, list[tuple[Kind, str]]]:
    """By address, the drivers that may find their part there. Chips with an identity are asked first, then the
    PCF8574, which is only read: asked for an MCP23017's registers, it would put them on its pins, and the relays on
    them would pull."""
    found: dict[int, list[tuple[Kind, str]]] = {}
    for name in accelerometers.names():
        for address in accelerometers.find(name).ADDRESSES:
            found.setdefault(address, []).append(("accelerometer", name))
    for name in sorted(doors.names(), key=lambda name: name != "pcf8574"):
        module = doors.find(name)
        for address in module.ADDRESSES if module.WIRE == "i2c" else ():
            found.setdefault(address, []).append(("door", name))
    return found


def _at(path: str, bus: I2C, address: int, drivers: list[tuple[Kind, str]]) -> Seen | None:
    wrong: list[str] = []
    for kind, name in drivers:
        try:
            part = _probe(bus, address, kind, name)
        except NoAnswer:
            if not wrong:
                return None
        except WrongChip as error:
            wrong.append(str(error).partition(": ")[2])
        except BusError as error:
            return Seen(path, address, "unknown", "", str(error))
        else:
            return Seen(path, address, kind, name, part)
    return Seen(path, address, "unknown", "", "; ".join(wrong)) if wrong else None


def _probe(bus: I2C, address: int, kind: Kind, name: str) -> str:
    """The part's name. Raises BusError."""
    if kind == "accelerometer":
        module = accelerometers.find(name)
        return module.probe(bus, address, range_g=module.RANGES_G[0]).name
    sensor = doors.find(name)
    return sensor.probe(bus, address, sensor.Settings()).name


def _on_port(path: str, opened: Callable[[str, int], Serial]) -> Seen:
    silent: list[str] = []
    for name in doors.names():
        module = doors.find(name)
        if module.WIRE != "serial":
            continue
        try:
            part = module.probe(opened(path, module.BAUD), 0, module.Settings()).name
        except BusError as error:
            silent.append(f"{name}: {error}")
        else:
            return Seen(path, None, "door", name, part)
    return Seen(path, None, "unknown", "", "; ".join(silent) or "there is no driver for a serial sensor")
