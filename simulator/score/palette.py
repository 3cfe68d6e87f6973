"""The colours of the pictures."""

INK, MUTED, GRID, PAPER = "#15212B", "#9AA5AD", "#E4E0D6", "#FFFFFF"
OURS, EARLY, BLUE = "#B40000", "#E69F00", "#0072B2"
"""Okabe and Ito's colours: told apart by colour-blind readers too."""
