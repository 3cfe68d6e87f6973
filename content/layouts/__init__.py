"""Layouts, one file each, found by name: how each kind of page is drawn."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from content.drawing import covers, emoji, letters, linebreaking, pen, shaping, typefaces, typesetting
from content.page import Frame, Page, Site


class Layout(Protocol):
    """What a layout's file offers."""

    def draw(self, page: Page, site: Site, size: tuple[int, int]) -> Frame:
        """Draw the page at width x height pixels. Raises BadMessage when a text cannot be shown whole."""

    def samples(self) -> list[Page]:
        """Pages that show everything the layout can do: drawn at boot, looked at by tests."""


def names() -> list[str]:
    """The layouts there are."""
    return sorted(module.name for module in iter_modules(__path__))


def find(name: str) -> Layout:
    """A layout by its file's name. Raises KeyError."""
    if name not in names():
        raise KeyError(name)
    return cast("Layout", import_module(f"{__name__}.{name}"))


def draw(page: Page, site: Site, size: tuple[int, int]) -> Frame:
    """Draw a page with its own layout."""
    return find(page.layout).draw(page, site, size)


def forget() -> None:
    """Free what drawing keeps for the next page, fonts at their sizes, their letters, what they cover, signs, words:
    some 40 MB, had again in 40 ms."""
    forget_words()
    for kept in (letters, typefaces.font, typefaces.covered, typefaces.coverage, pen.drawn, pen.quarters):
        kept.cache_clear()


def forget_words() -> None:
    """Free what is kept of texts: where they may break, their measures, their lines, their ink."""
    for kept in (emoji.joined, linebreaking.pieces, shaping, typesetting.compose, covers.covers):
        kept.cache_clear()
