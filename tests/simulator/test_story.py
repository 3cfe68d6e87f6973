"""The story comes as it is told, each time the same, and whatever the broker does."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image

from content.wire import Event, event_topic
from content.work import Inline
from drivers.screens import pictures
from simulator import headless, loop
from simulator.__main__ import DONE, FAILED, main, report
from simulator.broker import InProcessBroker
from simulator.building import storeys
from simulator.elevator import Elevator
from simulator.story import EARTHQUAKE, LENGTH_S, Step, Story, steps
from simulator.world import Surroundings, World, build
from tests.agent_rig import CAR

SIZE = (320, 480)
BY_THE_BROKER = {"the message of the content side", "the signed release", "back to the message"}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Path]:
    """The command's exit code, and its folder."""
    out = tmp_path_factory.mktemp("out")
    code = main(["demo", "--headless", "--out", str(out), "--size", "320x480"])
    return code, out


def quiet(_at: float) -> None:
    """No progress bar."""


def outline(story: Story) -> list[tuple[Any, ...]]:
    """The events with their times, without what is random by design: the stream's name."""
    return [(at, e.sequence, e.kind, e.utc, msgspec.json.encode(e.body)) for at, e in story.events]


def test_every_step_comes_in_time_and_the_command_succeeds(played: tuple[int, Path]) -> None:
    code, out = played
    rows = msgspec.json.decode((out / "story.json").read_bytes())
    assert code == DONE
    assert [row["step"] for row in rows] == [step.name for step in steps()]
    for row in rows:
        assert row["good"] is True
        assert row["due_s"] - 0.01 <= row["came_s"] <= row["due_s"] + row["within_s"]


def test_the_glass_is_a_picture_at_each_change(played: tuple[int, Path]) -> None:
    _, out = played
    names = sorted(path.name for path in (out / "glass").glob("*.png"))
    assert names == [f"{n + 1:04}.png" for n in range(len(names))]
    before = np.zeros(1)
    for name in names:
        picture = np.asarray(Image.open(out / "glass" / name))
        assert picture.shape == (480, 320, 3)
        assert not np.array_equal(picture, before)
        before = picture
    assert len(names) >= 6


def test_the_plot_of_the_trace_is_not_blank(played: tuple[int, Path]) -> None:
    _, out = played
    with Image.open(out / "trace.png") as image:
        picture = np.asarray(image.convert("RGB"))
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 100
    inked = np.mean(np.any(picture != picture[0, 0], axis=2))
    assert inked > 0.05


def test_the_same_seed_tells_the_same_story_twice(tmp_path: Path) -> None:
    first, second = (headless.run(tmp_path / name, SIZE, 3, quiet)[0] for name in ("one", "two"))
    assert outline(first) == outline(second)
    assert [step.came for step in first.steps] == [step.came for step in second.steps]


def test_another_seed_keeps_every_step(tmp_path: Path) -> None:
    story, _ = headless.run(tmp_path, SIZE, 7, quiet)
    assert [step.name for step in story.steps if not step.good] == []


def test_an_earlier_runs_pictures_and_stores_are_cleared_and_nothing_else(tmp_path: Path) -> None:
    for name in (
        "glass/0001.png",
        "state/display/hoistway.sqlite-wal",
        "state/desk.sqlite",
        "glass/mine.txt",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    headless.clear(tmp_path)
    assert [path.name for path in tmp_path.glob("**/*") if path.is_file()] == ["mine.txt"]


def never(_event: Event) -> bool:
    return False


def test_a_step_that_does_not_come_makes_the_command_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    story = Story(lambda: 0.0, [Step("the moon falls", 1.0, 1.0, never)])
    assert report(story, tmp_path) == FAILED
    assert "MISS the moon falls" in capsys.readouterr().out
    assert msgspec.json.decode((tmp_path / "story.json").read_bytes()) == [
        {"step": "the moon falls", "due_s": 1.0, "within_s": 1.0, "came_s": None, "good": False}
    ]


def test_a_step_that_comes_late_is_not_good() -> None:
    step = Step("s", due=1.0, within=2.0, met=never)
    for came, good in ((None, False), (0.99, True), (3.0, True), (3.01, False)):
        step.came = came
        assert step.good is good


def told(story: Story, kind: str, **body: Any) -> None:
    story.told(CAR, Event("s-1", "s", 1, kind, headless.BEGINNING, "good", body))


def test_an_event_is_one_step_and_none_before_it_is_due() -> None:
    time = [0.0]
    step = Step("second", 5.0, 1.0, lambda event: event.kind == "x")
    story = Story(lambda: time[0], [Step("first", 0.0, 1.0, lambda event: event.kind == "x"), step])
    told(story, "x")
    assert [one.came for one in story.steps] == [0.0, None]
    time[0] = 4.0
    told(story, "x")
    assert step.came is None
    time[0] = 5.0
    told(story, "x")
    assert step.came == 5.0


async def with_faults(
    out: Path, faults: Callable[[float, World, InProcessBroker], None]
) -> tuple[Story, World]:
    """The story, with faults called before every second of it; then time for all to be collected."""
    now = asyncio.get_running_loop().time

    def utc() -> datetime:
        return headless.BEGINNING + timedelta(seconds=now())

    story, broker = Story(now), InProcessBroker()
    around = Surroundings(
        now=now, utc=utc, work=lambda _name: Inline(), broker=broker, folder=out,
        screen=pictures.open_screen(str(out / "glass"), SIZE),
    )  # fmt: skip
    world = build(Elevator(storeys(18), floor=2), around, told=story.told)
    agent = asyncio.create_task(world.agent.run())
    service = asyncio.create_task(world.service.run())
    telling = asyncio.create_task(story.run(world, utc))
    collector_away = range(20, 80)
    for second in range(round(LENGTH_S) + 700):
        faults(float(second), world, broker)
        if second == collector_away.start:
            service.cancel()
        if second == collector_away.stop:
            service = asyncio.create_task(world.service.run())
        await asyncio.sleep(second + 1 - now())
    await telling
    assert not agent.done()
    for task in (agent, service):
        task.cancel()
    await asyncio.gather(agent, service, return_exceptions=True)
    return story, world


def all_faults(second: float, _world: World, broker: InProcessBroker) -> None:
    """The broker dies in the earthquake and comes back empty; before it, a permission is missing."""
    if second == 5.0:
        denied = event_topic(CAR, "ride-ended")
        broker.may_write = lambda client, topic: client != CAR or topic != denied
    if second == 60.0:
        broker.may_write = lambda _client, _topic: True
    if second == EARTHQUAKE:
        broker.kill()
    if second == EARTHQUAKE + 30.0:
        broker.restart()


def test_whatever_the_broker_does_every_event_arrives_once_and_the_glass_never_waits(tmp_path: Path) -> None:
    story, world = loop.run(with_faults(tmp_path, all_faults))
    held = world.desk.events(CAR)
    ids = [event.id for _, event in story.events]
    assert len(ids) == len(set(ids)) == len(held)
    assert [event.sequence for event in held] == list(range(1, len(held) + 1))
    begun = headless.BEGINNING + timedelta(seconds=story.began)
    for step in steps():
        if step.name not in BY_THE_BROKER:
            times = [(e.utc - begun).total_seconds() for e in held if step.met(e)]
            assert any(step.due - 0.01 <= at <= step.due + step.within for at in times), step.name
    assert {step.name for step in story.steps if step.came is None} <= {"back to the message"}
    assert {"message", "release"} == {topic.split("/")[-2] for topic in _truth(world)}
    assert [event.body["page"] for event in held if event.kind == "page-shown"][-1] == "notice"
    world.close()


def _truth(world: World) -> set[str]:
    broker = world.board.broker
    assert isinstance(broker, InProcessBroker)
    return {topic for topic in broker.retained if "/area/" in topic}
