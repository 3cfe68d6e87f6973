"""What people, doors and machines do to a parked or moving car. Peaks and RMS in m/s²."""

import numpy as np

from simulator.building import Door
from simulator.ride import Braked, Profile
from simulator.sources import RATE_HZ, Floats, Rendered, fade, noise, ringing


def _placed(duration_s: float, parts: list[tuple[float, Floats]]) -> Floats:
    """Signals put at their times, s, into one of this duration."""
    total = np.zeros((round(duration_s * RATE_HZ), 3))
    for at, part in parts:
        first = round(at * RATE_HZ)
        fits = part[: max(0, len(total) - first)]
        total[first : first + len(fits)] += fits
    return total


def knock(at: float, rng: np.random.Generator, peak: float = 0.8) -> Rendered:
    """A fist or a trolley against the wall."""
    size, hz = peak * rng.uniform(0.5, 1.5), rng.uniform(12, 35)
    return Rendered(at, 0.6, lambda: ringing(0.6, hz, 0.06, (size, 0.4 * size, 0.25 * size)))


def slam(at: float, rng: np.random.Generator, peak: float = 0.6) -> Rendered:
    """A door let fall into its stop."""
    size, hz = peak * rng.uniform(0.5, 1.5), rng.uniform(8, 20)
    return Rendered(at, 1.0, lambda: ringing(1.0, hz, 0.15, (size, 0.3 * size, 0.5 * size)))


def _footfall(hz: float, size: float) -> Floats:
    """Vertical first, with a share of sway."""
    return ringing(0.4, hz, 0.08, (0.3 * size, 0.2 * size, size))


def walking(at: float, rng: np.random.Generator, steps: int = 6, peak: float = 0.12) -> Rendered:
    """Steps at 1.6-2.1 a second (Bachmann and Ammann 1987)."""
    times = np.cumsum(1 / rng.uniform(1.6, 2.1, steps))
    falls = [
        (hz, peak * size)
        for hz, size in zip(rng.uniform(8, 14, steps), rng.uniform(0.6, 1.4, steps), strict=True)
    ]
    duration_s = float(times[-1]) + 0.5
    return Rendered(
        at,
        duration_s,
        lambda: _placed(
            duration_s, [(time, _footfall(*fall)) for time, fall in zip(times, falls, strict=True)]
        ),
    )


def jumping(at: float, rng: np.random.Generator, jumps: int = 6, peak: float = 1.5) -> Rendered:
    """Jumps at 1.5-2.5 a second: half sines on contact, the car lighter in flight; 8 % of it sideways."""
    hz, size = rng.uniform(1.5, 2.5), peak * rng.uniform(0.6, 1.4)
    duration_s = jumps / hz

    def render() -> Floats:
        phase = (np.arange(round(duration_s * RATE_HZ)) / RATE_HZ * hz) % 1.0
        contact = np.where(phase < 0.6, np.sin(np.pi * phase / 0.6), 0.0)
        vertical = (contact - contact.mean()) * size
        return np.outer(vertical, (0.08, 0.05, 1.0)) * fade(len(vertical), 50)

    return Rendered(at, duration_s, render)


def standing(at: float, rng: np.random.Generator, duration_s: float, rms: float = 0.008) -> Rendered:
    """People who stand shift their weight, now and then."""
    seed = int(rng.integers(2**32))

    def render() -> Floats:
        own = np.random.default_rng(seed)
        sway = noise(own, duration_s, 0.7, 4.0, (rms, rms, rms / 2))
        return np.asarray(sway * fade(len(sway), round(RATE_HZ * duration_s / 3)))

    return Rendered(at, duration_s, render)


def door_moving(at: float, rng: np.random.Generator, door: Door, duration_s: float) -> Rendered:
    """The motor while the panels run, and the thump at the end of their way."""
    seed, hz, size = int(rng.integers(2**32)), rng.uniform(12, 22), door.thump * rng.uniform(0.6, 1.4)

    def render() -> Floats:
        own = np.random.default_rng(seed)
        motor = noise(own, duration_s, 2.0, 30.0, (door.motor, 0.6 * door.motor, 0.5 * door.motor))
        thump = ringing(0.5, hz, 0.08, (size, 0.3 * size, 0.3 * size))
        end = duration_s - 0.05
        return _placed(duration_s + 0.5, [(0.0, motor * fade(len(motor), 100)), (end, thump)])

    return Rendered(at, duration_s + 0.5, render)


def cruising(
    at: float, rng: np.random.Generator, profile: Profile | Braked, rails: float, roller_m: float
) -> Rendered:
    """Guide rails and rollers, as strong as the car is fast; the machine, vertically."""
    seed = int(rng.integers(2**32))

    def render() -> Floats:
        own = np.random.default_rng(seed)
        t = np.arange(max(8, round(profile.duration_s * RATE_HZ))) / RATE_HZ
        speed = np.abs(profile.speed(t))
        share = speed / max(profile.top_speed_m_s, 0.1)
        rail = noise(own, len(t) / RATE_HZ, 1.0, 15.0, (rails, 0.7 * rails, 0.4 * rails))
        turns = np.cumsum(speed) / RATE_HZ / (np.pi * roller_m)
        roller = np.outer(np.sin(2 * np.pi * turns), (0.3 * rails, 0.4 * rails, 0.1 * rails))
        return np.asarray((rail + roller) * share[:, None])

    return Rendered(at, max(profile.duration_s, 8 / RATE_HZ), render)


def brake_shock(at: float, rng: np.random.Generator, peak: float) -> Rendered:
    """What an emergency brake does beside slowing the car: the ropes bounce, the frame rings."""
    bounce_hz, ring_hz = rng.uniform(2.5, 4.5), rng.uniform(10, 20)
    return Rendered(
        at,
        1.5,
        lambda: _placed(
            1.5,
            [
                (0.0, ringing(1.5, bounce_hz, 0.4, (0.0, 0.0, 0.4 * peak))),
                (0.0, ringing(0.6, ring_hz, 0.1, (0.25 * peak, 0.15 * peak, 0.3 * peak))),
            ],
        ),
    )
