"""Copies of the repository: for a USB stick, for a publisher with a key of its own, and of what that one brings."""

import re
from argparse import Namespace
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from content.commands import BadInput
from content.commands.output import counted, tell
from content.progress import bar
from content.repository.disk import Folder
from content.repository.names import INDEX, TIMESTAMP, hash_in

METADATA = re.compile(r"[1-9][0-9]*\.(?:root|targets|snapshot|area\..+)\.json")


def export(options: Namespace, _utc: datetime) -> None:
    """The timestamp last: a stick that is pulled out too early has the version before, or nothing."""
    source = Folder(options.repository)
    names = sorted(source, key=lambda name: (name == TIMESTAMP, name))
    if TIMESTAMP not in names:
        raise BadInput(f"{options.repository}: is no repository; `hoistway-content init` makes one")
    _require_apart(options.folder, options.repository)
    made = not options.folder.exists()
    mirror(source, names, Folder(options.folder))
    text = f"{options.folder}: {counted(len(names), 'file')}"
    if made:
        text += "; the folder was not there, and was made. If it should be a stick: that is not mounted."
    tell(options, {"files": names, "made": made}, text)


def _require_apart(folder: Path, repository: Path) -> None:
    """What is superseded is deleted where it is copied to: that must not be what it is copied from."""
    target, source = folder.resolve(), repository.resolve()
    if target == source:
        raise BadInput(f"{folder}: is the repository itself; name the folder to copy it to, as /media/usb")
    if target in source.parents or source in target.parents:
        raise BadInput(f"{folder}: {repository} and it lie one in the other; name a folder apart from it")


def mirror(files: Mapping[str, bytes], names: Sequence[str], target: Folder) -> None:
    """These files in this order, and no others of a repository; whatever else lies there stays."""
    with target.locked():
        for number, name in enumerate(names, 1):
            target.write(name, files[name])
            bar("writing", number, len(names))
        target.forget(sorted(name for name in set(target) - set(names) if _is_ours(name)))


def _is_ours(name: str) -> bool:
    return hash_in(name) is not None or name in (INDEX, TIMESTAMP) or METADATA.fullmatch(name) is not None
