"""Official alerts that come in by CAP 1.2: bytes in, a verdict out. For the content side, never for a display."""
