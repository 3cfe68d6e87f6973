"""A whole display on a signed repository: what it fetches, shows, refuses, and still has without a network."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from securesystemslib.signer import CryptoSigner

from agent import trust
from agent.agent import Agent
from agent.config import TrustSection
from agent.trust import Trust
from content.broker import Delivery
from content.envelope import public_text, seal
from content.message import BadMessage, Publication
from content.repository.broadcast import Broadcast
from content.wire import area_topic
from content.work import Inline
from simulator import loop
from simulator.world import configuration
from tests.agent_rig import BEGINNING, Rig
from tests.content_rig import AREA, alert, message, release
from tests.repository_rig import ALERTS, PLACE, STRANGER, Publishing, named

HOUR = timedelta(hours=1)
WATER = message(sent=BEGINNING, expires=BEGINNING + HOUR)
RAIN = alert(sent=BEGINNING, expires=BEGINNING + HOUR)


@pytest.fixture
def publishing(tmp_path: Path) -> Iterator[Publishing]:
    publishing = Publishing(tmp_path / "publishing")
    publishing.publisher.add_publication(WATER)
    publishing.publisher.publish(BEGINNING)
    (tmp_path / "root.json").write_bytes(publishing.pinned)
    yield publishing
    publishing.close()


def play(folder: Path, publishing: Publishing, story: Callable[[Rig], Awaitable[None]]) -> None:
    """A display that pins the root, and a broker that holds the repository."""

    async def run() -> None:
        rig = Rig(folder)
        rig.agent = new_agent(rig, folder)
        rig.begin(service=False)
        async with rig.broker.connect("publisher") as connection:
            broadcast = Broadcast(publishing.folder, folder / "publishing/keys", Inline(), rig.wall.utc)
            task = asyncio.create_task(broadcast.run(connection))
            await story(rig)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await rig.close()

    loop.run(run())


def new_agent(rig: Rig, folder: Path) -> Agent:
    pinned = TrustSection(root=str(folder / "root.json"))
    return Agent(rig.world.board, msgspec.structs.replace(configuration(rig.around, ""), trust=pinned))


async def send(rig: Rig, publication: Publication, signer: CryptoSigner) -> None:
    async with rig.broker.connect("sender") as connection:
        topic = area_topic(AREA, "alert", publication.id)
        await connection.publish(topic, seal(publication, signer), retain=True)


def known(rig: Rig) -> set[str]:
    return {entry.publication.id for entry in rig.agent.library.known.values()}


def test_a_display_takes_the_repository_and_the_alerts_its_keys_may_sign(
    tmp_path: Path, publishing: Publishing
) -> None:
    async def story(rig: Rig) -> None:
        await rig.until(20)
        assert known(rig) == {"water"}
        await send(rig, RAIN, STRANGER)
        await rig.until(22)
        assert known(rig) == {"water"}
        await send(rig, RAIN, ALERTS)
        await rig.until(24)
        assert known(rig) == {"water", "rain"}
        assert [event.body["id"] for event in rig.events("took")] == ["water", "rain"]
        (refused,) = rig.events("refused")
        assert "not signed with any key that the repository names" in refused.body["reason"]

    play(tmp_path, publishing, story)


def test_what_stood_before_a_new_display_has_its_repository_is_judged_then_and_not_refused_before(
    tmp_path: Path, publishing: Publishing
) -> None:
    async def story() -> None:
        rig = Rig(tmp_path)
        rig.agent = new_agent(rig, tmp_path)
        for publication, signer in ((RAIN, ALERTS), (alert("forged"), STRANGER)):
            topic = area_topic(AREA, "alert", publication.id)
            rig.broker.deliver(Delivery(topic, seal(publication, signer)), retain=True)
        rig.begin(service=False)
        await rig.until(20)
        assert known(rig) == set()
        assert rig.events("refused") == []
        async with rig.broker.connect("publisher") as connection:
            broadcast = Broadcast(publishing.folder, tmp_path / "publishing/keys", Inline(), rig.wall.utc)
            task = asyncio.create_task(broadcast.run(connection))
            await rig.until(25)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert known(rig) == {"water", "rain"}
        assert [event.body["topic"].rsplit("/", 1)[1] for event in rig.events("refused")] == ["forged"]
        await rig.close()

    loop.run(story())


def test_a_change_of_the_repository_reaches_the_display(tmp_path: Path, publishing: Publishing) -> None:
    async def story(rig: Rig) -> None:
        await rig.until(20)
        publishing.publisher.add_publication(msgspec.structs.replace(WATER, revision=2))
        publishing.publisher.publish(BEGINNING)
        await rig.until(25)
        assert [entry.publication.revision for entry in rig.agent.library.known.values()] == [2]
        publishing.publisher.remove(AREA, "message", "water")
        publishing.publisher.publish(BEGINNING)
        await rig.until(30)
        assert known(rig) == set()

    play(tmp_path, publishing, story)


def test_expired_for_a_year_and_restarted_without_a_network_an_alert_is_shown(
    tmp_path: Path, publishing: Publishing
) -> None:
    async def story(rig: Rig) -> None:
        await rig.until(20)
        await rig.stop("agent")
        rig.wall.set(BEGINNING + timedelta(days=365))
        rig.agent = new_agent(rig, tmp_path)
        rig.begin(service=False)
        later = rig.wall.utc()
        await rig.until(30)
        await send(rig, alert("storm", sent=later, expires=later + HOUR), ALERTS)
        await rig.until(40)
        assert known(rig) == {"storm"}
        assert rig.agent.shown is not None
        assert rig.agent.shown.page.layout == "other_alert"

    play(tmp_path, publishing, story)


def test_a_release_needs_a_key_that_may_release(tmp_path: Path, publishing: Publishing) -> None:
    async def story(rig: Rig) -> None:
        await rig.until(20)
        await send(rig, release(sent=BEGINNING, expires=BEGINNING + HOUR, area="us"), ALERTS)
        await send(rig, release(sent=BEGINNING, expires=BEGINNING + HOUR), ALERTS)
        await rig.until(25)
        assert known(rig) == {"water", "inspected"}

    play(tmp_path, publishing, story)


def test_a_picture_is_read_from_the_repository(tmp_path: Path, publishing: Publishing) -> None:
    whom = Trust(TrustSection(root=str(tmp_path / "root.json")), PLACE, tmp_path / "kept")
    with pytest.raises(FileNotFoundError, match="picture lobby"):
        whom.picture(named(b"a picture"))


def test_exactly_one_of_root_and_key_is_configured(tmp_path: Path, publishing: Publishing) -> None:
    root = str(tmp_path / "root.json")
    key = public_text(ALERTS)
    assert list(trust.faults(TrustSection(root=root))) == []
    assert list(trust.faults(TrustSection(key=key))) == []
    for section in (TrustSection(), TrustSection(key=key, root=root)):
        (fault,) = trust.faults(section)
        assert "either root" in fault
    (fault,) = trust.faults(TrustSection(root=str(tmp_path / "none")))
    assert "No such file" in fault
    (tmp_path / "bad.json").write_text("{}")
    (fault,) = trust.faults(TrustSection(root=str(tmp_path / "bad.json")))
    assert "copy the root.json that came with the enrolment" in fault


def test_without_root_and_key_nobody_is_believed(tmp_path: Path) -> None:
    with pytest.raises(BadMessage, match="not signed with any key"):
        Trust(TrustSection(), PLACE, tmp_path).unseal(seal(RAIN, ALERTS))
