"""`init`, `enrol`, `revoke`, `renew`, `publish`, `accept`, `export`, `keys`: the signed repository, its keys, and the papers of the broker."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from pathlib import Path

from content import arguments
from content.certificates import CONTENT, MANAGER
from content.commands import connecting, office
from content.commands import options as words
from content.commands.office import NEEDED


def declare(kinds: words.Commands) -> None:
    """The words they take."""
    _declare_init(kinds)
    _declare_enrol(kinds)
    example = "revoke tower-a-lift-2 --office office"
    revoke = words.command(
        kinds, "revoke", "keep one display's certificate out of the broker for good", example
    )
    revoke.add_argument("car", metavar="CAR", type=arguments.name)
    office.declare(revoke, NEEDED)
    words.json(revoke)
    words.confirming(revoke)
    revoke.set_defaults(run=_done_by("revoking", "revoke"))
    _declare_renew(kinds)
    _declare_publish(kinds)
    example = "export /media/usb --repository office/repository"
    export = words.command(kinds, "export", "copy the repository, for a USB stick", example)
    export.add_argument("folder", metavar="FOLDER", type=Path)
    export.add_argument("--repository", type=Path, default=NEEDED, metavar="FOLDER")
    office.declare(export)
    words.json(export)
    export.set_defaults(run=_done_by("exporting", "export"))
    _declare_keys(kinds)


def _declare_publish(kinds: words.Commands) -> None:
    examples = (
        "publish --desk office/desk.sqlite",
        "publish --desk desk.sqlite --repository copy --keys my-keys --outgoing outgoing",
    )
    about = "bring the repository to what stands on the desk: messages, playlists, pictures"
    publish = words.command(kinds, "publish", about, *examples)
    words.desk(publish)
    _repository(publish)
    _outgoing(publish)
    publish.set_defaults(run=_done_by("releasing", "publish"))
    example = "accept outgoing"
    about = "put out what the publisher of an area signed and brought, all of it or nothing"
    accept = words.command(kinds, "accept", about, example)
    accept.add_argument("folder", metavar="FOLDER", type=Path, help="what --outgoing wrote")
    _repository(accept)
    words.json(accept)
    accept.set_defaults(run=_done_by("releasing", "accept"))


def _declare_init(kinds: words.Commands) -> None:
    example = "init office --area cn/sichuan --broker broker.example"
    init = words.command(kinds, "init", "make the keys, the repository and the broker's papers", example)
    init.add_argument("folder", metavar="FOLDER", type=Path, help="new; all is put there")
    init.add_argument(
        "--area", type=arguments.area, required=True, help="what you publish for, with all below"
    )
    init.add_argument("--broker", action="append", default=[], type=arguments.host, metavar="NAME[:PORT]",
                      help="a host name or address by which displays reach the broker (port: 8883); may be repeated")  # fmt: skip
    words.json(init)
    init.set_defaults(run=_done_by("founding", "init"))


def _declare_enrol(kinds: words.Commands) -> None:
    example = (
        "enrol tower-a-lift-2 --office office --area cn/sichuan/chengdu/tower-a/lift-2 \\\n"
        '    --time-zone Asia/Shanghai --broker broker.example:8883 --building-zh "锦江花园 A座" --lift-zh "A座 2号梯"'
    )
    enrol = words.command(kinds, "enrol", "make the bundle that one display is enrolled with", example)
    enrol.add_argument("car", metavar="CAR", type=arguments.name)
    office.declare(enrol, NEEDED)
    enrol.add_argument("--area", type=arguments.area, required=True, help="the lift's own")
    enrol.add_argument("--areas", type=Path, metavar="FILE", help="(default: areas.toml in the office)")
    enrol.add_argument("--time-zone", required=True, metavar="ZONE", help="the building's, as Asia/Shanghai")
    connecting.address(enrol)
    words.site(enrol)
    words.json(enrol)
    enrol.set_defaults(run=_done_by("founding", "enrol"))


def _declare_renew(kinds: words.Commands) -> None:
    about = "new papers for the broker or the office (for a display: `revoke`, then `enrol`)"
    whose = words.actions(kinds, "renew", about)
    about = "another key for the broker, and more names by which displays reach it"
    broker = words.command(whose, "broker", about, "renew broker --name broker.example --name 10.0.0.5")
    broker.add_argument("--name", dest="names", action="append", default=[], type=arguments.host, metavar="NAME[:PORT]",
                        help="a host name or address, beside those that it has; may be repeated: new bundles say the first")  # fmt: skip
    _renewing(broker, "renew_broker")
    for called, name, about in (
        (CONTENT, "content", "the content service's papers: those that it has are out for good"),
        (MANAGER, "manager", "the papers for `ask` and for publishers: those of now are out for good"),
    ):
        parser = words.command(whose, name, about, f"renew {name}")
        parser.set_defaults(name=called)
        _renewing(parser, "renew_office")


def _renewing(parser: ArgumentParser, name: str) -> None:
    office.declare(parser, NEEDED)
    words.confirming(parser)
    words.json(parser)
    parser.set_defaults(run=_done_by("renewing", name))


def _declare_keys(kinds: words.Commands) -> None:
    actions = words.actions(kinds, "keys", "who may publish, and with which key")
    for name, about in (
        ("appoint", "give an area a publisher of its own"),
        ("rotate", "another key for an area, or for timestamp, snapshot or targets; the one before counts no more"),
        ("revoke", "take an area's publisher away, with all that it signed"),
    ):  # fmt: skip
        example = f"keys {name} cn/sichuan/chengdu"
        parser = words.command(actions, name, about, example)
        parser.add_argument("area", metavar="AREA")
        _repository(parser)
        _outgoing(parser)
        words.json(parser)
        parser.set_defaults(run=_done_by("releasing", name), root_key=[])
        if name != "revoke":
            parser.add_argument("--public", metavar="DIGITS",
                                help="the publisher's own, as `hoistway-content key` prints it (default: make one)")  # fmt: skip
        else:
            words.confirming(parser)
        if name == "rotate":
            _root_keys(parser, "root keys, for timestamp, snapshot and targets; may be repeated")
    _declare_replace_root(actions)
    example = "keys alerts cn/sichuan=<64 digits>"
    alerts = words.command(
        actions, "alerts", "say which keys may sign alerts; all others may no more", example
    )
    alerts.add_argument(
        "keys_of", nargs="+", metavar="AREA=PUBLIC", help="as `hoistway-content key` prints it"
    )
    _repository(alerts)
    _outgoing(alerts)
    words.json(alerts)
    alerts.set_defaults(run=_done_by("releasing", "alerts"))


def _declare_replace_root(actions: words.Commands) -> None:
    example = "keys replace-root --root-key root-1.pem --root-key root-3.pem --new root-4.pem"
    replace = words.command(actions, "replace-root", "another root key in the place of one", example)
    _root_keys(replace, "each root key but the one to replace; repeated")
    replace.add_argument(
        "--new", type=Path, required=True, metavar="FILE", help="the new key, made there: its stick"
    )
    _repository(replace)
    words.json(replace)
    replace.set_defaults(run=_done_by("releasing", "replace_root"))


def _repository(parser: ArgumentParser) -> None:
    parser.add_argument("--repository", type=Path, default=NEEDED, metavar="FOLDER")
    parser.add_argument("--keys", type=Path, default=NEEDED, metavar="FOLDER", help="the key ring")
    office.declare(parser)
    parser.set_defaults(outgoing=None)


def _outgoing(parser: ArgumentParser) -> None:
    parser.add_argument("--outgoing", type=Path, metavar="FOLDER",
                        help="where the snapshot and timestamp keys are elsewhere: write what to `accept` there")  # fmt: skip


def _root_keys(parser: ArgumentParser, about: str) -> None:
    parser.add_argument("--root-key", type=Path, action="append", default=[], metavar="FILE", help=about)


def _done_by(module: str, name: str) -> Callable[[Namespace, datetime], None]:
    """What needs python-tuf is loaded only when it is done: other commands start at once."""

    def run(options: Namespace, utc: datetime) -> None:
        getattr(import_module(f"content.commands.{module}"), name)(options, utc)

    return run
