"""What is done once: the keys and the repository of an office, and the bundle of each display."""

import json
import os
import tomllib
from argparse import Namespace
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from content.certificates import (
    CA,
    OFFICE,
    make_ca,
    make_client_certificate,
    make_server_certificate,
    require_hosts,
    write_new,
)
from content.commands import BadInput, drafts
from content.commands.checks import AREAS, require_lift, written
from content.commands.office import ADDRESS, BROKER, DESK, KEYS, REPOSITORY, SIGNING_KEY
from content.commands.output import tell
from content.desk import Desk
from content.envelope import make_key, public_text
from content.languages import LANGUAGES, spoken, words
from content.message import Text
from content.page import NOTHING, Site
from content.permissions import nats_users
from content.repository.alert_keys import AlertKey, AlertKeys
from content.repository.disk import write_whole
from content.repository.keyring import KeyRing
from content.repository.publisher import create, opened

ROOTS, THRESHOLD = 3, 2
ROOT = "root.json"
CARS, BUNDLES = "cars", "bundles"


def init(options: Namespace, utc: datetime) -> None:
    """Make all of it, in a new folder, and say what to do with the root keys."""
    folder: Path = options.folder
    if options.broker:
        require_hosts([name for name, _ in options.broker])
    _new_folder(folder)
    _new_folder(folder / "root-keys")
    roots = [make_key(folder / "root-keys" / f"root-{n}.pem") for n in range(1, ROOTS + 1)]
    keys = KeyRing(folder / KEYS)
    pinned = create(folder / REPOSITORY, keys, roots, utc, threshold=THRESHOLD)
    signer = make_key(folder / SIGNING_KEY)
    with opened(folder / REPOSITORY, keys) as publisher:
        publisher.appoint(options.area)
        publisher.name_alert_keys(AlertKeys((AlertKey(public_text(signer), (options.area,)),)))
        publisher.publish(utc)
        publisher.verify(utc)
    write_new(folder / ROOT, pinned, 0o644)
    if options.broker:
        _broker(folder / BROKER, options.broker, utc)
    tell(options, {"folder": str(folder), "root": ROOT, "threshold": THRESHOLD}, _explained(folder))


def _new_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError as error:
        raise BadInput(f"{folder}: is there already; name a new folder") from error
    except OSError as error:
        raise BadInput(f"{folder}: {error.strerror}; name a folder that you may make") from error


def _broker(folder: Path, addresses: list[tuple[str, int]], utc: datetime) -> None:
    """The private authority, the broker's papers and ours."""
    names, (host, port) = [name for name, _ in addresses], addresses[0]
    _new_folder(folder)
    _new_folder(folder / CARS)
    make_ca(folder)
    make_server_certificate(folder, names).write(folder / "server.pem", folder / "server.key")
    for name in OFFICE:
        make_client_certificate(folder, name, utc).write(folder / f"{name}.pem", folder / f"{name}.key")
    write_users(folder)
    (folder / ADDRESS).write_text(f"{host}:{port}\n", encoding="utf-8")


def write_users(folder: Path, gone: Path | None = None, more: Iterable[bytes] = ()) -> None:
    """Who may do what at NATS: one line for each certificate that counts, without the one that is gone, and for more."""
    certificates = [*(folder / f"{name}.pem" for name in OFFICE), *(folder / CARS).glob("*.pem")]
    users = nats_users([*(path.read_bytes() for path in certificates if path != gone), *more])
    write_whole(folder / "users.conf", users.encode())


def _explained(folder: Path) -> str:
    return (
        f"{folder / 'root-keys'}: MOVE these {ROOTS} files to {ROOTS} sticks in {ROOTS} safes, of three persons, "
        f"and delete them here. {THRESHOLD} of them change who may sign anything; they are needed for nothing else. "
        f"Whoever has {THRESHOLD} of them has every display.\n"
        f"{folder / ROOT}: what displays pin; `enrol` puts it into every bundle.\n"
        f"{folder / SIGNING_KEY}: signs alerts, releases and what stands on the desk: keep it secret, and a copy.\n"
        f"{folder / KEYS}: signs the repository in {folder / REPOSITORY}; stays with `publish` and `serve`."
    )


def enrol(options: Namespace, utc: datetime) -> None:
    """One folder for one display: whom it believes, who it is, where it is."""
    office: Path = options.office
    if not (office / ROOT).exists() or not (office / BROKER).exists():
        raise BadInput(
            f"{office}: has no {ROOT} and {BROKER}; make them with `hoistway-content init --broker`"
        )
    _require_place(options)
    site = drafts.site(options, Site(NOTHING, NOTHING))
    if not spoken(site.building) or not spoken(site.lift):
        raise BadInput(
            "--building-zh and --lift-zh are needed, or another language: they stand on every page"
        )
    issued = office / BROKER / CARS / f"{options.car}.pem"
    if issued.exists():
        raise BadInput(
            f"{options.car}: has papers already; `hoistway-content revoke {options.car} --office {office}` takes them "
            "away, then enrol it again"
        )
    _require_no_other_there(office, options.area)
    say_gone(office, options.car, gone=False)
    papers = make_client_certificate(office / BROKER, options.car, utc)
    bundle = office / BUNDLES / options.car
    write_new(issued, papers.certificate, 0o644)
    _new_folder(bundle)
    papers.write(bundle / "car.pem", bundle / "car.key")
    write_new(bundle / CA, (office / BROKER / CA).read_bytes(), 0o644)
    write_new(bundle / ROOT, (office / ROOT).read_bytes(), 0o644)
    write_new(bundle / "enrolment.toml", _configuration(options, site).encode(), 0o644)
    write_users(office / BROKER)
    text = (
        f"{bundle}: bring it to the display by hand, and there: hoistway-agent enrol {options.car}. "
        "Leave no copy on the way: car.key is who this car is.\n"
        f"{office / BROKER / 'users.conf'}: bring it to a NATS broker, and reload it; mosquitto needs nothing."
    )
    tell(options, {"bundle": str(bundle), "files": sorted(os.listdir(bundle))}, text)


def say_gone(office: Path, car: str, *, gone: bool) -> None:
    """On the desk, where there is one: whoever has no papers is not waited for."""
    if (office / DESK).exists():
        with closing(Desk(office / DESK)) as desk:
            desk.say_gone(car, gone=gone)


def _require_no_other_there(office: Path, area: str) -> None:
    """Raises BadInput for a lift that another car has papers for: one of the two names is a slip of the pen."""
    for car, place in _places(office):
        if place == area and (office / BROKER / CARS / f"{car}.pem").exists():
            raise BadInput(
                f"--area {area}: is where {car} is enrolled; correct the area, or `hoistway-content revoke {car}` first"
            )


def _places(office: Path) -> Iterator[tuple[str, str]]:
    """Cars and their areas, by the bundles that are still here, and by what displays told of themselves."""
    for path in sorted((office / BUNDLES).glob("*/enrolment.toml")):
        try:
            yield path.parent.name, tomllib.loads(path.read_text(encoding="utf-8"))["car"]["area"]
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise BadInput(f"{path}: {error}; delete this bundle, it is damaged") from error
    if (office / DESK).exists():
        with closing(Desk(office / DESK)) as desk:
            yield from ((car, status.area) for car, status in desk.statuses().items())


def _require_place(options: Namespace) -> None:
    """Raises BadInput for an area or a time zone that does not exist."""
    path: Path = options.areas or options.office / AREAS
    if options.areas or path.exists():
        require_lift(written(path), options.area)
    try:
        ZoneInfo(options.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadInput(
            f"--time-zone {options.time_zone}: is none; write for instance Asia/Shanghai"
        ) from error


def _configuration(options: Namespace, site: Site) -> str:
    """The sections of the display's configuration that the office knows; the display adds where its papers lie."""
    host, port = options.broker
    return f"""[car]
name = {json.dumps(options.car)}
area = {json.dumps(options.area)}
building = {_table(site.building)}
lift = {_table(site.lift)}
time_zone = {json.dumps(options.time_zone)}
languages = {json.dumps([language.tag for language in site.languages])}
seismic_control = {json.dumps(site.seismic_control)}

[broker]
host = {json.dumps(host)}
port = {port}
"""


def _table(text: Text) -> str:
    """JSON's strings are TOML's."""
    said = [(language.tag, words(text, language)) for language in LANGUAGES]
    pairs = (f"{tag} = {json.dumps(word, ensure_ascii=False)}" for tag, word in said if word)
    return f"{{ {', '.join(pairs)} }}"
