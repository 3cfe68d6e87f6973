"""`preview`: a page as a PNG file, exactly the pixels that a display without the time on it shows."""

import argparse
from argparse import Namespace
from dataclasses import replace
from datetime import datetime, timedelta

from PIL import Image

from content import arguments, layouts
from content.cabin import Advice
from content.commands import BadInput, alert, drafts, message, pictures
from content.commands import options as words
from content.commands.checks import SIZES, require_showable
from content.commands.output import tell
from content.languages import ENGLISH, TAGS, Language, only, ranked, spoken
from content.message import Alert, Text
from content.page import Page, Site
from content.pages import SOMEWHERE, page_of_message, pages_of_alert
from content.reading import pairs

STATES = [state.value for state in Advice]
WORDLESS = ("check", "poster")
"""Layouts whose pages without a manager's words have no built-in ones for passengers either."""


def declare(kinds: words.Commands) -> None:
    """The words it takes."""
    actions = words.actions(kinds, "preview", "draw a page as a PNG file, exactly the pixels")
    example = "preview message water.png --title-zh 明日停水 --body-zh 请提前储水 --size 480x800"
    of_message = words.command(actions, "message", "a message before it is added", example)
    message.texts(of_message)
    # Where and when it would be shown is not in the picture.
    of_message.set_defaults(
        kind="message", id="preview", places=["preview"], priority=0, starts=None, window=[], dates=[], exception=[],
        only_playlist=False,
    )  # fmt: skip
    example = "preview alert drill.png --event earthquake --exercise --state closed"
    of_alert = words.command(actions, "alert", "an alert before it is sent", example)
    alert.texts(of_alert)
    of_alert.add_argument("--state", choices=STATES, default="unsure", help="the car's")
    of_alert.set_defaults(kind="alert", id="preview", places=["preview"])
    for parser in (of_message, of_alert):
        _common(parser)
        parser.set_defaults(run=preview, expires=None, days=None, lasts=timedelta(days=1))
        parser.add_argument(
            "--page", type=arguments.number(1, 9), default=1, metavar="N", help="of those in turn"
        )
    _declare_layout(actions)


def _declare_layout(actions: words.Commands) -> None:
    examples = (
        "preview layout page.png earthquake closed --size 480x800",
        "preview layout page.png notice --language ar",
        "preview layout page.png earthquake riding --language ja --seismic-control",
    )
    of_layout = words.command(actions, "layout", "a layout with its own sample words", *examples)
    _common(of_layout)
    of_layout.add_argument("layout", choices=layouts.names())
    of_layout.add_argument("variant", nargs="?", help="the car's state, an alert's severity, ...")
    of_layout.add_argument(
        "--level", help="of an earthquake alert, 1 to 4; without it, shaking felt in the car"
    )
    of_layout.add_argument(
        "--language", choices=list(TAGS), help="of the sample's words; of built-in ones, with English"
    )
    of_layout.set_defaults(run=preview_layout)


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=arguments.png, help="ends in .png")
    parser.add_argument("--size", type=arguments.size, metavar="WxH", help="px (default: 1080x1920)")
    words.site(parser)
    words.json(parser)


def preview(options: Namespace, utc: datetime) -> None:
    """Draw a message or an alert that the options say."""
    pages = _message_pages(options, utc) if options.kind == "message" else _alert_pages(options, utc)
    number, last = options.page, len(pages)
    if number > last:
        raise BadInput(f"--page {number}: it has {last}; more languages would make more")
    which = f", page {number} of {last}; --page {number % last + 1} draws another" if last > 1 else ""
    _draw(options, pages[number - 1], drafts.site(options, SOMEWHERE), which)


def _message_pages(options: Namespace, utc: datetime) -> list[Page]:
    picture = None if options.picture is None else pictures.chosen(options.picture)
    draft = drafts.message(options, utc, None if picture is None else picture.named)
    require_showable(draft, _sizes(options), pictures.reader(picture))
    return [page_of_message(draft, pair, pictures.reader(picture)) for pair in pairs(draft)]


def _alert_pages(options: Namespace, utc: datetime) -> list[Page]:
    draft: Alert = drafts.alert(options, utc)
    require_showable(draft, _sizes(options))
    return pages_of_alert(draft, Advice(options.state))


def _sizes(options: Namespace) -> list[tuple[int, int]] | None:
    """Where it must fit: as when it is added."""
    return None if options.size is None else [options.size]


def preview_layout(options: Namespace, _utc: datetime) -> None:
    """Draw the layout's own sample that fits what is asked for best."""
    samples = layouts.find(options.layout).samples()
    variants = list(dict.fromkeys(page.variant for page in samples))
    levels = sorted({page.level for page in samples if page.level})
    if options.variant is not None and options.variant not in variants:
        known = ", ".join(filter(None, variants)) or "one page only"
        raise BadInput(f"{options.layout} has no {options.variant}; it has {known}")
    if options.level is not None and options.level not in levels:
        raise BadInput(f"{options.layout} has no level {options.level}; it has {', '.join(levels) or 'none'}")
    samples = [
        replace(page, level=options.level or page.level)
        for page in samples
        if options.variant in (None, page.variant)
    ]
    site = drafts.site(options, SOMEWHERE)
    if options.language is None:
        _draw(options, samples[0], site)
        return
    language = TAGS[options.language]
    site = replace(site, languages=ranked({language, ENGLISH}))
    _draw(options, _in_language(samples, language, options), site)


def _in_language(samples: list[Page], language: Language, options: Namespace) -> Page:
    """A sample that has words in a language, in it alone; else one whose words are built in."""
    for page in samples:
        if language in spoken(page.title, page.body):
            return _only(page, language)
    for page in samples:
        if page.layout not in WORDLESS and not spoken(page.title, page.body):
            return page
    raise BadInput(f"{options.layout} has no sample in {language.name}")


def _only(page: Page, language: Language) -> Page:
    def cut(text: Text) -> Text:
        return only(text, (language,))

    return replace(
        page, category=cut(page.category), title=cut(page.title), body=cut(page.body), sender=cut(page.sender)
    )


def _draw(options: Namespace, page: Page, site: Site, which: str = "") -> None:
    """which: of several pages, for the answer."""
    width, height = options.size or SIZES[0]
    frame = layouts.draw(page, site, (width, height))
    try:
        Image.fromarray(frame.pixels).save(options.file, format="PNG")
    except OSError as error:
        raise BadInput(f"{options.file}: {error.strerror}; name a file that you may write") from error
    fields = {"file": str(options.file), "width": width, "height": height, "layout": page.layout}
    tell(options, fields, f"{options.file}: {width}x{height} pixels{which}")
