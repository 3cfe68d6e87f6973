"""How early and how quiet the detector is, measured on recordings and on simulated elevators: `score`."""
