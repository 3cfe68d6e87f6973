"""Write the pictures of README and docs anew: python scripts/make_pictures.py (the demo's page is photographed by hand)."""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from content import layouts  # noqa: E402  (needs the path above)
from content.languages import pair_of  # noqa: E402
from content.pages import SOMEWHERE  # noqa: E402
from simulator import headless, plot  # noqa: E402

PAGES = ROOT / "docs" / "pictures"
WIDTH, GAP = 290, 18
LAYOUTS = (
    ("notice_with_picture", 0, ("zh", "en")),
    ("poster", 0, ("zh", "en")),
    ("earthquake", 4, ("ja", "en")),
    ("trapped", 0, ("ar", "en")),
    ("drill", 0, ("hi", "en")),
    ("stand_down", 0, ("zh-Hant", "en")),
)
"""Layout, which of its samples, and the languages of the site."""


def main() -> None:
    """Play the story and keep its pages in a row, and the plot."""
    PAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        story, trace = headless.run(out, (1080, 1920), 0, lambda _at: None)
        plot.draw(story, trace, PAGES / "trace.png")
        row(pages_of(sorted((out / "glass").glob("*.png"))), PAGES / "glass.png")
    row([drawn(*page) for page in LAYOUTS], PAGES / "pages.png")


def pages_of(minutes: list[Path]) -> list[Image.Image]:
    """Each page once, whatever its minute."""
    pages: list[Image.Image] = []
    for path in minutes:
        page = Image.open(path)
        if all(differ(page, other) for other in pages):
            pages.append(page)
    return pages


def differ(one: Image.Image, other: Image.Image) -> bool:
    """Whether two pictures show other pages, and not only another minute."""
    first, second = (page.resize((27, 48)).convert("L").tobytes() for page in (one, other))
    return sum(abs(a - b) > 40 for a, b in zip(first, second, strict=True)) > 100


def drawn(layout: str, sample: int, tags: tuple[str, ...]) -> Image.Image:
    """A sample page of a layout at a site with these languages."""
    page = layouts.find(layout).samples()[sample]
    site = replace(SOMEWHERE, languages=pair_of(tags))
    return Image.fromarray(layouts.draw(page, site, (1080, 1920)).pixels)


def row(pages: list[Image.Image], target: Path) -> None:
    """Pictures side by side."""
    height = round(WIDTH * 1920 / 1080)
    sheet = Image.new("RGB", (len(pages) * (WIDTH + GAP) - GAP, height), "white")
    for n, whole in enumerate(pages):
        page = whole.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS)
        sheet.paste(page, (n * (WIDTH + GAP), 0))
    sheet.quantize(128).save(target, optimize=True)


if __name__ == "__main__":
    main()
