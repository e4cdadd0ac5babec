"""Figures that can be read on light pages, on dark pages and on a phone.

No color is legible on both black and white, so a figure is drawn once, as SVG, in the light colors of `PALETTE`.
When the site is built, every one of them is replaced by its dark partner in a second copy, and a page shows the copy
that fits. Lines and text have a contrast of at least 4.5 : 1 on either ground, and the colors stay apart for
color-blind readers; a dash or a marker always says the same as the color. A notebook shows the light copy on white.

Begin a chapter with `use_style()`, draw with `figure()` and `COLORS`, or with one of the two drawings that recur in
this book: `curves` of a training run and a `heat_map` of a matrix. Networks and cells are drawn by `rnn.diagrams`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PALETTE: dict[str, tuple[str, str]] = {  # name: (on light pages, on dark pages)
    "blue": ("#0a76b0", "#93d2ff"),
    "orange": ("#c4480a", "#ee8a2a"),
    "green": ("#0f5132", "#45e6a0"),
    "purple": ("#b5179e", "#f08cd5"),
    "gray": ("#63666d", "#8d949b"),
    "ink": ("#1f2328", "#e6e9ed"),  # text, axes, outlines
    "grid": ("#dfe3e8", "#343b44"),
    "fill": ("#eaf1f8", "#22303d"),  # inside of boxes
    "veil": ("#fefefe", "#121212"),  # behind legends: the color of the page
    "paper": ("#fffffe", "none"),  # behind the whole figure
}
COLORS: dict[str, str] = {name: light for name, (light, _) in PALETTE.items()}
SERIES = ("blue", "orange", "green", "purple", "gray")
WIDTH = 5.4  # inches; text of 11 points stays readable when a phone shrinks the figure to its screen
DIVERGING = ("#0b5a86", "#7fb6d6", "#f7f7f7", "#eba36f", "#a83c06")  # not palette colors: alike on both pages
SEQUENTIAL = ("#f7f7f7", "#a5c9e0", "#3d86b4", "#0b3a5a")
VECTOR_CELLS = 2500  # a heat map with more cells than this is stored as pixels


def use_style() -> None:
    """Set matplotlib's defaults to the book's style for every figure from here on; in a notebook also ask for SVG."""
    plt = _pyplot()
    ink, grid, paper = COLORS["ink"], COLORS["grid"], COLORS["paper"]
    plt.rcdefaults()
    plt.rcParams.update(
        {
            "figure.figsize": (WIDTH, 3.0),
            "figure.facecolor": paper,
            "figure.constrained_layout.use": True,
            "savefig.facecolor": paper,
            "axes.facecolor": "none",
            "axes.edgecolor": ink,
            "axes.labelcolor": ink,
            "axes.titlecolor": ink,
            "axes.titlesize": 11,
            "axes.titlelocation": "left",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,
            "axes.prop_cycle": plt.cycler(color=[COLORS[name] for name in SERIES])
            + plt.cycler(linestyle=["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1))]),
            "grid.color": grid,
            "lines.linewidth": 2.0,
            "lines.markersize": 5.0,
            "text.color": ink,
            "xtick.color": ink,
            "ytick.color": ink,
            "font.size": 11,
            "legend.facecolor": COLORS["veil"],
            "legend.edgecolor": grid,
            "svg.fonttype": "path",  # the same letters on every machine, whatever fonts it has
            "svg.hashsalt": "rnn-from-scratch",  # the same figure gives the same file
        }
    )
    if "IPython" in sys.modules and sys.modules["IPython"].get_ipython() is not None:
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg", metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]


def figure(rows: int = 1, columns: int = 1, *, height: float = 3.0) -> tuple[Figure, np.ndarray]:
    """Return a figure and its panels (rows, columns); `height` is that of one row, in inches."""
    fig, axes = _pyplot().subplots(rows, columns, figsize=(WIDTH, height * rows), squeeze=False)
    return fig, axes


def curves(history: Mapping[str, Sequence[float]], names: Sequence[str] = ("loss",)) -> Figure:
    """Draw a training run, one panel for each name: training as a solid line, validation (`val_…`) dashed.

    Parameters
    ----------
    history : mapping
        What `rnn.fit` returns: lists with one entry an epoch.
    names : sequence of str
        What to draw, such as ``("loss", "accuracy")``.

    Raises
    ------
    ValueError
        If the history has no entries under one of the names.
    """
    for name in names:
        if not len(history.get(name, ())):
            raise ValueError(
                f"curves: the history has no {name!r}; it has {', '.join(map(repr, history)) or 'nothing'}."
            )
    fig, axes = figure(len(names), height=2.6)
    for ax, name in zip(axes[:, 0], names, strict=True):
        for key, label, color, line, marker in (
            (name, "training", "blue", "-", "o"),
            (f"val_{name}", "validation", "orange", "--", "s"),
        ):
            values = history.get(key, ())
            if len(values):
                epochs = np.arange(1, len(values) + 1)
                ax.plot(epochs, values, color=COLORS[color], linestyle=line, marker=marker, label=label)
        ax.set_ylabel(name)
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.legend()
    axes[-1, 0].set_xlabel("epoch")
    return fig


def heat_map(
    values: np.ndarray,
    *,
    ax: Axes | None = None,
    rows: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    diverging: bool = True,
    number_format: str | None = None,
) -> Axes:
    """Draw a matrix as colored cells, row 0 on top.

    Parameters
    ----------
    values : ndarray (R, C)
        The matrix; a cell that is not a number stays empty.
    ax : Axes, optional
        Where to draw; a new figure if left out.
    rows, columns : sequence of str, optional
        Labels of the rows and columns.
    diverging : bool
        True centers the colors on zero (blue below, white at zero, orange above); False runs from the least value to
        the greatest.
    number_format : str, optional
        Writes each finite value into its cell, as in ``".2f"``.

    Raises
    ------
    ValueError
        If `values` is no matrix, holds no finite number, or the labels do not fit it.
    """
    values = np.asarray(values)
    if values.ndim != 2 or not np.isfinite(values).any():
        raise ValueError(f"heat_map: values must be a matrix (R, C) with finite numbers, got shape {values.shape}.")
    for name, labels, count in (("rows", rows, values.shape[0]), ("columns", columns, values.shape[1])):
        if labels is not None and len(labels) != count:
            raise ValueError(f"heat_map: {name} must hold {count} labels, got {len(labels)}.")
    if ax is None:
        ax = figure(height=min(5.0, 1.0 + 0.4 * values.shape[0]))[1][0, 0]
    from matplotlib.colors import LinearSegmentedColormap

    limit = float(np.nanmax(np.abs(values))) or 1.0
    low, high = (-limit, limit) if diverging else (float(np.nanmin(values)), float(np.nanmax(values)))
    colors = LinearSegmentedColormap.from_list("book", DIVERGING if diverging else SEQUENTIAL)
    mesh = ax.pcolormesh(values, cmap=colors, vmin=low, vmax=high, rasterized=values.size > VECTOR_CELLS)
    ax.invert_yaxis()
    ax.grid(visible=False)
    ax.figure.colorbar(mesh, ax=ax)
    if rows is not None:
        ax.set_yticks(np.arange(len(rows)) + 0.5, rows)
    if columns is not None:
        ax.set_xticks(np.arange(len(columns)) + 0.5, columns)
    if number_format is not None:
        for row, column in np.argwhere(np.isfinite(values)):
            value = values[row, column]
            red, green, blue, _ = mesh.cmap(mesh.norm(value))
            dark_cell = 0.299 * red + 0.587 * green + 0.114 * blue < 0.5
            color = "#ffffff" if dark_cell else "#000000"
            text = format(value, number_format).replace("-", "−")
            ax.text(column + 0.5, row + 0.5, text, color=color, ha="center", va="center")
    return ax


def _pyplot() -> Any:
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            "rnn.plotting draws with matplotlib, which is not installed: pip install matplotlib"
        ) from error
    return plt
