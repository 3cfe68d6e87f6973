"""The building an elevator runs in, and what its car is built for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What a ride may not exceed. Usual: 0.5-1.5 m/s², 0.6-2 m/s³ (comfort, ISO 18738-1 measures both)."""

    speed_m_s: float = 1.75
    acceleration_m_s2: float = 0.9
    jerk_m_s3: float = 1.2

    def __post_init__(self) -> None:
        if min(self.speed_m_s, self.acceleration_m_s2, self.jerk_m_s3) <= 0:
            raise ValueError(f"limits of a ride are positive, not {self}")


@dataclass(frozen=True, slots=True)
class Door:
    """How long the car door takes, and how it shakes the car."""

    opens_s: float = 2.2
    closes_s: float = 2.8
    motor: float = 0.035
    """RMS of the motor on the car's wall, m/s², 2-30 Hz."""
    thump: float = 0.15
    """Peak of the thump at the end of the way, m/s²."""


@dataclass(frozen=True, slots=True)
class Building:
    """Floors by height above the lowest, m, upwards; and how the car shakes by itself, m/s²."""

    heights_m: tuple[float, ...]
    limits: Limits = Limits()
    door: Door = Door()
    rails: float = 0.04
    """Horizontal RMS of a cruise at full speed, 1-15 Hz."""
    ambient: float = 0.001
    """RMS an axis of the parked car, 0.5-20 Hz."""

    def __post_init__(self) -> None:
        steps = zip(self.heights_m, self.heights_m[1:], strict=False)
        if not self.heights_m or any(high <= low for low, high in steps):
            raise ValueError("the heights of a building's floors rise, and there is one at least")


def storeys(count: int, height_m: float = 3.2, limits: Limits | None = None) -> Building:
    """A building of equal storeys. Without limits, the speed that such a building would be given:
    the whole way in about 25 s, between 1 and 6 m/s."""
    way_m = (count - 1) * height_m
    speed_m_s = min(6.0, max(1.0, round(way_m / 25 * 4) / 4))
    heights_m = tuple(floor * height_m for floor in range(count))
    return Building(heights_m, limits or Limits(speed_m_s, 0.8 + 0.05 * speed_m_s, 1.0 + 0.1 * speed_m_s))
