"""The serial port of a Linux board, on real pseudoterminals."""

import errno
import os
import termios
import tty
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import serial

from drivers.errors import BusError
from drivers.serial import LinuxSerial, Parity, reason, refusal


@dataclass
class Cable:
    """A pseudoterminal: what hangs at the far end of a port."""

    far: int
    path: str

    def unplug(self) -> None:
        os.close(self.far)
        self.far = -1


def plugged() -> Cable:
    far, near = os.openpty()
    tty.setraw(near)
    path = os.ttyname(near)
    os.close(near)
    return Cable(far, path)


@pytest.fixture
def cable() -> Iterator[Cable]:
    cable = plugged()
    yield cable
    if cable.far >= 0:
        cable.unplug()


@pytest.fixture
def port(cable: Cable) -> Iterator[LinuxSerial]:
    port = LinuxSerial(cable.path, 9600)
    yield port
    port.close()


def test_bytes_go_both_ways_unchanged(cable: Cable, port: LinuxSerial) -> None:
    everything = bytes(range(256))
    port.write(everything)
    assert os.read(cable.far, 1000) == everything
    os.write(cable.far, everything)
    assert port.read() == everything


def test_a_read_does_not_wait(port: LinuxSerial) -> None:
    begin = port.now()
    assert [port.read() for _ in range(100)] == [b""] * 100
    assert port.now() - begin < 0.5


@pytest.mark.parametrize("baud", [1200, 9600, 115_200, 123_456, 921_600])
def test_the_port_runs_at_the_rate_it_was_opened_with(cable: Cable, baud: int) -> None:
    port = LinuxSerial(cable.path, baud)
    rate = getattr(termios, f"B{baud}", None)
    if rate is not None:
        assert termios.tcgetattr(cable.far)[4:6] == [rate, rate]
    assert port.baud == baud
    port.close()


@pytest.mark.parametrize("baud", [0, -9600, 10**11])
def test_a_rate_that_no_port_can_do_is_refused(cable: Cable, baud: int) -> None:
    with pytest.raises(BusError, match=f"^cannot open {cable.path}: it cannot do {baud} baud$"):
        LinuxSerial(cable.path, baud)


def test_a_rate_that_the_port_changed_is_refused() -> None:
    set_to = [0, 0, termios.CS8, 0, termios.B9600, termios.B9600, []]
    assert refusal(set_to, 9600, "none") is None
    assert refusal(set_to, 921_600, "none") == "it cannot do 921600 baud"


@pytest.mark.parametrize("parity", ["even", "odd"])
def test_a_parity_that_the_port_drops_in_silence_is_refused(cable: Cable, parity: Parity) -> None:
    with pytest.raises(
        BusError, match=f"{cable.path}: this port cannot do {parity} parity; set the sensor to none"
    ):
        LinuxSerial(cable.path, 9600, parity)
    LinuxSerial(cable.path, 9600).close()  # and the port is free again


@pytest.mark.parametrize(
    ("bits", "parity"),
    [(0, "none"), (termios.PARENB, "even"), (termios.PARENB | termios.PARODD, "odd")],
)
def test_a_parity_that_the_port_took_is_none_of_the_others(bits: int, parity: Parity) -> None:
    every: list[Parity] = ["none", "even", "odd"]
    set_to = [0, 0, termios.CS8 | bits, 0, termios.B9600, termios.B9600, []]
    assert [one for one in every if refusal(set_to, 9600, one) is None] == [parity]


def test_a_port_belongs_to_one_program(cable: Cable, port: LinuxSerial) -> None:
    with pytest.raises(BusError, match=f"^cannot open {cable.path}: in use by another program$"):
        LinuxSerial(cable.path, 9600)
    port.close()
    LinuxSerial(cable.path, 9600).close()


def test_a_port_that_is_not_there_or_is_none_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(BusError, match="no such port; is the adapter plugged in"):
        LinuxSerial(str(tmp_path / "ttyUSB0"), 9600)
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file"):
        with pytest.raises(BusError, match=f"^cannot open {path}: not a serial port$"):
            LinuxSerial(str(path), 9600)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (serial.SerialException(errno.EACCES, "could not open"), "permission denied; .* group dialout"),
        (serial.SerialException(errno.EBUSY, "could not open"), "in use"),
        (serial.SerialException("device reports readiness to read but returned no data"), "the port is gone"),
        (termios.error(errno.EIO, "Input/output error"), "the port is gone"),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left"),
    ],
)
def test_each_reason_is_one_line_that_says_what_to_do(error: Exception, words: str) -> None:
    assert "\n" not in reason(error)
    with pytest.raises(BusError, match=words):
        raise BusError(reason(error))


def test_an_adapter_that_is_pulled_out_says_so_at_each_call(cable: Cable, port: LinuxSerial) -> None:
    cable.unplug()
    for _ in range(3):
        with pytest.raises(BusError, match=f"{cable.path}: the port is gone; plug"):
            port.read()
        with pytest.raises(BusError, match="the port is gone"):
            port.write(b"x")


def test_after_a_replug_the_port_can_be_opened_again(tmp_path: Path) -> None:
    link = tmp_path / "ttyUSB0"
    for greeting in (b"first", b"second"):
        cable = plugged()
        link.symlink_to(cable.path)
        port = LinuxSerial(str(link), 115_200)
        os.write(cable.far, greeting)
        assert port.read() == greeting
        cable.unplug()
        link.unlink()
        with pytest.raises(BusError):
            port.read()
        port.close()
        port.close()
        with pytest.raises(BusError, match="no such port"):
            LinuxSerial(str(link), 115_200)


def test_a_closed_port_is_a_bus_error(port: LinuxSerial) -> None:
    port.close()
    with pytest.raises(BusError):
        port.read()


def test_a_far_end_that_takes_nothing_does_not_hold_the_writer(port: LinuxSerial) -> None:
    with pytest.raises(BusError, match=r"nothing could be sent for 0\.2 s"):
        port.write(bytes(100_000))
