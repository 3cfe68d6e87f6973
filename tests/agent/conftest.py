"""Fixtures for the display's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.contract_rig import InProcess, Real, Rig, real

# Drawing a page may take long on a busy machine, and a test must fail or pass the same way everywhere.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


@pytest.fixture(params=["in-process", "nats", "mosquitto"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> InProcess | Real:
    return InProcess() if request.param == "in-process" else real(request.param, tmp_path)


@pytest.fixture
async def rig(server: InProcess | Real, tmp_path: Path) -> AsyncIterator[Rig]:
    await server.start()
    rig = Rig(server, tmp_path)
    yield rig
    await rig.stop()
    rig.close()
