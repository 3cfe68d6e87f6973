"""A manager asks one display over a real broker, which lets only that display answer."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from content.__main__ import main
from content.certificates import MANAGER
from content.envelope import make_key
from content.work import OneThread
from simulator.building import storeys
from simulator.elevator import Elevator
from simulator.servers import HOST, Mosquitto, Nats, issue
from simulator.world import Surroundings, World, build
from tests import needed
from tests.agent_rig import CAR, MemoryScreen
from tests.contract_rig import Real, until

LATER = "tower-a-lift-3"


@pytest.fixture(params=["nats", "mosquitto"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Real:
    for name in ("etc", "broker"):
        (tmp_path / name).mkdir()
    issue(tmp_path / "etc", (CAR, LATER))
    if request.param == "nats":
        return Real(Nats(tmp_path / "broker", etc=tmp_path / "etc"))
    needed.program("mosquitto", "mosquitto")
    return Real(Mosquitto(tmp_path / "broker", etc=tmp_path / "etc"))


class Manager:
    """Types `ask` in a terminal, beside a running display."""

    def __init__(self, server: Real, world: World, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.world, self.folder, self._capture = world, folder, capture
        (folder / "key.pem").write_bytes(world.signer.private_bytes)
        papers = {
            "--ca": server.etc / "ca.pem",
            "--certificate": server.etc / f"{MANAGER}.pem",
            "--private-key": server.etc / f"{MANAGER}.key",
        }
        self._broker = ["--broker", f"{HOST}:{server.server.port}"]
        self._broker += [str(word) for paper in papers.items() for word in paper]

    async def asks(self, car: str, question: str, *words: str, key: str = "key.pem") -> tuple[int, str, str]:
        said = ["ask", car, question, "--key", str(self.folder / key), *self._broker, *words]
        code = await asyncio.to_thread(partial(main, said))
        return code, *self._capture.readouterr()


@asynccontextmanager
async def running(server: Real, folder: Path, capture: pytest.CaptureFixture[str]) -> AsyncIterator[Manager]:
    await server.start()
    around = Surroundings(
        now=time.monotonic, utc=lambda: datetime.now(UTC), work=OneThread, broker=server.connectable(CAR),
        folder=folder, screen=MemoryScreen(),
    )  # fmt: skip
    world = build(Elevator(storeys(18), floor=2), around)
    agent = asyncio.create_task(world.agent.run())
    try:
        await until(lambda: bool(world.board.store.waiting(0, 1)) and "link-up" in kinds(world), "the link")
        yield Manager(server, world, folder, capture)
    finally:
        agent.cancel()
        await asyncio.gather(agent, return_exceptions=True)
        world.close()
        server.kill()


def kinds(world: World) -> list[str]:
    return [event.kind for event in world.board.store.waiting(0, 1000)]


async def test_a_manager_sees_what_is_on_the_glass_and_why(
    server: Real, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(server, tmp_path, capsys) as manager:
        out = tmp_path / "glass.png"
        code, said, _ = await manager.asks(CAR, "screenshot", "--out", str(out))
        assert code == 0
        assert f"{CAR} shows the page idle since" in said
        assert "Nothing else is to be shown just now" in said
        with Image.open(out) as image:
            assert np.array(image).shape == manager.world.board.screen.read().shape
        code, said, _ = await manager.asks(CAR, "identify", "--json")
        assert (code, json.loads(said)["page"]) == (0, "notice identify")
        code, said, _ = await manager.asks(CAR, "self-check")
        assert code == 0
        assert "pass     accelerometer" in said


async def test_what_is_not_answered_is_said_in_one_line(
    server: Real, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(server, tmp_path, capsys) as manager:
        make_key(tmp_path / "stranger.pem")
        code, _, said = await manager.asks(CAR, "identify", "--wait-s", "1", key="stranger.pem")
        assert (code, said.count("\n")) == (2, 1)
        assert "does not answer within 1 s: may this key ask there?" in said
        assert "refused" in kinds(manager.world)
        code, _, said = await manager.asks(LATER, "identify")
        assert (code, said.count("\n")) == (2, 1)
        assert f"car {LATER} is not known at this broker" in said
        code, _, said = await manager.asks(CAR, "screenshot", "--out", str(tmp_path / "none" / "glass.png"))
        assert code == 2
        assert "No such file" in said
