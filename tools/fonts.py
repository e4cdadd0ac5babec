"""Make the font of the equations, a part of STIX Two Math: `python -m tools.fonts STIXTwoMath-Regular.ttf`.

The original is in the releases of the STIX Fonts project (version 2.11). Kept are the alphabets and signs equations of
this book use or may use, with all the sizes of brackets, roots and sums that the font's MATH table names. Gone are the
other 4,000 characters, hinting, and the alternative shapes; of those only the prime's is used: a prime stands in a
superscript, which the ordinary one, made for a line of text, is too small and too high for. Tall root signs are made
narrower: Chromium gives every root the room of the widest, which shows as a gap. Needs fonttools and brotli.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

TARGET = Path(__file__).resolve().parents[1] / "book" / "_static" / "fonts" / "stix-two-math.woff2"
ALPHABETS = (
    *[(0x20, 0x7E), (0xA0, 0xBE), (0x391, 0x3C9), (0x3D0, 0x3F6)],  # Latin and Greek as they are written
    (0x1D400, 0x1D4CF),  # bold, italic, bold italic, script
    (0x1D538, 0x1D56B),  # double-struck
    (0x1D670, 0x1D6A3),  # typewriter
    (0x1D6A4, 0x1D755),  # Greek bold, italic, bold italic
    *[(0x1D7CA, 0x1D7E1), (0x1D7F6, 0x1D7FF)],  # digits bold, double-struck, typewriter
)
LETTERS = (
    "ℂℍℕℙℚℝℤℬℰℱℋℐℒℳℛℯℊℴℎℏℓℑℜ℘ℵ"  # those of the alphabets that have an address of their own, and a few of their kin
)
ACCENTS = "ˆ˜ˉ˘˙¨ˇ´`¯‾⃗→←⏞⏟⎴⎵⏜⏝\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u030a\u030c\u0332\u0338\u20d7"
OPERATORS = "×÷±∓−∕∖∗∘∙⋅⋆⊕⊖⊗⊘⊙⊚⊛⊞⊟⊠⊡∧∨∩∪⊎⊓⊔∏∐∑∫∬∮⋀⋁⋂⋃⨀⨁⨂√∂∇∞∅∈∉∋⊂⊃⊆⊇∀∃∄¬⊢⊤⊥⊨∝∠∣∤∥∦"
RELATIONS = "∼≁≃≅≈≉≐≔≕≙≜≝≟≠≡≢≤≥≦≧≪≫≮≯≰≱≲≳≺≻⩽⩾≍"
ARROWS = "←↑→↓↔↕↖↗↘↙↛↞↠↤↦↩↪↼⇀⇌⇆⇐⇑⇒⇓⇔⇕⟵⟶⟷⟸⟹⟺⟼⇝↝"
FENCES = "⌈⌉⌊⌋⟦⟧⟨⟩⟪⟫‖⦀∴∵∶∷⋮⋯⋰⋱…·•†‡–—‘’“”□■△▲▽▼▷▶◁◀◇◆○●★✓"
PRIMES = "′″‴‵"
INVISIBLE = "\u2061\u2062\u2063\u2064\u2009\u200a\u200b\u2002\u2003"


def characters() -> set[int]:
    """Return the characters the part has."""
    signs = LETTERS + ACCENTS + OPERATORS + RELATIONS + ARROWS + FENCES + PRIMES + INVISIBLE
    return {code for first, last in ALPHABETS for code in range(first, last + 1)} | set(map(ord, signs))


def primes(font: TTFont) -> None:
    """Put the prime for superscripts (the font's alternative `ss04`) in place of the ordinary one."""
    table = font["GSUB"].table
    features = [record.Feature for record in table.FeatureList.FeatureRecord if record.FeatureTag == "ss04"]
    mapping = table.LookupList.Lookup[features[0].LookupListIndex[0]].SubTable[0]
    mapping = getattr(mapping, "ExtSubTable", mapping).mapping
    for cmap in font["cmap"].tables:
        for code in map(ord, PRIMES):
            if code in cmap.cmap:
                cmap.cmap[code] = mapping.get(cmap.cmap[code], cmap.cmap[code])


def roots(font: TTFont, widest: int = 880) -> None:
    """Make no size of the root sign wider than `widest`."""
    variants = font["MATH"].table.MathVariants
    construction = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(font.getBestCmap()[ord("√")])]
    names = {record.VariantGlyph for record in construction.MathGlyphVariantRecord}
    names |= {part.glyph for part in construction.GlyphAssembly.PartRecords}
    for name in sorted(names):
        advance, bearing = font["hmtx"][name]
        factor = min(1.0, widest / advance)
        font["glyf"][name].coordinates.scale((factor, 1))
        font["glyf"][name].recalcBounds(font["glyf"])
        font["hmtx"][name] = (round(advance * factor), round(bearing * factor))


def main(source: str) -> None:
    font = TTFont(source, recalcTimestamp=False)
    primes(font)
    roots(font)
    options = Options()
    options.layout_features, options.hinting, options.glyph_names, options.notdef_outline = [], False, False, True
    options.drop_tables += ["DSIG", "GPOS", "GSUB"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]  # with copyright and license
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters())
    subsetter.subset(font)
    font.flavor = "woff2"
    font.save(TARGET)
    print(f"{TARGET.name}: {len(font.getGlyphOrder())} glyphs, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
