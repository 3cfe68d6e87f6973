"""Cut the glass's fonts out of the Noto fonts: python scripts/make_fonts.py FOLDER (see content/fonts/README.md).

FOLDER holds the unpacked npm packages that the README names, at any depth.
"""

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import flagCubic, flagOverlapSimple

TARGET = Path(__file__).resolve().parent.parent / "content" / "fonts"
WEIGHTS = {"Light": "300Light", "Regular": "400Regular", "Bold": "700Bold"}
Codes = set[int]
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
SHARED = ((0x0020, 0x0040), (0x00A0, 0x00A0), (0x00AB, 0x00AB), (0x00BB, 0x00BB), (0x2010, 0x2027))
"""Punctuation and digits that a script's own font draws to match its letters."""
ARABIC = (*SHARED, (0x0600, 0x06FF), (0x0750, 0x077F), (0x200C, 0x200F))
DEVANAGARI = (*SHARED, (0x0900, 0x097F), (0x200C, 0x200D), (0x20B9, 0x20B9))
NEVER = frozenset({0x00AD, *range(0x20)})
"""The soft hyphen, and the controls that some fonts map to blank glyphs."""
TONES = frozenset(range(0x1F3FB, 0x1F400))
JOINER, KEYCAP = 0x200D, 0x20E3
REGIONS = range(0x1F1E6, 0x1F200)
TAGS = frozenset(range(0xE0000, 0xE0080))
FIRST_PRIVATE = 0xF0000
"""Where the glyphs of emoji sequences are mapped, so that no shaping is needed to draw them."""


def _of(ranges: Iterable[tuple[int, int]]) -> Codes:
    return {code for first, last in ranges for code in range(first, last + 1)}


def _charset(encoding: str, first: Iterable[int], second: Iterable[int]) -> Codes:
    """Code points of a charset's two-byte characters in rows that begin with one of the first bytes."""
    seconds = list(second)
    found = (bytes((a, b)).decode(encoding, "ignore") for a in first for b in seconds)
    return {
        ord(text)
        for text in found
        if len(text) == 1 and ord(text) > 0x7F and not 0xE000 <= ord(text) < 0xF900
    }


def simplified() -> Codes:
    """GB 2312: rows 1 to 3 (signs, numbers, full-width) and 16 to 87 (hanzi), and what all of CJK shares."""
    cells = range(0xA1, 0xFF)
    rows = (*range(0xA1, 0xA4), *range(0xB0, 0xF8))
    return _charset("gb2312", rows, cells) | _of(BLOCKS) | set(map(ord, NAMES))


def traditional() -> Codes:
    """Big5: the first level, and of the second what China's or Japan's standard has too, in the Taiwanese shape."""
    cells = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    first = _charset("big5", range(0xA1, 0xC7), cells)
    second = _charset("big5", range(0xC9, 0xFA), cells) & (simplified() | japanese())
    return first | second | _of(BLOCKS) | set(map(ord, NAMES))


def japanese() -> Codes:
    """JIS X 0208, both levels, with the vendors' kanji of names (code page 932)."""
    rows = (*range(0x81, 0xA0), *range(0xE0, 0xFD))
    cells = (*range(0x40, 0x7F), *range(0x80, 0xFD))
    cyrillic_and_greek = set(range(0x0370, 0x0530))
    return (_charset("cp932", rows, cells) - cyrillic_and_greek) | _of(BLOCKS)


@dataclass(frozen=True, slots=True)
class Family:
    """One family of the glass."""

    source: str
    """Its name in the package's files: NotoSansSC of NotoSansSC_400Regular.ttf."""
    codes: Callable[[], Codes]
    shaped: bool = False
    """Whether its substitutions and positions are kept."""
    weights: tuple[str, ...] = ("Regular", "Bold")


FAMILIES = (
    Family("NotoSansSC", simplified),
    Family("NotoSansTC", traditional),
    Family("NotoSansJP", japanese),
    Family("NotoSansArabic", lambda: _of(ARABIC), shaped=True),
    Family("NotoSansDevanagari", lambda: _of(DEVANAGARI), shaped=True),
)
LIGHT = Family("NotoSansSC", lambda: set(CLOCK), weights=("Light",))


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


def subset(font: TTFont, target: Path, codes: Codes, shaped: bool) -> Codes:
    """Write the font with these characters only; returns those that it has."""
    # Basic layout reads neither kerning nor substitutions, and the type is too large for hints to matter.
    options = Options(hinting=False, notdef_outline=True, recommended_glyphs=True)
    options.drop_tables += ["BASE", "STAT", "vhea", "vmtx", "gasp", "prep"]
    if not shaped:
        options.layout_features = []
        options.drop_tables += ["GSUB", "GPOS", "GDEF"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=codes - NEVER)
    subsetter.subset(font)
    clear_overlaps(font)
    font.save(target)
    return set(font.getBestCmap())


def sequences(font: TTFont) -> dict[tuple[int, ...], str]:
    """The emoji sequences that a font draws as one glyph, without skin tones, which one colour cannot show."""
    names = {name: code for code, name in font.getBestCmap().items()}
    found: dict[tuple[int, ...], str] = {}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in (getattr(sub, "ExtSubTable", sub) for sub in lookup.SubTable):
            for first, ligatures in getattr(table, "ligatures", {}).items():
                for ligature in ligatures:
                    codes = [names[name] for name in (first, *ligature.Component)]
                    plain = tuple(code for code in codes if code not in TONES)
                    if _well_formed(plain):
                        found.setdefault(plain, ligature.LigGlyph)
    return dict(sorted(found.items()))


def _well_formed(codes: tuple[int, ...]) -> bool:
    """Whether these are a flag, a keycap, or emoji with a joiner between each two (UTS 51)."""
    joined = len(codes) % 2 == 1 and all(code == JOINER for code in codes[1::2])
    flag = all(code in REGIONS for code in codes) or (codes[-1] == 0xE007F and codes[0] not in TAGS)
    return len(codes) > 1 and (joined or flag or codes[-1] == KEYCAP)


def emoji(folder: Path) -> tuple[Codes, list[str]]:
    """Write the emoji font; returns the single emoji that it has, and the sequences in their private order."""
    font = _open(folder, "NotoEmoji", "Regular")
    whole = sequences(font)
    parts = {JOINER, KEYCAP, 0xFE0F, *REGIONS, *range(0xE0000, 0x110000)}
    singles = {code for code in font.getBestCmap() if code > 0x7F} - parts
    private = {FIRST_PRIVATE + n: glyph for n, glyph in enumerate(whole.values())}
    for table in font["cmap"].tables:
        if table.format == 12:
            table.cmap.update(private)
    got = subset(font, TARGET / "NotoEmoji-Regular.ttf", singles | set(private), shaped=False)
    if got != singles | set(private):
        raise ValueError("an emoji was lost")
    return singles, [" ".join(f"{code:X}" for code in codes) for codes in whole]


def ranges(codes: Iterable[int]) -> list[list[int]]:
    """Runs of code points, each with its first and last."""
    runs: list[list[int]] = []
    for code in sorted(codes):
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return runs


def _open(folder: Path, source: str, weight: str) -> TTFont:
    path = next(folder.rglob(f"{source}_{WEIGHTS[weight]}.ttf"))
    return TTFont(path, recalcTimestamp=False)


def _cut(folder: Path, family: Family) -> list[list[int]]:
    """Write a family's fonts; returns what all of them have."""
    targets = [(weight, TARGET / f"{family.source}-{weight}.ttf") for weight in family.weights]
    had = [
        subset(_open(folder, family.source, weight), target, family.codes(), family.shaped)
        for weight, target in targets
    ]
    return ranges(set.intersection(*had))


def main() -> None:
    """Write the fonts and the list of what they cover."""
    folder = Path(sys.argv[1])
    coverage: dict[str, object] = {family.source: _cut(folder, family) for family in FAMILIES}
    coverage["clock"] = _cut(folder, LIGHT)
    singles, listed = emoji(folder)
    coverage |= {"NotoEmoji": ranges(singles), "sequences": listed}
    lines = ",\n".join(f'"{key}":{json.dumps(what, separators=(",", ":"))}' for key, what in coverage.items())
    (TARGET / "coverage.json").write_text("{" + lines + "}\n", encoding="ascii")
    for path in sorted(TARGET.glob("*.ttf")):
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
