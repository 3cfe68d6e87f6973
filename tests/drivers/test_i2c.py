"""The bus of a Linux board, as far as a machine without one can test it."""

import pytest

from drivers.errors import BusError
from drivers.i2c import LinuxI2C


def test_a_bus_that_is_not_there_is_one_clear_line() -> None:
    with pytest.raises(BusError) as caught:
        LinuxI2C("/dev/i2c-nowhere")
    assert str(caught.value) == (
        "cannot open /dev/i2c-nowhere: No such file or directory; is I2C enabled on this board?"
    )


def test_a_device_that_is_not_a_bus_is_refused() -> None:
    with pytest.raises(BusError, match="cannot open /dev/null"):
        LinuxI2C("/dev/null")
