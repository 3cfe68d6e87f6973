"""Checks of the accelerometer and the door."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from agent.board import Wired
from agent.commissioning.findings import failed, passed, skipped
from agent.detection.filters import Bank, band_pass
from agent.mounting import G0, NAMED_DEG, OFF_M_S2, Up, axis, direction, tilt_deg
from content.requests import Finding
from drivers.accelerometers import Accelerometer
from drivers.doors import Door, DoorSensor
from drivers.errors import BusError, NoAnswer, WrongChip
from drivers.sampling import SampleClock

Floats = NDArray[np.float64]

LISTEN_S = 12.0
"""Long enough for the rate to a tenth of a percent."""
BAND_HZ = (1.0, 10.0)
STUCK, LOUD = 0.3, 0.02
"""A chip that shows less than this part of its own noise does not measure; above so much, m/s² RMS, somebody
moves the car: a parked one stays below 0.006."""
RATE_OFF = 0.12
"""Datasheets allow up to 10 % (ADXL345, LIS3DH)."""
DOOR_S = 90.0


@dataclass(slots=True)
class Heard:
    """Samples of some seconds."""

    runs: list[Floats] = field(default_factory=list)
    gaps: int = 0
    clock: SampleClock | None = None


async def accelerometer(
    wired: Wired[Accelerometer], up: str, hangs: Callable[[Up], None]
) -> AsyncIterator[Finding]:
    """Identity, self-test, noise, gravity, rate. up: "auto", or the axis that the configuration names; `hangs` is
    told how the chip is mounted, when that is known and the car stood still."""
    try:
        chip = await wired.work(wired.probe)
        yield passed("identity", f"{chip.name}, {chip.rate_hz:g} samples a second")
        yield await _self_test(chip, wired)
        heard = await _listen(chip, wired)
    except BusError as error:
        yield failed("identity", str(error), _mend(error))
        return
    found = judged(chip, heard, up)
    good = {finding.check for finding in found if finding.verdict == "pass"}
    for finding in found:
        if finding.check == "gravity" and {"gravity", "noise"} <= good:
            hangs(direction(np.median(np.concatenate(heard.runs), axis=0)))
        yield finding


def _mend(error: BusError) -> str:
    match error:
        case NoAnswer():
            return "look at power, wiring and address; `hoistway-agent probe` shows what answers"
        case WrongChip():
            return "name the chip that is there; `hoistway-agent probe` shows it"
    return "look at the wiring and the length of the cable, then check again"


async def _self_test(chip: Accelerometer, wired: Wired[Accelerometer]) -> Finding:
    result = await wired.work(chip.self_test)
    if result is None:
        return skipped("self-test", f"an {chip.name} has none")
    said = " ".join(f"{change:+.2f}" for change in result.change) + " m/s² x y z"
    if result.passed:
        return passed("self-test", said)
    allowed = ", ".join(
        f"{low:.2f} to {high:.2f}" for low, high in zip(result.lowest, result.highest, strict=True)
    )
    return failed(
        "self-test",
        f"{said}; its datasheet allows {allowed}",
        "keep the car still and check again, or change the chip",
    )


async def _listen(chip: Accelerometer, wired: Wired[Accelerometer]) -> Heard:
    heard = Heard(clock=SampleClock(chip.rate_hz))
    assert heard.clock is not None
    for turn in range(round(LISTEN_S / chip.poll_s)):
        # Spread over a period, as drivers/sampling.py asks for.
        early = (turn * 0.618034) % 1.0 / chip.rate_hz
        await asyncio.sleep(chip.poll_s - early)
        run = await wired.work(chip.read)
        heard.gaps += run.gap
        heard.clock.timed(run)
        heard.runs.append(run.acceleration)
    return heard


def judged(chip: Accelerometer, heard: Heard, up: str = "auto") -> list[Finding]:
    """Noise, gravity and rate of what was heard. Pure."""
    samples = np.concatenate(heard.runs)
    if len(samples) < chip.rate_hz:
        return [
            failed(
                "noise", f"{len(samples)} samples in {LISTEN_S:g} s", "look at the wiring, then check again"
            )
        ]
    return [_noise(chip, samples), _gravity(samples, up), _rate(chip, heard)]


def _noise(chip: Accelerometer, samples: Floats) -> Finding:
    bank = Bank([band_pass(2, *BAND_HZ, chip.rate_hz)], 3)
    bank.rest(np.median(samples, axis=0))
    quiet = bank.run(samples)[0]
    rms = np.sqrt(np.square(quiet - quiet.mean(axis=0)).mean(axis=0))
    expected = chip.noise_density * np.sqrt(BAND_HZ[1] - BAND_HZ[0])
    said = " ".join(f"{1000 * one:.2f}" for one in rms)
    said = f"{said} mm/s² x y z in 1-10 Hz; the chip alone {1000 * expected:.2f}"
    if rms.max() > LOUD:
        return failed("noise", said, "keep the car still, doors closed, nobody moving, and check again")
    if rms.min() < STUCK * min(expected, chip.count):
        return failed("noise", said, "an axis does not measure: change the chip")
    return passed("noise", said)


def _gravity(samples: Floats, wanted: str) -> Finding:
    vector = np.median(samples, axis=0)
    size = float(np.linalg.norm(vector))
    if abs(size - G0) > OFF_M_S2:
        return failed("gravity", f"{size:.2f} m/s² at rest", "look at range and wiring, or change the chip")
    up = direction(vector)
    strongest = int(np.argmax(np.abs(up)))
    name = ("-" if up[strongest] < 0 else "") + "xyz"[strongest]
    tilt = float(np.degrees(np.arccos(min(1.0, abs(up[strongest])))))
    said = f"{size:.2f} m/s², up is {name}, {tilt:.0f}° beside it"
    if wanted != "auto" and tilt_deg(up, axis(wanted)) > NAMED_DEG:
        return failed(
            "gravity", said, f'[accelerometer] says up = "{wanted}": write up = "auto", or what is true'
        )
    return passed("gravity", said)


def _rate(chip: Accelerometer, heard: Heard) -> Finding:
    estimate = heard.clock.estimate if heard.clock else None
    if heard.gaps:
        return failed(
            "rate",
            f"{heard.gaps} times samples were lost",
            "look at the wiring; is the processor overloaded?",
        )
    if estimate is None:
        return failed("rate", "the reads are too irregular to tell", "is the processor overloaded?")
    off = estimate.rate_hz / chip.rate_hz - 1
    said = f"{estimate.rate_hz:.2f} Hz ± {estimate.rate_hz * estimate.error:.2f}, {100 * off:+.1f} % from what it is set to"
    if abs(off) > RATE_OFF:
        return failed("rate", said, "is the system's clock good? else change the chip")
    return passed("rate", said)


async def door(wired: Wired[DoorSensor] | None, attended: bool) -> AsyncIterator[Finding]:
    """The door has to be seen closed, open and closed again."""
    if wired is None:
        yield skipped(
            "door", "none is configured", "without one, tremors a day are two hundred instead of one"
        )
        return
    try:
        sensor = await wired.work(wired.probe)
        if not attended:
            state = await wired.work(sensor.read)
            yield skipped(
                "door", f"{sensor.name} says {state.value if state else 'unknown'}; nobody is here to move it"
            )
            return
        yield await _moved(sensor, wired)
    except BusError as error:
        yield failed("door", str(error), _mend(error))


async def _moved(sensor: DoorSensor, wired: Wired[DoorSensor]) -> Finding:
    seen: list[Door | None] = []
    waited = 0.0
    while waited < DOOR_S:
        state = await wired.work(sensor.read)
        if not seen or seen[-1] is not state:
            seen.append(state)
        if Door.OPEN in seen and seen[-1] is Door.CLOSED:
            return passed("door", f"{sensor.name}: {_told(seen)}")
        await asyncio.sleep(sensor.poll_s)
        waited += sensor.poll_s
    todo = "look at both switches and their magnets, or the sensor's distances, then check again"
    return failed("door", f"{sensor.name}: only {_told(seen)} in {DOOR_S:g} s", todo)


def _told(seen: list[Door | None]) -> str:
    return ", ".join(state.value if state else "unknown" for state in seen)
