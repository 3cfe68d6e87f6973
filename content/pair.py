"""A certificate and its key, replaced as one: wherever the power goes, the two files that are there belong together.

Two files cannot be renamed in one step, but one link can. So both pairs are put into a folder beside; the two names become
links that lead to the old pair there; one rename lets them lead to the new one; then both are files again.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from content.certificates import Papers, write_new
from content.repository.disk import flush_folder

OLD, NEW, NOW = "old", "new", "now"


@dataclass(frozen=True, slots=True)
class Pair:
    """NAME.pem and NAME.key in a folder. What its methods raise is OSError."""

    folder: Path
    name: str

    @property
    def certificate(self) -> Path:
        """Its certificate, PEM."""
        return self.folder / f"{self.name}.pem"

    @property
    def private_key(self) -> Path:
        """Its private key, PEM."""
        return self.folder / f"{self.name}.key"

    def replace(self, papers: Papers) -> None:
        """Put other papers there. Until `forget`, `replaced` knows the certificate that was there before; and what was cut
        short before has to be settled and forgotten."""
        self._prepare(papers)
        for path in (self.certificate, self.private_key):
            self._link(path, f"{self._beside.name}/{NOW}/{path.name}")
        flush_folder(self.folder)
        self._link(self._beside / NOW, NEW)
        flush_folder(self._beside)
        self.settle()

    def settle(self) -> None:
        """Make files of links, also of those that a replacement left which was cut short."""
        for path in (self.certificate, self.private_key):
            if path.is_symlink() and path.readlink().parts[0] == self._beside.name:
                real = path.resolve()
                if real.exists():
                    real.replace(path)
                else:  # there was no key before, and there is none now
                    path.unlink()
        flush_folder(self.folder)

    def replaced(self) -> bytes | None:
        """The certificate that counted before the last replacement."""
        now = self._beside / NOW
        done = now.is_symlink() and str(now.readlink()) == NEW
        return (self._beside / OLD / self.certificate.name).read_bytes() if done else None

    def forget(self) -> None:
        """Remove the folder beside."""
        if self._beside.exists():
            # First, so that `replaced` looks for nothing in what is half removed.
            (self._beside / NOW).unlink(missing_ok=True)
            flush_folder(self._beside)
            shutil.rmtree(self._beside)

    @property
    def _beside(self) -> Path:
        return self.folder / f".{self.name}"

    def _prepare(self, papers: Papers) -> None:
        """Both pairs in the folder beside, and the old one the one that counts."""
        for place in (self._beside, self._beside / OLD, self._beside / NEW):
            place.mkdir(mode=0o700)
        for path, mode in ((self.certificate, 0o644), (self.private_key, 0o600)):
            if path.exists():
                write_new(self._beside / OLD / path.name, path.read_bytes(), mode)
        papers.write(self._beside / NEW / self.certificate.name, self._beside / NEW / self.private_key.name)
        flush_folder(self._beside / OLD)
        flush_folder(self._beside / NEW)
        self._link(self._beside / NOW, OLD)
        flush_folder(self._beside)

    def _link(self, path: Path, target: str) -> None:
        """A link in the place of a file or of a link."""
        made = self._beside / "link"
        made.unlink(missing_ok=True)
        made.symlink_to(target)
        made.replace(path)
