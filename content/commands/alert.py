"""`alert`: what overrides messages. It goes out only after somebody has read how many displays it will reach."""

import argparse
from argparse import Namespace
from datetime import datetime, timedelta

import msgspec

from content import arguments
from content.cabin import Advice
from content.commands import BadInput, drafts, listing, receipts
from content.commands import options as words
from content.commands.asking import confirm
from content.commands.checks import require_areas, require_showable, tree
from content.commands.output import seconds
from content.commands.publishing import cancelled, canceller, meant, place, publish, standing
from content.message import Alert


def declare(kinds: words.Commands) -> None:
    """The words it takes."""
    actions = words.actions(kinds, "alert", "alerts, which override messages")
    _declare_send(actions)
    _declare_update(actions)
    example = "alert cancel --id quake-1 --key signing-key.pem --desk desk.sqlite"
    ending = words.command(actions, "cancel", "end alerts for good: they never come back", example)
    words.signing(ending)
    ending.add_argument("--id", type=arguments.name, action="append", required=True, help="may be repeated")
    words.only_there(ending)
    words.confirming(ending)
    ending.set_defaults(run=cancel)
    listing.declare(actions, "alert")
    receipts.declare(actions)


def _declare_send(actions: words.Commands) -> None:
    quake = "alert send --key signing-key.pem --desk desk.sqlite --area cn/sichuan --id quake-1 --event earthquake"
    send = words.command(
        actions, "send", "send an alert, or a new revision of one", quake, f"{quake} --exercise"
    )
    words.signing(send)
    words.placing(send)
    _lasting(send, timedelta(hours=1), "after one hour")
    texts(send)
    words.sizes(send)
    words.confirming(send)
    send.set_defaults(run=send_alert)


def _declare_update(actions: words.Commands) -> None:
    example = 'alert update --id rain-1 --severity 4 --body-zh "请勿前往地下楼层" --key signing-key.pem --desk desk.sqlite'
    update = words.command(actions, "update", "change an alert that stands; the rest stays as it is", example)
    words.signing(update)
    words.name(update)
    words.only_there(update)
    _lasting(update, None, "as before")
    said(update)
    words.sizes(update)
    words.confirming(update)
    update.set_defaults(run=update_alert)


def _lasting(parser: argparse.ArgumentParser, lasts: timedelta | None, otherwise: str) -> None:
    """An alert may count for minutes."""
    group = words.lasting(parser, lasts, otherwise)
    group.add_argument("--minutes", dest="lasts", type=arguments.minutes, default=lasts, metavar="N",
                       help="expires after N minutes")  # fmt: skip


def texts(parser: argparse.ArgumentParser) -> None:
    """What it is about, and what it says."""
    parser.add_argument("--event", type=arguments.name, required=True, help="earthquake has a built-in page")
    said(parser)
    parser.set_defaults(severity=3)
    parser.add_argument(
        "--exercise", action="store_true", help="a drill: its page says so, and gives way to all that is real"
    )


def said(parser: argparse.ArgumentParser) -> None:
    """How grave it is, its words, and what to do by the car's state."""
    parser.add_argument("--severity", type=arguments.number(1, 4),
                        help="1 minor, 2 moderate, 3 severe, 4 extreme")  # fmt: skip
    words.texts(parser, "title", "body")
    for state in Advice:
        parser.add_argument(f"--{state.value}", type=arguments.said, action="append", metavar="LANG=TEXT",
                            help=f"what to do when the car is in the state {state.value}, in place of the body")  # fmt: skip


def send_alert(options: Namespace, utc: datetime) -> None:
    """Check, ask, sign and remember an alert."""
    areas = tree(options)
    require_areas(areas, options.places)
    draft = drafts.alert(options, utc)
    require_showable(draft, options.size)
    if options.desk.exists():
        _require_free(draft, options)
    everywhere = drafts.everywhere(draft, options.places)
    confirm(options, areas, everywhere, _described(draft))
    publish(options, *everywhere)


def _require_free(draft: Alert, options: Namespace) -> None:
    """What displays would refuse under an id that was used before."""
    every = standing(options, "alert")
    if (by := canceller(every, draft.id)) is not None:
        raise BadInput(f"alert {draft.id} was cancelled for good by {by}: take another id")
    before = [p for p in every if isinstance(p, Alert) and p.id == draft.id]
    if any(p.exercise != draft.exercise for p in before):
        was = "a drill" if before[0].exercise else "no drill"
        raise BadInput(f"alert {draft.id} was {was} before: take another id")


def update_alert(options: Namespace, utc: datetime) -> None:
    """Change what stands, ask, sign and remember it."""
    before = [alert for alert in meant(options, "alert", options.id, utc) if isinstance(alert, Alert)]
    fields = drafts.changes(options)
    if _says_how_long(options):
        fields["expires"] = drafts.expiry(options, utc)
    if all(msgspec.structs.replace(alert, **fields) == alert for alert in before):
        raise BadInput("nothing would change: give --severity, --expires, --minutes, or a text")
    after = [msgspec.structs.replace(alert, sent=utc, **fields) for alert in before]
    for draft in after:
        require_showable(draft, options.size)
    confirm(options, tree(options), after, f"The update of {_described(after[0])}")
    publish(options, *after)


def _says_how_long(options: Namespace) -> bool:
    return any(said is not None for said in (options.expires, options.days, options.lasts))


def cancel(options: Namespace, utc: datetime) -> None:
    """End alerts for good, by a withdrawn alert that names them, wherever they stand."""
    by_area: dict[tuple[str, bool], list[Alert]] = {}
    every = standing(options, "alert")
    over = cancelled(every)
    for name in dict.fromkeys(options.id):
        before = [place(p) for p in every if p.id == name and options.area in (None, p.area)]
        if before and all(one in over for one in before):
            raise BadInput(f"alert {name} was cancelled for good already")
        for alert in meant(options, "alert", name, utc):
            if isinstance(alert, Alert):
                by_area.setdefault((alert.area, alert.exercise), []).append(alert)
    drafts_of_all = [_cancelling(alerts, utc) for alerts in by_area.values()]
    names = ", ".join(dict.fromkeys(options.id))
    confirm(options, tree(options), drafts_of_all, f"The cancel of {names}")
    said = [
        f"{name} is cancelled for good in {draft.area}" for draft in drafts_of_all for name in draft.cancels
    ]
    publish(options, *drafts_of_all, said=said)


def _cancelling(alerts: list[Alert], utc: datetime) -> Alert:
    """It counts for as long as what it ends."""
    first, kind = alerts[0], "drill" if alerts[0].exercise else "alert"
    return msgspec.structs.replace(
        first, id=f"cancel-{kind}-{utc:%Y%m%dt%H%M%S-%f}-{first.area.count('/')}", revision=1, sent=utc,
        expires=max(alert.expires for alert in alerts), withdrawn=True,
        cancels=tuple(alert.id for alert in alerts),
    )  # fmt: skip


def _described(alert: Alert) -> str:
    kind = "DRILL" if alert.exercise else "Alert"
    until = f"{seconds(alert.expires)}{_here(alert.expires)}"
    return f"{kind} {alert.id} ({alert.event}, severity {alert.severity}, until {until})"


def _here(moment: datetime) -> str:
    """The same moment by the clock on the wall, where that is another."""
    local = moment.astimezone()
    return f", here {local:%Y-%m-%d %H:%M}" if local.utcoffset() != moment.utcoffset() else ""
