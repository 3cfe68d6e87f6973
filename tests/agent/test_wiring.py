"""The configuration's [broker] section becomes a broker, with TLS when all its papers are named."""

from pathlib import Path
from typing import Any

import pytest

from agent.config import BrokerSection, ConfigError
from agent.wiring import broker_of
from content.broker import BrokerLost

PAPERS: dict[str, Any] = {
    "ca": "/none/ca.pem",
    "certificate": "/none/car.pem",
    "private_key": "/none/car.key",
}


def test_the_port_is_that_of_tls_when_there_are_papers() -> None:
    assert broker_of(BrokerSection("broker.example", **PAPERS)).address == "broker.example:8883"
    assert broker_of(BrokerSection("broker.example")).address == "broker.example:1883"
    assert broker_of(BrokerSection("broker.example", port=7, **PAPERS)).address == "broker.example:7"


@pytest.mark.parametrize("missing", PAPERS)
def test_papers_are_named_all_or_none(missing: str) -> None:
    some = {key: value for key, value in PAPERS.items() if key != missing}
    with pytest.raises(ConfigError, match="ca, certificate and private_key together"):
        broker_of(BrokerSection("broker.example", **some))


async def test_papers_that_are_not_there_are_said_at_connecting_and_not_at_the_start() -> None:
    with pytest.raises(BrokerLost, match=r"/none/ca\.pem: No such file"):
        async with broker_of(BrokerSection("127.0.0.1", **PAPERS)).connect("lift-2"):
            pass


def test_a_password_file_that_is_not_there_is_said_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="password_file"):
        broker_of(BrokerSection("broker.example", password_file=str(tmp_path / "missing")))
