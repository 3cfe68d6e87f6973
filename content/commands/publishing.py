"""From a draft to a signed publication on the desk, and back again."""

import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from content.commands import BadInput
from content.commands.authority import require_may_sign
from content.commands.output import did_you_mean, seconds, tell
from content.commands.repository_desk import BY_REPOSITORY, beside, desk_at, puts_out
from content.desk import Desk, Served
from content.envelope import load_key, look_inside, public_key, public_text, seal, unseal
from content.message import Alert, Message, Publication, ends, in_area, kind_of

SERVES_WITHIN = timedelta(seconds=15)
"""A service says every few seconds that it has its broker (content/service.py)."""


def existing(path: Path) -> Desk:
    """A desk that is there already. Raises BadInput."""
    if not path.exists():
        raise BadInput(f"{path}: is not there; `hoistway-content serve` or `message add` makes a desk")
    return desk_at(path, beside(path))


def standing(options: Namespace, kind: str) -> list[Publication]:
    """The publications of a kind that are kept on the desk, whatever became of them."""
    with closing(existing(options.desk)) as desk:
        return [look_inside(envelope) for envelope in desk.standing(kind)]


def meant(options: Namespace, kind: str, name: str, utc: datetime) -> list[Publication]:
    """What stands under an id, once for each area, or for the area that is named alone. Raises BadInput."""
    every = _all_found(options, kind, name, utc)
    matching = [p for p in every if options.area in (None, p.area)]
    if not matching:
        raise BadInput(f"{kind} {name} stands for {', '.join(p.area for p in every)}, not for {options.area}")
    return matching


def _all_found(options: Namespace, kind: str, name: str, utc: datetime) -> list[Publication]:
    every = standing(options, kind)
    over = cancelled(every)
    matching = [
        p for p in every if p.id == name and not p.withdrawn and p.expires > utc and place(p) not in over
    ]
    if not matching:
        others = {p.id for p in every if not p.withdrawn} - {name}
        close = did_you_mean(name, others, ":")
        raise BadInput(f"no {kind} {name} stands there{close} `hoistway-content {kind} list` shows what does")
    return matching


Ended = dict[tuple[str, str], str]
"""The ids and areas of alerts that others ended for good, and which did."""


def cancelled(every: Sequence[Publication]) -> Ended:
    """Of these, what is ended where it stands: in other areas it may go on. A drill ends nothing but drills."""
    enders = [p for p in every if isinstance(p, Alert) and p.cancels]
    return {place(p): one.id for one in enders for p in every if ends(one, p) and in_area(one.area, p.area)}


def canceller(every: Sequence[Publication], name: str) -> str | None:
    """What ended the alerts of an id for good, anywhere; None where nothing did."""
    return next((p.id for p in every if isinstance(p, Alert) and name in p.cancels), None)


def place(publication: Publication) -> tuple[str, str]:
    """Its id and its area."""
    return publication.id, publication.area


def state(publication: Publication, over: Ended, utc: datetime) -> str:
    """What became of a publication, in a word or two."""
    if isinstance(publication, Alert) and place(publication) in over:
        return f"cancelled by {over[place(publication)]}"
    if publication.withdrawn:
        return "withdrawn"
    if publication.expires <= utc:
        return "expired"
    if isinstance(publication, Message) and publication.starts is not None and publication.starts > utc:
        return f"from {seconds(publication.starts)}"
    return "standing"


def publish(options: Namespace, *drafts: Publication, said: Sequence[str] | None = None) -> None:
    """Sign each as the next revision of its id, read it as a display would, put all on the desk or none, and say so: in
    the words of `said`, where a command has better ones."""
    folder = getattr(options, "repository", None) or beside(options.desk)
    with closing(desk_at(options.desk, folder)) as desk:
        revision = max(desk.next_revision(kind_of(draft), draft.id) for draft in drafts)
        done = put(options, desk, [msgspec.structs.replace(draft, revision=revision) for draft in drafts])
        then = _then(folder, desk.served(), drafts)
        lines = [
            *(said or [_line(publication) for _, publication in done]),
            *_elsewhere(desk, drafts[0]),
            then,
        ]
    tell(options, [_fields(topic, publication) for topic, publication in done], "\n".join(lines))


def _elsewhere(desk: Desk, draft: Publication) -> list[str]:
    """Where the id still stands as it was before, in a line."""
    kind, name = kind_of(draft), draft.id
    every = [look_inside(envelope) for envelope in desk.standing(kind)]
    newest = max((p.revision for p in every if p.id == name), default=0)
    before = [
        p.area for p in every
        if p.id == name and p.revision < newest and p.expires > draft.sent and not p.withdrawn
    ]  # fmt: skip
    return [f"{kind} {name} stands as before for {', '.join(before)}."] if before else []


def _then(folder: Path | None, serving: Served | None, drafts: Sequence[Publication]) -> str:
    """How it gets to the displays; folder: the repository, where there is one."""
    by_repository = any(kind_of(draft) in BY_REPOSITORY for draft in drafts)
    if folder and by_repository and puts_out(folder):
        return f"`hoistway-content publish` brings it to the displays: it signs {folder} anew."
    if folder and by_repository:
        return f"{_BROUGHT}: the keys that put out {folder} are there."
    if serving is None and by_repository:
        return f"{absent(serving, drafts[0].sent)} A publisher with a key of its own: {_BROUGHT}."
    return absent(serving, drafts[0].sent) or "The service publishes it at once."


_BROUGHT = "`hoistway-content publish --outgoing FOLDER` signs it; bring FOLDER to the office, for `accept`"


def absent(serving: Served | None, utc: datetime) -> str:
    """What to say when no service works on a desk; empty when one does."""
    if serving is None:
        return "No display hears of it before `hoistway-content serve` runs on this desk."
    last, broker = serving.utc, serving.broker
    if serving.there and utc - last <= SERVES_WITHIN:
        return ""
    return (
        f"THE SERVICE IS AWAY: `hoistway-content serve` last had its broker {broker} at {seconds(last)}. "
        "Nothing goes out, and nothing is heard of displays, before it has it again."
    )


def warn_if_absent(options: Namespace, served: Served | None, utc: datetime) -> None:
    """Say before an answer for people that nobody hears of displays any more, where that is so."""
    away = absent(served, utc)
    if away and not options.json:
        print(f"{away} What follows is what was last heard.", file=sys.stderr)


def put(options: Namespace, desk: Desk, publications: Sequence[Publication]) -> list[tuple[str, Publication]]:
    """Sign publications that have their revisions, and put all on the desk or none; gives them with their topics."""
    signer, signed = load_key(options.key), []
    folder = beside(options.desk)
    for publication in publications:
        if kind_of(publication) not in BY_REPOSITORY:
            require_may_sign(folder, options.key, public_text(signer), kind_of(publication), publication.area)
        envelope = seal(publication, signer)
        unseal(envelope, public_key(public_text(signer)))
        signed.append((publication, envelope))
    return list(zip(desk.publish_all(signed), publications, strict=True))


def _line(publication: Publication) -> str:
    what, until = (
        f"{kind_of(publication)} {publication.id} for {publication.area}",
        seconds(publication.expires),
    )
    return f"{what}: {'withdrawn' if publication.withdrawn else f'revision {publication.revision}, until {until}'}"


def _fields(topic: str, publication: Publication) -> dict[str, Any]:
    return {
        "topic": topic, "id": publication.id, "revision": publication.revision,
        "expires": publication.expires, "withdrawn": publication.withdrawn,
    }  # fmt: skip
