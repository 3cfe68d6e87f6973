"""Which pages a publication is shown on."""

from collections.abc import Callable
from functools import partial

from content import layouts
from content.cabin import Advice
from content.languages import Pair, only, showings
from content.message import Alert, BadMessage, Message, NamedPicture, Text
from content.page import NOTHING, Page, Picture, Site
from content.playing import Showing
from content.reading import pairs

EARTHQUAKE = "earthquake"
"""The alert that shows the built-in page for the car's state, unless it brings its own instructions."""
SOMEWHERE = Site(
    Text(
        "锦江花园 A座",
        "Jinjiang Garden, Tower A",
        "錦江花園 A棟",
        "錦江ガーデン A棟",
        "حديقة جينجيانغ، البرج A",
        "जिनजियांग गार्डन, टावर A",
    ),
    Text("A座 2号梯", "Tower A, lift 2", "A棟 2號電梯", "A棟 2号機", "البرج A، المصعد 2", "टावर A, लिफ़्ट 2"),
)
"""Names for pages that are drawn away from any car."""
Read = Callable[[NamedPicture], bytes]
"""The file of a picture. Raises OSError."""


def nowhere(picture: NamedPicture) -> bytes:
    """Where there are no pictures."""
    raise FileNotFoundError(f"picture {picture.name} is not here")


def page_of(publication: Message | Alert, read: Read = nowhere) -> Page:
    """The first page of a message or an alert, for a car of which nothing is known."""
    if isinstance(publication, Alert):
        return page_of_alert(publication, Advice.UNSURE)
    return page_of_message(publication, pairs(publication)[0], read)


def page_of_message(message: Message, pair: Pair, read: Read = nowhere) -> Page:
    """One page of a message, in a pair of its languages."""
    picture = None if message.picture is None else _picture(message.picture, read)
    layout = "notice_with_picture" if message.layout == "notice" and picture is not None else message.layout
    title, body = _in(message.title, pair), _in(message.body, pair)
    return Page(layout, "", message.category, title, body, message.sender, picture)


def page_of_showing(showing: Showing, read: Read = nowhere) -> Page:
    """What is on the glass for one turn."""
    if showing.message is not None:
        return page_of_message(showing.message, showing.pair, read)
    picture = None if showing.picture is None else _picture(showing.picture, read)
    return Page("poster", picture=picture)


def page_of_alert(alert: Alert, advice: Advice, pair: Pair = ()) -> Page:
    """An alert's page for the car's state; pair: in which of its languages, without it in the first two."""
    own = _own(alert, advice)
    if own is None:
        return Page("drill", advice.value) if alert.exercise else built_in(alert, advice)
    title, body = _in(alert.title, pair), _in(own, pair)
    if alert.exercise:
        return Page("drill", title=title, body=body)
    return Page("other_alert", str(alert.severity), title=title, body=body)


def pages_of_alert(alert: Alert, advice: Advice) -> list[Page]:
    """The pages that an alert takes in turn in a state of the car, each in other languages."""
    own = _own(alert, advice)
    pairs_of = [()] if own is None else showings([alert.title, own]) or [()]
    return [page_of_alert(alert, advice, pair) for pair in pairs_of]


def _own(alert: Alert, advice: Advice) -> Text | None:
    """The words an alert brings for a state of the car; None where the built-in page says it."""
    own: Text | None = getattr(alert.instructions, advice.value, None)
    return own if own or alert.event == EARTHQUAKE else alert.body


def built_in(alert: Alert, advice: Advice) -> Page:
    """The page of an earthquake alert from the network, with its level."""
    return Page("earthquake", advice.value, level=str(alert.severity))


def written_pages(publication: Message | Alert, read: Read = nowhere) -> list[Page]:
    """All pages that carry words or pictures of a manager: what has to be drawn before it may count."""
    if isinstance(publication, Message):
        return [page_of_message(publication, pair, read) for pair in pairs(publication)]
    found = [page for advice in Advice for page in pages_of_alert(publication, advice)]
    return [page for page in dict.fromkeys(found) if page.title != NOTHING or page.body != NOTHING]


def _in(text: Text, pair: Pair) -> Text:
    """The text in a page's languages; as it is, where it has no more than those."""
    return only(text, pair) if pair else text


def _picture(named: NamedPicture, read: Read) -> Picture:
    return Picture(named.sha256, partial(read, named))


def require_whole(page: Page, sizes: list[tuple[int, int]]) -> None:
    """Draw a page at every size. Raises BadMessage, with the size, where it cannot be shown whole."""
    for width, height in sizes:
        try:
            layouts.draw(page, SOMEWHERE, (width, height))
        except BadMessage as error:
            raise BadMessage(f"at {width}x{height} pixels: {error}") from error
