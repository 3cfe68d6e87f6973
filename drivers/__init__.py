"""Chips, door sensors, screens and the wires they hang on: what an installer connects to a display."""
