"""A simulated I2C bus: the wire's own calls, ending in simulated chips, with faults by script."""
