"""check goes through a display, says pass, fail or skipped with what to do, keeps its record and sends it."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agent.board import Board, Wired
from agent.commissioning import check as checking
from agent.commissioning.check import Check, remember
from agent.commissioning.findings import Record, lines
from agent.mounting import KEPT, Left, tilt_deg
from agent.store import Store
from content.broker import BrokerLost, Connection, Delivery
from content.layouts.check import NAMES
from content.requests import Finding
from content.work import Inline
from drivers import accelerometers
from drivers.screens import ScreenError
from simulator import loop
from simulator.chips import Signal, accelerometer
from simulator.i2c import Between, SimulatedI2C, TimedOut
from simulator.world import CHIP
from tests.agent_rig import BrokenScreen, Rig

Array = NDArray[np.float64]
ADDRESS = 0x1D
UP = (0.0, 0.0, 9.80665)


class Person:
    """Somebody who moves the door when asked, and reads the glass."""

    def __init__(self, rig: Rig, *, moves: bool = True, reads: bool = True) -> None:
        self._rig, self._moves, self._reads = rig, moves, reads
        self.heard: list[str] = []

    def say(self, words: str) -> None:
        self.heard.append(words)
        if self._moves:
            self._rig.elevator.open_door(self._rig.now() + 1.0, stay_s=1.0)

    async def ask(self, question: str) -> bool:
        self.heard.append(question)
        return self._reads


class NoBroker(AbstractAsyncContextManager[Connection]):
    """Nobody at the address."""

    def connect(self, client: str, will: Delivery | None = None) -> "NoBroker":
        return self

    async def __aenter__(self) -> Connection:
        raise BrokerLost("no broker at broker.example:8883: connection refused")

    async def __aexit__(self, *_error: object) -> None:
        pass


class SilentBroker(NoBroker):
    """Takes the connection and never says a word."""

    async def __aenter__(self) -> Connection:
        await asyncio.Event().wait()
        return await super().__aenter__()


def felt(
    signal: Signal,
    *,
    range_g: int = 2,
    rate_error: float = 0.01,
    stuck: bool = False,
    noise: float | None = None,
) -> Callable[[Rig], SimulatedI2C]:
    """A bus with an ADXL355 that feels this."""

    def make(rig: Rig) -> SimulatedI2C:
        chip = accelerometer("adxl355")(signal, rate_error=rate_error, stuck=stuck, noise_density=noise)
        return SimulatedI2C(rig.now, {ADDRESS: chip})

    return make


def constant(*vector: float) -> Signal:
    return lambda times: np.tile(vector, (len(times), 1))


def shaken(times: Array) -> Array:
    return np.column_stack((0.5 * np.sin(20 * times), 0 * times, 0 * times + 9.80665))


def on(make: Callable[[Rig], SimulatedI2C]) -> Callable[[Rig, Board], Board]:
    def change(rig: Rig, board: Board) -> Board:
        bus = make(rig)
        probe = accelerometers.find("adxl355").probe
        return replace(board, accelerometer=Wired(lambda: probe(bus, ADDRESS, range_g=2), Inline()))

    return change


def same(_rig: Rig, board: Board) -> Board:
    return board


async def checked(
    rig: Rig, change: Callable[[Rig, Board], Board] = same, *, person: Person | None = None
) -> tuple[Record, Check]:
    board = change(rig, rig.world.board)
    check = Check(board, rig.config, person, lambda _finding: None)
    return await check.run(), check


def in_simulated_time(scenario: Callable[[Rig], Coroutine[Any, Any, None]], folder: Path) -> None:
    async def play() -> None:
        rig = Rig(folder)
        await scenario(rig)
        rig.world.close()

    loop.run(play())


def finding(record: Record, name: str) -> Finding:
    (found,) = (one for one in record.findings if one.check == name)
    return found


def test_a_good_display_with_somebody_before_it_is_ready(tmp_path: Path) -> None:
    async def scenario(rig: Rig) -> None:
        record, _ = await checked(rig, person=Person(rig))
        assert [one.check for one in record.findings] == list(NAMES)
        assert {one.verdict for one in record.findings} == {"pass"}
        assert all(one.said and not one.todo for one in record.findings)
        assert record.ready

    in_simulated_time(scenario, tmp_path)


def test_where_nobody_is_what_needs_a_person_is_skipped_and_the_rest_passes(tmp_path: Path) -> None:
    async def scenario(rig: Rig) -> None:
        record, _ = await checked(rig)
        assert [one.check for one in record.findings if one.verdict == "skipped"] == ["door", "screen"]
        assert record.ready

    in_simulated_time(scenario, tmp_path)


FAILURES: list[tuple[str, str, Callable[[Rig, Board], Board]]] = [
    ("identity", "no acknowledge", on(lambda rig: SimulatedI2C(rig.now, {}))),
    ("self-test", "its datasheet allows", on(felt(constant(*UP), stuck=True))),
    ("noise", "1-10 Hz", on(felt(shaken))),
    ("gravity", "4.90 m/s² at rest", on(felt(constant(0.0, 0.0, 4.9)))),
    ("rate", "+15.0 %", on(felt(constant(*UP), rate_error=0.15))),
    ("broker", "no broker at broker.example:8883", lambda _rig, board: replace(board, broker=NoBroker())),
    ("broker", "no answer in 10 s", lambda _rig, board: replace(board, broker=SilentBroker())),
    ("screen", "the panel does not answer", lambda rig, board: replace(board, screen=BrokenScreen())),
]


@pytest.mark.parametrize(("name", "said", "change"), FAILURES, ids=[f"{one[0]}-{one[1]}" for one in FAILURES])
def test_what_is_wrong_fails_with_what_was_measured_and_what_to_do(
    name: str, said: str, change: Callable[[Rig, Board], Board], tmp_path: Path
) -> None:
    async def scenario(rig: Rig) -> None:
        record, _ = await checked(rig, change)
        found = finding(record, name)
        assert found.verdict == "fail"
        assert said in found.said
        assert found.todo
        assert not record.ready
        assert [one.check for one in record.findings if one.verdict == "fail"] == [name]

    in_simulated_time(scenario, tmp_path)


def test_a_door_that_is_not_moved_fails_with_what_was_seen(tmp_path: Path) -> None:
    async def scenario(rig: Rig) -> None:
        record, _ = await checked(rig, person=Person(rig, moves=False))
        assert finding(record, "door").said == "MCP23017: only closed in 90 s"

    in_simulated_time(scenario, tmp_path)


def test_a_glass_that_cannot_be_read_fails(tmp_path: Path) -> None:
    async def scenario(rig: Rig) -> None:
        record, _ = await checked(rig, person=Person(rig, reads=False))
        assert finding(record, "screen").verdict == "fail"

    in_simulated_time(scenario, tmp_path)


def test_a_clock_before_the_software_was_made_fails(tmp_path: Path) -> None:
    async def scenario(rig: Rig) -> None:
        rig.wall.set(datetime(1970, 1, 1, tzinfo=UTC))
        record, _ = await checked(rig)
        assert finding(record, "clock").verdict == "fail"
        assert record.clock == "doubtful"

    in_simulated_time(scenario, tmp_path)


def test_a_store_that_cannot_be_written_fails(tmp_path: Path) -> None:
    async def scenario(rig: Rig) -> None:
        in_the_way = tmp_path / "a file"
        in_the_way.touch()
        rig.config.store.folder = str(in_the_way / "store")
        record, _ = await checked(rig)
        assert finding(record, "disk").verdict == "fail"
        assert finding(record, "space").verdict == "fail"

    in_simulated_time(scenario, tmp_path)


def test_lost_samples_fail_the_rate(tmp_path: Path) -> None:
    async def scenario(rig: Rig) -> None:
        start = rig.now() + 6.0
        rig.world.bus.faults.append(TimedOut(CHIP, Between(start, start + 0.5)))
        record, _ = await checked(rig)
        assert any(one.verdict == "fail" and one.check in ("identity", "rate") for one in record.findings)

    in_simulated_time(scenario, tmp_path)


@pytest.mark.parametrize("vector", [(0.0, 0.0, -9.81), (9.81, 0.0, 0.0), (0.0, 5.66, 8.01)])
def test_how_the_chip_hangs_is_kept_for_the_display(vector: tuple[float, ...], tmp_path: Path) -> None:
    async def scenario(rig: Rig) -> None:
        record, check = await checked(rig, on(felt(constant(*vector))))
        await remember(rig.world.board, record, check.up)
        left = rig.store.kept(KEPT, Left)
        x, y, z = np.array(vector) / np.linalg.norm(vector)
        assert tilt_deg(left.up, (x, y, z)) < 0.1

    in_simulated_time(scenario, tmp_path)


def test_the_record_is_kept_and_reaches_the_collector_as_an_event(tmp_path: Path) -> None:
    async def scenario(rig: Rig) -> None:
        record, check = await checked(rig)
        await remember(rig.world.board, record, check.up)
        assert rig.store.kept("check", Record) == record
        rig.begin()
        await rig.until(rig.now() + 30)
        (told,) = (event for event in rig.told if event.kind == "checked")
        assert told.body["ready"] is True
        assert [one["check"] for one in told.body["findings"]] == list(NAMES)
        await rig.stop("agent")
        await rig.stop("service")

    in_simulated_time(scenario, tmp_path)


@pytest.mark.parametrize("after", range(len(NAMES)))
def test_interrupted_anywhere_it_leaves_the_store_as_it_was_and_can_begin_again(
    after: int, tmp_path: Path
) -> None:
    async def scenario(rig: Rig) -> None:
        before = stored(rig.store)
        found: list[Finding] = []

        def told(one: Finding) -> None:
            found.append(one)
            if len(found) > after:
                raise asyncio.CancelledError

        with pytest.raises(asyncio.CancelledError):
            await Check(rig.world.board, rig.config, None, told).run()
        assert stored(rig.store) == before
        record, _ = await checked(rig)
        assert record.ready

    in_simulated_time(scenario, tmp_path)


def stored(store: Store) -> tuple[object, ...]:
    return store.kept("check", Record), store.kept(KEPT, Left), tuple(store.waiting(0, 100))


def test_the_summary_of_a_full_failure_still_fits_a_code_that_is_read_from_a_metre_away() -> None:
    found = tuple(Finding(name, "fail", "broken", "mend it") for name in NAMES)
    record = Record("c" * 64, datetime(2026, 11, 22, tzinfo=UTC), "good", found)
    assert len(record.summary) <= 213, "version 10, error correction M"
    assert all(name in record.summary for name in NAMES)


def test_the_terminal_shows_what_to_do_below_what_failed() -> None:
    shown = lines([Finding("door", "fail", "only closed in 90 s", "look at both switches")])
    assert shown == ["fail     door  only closed in 90 s", "               -> look at both switches"]


def test_a_screen_error_while_it_goes_on_is_told_once_as_the_screens_finding(tmp_path: Path) -> None:
    async def scenario(rig: Rig) -> None:
        rig.screen.errors = [ScreenError("the cable is out")]
        record, _ = await checked(rig)
        assert finding(record, "screen").verdict == "skipped"
        assert len(rig.screen.frames) >= len(NAMES)

    in_simulated_time(scenario, tmp_path)


def test_the_question_is_asked_in_words_an_installer_understands(tmp_path: Path) -> None:
    async def scenario(rig: Rig) -> None:
        person = Person(rig)
        await checked(rig, person=person)
        assert person.heard == [checking.DOOR, checking.READ]

    in_simulated_time(scenario, tmp_path)


@pytest.mark.parametrize(("up", "verdict"), [("auto", "pass"), ("z", "pass"), ("-z", "fail"), ("x", "fail")])
def test_an_axis_that_the_configuration_names_has_to_be_true(up: str, verdict: str, tmp_path: Path) -> None:
    async def scenario(rig: Rig) -> None:
        rig.config.accelerometer.up = up  # type: ignore[assignment]
        record, _ = await checked(rig)
        assert finding(record, "gravity").verdict == verdict

    in_simulated_time(scenario, tmp_path)


def test_a_car_that_was_moved_while_it_was_listened_to_does_not_say_how_the_chip_hangs(
    tmp_path: Path,
) -> None:
    async def scenario(rig: Rig) -> None:
        _, check = await checked(rig, on(felt(shaken)))
        assert check.up is None

    in_simulated_time(scenario, tmp_path)
