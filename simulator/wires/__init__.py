"""Simulated wires for unmodified programs: the command `wires`, its preloaded shim, and the simulated board behind it."""
