"""What can go wrong on a wire; foreign errors become one of these in the wire's own file.

BusError            a transfer failed
  NoAnswer          nobody acknowledged the address
  WrongChip         somebody else answered
  ReadingError      the chip answered with something that cannot be a measurement
"""


class BusError(Exception):
    """A transfer failed; the text says on which bus, at which address, and why."""


class NoAnswer(BusError):
    """Nobody acknowledged the address: unplugged, unpowered, or another address strap."""


class WrongChip(BusError):
    """The identity registers hold something else; the text says what answered."""


class ReadingError(BusError):
    """The chip answered with something that cannot be a measurement."""
