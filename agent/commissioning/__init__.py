"""What an installer does once on each display: see what is connected, configure it, check that it is right."""
