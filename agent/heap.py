"""The C heap of the display: a page is drawn in tens of megabytes and waits in six, so what is free goes back at once."""

import ctypes

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
"""mallopt(3), glibc's malloc.h."""
LARGE = 256 * 1024
"""Bytes. glibc raises this by itself when a larger block is freed, and keeps all smaller ones from then on."""


def settle() -> None:
    """Call before threads are started. On another C library nothing happens, and the display needs some more memory."""
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "mallopt"):
        return
    for parameter, value in ((M_MMAP_THRESHOLD, LARGE), (M_TRIM_THRESHOLD, LARGE), (M_ARENA_MAX, 2)):
        libc.mallopt(parameter, value)


def trim() -> None:
    """Give back what is free at the heap's end and between."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)
