"""Any Modbus RTU input module on RS-485 with the end switches at its inputs; frames by pymodbus.

The map is configuration: modules differ in it. An input that reads 1 is a contact that is made.
"""

from typing import Annotated, Literal, cast

from msgspec import Meta
from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU, ModbusPDU
from pymodbus.pdu.bit_message import ReadCoilsRequest, ReadDiscreteInputsRequest
from pymodbus.pdu.register_message import ReadHoldingRegistersRequest, ReadInputRegistersRequest

from drivers.doors import Door
from drivers.errors import BusError, NoAnswer, ReadingError
from drivers.i2c import I2C
from drivers.serial import BITS, Serial
from drivers.switches import EndSwitches, Wiring

WIRE = "serial"
BAUD = 9600
ADDRESSES = ()

REQUESTS: dict[str, type[ModbusPDU]] = {
    "coils": ReadCoilsRequest,
    "discrete_inputs": ReadDiscreteInputsRequest,
    "holding_registers": ReadHoldingRegistersRequest,
    "input_registers": ReadInputRegistersRequest,
}
WORD = 16
INPUTS = range(16 * WORD)
POLL_S = 0.022
"""Two readings so far apart outlast a bounce. At 9600 baud one takes this long by itself."""
SILENCE = 3.5
"""Characters of silence that end a frame; above 19200 baud a fixed time."""
SHORTEST_SILENCE_S = 0.00175
STEP_S = 0.0005
EXCEPTIONS = {
    1: "illegal function",
    2: "illegal data address",
    3: "illegal data value",
    4: "device failure",
    5: "acknowledged, later",
    6: "busy",
    10: "gateway path unavailable",
    11: "gateway target did not answer",
}
"""By "MODBUS Application Protocol" 1.1b3, chapter 7."""


class Settings(Wiring, frozen=True, forbid_unknown_fields=True):
    """Inputs count from `start`. In registers they count through their bits, lowest first, 16 a register: where a
    register is one input, the inputs are 0, 16, 32 and so on."""

    unit: Annotated[int, Meta(ge=1, le=247)] = 1
    read: Literal["coils", "discrete_inputs", "holding_registers", "input_registers"] = "discrete_inputs"
    """Functions 01, 02, 03 and 04."""
    start: Annotated[int, Meta(ge=0, le=65535)] = 0
    """The address in the frame, counted from 0: what a manual calls 10001 or 40001 is 0."""
    inverted: bool = False
    """The module says 0 for an input with current. Never for a normally closed contact: see drivers.switches."""
    timeout_s: Annotated[float, Meta(ge=0.01, le=0.5)] = 0.1
    """The longest wait for an answer, on top of the time that the bytes take."""

    def __post_init__(self) -> None:
        """Refuse what cannot be wired or asked. Raises ValueError."""
        self.check(INPUTS)
        if self.start + self.count() > 0x10000:
            raise ValueError("start: there is no address beyond 65535")

    def count(self) -> int:
        """How many addresses hold all inputs in use."""
        highest = max(self.inputs())
        return highest // WORD + 1 if self.read.endswith("registers") else highest + 1

    def made(self, inputs: int) -> int:
        """The contacts that are made, from the inputs that read 1."""
        return super().made(~inputs if self.inverted else inputs)


class Line:
    """Requests and answers on one port."""

    def __init__(self, port: Serial, settings: Settings) -> None:
        self._port = port
        self._unit = settings.unit
        self._timeout_s = settings.timeout_s
        self._framer = FramerRTU(DecodePDU(False))
        request = REQUESTS[settings.read](
            dev_id=settings.unit, address=settings.start, count=settings.count()
        )
        self._request = self._framer.buildFrame(request)
        values = 2 * settings.count() if settings.read.endswith("registers") else (settings.count() + 7) // 8
        self._answered = bytes((settings.unit, request.function_code, values))
        self._refused = bytes((settings.unit, 0x80 | request.function_code))
        """How an answer and an exception begin."""
        self._characters_s = (len(self._request) + 5 + values) * BITS / port.baud
        self._silence_s = max(SILENCE * BITS / port.baud, SHORTEST_SILENCE_S)
        self._turnround_s = 0.0
        self._quiet = port.now()

    def ask(self) -> ModbusPDU:
        """The module's answer, which may be an exception. Raises NoAnswer, BusError. Blocks."""
        port = self._port
        port.sleep(max(0.0, self._quiet + self._silence_s - port.now()))
        port.read()  # what came late belongs to an earlier request
        port.write(self._request)
        sent = port.now()
        # A module takes about as long each time; one that was slow once must not slow the next reading.
        port.sleep(self._characters_s + max(0.0, self._turnround_s - STEP_S))
        heard = bytearray()
        while True:
            heard += port.read()
            self._quiet = port.now()
            if answer := self._answer(bytes(heard)):
                took = self._quiet - sent - self._characters_s
                self._turnround_s = min(took, self._turnround_s + STEP_S)
                return answer
            if self._quiet - sent >= self._characters_s + self._timeout_s:
                raise self._failure(bytes(heard))
            port.sleep(STEP_S)

    def _answer(self, heard: bytes) -> ModbusPDU | None:
        """The answer in what was heard: some adapters hear the request too, or a byte of noise before it."""
        for at in range(len(heard) - 4):
            # What else a frame could be never reaches the framer, which raises for some of it.
            if heard[at : at + 2] == self._refused or heard[at : at + 3] == self._answered:
                answer = self._framer.handleFrame(heard[at:], self._unit, 0)[1]
                if answer is not None:
                    return answer
        return None

    def _failure(self, heard: bytes) -> BusError:
        who = f"Modbus unit {self._unit} at {self._port.baud} baud"
        if not heard.removeprefix(self._request):
            self._turnround_s = 0.0
            return NoAnswer(
                f"{who} does not answer: look at its address, its baud, its power, and A and B swapped"
            )
        return BusError(
            f"{who}: no whole answer in {heard[:16].hex(' ').upper()}: another baud, or a noisy wire"
        )


class Module:
    """A module that answered."""

    name = "Modbus"
    poll_s = POLL_S

    def __init__(self, port: Serial, settings: Settings) -> None:
        """Read it once; raises what `read` does."""
        self._port = port
        self._line = Line(port, settings)
        self._unit = settings.unit
        self._switches = EndSwitches(settings, self._inputs(), port.now())

    def read(self) -> Door | None:
        """The door, debounced. Raises NoAnswer, BusError; ReadingError when the module refuses. Blocks for about
        as long as the bytes take."""
        return self._switches.door(self._inputs(), self._port.now())

    def _inputs(self) -> int:
        """The inputs that read 1, as a mask."""
        answer = self._line.ask()
        if answer.isError():
            code = answer.exception_code
            raise ReadingError(
                f"Modbus unit {self._unit} refuses: exception {code}, {EXCEPTIONS.get(code, 'unknown')}; "
                "look at read, start and the inputs in [door.settings]"
            )
        if answer.registers:
            return sum(value << WORD * index for index, value in enumerate(answer.registers))
        return sum(1 << index for index, bit in enumerate(answer.bits) if bit)


def probe(wire: I2C | Serial, address: int, settings: Settings) -> Module:
    """Read the module once; it has no identity. Raises NoAnswer, ReadingError, BusError. Blocks."""
    return Module(cast("Serial", wire), settings)
