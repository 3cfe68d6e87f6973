"""MCP23017 (Microchip) port expander with the end switches on port A, each to ground; names from its datasheet.

A contact that is made pulls its pin low; the chip's own pull-ups hold the others high. Unless the settings say
otherwise, GPA0 is the switch of the closed end and GPA1 that of the open end, both normally open.
"""

from typing import cast

from drivers.doors import Door
from drivers.errors import ReadingError, WrongChip
from drivers.i2c import I2C
from drivers.serial import Serial
from drivers.switches import EndSwitches, Wiring

WIRE = "i2c"
BAUD = 0
ADDRESSES = (0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27)

# Registers while IOCON.BANK = 0
IODIRA, IPOLA, IOCON, GPPUA, GPIOA = 0x00, 0x02, 0x0A, 0x0C, 0x12
IOCON_IN_BANK_1 = 0x05  # GPINTENB in bank 0, where 0 is harmless

INPUTS = 0x7F
PINS = range(7)


class Settings(Wiring, frozen=True, forbid_unknown_fields=True):
    """Inputs are the numbers of port A's pins: 0 is GPA0."""

    def __post_init__(self) -> None:
        """Refuse what cannot be wired. Raises ValueError."""
        if 7 in self.inputs():
            raise ValueError(
                "GPA7 cannot be an input: a change while it is read spoils the bus, so Microchip made it "
                "an output; use GPA0 to GPA6"
            )
        self.check(PINS)


class MCP23017:
    """A chip that was found and set up."""

    name = "MCP23017"

    def __init__(self, bus: I2C, address: int, settings: Settings) -> None:
        """Use a chip that is set up already; `probe` sets it up."""
        self._bus = bus
        self._address = address
        self._pulled = registers(settings)[GPPUA]
        self._switches = EndSwitches(settings, self._low(), bus.now())

    @property
    def poll_s(self) -> float:
        """Read again after this long."""
        return self._switches.poll_s

    def read(self) -> Door | None:
        """The door, debounced. Raises BusError; ReadingError when the chip forgot its settings."""
        return self._switches.door(self._low(), self._bus.now())

    def _low(self) -> int:
        """The inputs that are low; other pins may float. The read begins at GPPUA: a chip that lost its power has no pull-ups."""
        found = self._bus.read(self._address, GPPUA, GPIOA - GPPUA + 1)
        if found[0] != self._pulled:
            raise ReadingError(
                f"address 0x{self._address:02x}: the MCP23017 was reset "
                f"(GPPUA 0x{found[0]:02X}): did it lose its power?"
            )
        return ~found[-1] & self._pulled


def registers(settings: Settings) -> dict[int, int]:
    """What the chip is set to."""
    return {IODIRA: INPUTS, IPOLA: 0x00, IOCON: 0x00, GPPUA: sum(1 << pin for pin in settings.inputs())}


def probe(wire: I2C | Serial, address: int, settings: Settings) -> MCP23017:
    """Set the chip up and see that it holds it; it has no identity. Raises NoAnswer, WrongChip, BusError."""
    bus, wanted = cast("I2C", wire), registers(settings)
    # Whatever ran before may have left bank 1, where the registers have other addresses.
    bus.write(address, bytes((IOCON_IN_BANK_1, 0x00)))
    for register, value in wanted.items():
        bus.write(address, bytes((register, value)))
    found = bus.read(address, IODIRA, GPPUA + 1)
    kept = {register: found[register] for register in wanted}
    if kept != wanted:
        raise WrongChip(
            f"address 0x{address:02x}: an MCP23017 keeps {_hex(wanted)}, this chip answered {_hex(kept)}"
        )
    return MCP23017(bus, address, settings)


def _hex(values: dict[int, int]) -> str:
    """Values of IODIRA, IPOLA, IOCON, GPPUA."""
    return bytes(values.values()).hex(" ").upper()
