"""The two end switches of a door: debounced, and judged so that a cut wire is never taken for an open door.

Each end of the door's way has one switch. "Made" means that current flows through a contact; a cut wire is a contact
that is never made. What is wired decides what a cut looks like:

**normally_open**, one wire an end, made while the door is there:

    closed  open    door
    made    -       CLOSED
    -       made    OPEN
    -       -       MOVING; BLOCKED after `blocked_after_s`; unknown after `unknown_after_s`
    made    made    unknown: impossible

A cut wire makes an end look like the way between the ends: moving, blocked, then unknown; never open, never closed.

**change_over**, two wires an end: also the normally closed contact (nc), made while the door is not there:

    closed  closed_nc  open    open_nc  door
    made    -          -       made     CLOSED
    -       made       made    -        OPEN
    -       made       -       made     MOVING; BLOCKED after `blocked_after_s`, for as long as it lasts
    all else                            unknown: a cut wire, a short circuit, or both ends at once

A cut wire is unknown as soon as the door is where that wire should be made; until then it changes nothing.

**normally_closed** alone is refused: its cut wire looks exactly like a door at that end, an open one too.
"""

from typing import Annotated, Generic, Literal, TypeVar

from msgspec import Meta, Struct

from drivers.doors import Door

AT_CLOSED, AT_OPEN, OFF_CLOSED, OFF_OPEN = 0b0001, 0b0010, 0b0100, 0b1000
"""Contacts that are made: of the closed and of the open end, normally open; of the same two, normally closed."""
NORMALLY_OPEN = {0: Door.MOVING, AT_CLOSED: Door.CLOSED, AT_OPEN: Door.OPEN}
CHANGE_OVER = {
    OFF_CLOSED | OFF_OPEN: Door.MOVING,
    AT_CLOSED | OFF_OPEN: Door.CLOSED,
    AT_OPEN | OFF_CLOSED: Door.OPEN,
}

DEBOUNCE_S = 0.020
"""Reed and limit switches bounce for some milliseconds, a worn one for ten."""
RATTLING_S = 1.0
"""No contact bounces that long: it is loose, and what it says means nothing."""
POLL_S, CONFIRM_S = 0.030, 0.0125
"""A change is seen within the one and holds at the second reading after: known within 55 ms, 5 ms of it to spare."""
BLOCKED_AFTER_S = 10.0
"""A car door takes 2 to 5 s from end to end, and about twice that when it nudges somebody out of the way."""
UNKNOWN_AFTER_S = 60.0
"""By then a door that is blocked has been opened again, or it is no door but a wire."""

T = TypeVar("T")
Seconds = Annotated[float, Meta(ge=2, le=3600)]


class Wiring(Struct, frozen=True, forbid_unknown_fields=True):
    """Which input each contact is wired to, and how long is too long between the ends."""

    contacts: Literal["normally_open", "change_over", "normally_closed"] = "normally_open"
    closed: int = 0
    open: int = 1
    closed_nc: int = 2
    """Used with change_over only, like the next."""
    open_nc: int = 3
    blocked_after_s: Seconds = BLOCKED_AFTER_S
    unknown_after_s: Seconds = UNKNOWN_AFTER_S
    """Used with normally_open only: change_over shows a cut wire by itself."""

    def inputs(self) -> tuple[int, ...]:
        """The inputs in use, in the order of their contacts' bits."""
        ends = (self.closed, self.open)
        return (*ends, self.closed_nc, self.open_nc) if self.contacts == "change_over" else ends

    def made(self, inputs: int) -> int:
        """The contacts that are made, from the inputs (a mask) through which current flows."""
        return sum(1 << bit for bit, number in enumerate(self.inputs()) if inputs >> number & 1)

    def check(self, inputs: range) -> None:
        """Refuse what cannot be wired. Raises ValueError."""
        if self.contacts == "normally_closed":
            raise ValueError(
                "contacts: a cut wire of a normally closed loop reads like a door at that end, an open one too; "
                "wire both contacts of each switch and say change_over, or normally_open"
            )
        used = self.inputs()
        if outside := [number for number in used if number not in inputs]:
            raise ValueError(f"there is no input {outside[0]}; use {inputs[0]} to {inputs[-1]}")
        if len(set(used)) < len(used):
            raise ValueError(f"two contacts share an input ({', '.join(map(str, used))}); give each its own")
        if self.unknown_after_s <= self.blocked_after_s:
            raise ValueError("unknown_after_s must be longer than blocked_after_s")


class Debounced(Generic[T]):
    """A value that counts once it is unchanged for 20 ms."""

    def __init__(self, value: T, now: float) -> None:
        """Begin with this value: nothing came before it that it could have bounced from."""
        self._held = self._last = value
        self._since = self._restless = now
        self._settled = True
        self.changing = False
        """The newest reading is not what is held: look again soon."""
        self.rattling = False
        """It has not settled for a second."""

    def feed(self, value: T, now: float) -> T:
        """What is held after a reading of this moment."""
        if value != self._last:
            self._restless = now if self._settled else self._restless
            self._last, self._since, self._settled = value, now, False
        elif now - self._since >= DEBOUNCE_S:
            self._held, self._settled = value, True
        self.changing = self._held != value
        self.rattling = not self._settled and now - self._restless > RATTLING_S
        return self._held


class Travel:
    """Tells a door that is blocked between its ends from one that moves, by the time it takes."""

    def __init__(self, blocked_after_s: float, unknown_after_s: float | None = None) -> None:
        """Without unknown_after_s a door stays blocked for ever."""
        self._blocked_after_s = blocked_after_s
        self._unknown_after_s = unknown_after_s
        self._since: float | None = None

    def judge(self, door: Door | None, now: float) -> Door | None:
        """The door, with MOVING told apart."""
        if door is not Door.MOVING:
            self._since = None
            return door
        self._since = now if self._since is None else self._since
        between = now - self._since
        if self._unknown_after_s is not None and between >= self._unknown_after_s:
            return None
        return Door.BLOCKED if between >= self._blocked_after_s else Door.MOVING


class EndSwitches:
    """Both switches of one door."""

    def __init__(self, wiring: Wiring, inputs: int, now: float) -> None:
        """Begin with the inputs (a mask) through which current flows now."""
        changing_over = wiring.contacts == "change_over"
        self._doors = CHANGE_OVER if changing_over else NORMALLY_OPEN
        self._wiring = wiring
        self._inputs, self._made = inputs, wiring.made(inputs)
        self._contacts = Debounced(self._made, now)
        self._travel = Travel(wiring.blocked_after_s, None if changing_over else wiring.unknown_after_s)

    @property
    def poll_s(self) -> float:
        """Read again after this long."""
        return CONFIRM_S if self._contacts.changing else POLL_S

    def door(self, inputs: int, now: float) -> Door | None:
        """The door, from the inputs (a mask) through which current flows now; None when they make no sense."""
        if inputs != self._inputs:
            self._inputs, self._made = inputs, self._wiring.made(inputs)
        made = self._contacts.feed(self._made, now)
        return self._travel.judge(None if self._contacts.rattling else self._doors.get(made), now)
