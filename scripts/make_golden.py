"""Draw the golden pictures of all pages again: python scripts/make_golden.py. Look at each before committing it."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from content import layouts  # noqa: E402  (needs the path above)
from content.cabin import Advice  # noqa: E402
from content.languages import BESIDE_ENGLISH, CHINESE, LANGUAGES, first  # noqa: E402
from content.message import Text  # noqa: E402
from content.page import Page, Site  # noqa: E402
from content.pages import SOMEWHERE  # noqa: E402

FOLDER = ROOT / "tests" / "content" / "golden"
SIZES = {"portrait": (1080, 1920), "landscape": (1920, 1080)}
SMALLEST = (480, 800)
PHOTOGRAPHS = ("notice_with_picture-", "poster-")
SITE = Site(Text("锦江花园 A座", "Jinjiang Garden, Tower A"), Text("A座 2号梯", "Tower A, lift 2"))
LOCAL = datetime(2026, 11, 21, 14, 27, tzinfo=UTC)
WIDTH = 540
BUILT_IN = {
    **{f"earthquake-{advice.value}": Page("earthquake", advice.value) for advice in Advice},
    "earthquake-level": Page("earthquake", Advice.RIDING.value, level="2"),
    "trapped": Page("trapped"),
    "do_not_use": Page("do_not_use"),
    "stand_down": Page("stand_down"),
    "drill": Page("drill", Advice.CLOSED.value),
    "idle": Page("idle"),
    "not_commissioned": Page("not_commissioned"),
}
"""Pages whose words are the site's languages', and the names of their pictures."""
CONTROLLED = ("earthquake-riding", "earthquake-unsure")
"""Pages that are others in a lift with seismic control."""
IN_LANDSCAPE = ("earthquake-closed", "idle")
ALONE = ("earthquake-riding", "trapped", "idle")
"""Pages that are also looked at in one language alone."""
BESIDE = tuple(replace(SOMEWHERE, languages=pair) for pair in BESIDE_ENGLISH)
OTHERS = BESIDE[1:]
"""Chinese beside English is in pictures of its own."""
Draw = Callable[[], Image.Image]


def golden(page: Page, orientation: str) -> Path:
    """Where a page's golden picture lies; its name has its level, and the main language where that is not Chinese."""
    tags = [f"level-{page.level}"] if page.level else []
    tags += [language.tag for language in first(page.title, page.body)[:1] if language is not CHINESE]
    variant = page.variant or "only"
    if len(variant) > 20:  # a whole list of findings
        variant = sha256(f"{variant}{page.body.en}".encode()).hexdigest()[:8]
    return FOLDER / f"{'-'.join((page.layout, variant, *tags, orientation))}.png"


def picture(page: Page, size: tuple[int, int], site: Site = SITE) -> Image.Image:
    """The page with its patches at a fixed time, 540 pixels wide at most."""
    frame = layouts.draw(page, site, size)
    image = Image.fromarray(frame.pixels)
    for patch in frame.patches:
        image.paste(Image.fromarray(patch.draw(LOCAL)), (patch.x, patch.y))
    width = min(WIDTH, size[0])
    return image.resize((width, round(size[1] * width / size[0])), Image.Resampling.BOX)


def row(page: Page, size: tuple[int, int], sites: tuple[Site, ...]) -> Image.Image:
    """The page of several sites beside each other."""
    pictures = [picture(page, size, site) for site in sites]
    width, height = pictures[0].size
    joined = Image.new("RGB", (width * len(sites), height))
    for number, one in enumerate(pictures):
        joined.paste(one, (width * number, 0))
    return joined


def goldens() -> dict[Path, Draw]:
    """Every golden picture, and how it is drawn."""
    pages = (page for name in layouts.names() for page in layouts.find(name).samples())
    found: dict[Path, Draw] = {
        golden(page, orientation): partial(picture, page, size)
        for page in pages
        for orientation, size in SIZES.items()
    }
    return found | {FOLDER / f"languages-{name}.png": draw for name, draw in _rows()}


def _rows() -> list[tuple[str, Draw]]:
    """The built-in pages in all languages."""
    portrait, landscape, small = *SIZES.values(), SMALLEST
    controlled = tuple(replace(site, seismic_control=True) for site in BESIDE)
    alone = tuple(replace(SOMEWHERE, languages=(language,)) for language in LANGUAGES)
    rows = [(name, portrait, "portrait", OTHERS) for name in BUILT_IN]
    rows += [(name, small, "small", OTHERS) for name in BUILT_IN]
    rows += [(name, landscape, "landscape", OTHERS) for name in IN_LANDSCAPE]
    rows += [(name, portrait, "control-portrait", controlled) for name in CONTROLLED]
    rows += [(name, small, "control-small", controlled) for name in CONTROLLED]
    rows += [(name, portrait, "alone-portrait", alone) for name in ALONE]
    return [(f"{name}-{kind}", partial(row, BUILT_IN[name], size, sites)) for name, size, kind, sites in rows]


def main() -> None:
    """Write every picture; 96 colours keep small those that have no photograph."""
    FOLDER.mkdir(exist_ok=True)
    for path, draw in goldens().items():
        image = draw()
        if not path.name.startswith(PHOTOGRAPHS):
            image = image.quantize(96, dither=Image.Dither.NONE)
        image.save(path, optimize=True)


if __name__ == "__main__":
    main()
