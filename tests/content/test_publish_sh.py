"""An outsider's publisher in shell: what it sends over a real broker is what a display takes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from agent.clock import Reading
from agent.known import judge
from content.envelope import make_key, public_key, public_text, unseal
from content.message import Alert, Text
from content.mqtt import MqttBroker
from simulator.servers import HOST, Mosquitto
from tests.contract_rig import DEADLINE_S

SCRIPT = Path(__file__).parents[2] / "docs" / "publish.sh"
CITY = "cn/sichuan/chengdu"


@pytest_asyncio.fixture
async def mosquitto(tmp_path: Path) -> AsyncIterator[Mosquitto]:
    (tmp_path / "broker").mkdir()
    server = Mosquitto(tmp_path / "broker")
    await server.start()
    yield server
    server.kill()


async def publish(*words: str) -> tuple[int, str, str]:
    """Run the script; gives its exit code and what it says."""
    process = await asyncio.create_subprocess_exec(
        SCRIPT, *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(DEADLINE_S):
        out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def test_what_the_script_sends_is_an_alert_that_a_display_takes(
    tmp_path: Path, mosquitto: Mosquitto
) -> None:
    signer = make_key(tmp_path / "key.pem")
    before = datetime.now(UTC).replace(microsecond=0)
    words = (str(tmp_path / "key.pem"), CITY, "rain-1", "7", "rain", "60", '暴雨 "红色" 预警', "请勿\\外出")
    code, out, err = await publish(*words, "-h", HOST, "-p", str(mosquitto.port))
    assert (code, err) == (0, "")
    assert public_text(signer) in out
    async with MqttBroker(HOST, mosquitto.port).connect("display") as connection, asyncio.timeout(DEADLINE_S):
        await connection.subscribe(f"hoistway/1/area/{CITY}/alert/+")
        delivery = await anext(aiter(connection.deliveries()))
    alert = unseal(delivery.payload, public_key(public_text(signer)))
    assert delivery.retained
    assert delivery.topic == f"hoistway/1/area/{CITY}/alert/rain-1"
    assert isinstance(alert, Alert)
    assert (alert.revision, alert.severity, alert.title, alert.body) == (
        7,
        3,
        Text('暴雨 "红色" 预警'),
        Text("请勿\\外出"),
    )
    assert before <= alert.sent <= datetime.now(UTC)
    assert alert.expires - alert.sent == timedelta(hours=1)
    assert judge(alert, {}, f"{CITY}/tower-a/lift-2", Reading(0.0, datetime.now(UTC), good=True))


async def test_the_script_says_what_it_needs() -> None:
    code, out, err = await publish("key.pem")
    assert (code, out) == (2, "")
    assert err.startswith("publish.sh: KEY AREA")


@pytest.mark.parametrize(
    ("place", "word", "said"),
    [
        (0, "nowhere.pem", "KEY nowhere.pem: is no Ed25519"),
        (1, "CN/Si", 'AREA "CN/Si": write it as'),
        (1, "cn\nsi", 'AREA "cn\\nsi": write it as'),
        (2, "rain 1", 'ID "rain 1": write'),
        (3, "first", 'REVISION "first": write'),
        (3, "0", 'REVISION "0": write'),
        (4, "Rain", 'EVENT "Rain": write'),
        (5, "an hour", 'MINUTES "an hour": write'),
        (6, " ", "TITLE: is empty"),
        (7, "水" * 801, "BODY: has 801 characters"),
    ],
)
async def test_what_a_display_would_refuse_is_told_in_one_line_and_not_sent(
    place: int, word: str, said: str, tmp_path: Path
) -> None:
    make_key(tmp_path / "key.pem")
    words = [str(tmp_path / "key.pem"), CITY, "rain-1", "7", "rain", "60", "暴雨预警", "水" * 800]
    words[place] = word
    code, out, err = await publish(*words, "-h", HOST, "-p", "1")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"publish.sh: {said}")
