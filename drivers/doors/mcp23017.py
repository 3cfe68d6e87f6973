"""MCP23017 (Microchip) port expander with two reed or limit switches to ground; register names from its datasheet.

GPA0 is low when the door is fully closed, GPA1 when it is fully open; the chip's own pull-ups hold them high.
"""

from typing import cast

from msgspec import Struct

from drivers.doors import Door
from drivers.errors import ReadingError, WrongChip
from drivers.i2c import I2C
from drivers.serial import Serial

WIRE = "i2c"
BAUD = 0
ADDRESSES = (0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27)

# Registers while IOCON.BANK = 0
IODIRA, IPOLA, IOCON, GPPUA, GPIOA = 0x00, 0x02, 0x0A, 0x0C, 0x12
IOCON_IN_BANK_1 = 0x05  # GPINTENB in bank 0, where 0 is harmless

CLOSED_SWITCH, OPEN_SWITCH = 0x01, 0x02
SWITCHES = CLOSED_SWITCH | OPEN_SWITCH
# GPA7 must not be an input: Microchip made it an output, as a change during a read spoils the bus.
SETTINGS = {IODIRA: 0x7F, IPOLA: 0x00, IOCON: 0x00, GPPUA: SWITCHES}

DEBOUNCE_S = 0.020
POLL_S, CONFIRM_S = 0.033, 0.025
"""A change is seen within the one and holds at the next reading, after the other: known within 58 ms."""
DOORS = {0: Door.MOVING, CLOSED_SWITCH: Door.CLOSED, OPEN_SWITCH: Door.OPEN}


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """The wiring is fixed."""


class MCP23017:
    """A chip that was found and set up."""

    name = "MCP23017"

    def __init__(self, bus: I2C, address: int) -> None:
        """Use a chip that is set up already; `probe` sets it up."""
        self._bus = bus
        self._address = address
        # Nothing came before the first reading, so there is nothing that it could have bounced from.
        self._held = self._last = self._switches()
        self._since = bus.now()
        self.poll_s = POLL_S

    def read(self) -> Door | None:
        """The door, once both switches are unchanged for 20 ms; None while both claim to be made.

        Raises BusError; ReadingError when the chip forgot its settings.
        """
        switches, now = self._switches(), self._bus.now()
        if switches != self._last:
            self._last, self._since = switches, now
        elif now - self._since >= DEBOUNCE_S:
            self._held = switches
        self.poll_s = POLL_S if self._held == switches else CONFIRM_S
        return DOORS.get(self._held)

    def _switches(self) -> int:
        """The switches that are made. The read begins at GPPUA: a chip that lost its power has no pull-ups."""
        registers = self._bus.read(self._address, GPPUA, GPIOA - GPPUA + 1)
        if registers[0] != SETTINGS[GPPUA]:
            raise ReadingError(
                f"address 0x{self._address:02x}: the MCP23017 was reset "
                f"(GPPUA 0x{registers[0]:02X}): did it lose its power?"
            )
        return ~registers[-1] & SWITCHES


def probe(wire: I2C | Serial, address: int, settings: Settings) -> MCP23017:
    """Set the chip up and see that it holds it; it has no identity. Raises NoAnswer, WrongChip, BusError."""
    bus = cast("I2C", wire)
    # Whatever ran before may have left bank 1, where the registers have other addresses.
    bus.write(address, bytes((IOCON_IN_BANK_1, 0x00)))
    for register, value in SETTINGS.items():
        bus.write(address, bytes((register, value)))
    found = bus.read(address, IODIRA, GPPUA + 1)
    kept = {register: found[register] for register in SETTINGS}
    if kept != SETTINGS:
        wanted, answered = (_hex(settings) for settings in (SETTINGS, kept))
        raise WrongChip(f"address 0x{address:02x}: an MCP23017 keeps {wanted}, this chip answered {answered}")
    return MCP23017(bus, address)


def _hex(settings: dict[int, int]) -> str:
    """Values of IODIRA, IPOLA, IOCON, GPPUA."""
    return bytes(settings.values()).hex(" ").upper()
