"""The bus of a Linux board, through the kernel's interface: smbus2 runs as it does on hardware."""

from collections.abc import Iterator

import pytest

from drivers.errors import BusError
from drivers.i2c import STANDARD_HZ, LinuxI2C
from tests.wires_rig import Board, Raised, board

BUS, OTHER = "/dev/i2c-1", "/dev/i2c-7"
SCENARIO = """
[elevator]
rides = false
[[bus]]
path = "/dev/i2c-1"
chip = [{ name = "adxl355", address = 0x1d }]
[[bus]]
path = "/dev/i2c-7"
hz = 400000
no_answer = "EREMOTEIO"
"""
OPEN = """
from drivers.i2c import LinuxI2C
bus = LinuxI2C("/dev/i2c-1")
"""
WITH_FAULTS = (
    OPEN
    + """
import os, socket
from drivers.errors import BusError
def tell(line):
    with socket.socket(socket.AF_UNIX) as wire:
        wire.connect(os.environ["HOISTWAY_WIRES"] + "/control")
        wire.sendall(line.encode())
        wire.shutdown(socket.SHUT_WR)
        wire.recv(1000)
def buses():
    return sorted(link for link in map(name, os.listdir("/proc/self/fd")) if link.startswith("socket:"))
def name(number):
    try:
        return os.readlink(f"/proc/self/fd/{number}")
    except FileNotFoundError:
        return ""
def fails(address):
    try:
        bus.read(address, 0, 1)
    except BusError:
        return
    raise AssertionError("it did not fail")
"""
)


@pytest.fixture(scope="module")
def started() -> Iterator[Board]:
    with board(SCENARIO) as running:
        yield running


@pytest.fixture
def linux(started: Board) -> Board:
    """With nothing wrong on any bus."""
    assert started.tell(f"free {BUS}") == "ok"
    return started


def test_a_bus_that_is_not_there_is_one_clear_line() -> None:
    with pytest.raises(BusError) as caught:
        LinuxI2C("/dev/i2c-nowhere")
    assert str(caught.value) == (
        "cannot open /dev/i2c-nowhere: No such file or directory; is I2C enabled on this board?"
    )


def test_a_device_that_is_not_a_bus_is_refused() -> None:
    with pytest.raises(BusError, match=r"cannot open /dev/null: .*; this is no I2C bus"):
        LinuxI2C("/dev/null")


def test_registers_are_read_from_the_pointer_that_was_written(linux: Board) -> None:
    assert linux.run(OPEN + "value = bus.read(0x1d, 0x00, 4).hex()") == "ad1ded01"


def test_registers_keep_what_is_written(linux: Board) -> None:
    code = "bus.write(0x1d, bytes((0x28, 0x05)))\nvalue = bus.read(0x1d, 0x28, 2).hex()"
    assert linux.run(OPEN + code) == "0560"


def test_a_burst_far_longer_than_an_smbus_block_comes_whole(linux: Board) -> None:
    assert linux.run(OPEN + "value = len(bus.read(0x1d, 0x11, 8192))") == 8192


@pytest.mark.parametrize("call", ["bus.read(0x1d, 0x11, 8193)", "bus.write(0x1d, bytes(8193))"])
def test_more_than_linux_takes_in_a_message_is_refused(linux: Board, call: str) -> None:
    with pytest.raises(Raised) as caught:
        linux.run(OPEN + call)
    assert str(caught.value) == "BusError: /dev/i2c-1: 8193 bytes in one message, but Linux takes 8192"


@pytest.mark.parametrize("path", [BUS, OTHER])
def test_a_missing_acknowledge_is_no_answer_whatever_the_adapter_calls_it(linux: Board, path: str) -> None:
    with pytest.raises(Raised) as caught:
        linux.run(OPEN + f"LinuxI2C({path!r}).read(0x53, 0, 1)")
    assert str(caught.value) == (
        f"NoAnswer: {path} address 0x53: no acknowledge; is the chip connected and powered, "
        "and is this its address?"
    )


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("ETIMEDOUT", "the bus timed out; does a chip or a short circuit hold SDA or SCL low?"),
        ("EBUSY", "the bus or the address is busy; a driver of the kernel may have the chip: unbind it"),
        ("EAGAIN", "another master won the bus"),
        ("EIO", "Input/output error"),
    ],
)
def test_another_failure_says_its_reason(linux: Board, error: str, reason: str) -> None:
    linux.tell(f"stuck {BUS} {error} 0")
    with pytest.raises(Raised) as caught:
        linux.run(OPEN + "bus.read(0x1d, 0, 1)")
    assert str(caught.value).startswith(f"BusError: /dev/i2c-1 address 0x1d: {reason}")


def test_after_a_failure_the_device_is_opened_anew(linux: Board) -> None:
    code = """
before = buses()
tell("stuck /dev/i2c-1 ETIMEDOUT 0")
fails(0x1d)
closed = buses()
tell("free /dev/i2c-1")
value = [bus.read(0x1d, 0, 3).hex(), len(before) - len(closed), len(buses()) - len(closed), before == buses()]
"""
    assert linux.run(WITH_FAULTS + code) == ["ad1ded", 1, 1, False]


def test_a_missing_acknowledge_is_no_reason_to_open_it_anew(linux: Board) -> None:
    code = "before = buses()\nfails(0x53)\nvalue = before == buses()"
    assert linux.run(WITH_FAULTS + code) is True


def test_a_bus_that_cannot_be_opened_again_says_so_at_each_transfer(linux: Board) -> None:
    code = """
tell("stuck /dev/i2c-1 EIO 0")
fails(0x1d)
tell("free /dev/i2c-1")
bus._path = "/dev/i2c-nowhere"
bus.read(0x1d, 0, 1)
"""
    with pytest.raises(Raised, match="BusError: cannot open /dev/i2c-nowhere: No such file or directory"):
        linux.run(WITH_FAULTS + code)


def test_the_clock_is_the_device_trees(linux: Board) -> None:
    assert linux.run("from drivers.i2c import LinuxI2C\nvalue = LinuxI2C('/dev/i2c-7').hz") == 400_000.0


def test_the_clock_is_the_usual_one_where_nothing_is_known(linux: Board) -> None:
    assert linux.run(OPEN + "value = bus.hz") == STANDARD_HZ
