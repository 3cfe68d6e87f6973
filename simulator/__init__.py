"""Simulated chips, an elevator and a broker: the whole display on a machine without hardware."""
