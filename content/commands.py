"""What each command of `hoistway-content` does. Every one takes the options and the time."""

import sys
from argparse import Namespace
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from PIL import Image

from content import layouts
from content.desk import Desk
from content.envelope import load_key, look_inside, make_key, public_key, public_text, seal, unseal
from content.message import CATEGORY, SENDER, Alert, Message, Publication, Release, Text, kind_of
from content.page import NOTHING
from content.pages import EARTHQUAKE, SOMEWHERE, page_of, require_whole
from content.tables import table
from content.wire import Status

SIZES = [(1080, 1920), (480, 800)]
"""Where a text must fit unless other sizes are named: the usual display and the smallest."""


class BadInput(ValueError):
    """The command cannot be done so; the text says what to change."""


def key(options: Namespace, _utc: datetime) -> None:
    """Make a signing key, or show the public part of one."""
    signer = load_key(options.file) if options.public else make_key(options.file)
    print(public_text(signer))
    if not options.public:
        print(
            f"{options.file} signs: keep it secret, and keep a copy. "
            "The line above goes into every display's configuration, as key in [trust].",
            file=sys.stderr,
        )


def add_message(options: Namespace, utc: datetime) -> None:
    """Check, sign and remember a message."""
    draft = message(options, utc)
    require_whole(page_of(draft), options.size or SIZES)
    _publish(options, draft)


def send_alert(options: Namespace, utc: datetime) -> None:
    """Check, sign and remember an alert."""
    draft = alert(options, utc)
    require_whole(page_of(draft), options.size or SIZES)
    _publish(options, draft)


def release(options: Namespace, utc: datetime) -> None:
    """Sign and remember a release. Its id is new every time: a hold is not ended by a release known before."""
    _publish(options, Release(f"{utc:%Y%m%dt%H%M%S-%f}", 1, options.area, utc, _expiry(options, utc)))
    print(f"It ends the do-not-use holds that began before now in {options.area} and all areas inside it.")


def withdraw(options: Namespace, utc: datetime) -> None:
    """Sign and remember the withdrawal of what stands under an id."""
    kind, standing = options.kind, _standing(options)
    found = [p for p in standing if p.id == options.id and not p.withdrawn and p.expires > utc]
    found = [p for p in found if options.area in (None, p.area)]
    if not found:
        raise BadInput(f"no {kind} {options.id} stands there: `hoistway-content {kind} list` shows what does")
    if len(found) > 1:
        areas = ", ".join(p.area for p in found)
        raise BadInput(f"{kind} {options.id} stands for {areas}: say which with --area")
    _publish(options, msgspec.structs.replace(found[0], sent=utc, withdrawn=True))


def list_standing(options: Namespace, utc: datetime) -> None:
    """Show the publications of a kind."""
    standing = [p for p in _standing(options) if not isinstance(p, Release)]
    if options.json:
        _print_json([{**msgspec.to_builtins(p), "state": _state(p, utc)} for p in standing])
        return
    rows = [
        [p.id, p.area, str(p.revision), _state(p, utc), _seconds(p.expires), p.title.zh] for p in standing
    ]
    print(table(["ID", "AREA", "REVISION", "STATE", "EXPIRES", "TITLE"], rows))


def events(options: Namespace, _utc: datetime) -> None:
    """Show what a car told."""
    with closing(_existing(options.desk)) as desk:
        told = desk.events(options.car)
        if not told and options.car not in desk.statuses():
            raise BadInput(f"car {options.car} is not known: `hoistway-content status` shows which are")
    if options.json:
        _print_json(told)
        return
    rows = [[_seconds(e.utc), e.clock, e.kind, msgspec.json.encode(e.body).decode()] for e in told]
    print(table(["UTC", "CLOCK", "KIND", "BODY"], rows))


def status(options: Namespace, _utc: datetime) -> None:
    """Show how every car last said it is."""
    with closing(_existing(options.desk)) as desk:
        cars = desk.statuses()
    if options.json:
        _print_json(cars)
        return
    headings = ["CAR", "ONLINE", "PAGE", "RULE", "SINCE", "CLOCK", "VERSION", "LOST"]
    print(table(headings, [[car, *_condition(status)] for car, status in cars.items()]))


def preview(options: Namespace, utc: datetime) -> None:
    """Write a page as a picture, pixel by pixel as a display without the time shows it."""
    draft = message(options, utc) if options.kind == "message" else alert(options, utc)
    frame = layouts.draw(page_of(draft), SOMEWHERE, options.size)
    try:
        Image.fromarray(frame.pixels).save(options.file, format="PNG")
    except OSError as error:
        raise BadInput(f"{options.file}: {error.strerror}; name a file that you may write") from error
    print(f"{options.file}: {options.size[0]}x{options.size[1]} pixels")


def message(options: Namespace, utc: datetime) -> Message:
    """The message that the options say. Raises BadInput."""
    expires = _expiry(options, utc)
    if options.starts is not None and options.starts >= expires:
        raise BadInput(f"--starts {_seconds(options.starts)}: expires before, at {_seconds(expires)}")
    for part in ("title", "body"):
        if not (getattr(options, f"{part}_zh") or "").strip():
            raise BadInput(f"{part}: is empty: write in --{part}-zh what passengers read")
    return Message(
        options.id, 1, options.area, utc, expires, _text(options, "title"), _text(options, "body"),
        _text(options, "category", CATEGORY), _text(options, "sender", SENDER), options.priority, options.starts,
        tuple(options.window),
    )  # fmt: skip


def alert(options: Namespace, utc: datetime) -> Alert:
    """The alert that the options say. Raises BadInput."""
    title, body = _text(options, "title"), _text(options, "body")
    if options.event == EARTHQUAKE:
        title = title if title.zh else Text("地震", "Earthquake")
    elif not title.zh or not body.zh:
        raise BadInput("--title-zh and --body-zh are needed: only an earthquake has a built-in page")
    expires = _expiry(options, utc)
    return Alert(
        options.id, 1, options.area, utc, expires, options.event, title, body, severity=options.severity
    )


def _text(options: Namespace, part: str, default: Text = NOTHING) -> Text:
    zh, en = getattr(options, f"{part}_zh"), getattr(options, f"{part}_en")
    if zh is None and en:
        raise BadInput(f"--{part}-en stands alone: write --{part}-zh too")
    return default if zh is None else Text(zh, en or "")


def _expiry(options: Namespace, utc: datetime) -> datetime:
    lasts = timedelta(days=options.days) if options.days else options.lasts
    expires: datetime = options.expires or utc + lasts
    if expires <= utc:
        raise BadInput(f"--expires {_seconds(expires)}: is past, now is {_seconds(utc)}")
    return expires


def _publish(options: Namespace, draft: Publication) -> None:
    """Sign as the next revision, read it as a display would, and put it on the desk."""
    signer = load_key(options.key)
    with closing(Desk(options.desk)) as desk:
        revision = desk.next_revision(kind_of(draft), draft.id)
        publication = msgspec.structs.replace(draft, revision=revision)
        envelope = seal(publication, signer)
        unseal(envelope, public_key(public_text(signer)))
        topic = desk.publish(publication, envelope)
    done = "withdrawn by" if publication.withdrawn else "is"
    print(f"{topic} {done} revision {revision}, until {_seconds(publication.expires)}")
    print(f"`hoistway-content serve` on {options.desk} publishes it, at once where it is running.")


def _existing(path: Path) -> Desk:
    if not path.exists():
        raise BadInput(f"{path}: is not there; `hoistway-content serve` or `message add` makes a desk")
    return Desk(path)


def _standing(options: Namespace) -> list[Publication]:
    with closing(_existing(options.desk)) as desk:
        return [look_inside(envelope) for envelope in desk.standing(options.kind)]


def _state(publication: Publication, utc: datetime) -> str:
    if publication.withdrawn:
        return "withdrawn"
    if publication.expires <= utc:
        return "expired"
    starts = getattr(publication, "starts", None)
    return f"from {_seconds(starts)}" if starts is not None and starts > utc else "standing"


def _condition(status: Status) -> list[str]:
    lost = ", ".join(name for name, state in status.sensors.items() if state.startswith("lost"))
    since = "" if status.since is None else _seconds(status.since)
    online = "yes" if status.online else "no"
    return [online, status.page, status.rule, since, status.clock, status.version, lost]


def _seconds(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _print_json(value: object) -> None:
    print(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
