"""The display in the car: it feels, knows the car, chooses the page and reports."""

import os

# The detector's matrices are small: more threads of linear algebra only wait for each other, and each costs memory.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
