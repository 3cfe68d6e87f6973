"""Which buildings lie in the areas of a message: by polygon and circle, or by code where there is neither.

A sender gives codes beside a shape as another way to say the same (CAP 1.2, 3.2.4 "geocode"), and they are often
coarser: a circle of 25 km around a fire, and the code of the whole state. So a shape decides for every building whose
position is known, and the codes for the others. A circle of radius 0 is the point where something happened and no area.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from content.areas import Areas
from content.cap.message import CapArea

EARTH_KM = 6371.0088
"""Mean radius (IUGG)."""
Polygon = tuple[tuple[float, float], ...]
Row = NDArray[np.float64]
Mask = NDArray[np.bool_]


def reached(areas: Iterable[CapArea], tree: Areas) -> set[str]:
    """The buildings of the tree that lie in any of these areas of a message."""
    return {building for area in areas for building in _reached(area, tree)}


def _reached(area: CapArea, tree: Areas) -> set[str]:
    circles = [circle for circle in area.circles if circle[2] > 0]
    coded = tree.coded(area.geocodes)
    if not circles and not area.polygons:
        return coded
    inside = np.zeros(len(tree.located), dtype=np.bool_)
    for polygon in area.polygons:
        inside |= in_polygon(tree.positions, polygon)
    for latitude, longitude, radius in circles:
        inside |= distances_km(tree.positions, (latitude, longitude)) <= radius
    hit = {building for building, is_inside in zip(tree.located, inside, strict=True) if is_inside}
    return hit | (coded - set(tree.located))


def distances_km(positions: Row, centre: tuple[float, float]) -> Row:
    """From each position, shape (n, 2), along the great circle of a sphere (haversine formula; Sinnott 1984)."""
    phi, lam = np.radians(positions).T
    phi2, lam2 = np.radians(centre)
    chord = np.sin((phi2 - phi) / 2) ** 2 + np.cos(phi) * np.cos(phi2) * np.sin((lam2 - lam) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(1.0, chord))))


def in_polygon(positions: Row, polygon: Polygon) -> Mask:
    """Which positions, shape (n, 2), lie in a polygon, its edges straight in latitude and longitude (even-odd rule).

    An edge that spans more than 180 degrees of longitude goes the other way, over the antimeridian. A polygon around
    a pole is not understood: it holds nothing.
    """
    latitudes, longitudes = np.array(polygon).T
    longitudes = np.unwrap(longitudes, period=360.0)
    inside = np.zeros(len(positions), dtype=np.bool_)
    if abs(longitudes[0] - longitudes[-1]) > 1:
        return inside
    for turn in (-360.0, 0.0, 360.0):
        shifted = positions + np.array([0.0, turn])
        near = (
            (shifted[:, 0] >= latitudes.min())
            & (shifted[:, 0] <= latitudes.max())
            & (shifted[:, 1] >= longitudes.min())
            & (shifted[:, 1] <= longitudes.max())
        )
        for index in np.flatnonzero(near):
            inside[index] |= _crossings(shifted[index], latitudes, longitudes) % 2 == 1
    return inside


def _crossings(position: Row, latitudes: Row, longitudes: Row) -> int:
    """How many edges a ray from the position to the east crosses."""
    latitude, longitude = position
    spans = (latitudes[:-1] > latitude) != (latitudes[1:] > latitude)
    south, north = latitudes[:-1][spans], latitudes[1:][spans]
    west, east = longitudes[:-1][spans], longitudes[1:][spans]
    return int(np.count_nonzero(longitude < west + (latitude - south) / (north - south) * (east - west)))
