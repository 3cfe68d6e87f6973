"""What displays will believe: which key may sign which alert, as the office's own repository names it."""

from importlib import import_module
from pathlib import Path

from content.commands import BadInput
from content.repository.alert_keys import AlertKeys


def require_may_sign(folder: Path | None, key: Path, public: str, kind: str, area: str) -> None:
    """Raises BadInput for what every display would refuse. folder: the repository; without one nobody is asked."""
    if folder is None:
        return
    keys = _keys_in(folder)
    if keys.may_sign(public, kind, area):
        return
    own = sorted({place for one in keys.keys if one.public == public for place in one.areas})
    where = f"only for {', '.join(own)}" if own else "for nothing"
    raise BadInput(
        f"{key}: displays believe this key {where}, and no {kind} for {area}: "
        "`hoistway-content keys alerts` says which keys may sign what"
    )


def _keys_in(folder: Path) -> AlertKeys:
    """With python-tuf, which other commands do not wait for."""
    contents, disk = import_module("content.repository.contents"), import_module("content.repository.disk")
    found: AlertKeys = contents.alert_keys_in(disk.Folder(folder))
    return found
