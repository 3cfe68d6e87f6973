"""Pictures that a manager chooses: checked, named by their content, and kept beside the desk."""

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from content.commands import BadInput
from content.message import BadMessage, NamedPicture
from content.pages import Read, nowhere
from content.pictures import check_picture

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
FOLDER = "pictures"
"""Beside the desk; a file is called by its SHA-256."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A picture that can be shown."""

    named: NamedPicture
    data: bytes

    def keep(self, desk: Path) -> None:
        """Put it beside the desk, for `publish`. Raises BadInput."""
        folder = desk.parent / FOLDER
        try:
            folder.mkdir(exist_ok=True)
            (folder / self.named.sha256).write_bytes(self.data)
        except OSError as error:
            raise BadInput(f"{folder}: {error.strerror}; the picture has to be kept there") from error


def chosen(path: Path) -> Chosen:
    """A file that a manager named. Raises BadInput, BadMessage."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}; name a PNG, JPEG or WebP file") from error
    try:
        check_picture(data)
    except BadMessage as error:
        raise BadInput(f"{path}: {error}") from error
    digest = sha256(data).hexdigest()
    # Two managers call two pictures photo.jpg: the digest keeps them apart in the repository.
    words = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")[:55].strip("-") or "picture"
    return Chosen(NamedPicture(f"{words}-{digest[:8]}", digest), data)


def reader(picture: Chosen | None) -> Read:
    """Gives the file of the one picture there is."""
    return nowhere if picture is None else lambda _named: picture.data


def kept(desk: Path) -> Read:
    """Gives the files that were kept beside a desk."""
    return lambda named: (desk.parent / FOLDER / named.sha256).read_bytes()
