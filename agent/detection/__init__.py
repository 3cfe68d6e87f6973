"""What the car feels: samples in, decisions out; no clock, no waiting, many cars at once."""
