"""The simulated serial port and the devices on it: their time, their faults, coming and going."""

import pytest

from drivers.errors import BusError
from simulator import doors, lines
from simulator.i2c import Between
from simulator.lines import Transmitter
from simulator.lines.modbus import MODBUS
from simulator.lines.tfmini import TFMINI
from simulator.serial import Cut, Noise, SimulatedSerial, Unplugged

BAUD = 9600
BYTE_S = 10 / BAUD


class Echo:
    """Sends back what it hears, and remembers when it heard it."""

    def __init__(self, baud: int = BAUD) -> None:
        self.baud = baud
        self.heard: list[tuple[float, bytes]] = []
        self.powered: list[float] = []

    def power_on(self, now: float) -> None:
        self.powered.append(now)
        self._line = Transmitter(self.baud)

    def receive(self, data: bytes, now: float) -> None:
        self.heard.append((now, data))
        self._line.put(data, now)

    def send(self, now: float) -> bytes:
        return self._line.out(now)


def port_to(device: Echo) -> SimulatedSerial:
    return SimulatedSerial(lambda: 0.0, device)


def carried(port: SimulatedSerial, data: bytes) -> bytes:
    """What comes back of data, after long enough."""
    port.write(data)
    port.sleep(2 * len(data) * BYTE_S + 0.001)
    return port.read()


def test_bytes_arrive_at_the_lines_pace() -> None:
    echo = Echo()
    port = port_to(echo)
    port.write(b"abc")
    port.sleep(4.5 * BYTE_S)
    assert echo.heard == []
    assert port.read() == b"a"
    assert [data for _, data in echo.heard] == [b"abc"]
    assert echo.heard[0][0] == pytest.approx(3 * BYTE_S)
    port.sleep(BYTE_S)
    assert port.read() == b"b"
    port.sleep(BYTE_S)
    assert port.read() == b"c"
    assert port.read() == b""


def test_what_is_written_at_once_leaves_one_after_the_other() -> None:
    echo = Echo()
    port = port_to(echo)
    port.write(b"ab")
    port.write(b"c")
    port.sleep(1.0)
    port.read()
    assert [time for time, _ in echo.heard] == [pytest.approx(2 * BYTE_S), pytest.approx(3 * BYTE_S)]


def test_time_is_the_clocks_unless_somebody_slept_ahead_of_it() -> None:
    time = [0.0]
    port = SimulatedSerial(lambda: time[0], None)
    time[0] = 5.0
    assert port.now() == 5.0
    port.sleep(1.0)
    time[0] = 5.5
    assert port.now() == 6.0


def test_at_another_rate_both_sides_hear_rubbish() -> None:
    echo = Echo(BAUD)
    port = SimulatedSerial(lambda: 0.0, echo, baud=2 * BAUD)
    answer = carried(port, b"question" * 8)
    assert echo.heard[0][1] != b"question" * 8
    assert len(echo.heard[0][1]) == 128
    assert answer
    assert answer not in b"question" * 8


def test_a_cut_wire_carries_nothing_and_tells_nobody() -> None:
    echo = Echo()
    port = port_to(echo)
    port.faults.append(Cut(Between(1.0, 2.0)))
    assert carried(port, b"before") == b"before"
    port.sleep(1.0 - port.now())
    assert carried(port, b"lost") == b""
    port.sleep(2.0 - port.now())
    assert carried(port, b"after") == b"after"
    assert [data for _, data in echo.heard] == [b"before", b"after"]


def test_bytes_that_were_under_way_when_the_wire_was_cut_are_lost_in_the_middle() -> None:
    port = port_to(Echo())
    port.faults.append(Cut(Between(6.5 * BYTE_S, 1.0)))
    port.write(b"abcd")
    port.sleep(1.5)
    assert port.read() == b"ab"


def test_an_unplugged_adapter_fails_every_call_until_it_is_back() -> None:
    port = port_to(Echo())
    port.faults.append(Unplugged(Between(1.0, 2.0)))
    port.write(b"never read")
    port.sleep(1.0)
    with pytest.raises(BusError, match="gone"):
        port.read()
    with pytest.raises(BusError, match="gone"):
        port.write(b"x")
    port.sleep(1.0)
    assert carried(port, b"back") == b"back"


@pytest.mark.parametrize(
    ("noise", "low", "high"), [("lost", 800, 990), ("doubled", 1010, 1200), ("spoiled", 1000, 1000)]
)
def test_a_noisy_line_loses_doubles_or_spoils_bytes_the_same_ones_each_time(
    noise: str, low: int, high: int
) -> None:
    sent = bytes(1000)
    got = []
    for _ in range(2):
        port = port_to(Echo())
        port.faults.append(Noise(Between(0.0, 100.0), **{noise: 0.1}))
        got.append(carried(port, sent))
    assert got[0] == got[1]
    assert low <= len(got[0]) <= high
    assert (sum(map(bool, got[0])) > 50) == (noise == "spoiled")


def test_the_port_keeps_4096_bytes_that_nobody_reads() -> None:
    port = SimulatedSerial(lambda: 0.0, TFMINI(lambda now: 0.0))
    port.sleep(60.0)
    assert len(port.read()) == 4096


def test_a_device_that_is_plugged_in_is_switched_on() -> None:
    first, second = Echo(), Echo()
    port = port_to(first)
    port.sleep(1.0)
    port.plug(second)
    assert (first.powered, second.powered) == ([0.0], [1.0])
    port.plug(None)
    assert carried(port, b"x") == b""


def test_the_devices_are_found_by_their_names() -> None:
    assert lines.names() == ["modbus", "tfmini"]
    assert lines.find("tfmini") is TFMINI
    with pytest.raises(KeyError):
        lines.find("nothing")
    for find in (doors.chip, doors.device):
        with pytest.raises(KeyError):
            find("nothing", lambda now: 0.0)


@pytest.mark.parametrize(
    ("opening", "made"), [(0.0, 0b1001), (0.009, 0b1001), (0.5, 0b1100), (0.995, 0b0110)]
)
def test_a_door_makes_one_contact_of_each_switch(opening: float, made: int) -> None:
    assert doors.contacts(opening) == made


def exchange(device: TFMINI | MODBUS, request: str, now: float = 1.0, until: float = 1.05) -> bytes:
    """What a device has answered to a request of that time, but for what it sent before."""
    device.send(now)
    device.receive(bytes.fromhex(request), now)
    return device.send(until)


def test_a_tfmini_sends_100_frames_a_second_as_its_manual_shows_them() -> None:
    device = TFMINI(lambda now: 0.5, closed_m=0.0, open_m=1.0, strength=2000, celsius=30.0)
    sent = device.send(1.0999)
    assert sent == bytes.fromhex("59 59 32 00 D0 07 F0 08 B3") * 100
    assert device.send(1.1005) == b"\x59\x59\x32\x00\xd0"  # 0.5 ms at 115200 baud


def test_a_tfmini_obeys_commands_whose_sum_fits() -> None:
    def quiet() -> TFMINI:
        device = TFMINI(lambda now: 0.0)
        assert exchange(device, "5A 05 07 00 66") == bytes.fromhex("5A 05 07 00 66")
        return device

    assert exchange(quiet(), "5A 04 01 5F", 2.0, 2.05) == bytes.fromhex("5A 07 01 07 00 02 6B")
    assert exchange(quiet(), "5A 04 01 60", 2.0, 2.05) == b""
    assert exchange(quiet(), "00 59 5A 04 01 5F", 2.0, 2.05) == bytes.fromhex("5A 07 01 07 00 02 6B")
    slow = quiet()
    exchange(slow, "5A 05 07 01 67", 2.0, 2.0)
    exchange(slow, "5A 06 03 0A 00 6D", 2.0, 2.05)
    assert len(slow.send(4.05)) == 20 * 9


@pytest.mark.parametrize(
    ("request_bytes", "answer"),
    [
        ("01 02 00 00 00 08 79 CC", "01 02 01 8D 61 ED"),
        ("01 01 00 00 00 08 3D CC", "01 01 01 8D 91 ED"),
        ("01 03 00 00 00 01 84 0A", "01 03 02 00 8D 78 21"),
        ("01 04 00 00 00 01 31 CA", "01 04 02 00 8D 79 55"),
        ("01 05 00 00 FF 00 8C 3A", "01 85 01 83 50"),
        ("01 02 00 00 00 00 78 0A", "01 82 03 00 A1"),
        ("01 02 00 10 00 08 78 09", "01 82 02 C1 61"),
        ("02 02 00 00 00 08 79 FF", ""),
        ("01 02 00 00 00 08 79 CD", ""),
    ],
)
def test_a_modbus_module_answers_as_the_standard_has_it(request_bytes: str, answer: str) -> None:
    assert exchange(MODBUS(lambda now: 0x8D), request_bytes) == bytes.fromhex(answer)


def test_a_modbus_module_begins_a_new_frame_after_a_silence() -> None:
    device = MODBUS(lambda now: 0x8D)
    assert exchange(device, "01 02 00") == b""
    assert exchange(device, "01 02 00 00 00 08 79 CC", 2.0, 2.05) == bytes.fromhex("01 02 01 8D 61 ED")
