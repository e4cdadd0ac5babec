r"""Formulas as one line of plain text, for what cannot show math: an entry of the search index.

`\frac{dL}{dW_{hh}} = \sum_t h_{t-1}^\top\, da_t` becomes `dL/dW_hh = Σ_t h_(t-1)^⊤ da_t`: what a reader would type.
"""

from __future__ import annotations

import re

SIGNS = """
alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ kappa κ lambda λ mu μ nu ν
xi ξ pi π rho ρ sigma σ tau τ phi φ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ
Sigma Σ Phi Φ Psi Ψ Omega Ω ell ℓ partial ∂ nabla ∇ infty ∞ sum Σ prod Π odot ⊙ cdot · times × le ≤
leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ approx ≈ in ∈ to → gets ← sim ∼ leftarrow ← rightarrow → Rightarrow ⇒ top ⊤
pm ± propto ∝ oplus ⊕ circ ∘ ldots … cdots … dots … vdots ⋮ ddots ⋱ lVert ‖ rVert ‖ lvert | rvert | mid
|
"""
SILENT = """
left right big Big bigl bigr Bigl Bigr biggl biggr textstyle displaystyle limits boxed
"""
SYMBOLS = dict(zip(SIGNS.split()[::2], SIGNS.split()[1::2], strict=True)) | dict.fromkeys(SILENT.split(), "")
SYMBOLS |= {"quad": " ", "qquad": " ", "bmod": "mod"}
OPERATORS = "⊙·×≤≥≠≈∈→←∼⇒∝⊕∘ΣΠ"
NAMING = "text|textbf|textit|textrm|mathrm|mathbf|mathit|mathcal|mathbb|mathrel|operatorname|boxed"
MARKS = {"hat": "\u0302", "tilde": "\u0303", "bar": "\u0304", "overline": "\u0304", "→": "\u20d7", "←": "\u20d6"}
ARGUMENT = r"\s*(\w|\{[^{}]*\})"


def _grouped(text: str) -> str:
    """Set in parentheses what would fall apart without its braces."""
    text = re.sub(r"^(∂⁺?|d) +(?=\w)", r"\1", text.strip("{} "))
    return text if re.fullmatch(r"[^\s()+\-−=/,]*(\([^()]*\))?", text) else f"({text})"


REDUCTIONS = (  # each takes away innermost braces, so that repeating them reads a formula from the inside out
    (rf"\\(?:{NAMING})\s*\*?\{{([^{{}}]*)\}}", lambda m: m[1]),
    (rf"\\[dt]?frac{ARGUMENT}{ARGUMENT}", lambda m: f" {_grouped(m[1])}/{_grouped(m[2])} "),
    (r"\\(hat|tilde|bar|overline)\s*\{?(\w)\}?", lambda m: m[2] + MARKS[m[1]]),
    (r"\\overset\s*\{ *([→←]) *\}\s*\{?(\w)\}?", lambda m: m[2] + MARKS[m[1]]),
    (r"\\(?:overset|underset|stackrel)\s*\{[^{}]*\}\s*\{([^{}]*)\}", lambda m: m[1]),
    (r"\\(?:under|over)brace\s*\{([^{}]*)\}(?:[_^]\{[^{}]*\})?", lambda m: m[1]),
    (r"\\sqrt\s*\{([^{}]*)\}", lambda m: f"√{_grouped(m[1])}"),
    (r"([_^])\{([^{}]*)\}", lambda m: m[1] + _grouped(m[2])),
)
BARE = r"(?<![a-zA-Z_^}])\{([^{}]*)\}"  # braces that only group, once nothing else is to be done


def plain(tex: str) -> str:
    """Return a formula in LaTeX as plain text."""
    text = re.sub(r"(?<!\\)%.*", "", tex).replace(r"\{", "⦃").replace(r"\}", "⦄").replace("^{+}", "⁺")
    text = re.sub(r"\\(begin|end)\s*\{[pbv]?matrix\}", lambda m: "[" if m[1] == "begin" else "]", text)
    text = re.sub(r"\\(?:begin|end)\s*\{[^{}]*\}(?:\{[lcr|@ ]*\})?", " ", text)
    text = re.sub(r"\\\\(?:\[[^\]]*\])?", " ⏎ ", text)
    text = re.sub(r"\\[,;:! ]|(?<!\\)&|~", " ", text).replace(r"\|", "‖")
    text = re.sub(r"\\([a-zA-Z]+)", lambda m: _symbol(m[1]), text)
    before = None
    while before != text:
        before = text
        for pattern, replacement in REDUCTIONS:
            text = re.sub(pattern, replacement, text)
        if before == text:
            text = re.sub(BARE, r"\1", text, count=1)
    text = re.sub(r"\\([a-zA-Z]+)\s*(?=(\w?))", lambda m: m[1] + (" " if m[2] else ""), text)
    text = re.sub(r"[{}\\]", "", text).replace("⦃", "{").replace("⦄", "}")
    text = re.sub(r"[\s;]*⏎\s*", "; ", " ".join(text.split())).strip(" ;")
    return re.sub(r"(?<=[_^(\[∂⁺√]) +| +(?=[_^)\],.;])", "", text)


def _symbol(name: str) -> str:
    """Return the character of a command, operators with space around them; or the command as it was."""
    symbol = SYMBOLS.get(name, f"\\{name}")
    return f" {symbol} " if symbol in OPERATORS else symbol
