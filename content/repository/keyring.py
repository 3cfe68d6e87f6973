"""Signing keys in PEM files: made here, found again by their key ids."""

from collections.abc import Iterable
from itertools import count
from pathlib import Path

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Role

from content.envelope import BadKey, load_key, make_key


class KeyRing:
    """The keys in one folder. Root keys do not belong there: they are named when they are needed."""

    def __init__(self, folder: Path) -> None:
        """The folder is made if it is not there. Raises BadKey."""
        self._folder = folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            files = sorted(folder.glob("*.pem"))
        except OSError as error:
            raise BadKey(f"{folder}: {error.strerror}; name a folder that you may write") from error
        self._signers = {signer.public_key.keyid: signer for signer in map(load_key, files)}

    def make(self, role: str) -> CryptoSigner:
        """A new key for a role, beside the ones it had. Raises BadKey."""
        names = (f"{role}.pem" if n == 1 else f"{role}-{n}.pem" for n in count(1))
        signer = make_key(next(path for name in names if not (path := self._folder / name).exists()))
        self._signers[signer.public_key.keyid] = signer
        return signer

    def lend(self) -> CryptoSigner:
        """A key in memory only: it signs until this program ends, and never again."""
        signer = CryptoSigner.generate_ed25519()
        self._signers[signer.public_key.keyid] = signer
        return signer

    def holds(self, role: Role) -> bool:
        """Whether enough of a role's keys are here to sign for it."""
        return sum(keyid in self._signers for keyid in role.keyids) >= role.threshold

    def signers(self, name: str, role: Role) -> list[CryptoSigner]:
        """The keys that sign for a role. Raises BadKey when they are too few."""
        if not self.holds(role):
            needed = f"{role.threshold} of {len(role.keyids)} keys of {name}"
            raise BadKey(f"{self._folder}: {needed} are needed to sign for it; put their PEM files there")
        return [self._signers[keyid] for keyid in role.keyids if keyid in self._signers]


def load_all(paths: Iterable[Path]) -> list[CryptoSigner]:
    """The keys in these files, for instance the root keys on their sticks. Raises BadKey."""
    return [load_key(path) for path in paths]
