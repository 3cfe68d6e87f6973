"""Which page a publication is shown on."""

from content import layouts
from content.cabin import Advice
from content.message import Alert, BadMessage, Message, Text
from content.page import Page, Site

EARTHQUAKE = "earthquake"
"""The alert that shows the built-in page for the car's state, whatever its texts say."""
SOMEWHERE = Site(Text("锦江花园 A座", "Jinjiang Garden, Tower A"), Text("A座 2号梯", "Tower A, lift 2"))
"""Names for pages that are drawn away from any car."""


def page_of(publication: Message | Alert) -> Page:
    """The page of a message or an alert; of an earthquake alert, the one for a car of which nothing is known."""
    match publication:
        case Message(category=category, title=title, body=body, sender=sender):
            return Page("notice", "", category, title, body, sender)
        case Alert(event="earthquake"):
            return Page("earthquake", Advice.UNSURE.value)
        case Alert(severity=severity, title=title, body=body):
            return Page("other_alert", str(severity), title=title, body=body)


def require_whole(page: Page, sizes: list[tuple[int, int]]) -> None:
    """Draw a page at every size. Raises BadMessage, with the size, where it cannot be shown whole."""
    for width, height in sizes:
        try:
            layouts.draw(page, SOMEWHERE, (width, height))
        except BadMessage as error:
            raise BadMessage(f"at {width}x{height} pixels: {error}") from error
