"""The book's figures: colors that can be told apart and read, drawings that show what they were given."""

import re
import sys
from itertools import combinations

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402

from rnn import plotting  # noqa: E402

LINES = plotting.SERIES
TEXT = (*LINES, "ink")

# How colors look to a person without red, green or blue cones (Machado et al. 2009, severity 1, linear RGB).
EYES = {
    "full": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


@pytest.fixture(autouse=True)
def style():
    with matplotlib.rc_context():
        plotting.use_style()
        yield
    plt.close("all")


def linear(color):
    channels = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """Contrast as the Web Content Accessibility Guidelines define it."""
    bright, dim = sorted((float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def lab(rgb):
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ np.clip(rgb, 0, 1)
    ratio = xyz / [0.9505, 1, 1.089]
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def saved(fig, path):
    fig.savefig(path, metadata={"Date": None, "Creator": None})
    return path.read_text(encoding="utf-8")


# ---- colors -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("which", "page"), [(0, "#ffffff"), (1, "#121212")])
@pytest.mark.parametrize("name", TEXT)
def test_text_and_lines_have_enough_contrast_on_both_pages(name, which, page):
    assert contrast(plotting.PALETTE[name][which], page) >= 4.5


def test_contrast_is_measured_as_the_guidelines_say():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("eyes", EYES)
def test_series_can_be_told_apart_by_all_eyes(which, eyes):
    seen = [lab(np.asarray(EYES[eyes]) @ linear(plotting.PALETTE[name][which])) for name in LINES]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) >= 12  # about five just noticeable steps


def test_every_color_is_one_of_a_kind_so_that_it_can_be_exchanged():
    light = [color for color, _ in plotting.PALETTE.values()]
    fixed = {*plotting.DIVERGING, *plotting.SEQUENTIAL, "#ffffff", "#000000"}
    assert len(set(light)) == len(light)
    assert all(re.fullmatch("#[0-9a-f]{6}", color) for color in light)
    assert not fixed & set(light)
    assert {name: pair[0] for name, pair in plotting.PALETTE.items()} == plotting.COLORS


# ---- style ------------------------------------------------------------------------------------------------------


def test_the_same_figure_gives_the_same_file(tmp_path):
    history = {"loss": [1.0, 0.5], "val_loss": [1.0, 0.7]}
    one = saved(plotting.curves(history), tmp_path / "a.svg")
    assert one == saved(plotting.curves(history), tmp_path / "b.svg")
    assert "<dc:date>" not in one


def test_letters_are_drawn_so_that_no_font_is_needed(tmp_path):
    fig, axes = plotting.figure()
    axes[0, 0].set_title("A title")
    svg = saved(fig, tmp_path / "a.svg")
    assert "<text" not in svg
    assert 'xlink:href="#DejaVuSans-' in svg


def test_a_figure_uses_palette_colors_for_ink_ground_and_lines(tmp_path):
    fig, axes = plotting.figure()
    for _ in LINES:
        axes[0, 0].plot([1, 2], label="x")
    axes[0, 0].legend()
    svg = saved(fig, tmp_path / "a.svg")
    used = set(re.findall("#[0-9a-f]{6}", svg)) - {"#000000"}
    assert used <= set(plotting.COLORS.values())
    assert used >= {plotting.COLORS[name] for name in (*LINES, "ink", "grid", "paper", "veil")}


def test_each_series_has_its_own_dash():
    cycle = matplotlib.rcParams["axes.prop_cycle"]
    assert [entry["color"] for entry in cycle] == [plotting.COLORS[name] for name in LINES]
    assert len({str(entry["linestyle"]) for entry in cycle}) == len(LINES)


def test_a_notebook_is_asked_for_svg_without_a_date(monkeypatch):
    asked = {}
    fake = type(sys)("IPython")
    fake.get_ipython = lambda: object()
    inline = pytest.importorskip("matplotlib_inline.backend_inline")
    monkeypatch.setitem(sys.modules, "IPython", fake)
    monkeypatch.setattr(inline, "set_matplotlib_formats", lambda *formats, **kw: asked.update({formats: kw}))
    plotting.use_style()
    assert asked == {("svg",): {"metadata": {"Date": None, "Creator": None}}}


def test_outside_a_notebook_nothing_is_asked(monkeypatch):
    inline = pytest.importorskip("matplotlib_inline.backend_inline")
    monkeypatch.setattr(inline, "set_matplotlib_formats", lambda *formats, **kw: pytest.fail("asked"))
    plotting.use_style()


def test_without_matplotlib_the_reader_is_told_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"not installed: pip install matplotlib"):
        plotting.figure()


def test_figure_returns_a_grid_of_panels():
    fig, axes = plotting.figure(2, 3, height=1.5)
    assert axes.shape == (2, 3)
    assert list(fig.get_size_inches()) == [plotting.WIDTH, 3.0]


# ---- curves -----------------------------------------------------------------------------------------------------


def test_curves_draws_training_and_validation_of_each_name():
    history = {"loss": [3.0, 2.0], "val_loss": [3.5, 2.5], "accuracy": [0.5, 0.75], "seconds": [1.0, 1.0]}
    fig = plotting.curves(history, ("loss", "accuracy"))
    loss, accuracy = fig.axes
    assert [(line.get_label(), line.get_linestyle(), line.get_color()) for line in loss.lines] == [
        ("training", "-", plotting.COLORS["blue"]),
        ("validation", "--", plotting.COLORS["orange"]),
    ]
    np.testing.assert_array_equal(loss.lines[0].get_xydata(), [[1, 3.0], [2, 2.0]])
    np.testing.assert_array_equal(loss.lines[1].get_xydata(), [[1, 3.5], [2, 2.5]])
    assert [line.get_label() for line in accuracy.lines] == ["training"]
    np.testing.assert_array_equal(accuracy.lines[0].get_ydata(), [0.5, 0.75])
    assert (loss.get_ylabel(), accuracy.get_ylabel()) == ("loss", "accuracy")
    assert (loss.get_xlabel(), accuracy.get_xlabel()) == ("", "epoch")


def test_curves_marks_whole_epochs_only():
    ax = plotting.curves({"loss": [3.0, 2.0, 1.0]}).axes[0]
    ticks = ax.get_xticks()
    np.testing.assert_array_equal(ticks, np.round(ticks))


@pytest.mark.parametrize(
    ("history", "told"),
    [
        ({"loss": [1.0]}, "curves: the history has no 'accuracy'; it has 'loss'."),
        ({"accuracy": []}, "curves: the history has no 'accuracy'; it has 'accuracy'."),
        ({}, "curves: the history has no 'accuracy'; it has nothing."),
    ],
)
def test_curves_names_what_is_missing(history, told):
    with pytest.raises(ValueError) as error:
        plotting.curves(history, ("accuracy",))
    assert str(error.value) == told


# ---- heat maps --------------------------------------------------------------------------------------------------


def test_a_diverging_heat_map_is_white_at_zero_and_symmetric():
    mesh = plotting.heat_map(np.array([[-1.0, 0.0], [0.5, 4.0]])).collections[0]
    assert mesh.get_clim() == (-4.0, 4.0)
    white = matplotlib.colors.to_rgb(plotting.DIVERGING[2])
    np.testing.assert_allclose(mesh.cmap(mesh.norm(0.0))[:3], white, atol=0.01)


def test_a_sequential_heat_map_runs_from_the_least_to_the_greatest():
    mesh = plotting.heat_map(np.array([[2.0, 3.0], [5.0, 4.0]]), diverging=False).collections[0]
    assert mesh.get_clim() == (2.0, 5.0)
    np.testing.assert_allclose(mesh.cmap(0.0)[:3], matplotlib.colors.to_rgb(plotting.SEQUENTIAL[0]), atol=0.01)


def test_a_heat_map_of_zeros_is_drawn():
    assert plotting.heat_map(np.zeros((2, 2))).collections[0].get_clim() == (-1.0, 1.0)


def test_row_zero_is_on_top_and_labels_stand_at_their_cells():
    ax = plotting.heat_map(np.eye(2, 3), rows=["a", "b"], columns=["x", "y", "z"])
    assert ax.get_ylim() == (2.0, 0.0)
    assert [(t.get_position()[1], t.get_text()) for t in ax.get_yticklabels()] == [(0.5, "a"), (1.5, "b")]
    assert [(t.get_position()[0], t.get_text()) for t in ax.get_xticklabels()] == [(0.5, "x"), (1.5, "y"), (2.5, "z")]


def test_values_are_written_into_their_cells_in_a_color_that_can_be_read():
    ax = plotting.heat_map(np.array([[-1.0, 0.25]]), number_format=".2f")
    texts = {text.get_text(): (text.get_position(), text.get_color()) for text in ax.texts}
    assert texts == {"−1.00": ((0.5, 0.5), "#ffffff"), "0.25": ((1.5, 0.5), "#000000")}
    mesh = ax.collections[0]
    for value, (_, color) in zip((-1.0, 0.25), texts.values(), strict=True):
        assert contrast(color, matplotlib.colors.to_hex(mesh.cmap(mesh.norm(value)))) >= 4.5


def test_a_cell_without_a_number_stays_empty():
    ax = plotting.heat_map(np.array([[np.nan, 2.0], [1.0, np.nan]]), diverging=False, number_format=".0f")
    assert [(text.get_position(), text.get_text()) for text in ax.texts] == [((1.5, 0.5), "2"), ((0.5, 1.5), "1")]
    assert ax.collections[0].get_clim() == (1.0, 2.0)


def test_a_heat_map_draws_where_it_is_told():
    _, axes = plotting.figure(1, 2)
    assert plotting.heat_map(np.eye(2), ax=axes[0, 1]) is axes[0, 1]


def test_a_large_heat_map_is_stored_as_pixels_and_a_small_one_is_not(tmp_path):
    large = plotting.heat_map(np.arange(2550.0).reshape(50, 51)).collections[0]
    small = plotting.heat_map(np.arange(2500.0).reshape(50, 50)).collections[0]
    assert (large.get_rasterized(), small.get_rasterized()) == (True, False)
    assert len(saved(large.figure, tmp_path / "a.svg")) < 200_000


@pytest.mark.parametrize(
    ("values", "options", "told"),
    [
        (np.zeros(3), {}, "heat_map: values must be a matrix (R, C) with finite numbers, got shape (3,)."),
        (
            np.full((2, 2), np.nan),
            {},
            "heat_map: values must be a matrix (R, C) with finite numbers, got shape (2, 2).",
        ),
        (np.eye(2), {"rows": ["a"]}, "heat_map: rows must hold 2 labels, got 1."),
        (np.eye(2), {"columns": ["a", "b", "c"]}, "heat_map: columns must hold 2 labels, got 3."),
    ],
)
def test_heat_map_says_what_it_wants(values, options, told):
    with pytest.raises(ValueError) as error:
        plotting.heat_map(values, **options)
    assert str(error.value) == told
