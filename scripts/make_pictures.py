"""Write the README's pictures anew: python scripts/make_pictures.py (the demo's page needs chromium)."""

import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from simulator import headless, plot  # noqa: E402  (needs the path above)

PAGES = ROOT / "docs" / "pictures"
WIDTH, GAP = 290, 18


def main() -> None:
    """Play the story and keep its pages in a row, and the plot."""
    PAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        story, trace = headless.run(out, (1080, 1920), 0, lambda _at: None)
        plot.draw(story, trace, PAGES / "trace.png")
        minutes = sorted((out / "glass").glob("*.png"))
        row([path for path in minutes if distinct(path, minutes)][:5], PAGES / "glass.png")


def distinct(path: Path, among: list[Path]) -> bool:
    """Whether a picture shows another page than the one before, and not only another minute."""
    before = among.index(path) - 1
    if before < 0:
        return True
    first, second = (Image.open(p).resize((27, 48)).convert("L") for p in (among[before], path))
    pairs = zip(first.tobytes(), second.tobytes(), strict=True)
    return sum(abs(a - b) > 40 for a, b in pairs) > 100


def row(paths: list[Path], target: Path) -> None:
    """Pictures side by side."""
    height = round(WIDTH * 1920 / 1080)
    sheet = Image.new("RGB", (len(paths) * (WIDTH + GAP) - GAP, height), "white")
    for n, path in enumerate(paths):
        page = Image.open(path).convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS)
        sheet.paste(page, (n * (WIDTH + GAP), 0))
    sheet.quantize(128).save(target, optimize=True)


if __name__ == "__main__":
    main()
