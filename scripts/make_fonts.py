"""Cut the glass's fonts out of Noto Sans SC: python scripts/make_fonts.py FOLDER (see content/fonts/README.md).

FOLDER holds NotoSansSC_400Regular.ttf, NotoSansSC_700Bold.ttf and NotoSansSC_300Light.ttf, at any depth.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import flagCubic, flagOverlapSimple

TARGET = Path(__file__).resolve().parent.parent / "content" / "fonts"
FACES = {
    "regular": "NotoSansSC_400Regular.ttf",
    "bold": "NotoSansSC_700Bold.ttf",
    "light": "NotoSansSC_300Light.ttf",
}
CLOCK = frozenset(map(ord, "0123456789:"))
BLOCKS = (
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x00AC),  # Latin-1, without the soft hyphen: its hyphen would always show
    (0x00AE, 0x017F),  # Latin-1, Latin Extended-A
    (0x01CD, 0x01DC),  # pinyin vowels with the third tone
    (0x2010, 0x2027),  # dashes, quotes, ellipsis
    (0x2030, 0x205E),  # per mille, primes
    (0x20AC, 0x20AC),  # euro
    (0x2100, 0x214F),  # letterlike: degree Celsius, numero
    (0x2150, 0x218B),  # fractions, Roman numerals
    (0x2190, 0x21FF),  # arrows
    (0x3000, 0x3029),  # CJK punctuation, without marks that hang outside their own square
    (0x3380, 0x33DF),  # square units: square metre, kilogram
    (0xFF01, 0xFF60),  # full-width forms
    (0xFFE0, 0xFFE6),  # full-width signs
)
NAMES = "玥珺喆堃昇垚瑄璟祎翀镕囧晞昉玟琇珩瑒瑧璠瓴禛筠鋆骉犇羴鱻燚焱烜煊煜暐暄晅昕旻弢彧尭堉圳塬峯崟嶺曈朤柃栢椛槑洺浠湦澔濛灏"
"""Hanzi outside GB 2312 (some inside, harmlessly) that names of people, streets and buildings use."""


def gb2312() -> set[int]:
    """Code points of GB 2312: rows 1 to 3 (signs, numbers, full-width) and 16 to 87 (hanzi)."""
    found = set()
    for row in (*range(1, 4), *range(16, 88)):
        for cell in range(1, 95):
            try:
                found.add(ord(bytes((0xA0 + row, 0xA0 + cell)).decode("gb2312")))
            except UnicodeDecodeError:
                continue  # the standard leaves some cells empty
    return found


def wanted() -> set[int]:
    """Code points that texts may use, as far as the font has them."""
    blocks = {code for first, last in BLOCKS for code in range(first, last + 1)}
    return (gb2312() | blocks | set(map(ord, NAMES))) - {0x00AD}


def clear_overlaps(font: TTFont) -> None:
    """Clear the OVERLAP flags that an instanced font carries: with them FreeType draws three times slower."""
    for name in font.getGlyphOrder():
        glyph = font["glyf"][name]
        if glyph.isComposite():
            for component in glyph.components:
                component.flags &= ~0x0400
        elif glyph.numberOfContours > 0:
            keep = 0xFF & ~flagOverlapSimple
            glyph.flags = bytearray(flag & keep for flag in glyph.flags)
            if any(flag & flagCubic for flag in glyph.flags):
                raise ValueError(f"{name}: cubic outlines are not expected here")


def subset(source: Path, target: Path, codes: Iterable[int]) -> set[int]:
    """Write the font with these characters only; returns those that it has."""
    # Basic layout reads neither kerning nor substitutions, and the type is too large for hints to matter.
    options = Options(layout_features=[], hinting=False, notdef_outline=True, recommended_glyphs=True)
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "STAT", "vhea", "vmtx", "gasp", "prep"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    font = TTFont(source, recalcTimestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    clear_overlaps(font)
    font.save(target)
    return set(font.getBestCmap())


def ranges(codes: Iterable[int]) -> list[list[int]]:
    """Runs of code points, each with its first and last."""
    runs: list[list[int]] = []
    for code in sorted(codes):
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return runs


def main() -> None:
    """Write the three fonts and the list of what they cover."""
    folder = Path(sys.argv[1])
    coverage: dict[str, set[int]] = {}
    for face, name in FACES.items():
        source = next(folder.rglob(name))
        codes = CLOCK if face == "light" else wanted()
        target = TARGET / f"NotoSansSC-{face.capitalize()}.ttf"
        coverage[face] = subset(source, target, codes)
        print(f"{target.name}: {target.stat().st_size / 1e6:.2f} MB")
    kinds = {"text": ranges(coverage["regular"] & coverage["bold"]), "clock": ranges(coverage["light"])}
    lines = json.dumps(kinds, separators=(",", ":")).replace(']],"', ']],\n"')
    (TARGET / "coverage.json").write_text(lines + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
