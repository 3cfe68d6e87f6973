"""Draw the golden pictures of all pages again: python scripts/make_golden.py. Look at each before committing it."""

import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from content import layouts  # noqa: E402  (needs the path above)
from content.languages import CHINESE, first  # noqa: E402
from content.message import Text  # noqa: E402
from content.page import Page, Site  # noqa: E402

FOLDER = ROOT / "tests" / "content" / "golden"
SIZES = {"portrait": (1080, 1920), "landscape": (1920, 1080)}
SITE = Site(Text("锦江花园 A座", "Jinjiang Garden, Tower A"), Text("A座 2号梯", "Tower A, lift 2"))
LOCAL = datetime(2026, 11, 21, 14, 27, tzinfo=UTC)
WIDTH = 540


def golden(page: Page, orientation: str) -> Path:
    """Where a page's golden picture lies; its name has its level, and the main language where that is not Chinese."""
    tags = [f"level-{page.level}"] if page.level else []
    tags += [language.tag for language in first(page.title, page.body)[:1] if language is not CHINESE]
    variant = page.variant or "only"
    if len(variant) > 20:  # a whole list of findings
        variant = sha256(f"{variant}{page.body.en}".encode()).hexdigest()[:8]
    return FOLDER / f"{'-'.join((page.layout, variant, *tags, orientation))}.png"


def picture(page: Page, size: tuple[int, int]) -> Image.Image:
    """The page with its patches at a fixed time, 540 pixels wide."""
    frame = layouts.draw(page, SITE, size)
    image = Image.fromarray(frame.pixels)
    for patch in frame.patches:
        image.paste(Image.fromarray(patch.draw(LOCAL)), (patch.x, patch.y))
    return image.resize((WIDTH, round(size[1] * WIDTH / size[0])), Image.Resampling.BOX)


def main() -> None:
    """Write one picture for each sample and orientation; 96 colours keep small those that have no photograph."""
    FOLDER.mkdir(exist_ok=True)
    for name in layouts.names():
        for page in layouts.find(name).samples():
            for orientation, size in SIZES.items():
                small = picture(page, size)
                if page.picture is None:
                    small = small.quantize(96, dither=Image.Dither.NONE)
                small.save(golden(page, orientation), optimize=True)


if __name__ == "__main__":
    main()
