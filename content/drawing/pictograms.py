"""The signs on the glass, our own drawings: a square of 100 units each, for a tile or alone."""

from content.drawing.pen import Pen


def floor_buttons(pen: Pen) -> None:
    """Six floor buttons, all lit."""
    for y in (20, 50, 80):
        for x in (32, 68):
            pen.ring(x, y, 14, 4)
            pen.disc(x, y, 7.5)


def leave_door(pen: Pen) -> None:
    """A door and an arrow out of it."""
    pen.line((52, 33), (52, 17), (22, 17), (22, 83), (52, 83), (52, 67))
    pen.arrow((42, 50), (83, 50), head=14)


def stairs(pen: Pen) -> None:
    """Stairs, and an arrow down along them."""
    pen.line((16, 28), (32, 28), (32, 45), (49, 45), (49, 62), (66, 62), (66, 79), (84, 79))
    pen.line((50, 20), (80, 50), width=6)
    pen.line((80, 33), (80, 50), (63, 50), width=6)


def call_bell(pen: Pen) -> None:
    """The bell of the call button."""
    pen.disc(50, 19, 6)
    pen.disc(50, 43, 23)
    pen.box(27, 43, 73, 68)
    pen.shape((27, 58), (73, 58), (80, 70), (20, 70), rounding=3)
    pen.paper().disc(50, 45, 16)
    pen.box(34, 45, 66, 64)
    pen.ink().bowl(50, 77, 11)


def do_not_force(pen: Pen) -> None:
    """The leaves of a door and the arrows that would part them, struck out."""
    pen.frame(18, 16, 82, 84, width=6)
    pen.line((50, 16), (50, 84), width=5)
    pen.arrow((42, 37), (28, 37), head=8, width=6)
    pen.arrow((58, 63), (72, 63), head=8, width=6)
    pen.paper().line((12, 88), (88, 12), width=16)
    pen.accent().line((12, 88), (88, 12), width=9)


def open_door(pen: Pen) -> None:
    """The mark on the door-open button: two triangles that point away from a bar."""
    pen.ring(50, 50, 41, 6)
    pen.line((50, 31), (50, 69), width=5)
    pen.shape((23, 50), (39, 38), (39, 62), rounding=2)
    pen.shape((77, 50), (61, 38), (61, 62), rounding=2)


def hold_rail(pen: Pen) -> None:
    """A hand around a handrail: an arm from above, four fingers in front, the thumb below."""
    pen.line((8, 58), (92, 58), width=11)
    pen.line((15, 58), (15, 80), width=7)
    pen.line((85, 58), (85, 80), width=7)
    pen.paper().box(24, 34, 76, 80, 10)
    pen.ink().box(39, 8, 61, 44)
    pen.box(28, 32, 72, 56, 10)
    for left in (28, 39.4, 50.8, 62.2):
        pen.box(left, 44, left + 9.8, 76, 4.9)


def wait_then_leave(pen: Pen) -> None:
    """A pause, then the way out: stand still until the car does, then leave."""
    pen.box(11, 31, 20, 69, 4.5)
    pen.box(27, 31, 36, 69, 4.5)
    pen.line((70, 35), (70, 19), (48, 19), (48, 81), (70, 81), (70, 65))
    pen.arrow((61, 50), (90, 50), head=11, width=7)


def nearest_floor(pen: Pen) -> None:
    """Two floors, and a lift that comes down to stand level with the lower one."""
    for y in (16, 85):
        pen.line((9, y), (38, y), width=8)
    pen.frame(52, 43, 90, 85, width=7)
    pen.line((71, 43), (71, 85), width=6)
    pen.arrow((71, 8), (71, 29), head=11, width=7)


def lift(pen: Pen) -> None:
    """A lift with its two doors and the arrows up and down."""
    _lift(pen, 1.0, 50, 50)


def lift_prohibited(pen: Pen) -> None:
    """The lift in a ring of prohibition."""
    _lift(pen, 0.8, 61, 39)
    pen.paper().line((20, 20), (80, 80), width=13)
    pen.ring(50, 50, 52, 12)
    prohibition(pen)


def prohibition(pen: Pen) -> None:
    """A ring with a bar from its upper left, as ISO 3864-1 has it."""
    pen.accent().ring(50, 50, 47, 8.5)
    pen.line((20, 20), (80, 80), width=8.5)


def whole(pen: Pen) -> None:
    """A disc as wide as the square: the ground of a prohibition sign."""
    pen.disc(50, 50, 48)


def _lift(pen: Pen, scale: float, up: float, down: float) -> None:
    """The lift about the middle of the square, smaller by a scale; the heights of its two arrows."""

    def at(x: float, y: float) -> tuple[float, float]:
        return 50 + (x - 50) * scale, 50 + (y - 50) * scale

    pen.frame(*at(20, 16), *at(80, 84), width=7 * scale)
    pen.line(at(50, 16), at(50, 84), width=6 * scale)
    for x, middle, way in ((35, up, -1), (65, down, 1)):
        tip, neck, foot = middle + 17 * way, middle + 3 * way, middle - 16 * way
        pen.shape(at(x, tip), at(x - 8.5, neck), at(x + 8.5, neck), rounding=scale)
        pen.line(at(x, neck), at(x, foot), width=6 * scale)


def seismogram(pen: Pen) -> None:
    """The trace of an earthquake."""
    pen.line(
        (3, 52),
        (19, 52),
        (25, 60),
        (33, 28),
        (43, 84),
        (57, 8),
        (66, 66),
        (72, 44),
        (78, 52),
        (97, 52),
        width=8,
    )


def warning(pen: Pen) -> None:
    """A triangle with an exclamation mark."""
    pen.shape((50, 15), (90, 83), (10, 83), rounding=6)
    pen.paper().shape((46.5, 36), (53.5, 36), (52, 59), (48, 59), rounding=2)
    pen.disc(50, 72, 5.2)


def stay_inside(pen: Pen) -> None:
    """Somebody who stands inside the car, its door closed behind."""
    pen.frame(18, 12, 82, 88, width=7)
    pen.disc(50, 31, 8.5)
    pen.box(37, 43, 63, 66, 7)
    pen.box(41.5, 56, 48.6, 84, 3.5)
    pen.box(51.4, 56, 58.5, 84, 3.5)


def tick(pen: Pen) -> None:
    """Done, over: a tick in a ring."""
    pen.ring(50, 50, 46, 8)
    pen.line((29, 52), (44, 67), (72, 36), width=10)


def house(pen: Pen) -> None:
    """A house that shakes: its roof, its walls with a crack, the ground moving at both sides."""
    _house(pen)
    pen.paper().line((50, 51), (43, 62), (55, 70), (48, 83), width=5)
    pen.ink()
    for side in (-1, 1):
        pen.line(
            (50 + 38 * side, 62), (50 + 44 * side, 69), (50 + 38 * side, 76), (50 + 44 * side, 83), width=4
        )


def house_outline(pen: Pen) -> None:
    """The edge around the house, which keeps it apart from white where its own colour does not."""
    _house(pen, 3)


def _house(pen: Pen, wider: float = 0) -> None:
    pen.shape((50, 17), (83, 48), (17, 48), rounding=3 + wider)
    pen.box(26 - wider, 44, 74 + wider, 83 + wider, wider)
