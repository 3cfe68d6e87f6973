"""The publisher of a city with a key on a machine of its own, beside the office that founded the repository."""

from pathlib import Path

from tests.commands_rig import WORDS, Office
from tests.content_rig import AREA

CITY = "cn/sichuan/chengdu"


def place(office: Office) -> Path:
    """What `init` founded."""
    return office.folder / "office"


def repository(office: Office) -> tuple[str, ...]:
    """Its repository and its ring, as words of a command."""
    return ("--repository", str(place(office) / "repository"), "--keys", str(place(office) / "keys"))


class CityDesk:
    """A desk, one key, and a copy of the repository."""

    def __init__(self, office: Office) -> None:
        self.office, self.folder = office, office.folder / "city"
        (self.folder / "keys").mkdir(parents=True)
        self.public = office.does("key", str(self.folder / "keys" / "city.pem")).strip()
        self.place = ("--repository", str(self.folder / "copy"), "--keys", str(self.folder / "keys"))
        self.desk = ("--desk", str(self.folder / "desk.sqlite"))
        self.publish = ("publish", *self.desk, *self.place)
        self.outgoing = ("--outgoing", str(self.folder / "outgoing"))
        self.accept = ("accept", str(self.folder / "outgoing"), *repository(office))

    def copies(self) -> None:
        self.office.does(
            "export", str(self.folder / "copy"), "--repository", str(place(self.office) / "repository")
        )

    def adds(self, area: str = AREA, name: str = "city", *words: str) -> None:
        key = ("--key", str(self.office.key))
        self.office.does("message", "add", *key, *self.desk, "--area", area, "--id", name, *WORDS, *words)

    def plays(self, *items: str) -> None:
        """Set a playlist for the building."""
        setting = (
            "--key",
            str(self.office.key),
            *self.desk,
            *self.place[:2],
            "--area",
            AREA,
            "--id",
            "lobby",
        )
        self.office.does("playlist", "set", *setting, *items)

    def brings(self) -> str:
        return self.office.does(*self.publish, *self.outgoing)

    def is_accepted(self) -> None:
        """Bring what is on its desk, and have the office put it out."""
        self.copies()
        self.brings()
        self.office.does(*self.accept)
