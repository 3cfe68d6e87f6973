"""Compiles the shim that is loaded into a program, anew at each start: it takes a third of a second."""

import os
import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).parent / "shim.c"


class NoShim(Exception):
    """The shim cannot be compiled; the text says why and what to install."""


def compile_shim(folder: Path) -> Path:
    """The shim as a shared library in a folder. Raises NoShim."""
    program = shutil.which(os.environ.get("CC", "cc")) or shutil.which("gcc")
    if program is None:
        raise NoShim("a C compiler is missing: apt-get install gcc libc6-dev")
    library = folder / "shim.so"
    command = [program, "-shared", "-fPIC", "-O2", "-o", str(library), str(SOURCE), "-ldl", "-lpthread"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[0]
        raise NoShim(f"{program} did not compile the shim: {reason}; apt-get install gcc libc6-dev")
    return library
