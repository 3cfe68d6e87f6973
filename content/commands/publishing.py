"""From a draft to a signed publication on the desk, and back again."""

from argparse import Namespace
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from content.commands import BadInput
from content.commands.output import seconds, tell
from content.commands.repository_desk import BY_REPOSITORY, beside, desk_at
from content.desk import Desk
from content.envelope import load_key, look_inside, public_key, public_text, seal, unseal
from content.message import Alert, Message, Publication, kind_of


def existing(path: Path) -> Desk:
    """A desk that is there already. Raises BadInput."""
    if not path.exists():
        raise BadInput(f"{path}: is not there; `hoistway-content serve` or `message add` makes a desk")
    return desk_at(path, beside(path))


def standing(options: Namespace, kind: str) -> list[Publication]:
    """The publications of a kind that are kept on the desk, whatever became of them."""
    with closing(existing(options.desk)) as desk:
        return [look_inside(envelope) for envelope in desk.standing(kind)]


def found(options: Namespace, kind: str, utc: datetime) -> Publication:
    """The one that stands under an id. Raises BadInput."""
    matching = [p for p in all_found(options, kind, options.id, utc) if options.area in (None, p.area)]
    if not matching:
        raise BadInput(f"{kind} {options.id} does not stand for {options.area}")
    if len(matching) > 1:
        areas = ", ".join(p.area for p in matching)
        raise BadInput(f"{kind} {options.id} stands for {areas}: say which with --area")
    return matching[0]


def all_found(options: Namespace, kind: str, name: str, utc: datetime) -> list[Publication]:
    """What stands under an id, once for each area. Raises BadInput where nothing does."""
    every = standing(options, kind)
    over = cancelled(every)
    matching = [p for p in every if p.id == name and not p.withdrawn and p.expires > utc and p.id not in over]
    if not matching:
        raise BadInput(f"no {kind} {name} stands there: `hoistway-content {kind} list` shows what does")
    return matching


def cancelled(every: Sequence[Publication]) -> dict[str, str]:
    """The alerts that others ended for good, and which did."""
    return {name: alert.id for alert in every if isinstance(alert, Alert) for name in alert.cancels}


def state(publication: Publication, over: dict[str, str], utc: datetime) -> str:
    """What became of a publication, in a word or two."""
    if isinstance(publication, Alert) and publication.id in over:
        return f"cancelled by {over[publication.id]}"
    if publication.withdrawn:
        return "withdrawn"
    if publication.expires <= utc:
        return "expired"
    if isinstance(publication, Message) and publication.starts is not None and publication.starts > utc:
        return f"from {seconds(publication.starts)}"
    return "standing"


def publish(options: Namespace, *drafts: Publication) -> None:
    """Sign each as the next revision of its id, read it as a display would, put it on the desk, and say so."""
    with closing(Desk(options.desk)) as desk:
        revision = max(desk.next_revision(kind_of(draft), draft.id) for draft in drafts)
        done = put(options, desk, [msgspec.structs.replace(draft, revision=revision) for draft in drafts])
    lines = [_line(topic, publication) for topic, publication in done]
    lines.append(_then(options.desk, drafts))
    tell(options, [_fields(topic, publication) for topic, publication in done], "\n".join(lines))


def _then(desk: Path, drafts: Sequence[Publication]) -> str:
    """How it gets to the displays."""
    if beside(desk) and any(kind_of(draft) in BY_REPOSITORY for draft in drafts):
        return "`hoistway-content publish` brings it to the displays: it signs the repository beside the desk anew."
    return f"`hoistway-content serve` on {desk} publishes it, at once where it is running."


def put(options: Namespace, desk: Desk, publications: Sequence[Publication]) -> list[tuple[str, Publication]]:
    """Sign publications that have their revisions, and put them on the desk; gives them with their topics."""
    signer, done = load_key(options.key), []
    for publication in publications:
        envelope = seal(publication, signer)
        unseal(envelope, public_key(public_text(signer)))
        done.append((desk.publish(publication, envelope), publication))
    return done


def _line(topic: str, publication: Publication) -> str:
    done = "withdrawn by" if publication.withdrawn else "is"
    return f"{topic} {done} revision {publication.revision}, until {seconds(publication.expires)}"


def _fields(topic: str, publication: Publication) -> dict[str, Any]:
    return {
        "topic": topic, "id": publication.id, "revision": publication.revision,
        "expires": publication.expires, "withdrawn": publication.withdrawn,
    }  # fmt: skip
