"""Recordings of earthquakes, rides and quiet, in folders of `index.json` and `records.npz`."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SHIPPED = Path(__file__).parent / "records"


@dataclass(frozen=True, slots=True)
class Recording:
    """One station's or one phone's recording."""

    key: str
    name: str
    kind: str
    """earthquake, ride or ambient."""
    rate_hz: float
    components: int
    """Columns that were measured; the others are zeros."""
    acceleration: NDArray[np.float64]
    """Shape (n, 3), m/s², vertical in column 2; with or without gravity."""
    downhole: bool = False
    source: str = ""
    licence: str = ""
    note: str = ""

    @property
    def duration_s(self) -> float:
        return len(self.acceleration) / self.rate_hz

    def shaking(self) -> NDArray[np.float64]:
        """Without gravity and offset (the median of the first 2 s), faded in over 0.5 s; shape (n, 3)."""
        still = self.acceleration - np.median(self.acceleration[: round(2 * self.rate_hz)], axis=0)
        edge = min(len(still), round(0.5 * self.rate_hz))
        still[:edge] *= (0.5 - 0.5 * np.cos(np.pi * np.arange(edge) / edge))[:, None]
        return still


def load(folder: Path | None = None) -> dict[str, Recording]:
    """The recordings of a folder by their key; without a folder, those that ship with the project."""
    folder = folder or SHIPPED
    index: list[dict[str, Any]] = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    with np.load(folder / "records.npz") as arrays:
        return {entry["key"]: _recording(entry, arrays[entry["key"]]) for entry in index}


def _recording(entry: dict[str, Any], samples: NDArray[np.float32]) -> Recording:
    return Recording(
        key=entry["key"],
        name=entry["name"],
        kind=entry["kind"],
        rate_hz=float(entry["rate_hz"]),
        components=int(entry["components"]),
        acceleration=samples.astype(np.float64),
        downhole=bool(entry.get("downhole")),
        source=entry.get("source") or "",
        licence=entry.get("licence") or "",
        note=entry.get("note") or "",
    )
