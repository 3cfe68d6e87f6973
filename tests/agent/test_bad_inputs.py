"""A whole display and everything bad that a broker may bring: judged as the contract says, told, the glass unchanged."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from securesystemslib.signer import CryptoSigner

from agent.config import TrustSection
from agent.events import HoldBegan
from agent.stage import IDLE
from content.envelope import public_text, seal
from content.message import Alert, Message, Publication, Text
from content.page import Page
from content.pages import page_of
from content.repository.alert_keys import AlertKey, AlertKeys
from content.repository.names import TIMESTAMP, content_topic, role_of
from content.wire import Event, area_topic
from tests.agent_rig import AREA, BEGINNING, PLACE, Rig, alert, looks_like, message
from tests.bad_inputs_rig import DAY, KINDS, LASTING, TIPS, Fault, Input, Maker, Verdict, withdrawn
from tests.content_rig import NOW
from tests.faults_rig import Keys, faults, faults_of_keys
from tests.judged_rig import Clock, Judged, pinned, play
from tests.repository_rig import ALERTS, CITY, STRANGER, Publishing

RELEASES, ABROAD, NARROW = (CryptoSigner.generate_ed25519() for _ in range(3))
"""Keys for alerts, which may not sign everything everywhere."""

ON_GLASS: dict[str, Alert | Message] = {
    "alert": alert("before", sent=BEGINNING, expires=LASTING, severity=1, title=Text("大风", "Wind")),
    "message": message("before", sent=BEGINNING, expires=LASTING, title=Text("欢迎", "Welcome")),
    "playlist": message(TIPS, sent=BEGINNING, expires=LASTING, title=Text("提示", "Tips"), scheduled=False),
}
"""What is known before: something lower than what the bad input would put there."""


class Display(Judged):
    """A display with something on its glass that what is bad would take it from."""

    def __init__(self, rig: Rig, kind: str, clock: Clock, trust: TrustSection, signer: CryptoSigner) -> None:
        super().__init__(rig, clock, trust)
        self.kind, self.signer = kind, signer
        self._holds = 0

    async def begin(self) -> None:
        await super().begin()
        if self.kind in ON_GLASS:
            await self.hear(seal(ON_GLASS[self.kind], self.signer), area_topic(AREA, "message", "before"))

    def maker(self, number: int) -> Maker:
        return Maker(self.kind, f"{self.kind}-{number}", self.signer, STRANGER, self.truth)

    def hold(self, *spent: str) -> None:
        """A hold that the release would end, if it counted."""
        self._holds += 1
        since = BEGINNING - 1000 * DAY
        self.rig.agent.happened(HoldBegan(f"hold-{self._holds}", since, True, spent))

    async def tidy(self, name: str) -> None:
        """Take back what counted."""
        for (kind, id_of), entry in list(self.rig.agent.library.known.items()):
            if (kind, id_of) == (self.kind, name) and not entry.publication.withdrawn:
                await self.hear(
                    seal(withdrawn(entry.publication), self.signer), f"hoistway/1/area/cn/alert/{name}"
                )


async def judge(display: Display, fault: Fault, number: int) -> None:
    """One case: what came of it is what the contract says."""
    maker = display.maker(number)
    given = fault.make(maker)
    for payload in given.before:
        refused = [e for e in await display.hear(payload, given.topic) if e.kind == "refused"]
        assert not refused, f"what has to be known before is refused: {refused}"
    if display.kind == "release":
        display.hold(*[maker.name] * bool(given.before))
    before = display.state()
    verdict = fault.judged[display.clock]
    told = await display.hear(given.payload, given.topic)
    if verdict is Verdict.COUNTS:
        assert [(e.kind, e.body.get("id")) for e in told] == [("took", maker.name)], told
        on_the_glass(display, maker, before)
    else:
        assert display.state() == before
        refusals(told, given, fault if verdict is Verdict.REFUSED else None)
    await display.tidy(maker.name)


def refusals(told: list[Event], given: Input, fault: Fault | None) -> None:
    """One report with its reason in one line, or none."""
    if fault is None:
        assert told == []
        return
    (event,) = told
    assert (event.kind, event.body["topic"]) == ("refused", given.topic)
    assert re.search(fault.reason, event.body["reason"]), event.body["reason"]
    assert "\n" not in event.body["reason"]


def on_the_glass(display: Display, maker: Maker, before: tuple[object, ...]) -> None:
    """What counts is on the glass, but for what needs a clock that can be believed."""
    now = display.state()
    if display.clock is Clock.PAST and display.kind in ("message", "playlist"):
        assert now[:2] == before[:2], "without a clock no schedule can be kept"
        return
    assert now[1] == int(str(before[1])) + 1, "one new frame"
    assert looks_like(display.rig.screen.frames[-1].pixels, page(display.kind, maker.twin()))
    if display.kind == "release":
        assert display.rig.agent.car.hold is None


def page(kind: str, publication: Publication) -> Page:
    """What a publication that counts puts on the glass."""
    if kind == "playlist":
        return page_of(ON_GLASS["playlist"])
    return page_of(publication) if isinstance(publication, Alert | Message) else IDLE


async def judge_all(display: Display, wanted: list[Fault]) -> None:
    """Each by itself, on one display; all that disagree are told."""
    await display.begin()
    wrong = []
    for number, fault in enumerate(wanted):
        try:
            await judge(display, fault, number)
        except AssertionError as error:
            wrong.append(f"{fault.name}: {error}")
    assert not wrong, "\n".join(wrong)


def of_kind(kind: str, found: Iterable[Fault]) -> list[Fault]:
    return [fault for fault in found if kind in fault.kinds]


def of_a_repository(kind: str, keys: Keys) -> list[Fault]:
    """All that any envelope can have, where envelopes count at all, and what the list of keys decides."""
    own = faults() if kind in ("alert", "release") else ()
    return of_kind(kind, (*own, *faults_of_keys(keys)))


def test_the_generator_makes_at_least_two_hundred_cases() -> None:
    keys = Keys(RELEASES, ABROAD, NARROW, STRANGER)
    found = [(kind, clock, fault.name) for kind in KINDS for clock in Clock
             for fault in (*of_kind(kind, faults()), *of_a_repository(kind, keys))]  # fmt: skip
    names = [fault.name for fault in (*faults(), *faults_of_keys(keys))]
    assert len(names) == len(set(names))
    assert len(found) >= 200


@pytest.mark.parametrize("clock", Clock)
@pytest.mark.parametrize("kind", KINDS)
def test_every_bad_envelope_is_judged_as_the_contract_says(kind: str, clock: Clock, tmp_path: Path) -> None:
    async def scenario(rig: Rig) -> None:
        signer = rig.world.signer
        trust = TrustSection(key=public_text(signer))
        await judge_all(Display(rig, kind, clock, trust, signer), of_kind(kind, faults()))

    play(tmp_path, scenario)


@pytest.fixture(scope="module")
def publishing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publishing]:
    """A repository that names four keys for alerts."""
    publishing = Publishing(tmp_path_factory.mktemp("publishing"))
    named = (
        AlertKey(public_text(ALERTS), ("cn",)),
        AlertKey(public_text(RELEASES), ("cn",), ("release",)),
        AlertKey(public_text(ABROAD), ("us",)),
        AlertKey(public_text(NARROW), (PLACE,)),
    )
    publishing.publisher.name_alert_keys(AlertKeys(named))
    publishing.publisher.publish(NOW)
    yield publishing
    publishing.close()


@pytest.mark.parametrize("clock", Clock)
@pytest.mark.parametrize("kind", KINDS)
def test_every_bad_envelope_is_judged_by_the_keys_that_the_repository_names(
    kind: str, clock: Clock, publishing: Publishing, tmp_path: Path
) -> None:
    keys = Keys(RELEASES, ABROAD, NARROW, publishing.signer(role_of(CITY)))

    async def scenario(rig: Rig) -> None:
        display = Display(rig, kind, clock, pinned(rig, publishing, publishing.files()), ALERTS)
        await judge_all(display, of_a_repository(kind, keys))

    play(tmp_path, scenario)


@pytest.mark.parametrize("stands", [True, False], ids=["as a year ago", "empty"])
def test_expired_for_a_year_and_the_network_back_an_alert_is_shown(
    stands: bool, publishing: Publishing, tmp_path: Path
) -> None:
    """Nobody makes the timestamp anew: the broker holds what it held a year ago, or nothing of the repository."""

    async def scenario(rig: Rig) -> None:
        trust = pinned(rig, publishing, publishing.files())
        retained = dict(rig.broker.retained) if stands else {}
        await Display(rig, "release", Clock.GOOD, trust, ALERTS).begin()
        await rig.stop("agent")
        rig.broker.kill()
        rig.wall.set(BEGINNING + 365 * DAY)
        display = Display(rig, "release", Clock.GOOD, trust, ALERTS)
        await display.begin()
        rig.broker.restart()
        rig.broker.retained |= retained
        await display.wait(600.0)
        (refused,) = [event for event in display.told() if event.kind == "refused"]
        assert refused.body["topic"] == content_topic(TIMESTAMP)
        assert "expired by this display's time" in refused.body["reason"]
        now = rig.wall.utc()
        storm = alert("storm", sent=now, expires=now + DAY)
        await display.hear(seal(storm, ALERTS), area_topic(AREA, "alert", "storm"))
        assert rig.agent.shown is not None
        assert rig.agent.shown.item == "alert storm 1"
        assert looks_like(rig.screen.frames[-1].pixels, page_of(storm))

    play(tmp_path, scenario)
