"""A content manager at a desk, who types commands and reads what they answer."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from content.__main__ import main
from content.desk import Desk
from content.envelope import public_key, unseal
from content.message import Publication
from content.wire import Event, Status
from tests.content_rig import AREA, NOW

WORDS = ("--title-zh", "明日停水检修", "--body-zh", "请提前储水")


AREAS = """
[areas."cn/sichuan/chengdu"]
zh = "成都市"
en = "Chengdu"
geocodes = ["CN=510100"]

[areas."cn/sichuan/chengdu/tower-a"]
zh = "锦江花园 A座"
position = [30.66, 104.06]
lifts = ["lift-1", "lift-2"]

[areas."cn/sichuan/mianyang/tower-m"]
position = [31.47, 104.68]
lifts = ["lift-1"]
"""


class Office:
    """A content manager at a desk, with a key."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capture = folder, capture
        self.key, self.desk = folder / "key.pem", folder / "desk.sqlite"
        self.public = self.does("key", str(self.key)).strip()

    def signing(self) -> tuple[str, ...]:
        return ("--key", str(self.key), "--desk", str(self.desk))

    def does(self, *words: str) -> str:
        """Type a command that is done; gives what it prints."""
        code = main(list(words), utc=lambda: NOW)
        out, err = self._capture.readouterr()
        assert code == 0, err
        return out

    def refused(self, *words: str) -> str:
        """Type a command that is refused; gives the one line that it says."""
        try:
            code: object = main(list(words), utc=lambda: NOW)
        except SystemExit as ended:
            code = ended.code
        out, err = self._capture.readouterr()
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert err.startswith("hoistway-content: ")
        return err

    def repository(self) -> tuple[str, ...]:
        """Found an office with one, and name it: pictures and playlists have no other way."""
        place = self.folder / "founded"
        self.does("init", str(place), "--area", "cn")
        return ("--repository", str(place / "repository"))

    def add(self, *words: str) -> str:
        return self.does(*self.adding(*words))

    def adding(self, *words: str) -> tuple[str, ...]:
        """The command that adds a message, for the building unless the words name an area."""
        place = () if "--area" in words else ("--area", AREA)
        return ("message", "add", *self.signing(), *place, "--id", "water", *WORDS, *words)

    def add_other(self) -> str:
        """A message that starts tomorrow."""
        return self.does("message", "add", *self.signing(), "--area", AREA, "--id", "later", *WORDS,
                         "--starts", "2026-11-23T12:00+08:00")  # fmt: skip

    def refused_to_add(self, *words: str) -> str:
        return self.refused(*self.adding(*words))

    def send(self, *words: str) -> str:
        """An earthquake alert for the province, without asking."""
        return self.does(*self.sending(*words), "--yes")

    def sending(self, *words: str) -> tuple[str, ...]:
        """The command that sends one and asks."""
        return ("alert", "send", *self.signing(), "--area", "cn/sichuan", "--id", "quake",
                "--event", "earthquake", *words)  # fmt: skip

    def write_areas(self) -> None:
        """Say which areas there are."""
        (self.folder / "areas.toml").write_text(AREAS, encoding="utf-8")

    def hear(self, car: str, *told: Event, **fields: Any) -> None:
        """A car of tower A tells how it is."""
        status = Status(online=True, session=1, area=f"{AREA}/{car}", clock="good", since=NOW)
        desk = Desk(self.desk)
        desk.hold([(car, event) for event in told], [(car, msgspec.structs.replace(status, **fields))])
        desk.close()

    def reads(self, *words: str) -> Any:
        """Ask the desk for programs."""
        return json.loads(self.does(*words, "--desk", str(self.desk), "--json"))

    def published(self) -> list[Publication]:
        """What a display would read from the desk."""
        desk = Desk(self.desk)
        changes = desk.changes(0, NOW)
        desk.close()
        standing = [change.envelope for change in changes if change.envelope]
        return [unseal(envelope, public_key(self.public)) for envelope in standing]
