"""The colours of the glass; every pair that carries text keeps a contrast of 7:1 (WCAG 2, enhanced)."""

from dataclasses import dataclass

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Scheme:
    """Colours that belong together on one ground."""

    ground: Colour
    ink: Colour
    quiet: Colour
    """For what may stand back: English, senders, the last line."""

    @property
    def rule(self) -> Colour:
        """Hairlines: the ink at 30 %."""
        return blend(self.ground, self.ink, 0.3)


def rgb(code: int) -> Colour:
    """A colour from its hexadecimal number: 0xFFC400."""
    return code >> 16, code >> 8 & 255, code & 255


def blend(under: Colour, over: Colour, share: float) -> Colour:
    """A share of one colour laid over another."""
    red, green, blue = (round(u + (o - u) * share) for u, o in zip(under, over, strict=True))
    return red, green, blue


def luminance(colour: Colour) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    red, green, blue = (
        c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio, 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


WHITE = rgb(0xFFFFFF)
BLACK = rgb(0x161616)
PROHIBITION = rgb(0xB40000)

ALARM = Scheme(rgb(0xB40000), WHITE, WHITE)
ALARM_HEAD = Scheme(rgb(0x7A0000), WHITE, WHITE)
AFTERWARDS = Scheme(rgb(0xFFC400), BLACK, BLACK)
AFTERWARDS_BOX = Scheme(BLACK, WHITE, WHITE)
NIGHT = Scheme(BLACK, WHITE, WHITE)
"""Below the head of an earthquake alert that is not red."""
TRAPPED = Scheme(rgb(0x003E9B), WHITE, WHITE)
TRAPPED_BOX = Scheme(rgb(0x00286B), WHITE, WHITE)
SAFE = Scheme(rgb(0x00582B), WHITE, WHITE)
DRILL = Scheme(rgb(0x4B2A86), WHITE, WHITE)
DRILL_BAND = Scheme(WHITE, rgb(0x4B2A86), rgb(0x4B2A86))
POSTER = Scheme(rgb(0x14181D), WHITE, rgb(0xD5DADF))
PAPER = Scheme(rgb(0xF6F3EC), rgb(0x15212B), rgb(0x3B4853))
BAR = Scheme(rgb(0x0050C8), WHITE, WHITE)
IDLE = Scheme(rgb(0x12303A), rgb(0xF3EFE6), rgb(0xC3CCCB))
"""On the lightest part of its ground, which darkens to IDLE_FOOT."""
IDLE_FOOT = rgb(0x0B1B22)
UNUSED = Scheme(rgb(0x23282E), rgb(0xECEEF0), rgb(0xBFC6CC))
MINOR = Scheme(rgb(0x004FC4), WHITE, WHITE)
MODERATE = Scheme(rgb(0xFFD400), BLACK, BLACK)
SEVERE = Scheme(rgb(0xFF8A00), BLACK, BLACK)
EXTREME = Scheme(rgb(0xB40000), WHITE, WHITE)
SCHEMES = {name: value for name, value in globals().items() if isinstance(value, Scheme)}
