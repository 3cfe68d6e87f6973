"""Seismic intensity by the peak acceleration, GB/T 17742-2020."""

from math import floor, log10


def intensity(peak_m_s2: float) -> int:
    """The class 1 to 12: I_A = 3.17 lg PGA + 6.59, PGA in m/s² of the three-component vector.

    The standard takes 0.1-10 Hz; by a peak of 1-10 Hz, slow shaking comes out lower.
    """
    if peak_m_s2 <= 0:
        return 1
    return min(12, max(1, floor(3.17 * log10(peak_m_s2) + 6.59 + 0.5)))
