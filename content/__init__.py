"""What passengers read, how it is drawn, and the contract by which it reaches a display."""
