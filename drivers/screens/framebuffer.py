"""Linux framebuffer, `/dev/fb0`: its memory is mapped, pixels are written in its own format (linux/fb.h)."""

import errno
import fcntl
import mmap
import os
import stat
import struct
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from drivers.pixels import Format, Words, as_mounted, as_read, check_panel, pack, place, unpack
from drivers.screens import Pixels, ScreenError

FBIOGET_VSCREENINFO, FBIOGET_FSCREENINFO, FBIOBLANK = 0x4600, 0x4602, 0x4611
FB_BLANK_UNBLANK = 0
VSCREENINFO = struct.Struct("@40I")
"""xres, yres, their virtual, xoffset, yoffset, bits, grayscale; offset, length, msb_right of four channels; 20 more."""
FSCREENINFO = struct.Struct("@16sLIIIIHHHILIIHHH0L")
"""id, smem_start, smem_len, type, type_aux, visual, three steps, line_length, and what follows."""
PACKED_PIXELS = 0
NO_BACKLIGHT_SWITCH = {errno.EINVAL, errno.ENOTTY, errno.ENOSYS, errno.EOPNOTSUPP}
EVERYWHERE = (slice(None), slice(None))


@dataclass(frozen=True, slots=True)
class Geometry:
    """How the panel's pixels lie in its memory."""

    size: tuple[int, int]
    """Width, height of the panel as it is mounted."""
    form: Format
    begin: int
    """Bytes before the first pixel that is seen."""
    stride: int
    """Bytes from row to row."""
    length: int
    """Bytes of the memory."""


class Device(Protocol):
    """An open framebuffer."""

    memory: mmap.mmap

    def geometry(self) -> Geometry:
        """How the pixels lie at present. Raises OSError when the device is gone, ScreenError."""

    def unblank(self) -> None:
        """Switch the panel on. Raises OSError when the device is gone."""

    def close(self) -> None:
        """Let it go."""


class FramebufferDevice:
    """The device file."""

    def __init__(self, path: str) -> None:
        """Open and map it. Raises OSError, ScreenError."""
        self._path = path
        with ExitStack() as undo:
            self._file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            undo.callback(os.close, self._file)
            _check_kind(self._file, path)
            self.memory = mmap.mmap(self._file, self.geometry().length, mmap.MAP_SHARED)
            undo.pop_all()

    def geometry(self) -> Geometry:
        """Ask the device. Raises OSError, ScreenError."""
        variable, fixed = bytearray(VSCREENINFO.size), bytearray(FSCREENINFO.size)
        fcntl.ioctl(self._file, FBIOGET_VSCREENINFO, variable)
        fcntl.ioctl(self._file, FBIOGET_FSCREENINFO, fixed)
        return geometry(bytes(variable), bytes(fixed), self._path)

    def unblank(self) -> None:
        """Switch the panel on, where the driver can. Raises OSError."""
        try:
            fcntl.ioctl(self._file, FBIOBLANK, FB_BLANK_UNBLANK)
        except OSError as error:
            if error.errno not in NO_BACKLIGHT_SWITCH:
                raise

    def close(self) -> None:
        """Unmap and close."""
        self.memory.close()
        os.close(self._file)


def _check_kind(file: int, path: str) -> None:
    if not stat.S_ISCHR(os.fstat(file).st_mode):
        raise ScreenError(f'{path} is not a character device: write target = "/dev/fb0" under [screen]')


def geometry(variable: bytes, fixed: bytes, path: str) -> Geometry:
    """From the structures fb_var_screeninfo and fb_fix_screeninfo; path is named in errors. Raises ScreenError."""
    var, fix = VSCREENINFO.unpack(variable), FSCREENINFO.unpack(fixed)
    width, height, x, y, bits = var[0], var[1], var[4], var[5], var[6]
    offsets, lengths = var[8:17:3], var[9:18:3]
    start, length, kind, stride = fix[1], fix[2], fix[3], fix[9]
    form = Format(bits, *offsets)
    if kind != PACKED_PIXELS or lengths != ((5, 6, 5) if bits == 16 else (8, 8, 8)) or not form.known:
        raise ScreenError(
            f"{path} has {bits} bit pixels with {lengths} bit of red, green, blue at {offsets}: "
            f"set the panel to 32 bit XRGB8888 or 16 bit RGB565"
        )
    # The memory is mapped in whole pages: it may begin inside the first.
    into_page = start % mmap.PAGESIZE
    row, begin = width * bits // 8, into_page + y * stride + x * bits // 8
    if stride < row or begin + (height - 1) * stride + row > into_page + length:
        raise ScreenError(
            f"{path} has {length} bytes of memory in rows of {stride}: too few for {width}x{height} pixels; "
            f"its driver is broken"
        )
    return Geometry((width, height), form, begin, stride, into_page + length)


class Framebuffer:
    """The glass, kept in the panel's own format and written to the device."""

    def __init__(
        self, name: str, open_device: Callable[[], Device], size: tuple[int, int], rotation: int = 0
    ) -> None:
        """Open the device, named in errors; the glass changes with the first show. Raises ScreenError."""
        self.size, self._rotation = size, rotation
        self._name, self._open = name, open_device
        self._device: Device | None
        self._device, self._geometry = self._opened()
        self._kept: Words = np.zeros(self._geometry.size[::-1], self._geometry.form.dtype)

    def show(self, pixels: Pixels, x: int = 0, y: int = 0) -> None:
        """Put pixels on the glass; while the device is gone, keep them for when it is back. Raises ValueError when
        they do not lie inside the glass, ScreenError."""
        where = place(pixels, x, y, self.size)
        pack(pixels, self._geometry.form, as_read(self._kept, self._rotation)[where])
        if self._device is None:
            where = EVERYWHERE
        self._write(self._connected(), where)

    def refresh(self) -> None:
        """Switch the panel on and write all of it again; open the device anew after it was gone. Raises
        ScreenError."""
        if self._device is not None and not self._unchanged(self._device):
            self._disconnect(self._device)
        self._write(self._connected(), EVERYWHERE)

    def read(self) -> Pixels:
        """What stands in the device's memory."""
        if self._device is None:
            raise ScreenError(f"{self._name} is gone; is the panel connected?")
        return unpack(as_read(self._glass(self._device), self._rotation), self._geometry.form)

    def _write(self, device: Device, where: tuple[slice, slice]) -> None:
        """Kept pixels to the device, in the order of its memory."""
        kept, glass = (
            as_mounted(as_read(words, self._rotation)[where], self._rotation)
            for words in (self._kept, self._glass(device))
        )
        # Some panels take the bits that no colour has for opacity.
        np.bitwise_or(kept, self._geometry.form.free, out=glass)

    def _glass(self, device: Device) -> Words:
        """The device's memory as the panel's rows and columns."""
        return np.ndarray(
            self._kept.shape, self._kept.dtype, device.memory, self._geometry.begin,
            (self._geometry.stride, self._kept.itemsize),
        )  # fmt: skip

    def _unchanged(self, device: Device) -> bool:
        try:
            device.unblank()
            return device.geometry() == self._geometry
        except OSError as error:
            self._disconnect(device)
            raise ScreenError(f"{self._name} is gone: {error.strerror}; is the panel connected?") from error

    def _disconnect(self, device: Device) -> None:
        self._device = None
        device.close()

    def _connected(self) -> Device:
        if self._device is None:
            device, geometry = self._opened()
            if geometry.form != self._geometry.form:
                device.close()
                raise ScreenError(
                    f"{self._name} now has another format of pixels: start the display program again"
                )
            self._device, self._geometry = device, geometry
        return self._device

    def _opened(self) -> tuple[Device, Geometry]:
        with ExitStack() as undo:
            try:
                device = self._open()
                undo.callback(device.close)
                geometry = device.geometry()
                device.unblank()
            except OSError as error:
                raise ScreenError(
                    f"cannot open {self._name}: {error.strerror}; is the panel connected, "
                    f"and this user in the group that owns it?"
                ) from error
            check_panel(self._name, geometry.size, self.size, self._rotation)
            undo.pop_all()
        return device, geometry


def open_screen(target: str, size: tuple[int, int], rotation: int = 0) -> Framebuffer:
    """Open a framebuffer by its path. Raises ScreenError."""
    return Framebuffer(target, lambda: FramebufferDevice(target), size, rotation)
