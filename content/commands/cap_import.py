"""What becomes of an official message on the desk. Loaded only when one is imported: it needs the extra `content`."""

from argparse import Namespace
from contextlib import closing
from datetime import datetime
from pathlib import Path

import msgspec

from content.areas import Areas
from content.cap.judge import Rules, judge
from content.cap.known import Known, decoded, encoded
from content.cap.senders import load
from content.cap.verdict import CapAlert, Ended, NotYet, Part, Refused, Verdict, Withdrawal
from content.cap.words import wordings
from content.commands import BadInput
from content.commands.asking import confirm
from content.commands.checks import AREAS, require_showable, tree
from content.commands.output import seconds, tell
from content.commands.publishing import canceller, put
from content.commands.reach import reach
from content.desk import Desk
from content.envelope import look_inside
from content.languages import shown
from content.message import Alert, BadMessage, Publication
from content.repository.disk import write_whole

SENDERS = "senders.toml"


def take(options: Namespace, utc: datetime) -> None:
    """Judge it, publish withdrawals and then what is new, and only then remember it."""
    areas, senders = tree(options), options.senders or options.desk.parent / SENDERS
    if areas is None:
        raise BadInput(
            f"{AREAS} is needed beside the desk, or --areas FILE: which buildings does it concern?"
        )
    pinned = load(senders) if options.senders or senders.exists() else {}
    data, before = _read(options.file), _known(options)
    verdict, known = judge(data, Rules(areas, pinned, options.unsigned), before, utc)
    # What is taken without --unsigned too comes from a sender who is known: nobody has to be asked.
    doubtful = options.unsigned and isinstance(judge(data, Rules(areas, pinned), before, utc)[0], Refused)
    with closing(Desk(options.desk)) as desk:
        if doubtful:
            _confirm(options, desk, areas, verdict, utc)
        lines = _carry_out(options, desk, areas, verdict, utc)
    _remember(options, known)
    tell(options, {"verdict": type(verdict).__name__.lower(), "lines": lines}, "\n".join(lines))


def _carry_out(options: Namespace, desk: Desk, areas: Areas, verdict: Verdict, utc: datetime) -> list[str]:
    match verdict:
        case Refused(reason):
            raise BadInput(f"{options.file}: refused: {reason}")
        case CapAlert():
            alerts, notes = _alerts(verdict, options)
            _require_free(desk, verdict.name)
            lines = _taken_back(options, desk, verdict.withdrawals, utc)
            lines += [
                f"{alert.area}: {_what(alert)}, {reach(desk.statuses(), areas, alert.area).words()}"
                for alert in alerts
            ]
            _put(options, desk, alerts)
            return [*lines, *verdict.notes, *notes]
        case Ended(withdrawals, reason):
            return [*_taken_back(options, desk, withdrawals, utc), f"Ended: {reason}"]
        case NotYet(until, reason):
            return [f"Not yet: {reason}; import it again at {seconds(until)}"]
    return [f"Ignored: {verdict.reason}"]


def _confirm(options: Namespace, desk: Desk, areas: Areas, verdict: Verdict, utc: datetime) -> None:
    """Ask before what nobody signed changes a glass. Raises BadInput without a yes."""
    if not isinstance(verdict, CapAlert | Ended):
        return
    alerts = _alerts(verdict, options)[0] if isinstance(verdict, CapAlert) else []
    gone = [alert for one in verdict.withdrawals for alert in _standing(desk, one, utc)]
    what = [_what(alert) for alert in alerts] + [f"withdrawal of {alert.id}" for alert in gone]
    if what:
        confirm(options, areas, [*alerts, *gone], f"UNSIGNED: {', '.join(dict.fromkeys(what))}; it")


def _alerts(verdict: CapAlert, options: Namespace) -> tuple[list[Alert], list[str]]:
    """One for every area of every part, in words that fit; and what had to be left out."""
    found, notes = [], []
    for part in verdict.parts:
        alert, left_out = _fitting(verdict, part, options)
        found += [msgspec.structs.replace(alert, area=area) for area in part.areas]
        notes += (
            [f"{', '.join(part.areas)}: left out so that it fits: {', '.join(left_out)}"] if left_out else []
        )
    return found, notes


def _fitting(verdict: CapAlert, part: Part, options: Namespace) -> tuple[Alert, tuple[str, ...]]:
    """The fullest wording that fits the glass. Raises BadInput where none does."""
    refusal = "it has no words"
    for wording in wordings(part.texts):
        alert = Alert(
            verdict.name, verdict.revision, part.areas[0], verdict.sent, part.expires, part.event, wording.title,
            wording.body, severity=part.severity, exercise=verdict.drill,
        )  # fmt: skip
        try:
            require_showable(alert, options.size)
        except BadMessage as error:
            refusal = str(error)
        else:
            return alert, wording.left_out
    raise BadInput(f"{options.file}: no wording of it can be shown: {refusal}")


def _require_free(desk: Desk, name: str) -> None:
    by = canceller([look_inside(envelope) for envelope in desk.standing("alert")], name)
    if by is not None:
        raise BadInput(f"alert {name} was cancelled here for good by {by}: displays refuse its updates")


def _taken_back(
    options: Namespace, desk: Desk, withdrawals: tuple[Withdrawal, ...], utc: datetime
) -> list[str]:
    """Withdraw what is on the desk of these; what has expired there needs nothing."""
    lines = []
    for one in withdrawals:
        gone: list[Publication] = [
            msgspec.structs.replace(p, revision=one.revision, sent=utc, withdrawn=True)
            for p in _standing(desk, one, utc)
        ]
        _put(options, desk, gone)
        lines += [f"{p.area}: alert {p.id} is withdrawn" for p in gone]
    return lines


def _standing(desk: Desk, one: Withdrawal, utc: datetime) -> list[Publication]:
    """What still counts of an alert that is taken back."""
    kept = (look_inside(envelope) for envelope in desk.standing("alert"))
    return [
        p for p in kept
        if p.id == one.name and p.area in one.areas and not p.withdrawn and p.expires > utc
    ]  # fmt: skip


def _put(options: Namespace, desk: Desk, publications: list[Alert] | list[Publication]) -> None:
    """Under a revision that no other has: a person may have withdrawn the one before by hand."""
    if not publications:
        return
    least = desk.next_revision("alert", publications[0].id)
    put(
        options,
        desk,
        [msgspec.structs.replace(p, revision=max(p.revision, least)) for p in publications],
    )


def _what(alert: Alert) -> str:
    kind = "drill" if alert.exercise else "alert"
    title = next(said for _, said in shown(alert.title))
    return f'{kind} {alert.id} "{title}" ({alert.event}, severity {alert.severity}) until {seconds(alert.expires)}'


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}; name a CAP message") from error


def _memory(options: Namespace) -> Path:
    """What came before, beside the desk."""
    desk: Path = options.desk
    return desk.with_name(f"{desk.name}.cap.json")


def _known(options: Namespace) -> Known:
    path = _memory(options)
    try:
        return decoded(path.read_bytes()) if path.exists() else Known()
    except (OSError, msgspec.MsgspecError) as error:
        raise BadInput(
            f"{path}: {error}; restore it, or move it away: then cancelled alerts can come back"
        ) from error


def _remember(options: Namespace, known: Known) -> None:
    """For the next import."""
    path = _memory(options)
    try:
        write_whole(path, encoded(known))
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}; import it again when it can be written") from error
