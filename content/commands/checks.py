"""What is refused when it is written, and not when it should be shown."""

from argparse import Namespace
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from content.areas import Areas, parse
from content.commands import BadInput
from content.languages import LANGUAGES, spoken
from content.message import Alert, BadMessage, Message, in_area
from content.pages import Read, nowhere, require_whole, written_pages
from content.reading import require_time_to_read

SIZES = [(1080, 1920), (480, 800)]
"""Where a text must fit unless other sizes are named: the usual display and the smallest."""
AREAS = "areas.toml"


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


def tree(options: Namespace) -> Areas | None:
    """The areas that somebody wrote down, or None. Raises BadInput, BadMessage."""
    path: Path = options.areas or options.desk.parent / AREAS
    if options.areas is None and not path.exists():
        return None
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: {error}; name the file of areas with --areas") from error
    except BadMessage as error:
        raise BadInput(f"{path}: {error}") from error


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
