"""Fixtures for the display's tests."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import settings

from simulator.servers import Mosquitto, Nats, mosquitto_program
from tests.contract_rig import InProcess, Real, Rig

# Drawing a page may take long on a busy machine, and a test must fail or pass the same way everywhere.
settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")


@pytest.fixture(params=["in-process", "nats", "mosquitto"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> InProcess | Real:
    folder = tmp_path / "broker"
    folder.mkdir()
    if request.param == "in-process":
        return InProcess()
    if request.param == "nats":
        return Real(Nats(folder))
    if mosquitto_program() is None:
        missing = "mosquitto is not installed: apt-get install mosquitto"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return Real(Mosquitto(folder))


@pytest.fixture
async def rig(server: InProcess | Real, tmp_path: Path) -> AsyncIterator[Rig]:
    await server.start()
    rig = Rig(server, tmp_path)
    yield rig
    await rig.stop()
    rig.close()
