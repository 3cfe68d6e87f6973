"""`init`, `enrol`, `publish`, `export`, `keys`: the signed repository, its keys, and the papers of the broker."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from pathlib import Path

from content import arguments
from content.commands import options as words


def declare(kinds: words.Commands) -> None:
    """The words they take."""
    _declare_init(kinds)
    _declare_enrol(kinds)
    example = "publish --desk office/desk.sqlite --repository office/repository --keys office/keys"
    about = "bring the repository to what stands on the desk: messages, playlists, pictures"
    publish = words.command(kinds, "publish", about, example)
    words.desk(publish)
    _repository(publish)
    publish.set_defaults(run=_done_by("releasing", "publish"))
    example = "export /media/usb --repository office/repository"
    export = words.command(kinds, "export", "copy the repository, for a USB stick", example)
    export.add_argument("folder", metavar="FOLDER", type=Path)
    export.add_argument("--repository", type=Path, required=True, metavar="FOLDER")
    words.json(export)
    export.set_defaults(run=_done_by("releasing", "export"))
    _declare_keys(kinds)


def _declare_init(kinds: words.Commands) -> None:
    example = "init office --area cn/sichuan --broker broker.example"
    init = words.command(kinds, "init", "make the keys, the repository and the broker's papers", example)
    init.add_argument("folder", metavar="FOLDER", type=Path, help="new; all is put there")
    init.add_argument(
        "--area", type=arguments.area, required=True, help="what you publish for, with all below"
    )
    init.add_argument("--broker", action="append", default=[], metavar="NAME",
                      help="a host name or address by which displays reach the broker; may be repeated")  # fmt: skip
    words.json(init)
    init.set_defaults(run=_done_by("founding", "init"))


def _declare_enrol(kinds: words.Commands) -> None:
    example = (
        "enrol tower-a-lift-2 --office office --area cn/sichuan/chengdu/tower-a/lift-2 \\\n"
        '    --time-zone Asia/Shanghai --broker broker.example:8883 --building-zh "锦江花园 A座" --lift-zh "A座 2号梯"'
    )
    enrol = words.command(kinds, "enrol", "make the bundle that one display is enrolled with", example)
    enrol.add_argument("car", metavar="CAR", type=arguments.name)
    enrol.add_argument("--office", type=Path, required=True, metavar="FOLDER", help="what init made")
    enrol.add_argument("--area", type=arguments.area, required=True, help="the lift's own")
    enrol.add_argument("--areas", type=Path, metavar="FILE", help="(default: areas.toml in the office)")
    enrol.add_argument("--time-zone", required=True, metavar="ZONE", help="the building's, as Asia/Shanghai")
    enrol.add_argument("--broker", type=arguments.address, required=True, metavar="HOST:PORT")
    words.texts(enrol, "building", "lift")
    words.json(enrol)
    enrol.set_defaults(run=_done_by("founding", "enrol"))


def _declare_keys(kinds: words.Commands) -> None:
    actions = words.actions(kinds, "keys", "who may publish, and with which key")
    for name, about in (
        ("appoint", "give an area a publisher of its own"),
        ("rotate", "another key for an area, or for timestamp, snapshot or targets; the one before counts no more"),
        ("revoke", "take an area's publisher away, with all that it signed"),
    ):  # fmt: skip
        example = f"keys {name} cn/sichuan/chengdu --repository office/repository --keys office/keys"
        parser = words.command(actions, name, about, example)
        parser.add_argument("area", metavar="AREA")
        _repository(parser)
        words.json(parser)
        parser.set_defaults(run=_done_by("releasing", name), root_key=[])
        if name == "rotate":
            parser.add_argument("--root-key", type=Path, action="append", default=[], metavar="FILE",
                                help="root keys, for timestamp, snapshot and targets; may be repeated")  # fmt: skip
    example = "keys alerts cn/sichuan=<64 digits> --repository office/repository --keys office/keys"
    alerts = words.command(
        actions, "alerts", "say which keys may sign alerts; all others may no more", example
    )
    alerts.add_argument(
        "keys_of", nargs="+", metavar="AREA=PUBLIC", help="as `hoistway-content key` prints it"
    )
    _repository(alerts)
    words.json(alerts)
    alerts.set_defaults(run=_done_by("releasing", "alerts"))


def _repository(parser: ArgumentParser) -> None:
    parser.add_argument("--repository", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--keys", type=Path, required=True, metavar="FOLDER", help="the key ring")


def _done_by(module: str, name: str) -> Callable[[Namespace, datetime], None]:
    """What needs python-tuf is loaded only when it is done: other commands start at once."""

    def run(options: Namespace, utc: datetime) -> None:
        getattr(import_module(f"content.commands.{module}"), name)(options, utc)

    return run
