"""What is refused when it is written, and not when it should be shown."""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from itertools import permutations
from pathlib import Path

from content.areas import Areas, parse
from content.commands import BadInput
from content.commands.office import REPOSITORY
from content.commands.repository_desk import is_repository
from content.handwritten import read
from content.languages import LANGUAGES, spoken
from content.message import Alert, BadMessage, Message, in_area
from content.pages import Read, nowhere, require_whole, written_pages
from content.reading import require_time_to_read

SIZES = [(1080, 1920), (480, 800)]
"""Where a text must fit unless other sizes are named: the usual display and the smallest."""
AREAS = "areas.toml"
DAY = timedelta(days=1)
WEST, EAST = timedelta(hours=12), timedelta(hours=14)
"""How far local time is behind and ahead of UTC, at most."""


def require_showable(
    publication: Message | Alert, sizes: Sequence[tuple[int, int]] | None, read: Read = nowhere
) -> None:
    """Draw every page of it at every size, and give it time to be read. Raises BadMessage, BadInput."""
    _require_words(publication)
    for page in written_pages(publication, read):
        require_whole(page, list(sizes or SIZES))
    if isinstance(publication, Message):
        require_time_to_read(publication)


def _require_words(publication: Message | Alert) -> None:
    """An empty title or body is not left to the layout: it would call them by other names."""
    if isinstance(publication, Message) and (publication.layout == "poster" or publication.picture):
        return
    for part in ("title", "body"):
        if isinstance(publication, Message) and not spoken(getattr(publication, part)):
            tags = ", ".join(f"--{part}-{language.tag}" for language in LANGUAGES)
            raise BadInput(f"{part}: is empty: write what passengers read, in one or more of {tags}")
    _require_titles(publication)


def _require_titles(publication: Message | Alert) -> None:
    """A title may stand alone; words below none look like a mistake, and mostly are."""
    titled = spoken(publication.title)
    for language in spoken(publication.body):
        if titled and language not in titled:
            raise BadInput(
                f"title: is missing in {language.name}, which the body has: add --title-{language.tag}"
            )


def require_a_day(message: Message) -> None:
    """Raises BadInput for a message none of whose days lies in its life, in whatever time zone the building is."""
    first, last = _life(message)
    spans = [(max(first, dates.first), min(last, dates.last)) for dates in message.dates] or [(first, last)]
    if all(begins > ends for begins, ends in spans):
        raise BadInput(
            f"--dates: none of these days lies in the time for which it stands, {first} to {last}: "
            "say with --expires or --days how long it lasts"
        )
    if not any(_allows(message, day) for begins, ends in spans for day in _days(begins, ends)):
        raise BadInput(
            f"it would never show: no day from {first} to {last} is left by --dates, --window and --except"
        )


def _life(message: Message) -> tuple[date, date]:
    """The first and the last day on which it can be shown anywhere; a window that is over midnight began before."""
    begins = max(message.sent, message.starts or message.sent)
    before = DAY if any(window.start > window.end for window in message.windows) else timedelta()
    latest = datetime.max.replace(tzinfo=UTC) - EAST
    return (begins - WEST - before).date(), (min(message.expires, latest) + EAST).date()


def _days(first: date, last: date) -> Iterator[date]:
    return (first + n * DAY for n in range((last - first).days + 1))


def _allows(message: Message, day: date) -> bool:
    if day in message.exceptions:
        return False
    return not message.windows or any(day.isoweekday() in window.weekdays for window in message.windows)


def require_repository(options: Namespace, what: str) -> None:
    """Raises BadInput where displays get nothing but what is in envelopes of its own."""
    folder: Path = options.repository or options.desk.parent / REPOSITORY
    if not is_repository(folder):
        raise BadInput(
            f"{folder}: is no repository, and {what} reach displays by that of an office alone: "
            "`hoistway-content init` makes one; if it lies elsewhere, name it with --repository"
        )


def tree(options: Namespace) -> Areas | None:
    """The areas that somebody wrote down, or None. Raises BadInput, BadMessage."""
    path: Path = options.areas or options.desk.parent / AREAS
    if options.areas is None and not path.exists():
        return None
    return written(path)


def written(path: Path) -> Areas:
    """The areas in a file. Raises BadInput."""
    try:
        return parse(read(path))
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}; name the file of areas with --areas") from error
    except BadMessage as error:
        raise BadInput(f"{path}: {error}") from error


def require_areas(areas: Areas | None, places: Sequence[str]) -> None:
    """Raises BadInput for an area that does not exist, and for one that another already holds."""
    for place in places:
        require_area(areas, place)
    for outer, inner in permutations(places, 2):
        if in_area(outer, inner):
            raise BadInput(f"--area {inner}: is named already by --area {outer}; leave one of them out")


def require_lift(areas: Areas, area: str) -> None:
    """Raises BadInput for an area that does not exist or has lifts in it: a display is in one of them."""
    require_area(areas, area)
    inside = [lift for lift in areas.lifts(area) if lift != area]
    if inside:
        raise BadInput(
            f"{area}: is an area with lifts in it; say which this display is in, for instance {inside[0]}"
        )


def require_area(areas: Areas | None, area: str) -> None:
    """Raises BadInput for an area that does not exist, with one that may have been meant."""
    if areas is None or areas.contains(area):
        return
    every = [*areas, *(lift for top in areas if "/" not in top for lift in areas.lifts(top))]
    close = get_close_matches(area, every, 1) or [one for one in every if in_area(one, area)][-1:]
    meant = f": did you mean {close[0]}?" if close else "."
    raise BadInput(
        f"there is no area {area}{meant} `hoistway-content areas` shows all; write a new one into {AREAS}"
    )
