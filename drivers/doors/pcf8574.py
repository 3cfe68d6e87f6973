"""PCF8574 and PCF8574A (NXP, TI) port expanders with the end switches on P0 to P7, each to ground.

The chip has no registers: the byte written is what its latch drives, a read gives the pins. A 1 in the latch is only
a weak pull-up, so that a pin can be read; after power comes back the latch is all 1, which is what is wanted here.
"""

from typing import cast

from drivers.doors import Door
from drivers.errors import WrongChip
from drivers.i2c import I2C
from drivers.serial import Serial
from drivers.switches import EndSwitches, Wiring

WIRE = "i2c"
BAUD = 0
ADDRESSES = (*range(0x20, 0x28), *range(0x38, 0x40))
"""The PCF8574's, then the PCF8574A's."""

ALL_INPUTS = 0xFF
PINS = range(8)
SAME = 24
"""So many bytes in a row are the same pins; of a chip with registers they would be more than an MCP23017 has."""
TRIES = 3


class Settings(Wiring, frozen=True, forbid_unknown_fields=True):
    """Inputs are the numbers of the pins: 0 is P0."""

    def __post_init__(self) -> None:
        """Refuse what cannot be wired. Raises ValueError."""
        self.check(PINS)


class PCF8574:
    """A chip that was found."""

    name = "PCF8574"

    def __init__(self, bus: I2C, address: int, settings: Settings) -> None:
        """Use a chip; `probe` looks whether it can be one."""
        self._bus = bus
        self._address = address
        self._switches = EndSwitches(settings, self._low(), bus.now())

    @property
    def poll_s(self) -> float:
        """Read again after this long."""
        return self._switches.poll_s

    def read(self) -> Door | None:
        """The door, debounced. Raises BusError."""
        return self._switches.door(self._low(), self._bus.now())

    def _low(self) -> int:
        """The pins that are low. The latch is written before each read: another program may have used the chip."""
        return ~self._bus.read(self._address, ALL_INPUTS, 1)[0] & 0xFF


def probe(wire: I2C | Serial, address: int, settings: Settings) -> PCF8574:
    """See that what answers has no registers; more cannot be known of it. Raises NoAnswer, WrongChip, BusError.

    A contact that bounces just then spoils a look, so there are three.
    """
    bus = cast("I2C", wire)
    looks = [bus.read(address, ALL_INPUTS, SAME) for _ in range(TRIES)]
    if all(len(set(look)) > 1 for look in looks):
        raise WrongChip(
            f"address 0x{address:02x}: a PCF8574 gives its pins again and again, this chip answered "
            f"{looks[-1][:8].hex(' ').upper()} ...: is it an MCP23017?"
        )
    return PCF8574(bus, address, settings)
