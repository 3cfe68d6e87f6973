"""The simulated chips, register by register, by bytes typed from the datasheets: no driver takes part."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator import chips
from simulator.chips import Chip
from simulator.chips.adxl355 import ADXL355
from simulator.chips.mcp23017 import MCP23017

Array = NDArray[np.float64]
G0 = 9.80665


def still(*vector: float) -> Callable[[Array], Array]:
    return lambda times: np.tile(vector, (len(times), 1))


def measuring(chip: ADXL355, *, filter_code: int = 0x05, range_code: int = 0x01, now: float = 0.0) -> ADXL355:
    """125 samples a second and 2 g unless told otherwise."""
    chip.write(bytes((0x28, filter_code)), now)
    chip.write(bytes((0x2C, range_code)), now)
    chip.write(bytes((0x2D, 0x00)), now)
    return chip


def registers(chip: Chip, register: int, count: int, now: float) -> bytes:
    """Write the pointer, read from there on."""
    chip.write(bytes((register,)), now)
    return chip.read(count, now)


def slots(raw: bytes) -> list[bytes]:
    return [raw[start : start + 3] for start in range(0, len(raw), 3)]


def test_every_chip_is_found_by_its_name() -> None:
    assert {"adxl355", "mcp23017"} <= set(chips.names())
    assert all(callable(chips.find(name)) for name in chips.names())
    with pytest.raises(KeyError):
        chips.find("nothing")


def test_adxl355_comes_up_in_standby_with_its_identity() -> None:
    chip = ADXL355(still(0, 0, G0))
    assert registers(chip, 0x00, 3, 1.0) == b"\xad\x1d\xed"
    assert registers(chip, 0x2C, 2, 1.0) == b"\x81\x01"
    assert registers(chip, 0x29, 1, 1.0) == b"\x60"
    assert registers(chip, 0x04, 2, 1.0) == b"\x00\x00"
    assert registers(chip, 0x11, 3, 1.0) == b"\x00\x00\x02"


def test_adxl355_codes_what_it_feels_as_the_datasheet_says() -> None:
    chip = measuring(ADXL355(still(1 * G0, -1 * G0, 9 * G0), noise_density=0.0))
    x, y, z = slots(registers(chip, 0x11, 9, 0.0119))
    assert x == (256_000 << 4 | 1).to_bytes(3, "big")
    assert y == (-256_000 << 4).to_bytes(3, "big", signed=True)
    assert z == b"\x7f\xff\xf0"
    assert registers(chip, 0x08, 9, 0.0119) == (256_000 << 4).to_bytes(3, "big") + y + z


@pytest.mark.parametrize(("code", "counts"), [(0x81, 256_000), (0x82, 128_000), (0x83, 64_000)])
def test_adxl355_has_three_ranges(code: int, counts: int) -> None:
    chip = measuring(ADXL355(still(0, G0, 0), noise_density=0.0), range_code=code)
    assert int.from_bytes(registers(chip, 0x11, 9, 0.0119)[3:6], "big") >> 4 == counts


def test_adxl355_fills_its_fifo_axis_by_axis() -> None:
    chip = measuring(ADXL355(still(0, 0, G0)))
    entries = [
        registers(chip, 0x05, 1, 0.008 + late)[0]
        for late in (-0.0001, 0.0001, 0.0011, 0.0021, 0.0079, 0.0081)
    ]
    assert entries == [0, 1, 2, 3, 3, 4]


def test_adxl355_has_eleven_rates() -> None:
    rates = []
    for code in range(11):
        chip = measuring(ADXL355(still(0, 0, 0)), filter_code=code)
        period = 2**code / 4000
        rates.append((registers(chip, 0x05, 1, 0.99 * period)[0], registers(chip, 0x05, 1, 1.01 * period)[0]))
    assert rates == [(0, 1)] * 11


def test_adxl355_counts_its_samples_by_its_own_clock() -> None:
    times: list[float] = []

    def remember(asked: Array) -> Array:
        times.extend(asked)
        return np.zeros((len(asked), 3))

    chip = measuring(ADXL355(remember, rate_error=0.25))
    assert registers(chip, 0x05, 1, 0.0639)[0] == 27
    registers(chip, 0x11, 27 * 3, 0.0639)
    assert times == pytest.approx([0.0064 * number for number in range(1, 10)])


def test_adxl355_drops_its_oldest_slots_and_says_so_until_status_is_read() -> None:
    chip = measuring(ADXL355(lambda times: np.column_stack([times] * 3), noise_density=0.0))
    assert registers(chip, 0x04, 2, 32 * 0.008 + 0.0021) == b"\x03\x60"
    assert registers(chip, 0x04, 2, 33 * 0.008 + 0.0011) == b"\x07\x60"
    assert registers(chip, 0x04, 2, 33 * 0.008 + 0.0012) == b"\x03\x60"
    first = slots(registers(chip, 0x11, 96 * 3, 33 * 0.008 + 0.0012))
    assert [slot[2] & 3 for slot in first[:3]] == [0, 1, 0]  # X and Y of the oldest sample are gone
    z = int.from_bytes(first[0], "big") >> 4
    assert z * G0 / 256_000 == pytest.approx(0.008, abs=1e-4)


def test_adxl355_gives_empty_slots_when_too_many_are_read() -> None:
    chip = measuring(ADXL355(still(0, 0, 0), noise_density=0.0))
    assert slots(registers(chip, 0x11, 15, 0.0119)) == [b"\0\0\1", b"\0\0\0", b"\0\0\0", b"\0\0\2", b"\0\0\2"]


def test_adxl355_ignores_filter_and_range_while_it_measures() -> None:
    chip = measuring(ADXL355(still(0, 0, G0)))
    chip.write(b"\x28\x00", 0.1)
    chip.write(b"\x2c\x83", 0.1)
    assert registers(chip, 0x28, 1, 0.1) == b"\x05"
    assert registers(chip, 0x2C, 1, 0.1) == b"\x01"


def test_adxl355_reset_takes_five_milliseconds_and_may_race() -> None:
    chip = ADXL355(still(0, 0, G0), reset_races=1)
    trim = registers(chip, 0x50, 5, 0.0)
    chip.write(b"\x2f\x52", 0.0)
    assert registers(chip, 0x00, 3, 0.0049) == b"\0\0\0"
    assert registers(chip, 0x50, 5, 0.0051) != trim
    chip.write(b"\x2f\x52", 0.0051)
    assert registers(chip, 0x50, 5, 0.0102) == trim


def test_adxl355_that_loaded_its_trim_wrongly_measures_wrongly() -> None:
    chip = ADXL355(still(0, G0, 0), noise_density=0.0, reset_races=1)
    chip.write(b"\x2f\x52", 0.0)
    measuring(chip, now=1.0)
    assert int.from_bytes(registers(chip, 0x11, 9, 1.0119)[3:6], "big") >> 4 != 256_000


def test_adxl355_tells_its_temperature() -> None:
    raw = registers(measuring(ADXL355(still(0, 0, G0), temperature=43.1)), 0x06, 2, 0.1)
    assert 25 + (int.from_bytes(raw, "big") - 1885) / -9.05 == pytest.approx(43.1, abs=0.06)


def test_adxl355_has_the_noise_of_its_datasheet() -> None:
    """22.5 µg/√Hz up to half the output rate."""
    noise = noise_of(ADXL355(still(0, 0, 0)))
    assert noise.std() == pytest.approx(22.5e-6 * G0 * 62.5**0.5, rel=0.02)


def test_adxl355_has_the_same_noise_for_the_same_seed_only() -> None:
    first, again, other = (noise_of(ADXL355(still(0, 0, 0), seed=seed)) for seed in (7, 7, 8))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def noise_of(chip: ADXL355) -> Array:
    """What X, Y and Z say in a minute and a half, m/s²."""
    measuring(chip)
    raw = b"".join(registers(chip, 0x11, 60 * 3, number * 0.16 + 0.003) for number in range(1, 600))
    return np.array([int.from_bytes(slot, "big", signed=True) >> 4 for slot in slots(raw)]) * G0 / 256_000


def test_mcp23017_pins_are_inputs_without_pull_ups_when_it_comes_up() -> None:
    chip = MCP23017(lambda now: 0)
    assert registers(chip, 0x00, 14, 0.0) == b"\xff\xff" + bytes(12)


def test_mcp23017_pulled_up_pins_are_high_unless_switched_to_ground() -> None:
    chip = MCP23017(lambda now: 0b01 if now < 1 else 0b10)
    chip.write(b"\x0c\x03", 0.0)
    assert registers(chip, 0x12, 1, 0.0)[0] & 0b11 == 0b10
    assert registers(chip, 0x12, 1, 1.0)[0] & 0b11 == 0b01


def test_mcp23017_pins_without_pull_up_rattle() -> None:
    chip = MCP23017(lambda now: 0b01)
    assert [registers(chip, 0x12, 1, 0.0)[0] & 0b11 for _ in range(4)] == [0b10, 0b00, 0b10, 0b00]


def test_mcp23017_outputs_read_their_latch_and_inputs_their_polarity() -> None:
    chip = MCP23017(lambda now: 0b0001)
    chip.write(b"\x0c\xff", 0.0)  # GPPUA
    chip.write(b"\x00\x0f", 0.0)  # IODIRA
    chip.write(b"\x02\x03", 0.0)  # IPOLA
    chip.write(b"\x12\xa5", 0.0)  # GPIOA, which writes OLATA
    assert registers(chip, 0x14, 1, 0.0) == b"\xa5"
    assert registers(chip, 0x12, 1, 0.0) == b"\xad"


def test_mcp23017_in_bank_1_has_port_b_at_0x10() -> None:
    chip = MCP23017(lambda now: 0)
    chip.write(b"\x0a\x80", 0.0)
    chip.write(b"\x16\x55", 0.0)  # GPPUB
    chip.write(b"\x05\x00", 0.0)  # IOCON, back to bank 0
    assert registers(chip, 0x0C, 2, 0.0) == b"\x00\x55"


def test_mcp23017_pointer_wraps_or_stays_in_its_pair() -> None:
    chip = MCP23017(lambda now: 0)
    chip.write(b"\x0c\x11\x22", 0.0)
    assert registers(chip, 0x15, 3, 0.0) == b"\x00\xff\xff"
    chip.write(b"\x0a\x20", 0.0)  # IOCON.SEQOP
    assert registers(chip, 0x0C, 4, 0.0) == b"\x11\x22\x11\x22"


def test_mcp23017_forgets_everything_with_its_power() -> None:
    chip = MCP23017(lambda now: 0)
    chip.write(b"\x0c\x03", 0.0)
    chip.power_on(1.0)
    assert registers(chip, 0x0C, 1, 1.0) == b"\x00"
