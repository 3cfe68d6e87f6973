"""The folder that `init` makes: where the desk, the keys, the repository and the broker's papers lie, so that commands
find them by its name alone."""

import os
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from content import arguments
from content.certificates import CA, CONTENT
from content.commands import BadInput

VARIABLE = "HOISTWAY_OFFICE"
DESK, SIGNING_KEY, REPOSITORY, KEYS, BROKER, ADDRESS = (
    "desk.sqlite", "signing-key.pem", "repository", "keys", "broker", "address",
)  # fmt: skip
NEEDED = Path()
"""Stands for an option that nobody named, and that the command cannot do without."""
_FILES = {"desk": DESK, "key": SIGNING_KEY, "repository": REPOSITORY, "keys": KEYS, "ca": f"{BROKER}/{CA}"}


def declare(parser: ArgumentParser, otherwise: Path | None = None) -> None:
    """The option, unless the command has it already; otherwise: NEEDED where nothing goes without it."""
    if parser.get_default("knows_office"):
        return
    parser.set_defaults(knows_office=True)
    named = os.environ.get(VARIABLE)
    parser.add_argument(
        "--office", type=Path, metavar="FOLDER", default=Path(named) if named else otherwise,
        help=f"what init made: what is not named is found there (default: ${VARIABLE})",
    )  # fmt: skip


def settle(options: Namespace) -> None:
    """Find in the office what was not named. Raises BadInput for what is needed and still not known."""
    folder: Path | None = getattr(options, "office", None)
    if folder is NEEDED:
        raise BadInput(
            f"--office is missing: name the folder that `hoistway-content init` made, or set {VARIABLE}"
        )
    if folder is not None and not folder.is_dir():
        raise BadInput(
            f"{folder}: there is no such office; `hoistway-content init {folder} --area …` makes one"
        )
    for name, file in {**_FILES, **_papers(getattr(options, "papers", CONTENT))}.items():
        named = getattr(options, name, "no such option")
        if named is NEEDED:
            if folder is None:
                raise BadInput(
                    f"--{name} is missing: name it, or your office, with --office or in {VARIABLE}"
                )
            setattr(options, name, folder / file)
        elif named is None and folder is not None and (folder / file).exists():
            setattr(options, name, folder / file)
    if getattr(options, "broker", "no such option") is None:
        options.broker = _address(folder)


def _papers(name: str) -> dict[str, str]:
    return {"certificate": f"{BROKER}/{name}.pem", "private_key": f"{BROKER}/{name}.key"}


def _address(folder: Path | None) -> tuple[str, int]:
    path = None if folder is None else folder / BROKER / ADDRESS
    if path is None or not path.exists():
        raise BadInput(
            "--broker is missing: write HOST:PORT, or make an office with `hoistway-content init --broker`"
        )
    try:
        return arguments.address(path.read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError, ArgumentTypeError) as error:
        raise BadInput(f"{path}: {error}; name it with --broker HOST:PORT") from error
