"""TFmini-S and TF-Luna: frames, what light and distance mean, and lines that are not as they should be."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.doors import Door, tfmini
from drivers.doors.tfmini import Frame, frames
from drivers.errors import NoAnswer, WrongChip
from simulator.lines.tfmini import TFMINI
from simulator.serial import SimulatedSerial

HALF_A_METRE = bytes.fromhex("59 59 32 00 D0 07 70 08 33")
"""0.50 m, strength 2000, by hand: 59 + 59 + 32 + D0 + 07 + 70 + 08 = 233."""


def frame(centimetres: int, strength: int = 2000, temperature: int = 0) -> bytes:
    values = (centimetres, strength, temperature)
    data = b"\x59\x59" + b"".join(value.to_bytes(2, "little") for value in values)
    return data + bytes((sum(data) % 256,))


def at(metres: Callable[[float], float], **keys: int) -> TFMINI:
    """A sensor that sees something so far away at a time, s."""
    return TFMINI(metres, closed_m=0.0, open_m=1.0, **keys)


def known(device: TFMINI, wiring: tfmini.Settings, seconds: float = 0.2) -> Door | None:
    """The door, read for so long."""
    port = SimulatedSerial(lambda: 0.0, device)
    sensor = tfmini.probe(port, 0, wiring)
    told = None
    while port.now() < seconds:
        port.sleep(sensor.poll_s)
        told = sensor.read()
    return told


def test_a_frame_is_distance_and_strength() -> None:
    assert list(frames(bytearray(HALF_A_METRE))) == [Frame(0.50, 2000)]


@settings(derandomize=True, deadline=None)
@given(
    values=st.lists(
        st.tuples(st.integers(0, 1200), st.integers(0, 0xFFFF), st.integers(0, 0xFFFF)), max_size=20
    ),
    cuts=st.lists(st.integers(0, 200), max_size=10),
)
def test_frames_are_found_however_the_bytes_arrive(
    values: list[tuple[int, int, int]], cuts: list[int]
) -> None:
    sent = b"".join(frame(*value) for value in values)
    ends = [*sorted(min(cut, len(sent)) for cut in cuts), len(sent)]
    buffer, found, begin = bytearray(), list[Frame](), 0
    for end in ends:
        buffer += sent[begin:end]
        found += frames(buffer)
        begin = end
    assert found == [Frame(centimetres / 100, strength) for centimetres, strength, _ in values]
    assert not buffer


@pytest.mark.parametrize(
    "rubbish", [b"\x59", b"\x59\x59", b"\x59\x59\x59", b"\x00\x59\x12", HALF_A_METRE[:8]]
)
def test_finds_its_way_back_one_byte_at_a_time(rubbish: bytes) -> None:
    assert list(frames(bytearray(rubbish + frame(50) + frame(51))))[-1] == Frame(0.51, 2000)
    assert Frame(0.50, 2000) in list(frames(bytearray(rubbish + frame(50) + frame(51))))


@pytest.mark.parametrize("place", range(2, 9))
def test_a_frame_whose_sum_does_not_fit_is_none(place: int) -> None:
    spoiled = bytearray(HALF_A_METRE)
    spoiled[place] ^= 0x04
    assert not list(frames(spoiled))


def test_heads_within_data_do_not_mislead() -> None:
    tricky = frame(0x5959, 0x5959, 0x5959)
    assert list(frames(bytearray(tricky * 3))) == [Frame(0x5959 / 100, 0x5959)] * 3
    assert Frame(0x5959 / 100, 0x5959) in list(frames(bytearray(tricky[3:] + tricky * 2)))


def test_what_cannot_become_a_frame_is_not_kept() -> None:
    buffer = bytearray(b"\x00" * 5000 + b"\x59")
    assert not list(frames(buffer))
    assert buffer == b"\x59"


@pytest.mark.parametrize(
    ("metres", "door"),
    [
        (0.30, Door.CLOSED),
        (0.25, Door.CLOSED),
        (0.35, Door.CLOSED),
        (0.37, Door.MOVING),
        (1.10, Door.MOVING),
        (1.20, Door.OPEN),
        (1.24, Door.OPEN),
        (1.27, None),
        (0.20, None),
        (0.0, None),
        (12.0, None),
    ],
)
def test_the_distance_tells_the_door(metres: float, door: Door | None) -> None:
    assert known(at(lambda now: metres), tfmini.Settings()) is door


def test_the_sensor_may_look_from_the_other_side() -> None:
    wiring = tfmini.Settings(closed_m=1.4, open_m=0.4, tolerance_m=0.1)
    assert known(at(lambda now: 1.35), wiring) is Door.CLOSED
    assert known(at(lambda now: 0.9), wiring) is Door.MOVING
    assert known(at(lambda now: 0.45), wiring) is Door.OPEN


@pytest.mark.parametrize(
    ("strength", "door"), [(99, None), (100, Door.OPEN), (0xFFFE, Door.OPEN), (0xFFFF, None)]
)
def test_too_little_light_and_too_much_are_unknown(strength: int, door: Door | None) -> None:
    assert known(at(lambda now: 1.2, strength=strength), tfmini.Settings()) is door


def test_a_door_at_the_edge_of_its_tolerance_does_not_flicker() -> None:
    wobbling = at(lambda now: 0.30 if now < 0.3 else 0.34 + 0.03 * (round(now * 10) % 2))
    port = SimulatedSerial(lambda: 0.0, wobbling)
    sensor, told = tfmini.probe(port, 0, tfmini.Settings()), []
    while port.now() < 3.0:
        port.sleep(sensor.poll_s)
        told.append(sensor.read())
    assert set(told[5:]) == {Door.CLOSED}


def test_one_wrong_frame_is_not_believed() -> None:
    once = at(lambda now: 1.2 if 1.005 < now < 1.015 else 0.3)
    port = SimulatedSerial(lambda: 0.0, once)
    sensor, told = tfmini.probe(port, 0, tfmini.Settings()), []
    while port.now() < 2.0:
        port.sleep(sensor.poll_s)
        told.append(sensor.read())
    assert set(told[5:]) == {Door.CLOSED}


def test_a_sensor_that_falls_silent_is_lost_after_half_a_second() -> None:
    port = SimulatedSerial(lambda: 0.0, at(lambda now: 0.3))
    sensor = tfmini.probe(port, 0, tfmini.Settings())
    sensor.read()
    port.plug(None)
    port.sleep(0.45)
    sensor.read()
    port.sleep(0.1)
    with pytest.raises(NoAnswer, match=r"no frame .* powered"):
        sensor.read()


def test_the_wrong_baud_is_told_from_silence() -> None:
    port = SimulatedSerial(lambda: 0.0, at(lambda now: 0.3), baud=9600)
    with pytest.raises(WrongChip, match=r"59 59 .* here came .* another baud than 9600"):
        tfmini.probe(port, 0, tfmini.Settings())
    with pytest.raises(NoAnswer, match=r"nothing arrives .* TX wire"):
        tfmini.probe(SimulatedSerial(lambda: 0.0, None), 0, tfmini.Settings())


def test_nothing_is_ever_sent_to_the_sensor() -> None:
    heard = []

    class Listening(TFMINI):
        def receive(self, data: bytes, now: float) -> None:
            heard.append(data)

    known(Listening(lambda now: 0.0), tfmini.Settings())
    assert not heard
