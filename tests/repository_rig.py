"""A repository, a display that reads it, and what an attacker with the broker makes of its files."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata
from tuf.api.serialization.json import JSONSerializer

from agent.files import Files
from agent.repository import Content, Done, Missing, Repository
from content.envelope import public_text
from content.message import NamedPicture
from content.repository import rooting
from content.repository.alert_keys import AlertKey, AlertKeys
from content.repository.keyring import KeyRing
from content.repository.names import INDEX, TIMESTAMP
from content.repository.publisher import Publisher, create, opened
from content.repository.verification import BadRepository
from content.wire import LARGEST
from tests.content_rig import AREA, NOW, message
from tests.spoiling_rig import spoiled

PLACE = f"{AREA}/lift-2"
CITY = "cn/sichuan/chengdu"
ALERTS = CryptoSigner.generate_ed25519()
STRANGER = CryptoSigner.generate_ed25519()


class Publishing:
    """A repository of a country, a city and another country, with its keys."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "repository"
        self.roots = [CryptoSigner.generate_ed25519() for _ in range(3)]
        self.keys = KeyRing(folder / "keys")
        self.pinned = create(self.folder, self.keys, self.roots, NOW)
        self._open = opened(self.folder, self.keys)
        self.publisher: Publisher = self._open.__enter__()
        for area in ("cn", CITY, "us"):
            self.publisher.appoint(area)
        self.publisher.name_alert_keys(AlertKeys((AlertKey(public_text(ALERTS), ("cn/sichuan",)),)))
        self.publisher.add_publication(message())
        self.publisher.publish(NOW)

    def close(self) -> None:
        self._open.__exit__(None, None, None)

    def files(self) -> dict[str, bytes]:
        """All that stands there now."""
        return dict(self.publisher.folder)

    def change_everything(self) -> dict[str, bytes]:
        """Another version of each kind of file: root, targets, both areas, message, picture, alert keys."""
        new = self.keys.make("timestamp").public_key
        self.publisher.change_root(rooting.replace_key("timestamp", new), self.roots[:2], NOW)
        keys = (AlertKey(public_text(ALERTS), ("cn",)), AlertKey(public_text(STRANGER), ("us",)))
        self.publisher.name_alert_keys(AlertKeys(keys))
        self.publisher.rotate(CITY)
        self.publisher.add_publication(message(revision=2))
        self.publisher.add("cn", "picture", "lobby", b"a picture")
        self.publisher.publish(NOW)
        return self.files()

    def signer(self, role: str) -> CryptoSigner:
        """The present key of a role."""
        root = self.publisher.standing.root.signed
        if role in root.roles:
            return self.keys.signers(role, root.roles[role])[0]
        above = self.publisher.standing.delegator(role)
        delegations = self.publisher.standing.role(above).delegations
        assert delegations is not None
        assert delegations.roles is not None
        return self.keys.signers(role, delegations.roles[role])[0]


class Display:
    """A display that fetches as agent/fetching.py does, at once."""

    def __init__(self, pinned: bytes, folder: Path, place: str = PLACE) -> None:
        self.pinned, self.folder, self.place = pinned, folder, place
        self.fetched: dict[str, int] = {}
        self.repository = self.restarted()

    def restarted(self) -> Repository:
        self.repository = Repository(self.pinned, self.place, Files(self.folder))
        self.repository.load()
        return self.repository

    @property
    def content(self) -> Content:
        return self.repository.content

    def fetch(self, files: Mapping[str, bytes], now: datetime = NOW) -> Done | Missing:
        """Ask for what is missing until all is there, or what is missing does not exist."""
        arrived = {name: files[name] for name in (INDEX, TIMESTAMP) if name in files}
        self.fetched = {name: len(data) for name, data in arrived.items()}
        while True:
            result = self.repository.update(arrived, now)
            if isinstance(result, Done) or not result.files & files.keys() - arrived.keys():
                return result
            come = {name: files[name] for name in result.files if name in files}
            self.fetched |= {name: len(data) for name, data in come.items()}
            arrived |= come


def named(picture: bytes) -> NamedPicture:
    """What a message says to show this picture."""
    return NamedPicture("lobby", hashlib.sha256(picture).hexdigest())


def signed(data: bytes, signer: CryptoSigner, edit: Callable[[dict[str, object]], None]) -> bytes:
    """A metadata file, changed, with one signature only."""
    written = json.loads(data)
    edit(written["signed"])
    metadata = Metadata.from_dict(written)
    metadata.sign(signer)
    return metadata.to_bytes(JSONSerializer(compact=True))


@dataclass(frozen=True)
class Case:
    """One bad file in the place of a good one."""

    name: str
    file: str
    data: bytes | None


def _flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def _nested(_data: bytes) -> bytes:
    return b"[" * 100_000


ANY_FILE: dict[str, Callable[[bytes], bytes | None]] = {
    "absent": lambda _data: None,
    "empty": lambda _data: b"",
    "cut in half": lambda data: data[: len(data) // 2],
    "without its last byte": lambda data: data[:-1],
    "one bit changed": _flipped,
    "with a byte too many": lambda data: data + b" " if data[:1] != b"{" else b" " + data[:-1],
    "oversized": lambda data: data + b" " * LARGEST,
    "nested deeply": _nested,
    "a number": lambda _data: b"1",
    "no UTF-8": lambda data: b"\xff" + data,
}


def _bump(signed: dict[str, object]) -> None:
    signed["version"] = int(str(signed["version"])) + 1


def _same(_signed: dict[str, object]) -> None:
    return


def _lasting(signed: dict[str, object]) -> None:
    signed["expires"] = "2199-01-01T00:00:00Z"


def _expired(signed: dict[str, object]) -> None:
    signed["expires"] = (NOW - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def role_in(file: str) -> str | None:
    """The role whose metadata a file is; None for a target or the index."""
    name = file.removesuffix(".json")
    role = name.partition(".")[2] or name
    known = ("root", "timestamp", "snapshot", "targets")
    return role if "/" not in file and (role in known or role.startswith("area.")) else None


def cases(publishing: Publishing, old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[Case]:
    """Every new file a display at PLACE fetches, made bad in every way that fits it."""
    for file in sorted(new.keys() - old.keys() | {TIMESTAMP}):
        if "us" in file.split(".") or file == INDEX:
            continue
        for name, make in ANY_FILE.items():
            yield Case(f"{file} {name}", file, make(new[file]))
        role = role_in(file)
        if role is None:
            continue
        yield Case(f"{file} signed by a stranger", file, signed(new[file], STRANGER, _same))
        yield Case(
            f"{file} lasting longer, signed by a stranger", file, signed(new[file], STRANGER, _lasting)
        )
        other = publishing.signer("area.us")
        yield Case(f"{file} signed with another role's key", file, signed(new[file], other, _bump))
        for other_file in sorted(new):
            if role_in(other_file) not in (None, role):
                yield Case(f"{file} holding {other_file}", file, new[other_file])
        yield Case(f"{file} as it was before", file, _before(old, role))
        if role != "root":
            key = publishing.signer(role)
            yield Case(f"{file} expired", file, signed(new[file], key, _expired))


def _before(old: Mapping[str, bytes], role: str) -> bytes:
    """The version before, which a display has already."""
    return next(data for file, data in old.items() if role_in(file) == role)


def judged(
    display: Display, files: Mapping[str, bytes], now: datetime = NOW
) -> Done | Missing | BadRepository:
    """What the display makes of them; any exception but a refusal is a failure."""
    try:
        return display.fetch(files, now)
    except BadRepository as refused:
        return refused


def fuzzed(random: Random, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files with up to three of them spoiled at random."""
    spoiled_files, others = dict(files), list(files.values())
    for file in random.sample(sorted(files), random.randint(1, 3)):
        spoiled_files[file] = spoiled(random, files[file], others)
    return spoiled_files
