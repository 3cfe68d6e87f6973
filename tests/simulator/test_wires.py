"""Simulated wires from outside: programs that know nothing of ours find devices, with their limits and their faults."""

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.wires import scenario as scenarios
from simulator.wires.bench import Bench
from simulator.wires.play import Play
from simulator.wires.port import Harm, damaged
from simulator.wires.scenario import Scenario, ScenarioError
from simulator.wires.script import ACTIONS
from tests import needed
from tests.wires_rig import DEADLINE_S, ROOT, Board, Raised, board, command, environment

BUS, PORT = "/dev/i2c-1", "/dev/ttyUSB0"
SCENARIO = """
[elevator]
rides = false
[[bus]]
chip = [{ name = "adxl355", address = 0x1d }, { name = "mcp23017", address = 0x20 }]
[[bus]]
path = "/dev/i2c-2"
hz = 10000
chip = [{ name = "mcp23017", address = 0x21 }]
[[port]]
path = "/dev/ttyUSB0"
device = "tfmini"
[screen]
width = 100
height = 50
bits = 16
stride = 256
"""
SMBUS = """
from smbus2 import SMBus, i2c_msg
bus = SMBus(1)
"""


@pytest.fixture(scope="module")
def started() -> Iterator[Board]:
    with board(SCENARIO) as running:
        yield running


@pytest.fixture
def wires(started: Board) -> Board:
    """With nothing wrong on them."""
    for line in (
        f"free {BUS}",
        f"slow {BUS} 0",
        f"plug {BUS} 0x1d",
        f"release {BUS} 0x20",
        f"plug-port {PORT}",
    ):
        assert started.tell(line) == "ok"
    return started


def run(*options: str, program: list[str], folder: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """A program on the usual wires, to its end."""
    around = {**environment(folder), **changes}
    line = command(*options, program=program)
    return subprocess.run(
        line, check=False, capture_output=True, text=True, cwd=ROOT, env=around, timeout=DEADLINE_S
    )


def test_smbus2_reads_a_chip_in_every_way(wires: Board) -> None:
    code = """
both = i2c_msg.write(0x1d, [0x00]), i2c_msg.read(0x1d, 4)
bus.i2c_rdwr(*both)
bus.write_byte(0x1d, 0x02)
value = [bus.read_byte_data(0x1d, 0), bus.read_word_data(0x1d, 0), bus.read_i2c_block_data(0x1d, 0, 3)]
value += [list(both[1]), bus.process_call(0x1d, 0x1e, 0x1234)]
bus.write_byte(0x1d, 0x02)
value += [bus.read_byte(0x1d)]
"""
    identity = [0xAD, 0x1D, 0xED, 0x01]
    # A process call writes two registers and reads the two after them.
    assert wires.run(SMBUS + code) == [0xAD, 0x1DAD, identity[:3], identity, 0x0000, 0xED]


def test_smbus2_writes_a_chip_in_every_way(wires: Board) -> None:
    code = """
bus.write_byte_data(0x20, 0x00, 0x12)
bus.write_word_data(0x20, 0x02, 0x3456)
bus.write_i2c_block_data(0x20, 0x0c, [0x78, 0x9a])
bus.write_quick(0x20)
value = [bus.read_i2c_block_data(0x20, 0x00, 4), bus.read_i2c_block_data(0x20, 0x0c, 2)]
bus.write_block_data(0x20, 0x06, [0x42])
value += [bus.read_i2c_block_data(0x20, 0x06, 2)]
"""
    assert wires.run(SMBUS + code) == [[0x12, 0xFF, 0x56, 0x34], [0x78, 0x9A], [0x01, 0x42]]


def test_a_program_may_read_and_write_the_device_plainly(wires: Board) -> None:
    code = """
import fcntl, os
file = os.open("/dev/i2c-1", os.O_RDWR)
fcntl.ioctl(file, 0x0703, 0x1d)
copy = os.dup(file)
written = os.write(file, bytes((0x00,)))
value = [written, os.read(copy, 3).hex()]
"""
    assert wires.run(code) == [1, "ad1ded"]


@pytest.mark.parametrize(
    "call",
    [
        "bus.i2c_rdwr(*[i2c_msg.read(0x1d, 1)] * 43)",
        "bus.i2c_rdwr(i2c_msg.read(0x1d, 8193))",
        "bus.i2c_rdwr()",
        "__import__('fcntl').ioctl(bus.fd, 0x0703, 0x80)",
    ],
)
def test_what_linux_refuses_is_refused(wires: Board, call: str) -> None:
    with pytest.raises(Raised, match="Invalid argument"):
        wires.run(SMBUS + call)


def test_forty_two_messages_are_one_transfer(wires: Board) -> None:
    code = "bus.i2c_rdwr(*[i2c_msg.write(0x20, [0x00, 0xfe])] * 42)\nvalue = bus.read_byte_data(0x20, 0)"
    assert wires.run(SMBUS + code) == 0xFE


@pytest.mark.parametrize("call", ["bus.read_block_data(0x20, 0)", "bus.enable_pec()"])
def test_what_the_adapter_cannot_do_is_an_error(wires: Board, call: str) -> None:
    with pytest.raises(Raised, match=r"not supported|not a feature"):
        wires.run(SMBUS + call)


def test_an_address_of_a_kernel_driver_is_busy_unless_forced(wires: Board) -> None:
    wires.tell(f"claim {BUS} 0x20")
    with pytest.raises(Raised, match="Device or resource busy"):
        wires.run(SMBUS + "bus.read_byte_data(0x20, 0)")
    assert isinstance(wires.run(SMBUS + "value = bus.read_byte_data(0x20, 0, force=True)"), int)


def test_the_devices_are_seen_as_devices(wires: Board) -> None:
    code = """
import glob, os, stat
paths = ["/dev/i2c-1", "/dev/ttyUSB0", "/dev/fb0"]
value = [stat.S_ISCHR(os.stat(path).st_mode) and stat.S_ISCHR(os.lstat(path).st_mode) for path in paths]
value += [stat.S_ISCHR(os.fstat(os.open(path, os.O_RDWR)).st_mode) for path in paths]
value += [os.access(path, os.R_OK | os.W_OK) for path in paths] + [os.path.exists("/dev/i2c-9")]
value += [set(paths) <= set(glob.glob("/dev/*")), os.major(os.stat("/dev/i2c-2").st_rdev)]
value += [os.minor(os.stat("/dev/i2c-2").st_rdev)]
"""
    assert wires.run(code) == [True] * 9 + [False, True, 89, 2]


def test_threads_and_children_have_connections_of_their_own(wires: Board) -> None:
    code = (
        SMBUS
        + """
import os, sys, threading
def read(found, shared):
    own = shared or SMBus(1)
    for _ in range(200):
        message = i2c_msg.read(0x1d, 3)
        own.i2c_rdwr(i2c_msg.write(0x1d, [0x00]), message)
        found.add(bytes(message).hex())
found = set()
threads = [threading.Thread(target=read, args=(found, None)) for _ in range(3)]
def connection():
    return os.readlink(f"/proc/self/fd/{bus.fd}")
parents = connection()
child = os.fork()
for thread in threads:
    thread.start()
read(found, bus)
for thread in threads:
    thread.join()
if not child:
    os._exit(found != {"ad1ded"} or connection() == parents)
value = [os.waitpid(child, 0)[1], sorted(found), connection() == parents]
"""
    )
    assert wires.run(code) == [0, ["ad1ded"], True]


def test_a_program_that_starts_another_keeps_its_devices(wires: Board) -> None:
    code = """
import subprocess
shown = subprocess.run(["python3", "-c", "import os; print(oct(os.stat('/dev/i2c-1').st_mode))"], capture_output=True)
value = [bus.read_byte_data(0x1d, 0), shown.stdout.decode()]
"""
    assert wires.run(SMBUS + code) == [0xAD, "0o20660\n"]


def test_i2cdetect_shows_the_chips_there_are(tmp_path: Path) -> None:
    done = run(program=[needed.program("i2cdetect", "i2c-tools"), "-y", "1"], folder=tmp_path)
    found = [word for line in done.stdout.splitlines()[1:] for word in line.split()[1:] if word != "--"]
    assert found == ["1d", "20"]


def test_i2cget_reads_the_identity(tmp_path: Path) -> None:
    done = run(program=[needed.program("i2cget", "i2c-tools"), "-y", "1", "0x1d", "0x02"], folder=tmp_path)
    assert (done.stdout, done.stderr, done.returncode) == ("0xed\n", "", 0)


def test_the_transfer_with_the_number_fails_and_no_other(wires: Board) -> None:
    assert wires.tell(f"nack {BUS} 0x1d 3") == "ok"
    assert wires.tell(f"lose {BUS} 0x1d 5") == "ok"
    code = """
value = []
for _ in range(6):
    try:
        value.append(bus.read_byte_data(0x1d, 0))
    except OSError as error:
        value.append(error.strerror)
"""
    good, missing, lost = 0xAD, "No such device or address", "Connection timed out"
    assert wires.run(SMBUS + code) == [good, good, missing, good, lost, good]


def test_a_chip_is_unplugged_and_comes_back_with_its_reset_values(wires: Board) -> None:
    read = SMBUS + "value = bus.read_byte_data(0x1d, 0x2d)"
    wires.run(SMBUS + "bus.write_byte_data(0x1d, 0x2d, 0x00)")
    assert wires.run(read) == 0x00
    wires.tell(f"unplug {BUS} 0x1d")
    with pytest.raises(Raised, match="No such device or address"):
        wires.run(read)
    wires.tell(f"plug {BUS} 0x1d")
    assert wires.run(read) == 0x01


def test_another_chip_may_sit_at_the_address() -> None:
    with board(SCENARIO) as running:
        assert running.tell(f"swap {BUS} 0x1d mcp23017") == "ok"
        assert running.run(SMBUS + "value = bus.read_byte_data(0x1d, 0)") == 0xFF


def test_a_stuck_bus_fails_until_it_is_free(wires: Board) -> None:
    wires.tell(f"stuck {BUS} EBUSY 0")
    with pytest.raises(Raised, match="Device or resource busy"):
        wires.run(SMBUS + "bus.read_byte_data(0x1d, 0)")
    wires.tell(f"free {BUS}")
    assert wires.run(SMBUS + "value = bus.read_byte_data(0x1d, 0)") == 0xAD


TIMED = """
import time
from smbus2 import SMBus
bus = SMBus({bus})
began = time.monotonic()
bus.read_i2c_block_data({address}, 0, 21)
value = time.monotonic() - began
"""


def test_a_slow_bus_takes_longer(wires: Board) -> None:
    wires.tell(f"slow {BUS} 0.05")
    assert wires.run(TIMED.format(bus=1, address=0x1D)) >= 0.05


def test_a_bus_with_a_clock_takes_nine_of_it_a_byte(wires: Board) -> None:
    # Two addresses, the pointer and 21 bytes.
    assert wires.run(TIMED.format(bus=2, address=0x21)) >= 24 * 9 / 10_000


def test_a_bus_silent_for_longer_than_the_fifo_overruns_it(wires: Board) -> None:
    wires.run(SMBUS + "bus.write_byte_data(0x1d, 0x28, 0x05)\nbus.write_byte_data(0x1d, 0x2d, 0x00)")
    assert wires.run(SMBUS + "value = bus.read_byte_data(0x1d, 0x04) & 0x04") == 0
    wires.tell(f"silent {BUS} 0.3")
    assert wires.run(SMBUS + "value = bus.read_byte_data(0x1d, 0x04) & 0x04") == 0x04


def test_steps_come_with_time() -> None:
    steps = "".join(
        f'[[step]]\nat = {at}\ndo = "{line} {BUS} 0x1d"\n' for at, line in ((0.3, "plug"), (0.0, "unplug"))
    )
    code = """
seen = []
while seen[-2:] != ["gone", "there"]:
    try:
        bus.read_byte_data(0x1d, 0)
        seen.append("there")
    except OSError:
        seen.append("gone")
value = True
"""
    with board(SCENARIO + steps) as running:
        assert running.run(SMBUS + code)


def test_the_car_rides_by_itself_and_opens_its_door_before_and_after() -> None:
    now = 100.0
    bench = Bench(Scenario(), lambda: now)
    floors, opened, moved = set(), 0, 0
    for _ in range(2400):
        now += 0.1
        bench.ride_by_itself()
        floors.add(bench.elevator.floor(bench.now()))
        opened += bench.elevator.door_opening(bench.now()) > 0.99
        moved += bench.elevator.moving(bench.now())
    assert len(floors) > 3
    assert opened > 100
    assert moved > 100


SERIAL = """
import serial
port = serial.Serial("/dev/ttyUSB0", {baud}, timeout=2, exclusive=True)
def frames(count):
    while port.read(1) != b"\\x59" or port.read(1) != b"\\x59":
        pass
    port.read(7)
    return [port.read(9).hex() for _ in range(count)]
"""
FRAME = "59591e00d007"
"""0.3 m away, strong."""


def test_pyserial_reads_what_hangs_on_the_port(wires: Board) -> None:
    frames = wires.run(SERIAL.format(baud=115200) + "value = frames(5)")
    assert [frame[:12] for frame in frames] == [FRAME] * 5


def test_at_another_baud_there_is_only_rubbish(wires: Board) -> None:
    heard = wires.run(SERIAL.format(baud=9600) + "value = port.read(60).hex()")
    assert len(heard) == 120
    assert "5959" not in heard


def test_an_unplugged_port_ends_reads_and_comes_back_at_the_same_path(wires: Board) -> None:
    code = SERIAL.format(baud=115200) + "value = frames(1)[0][:12]"
    assert wires.run(code) == FRAME
    wires.tell(f"unplug-port {PORT}")
    with pytest.raises(Raised, match="could not open port"):
        wires.run(code)
    wires.tell(f"plug-port {PORT}")
    assert wires.run(code) == FRAME


def test_an_open_port_that_is_unplugged_fails(wires: Board) -> None:
    code = (
        SERIAL.format(baud=115200)
        + """
import os, socket
with socket.socket(socket.AF_UNIX) as wire:
    wire.connect(os.environ["HOISTWAY_WIRES"] + "/control")
    wire.sendall(b"unplug-port /dev/ttyUSB0\\n")
    wire.recv(100)
while True:
    port.read(9)
"""
    )
    with pytest.raises(Raised, match=r"device disconnected|Input/output error"):
        wires.run(code)


@settings(derandomize=True, deadline=None)
@given(st.binary(max_size=60), *(st.integers(0, 5) for _ in range(3)))
def test_harm_comes_to_as_many_bytes_as_were_said(data: bytes, drop: int, double: int, corrupt: int) -> None:
    harm: Counter[Harm] = Counter({"drop": drop, "double": double, "corrupt": corrupt})
    out = damaged(data, harm)
    dropped, doubled = min(drop, len(data)), max(0, min(double, len(data) - drop))
    spoiled = max(0, min(corrupt, len(data) - drop - double))
    assert len(out) == len(data) - dropped + doubled
    kept = data[dropped:]
    expected = bytes(byte for byte in kept[:doubled] for _ in range(2)) + kept[doubled:]
    assert sum(a != b for a, b in zip(out, expected, strict=True)) == spoiled
    assert sum(harm.values()) == drop + double + corrupt - dropped - doubled - spoiled


def test_a_framebuffer_tells_its_shape_and_keeps_its_pixels(tmp_path: Path) -> None:
    pixels = tmp_path / "pixels"
    code = """
import fcntl, mmap, os, struct
file = os.open("/dev/fb0", os.O_RDWR)
variable, fixed = bytearray(160), bytearray(80)
fcntl.ioctl(file, 0x4600, variable)
fcntl.ioctl(file, 0x4602, fixed)
value = [list(struct.unpack_from("8I", variable)), struct.unpack_from("I", fixed, 24)[0]]
value += [struct.unpack_from("I", fixed, 48)[0], fcntl.ioctl(file, 0x4611, 0)]
memory = mmap.mmap(file, 256 * 50)
memory[256:260] = b"\\x01\\x02\\x03\\x04"
"""
    with board(SCENARIO + f'file = "{pixels}"') as running:
        shape = [100, 50, 100, 50, 0, 0, 16, 0]
        assert running.run(code) == [shape, 256 * 50, 256, 0]
        content = pixels.read_bytes()
    assert (len(content), content[256:260], content[260:].count(0)) == (12800, b"\x01\x02\x03\x04", 12540)


@pytest.mark.parametrize("code", [0, 7])
def test_the_exit_code_of_the_program_is_passed_on(tmp_path: Path, code: int) -> None:
    done = run(program=[sys.executable, "-c", f"print('out'); raise SystemExit({code})"], folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (code, "out\n", "")
    assert not list(tmp_path.iterdir())


def test_a_program_that_a_signal_ended_is_told_like_a_shell_tells_it(tmp_path: Path) -> None:
    done = run(program=[sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"], folder=tmp_path)
    assert done.returncode == 128 + 9


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_signals_reach_the_program_and_nothing_is_left_behind(tmp_path: Path, number: signal.Signals) -> None:
    code = f"""
import signal, sys, time
signal.signal({int(number)}, lambda *_: sys.exit(33))
print("ready", flush=True)
while True:
    time.sleep(1)
"""
    line = command(program=[sys.executable, "-c", code])
    with subprocess.Popen(
        line, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment(tmp_path), start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.wait(DEADLINE_S) == 33
    assert not list(tmp_path.iterdir())


def test_without_a_program_there_is_one_line(tmp_path: Path) -> None:
    done = run(program=[], folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        "hoistway-simulator: say what to run: hoistway-simulator wires [--scenario FILE] -- COMMAND …\n"
    )


def test_a_program_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    done = run(program=["/nowhere/at-all"], folder=tmp_path)
    assert done.returncode == 127
    assert done.stderr == "hoistway-simulator: cannot run /nowhere/at-all: No such file or directory\n"
    assert not list(tmp_path.iterdir())


def test_a_control_socket_that_is_taken_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    done = run("--control", str(tmp_path / "taken"), program=["true"], folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        f"hoistway-simulator: --control {tmp_path}/taken: Address already in use; name a path where nothing is\n"
    )


def test_without_a_compiler_it_says_what_to_install(tmp_path: Path) -> None:
    done = run(program=[sys.executable, "-c", ""], folder=tmp_path, PATH="/nowhere")
    assert done.returncode == 2
    assert done.stderr == "hoistway-simulator: a C compiler is missing: apt-get install gcc libc6-dev\n"
    assert not list(tmp_path.iterdir())


def test_the_example_scenario_can_be_played(tmp_path: Path) -> None:
    Play(scenarios.load(ROOT / "docs" / "wires-scenario.toml"), tmp_path, None).stop()


def test_every_line_is_in_the_documentation() -> None:
    text = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    assert [action for action in ACTIONS if f"`{action} " not in text] == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[bus]]\nspeed = 1", "Object contains unknown field `speed` - at `$.bus[0]`"),
        ("[[bus]]\npath = 'i2c-1'", "Expected `str` matching regex"),
        ("[[bus]]\n[[bus]]", "/dev/i2c-1 is there twice; give each device its own path"),
        (
            "[[bus]]\nchip = [{name='adxl355', address=29}, {name='mcp23017', address=29}]",
            "/dev/i2c-1: two chips at 0x1d; give each its own address",
        ),
        ("[[bus]]\nchip = [{name='adxl999', address=29}]", "no chip 'adxl999'; there are adxl"),
        (
            "[[bus]]\nchip = [{name='mcp23017', address=32, settings={rate=1}}]",
            "mcp23017 has no setting 'rate'; it has none",
        ),
        ("[[port]]\npath='/dev/ttyS0'\ndevice='fax'", "/dev/ttyS0: no device 'fax'; there are "),
        ("[elevator]\nstoreys = 2\nfloor = 2", "[elevator] floor: the 2 storeys are numbered from 0"),
        ("[screen]\nstride = 100", "[screen] stride: a row of 1080 pixels has more than 100 bytes"),
        ("[[step]]\nat = 1\ndo = 'jump 3'", "[[step]] 'jump 3': there is no 'jump'; there are unplug"),
        ("[[step]]\nat = 1\ndo = 'ride up'", "[[step]] 'ride up': 'up' is no whole number"),
        ("[[step]]\nat = 1\ndo = 'play tango'", "[[step]] 'play tango': no recording 'tango'; there are "),
        (
            "[[step]]\nat = 1\ndo = 'swap /dev/i2c-1 0x1d bmi'",
            "[[step]] 'swap /dev/i2c-1 0x1d bmi': no chip 'bmi'; there are adxl",
        ),
        ("nonsense", "Expected '=' after a key"),
    ],
)
def test_a_wrong_scenario_is_one_line(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        Play(scenarios.read(text), tmp_path, None)
    assert str(caught.value).startswith(reason)
    assert "\n" not in str(caught.value)
