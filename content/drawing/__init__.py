"""How pages are drawn: measured text, signs, colours, and the pieces that layouts share."""
