"""A whole display and what its repository's own publishers sign badly, or sign for too short: by every clock."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agent.agent import LOOK_S
from agent.fetching import JUDGE_AGAIN_S
from agent.stage import IDLE
from content.broker import Delivery
from content.message import Message, Text
from content.pages import page_of
from content.repository.names import TIMESTAMP, content_topic, role_of, target
from tests.agent_rig import AREA, BEGINNING, Rig, looks_like, message
from tests.bad_inputs_rig import COUNTS, DAY, HOUR, LASTING, NOTHING, REFUSED, Verdict
from tests.bad_inputs_rig import Judged as Verdicts
from tests.judged_rig import MOMENT_S, WRONG, Clock, Judged, pinned, play
from tests.repository_rig import CITY, Publishing

PLAYS = message("plays", expires=LASTING, title=Text("欢迎", "Welcome"))
AHEAD: Verdicts = {**COUNTS, Clock.GOOD: Verdict.REFUSED}
"""A `sent` more than a day ahead of a clock that can be believed is refused."""
OVER: Verdicts = {**NOTHING, Clock.PAST: Verdict.COUNTS}
"""What is over is over, and stands there until somebody clears it; who has no clock counts its length."""


def bad(**changes: Any) -> Message:
    """A message that would take the glass."""
    return message(**{"name": "bad", "expires": LASTING, "priority": 9, **changes})


SIGNED: dict[str, tuple[Message | bytes, Verdicts, str]] = {
    "without a fault": (bad(), COUNTS, ""),
    "with a character no font has": (bad(title=Text("停水𓀀")), REFUSED, "U+13000"),
    "too long for the glass": (bad(body=Text("水" * 300)), REFUSED, "shorten"),
    "expired before it was sent": (bad(expires=BEGINNING - DAY), REFUSED, "expires before it was sent"),
    "sent in two days": (bad(sent=BEGINNING + 2 * DAY), AHEAD, "still to come"),
    "over": (bad(sent=BEGINNING - 2 * HOUR, expires=BEGINNING - HOUR), OVER, ""),
    "of another name": (bad(name="other"), REFUSED, "holds other"),
    "of another area": (bad(area="cn"), REFUSED, "holds bad for cn"),
    "no message": (b"{}", REFUSED, "missing required field"),
    "no JSON": (b"\xff", REFUSED, ""),
    "nested deeply": (b"[" * 100_000, REFUSED, ""),
}
"""What stands where `bad` should, what has to come of it, and why; the rest of the repository counts."""


@pytest.fixture
def publishing(tmp_path: Path) -> Iterator[Publishing]:
    publishing = Publishing(tmp_path / "publishing")
    publishing.publisher.remove(f"{CITY}/tower-a", "message", "water")
    publishing.publisher.add_publication(PLAYS)
    publishing.publisher.publish(BEGINNING)
    yield publishing
    publishing.close()


class Display(Judged):
    """A display of this repository."""

    def __init__(self, rig: Rig, clock: Clock, publishing: Publishing) -> None:
        super().__init__(rig, clock, pinned(rig, publishing, publishing.files()))
        self.publishing = publishing

    async def publish(self) -> None:
        """The repository as it is now, at the broker."""
        self.publishing.publisher.publish(BEGINNING)
        for name, data in sorted(self.publishing.files().items(), key=lambda one: one[0] == TIMESTAMP):
            self.rig.broker.deliver(Delivery(content_topic(name), data), retain=True)
        await self.wait(MOMENT_S)

    def shows(self, one: Message | None) -> bool:
        page = IDLE if one is None else page_of(one)
        return looks_like(self.rig.screen.frames[-1].pixels, page)


@pytest.mark.parametrize("clock", Clock)
@pytest.mark.parametrize("fault", SIGNED)
def test_what_a_publisher_signs_badly_is_told_and_the_rest_counts(
    fault: str, clock: Clock, publishing: Publishing, tmp_path: Path
) -> None:
    holds, judged, reason = SIGNED[fault]
    path = target(AREA, "message", "bad")

    async def scenario(rig: Rig) -> None:
        display = Display(rig, clock, publishing)
        await display.begin()
        display.told()
        before = display.state()
        data = holds if isinstance(holds, bytes) else msgspec.json.encode(holds)
        publishing.publisher._put(role_of(CITY), path, data)
        await display.publish()
        told = display.told()
        verdict = Verdict.NOTHING if clock is Clock.FUTURE else judged[clock]
        if verdict is Verdict.COUNTS:
            assert [event.kind for event in told] == ["took"]
            assert ("message", "bad") in rig.agent.library.known
            assert display.shows(None if clock is Clock.PAST else bad())
            return
        assert display.state() == before
        assert [event.kind for event in told] == ["refused"] * (verdict is Verdict.REFUSED)
        assert all(event.body["topic"] == content_topic(path) for event in told)
        assert all(reason in event.body["reason"] for event in told)

    play(tmp_path, scenario)


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        (f"{CITY}/tower-b".replace("/", ".") + "/message.bad.json", []),
        ("cn/message.bad.json", ["may not sign this"]),
    ],
    ids=["for the next building", "for the country, which the city may not"],
)
def test_what_is_for_elsewhere_counts_for_nothing_here(
    path: str, refused: list[str], publishing: Publishing, tmp_path: Path
) -> None:
    async def scenario(rig: Rig) -> None:
        display = Display(rig, Clock.GOOD, publishing)
        await display.begin()
        display.told()
        before = display.state()
        area = path.partition("/")[0].replace(".", "/")
        publishing.publisher._put(role_of(CITY), path, msgspec.json.encode(bad(area=area)))
        await display.publish()
        told = display.told()
        assert display.state() == before
        assert [event.body["topic"] for event in told] == [content_topic(path)] * len(refused)
        assert all(reason in event.body["reason"] for event, reason in zip(told, refused, strict=True))

    play(tmp_path, scenario)


SHORT = message("short", expires=BEGINNING + HOUR, title=Text("一小时", "For an hour"))


@pytest.mark.parametrize("restarted", [False, True], ids=["while it runs", "and a restart"])
def test_a_clock_of_2099_takes_nothing_away(restarted: bool, publishing: Publishing, tmp_path: Path) -> None:
    """docs/trust.md: it refuses what is new until it is set, and what is there is there again."""
    publishing.publisher.add_publication(SHORT)
    publishing.publisher.remove(AREA, "message", "plays")

    async def scenario(rig: Rig) -> None:
        display = Display(rig, Clock.GOOD, publishing)
        await display.begin()
        await display.publish()
        assert display.shows(SHORT)
        rig.wall.set(WRONG[Clock.FUTURE])
        await display.wait(JUDGE_AGAIN_S)
        assert display.shows(None)
        if restarted:
            await rig.stop("agent")
            display = Display(rig, Clock.GOOD, publishing)
            await display.begin()
            await display.wait(JUDGE_AGAIN_S)
        rig.wall.set(display.truth)
        await display.wait(2 * JUDGE_AGAIN_S)
        assert display.shows(SHORT)

    play(tmp_path, scenario)


def test_what_a_later_revision_ended_does_not_outlive_it(publishing: Publishing, tmp_path: Path) -> None:
    """Cut off while a revision with an earlier end came and ended: the one before it stands nowhere any more."""

    async def scenario(rig: Rig) -> None:
        display = Display(rig, Clock.GOOD, publishing)
        await display.begin()
        assert display.shows(PLAYS)
        ended = msgspec.structs.replace(PLAYS, revision=2, expires=BEGINNING + timedelta(minutes=1))
        publishing.publisher.add_publication(ended)
        rig.wall.set(BEGINNING + HOUR)
        await display.publish()
        await display.wait(LOOK_S)
        assert display.shows(None)

    play(tmp_path, scenario)
