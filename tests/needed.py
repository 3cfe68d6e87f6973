"""What pip cannot bring: tests that need it are skipped with a word where it is missing, and fail in CI."""

import os
import shutil

import pytest


def program(name: str, package: str) -> str:
    """The path of a program, from the named packages of apt."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        missing = f"{name} is missing: apt-get install {package}"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return found
