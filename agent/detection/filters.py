"""Butterworth filters, and the filter of a whole block as one matrix product.

A linear filter with state x, fed a block u, is `[y; x'] = M @ [u; x]`: axes and cars are further columns
of the same product, other filters of the same samples are further rows of M.

Design: analog prototype, prewarped edges, bilinear transform (Oppenheim and Schafer, Discrete-Time Signal
Processing, 3rd ed., 7.2).
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Sections: TypeAlias = NDArray[np.float64]
"""Second-order sections, shape (k, 6), each b0 b1 b2 1 a1 a2, as SciPy writes them."""


def low_pass(order: int, cut_hz: float, rate_hz: float) -> Sections:
    """A Butterworth low-pass. Raises ValueError unless 0 < cut < half the rate."""
    _check(0.0, cut_hz, rate_hz)
    pairs = _pairs(_bilinear(_warped(cut_hz, rate_hz) * _prototype(order), rate_hz))
    rows = [(1.0, 2.0, 1.0, *_denominator(pair)) if len(pair) == 2 else _single(pair[0]) for pair in pairs]
    return _unit_gain(np.array(rows), 0.0)


def band_pass(order: int, low_hz: float, high_hz: float, rate_hz: float) -> Sections:
    """A Butterworth band-pass with `order` poles a side. Raises ValueError unless 0 < low < high < half the rate."""
    _check(low_hz, high_hz, rate_hz)
    if low_hz <= 0:
        raise ValueError(f"a band-pass cannot begin at {low_hz} Hz")
    low, high = _warped(low_hz, rate_hz), _warped(high_hz, rate_hz)
    half = _prototype(order) * (high - low) / 2
    root = np.sqrt(half**2 - low * high + 0j)
    pairs = _pairs(_bilinear(np.concatenate([half + root, half - root]), rate_hz))
    rows = np.array([(1.0, 0.0, -1.0, *_denominator(pair)) for pair in pairs])
    return _unit_gain(rows, 2 * np.arctan(np.sqrt(low * high) / (2 * rate_hz)))


def _check(low_hz: float, high_hz: float, rate_hz: float) -> None:
    if not low_hz < high_hz < rate_hz / 2:
        raise ValueError(f"{low_hz} Hz to {high_hz} Hz does not fit a rate of {rate_hz} Hz")


def _warped(frequency_hz: float, rate_hz: float) -> float:
    """The analog frequency that the bilinear transform moves to this one, rad/s."""
    return float(2 * rate_hz * np.tan(np.pi * frequency_hz / rate_hz))


def _prototype(order: int) -> NDArray[np.complex128]:
    """Poles of the analog low-pass of 1 rad/s."""
    k = np.arange(order)
    return np.asarray(np.exp(1j * np.pi * (2 * k + order + 1) / (2 * order)))


def _bilinear(poles: NDArray[np.complex128], rate_hz: float) -> NDArray[np.complex128]:
    return np.asarray((2 * rate_hz + poles) / (2 * rate_hz - poles))


def _pairs(poles: NDArray[np.complex128]) -> list[list[complex]]:
    """Conjugate poles together, then real ones by two; an odd one is alone."""
    real = sorted(pole.real for pole in poles if abs(pole.imag) < 1e-9)
    upper = [pole for pole in poles if pole.imag >= 1e-9]
    return [[pole, pole.conjugate()] for pole in upper] + [
        list(real[i : i + 2]) for i in range(0, len(real), 2)
    ]


def _denominator(pair: Sequence[complex]) -> tuple[float, float, float]:
    return 1.0, -(pair[0] + pair[1]).real, (pair[0] * pair[1]).real


def _single(pole: complex) -> tuple[float, ...]:
    return 1.0, 1.0, 0.0, 1.0, -pole.real, 0.0


def _unit_gain(sections: Sections, angle: float) -> Sections:
    """Scaled to a gain of 1 at this angle on the unit circle."""
    powers = np.exp(-1j * angle * np.arange(3))
    gains = np.abs(sections[:, :3] @ powers) / np.abs(sections[:, 3:] @ powers)
    scaled = sections.copy()
    scaled[:, :3] /= gains[:, None]
    return scaled


def cascade(
    sections: Sections, samples: NDArray[np.float64], state: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sample by sample, the definition that the matrix is made of: samples (n, columns), state (2k, columns).

    Transposed direct form II, two states a section.
    """
    output, after = samples.copy(), state.copy()
    for section, (b0, b1, b2, _, a1, a2) in enumerate(sections):
        first, second = after[2 * section], after[2 * section + 1]
        for row in output:
            value = b0 * row + first
            first = b1 * row - a1 * value + second
            second = b2 * row - a2 * value
            row[:] = value
        after[2 * section], after[2 * section + 1] = first, second
    return output, after


def block_matrix(sections: Sections, length: int) -> NDArray[np.float64]:
    """M of shape (length + 2k, length + 2k): its columns are the answers to each input and each state alone."""
    states = 2 * len(sections)
    unit = np.eye(length + states)
    return np.vstack(cascade(sections, unit[:length], unit[length:]))


def resting_state(sections: Sections) -> NDArray[np.float64]:
    """The state, shape (2k,), in which the filter rests after an endless input of 1."""
    step = block_matrix(sections, 1)
    return np.asarray(np.linalg.solve(np.eye(len(step) - 1) - step[1:, 1:], step[1:, 0]))


class Bank:
    """Several filters of the same samples, state carried from block to block."""

    def __init__(self, filters: Sequence[Sections], columns: int) -> None:
        self._filters = tuple(filters)
        self._resting = np.concatenate([resting_state(sections) for sections in self._filters])
        self.state = np.zeros((len(self._resting), columns))
        self._columns = columns
        self._ready: dict[int, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}
        """By block length: the matrix, and room for samples above states."""

    def rest(self, level: NDArray[np.float64], columns: NDArray[np.bool_] | slice = slice(None)) -> None:
        """Begin again as if these columns had always been at this level, shape (their number,)."""
        self.state[:, columns] = self._resting[:, None] * level

    def run(self, samples: NDArray[np.float64]) -> NDArray[np.float64]:
        """Filter a block of shape (n, columns); gives shape (filters, n, columns)."""
        length = len(samples)
        ready = self._ready.get(length)
        if ready is None:
            ready = self._ready[length] = (
                self.matrix(length),
                np.empty((length + len(self.state), self._columns)),
            )
        matrix, both = ready
        both[:length] = samples
        both[length:] = self.state
        product = matrix @ both
        outputs = len(self._filters) * length
        self.state = product[outputs:]
        return product[:outputs].reshape(len(self._filters), length, self._columns)

    def matrix(self, length: int) -> NDArray[np.float64]:
        """All outputs first, then all states."""
        states = len(self._resting)
        outputs = np.zeros((len(self._filters) * length, length + states))
        after = np.zeros((states, length + states))
        row = 0
        for number, sections in enumerate(self._filters):
            one, own = block_matrix(sections, length), slice(row, row + 2 * len(sections))
            inside = slice(length + own.start, length + own.stop)
            block = slice(number * length, (number + 1) * length)
            outputs[block, :length], outputs[block, inside] = one[:length, :length], one[:length, length:]
            after[own, :length], after[own, inside] = one[length:, :length], one[length:, length:]
            row = own.stop
        return np.vstack((outputs, after))
