"""Other people's drivers read our simulated door sensors: what we simulate is not only what we expect."""

from typing import Any

import minimalmodbus
import pytest

from simulator.chips.mcp23017 import MCP23017
from simulator.chips.pcf8574 import PCF8574
from simulator.i2c import SimulatedI2C
from simulator.lines.modbus import MODBUS
from simulator.lines.tfmini import TFMINI
from simulator.serial import SimulatedSerial
from tests.outside_i2c import OutsideI2C, outside_driver


class OutsideSerial:
    """What other people's code asks of a serial.Serial, over a simulated port."""

    is_open = True

    def __init__(self, port: SimulatedSerial, timeout: float) -> None:
        self.port = "simulated"
        self.baudrate = port.baud
        self.timeout = timeout
        self._simulated = port
        self._buffer = b""

    def write(self, data: bytes) -> int:
        """Send."""
        self._simulated.write(data)
        return len(data)

    def read(self, size: int = 1) -> bytes:
        """So many bytes, or fewer after the timeout."""
        end = self._simulated.now() + self.timeout
        while len(self._buffer) < size and self._simulated.now() < end:
            self._simulated.sleep(0.001)
            self._buffer += self._simulated.read()
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken

    def open(self) -> None:
        """It is open."""

    def close(self) -> None:
        """Nothing to give back."""

    def reset_input_buffer(self) -> None:
        """Forget what has arrived."""
        self._simulated.read()
        self._buffer = b""

    def reset_output_buffer(self) -> None:
        """Nothing waits here."""


@pytest.mark.parametrize("low", [0b00, 0b01, 0b10, 0b11])
def test_adafruits_mcp23017_sees_the_switches(low: int) -> None:
    bus = SimulatedI2C(lambda: 0.0, {0x20: MCP23017(lambda now: low)})
    expander = outside_driver("adafruit_mcp230xx.mcp23017").MCP23017(OutsideI2C(bus))
    expander.iodira, expander.gppua = 0x7F, 0x03
    assert ~expander.gpioa & 0b11 == low
    assert [not expander.get_pin(pin).value for pin in (0, 1)] == [bool(low & 1), bool(low & 2)]


@pytest.mark.parametrize("low", [0b0000_0000, 0b0000_0001, 0b1000_0010, 0b1111_1111])
@pytest.mark.parametrize("address", [0x20, 0x3F])
def test_adafruits_pcf8574_sees_the_switches(low: int, address: int) -> None:
    bus = SimulatedI2C(lambda: 0.0, {address: PCF8574(lambda now: low)})
    expander = outside_driver("adafruit_pcf8574").PCF8574(OutsideI2C(bus), address)
    expander.write_gpio(0xFF)
    assert ~expander.read_gpio() & 0xFF == low
    expander.write_pin(3, False)
    assert not expander.read_pin(3), "a pin that is driven low reads low"


@pytest.mark.parametrize("metres", [0.3, 0.89, 1.2, 2.28])
def test_adafruits_tfmini_reads_the_distance(metres: float) -> None:
    port = SimulatedSerial(lambda: 0.0, TFMINI(lambda now: metres, closed_m=0.0, open_m=1.0, strength=1234))
    sensor = outside_driver("adafruit_tfmini").TFmini(OutsideSerial(port, timeout=1.0))
    assert sensor.distance == round(100 * metres)
    assert sensor.strength == 1234


def instrument(device: MODBUS, unit: int = 1) -> Any:
    port = OutsideSerial(SimulatedSerial(lambda: 0.0, device), timeout=0.1)
    return minimalmodbus.Instrument(port, unit)


def test_minimalmodbus_reads_the_inputs_by_every_function() -> None:
    client = instrument(MODBUS(lambda now: 0x1_008D, unit=9, count=32), unit=9)
    bits = [1, 0, 1, 1, 0, 0, 0, 1]
    assert client.read_bits(0, 8, functioncode=2) == bits
    assert client.read_bits(0, 8, functioncode=1) == bits
    assert client.read_registers(0, 2, functioncode=3) == [0x008D, 1]
    assert client.read_registers(0, 2, functioncode=4) == [0x008D, 1]


def test_minimalmodbus_understands_a_refusal_and_a_silence() -> None:
    with pytest.raises(minimalmodbus.IllegalRequestError, match="illegal data address"):
        instrument(MODBUS(lambda now: 0, count=16)).read_bits(12, 8, functioncode=2)
    with pytest.raises(minimalmodbus.IllegalRequestError, match="illegal function"):
        instrument(MODBUS(lambda now: 0)).write_bit(0, 1)
    with pytest.raises(minimalmodbus.NoResponseError):
        instrument(MODBUS(lambda now: 0), unit=2).read_bits(0, 8, functioncode=2)
